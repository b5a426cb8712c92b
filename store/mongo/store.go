// Package mongo keeps everything in MongoDB, for agencies that outgrow one
// machine: any number of API processes over a replica set or sharded cluster.
//
// Correctness rests on the atomicity of single documents and on unique _id
// only, so that it holds on every MongoDB-compatible server: a record, its
// review and their audit events are one document, and a change is a
// compare-and-swap on its version. Every _id begins with the tenant, and so
// does every index: the tenant is the shard key's first part. Enrolments and
// spent proofs are the exception, because a tablet names no tenant.
//
// It implements the stores of submission, review, signin, device and proof, and
// is imported by cmd only.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
	"waymark/store/sealed"
)

// schema is the version of the documents' form. Processes of an older version
// refuse a database of a newer one.
const schema = 3 // 2: records have a revision; 3: and answers; sign-ins have a key and a device

const (
	connectTimeout = 10 * time.Second
	// retryAfter is what a client is told to wait when the database refuses.
	retryAfter = 5 * time.Second
)

// Store keeps records, reviews, users, sign-ins and devices in one database.
type Store struct {
	client *mongo.Client
	db     *mongo.Database
	box    sealed.Box
}

var (
	_ submission.Store = (*Store)(nil)
	_ review.Store     = (*Store)(nil)
	_ rescoring.Store  = (*Store)(nil)
	_ signin.Users     = (*Store)(nil)
	_ signin.Families  = (*Store)(nil)
	_ device.Devices   = (*Store)(nil)
	_ proof.Proofs     = (*Store)(nil)
)

// Open connects to a database and brings its indexes up to date. The errors
// that an operator can mend are *sealed.KeyMismatchError and *sealed.NewerSchemaError. The
// URI may hold a password; no error repeats it.
func Open(ctx context.Context, uri, database string, keys *privacy.Keys) (*Store, error) {
	client, db, err := connect(ctx, uri, database, keys.Check())
	if err != nil {
		return nil, err
	}
	s := &Store{client, db, sealed.NewBox(keys)}
	if err := s.index(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: indexes: %w", database, err), s.Close()) //nolint:contextcheck // closing must not end with a cancelled context
	}
	return s, nil
}

// Close disconnects.
func (s *Store) Close() error { return disconnect(s.client) }

// Ready says whether the database answers.
func (s *Store) Ready(ctx context.Context) error { return unavailable(s.client.Ping(ctx, nil)) }

func connect(ctx context.Context, uri, database, keyCheck string) (*mongo.Client, *mongo.Database, error) {
	journaled := true
	client, err := mongo.Connect(options.Client().
		SetConnectTimeout(connectTimeout).
		SetServerSelectionTimeout(connectTimeout).
		ApplyURI(uri). // may set other times, but not how durable a write is
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journaled}).
		SetReadConcern(readconcern.Majority()))
	if err != nil {
		return nil, nil, fmt.Errorf("database %s: the connection URI cannot be read", database)
	}
	db := client.Database(database)
	if err := introduce(ctx, db, keyCheck); err != nil {
		return nil, nil, errors.Join(err, disconnect(client)) //nolint:contextcheck // closing must not end with a cancelled context
	}
	return client, db, nil
}

func disconnect(client *mongo.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	return client.Disconnect(ctx)
}

// introduce writes schema and key into a new database, and compares them in a
// known one. Processes that start at the same time agree: the first write wins.
func introduce(ctx context.Context, db *mongo.Database, keyCheck string) error {
	var meta struct {
		Schema   int    `bson:"schema"`
		KeyCheck string `bson:"key_check"`
	}
	_, err := db.Collection("meta").InsertOne(ctx, bson.D{
		{Key: "_id", Value: "waymark"}, {Key: "schema", Value: schema}, {Key: "key_check", Value: keyCheck},
	})
	if err == nil {
		return nil
	}
	if !mongo.IsDuplicateKeyError(err) {
		return fmt.Errorf("database %s does not answer: %w", db.Name(), err)
	}
	if err := db.Collection("meta").FindOne(ctx, bson.D{{Key: "_id", Value: "waymark"}}).Decode(&meta); err != nil {
		return fmt.Errorf("database %s: %w", db.Name(), err)
	}
	if meta.Schema > schema {
		return &sealed.NewerSchemaError{Store: "database " + db.Name(), Found: meta.Schema, Know: schema}
	}
	if meta.KeyCheck != keyCheck {
		return &sealed.KeyMismatchError{Store: "database " + db.Name()}
	}
	if meta.Schema == schema {
		return nil
	}
	// What is new may be absent, so the documents need no change; older
	// processes must not open them from here on.
	old := bson.D{{Key: "_id", Value: "waymark"}, {Key: "schema", Value: meta.Schema}}
	if _, err := db.Collection("meta").UpdateOne(ctx, old, bson.D{set(bson.E{Key: "schema", Value: schema})}); err != nil {
		return fmt.Errorf("database %s: %w", db.Name(), err)
	}
	return nil
}

