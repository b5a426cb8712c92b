package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// recordDocument is a record with its review and audit events. Names are short
// because there are millions of them; they are append-only.
type recordDocument struct {
	ID          string   `bson:"_id"`
	Tenant      string   `bson:"t"`
	Record      string   `bson:"i"`
	Site        string   `bson:"s"`
	Author      string   `bson:"a"`
	Day         int32    `bson:"d"`
	RetainUntil int32    `bson:"ru"`
	Quarantined bool     `bson:"q"`
	Fingerprint []byte   `bson:"fp"`
	Revision    int32    `bson:"rn,omitempty"`
	Body        []byte   `bson:"r"`
	Waiting     bool     `bson:"w"`
	Urgency     int32    `bson:"u"`
	Due         int32    `bson:"du"`
	State       string   `bson:"st"`
	Version     int32    `bson:"v"`
	Review      []byte   `bson:"rv"`
	Audit       [][]byte `bson:"au"`
	Answers     []byte   `bson:"an,omitempty"`
	// AnswersUntil is absent where there are no answers.
	AnswersUntil int32 `bson:"anu,omitempty"`
}

func (s *Store) records() *mongo.Collection { return s.db.Collection("records") }

func (s *Store) toDocument(d submission.Deposit) (recordDocument, error) {
	r := d.Record
	body, event, err := s.box.Written(r, d.Stored)
	if err != nil {
		return recordDocument{}, err
	}
	doc := recordDocument{
		ID: documentID(r.Tenant, string(r.ID)), Tenant: r.Tenant, Record: string(r.ID), Site: r.Site, Author: string(r.Author),
		Day: int32(r.Day), RetainUntil: int32(r.RetainUntil), Quarantined: r.Status == submission.Quarantined,
		Fingerprint: r.Fingerprint[:], Revision: int32(r.Revision), Body: body, Audit: [][]byte{event},
	}
	if d.Answers != nil {
		doc.Answers, doc.AnswersUntil = d.Answers, int32(r.AnswersUntil)
	}
	if v, needed := review.Begin(r); needed {
		err = s.setReview(&doc, v)
	}
	return doc, err
}

func (s *Store) setReview(doc *recordDocument, v review.Review) error {
	body, err := s.box.Review(v)
	doc.Waiting, doc.Urgency, doc.Due = v.State != review.Decided, int32(v.Urgency), int32(v.Due)
	doc.State, doc.Version, doc.Review = string(v.State), int32(v.Version), body
	return err
}

// reviewFields are what a change of a review sets.
func (doc recordDocument) reviewFields() []bson.E {
	return []bson.E{
		{Key: "w", Value: doc.Waiting},
		{Key: "u", Value: doc.Urgency},
		{Key: "du", Value: doc.Due},
		{Key: "st", Value: doc.State},
		{Key: "v", Value: doc.Version},
		{Key: "rv", Value: doc.Review},
	}
}

func (s *Store) fromDocument(doc recordDocument) (submission.Record, error) {
	r := submission.Record{
		ID: submission.RecordID(doc.Record), Tenant: doc.Tenant, Site: doc.Site, Author: auth.Ref(doc.Author),
		Day: privacy.Day(doc.Day), RetainUntil: privacy.Day(doc.RetainUntil), Revision: int(doc.Revision),
	}
	copy(r.Fingerprint[:], doc.Fingerprint)
	return s.box.OpenRecord(r, doc.Body)
}

