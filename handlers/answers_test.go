package handlers_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/auth"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
	"waymark/store/ferrettest"
)

// claimed submits an interview and has the supervisor of north claim its review.
func (h *harness) claimed(t testing.TB, item map[string]any) string {
	t.Helper()
	id := h.submit(t, item)[0].Review
	h.claim(t, "alpha/supervisor", id, `"1"`)
	return id
}

func (h *harness) claim(t testing.TB, who, id, version string) {
	t.Helper()
	if r := h.do(t, who, "POST", "/v1/reviews/"+id+"/claim", nil, "If-Match", version); r.StatusCode != http.StatusOK {
		t.Fatalf("claiming: %d %s", r.StatusCode, r.body)
	}
}

func (h *harness) openAnswers(t testing.TB, who, id, reason string) reply {
	t.Helper()
	return h.do(t, who, "POST", "/v1/reviews/"+id+"/answers", map[string]string{"reason": reason})
}

func TestAnswersAreOpenedByWhoeverHoldsTheReview(t *testing.T) {
	for name, o := range map[string]func(*testing.T) options{
		"SQLite":  func(*testing.T) options { return options{} },
		"MongoDB": func(t *testing.T) options { return options{mongo: ferrettest.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			useContract(t)
			h := start(t, o(t))
			item := interview(with("case_reference", "MS-CANARY"), with("answers", map[string][]string{
				"B01": {"30_47"}, "B03": {"ET"}, "C04": {"entirely"}, "C06": {"pay", "hours"}, "E02": {"punished"}, "F05": {"dont_know"},
			}))
			id := h.submit(t, item)[0].Review
			wantProblem(t, h.openAnswers(t, "alpha/supervisor", id, "contradiction"), 409, "review_not_claimed")
			h.claim(t, "alpha/supervisor", id, `"1"`)
			wantProblem(t, h.openAnswers(t, "alpha/supervisor2", id, "contradiction"), 409, "review_claimed")
			wantProblem(t, h.openAnswers(t, "alpha/southern", id, "contradiction"), 404, "not_found")
			wantProblem(t, h.openAnswers(t, "beta/supervisor", id, "contradiction"), 404, "not_found")
			wantProblem(t, h.openAnswers(t, "alpha/caseworker", id, "contradiction"), 403, "forbidden")
			p := wantProblem(t, h.openAnswers(t, "alpha/supervisor", id, ""), 422, "reason_needed")
			if len(p.Errors) != 1 || p.Errors[0].Pointer != "/reason" || len(p.Errors[0].Allowed) != 6 {
				t.Errorf("without a reason: %+v", p.Errors)
			}
			wantProblem(t, h.openAnswers(t, "alpha/supervisor", id, "curious"), 400, "invalid")

			r := h.openAnswers(t, "alpha/supervisor", id, "contradiction")
			got := decode[openapi.OpenedAnswers](t, r)
			if got.Instrument != "screen-fc" || got.Version != "1.0.0" || got.Language != "am" || got.Until != (privacy.DayOf(time.Now())+30).String() {
				t.Errorf("got %+v", got)
			}
			if want := []string{"pay", "hours"}; !slices.Equal(got.Answers["C06"], want) || got.Missing["I02"] != screening.Declined {
				t.Errorf("C06 was answered %v, want %v; I02 is missing because %q", got.Answers["C06"], want, got.Missing["I02"])
			}
			told := map[string]openapi.AnsweredQuestion{}
			var order []string
			for _, q := range got.Questions {
				told[q.Item] = q
				order = append(order, q.Item)
			}
			if !slices.IsSorted(order) || len(order) != 7 {
				t.Errorf("told in the order %v", order)
			}
			if q := told["C06"]; len(q.Answers) != 2 || q.Answers[0] == "pay" || q.Question == "" {
				t.Errorf("C06 is told as %+v", q)
			}
			if q := told["B03"]; !slices.Equal(q.Answers, []string{"ET"}) {
				t.Errorf("a country is told as %+v", q)
			}
			for _, item := range []string{"I02", "F05"} {
				if q := told[item]; q.Answers != nil || !strings.HasPrefix(q.Missing, "the person") {
					t.Errorf("%s, which has no answer, is told as %+v", item, q)
				}
			}
			for _, forbidden := range []string{"MS-CANARY", `"nationality"`, "finished_on", "usr_"} {
				if bytes.Contains(r.body, []byte(forbidden)) {
					t.Errorf("%s is among the answers", forbidden)
				}
			}

			events, err := h.store.Events(t.Context(), "alpha", submission.RecordID(id))
			if err != nil || len(events) != 3 {
				t.Fatalf("%d events, %v; want stored, claimed, opened", len(events), err)
			}
			if e := events[2]; e.Action != privacy.ActOpened || e.Reason != "contradiction" || e.Role != "supervisor" || e.Object != id {
				t.Errorf("the event is %+v", e)
			}
			// The review is as it was: the claim is good for a decision.
			if r := h.do(t, "alpha/supervisor", "POST", "/v1/reviews/"+id+"/decision", map[string]string{"kind": "confirm"}, "If-Match", `"2"`); r.StatusCode != 200 {
				t.Errorf("deciding afterwards: %d %s", r.StatusCode, r.body)
			}
			wantProblem(t, h.openAnswers(t, "alpha/supervisor", id, "contradiction"), 409, "review_closed")
		})
	}
}

