package mongo_test

import (
	"crypto/rand"
	"strconv"
	"sync/atomic"
	"testing"

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
		o := storetest.Opened{Keys: newKeys(t), VaultKeys: newKeys(t)}
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
		o.Store, o.Vault = s, v
		return o
	})
}
