package sqlite

import (
	"context"

	"waymark/privacy"
	"waymark/screening/rescoring"
	"waymark/screening/review"
)

// ScoredCount counts scored records.
func (s *Store) ScoredCount(ctx context.Context, agency string) (int, error) {
	query, args := "SELECT COUNT(*) FROM records WHERE quarantined = 0", []any{}
	if agency != "" {
		query, args = query+" AND tenant = ?", append(args, agency)
	}
	var n int
	err := s.db.read.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, unavailable(err)
}

// Scored gives scored records with their reviews after a place.
func (s *Store) Scored(ctx context.Context, agency string, after rescoring.Place, limit int) ([]review.Case, error) {
	id := []byte{}
	if after.ID != "" {
		var err error
		if id, err = bits(after.ID); err != nil {
			return nil, err
		}
	}
	query, args := selectCase+" WHERE quarantined = 0 AND (tenant, id) > (?, ?)", []any{after.Agency, id}
	if agency != "" {
		query, args = query+" AND tenant = ?", append(args, agency)
	}
	return collect(ctx, s.db.read, s.scanCase, query+" ORDER BY tenant, id LIMIT ?", append(args, limit)...)
}

// Rescore stores a changed record and its review over the ones that were seen.
func (s *Store) Rescore(ctx context.Context, seen, changed review.Case, e privacy.Event) error {
	r := changed.Record
	id, err := bits(r.ID)
	if err != nil {
		return err
	}
	body, event, err := s.box.Written(r, e)
	if err != nil {
		return err
	}
	columns := reviewColumns{}
	if changed.Review.Version > 0 {
		if columns, err = s.reviewColumns(changed.Review); err != nil {
			return err
		}
	}
	args := append([]any{int64(r.RetainUntil), r.Revision, body}, columns.args()...)
	args = append(args, framed(event), r.Tenant, id, seen.Record.Revision, seen.Review.Version)
	return s.swap(ctx, `UPDATE records SET retain_until = ?, revision = ?, record = ?,
		urgency = ?, due = ?, waiting = ?, state = ?, version = ?, review = ?, audit = CAST(audit || ? AS BLOB)
		WHERE tenant = ? AND id = ? AND quarantined = 0 AND revision = ? AND COALESCE(version, 0) = ?`, args...)
}
