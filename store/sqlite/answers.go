package sqlite

import (
	"context"
	"strings"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// Answers gives the answers that lie sealed beside a record in scope.
func (s *Store) Answers(ctx context.Context, scope auth.Scope, id submission.RecordID) ([]byte, error) {
	b, err := bits(id)
	if err != nil {
		return nil, err
	}
	var (
		site    string
		author  auth.Ref
		answers []byte
	)
	row := s.db.read.QueryRowContext(ctx, "SELECT site, author, answers FROM records WHERE tenant = ? AND id = ? AND answers IS NOT NULL", scope.Tenant(), b)
	if err := row.Scan(&site, &author, &answers); err != nil {
		return nil, found(err)
	}
	if !scope.Covers(scope.Tenant(), site, author) {
		return nil, fault.New(fault.NotFound)
	}
	return answers, nil
}

// Note stores an event beside a review that is as it was seen.
func (s *Store) Note(ctx context.Context, seen review.Review, e privacy.Event) error {
	id, err := bits(seen.ID)
	if err != nil {
		return err
	}
	event, err := s.box.Event(seen.Tenant, string(seen.ID), e)
	if err != nil {
		return err
	}
	return s.swap(ctx, "UPDATE records SET audit = CAST(audit || ? AS BLOB) WHERE tenant = ? AND id = ? AND version = ?",
		framed(event), seen.Tenant, id, seen.Version)
}

// AnswerKeys keeps the keys of answers in a file of its own, whose journal is
// gone with each transaction: a key that is erased is in no file.
type AnswerKeys struct{ db *database }

var _ submission.AnswerKeys = (*AnswerKeys)(nil)

// OpenAnswerKeys opens or creates the file, as Open does. keys are those of the
// answers.
func OpenAnswerKeys(ctx context.Context, file string, keys *privacy.Keys) (*AnswerKeys, error) {
	db, err := open(ctx, file, "answers", keys.Check(), shredding)
	if err != nil {
		return nil, err
	}
	return &AnswerKeys{db}, nil
}

// Close waits for what is being written and closes the file.
func (a *AnswerKeys) Close() error { return a.db.close() }

// Ready says whether the file can be read.
func (a *AnswerKeys) Ready(ctx context.Context) error { return a.db.ping(ctx) }

// keysPerInsert is how many keys one statement stores: the statement costs more
// than the rows.
const keysPerInsert = 32

var insertKey, insertKeys = insertInto(1), insertInto(keysPerInsert)

func insertInto(rows int) string {
	return "INSERT INTO keys (until, id, tenant, sealed) VALUES (?, ?, ?, ?)" + strings.Repeat(", (?, ?, ?, ?)", rows-1)
}

// KeepKeys stores keys, all of them in one transaction.
func (a *AnswerKeys) KeepKeys(ctx context.Context, tenant string, until privacy.Day, keys []privacy.AnswerKey) error {
	return a.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		for len(keys) > 0 {
			n, statement := 1, insertKey
			if len(keys) >= keysPerInsert {
				n, statement = keysPerInsert, insertKeys
			}
			var args []any
			for _, k := range keys[:n] {
				args = append(args, int64(until), k.ID[:], tenant, k.Sealed)
			}
			if _, err := tx.exec(ctx, statement, args...); err != nil {
				return err
			}
			keys = keys[n:]
		}
		return nil
	})
}

// Key gives one key.
func (a *AnswerKeys) Key(ctx context.Context, tenant string, until privacy.Day, id privacy.AnswerKeyID) (privacy.AnswerKey, error) {
	key := privacy.AnswerKey{ID: id}
	row := a.db.read.QueryRowContext(ctx, "SELECT sealed FROM keys WHERE until = ? AND id = ? AND tenant = ?", int64(until), id[:], tenant)
	return key, found(row.Scan(&key.Sealed))
}

// EraseKeys removes the keys whose last day has passed.
func (a *AnswerKeys) EraseKeys(ctx context.Context, today privacy.Day) (int, error) {
	return a.db.eraseBy(ctx, "DELETE FROM keys WHERE (until, id) IN (SELECT until, id FROM keys WHERE until < ? LIMIT ?)", today)
}