func TestAnswersAreKeptAsLongAsTheDeploymentSays(t *testing.T) {
	retention := privacy.DefaultRetention()
	retention.AnswersOf = map[string]int{"triage-border": 0, "screen-fc": 3}
	today := time.Now()
	clock := func() time.Time { return today }
	h := start(t, options{retention: &retention, now: func() time.Time { return clock() }})
	kept := h.claimed(t, interview())
	none := h.claimed(t, interview(with("instrument", "triage-border"), with("answers", map[string][]string{"T06": {"locked"}}), with("missing", nil)))

	record := func(id string) openapi.Record {
		t.Helper()
		return decode[openapi.Record](t, h.do(t, "alpha/supervisor", "GET", "/v1/records/"+id, nil))
	}
	if got, want := record(kept).AnswersUntil, (privacy.DayOf(today) + 3).String(); got != want {
		t.Errorf("answers until %s, want %s", got, want)
	}
	if got := record(none).AnswersUntil; got != "" {
		t.Errorf("answers of the triage until %s, want none", got)
	}
	wantProblem(t, h.openAnswers(t, "alpha/supervisor", none, "quality_check"), 404, "not_found")
	if got, err := h.store.Events(t.Context(), "alpha", submission.RecordID(none)); err != nil || len(got) != 2 {
		t.Errorf("%d events of a review whose answers cannot be opened, %v; want 2", len(got), err)
	}

	clock = func() time.Time { return today.AddDate(0, 0, 4) } // before the sweep
	h.claim(t, "alpha/supervisor", kept, `"2"`)
	wantProblem(t, h.openAnswers(t, "alpha/supervisor", kept, "quality_check"), 404, "not_found")
	if got := record(kept); got.AnswersUntil != "" || got.Outcome != screening.StrongTIP {
		t.Errorf("the record after the answers: %+v", got)
	}
}

// ENC-2: what lies beside one record does not open beside another.
func TestAnswersMovedToAnotherRecordDoNotOpen(t *testing.T) {
	h := start(t, options{})
	one, two := h.claimed(t, interview()), h.claimed(t, interview())
	file, err := sql.Open("sqlite", filepath.Join(h.dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.ExecContext(t.Context(), "UPDATE records SET answers = (SELECT answers FROM records ORDER BY id LIMIT 1)")
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, id := range []string{one, two} {
		r := h.openAnswers(t, "alpha/supervisor", id, "quality_check")
		if r.StatusCode == http.StatusOK {
			opened++
			continue
		}
		wantProblem(t, r, 500, "internal")
	}
	if opened != 1 {
		t.Errorf("%d of 2 open after the swap, want 1", opened)
	}
}

// ENC-3, ENC-4: on their day the answers and their key are gone from every file,
// and an old copy of the records does not bring them back.
func TestErasedAnswersAreGoneFromTheFilesAndFromOldCopies(t *testing.T) {
	today := time.Now()
	h := start(t, options{})
	const interviews = 20
	scope, err := auth.Principal{Tenant: "alpha", Ref: "x", Role: auth.Supervisor, Sites: []string{"north"}}.May(auth.OpenAnswers)
	if err != nil {
		t.Fatal(err)
	}
	var (
		id      string
		needles [][]byte // sealed answers, their keys, and the keys' ids
	)
	for range interviews {
		id = h.submit(t, interview())[0].Record
		sealed, err := h.store.Answers(t.Context(), scope, submission.RecordID(id))
		if err != nil {
			t.Fatal(err)
		}
		keyID, err := privacy.KeyOfAnswers(sealed)
		if err != nil {
			t.Fatal(err)
		}
		key, err := h.answerKeys.Key(t.Context(), "alpha", privacy.DayOf(today)+30, keyID)
		if err != nil {
			t.Fatal(err)
		}
		needles = append(needles, sealed[len(keyID):], key.Sealed[65:], keyID[:])
	}
	if got := h.findings(t, needles); got < len(needles) {
		t.Fatalf("%d of %d are in the files before; the test proves nothing", got, len(needles))
	}
	h.stop()
	copied := filepath.Join(t.TempDir(), "records.db")
	copyFile(t, filepath.Join(h.dir, "records.db"), copied)

	later := start(t, options{files: h})
	day := privacy.DayOf(today) + 31
	if n, err := later.safe.Sweep(t.Context(), day); err != nil || n < interviews {
		t.Fatalf("%d keys erased, %v", n, err)
	}
	if n, err := later.store.EraseExpired(t.Context(), day); err != nil || n != 0 {
		t.Fatalf("%d records erased, %v; only their answers have ended", n, err)
	}
	if got := later.findings(t, needles); got != 0 {
		t.Errorf("%d of %d are still in the files", got, len(needles))
	}
	later.stop()

	copyFile(t, copied, filepath.Join(h.dir, "records.db"))
	restored := start(t, options{files: h}) // with the clock of before, too
	if _, err := restored.store.Answers(t.Context(), scope, submission.RecordID(id)); err != nil {
		t.Fatalf("the old copy does not have the sealed answers: %v", err)
	}
	restored.claim(t, "alpha/supervisor", id, `"1"`)
	wantProblem(t, restored.openAnswers(t, "alpha/supervisor", id, "quality_check"), 404, "not_found")
	if r := restored.do(t, "alpha/supervisor", "GET", "/v1/records/"+id, nil); r.StatusCode != 200 {
		t.Errorf("the record: %d", r.StatusCode)
	}
}

// findings counts how many of some bytes are in any file of the data.
func (h *harness) findings(t *testing.T, needles [][]byte) int {
	t.Helper()
	var all []byte
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all = append(all, data...)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d bytes: %v", len(all), err)
	}
	n := 0
	for _, needle := range needles {
		if bytes.Contains(all, needle) {
			n++
		}
	}
	return n
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
