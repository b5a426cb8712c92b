package privacy_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"waymark/privacy"
)

// ENC-2 for answers: neither they nor their key open anywhere else.
func TestAnswersOpenOnlyForTheirRecordWithTheirKey(t *testing.T) {
	keys, others := newKeys(t), newKeys(t)
	kept, unused, err := keys.NewAnswerKeys("alpha", 2, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain, key, second := []byte("CANARY"), kept[0], kept[1]
	sealed, sealedToo := unused[0].Seal("alpha", "rec_1", plain), unused[1].Seal("alpha", "rec_2", plain)
	if bytes.Contains(sealed, plain) || bytes.Equal(sealed[16:], sealedToo[16:]) {
		t.Fatal("the sealed answers show what is in them")
	}
	if id, err := privacy.KeyOfAnswers(sealed); err != nil || id != key.ID || id == second.ID {
		t.Errorf("the answers name key %x, %v; want %x", id, err, key.ID)
	}
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	renamed := privacy.AnswerKey{ID: key.ID, Sealed: second.Sealed}
	for name, tt := range map[string]struct {
		keys           *privacy.Keys
		tenant, record string
		key            privacy.AnswerKey
		sealed         []byte
		opens          bool
	}{
		"as they were sealed":           {keys, "alpha", "rec_1", key, sealed, true},
		"another record":                {keys, "alpha", "rec_2", key, sealed, false},
		"another tenant":                {keys, "beta", "rec_1", key, sealed, false},
		"another root":                  {others, "alpha", "rec_1", key, sealed, false},
		"the key of another record":     {keys, "alpha", "rec_1", second, sealed, false},
		"another key under that id":     {keys, "alpha", "rec_1", renamed, sealed, false},
		"the answers of another record": {keys, "alpha", "rec_1", key, sealedToo, false},
		"a flipped bit":                 {keys, "alpha", "rec_1", key, flip(sealed, 18), false},
		"a flipped bit of the key":      {keys, "alpha", "rec_1", privacy.AnswerKey{ID: key.ID, Sealed: flip(key.Sealed, 90)}, sealed, false},
		"no key":                        {keys, "alpha", "rec_1", privacy.AnswerKey{ID: key.ID}, sealed, false},
		"no answers":                    {keys, "alpha", "rec_1", key, nil, false},
	} {
		got, err := tt.keys.OpenAnswers(tt.tenant, tt.record, tt.key, tt.sealed)
		if tt.opens && (err != nil || !bytes.Equal(got, plain)) || !tt.opens && !errors.Is(err, privacy.ErrSealed) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestAnswersNeverOutliveTheirRecord(t *testing.T) {
	r := privacy.Retention{Answers: 30, AnswersOf: map[string]int{"child-module": 0, "triage-border": 7}}
	for _, tt := range []struct {
		instrument string
		ends, want privacy.Day
	}{
		{"screen-fc", 500, 130},
		{"screen-fc", 120, 120},
		{"triage-border", 500, 107},
		{"child-module", 500, 0},
	} {
		if got := r.AnswersUntil(tt.instrument, 100, tt.ends); got != tt.want {
			t.Errorf("%s with a record until %d: got %d, want %d", tt.instrument, tt.ends, got, tt.want)
		}
	}
	if got := (privacy.Retention{}).AnswersUntil("screen-fc", 100, 500); got != 0 {
		t.Errorf("kept until %d though none shall be", got)
	}
}

func TestUnusedKeysDoNotPrint(t *testing.T) {
	_, unused, err := newKeys(t).NewAnswerKeys("alpha", 1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%d"} {
		if got := fmt.Sprintf(verb, unused[0]); got != "[key]" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func BenchmarkAnswersOfABatch(b *testing.B) {
	keys := newKeys(b)
	plain := make([]byte, 700)
	for b.Loop() {
		_, unused, err := keys.NewAnswerKeys("alpha", 100, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		for _, u := range unused {
			u.Seal("alpha", "rec_1", plain)
		}
	}
}
