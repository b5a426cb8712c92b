package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/review"
	"waymark/screening/submission"
)

const selectCase = `SELECT tenant, id, site, author, day, retain_until, fingerprint, revision, record,
	COALESCE(urgency, 0), COALESCE(due, 0), COALESCE(state, ''), COALESCE(version, 0), review FROM records`

// scanCase reads a record with its review, which is zero when there is none.
func (s *Store) scanCase(row scanner) (review.Case, error) {
	var (
		r                     submission.Record
		v                     review.Review
		id, fingerprint       []byte
		recordBody, reviewRow []byte
	)
	if err := row.Scan(&r.Tenant, &id, &r.Site, &r.Author, &r.Day, &r.RetainUntil, &fingerprint, &r.Revision, &recordBody,
		&v.Urgency, &v.Due, &v.State, &v.Version, &reviewRow); err != nil {
		return review.Case{}, err
	}
	if err := recordID(id, &r.ID); err != nil {
		return review.Case{}, err
	}
	copy(r.Fingerprint[:], fingerprint)
	record, err := s.box.OpenRecord(r, recordBody)
	if err != nil || v.Version == 0 {
		return review.Case{Record: record}, err
	}
	v.ID, v.Tenant, v.Site, v.Author = r.ID, r.Tenant, r.Site, r.Author
	opened, err := s.box.OpenReview(v, reviewRow)
	return review.Case{Review: opened, Record: record}, err
}

// Queue gives the reviews that wait, most urgent first. Each site's places are
// read in the order of their index, which holds all of a place, and merged;
// only the rows of the page itself are read and opened. Both are read in one
// transaction, so that a page does not come out short.
func (s *Store) Queue(ctx context.Context, scope auth.Scope, page review.Page) (cases []review.Case, err error) {
	tx, err := s.db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, unavailable(err)
	}
	defer func() { err = errors.Join(err, unavailable(tx.Rollback())) }()
	var places []queuePlace
	for _, p := range parts(scope) {
		query, args := "SELECT rowid, urgency, due, id FROM records WHERE "+p.where+" AND waiting = 1", slices.Clone(p.args)
		if at := page.After; at != nil {
			id, err := bits(at.ID)
			if err != nil {
				return nil, err
			}
			query += " AND (urgency, due, id) > (?, ?, ?)"
			args = append(args, at.Urgency, int64(at.Due), id)
		}
		part, err := collect(ctx, tx, scanPlace, query+" ORDER BY urgency, due, id LIMIT ?", append(args, page.Limit)...)
		if err != nil {
			return nil, err
		}
		places = append(places, part...)
	}
	slices.SortFunc(places, queuePlace.compare)
	places = places[:min(len(places), page.Limit)]
	if len(places) == 0 {
		return nil, nil
	}
	rows := make([]any, len(places))
	for i, p := range places {
		rows[i] = p.row
	}
	query := selectCase + " WHERE rowid IN (?" + strings.Repeat(", ?", len(rows)-1) + ") ORDER BY urgency, due, id"
	return collect(ctx, tx, s.scanCase, query, rows...)
}

// queuePlace is a row's place in the queue.
type queuePlace struct {
	row, urgency, due int64
	id                []byte
}

func scanPlace(row scanner) (p queuePlace, err error) {
	err = row.Scan(&p.row, &p.urgency, &p.due, &p.id)
	return p, err
}

func (p queuePlace) compare(q queuePlace) int {
	return cmp.Or(cmp.Compare(p.urgency, q.urgency), cmp.Compare(p.due, q.due), bytes.Compare(p.id, q.id))
}

// Case gives one review in scope.
func (s *Store) Case(ctx context.Context, scope auth.Scope, id submission.RecordID) (review.Case, error) {
	b, err := bits(id)
	if err != nil {
		return review.Case{}, err
	}
	c, err := s.scanCase(s.db.read.QueryRowContext(ctx, selectCase+" WHERE tenant = ? AND id = ? AND state IS NOT NULL", scope.Tenant(), b))
	if err != nil {
		return review.Case{}, found(err)
	}
	if !scope.Covers(c.Review.Tenant, c.Review.Site, c.Review.Author) {
		return review.Case{}, fault.New(fault.NotFound)
	}
	return c, nil
}

// Replace stores a changed review over the version before it.
func (s *Store) Replace(ctx context.Context, v review.Review, e privacy.Event) error {
	id, err := bits(v.ID)
	if err != nil {
		return err
	}
	columns, err := s.reviewColumns(v)
	if err != nil {
		return err
	}
	event, err := s.box.Event(v.Tenant, string(v.ID), e)
	if err != nil {
		return err
	}
	args := append(columns.args(), framed(event), v.Tenant, id, v.Version-1)
	return s.swap(ctx, `UPDATE records SET urgency = ?, due = ?, waiting = ?, state = ?, version = ?, review = ?,
		audit = CAST(audit || ? AS BLOB) WHERE tenant = ? AND id = ? AND version = ?`, args...)
}

// swap runs a statement that changes exactly one row when the row is still as
// the caller saw it; StaleVersion otherwise.
func (s *Store) swap(ctx context.Context, query string, args ...any) error {
	var changed int64
	err := s.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		result, err := tx.exec(ctx, query, args...)
		if isUnique(err) { // a new row met one with the same key
			changed = 0
			return nil
		}
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err == nil && changed != 1 {
		return fault.New(fault.StaleVersion)
	}
	return err
}
