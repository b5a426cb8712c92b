package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// toCase gives a record with its review, which is zero when there is none.
func (s *Store) toCase(doc recordDocument) (review.Case, error) {
	record, err := s.fromDocument(doc)
	if err != nil || doc.Version == 0 {
		return review.Case{Record: record}, err
	}
	v, err := s.box.OpenReview(review.Review{
		ID: record.ID, Tenant: record.Tenant, Site: record.Site, Author: record.Author,
		State: review.State(doc.State), Urgency: int(doc.Urgency), Due: privacy.Day(doc.Due), Version: int(doc.Version),
	}, doc.Review)
	return review.Case{Review: v, Record: record}, err
}

// Queue gives the reviews that wait, most urgent first.
func (s *Store) Queue(ctx context.Context, scope auth.Scope, page review.Page) ([]review.Case, error) {
	filter := append(inScope(scope), bson.E{Key: "w", Value: true})
	order := keys("u", "du", "i")
	if at := page.After; at != nil {
		filter = append(filter, after(order, int32(at.Urgency), int32(at.Due), string(at.ID)))
	}
	return collect(ctx, s.records(), filter, pageOf(order, page.Limit), s.toCase)
}

// Case gives one review in scope.
func (s *Store) Case(ctx context.Context, scope auth.Scope, id submission.RecordID) (review.Case, error) {
	doc, err := s.document(ctx, scope, id)
	if err != nil {
		return review.Case{}, err
	}
	if doc.State == "" {
		return review.Case{}, fault.New(fault.NotFound)
	}
	return s.toCase(doc)
}

// Replace stores a changed review over the version before it.
func (s *Store) Replace(ctx context.Context, v review.Review, e privacy.Event) error {
	var doc recordDocument
	if err := s.setReview(&doc, v); err != nil {
		return err
	}
	event, err := s.box.Event(v.Tenant, string(v.ID), e)
	if err != nil {
		return err
	}
	seen := append(byID(v.Tenant, string(v.ID)), bson.E{Key: "v", Value: int32(v.Version - 1)})
	return swapped(s.records().UpdateOne(ctx, seen, bson.D{set(doc.reviewFields()...), push(event)}))
}
