package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the same driver as ours
)

// bareStore is the limit of storing: SQLite with the same schema, the same
// settings and rows of the same sizes, and nothing around it.
type bareStore struct {
	db                                     *sql.DB
	record, review, audit, answers, filled int
}

const insertBare = `INSERT INTO records
	(tenant, id, site, author, day, retain_until, quarantined, fingerprint, record, urgency, due, waiting, state, version, review, audit,
	answers, answers_until)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// openBare makes an empty store whose rows will have the sizes of those in a
// data file of ours.
func openBare(file, like string) (*bareStore, error) {
	s := &bareStore{}
	ctx := context.Background()
	sizes, err := sql.Open("sqlite", like)
	if err != nil {
		return nil, err
	}
	err = sizes.QueryRowContext(ctx, `SELECT CAST(avg(length(record)) AS INT), CAST(avg(length(review)) AS INT),
		CAST(avg(length(audit)) AS INT), CAST(avg(length(answers)) AS INT), CAST(100 * avg(waiting) AS INT) FROM records`).
		Scan(&s.record, &s.review, &s.audit, &s.answers, &s.filled)
	if err := errors.Join(err, sizes.Close()); err != nil {
		return nil, err
	}
	schema, err := schemaOf(filepath.Join("store", "sqlite", "migrations", "records"))
	if err != nil {
		return nil, err
	}
	s.db, err = sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)")
	if err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(1)
	if _, err := s.db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// schemaOf joins the schema files of a folder.
func schemaOf(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err == nil && len(files) == 0 {
		err = errors.New("run this from the top of the repository")
	}
	var all []byte
	for _, file := range files {
		text, readErr := os.ReadFile(file)
		all, err = append(all, text...), errors.Join(err, readErr)
	}
	return string(all), err
}

func (s *bareStore) close() error { return s.db.Close() }

// rows prepares n rows, so that making them costs nothing while it is measured.
func (s *bareStore) rows(n int) [][]any {
	bytes := func(size int) []byte {
		b := make([]byte, size)
		_, _ = rand.Read(b)
		return b
	}
	rows := make([][]any, n)
	for i := range rows {
		waiting := i%100 < s.filled
		var urgency, due, state, version, review any
		if waiting {
			urgency, due, state, version, review = i%3, 20_000, "open", 1, bytes(s.review)
		}
		rows[i] = []any{
			"demo", bytes(16), "mae-sot", "usr_3J7Q2M0V8X4N6R1C5T9W2E7K8P", 20_000, 20_365, false, bytes(16), bytes(s.record),
			urgency, due, waiting, state, version, review, bytes(s.audit),
			bytes(s.answers), 20_031,
		}
	}
	return rows
}

// batches inserts rows in transactions of one size, and gives rows per second.
func (s *bareStore) batches(n, size int) (float64, error) {
	rows := s.rows(n)
	begin := now()
	for from := 0; from < n; from += size {
		if err := s.commit(rows[from:min(from+size, n)]); err != nil {
			return 0, err
		}
	}
	return float64(n) / now().Sub(begin).Seconds(), nil
}

func (s *bareStore) commit(rows [][]any) error {
	ctx := context.Background()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	statement, err := tx.PrepareContext(ctx, insertBare)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	for _, row := range rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return errors.Join(statement.Close(), tx.Commit())
}

// grouped inserts rows one at a time from several writers; whatever waits goes
// into one transaction.
func (s *bareStore) grouped(n, writers int) (float64, error) {
	rows := s.rows(n)
	type job struct {
		row  []any
		done chan error
	}
	var (
		jobs  = make(chan job, writers)
		todo  = make(chan []any, n)
		wg    sync.WaitGroup
		mu    sync.Mutex
		errs  []error
		ended = make(chan struct{})
	)
	for _, row := range rows {
		todo <- row
	}
	close(todo)
	begin := now()
	go func() {
		defer close(ended)
		for first := range jobs {
			group := []job{first}
			for len(jobs) > 0 {
				group = append(group, <-jobs)
			}
			batch := make([][]any, len(group))
			for i, j := range group {
				batch[i] = j.row
			}
			err := s.commit(batch)
			for _, j := range group {
				j.done <- err
			}
		}
	}()
	for range writers {
		wg.Go(func() {
			done := make(chan error)
			for row := range todo {
				jobs <- job{row, done}
				if err := <-done; err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	close(jobs)
	<-ended
	return float64(n) / now().Sub(begin).Seconds(), errors.Join(errs...)
}
