// Package sqlite keeps everything in SQLite files beside the program: the
// store that needs nothing else, for a field hub without internet as for
// "make run".
//
// One goroutine writes, and gathers what waits into one transaction (group
// commit); a few connections read. What it acknowledges is on the disk: WAL
// with synchronous=FULL, asserted when a file is opened.
//
// It implements the stores of submission, review, signin, device and proof, and
// is imported by cmd only.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"waymark/fault"
	"waymark/privacy"
	"waymark/store/sealed"
)

//go:embed migrations
var migrations embed.FS

const (
	readers     = 4
	busyTimeout = 5 * time.Second
	// retryAfter is what a client is told to wait when the disk refuses.
	retryAfter = 5 * time.Second
)

// pragmas are set on every connection and read back on the first.
type pragmas []struct{ name, value, want string }

// durable is how records and the vault are kept: what is written stays.
var durable = pragmas{
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"secure_delete", "ON", "1"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
}

// shredding is how the keys of answers are kept: what is erased is gone from
// every file with the transaction that erases it. EXTRA also syncs the
// directory, so that a power cut does not bring the journal back, and with it
// the key.
var shredding = pragmas{
	{"journal_mode", "DELETE", "delete"},
	{"synchronous", "EXTRA", "3"},
	{"secure_delete", "ON", "1"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
}

// database is one SQLite file with its writer and readers.
type database struct {
	file   string
	read   *sql.DB
	writer *writer
}

// open opens or creates a file, brings its schema up to date and checks that it
// was written with the key that keyCheck stands for.
func open(ctx context.Context, file, schema, keyCheck string, settings pragmas) (*database, error) {
	if err := createPrivate(file); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", settings.dsn(file, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	write.SetMaxOpenConns(1)
	db := &database{file: file}
	err = settings.check(ctx, write)
	if err == nil {
		err = db.migrate(ctx, write, schema, keyCheck)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), write.Close())
	}
	db.read, err = sql.Open("sqlite", settings.dsn(file, "_pragma=query_only(ON)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), write.Close())
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	db.writer = newWriter(write) //nolint:contextcheck // the writer outlives the call that opens it
	return db, nil
}

// emptyJournal moves the journal into the file and cuts it off. Erased rows are
// overwritten in the file at once (secure_delete), but stay readable in the
// journal until then. While a reader is at work it does nothing; the next sweep
// comes to it.
func (db *database) emptyJournal(ctx context.Context) error {
	var busy, pages, moved int
	err := db.read.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	return unavailable(err)
}

// createPrivate makes the file for its owner only. SQLite would make it for
// everyone; its journals take over the mode it finds.
func createPrivate(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn writes the driver's data source name. It reads _pragma parameters only;
// those of other drivers it ignores, hence check.
func (settings pragmas) dsn(file, extra string) string {
	var b strings.Builder
	b.WriteString("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + extra)
	fmt.Fprintf(&b, "&_pragma=busy_timeout(%d)", busyTimeout.Milliseconds())
	for _, p := range settings {
		fmt.Fprintf(&b, "&_pragma=%s(%s)", p.name, p.value)
	}
	return b.String()
}

func (settings pragmas) check(ctx context.Context, db *sql.DB) error {
	for _, p := range settings {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return err
		}
		if got != p.want {
			return fmt.Errorf("PRAGMA %s is %s, must be %s", p.name, got, p.want)
		}
	}
	return nil
}

// migrate runs the schema files that the database has not seen, each once and
// in its own transaction.
func (db *database) migrate(ctx context.Context, w *sql.DB, schema, keyCheck string) error {
	files, err := fs.Glob(migrations, path.Join("migrations", schema, "*.sql"))
	if err != nil || len(files) == 0 {
		return errors.Join(err, errors.New("the program holds no schema"))
	}
	var version int
	if err := w.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(files) {
		return &sealed.NewerSchemaError{Store: db.file, Found: version, Know: len(files)}
	}
	if version > 0 {
		if err := db.checkKey(ctx, w, keyCheck); err != nil {
			return err
		}
	}
	for i, file := range files[version:] {
		text, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		statements := string(text)
		if version+i == 0 {
			statements += "\nCREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
		}
		if err := step(ctx, w, statements, version+i+1, keyCheck); err != nil {
			return fmt.Errorf("schema %d: %w", version+i+1, err)
		}
	}
	return nil
}

func step(ctx context.Context, w *sql.DB, statements string, version int, keyCheck string) error {
	tx, err := w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, statements+"\nPRAGMA user_version = "+strconv.Itoa(version)+";")
	if err == nil && version == 1 {
		_, err = tx.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('key_check', ?)", keyCheck)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (db *database) checkKey(ctx context.Context, w *sql.DB, keyCheck string) error {
	var stored string
	if err := w.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'key_check'").Scan(&stored); err != nil {
		return err
	}
	if stored != keyCheck {
		return &sealed.KeyMismatchError{Store: db.file}
	}
	return nil
}

// close waits for the writer and closes the file.
func (db *database) close() error {
	return errors.Join(db.writer.close(), db.read.Close())
}

// ping reads one row, and writes one when asked, to see that the file is
// usable.
func (db *database) ping(ctx context.Context) error {
	var one int
	return unavailable(db.read.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// unavailable turns a failure of the database into a fault. Any failure is one
// of the machine: what callers may get wrong is checked before.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, privacy.ErrSealed) {
		return err // damage is not mended by trying again
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Timeout, err)
	}
	return fault.Wrap(fault.Unavailable, err).After(retryAfter)
}

// found turns "no rows" into NotFound and any other failure into Unavailable.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound)
	}
	return unavailable(err)
}

// isUnique reports whether a statement met a row with the same key.
func isUnique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
