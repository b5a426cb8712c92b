package sqlite

import (
	"context"

	"waymark/privacy"
)

// eraseGroup bounds how many rows one transaction erases, so that a sweep does
// not hold up those who store.
const eraseGroup = 500

// EraseExpired removes the answers, and then the records, whose day of erasure
// has passed.
func (s *Store) EraseExpired(ctx context.Context, today privacy.Day) (int, error) {
	_, err := s.db.eraseBy(ctx, `UPDATE records SET answers = NULL, answers_until = NULL WHERE rowid IN
		(SELECT rowid FROM records WHERE answers_until < ? LIMIT ?)`, today)
	if err != nil {
		return 0, err
	}
	erased, err := s.db.eraseBy(ctx, `DELETE FROM records WHERE rowid IN
		(SELECT rowid FROM records WHERE retain_until < ? LIMIT ?)`, today)
	if err != nil {
		return erased, err
	}
	return erased, s.db.emptyJournal(ctx)
}

// eraseBy runs a statement that takes a day and a number of rows until it finds
// no more, and counts the rows.
func (db *database) eraseBy(ctx context.Context, statement string, today privacy.Day) (int, error) {
	total := 0
	for {
		var n int64
		err := db.writer.do(ctx, func(ctx context.Context, tx execer) error {
			result, err := tx.exec(ctx, statement, int64(today), eraseGroup)
			if err == nil {
				n, err = result.RowsAffected()
			}
			return err
		})
		if err != nil {
			return total, err
		}
		total += int(n)
		if n < eraseGroup {
			return total, nil
		}
	}
}
