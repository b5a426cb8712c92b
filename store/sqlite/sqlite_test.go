package sqlite_test

import (
	"crypto/rand"
	"path/filepath"
	"testing"

	"waymark/privacy"
	"waymark/store/sqlite"
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

func openStore(t testing.TB, file string, keys *privacy.Keys) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func openAnswerKeys(t testing.TB, file string, keys *privacy.Keys) *sqlite.AnswerKeys {
	t.Helper()
	a, err := sqlite.OpenAnswerKeys(t.Context(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return a
}

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		dir := t.TempDir()
		o := storetest.Opened{Keys: newKeys(t), VaultKeys: newKeys(t), AnswerRoot: newKeys(t)}
		o.Store = openStore(t, filepath.Join(dir, "records.db"), o.Keys)
		v, err := sqlite.OpenVault(t.Context(), filepath.Join(dir, "vault.db"), o.VaultKeys)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := v.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		o.Vault = v
		o.AnswerKeys = openAnswerKeys(t, filepath.Join(dir, "answers.db"), o.AnswerRoot)
		return o
	})
}