// Keep stores every deposit whose id is new. Each is one document, stored
// whole or not at all; when an error comes back, some of a batch may be stored
// already, and are recognised when the batch is sent again.
func (s *Store) Keep(ctx context.Context, deposits []submission.Deposit) ([]submission.Kept, error) {
	documents := make([]recordDocument, len(deposits))
	for i, d := range deposits {
		doc, err := s.toDocument(d)
		if err != nil {
			return nil, err
		}
		documents[i] = doc
	}
	_, err := s.records().InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	known, err := duplicates(err)
	if err != nil {
		return nil, unavailable(err)
	}
	kept := make([]submission.Kept, len(deposits))
	for _, i := range known {
		if kept[i], err = s.compare(ctx, deposits[i]); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// duplicates gives the places of the documents whose _id was there already,
// and any other error.
func duplicates(err error) ([]int, error) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return nil, err
	}
	var places []int
	for _, e := range bulk.WriteErrors {
		if !mongo.IsDuplicateKeyError(e) {
			return nil, err
		}
		places = append(places, e.Index)
	}
	return places, nil
}

// compare looks at the record that was there before a deposit, and notes a
// conflict on it.
func (s *Store) compare(ctx context.Context, d submission.Deposit) (submission.Kept, error) {
	var doc recordDocument
	id := byID(d.Record.Tenant, string(d.Record.ID))
	if err := s.records().FindOne(ctx, id).Decode(&doc); err != nil {
		return submission.Kept{}, unavailable(err) // erased in between: the client tries again
	}
	known, err := s.fromDocument(doc)
	if err != nil {
		return submission.Kept{}, err
	}
	if known.Fingerprint == d.Record.Fingerprint {
		return submission.Kept{Known: &known, Same: true}, nil
	}
	event, err := s.box.Event(d.Record.Tenant, string(d.Record.ID), d.Conflict)
	if err != nil {
		return submission.Kept{}, err
	}
	_, err = s.records().UpdateOne(ctx, id, bson.D{push(event)})
	return submission.Kept{Known: &known}, unavailable(err)
}

// Record gives one record in scope.
func (s *Store) Record(ctx context.Context, scope auth.Scope, id submission.RecordID) (submission.Record, error) {
	doc, err := s.document(ctx, scope, id)
	if err != nil {
		return submission.Record{}, err
	}
	return s.fromDocument(doc)
}

func (s *Store) document(ctx context.Context, scope auth.Scope, id submission.RecordID) (recordDocument, error) {
	var doc recordDocument
	if err := s.records().FindOne(ctx, byID(scope.Tenant(), string(id))).Decode(&doc); err != nil {
		return doc, found(err)
	}
	if !scope.Covers(doc.Tenant, doc.Site, auth.Ref(doc.Author)) {
		return doc, fault.New(fault.NotFound)
	}
	return doc, nil
}

// inScope is the filter of a scope.
func inScope(scope auth.Scope) bson.D {
	filter := bson.D{{Key: "t", Value: scope.Tenant()}}
	if author, only := scope.Author(); only {
		return append(filter, bson.E{Key: "a", Value: string(author)})
	}
	if sites, limited := scope.Sites(); limited {
		return append(filter, bson.E{Key: "s", Value: bson.D{{Key: "$in", Value: append([]string{}, sites...)}}})
	}
	return filter
}

// after is the filter for what comes after a place in an order.
func after(order bson.D, place ...any) bson.E {
	var alternatives bson.A
	for i, key := range order {
		var alternative bson.D
		for j, equal := range order[:i] {
			alternative = append(alternative, bson.E{Key: equal.Key, Value: place[j]})
		}
		beyond := "$gt"
		if key.Value == -1 {
			beyond = "$lt"
		}
		alternatives = append(alternatives, append(alternative, bson.E{Key: key.Key, Value: bson.D{{Key: beyond, Value: place[i]}}}))
	}
	return bson.E{Key: "$or", Value: alternatives}
}

// pageOf asks for a page of records, without the answers beside them: those
// leave the database for a review that opens them, and for nothing else.
func pageOf(order bson.D, limit int) *options.FindOptionsBuilder {
	return options.Find().SetSort(order).SetLimit(int64(limit)).SetProjection(bson.D{{Key: "an", Value: 0}})
}

