package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// Keep stores every deposit whose id is new, all of them in one transaction.
func (s *Store) Keep(ctx context.Context, deposits []submission.Deposit) ([]submission.Kept, error) {
	rows := make([]newRow, len(deposits))
	for i, d := range deposits {
		row, err := s.newRow(d)
		if err != nil {
			return nil, err
		}
		rows[i] = row
	}
	kept := make([]submission.Kept, len(deposits))
	err := s.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		for i := range rows {
			k, err := s.keep(ctx, tx, deposits[i].Record, rows[i])
			if err != nil {
				return err
			}
			kept[i] = k
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// newRow is a deposit as the table takes it. It is made before the writer's
// turn, so that sealing does not hold other writers up.
type newRow struct {
	args     []any
	conflict []byte
}

const insertRecord = `INSERT INTO records
	(tenant, id, site, author, day, retain_until, quarantined, fingerprint, record, urgency, due, waiting, state, version, review, audit,
	answers, answers_until)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (tenant, id) DO NOTHING`

func (s *Store) newRow(d submission.Deposit) (newRow, error) {
	r := d.Record
	id, err := bits(r.ID)
	if err != nil {
		return newRow{}, err
	}
	body, stored, err := s.box.Written(r, d.Stored)
	if err != nil {
		return newRow{}, err
	}
	conflict, err := s.box.Event(r.Tenant, string(r.ID), d.Conflict)
	if err != nil {
		return newRow{}, err
	}
	opened := reviewColumns{}
	if v, needed := review.Begin(r); needed {
		if opened, err = s.reviewColumns(v); err != nil {
			return newRow{}, err
		}
	}
	args := append([]any{
		r.Tenant, id, r.Site, string(r.Author), int64(r.Day), int64(r.RetainUntil),
		r.Status == submission.Quarantined, r.Fingerprint[:], body,
	}, opened.args()...)
	args = append(append(args, framed(stored)), answerArgs(d)...)
	return newRow{args, framed(conflict)}, nil
}

// answerArgs are the sealed answers of a deposit and their last day; NULL for
// none.
func answerArgs(d submission.Deposit) []any {
	if d.Answers == nil {
		return []any{nil, nil}
	}
	return []any{d.Answers, int64(d.Record.AnswersUntil)}
}

// reviewColumns is a review as the table takes it; zero for none.
type reviewColumns struct {
	urgency, due sql.NullInt64
	waiting      bool
	state        sql.NullString
	version      sql.NullInt64
	body         []byte
}

func (c reviewColumns) args() []any {
	return []any{c.urgency, c.due, c.waiting, c.state, c.version, c.body}
}

func (s *Store) reviewColumns(v review.Review) (reviewColumns, error) {
	body, err := s.box.Review(v)
	if err != nil {
		return reviewColumns{}, err
	}
	return reviewColumns{
		urgency: sql.NullInt64{Int64: int64(v.Urgency), Valid: true},
		due:     sql.NullInt64{Int64: int64(v.Due), Valid: true},
		waiting: v.State != review.Decided,
		state:   sql.NullString{String: string(v.State), Valid: true},
		version: sql.NullInt64{Int64: int64(v.Version), Valid: true},
		body:    body,
	}, nil
}

func (s *Store) keep(ctx context.Context, tx execer, r submission.Record, row newRow) (submission.Kept, error) {
	result, err := tx.exec(ctx, insertRecord, row.args...)
	if err != nil {
		return submission.Kept{}, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return submission.Kept{}, err
	}
	id := row.args[1]
	known, err := s.scanRecord(tx.row(ctx, selectRecord+" WHERE tenant = ? AND id = ?", r.Tenant, id))
	if err != nil {
		return submission.Kept{}, err
	}
	same := known.Fingerprint == r.Fingerprint
	if !same {
		_, err = tx.exec(ctx, "UPDATE records SET audit = CAST(audit || ? AS BLOB) WHERE tenant = ? AND id = ?", row.conflict, r.Tenant, id)
	}
	return submission.Kept{Known: &known, Same: same}, err
}

const selectRecord = "SELECT tenant, id, site, author, day, retain_until, fingerprint, revision, record FROM records"

// scanner is a row or rows.
type scanner interface{ Scan(dest ...any) error }

func (s *Store) scanRecord(row scanner) (submission.Record, error) {
	var (
		r                     submission.Record
		id, fingerprint, body []byte
	)
	if err := row.Scan(&r.Tenant, &id, &r.Site, &r.Author, &r.Day, &r.RetainUntil, &fingerprint, &r.Revision, &body); err != nil {
		return submission.Record{}, err
	}
	if err := recordID(id, &r.ID); err != nil {
		return submission.Record{}, err
	}
	copy(r.Fingerprint[:], fingerprint)
	return s.box.OpenRecord(r, body)
}

func bits(id submission.RecordID) ([]byte, error) {
	b, ok := privacy.ParseID(submission.RecordPrefix, string(id))
	if !ok {
		return nil, fault.New(fault.NotFound)
	}
	return b[:], nil
}

func recordID(b []byte, into *submission.RecordID) error {
	if len(b) != 16 {
		return fmt.Errorf("a record id of %d bytes", len(b))
	}
	*into = submission.RecordID(privacy.EncodeID(submission.RecordPrefix, [16]byte(b)))
	return nil
}

func isNotFound(err error) bool { return fault.CodeOf(err) == fault.NotFound }

// Record gives one record in scope.
func (s *Store) Record(ctx context.Context, scope auth.Scope, id submission.RecordID) (submission.Record, error) {
	b, err := bits(id)
	if err != nil {
		return submission.Record{}, err
	}
	r, err := s.scanRecord(s.db.read.QueryRowContext(ctx, selectRecord+" WHERE tenant = ? AND id = ?", scope.Tenant(), b))
	if err != nil {
		return submission.Record{}, found(err)
	}
	if !scope.Covers(r.Tenant, r.Site, r.Author) {
		return submission.Record{}, fault.New(fault.NotFound)
	}
	return r, nil
}

// Records gives records in scope, newest day first. Each site of the scope is
// read in its own order, and the lists are merged: a list over several sites
// costs as much as its pages, not as much as its sites hold.
func (s *Store) Records(ctx context.Context, scope auth.Scope, page submission.Page) ([]submission.Record, error) {
	var out []submission.Record
	for _, part := range parts(scope) {
		rows, err := s.recordsOf(ctx, part, page)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b submission.Record) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), page.Limit)], nil
}

