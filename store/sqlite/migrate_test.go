package sqlite_test

import (
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// oldFile makes a file of the first schema that holds the records of a file of
// the newest.
func oldFile(t *testing.T, newest string, keys *privacy.Keys) string {
	t.Helper()
	schema, err := os.ReadFile("migrations/records/0001.sql")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "records.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // an attached file belongs to a connection
	const columns = "tenant, id, site, author, day, retain_until, quarantined, fingerprint, record, urgency, due, waiting, state, version, review, audit"
	for _, s := range []struct {
		text string
		args []any
	}{
		{string(schema), nil},
		{"CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID", nil},
		{"INSERT INTO meta (key, value) VALUES ('key_check', ?)", []any{keys.Check()}},
		{"ATTACH ? AS newest", []any{newest}},
		{"INSERT INTO records (" + columns + ") SELECT " + columns + " FROM newest.records", nil},
		{"PRAGMA user_version = 1", nil},
	} {
		if _, err := db.ExecContext(t.Context(), s.text, s.args...); err != nil {
			t.Fatalf("%s: %v", s.text, err)
		}
	}
	return file
}

func TestFileOfTheFirstSchemaIsOpenedAndItsRecordsCanBeRescored(t *testing.T) {
	keys := newKeys(t)
	newest := filepath.Join(t.TempDir(), "records.db")
	s := openStore(t, newest, keys)
	subject, err := privacy.NewPseudonym(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	record := submission.Record{
		ID:     submission.RecordID(privacy.EncodeID(submission.RecordPrefix, keys.RecordID("alpha", "1"))),
		Tenant: "alpha", Site: "north", Author: "usr_a", Status: submission.Scored, Subject: subject,
		Instrument: screening.Ref{ID: "screen-fc", Version: "1.0.0"}, Rules: screening.Ref{ID: "screen-fc", Version: "1.0.0"},
		Outcome: screening.Possible, Clock: screening.Days7, RetainUntil: 30_000,
	}
	stored := privacy.Event{At: time.Unix(1_700_000_000, 0), Action: privacy.ActStored, Object: string(record.ID)}
	if _, err := s.Keep(t.Context(), []submission.Deposit{{Record: record, Stored: stored, Conflict: stored}}); err != nil {
		t.Fatal(err)
	}

	old := openStore(t, oldFile(t, newest, keys), keys)
	cases, err := old.Scored(t.Context(), "alpha", rescoring.Place{}, 10)
	if err != nil || len(cases) != 1 || cases[0].Record.Outcome != screening.Possible || cases[0].Record.Revision != 0 {
		t.Fatalf("got %+v, %v; want the record, never changed", cases, err)
	}
	changed := cases[0]
	n := changed.Record.Result()
	n.Outcome = screening.StrongTIP
	changed.Record = changed.Record.Replace(n, privacy.DefaultRetention())
	changed.Review = changed.Review.Raise(changed.Record, review.Step{Kind: review.NewResult}, false)
	if err := old.Rescore(t.Context(), cases[0], changed, stored); err != nil {
		t.Fatal(err)
	}
	if cases, err = old.Scored(t.Context(), "", rescoring.Place{}, 10); err != nil || len(cases) != 1 || cases[0].Record.Outcome != screening.StrongTIP {
		t.Errorf("got %+v, %v; want the new result", cases, err)
	}
}
