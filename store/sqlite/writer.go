package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// maxGroup bounds how many jobs share a transaction, and so how long the first
// of them waits.
const maxGroup = 64

var errClosed = errors.New("the store is closed")

// writer is the one goroutine that writes. Jobs that wait while a transaction
// is on its way to the disk go into the next one together: under load many
// callers share one sync.
type writer struct {
	db   *sql.DB
	jobs chan *job
	done chan struct{}

	mu     sync.RWMutex // guards closed against a send on jobs
	closed bool

	// conn and statements live until the database fails; then they are made anew.
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// job is a piece of writing. run returns an error only when the database
// failed; what it finds there otherwise it keeps in its own closure. It may
// run twice, so it MUST set its results afresh.
type job struct {
	ctx  context.Context //nolint:containedctx // a job carries its caller's context to the writer
	run  func(context.Context, execer) error
	done chan error
}

// execer runs statements of the transaction at hand.
type execer interface {
	exec(ctx context.Context, query string, args ...any) (sql.Result, error)
	row(ctx context.Context, query string, args ...any) *sql.Row
}

func newWriter(db *sql.DB) *writer {
	w := &writer{db: db, jobs: make(chan *job, maxGroup), done: make(chan struct{})}
	go w.loop()
	return w
}

// do runs a job in a transaction and returns when it is on the disk.
func (w *writer) do(ctx context.Context, run func(context.Context, execer) error) error {
	j := &job{ctx: ctx, run: run, done: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return unavailable(errClosed)
	}
	select {
	case w.jobs <- j:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return unavailable(ctx.Err())
	}
	// From here on the job will be answered; waiting for the answer, even past
	// the deadline, is the only way to know whether it was stored.
	return unavailable(<-j.done)
}

// close finishes the jobs that were taken and closes the database.
func (w *writer) close() error {
	w.mu.Lock()
	already := w.closed
	w.closed = true
	if !already {
		close(w.jobs)
	}
	w.mu.Unlock()
	<-w.done
	return errors.Join(w.reset(), w.db.Close())
}

func (w *writer) loop() {
	defer close(w.done)
	for first := range w.jobs {
		group := []*job{first}
	gather:
		for len(group) < maxGroup {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					break gather
				}
				group = append(group, j)
			default:
				break gather
			}
		}
		w.commit(group)
	}
}

// commit runs a group in one transaction. When that fails, each job gets one
// of its own, so that one job's failure is not another's.
func (w *writer) commit(group []*job) {
	alive := group[:0]
	for _, j := range group {
		if err := j.ctx.Err(); err != nil {
			j.done <- err
			continue
		}
		alive = append(alive, j)
	}
	if len(alive) == 0 {
		return
	}
	err := w.transact(alive)
	if err != nil && len(alive) > 1 {
		for _, j := range alive {
			j.done <- w.transact([]*job{j})
		}
		return
	}
	for _, j := range alive {
		j.done <- err
	}
}

// transact runs jobs in one transaction. The jobs' own deadlines do not cut it
// short: a transaction ends by being committed or rolled back.
func (w *writer) transact(jobs []*job) error {
	ctx := context.Background()
	err := w.connect(ctx)
	if err != nil {
		return err
	}
	if _, err = w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err == nil {
		for _, j := range jobs {
			if err = j.run(context.WithoutCancel(j.ctx), w); err != nil {
				break
			}
		}
		if err == nil {
			_, err = w.conn.ExecContext(ctx, "COMMIT")
		}
	}
	if err == nil {
		return nil
	}
	// The transaction may or may not be open still; a fresh connection leaves
	// no doubt.
	_, rollback := w.conn.ExecContext(ctx, "ROLLBACK")
	if rollback != nil {
		rollback = w.reset()
	}
	return errors.Join(err, rollback)
}

func (w *writer) connect(ctx context.Context) (err error) {
	if w.conn != nil {
		return nil
	}
	w.statements = map[string]*sql.Stmt{}
	w.conn, err = w.db.Conn(ctx)
	return err
}

func (w *writer) reset() error {
	if w.conn == nil {
		return nil
	}
	var errs []error
	for _, s := range w.statements {
		errs = append(errs, s.Close())
	}
	// ErrBadConn makes database/sql throw the connection away, with whatever
	// transaction may still be open on it.
	if err := w.conn.Raw(func(any) error { return driver.ErrBadConn }); !errors.Is(err, driver.ErrBadConn) {
		errs = append(errs, err)
	}
	if err := w.conn.Close(); !errors.Is(err, sql.ErrConnDone) {
		errs = append(errs, err)
	}
	w.conn, w.statements = nil, nil
	return errors.Join(errs...)
}

func (w *writer) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.statements[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.statements[query] = s
	}
	return s, err
}

func (w *writer) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := w.prepare(ctx, query) //nolint:sqlclosecheck // kept for the next job; closed by reset
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (w *writer) row(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := w.prepare(ctx, query) //nolint:sqlclosecheck // kept for the next job; closed by reset
	if err != nil {
		return w.conn.QueryRowContext(ctx, query, args...) // fails the same way, in the form a caller expects
	}
	return s.QueryRowContext(ctx, args...)
}