// part is a slice of a scope that one index serves.
type part struct {
	where string
	args  []any
}

func parts(scope auth.Scope) []part {
	if author, only := scope.Author(); only {
		return []part{{"tenant = ? AND author = ?", []any{scope.Tenant(), string(author)}}}
	}
	sites, limited := scope.Sites()
	if !limited {
		return []part{{"tenant = ?", []any{scope.Tenant()}}}
	}
	var out []part
	for _, site := range sites {
		out = append(out, part{"tenant = ? AND site = ?", []any{scope.Tenant(), site}})
	}
	return out
}

func (s *Store) recordsOf(ctx context.Context, p part, page submission.Page) ([]submission.Record, error) {
	query, args := selectRecord+" WHERE "+p.where, slices.Clone(p.args)
	if page.After.ID != "" {
		id, err := bits(page.After.ID)
		if err != nil {
			return nil, err
		}
		query += " AND (day < ? OR day = ? AND id > ?)"
		args = append(args, int64(page.After.Day), int64(page.After.Day), id)
	}
	return s.list(ctx, query+" ORDER BY day DESC, id LIMIT ?", append(args, page.Limit)...)
}

func (s *Store) list(ctx context.Context, query string, args ...any) ([]submission.Record, error) {
	return collect(ctx, s.db.read, s.scanRecord, query, args...)
}

// querier is the database or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = unavailable(closeErr)
		}
	}()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, unavailable(err)
		}
		out = append(out, v)
	}
	return out, unavailable(rows.Err())
}

// Quarantined gives quarantined records of all tenants after a place.
func (s *Store) Quarantined(ctx context.Context, after submission.Record, limit int) ([]submission.Record, error) {
	id := []byte{}
	if after.ID != "" {
		var err error
		if id, err = bits(after.ID); err != nil {
			return nil, err
		}
	}
	return s.list(ctx, selectRecord+" WHERE quarantined = 1 AND (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?", after.Tenant, id, limit)
}

// Release replaces a quarantined record by its scored form and carries its
// review over.
func (s *Store) Release(ctx context.Context, d submission.Deposit) error {
	r := d.Record
	id, err := bits(r.ID)
	if err != nil {
		return err
	}
	body, event, err := s.box.Written(r, d.Stored)
	if err != nil {
		return err
	}
	var missing bool
	err = s.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		missing = false
		c, err := s.scanCase(tx.row(ctx, selectCase+" WHERE tenant = ? AND id = ? AND quarantined = 1", r.Tenant, id))
		if isNotFound(found(err)) {
			missing = true
			return nil
		}
		if err != nil {
			return err
		}
		columns, err := s.reviewColumns(c.Review.Rescored(r))
		if err != nil {
			return err
		}
		args := append([]any{int64(r.RetainUntil), body}, columns.args()...)
		args = append(append(args, framed(event)), answerArgs(d)...)
		_, err = tx.exec(ctx, `UPDATE records SET quarantined = 0, retain_until = ?, record = ?,
			urgency = ?, due = ?, waiting = ?, state = ?, version = ?, review = ?, audit = CAST(audit || ? AS BLOB),
			answers = ?, answers_until = ? WHERE tenant = ? AND id = ?`, append(args, r.Tenant, id)...)
		return err
	})
	if err == nil && missing {
		return fault.New(fault.NotFound)
	}
	return err
}

// Discard removes a quarantined record.
func (s *Store) Discard(ctx context.Context, tenant string, id submission.RecordID) error {
	b, err := bits(id)
	if err != nil {
		return err
	}
	err = s.swap(ctx, "DELETE FROM records WHERE tenant = ? AND id = ? AND quarantined = 1", tenant, b)
	if fault.CodeOf(err) == fault.StaleVersion {
		return fault.New(fault.NotFound)
	}
	if err != nil {
		return err
	}
	return s.db.emptyJournal(ctx)
}
