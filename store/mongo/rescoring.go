package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"waymark/privacy"
	"waymark/screening/rescoring"
	"waymark/screening/review"
)

// ScoredCount counts scored records.
func (s *Store) ScoredCount(ctx context.Context, agency string) (int, error) {
	n, err := s.records().CountDocuments(ctx, scoredOf(agency))
	return int(n), unavailable(err)
}

// scoredOf is the filter of an agency's scored records; of all agencies for "".
func scoredOf(agency string) bson.D {
	filter := bson.D{{Key: "q", Value: false}}
	if agency != "" {
		filter = append(filter, bson.E{Key: "t", Value: agency})
	}
	return filter
}

// Scored gives scored records with their reviews after a place.
func (s *Store) Scored(ctx context.Context, agency string, from rescoring.Place, limit int) ([]review.Case, error) {
	filter, order := scoredOf(agency), keys("t", "i")
	if from.ID != "" {
		filter = append(filter, after(order, from.Agency, string(from.ID)))
	}
	return collect(ctx, s.records(), filter, pageOf(order, limit), s.toCase)
}

// Rescore stores a changed record and its review over the ones that were seen.
func (s *Store) Rescore(ctx context.Context, seen, changed review.Case, e privacy.Event) error {
	r := changed.Record
	body, event, err := s.box.Written(r, e)
	if err != nil {
		return err
	}
	fields := []bson.E{
		{Key: "ru", Value: int32(r.RetainUntil)}, {Key: "rn", Value: int32(r.Revision)}, {Key: "r", Value: body},
	}
	if changed.Review.Version > 0 {
		var doc recordDocument
		if err := s.setReview(&doc, changed.Review); err != nil {
			return err
		}
		fields = append(fields, doc.reviewFields()...)
	}
	filter := append(byID(r.Tenant, string(r.ID)),
		bson.E{Key: "q", Value: false}, revision(seen.Record.Revision), bson.E{Key: "v", Value: int32(seen.Review.Version)})
	return swapped(s.records().UpdateOne(ctx, filter, bson.D{set(fields...), push(event)}))
}

// revision is the filter for a revision. A record that was never changed has
// none, as all had before there were revisions.
func revision(n int) bson.E {
	if n == 0 {
		return bson.E{Key: "rn", Value: bson.D{{Key: "$exists", Value: false}}}
	}
	return bson.E{Key: "rn", Value: int32(n)}
}