// Records gives records in scope, newest day first.
func (s *Store) Records(ctx context.Context, scope auth.Scope, page submission.Page) ([]submission.Record, error) {
	filter, order := inScope(scope), bson.D{{Key: "d", Value: -1}, {Key: "i", Value: 1}}
	if page.After.ID != "" {
		filter = append(filter, after(order, int32(page.After.Day), string(page.After.ID)))
	}
	return collect(ctx, s.records(), filter, pageOf(order, page.Limit), s.fromDocument)
}

// Quarantined gives quarantined records of all tenants after a place.
func (s *Store) Quarantined(ctx context.Context, from submission.Record, limit int) ([]submission.Record, error) {
	filter, order := bson.D{{Key: "q", Value: true}}, keys("t", "i")
	if from.ID != "" {
		filter = append(filter, after(order, from.Tenant, string(from.ID)))
	}
	return collect(ctx, s.records(), filter, pageOf(order, limit), s.fromDocument)
}

// Release replaces a quarantined record by its scored form and carries its
// review over.
func (s *Store) Release(ctx context.Context, d submission.Deposit) error {
	r := d.Record
	var doc recordDocument
	waiting := append(byID(r.Tenant, string(r.ID)), bson.E{Key: "q", Value: true})
	if err := s.records().FindOne(ctx, waiting).Decode(&doc); err != nil {
		return found(err)
	}
	c, err := s.toCase(doc)
	if err != nil {
		return err
	}
	body, event, err := s.box.Written(r, d.Stored)
	if err != nil {
		return err
	}
	before := doc.Version
	if err := s.setReview(&doc, c.Review.Rescored(r)); err != nil {
		return err
	}
	fields := append(doc.reviewFields(),
		bson.E{Key: "q", Value: false}, bson.E{Key: "ru", Value: int32(r.RetainUntil)}, bson.E{Key: "r", Value: body})
	if d.Answers != nil {
		fields = append(fields, bson.E{Key: "an", Value: d.Answers}, bson.E{Key: "anu", Value: int32(r.AnswersUntil)})
	}
	err = swapped(s.records().UpdateOne(ctx, append(waiting, bson.E{Key: "v", Value: before}), bson.D{set(fields...), push(event)}))
	if fault.CodeOf(err) == fault.StaleVersion { // somebody changed the review: look again
		return s.Release(ctx, d)
	}
	return err
}

// Discard removes a quarantined record.
func (s *Store) Discard(ctx context.Context, tenant string, id submission.RecordID) error {
	result, err := s.records().DeleteOne(ctx, append(byID(tenant, string(id)), bson.E{Key: "q", Value: true}))
	if err == nil && result.DeletedCount == 0 {
		return fault.New(fault.NotFound)
	}
	return unavailable(err)
}

// EraseExpired removes the answers, and then the records, whose day of erasure
// has passed.
func (s *Store) EraseExpired(ctx context.Context, today privacy.Day) (int, error) {
	_, err := s.records().UpdateMany(ctx, bson.D{{Key: "anu", Value: bson.D{{Key: "$lt", Value: int32(today)}}}},
		bson.D{{Key: "$unset", Value: bson.D{{Key: "an", Value: ""}, {Key: "anu", Value: ""}}}})
	if err != nil {
		return 0, unavailable(err)
	}
	result, err := s.records().DeleteMany(ctx, bson.D{{Key: "ru", Value: bson.D{{Key: "$lt", Value: int32(today)}}}})
	if err != nil {
		return 0, unavailable(err)
	}
	return int(result.DeletedCount), nil
}

// Events gives the audit events of a record, oldest first.
func (s *Store) Events(ctx context.Context, tenant string, id submission.RecordID) ([]privacy.Event, error) {
	var doc recordDocument
	if err := s.records().FindOne(ctx, byID(tenant, string(id))).Decode(&doc); err != nil {
		return nil, found(err)
	}
	events := make([]privacy.Event, len(doc.Audit))
	for i, sealed := range doc.Audit {
		e, err := s.box.OpenEvent(tenant, string(id), sealed)
		if err != nil {
			return nil, err
		}
		events[i] = e
	}
	return events, nil
}
