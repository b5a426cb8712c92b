package mongo_test

import (
	"context"
	"crypto/rand"
	"strconv"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"waymark/privacy"
	"waymark/store/ferrettest"
	"waymark/store/mongo"
	"waymark/store/storetest"
)

func newKeys(t testing.TB) *privacy.Keys {
	t.Helper()
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func closing(t testing.TB, c interface{ Close() error }) {
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestSuite(t *testing.T) {
	uri := ferrettest.Start(t)
	var number atomic.Int64
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		name := "suite" + strconv.FormatInt(number.Add(1), 10)
		o := storetest.Opened{Keys: newKeys(t), VaultKeys: newKeys(t), AnswerRoot: newKeys(t)}
		s, err := mongo.Open(t.Context(), uri, name, o.Keys)
		if err != nil {
			t.Fatal(err)
		}
		closing(t, s)
		v, err := mongo.OpenVault(t.Context(), uri, name+"_vault", o.VaultKeys)
		if err != nil {
			t.Fatal(err)
		}
		closing(t, v)
		a, err := mongo.OpenAnswerKeys(t.Context(), uri, name+"_answers", o.AnswerRoot)
		if err != nil {
			t.Fatal(err)
		}
		closing(t, a)
		o.Store, o.Vault, o.AnswerKeys = s, v, a
		return o
	})
}

func TestDatabaseOfTheFirstSchemaIsOpenedOnceAndForAll(t *testing.T) {
	uri, keys := ferrettest.Start(t), newKeys(t)
	closing(t, open(t, uri, keys))
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Disconnect(context.Background()); err != nil {
			t.Errorf("Disconnect: %v", err)
		}
	})
	meta := client.Database("old").Collection("meta")
	if _, err := meta.UpdateOne(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "schema", Value: 1}}}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		closing(t, open(t, uri, keys))
		var got struct {
			Schema int `bson:"schema"`
		}
		if err := meta.FindOne(t.Context(), bson.D{}).Decode(&got); err != nil || got.Schema != 3 {
			t.Errorf("the database says schema %d, %v; want 3", got.Schema, err)
		}
	}
}

func open(t *testing.T, uri string, keys *privacy.Keys) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(t.Context(), uri, "old", keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
