package main_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"waymark/auth/proof/prooftest"
	"waymark/fault"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
	"waymark/store/sqlite"
)

// RET-1, the program's side: a server that was off on the day erases what has
// ended when it starts, records and the keys of answers, and nothing else.
func TestServerErasesWhatHasEndedWhenItStarts(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	serve(t, data, "--demo").stop(t)
	today := privacy.DayOf(time.Now())
	ended, stays := keepUntil(t, data, today-1), keepUntil(t, data, today)

	server := serve(t, data, "--demo")
	supervisor := &keyClient{base: server.base, key: prooftest.NewKey(t)}
	var token openapi.Token
	supervisor.want(t, "POST", "/v1/auth/token", password("supervisor"), http.StatusOK, &token)
	supervisor.token = token.AccessToken
	status := 0
	for deadline := time.Now().Add(10 * time.Second); status != http.StatusNotFound && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		status, _ = supervisor.call(t, "GET", "/v1/records/"+string(ended.record), nil)
	}
	if status != http.StatusNotFound {
		t.Errorf("what ended yesterday: got %d", status)
	}
	supervisor.want(t, "GET", "/v1/records/"+string(stays.record), nil, http.StatusOK, nil)
	server.stop(t)

	_, store, answers := openFiles(t, data)
	for what, k := range map[string]kept{"yesterday": ended, "today": stays} {
		_, err := answers.Key(t.Context(), "demo", k.until, k.key)
		if gone := fault.CodeOf(err) == fault.NotFound; gone != (what == "yesterday") || err != nil && !gone {
			t.Errorf("the key that ends %s: %v", what, err)
		}
	}
	if err := errors.Join(store.Close(), answers.Close()); err != nil {
		t.Error(err)
	}
}

// kept is a record of the demo agency and the key of its answers, which end on a
// day.
type kept struct {
	record submission.RecordID
	key    privacy.AnswerKeyID
	until  privacy.Day
}

// keepUntil keeps a record in the files of a server that does not run.
func keepUntil(t *testing.T, data string, until privacy.Day) kept {
	t.Helper()
	root, store, answers := openFiles(t, data)
	keys, _, err := root.NewAnswerKeys("demo", 1, rand.Reader)
	if err == nil {
		err = answers.KeepKeys(t.Context(), "demo", until, keys)
	}
	if err != nil {
		t.Fatal(err)
	}
	subject, err := privacy.NewPseudonym(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k := kept{submission.RecordID(privacy.EncodeID(submission.RecordPrefix, [16]byte{1, byte(until)})), keys[0].ID, until}
	ref := screening.Ref{ID: "screen-fc", Version: "1.0.0"}
	event := privacy.Event{At: time.Now(), Actor: "usr_test", Role: "officer", Action: privacy.ActStored, Object: string(k.record)}
	_, err = store.Keep(t.Context(), []submission.Deposit{{
		Record: submission.Record{
			ID: k.record, Tenant: "demo", Site: "mae-sot", Author: "usr_test", Status: submission.Scored, Day: until - 1, Received: until - 1,
			Instrument: ref, Rules: ref, Language: "en", Subject: subject, Outcome: screening.Insufficient, Strict: screening.Insufficient,
			RetainUntil: until, RetentionReason: privacy.NoIndication,
		},
		Stored: event, Conflict: event,
	}})
	if err := errors.Join(err, store.Close(), answers.Close()); err != nil {
		t.Fatal(err)
	}
	return k
}

// openFiles opens the records and the keys of answers of a server that does not
// run, and gives what those are sealed to.
func openFiles(t *testing.T, data string) (*privacy.Keys, *sqlite.Store, *sqlite.AnswerKeys) {
	t.Helper()
	keys, _, err := privacy.LoadOrCreateKeys(filepath.Join(data, "keys", "records.key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(data, "records.db"), keys)
	if err != nil {
		t.Fatal(err)
	}
	root, _, err := privacy.LoadOrCreateKeys(filepath.Join(data, "keys", "answers.key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := sqlite.OpenAnswerKeys(t.Context(), filepath.Join(data, "answers.db"), root)
	if err != nil {
		t.Fatal(err)
	}
	return root, store, answers
}