func (s *Store) index(ctx context.Context) error {
	for collection, indexes := range map[string][]bson.D{
		"records": {
			keys("t", "s", "w", "u", "du", "i"), // the queue
			{{Key: "t", Value: 1}, {Key: "s", Value: 1}, {Key: "d", Value: -1}, {Key: "i", Value: 1}},
			{{Key: "t", Value: 1}, {Key: "a", Value: 1}, {Key: "d", Value: -1}, {Key: "i", Value: 1}},
			keys("ru"),
			keys("q", "t", "i"),
			keys("anu"),
		},
		"users":      {keys("tenant", "ref")},
		"families":   {keys("expires")},
		"devices":    {keys("key")},
		"enrolments": {keys("expires")},
		"proofs":     {keys("until")},
	} {
		if err := createMissing(ctx, s.db.Collection(collection), indexes); err != nil {
			return err
		}
	}
	return nil
}

// createMissing creates the indexes that are not there. Creating one again
// would do nothing on MongoDB itself, but not every compatible server keeps to
// that.
func createMissing(ctx context.Context, c *mongo.Collection, indexes []bson.D) error {
	there, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return err
	}
	var missing []mongo.IndexModel
	for _, index := range indexes {
		name := indexName(index)
		if !slices.ContainsFunc(there, func(s mongo.IndexSpecification) bool { return s.Name == name }) {
			missing = append(missing, mongo.IndexModel{Keys: index, Options: options.Index().SetName(name)})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.Indexes().CreateMany(ctx, missing)
	return err
}

func indexName(index bson.D) string {
	var parts []string
	for _, key := range index {
		parts = append(parts, fmt.Sprintf("%s_%v", key.Key, key.Value))
	}
	return strings.Join(parts, "_")
}

func keys(names ...string) bson.D {
	var d bson.D
	for _, name := range names {
		d = append(d, bson.E{Key: name, Value: 1})
	}
	return d
}

// documentID joins a tenant and an id; tenants have no slash.
func documentID(tenant, id string) string { return tenant + "/" + id }

func byID(tenant, id string) bson.D { return bson.D{{Key: "_id", Value: documentID(tenant, id)}} }

func set(fields ...bson.E) bson.E { return bson.E{Key: "$set", Value: bson.D(fields)} }

// push appends audit events in the same document.
func push(events ...[]byte) bson.E {
	return bson.E{Key: "$push", Value: bson.D{{Key: "au", Value: bson.D{{Key: "$each", Value: events}}}}}
}

// unavailable turns a failure of the database into a fault.
func unavailable(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, privacy.ErrSealed):
		return err // damage is not mended by trying again
	case mongo.IsTimeout(err), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Timeout, err)
	default:
		return fault.Wrap(fault.Unavailable, err).After(retryAfter)
	}
}

// found turns "no documents" into NotFound and any other failure into
// Unavailable.
func found(err error) error {
	if errors.Is(err, mongo.ErrNoDocuments) {
		return fault.New(fault.NotFound)
	}
	return unavailable(err)
}

// swapped reports StaleVersion when a compare-and-swap found nothing to change.
func swapped(result *mongo.UpdateResult, err error) error {
	if err != nil {
		return unavailable(err)
	}
	if result.MatchedCount != 1 {
		return fault.New(fault.StaleVersion)
	}
	return nil
}

// collect reads all documents of a query.
func collect[D, T any](ctx context.Context, c *mongo.Collection, filter bson.D, opts *options.FindOptionsBuilder, turn func(D) (T, error)) ([]T, error) {
	cursor, err := c.Find(ctx, filter, opts)
	if err != nil {
		return nil, unavailable(err)
	}
	var documents []D
	if err := cursor.All(ctx, &documents); err != nil {
		return nil, unavailable(err)
	}
	out := make([]T, 0, len(documents))
	for _, d := range documents {
		v, err := turn(d)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
