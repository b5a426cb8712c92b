package mongo

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// Answers gives the answers that lie sealed beside a record in scope.
func (s *Store) Answers(ctx context.Context, scope auth.Scope, id submission.RecordID) ([]byte, error) {
	doc, err := s.document(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	if len(doc.Answers) == 0 {
		return nil, fault.New(fault.NotFound)
	}
	return doc.Answers, nil
}

// Note stores an event beside a review that is as it was seen.
func (s *Store) Note(ctx context.Context, seen review.Review, e privacy.Event) error {
	event, err := s.box.Event(seen.Tenant, string(seen.ID), e)
	if err != nil {
		return err
	}
	filter := append(byID(seen.Tenant, string(seen.ID)), bson.E{Key: "v", Value: int32(seen.Version)})
	return swapped(s.records().UpdateOne(ctx, filter, bson.D{push(event)}))
}

// AnswerKeys keeps the keys of answers in a database of its own, with a key of
// its own. Give it a server and credentials of its own too, and backups that
// end sooner than those of the records.
type AnswerKeys struct {
	client *mongo.Client
	db     *mongo.Database
}

var _ submission.AnswerKeys = (*AnswerKeys)(nil)

// OpenAnswerKeys connects to a database, as Open does. keys are those of the
// answers.
func OpenAnswerKeys(ctx context.Context, uri, database string, keys *privacy.Keys) (*AnswerKeys, error) {
	client, db, err := connect(ctx, uri, database, keys.Check())
	if err != nil {
		return nil, err
	}
	a := &AnswerKeys{client, db}
	if err := createMissing(ctx, a.keys(), []bson.D{{{Key: "until", Value: 1}}}); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: indexes: %w", database, err), a.Close()) //nolint:contextcheck // closing must not end with a cancelled context
	}
	return a, nil
}

// Close disconnects.
func (a *AnswerKeys) Close() error { return disconnect(a.client) }

// Ready says whether the database answers.
func (a *AnswerKeys) Ready(ctx context.Context) error { return unavailable(a.client.Ping(ctx, nil)) }

func (a *AnswerKeys) keys() *mongo.Collection { return a.db.Collection("keys") }

// keyDocument is a sealed key. Its id begins with its last day, so that those of
// a day lie together.
type keyDocument struct {
	ID     string `bson:"_id"`
	Until  int32  `bson:"until"`
	Sealed []byte `bson:"sealed"`
}

func keyID(tenant string, until privacy.Day, id privacy.AnswerKeyID) string {
	return documentID(tenant, until.String()+"/"+hex.EncodeToString(id[:]))
}

// KeepKeys stores keys. When an error comes back, some may be stored already;
// they open nothing, and end on their day.
func (a *AnswerKeys) KeepKeys(ctx context.Context, tenant string, until privacy.Day, keys []privacy.AnswerKey) error {
	documents := make([]keyDocument, len(keys))
	for i, k := range keys {
		documents[i] = keyDocument{keyID(tenant, until, k.ID), int32(until), k.Sealed}
	}
	_, err := a.keys().InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	return unavailable(err)
}

// Key gives one key.
func (a *AnswerKeys) Key(ctx context.Context, tenant string, until privacy.Day, id privacy.AnswerKeyID) (privacy.AnswerKey, error) {
	var doc keyDocument
	err := a.keys().FindOne(ctx, bson.D{{Key: "_id", Value: keyID(tenant, until, id)}}).Decode(&doc)
	return privacy.AnswerKey{ID: id, Sealed: doc.Sealed}, found(err)
}

// EraseKeys removes the keys whose last day has passed.
func (a *AnswerKeys) EraseKeys(ctx context.Context, today privacy.Day) (int, error) {
	result, err := a.keys().DeleteMany(ctx, bson.D{{Key: "until", Value: bson.D{{Key: "$lt", Value: int32(today)}}}})
	if err != nil {
		return 0, unavailable(err)
	}
	return int(result.DeletedCount), nil
}
