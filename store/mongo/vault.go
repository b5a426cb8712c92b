package mongo

import (
	"context"
	"encoding/hex"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"waymark/privacy"
	"waymark/screening/submission"
)

// Vault keeps the link between case references and subjects in a database of
// its own, with a key of its own. Give it a server and credentials of its own
// too, where that is possible.
type Vault struct {
	client *mongo.Client
	db     *mongo.Database
	keys   *privacy.Keys
}

var _ submission.Vault = (*Vault)(nil)

// OpenVault connects to a database, as Open does.
func OpenVault(ctx context.Context, uri, database string, keys *privacy.Keys) (*Vault, error) {
	client, db, err := connect(ctx, uri, database, keys.Check())
	if err != nil {
		return nil, err
	}
	return &Vault{client, db, keys}, nil
}

// Close disconnects.
func (v *Vault) Close() error { return disconnect(v.client) }

// Ready says whether the database answers.
func (v *Vault) Ready(ctx context.Context) error { return unavailable(v.client.Ping(ctx, nil)) }

type subjectDocument struct {
	ID      string `bson:"_id"`
	Subject []byte `bson:"subject"`
}

// Subject gives the subject a blind index stands for, or stores the proposed
// one and gives that.
func (v *Vault) Subject(ctx context.Context, tenant string, index privacy.BlindIndex, proposed privacy.Pseudonym) (privacy.Pseudonym, error) {
	id := documentID(tenant, hex.EncodeToString(index[:]))
	context := "subject\x00" + string(index[:])
	subjects := v.db.Collection("subjects")
	_, err := subjects.InsertOne(ctx, subjectDocument{
		ID: id, Subject: v.keys.Seal(privacy.ForSubjects, tenant, context, []byte(proposed.Encode())),
	})
	if err == nil {
		return proposed, nil
	}
	if !mongo.IsDuplicateKeyError(err) {
		return privacy.Pseudonym{}, unavailable(err)
	}
	var known subjectDocument
	if err := subjects.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&known); err != nil {
		return privacy.Pseudonym{}, unavailable(err)
	}
	plain, err := v.keys.Open(privacy.ForSubjects, tenant, context, known.Subject)
	if err != nil {
		return privacy.Pseudonym{}, fmt.Errorf("vault: %w", err)
	}
	return privacy.ParsePseudonym(string(plain))
}
