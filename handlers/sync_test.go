package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/anishathalye/porcupine"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/submission"
	"waymark/store/ferrettest"
)

// cutting is a connection in the middle that lets only the first bytes of the
// answer through.
func cutting(t *testing.T, target string, bytesThrough int) (address string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		client, err := ln.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		server, err := net.Dial("tcp", target)
		if err != nil {
			t.Errorf("dial: %v", err)
			return
		}
		defer server.Close()
		go io.Copy(server, client) // ends with the connections
		io.CopyN(client, server, int64(bytesThrough))
		// The answer was on its way; the rest of it is lost. Read it, so that
		// the server has surely finished.
		io.Copy(io.Discard, server)
	})
	return ln.Addr().String(), func() { ln.Close(); wg.Wait() }
}

// SYN-1: the answer is cut after every possible number of bytes; the retry
// gets the same receipt, and there is one record.
func TestSYN1LostRepliesAreRepeatedWhereverTheyWereCut(t *testing.T) {
	h := start(t, options{})
	token := h.login(t, "alpha/caseworker")
	target := strings.TrimPrefix(h.base, "http://")
	step := 1
	if testing.Short() {
		step = 97
	}
	cuts := 0
	for n := 0; n < 4000; n += step {
		item := interview()
		body, err := json.Marshal(batch(item))
		if err != nil {
			t.Fatal(err)
		}
		address, stop := cutting(t, target, n)
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+address+"/v1/submissions", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		req.Close = true
		res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			res.Body.Close()
			if err == nil {
				stop()
				break // the whole answer came through: every shorter cut was tried
			}
		}
		stop()
		cuts++
		r := h.do(t, "alpha/caseworker", "POST", "/v1/submissions", body)
		got := decode[openapi.ReceiptList](t, r).Receipts[0]
		if got.Status != openapi.ReceiptStatusDuplicate || got.Outcome != screening.StrongTIP || got.NextStep == nil || got.Record == "" {
			t.Fatalf("cut after %d bytes: the retry gets %+v", n, got)
		}
	}
	if cuts < 10 {
		t.Fatalf("only %d cuts were tried", cuts)
	}
	if got := h.count(t, "alpha/supervisor"); got != cuts+1 {
		t.Errorf("%d records of %d interviews", got, cuts+1)
	}
}

// count counts the records somebody sees.
func (h *harness) count(t *testing.T, who string) int {
	t.Helper()
	n, after := 0, ""
	for {
		page := decode[openapi.RecordList](t, h.do(t, who, "GET", "/v1/records?limit=200&after="+after, nil))
		n += len(page.Records)
		if after = page.Next; after == "" {
			return n
		}
	}
}

func TestRepeatedInterviewGetsTheSameReceipt(t *testing.T) {
	h := start(t, options{})
	item := interview()
	first := h.submit(t, item)[0]
	again := h.submit(t, item)[0]
	if again.Status != openapi.ReceiptStatusDuplicate {
		t.Errorf("got %s, want duplicate", again.Status)
	}
	again.Status = first.Status
	a, errA := json.Marshal(first)
	b, errB := json.Marshal(again)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the receipts differ:\n%s\n%s", a, b)
	}
	// The same interview written in another order of names is the same.
	reordered := fmt.Sprintf(`{"items":[{"missing":{"I02":"declined"},"answers":{"F01":["never"],"E02":["punished"],"E01":["chat"],"C06":["pay","hours"],"C04":["entirely"],"B01":["30_47"]},
		"finished_on":%q,"nationality":"ET","address":"woman","consent":{"data":true,"interview":true},"interpreter":true,"language":"am","version":"1.0.0","instrument":"screen-fc","id":%q}]}`,
		item["finished_on"], item["id"])
	r := decode[openapi.ReceiptList](t, h.do(t, "alpha/caseworker", "POST", "/v1/submissions", reordered)).Receipts[0]
	if r.Status != openapi.ReceiptStatusDuplicate || r.Record != first.Record {
		t.Errorf("another order of names gives %s", r.Status)
	}
}

// SYN-2: the same id with another body leaves the first as it was, and the
// event is kept.
func TestSYN2AnotherBodyUnderTheSameIDIsAConflict(t *testing.T) {
	h := start(t, options{})
	item := interview()
	first := h.submit(t, item)[0]
	forged := interview(with("id", item["id"]), with("answers", map[string]any{"F01": []string{"free"}}))
	got := h.submit(t, forged)[0]
	if got.Status != openapi.ReceiptStatusConflict || got.Problem == nil || got.Problem.Code != "submission_conflict" {
		t.Fatalf("got %+v", got)
	}
	if got.Record != "" || got.Outcome != "" || got.NextStep != nil || got.Review != "" {
		t.Errorf("the receipt tells of the record that is there: %+v", got)
	}
	record := decode[openapi.Record](t, h.do(t, "alpha/caseworker", "GET", "/v1/records/"+first.Record, nil))
	if record.Outcome != screening.StrongTIP {
		t.Errorf("the record changed to %s", record.Outcome)
	}
	events, err := h.store.Events(t.Context(), "alpha", submission.RecordID(first.Record))
	if err != nil || len(events) != 2 || events[1].Action != privacy.ActConflict {
		t.Errorf("got events %+v, %v; want the conflict among them", events, err)
	}
}

// The same id in another agency is another interview.
func TestAnotherAgencysInterviewIsNeitherSeenNorHit(t *testing.T) {
	h := start(t, options{})
	item := interview()
	mine := h.submit(t, item)[0]
	theirs := decode[openapi.ReceiptList](t, h.do(t, "beta/caseworker", "POST", "/v1/submissions", batch(item))).Receipts[0]
	if theirs.Status != openapi.ReceiptStatusStored || theirs.Record == mine.Record {
		t.Errorf("got %+v", theirs)
	}
}

// SYN-3: two instances of the server, 64 posts of two bodies under each id at
// once. Exactly one body of each id is stored, and the history is that of one
// register.
func TestSYN3ConcurrentPostsToTwoInstances(t *testing.T) {
	uri := ferrettest.Start(t)
	first := start(t, options{mongo: uri})
	second := start(t, options{mongo: uri, beside: first})
	one, two := first.login(t, "alpha/caseworker"), second.login(t, "alpha/caseworker")

	type input struct{ ID, Body string }
	model := porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byID := map[string][]porcupine.Operation{}
			for _, op := range history {
				id := op.Input.(input).ID
				byID[id] = append(byID[id], op)
			}
			var parts [][]porcupine.Operation
			for _, part := range byID {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return "" },
		// The state is the body that is stored.
		Step: func(state, in, out any) (bool, any) {
			kept, sent := state.(string), in.(input)
			switch out.(string) {
			case "stored":
				return kept == "", sent.Body
			case "duplicate":
				return kept == sent.Body, kept
			case "conflict":
				return kept != "" && kept != sent.Body, kept
			default:
				return false, kept
			}
		},
	}

	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		history []porcupine.Operation
		stored  = map[string]int{}
		begin   = time.Now()
	)
	for range 2 {
		a := interview()
		b := interview(with("id", a["id"]), with("language", "ti"))
		for i := range 64 {
			h, token, item, body := first, one, a, "a"
			if i%2 == 0 {
				h, token = second, two
			}
			if i%4 >= 2 {
				item, body = b, "b"
			}
			wg.Go(func() {
				text, err := json.Marshal(batch(item))
				if err != nil {
					t.Error(err)
					return
				}
				called := time.Since(begin)
				r := h.do(t, "", "POST", "/v1/submissions", text, "Authorization", "Bearer "+token)
				returned := time.Since(begin)
				status := string(decode[openapi.ReceiptList](t, r).Receipts[0].Status)
				mu.Lock()
				defer mu.Unlock()
				id := item["id"].(string)
				if status == "stored" {
					stored[id]++
				}
				history = append(history, porcupine.Operation{
					ClientId: i, Input: input{id, body}, Call: called.Nanoseconds(), Output: status, Return: returned.Nanoseconds(),
				})
			})
		}
	}
	wg.Wait()
	for id, n := range stored {
		if n != 1 {
			t.Errorf("%s was stored %d times", id, n)
		}
	}
	if len(stored) != 2 || len(history) != 128 {
		t.Errorf("%d ids stored in %d posts, want 2 in 128", len(stored), len(history))
	}
	if !porcupine.CheckOperations(model, history) {
		t.Error("the history is not that of one register")
	}
	if n := first.count(t, "alpha/supervisor"); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

// SYN-4: the tablet's own result is compared and never taken over; what the
// server does not know is kept and not guessed at.
func TestSYN4ForgedResultsAreComparedAndUnknownVersionsKept(t *testing.T) {
	h := start(t, options{})
	forged := h.submit(t, interview(with("claimed", map[string]any{"outcome": "NONE_FOUND"})))[0]
	if forged.Outcome != screening.StrongTIP || forged.Agreed == nil || *forged.Agreed {
		t.Errorf("a forged outcome: %+v", forged)
	}
	quiet := h.submit(t, interview(with("answers", map[string]any{"B01": []string{"48p"}}), with("claimed", map[string]any{"outcome": "STRONG_TIP"})))[0]
	if quiet.Outcome != screening.Insufficient || *quiet.Agreed || quiet.Review == "" {
		t.Errorf("an invented outcome: %+v", quiet)
	}
	for name, item := range map[string]map[string]any{
		"an unknown version":    interview(with("version", "9.0.0")),
		"an unknown instrument": interview(with("instrument", "screen-xx")),
		"an unknown item":       interview(with("answers", map[string]any{"Z99": []string{"yes"}})),
		"an unknown option":     interview(with("answers", map[string]any{"F01": []string{"sometimes"}})),
	} {
		t.Run(name, func(t *testing.T) {
			got := h.submit(t, item)[0]
			if got.Status != openapi.ReceiptStatusQuarantined || got.Record == "" || got.Review == "" || got.Outcome != "" || got.Problem == nil {
				t.Fatalf("got %+v", got)
			}
			again := h.submit(t, item)[0]
			if again.Status != openapi.ReceiptStatusQuarantined || again.Record != got.Record {
				t.Errorf("sent again: %+v", again)
			}
			v := decode[openapi.Review](t, h.do(t, "alpha/supervisor", "GET", "/v1/reviews/"+got.Review, nil))
			if v.Record.Status != openapi.RecordStatusQuarantined || v.Record.Quarantine == "" || v.Clock != "same_day" {
				t.Errorf("the supervisor sees %+v", v)
			}
			wantProblem(t, h.do(t, "alpha/supervisor", "GET", "/v1/records/"+got.Record+"/explanation", nil), 404, "not_found")
		})
	}
}

// A quarantined interview is scored when the server learns its version.
func TestQuarantineEndsWhenTheServerLearnsTheVersion(t *testing.T) {
	old := start(t, options{})
	item := interview(with("version", "1.1.0"))
	kept := old.submit(t, item)[0]
	if kept.Status != openapi.ReceiptStatusQuarantined {
		t.Fatalf("got %+v", kept)
	}
	old.stop()

	learned := start(t, options{files: old, catalog: withVersion(t, "1.1.0")})
	again := learned.submit(t, item)[0]
	if again.Status != openapi.ReceiptStatusDuplicate || again.Record != kept.Record || again.Outcome != screening.StrongTIP {
		t.Errorf("after the upgrade: %+v", again)
	}
	v := decode[openapi.Review](t, learned.do(t, "alpha/supervisor", "GET", "/v1/reviews/"+kept.Review, nil))
	if v.Outcome != screening.StrongTIP || v.Record.Instrument != "screen-fc@1.1.0" || v.Clock != "24h" {
		t.Errorf("the review is %+v", v)
	}
	events, err := learned.store.Events(t.Context(), "alpha", submission.RecordID(kept.Record))
	if err != nil || events[len(events)-1].Action != privacy.ActRescored {
		t.Errorf("got events %+v, %v", events, err)
	}
}

// withVersion is the shipped catalogue with one more version of screen-fc.
func withVersion(t *testing.T, version string) *catalog.Catalog {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(instruments.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(instruments.FS, path)
		files[path] = &fstest.MapFile{Data: data}
		if strings.HasPrefix(path, "screen-fc/1.0.0/") {
			newer := bytes.Replace(data, []byte(`"version": "1.0.0"`), []byte(`"version": "`+version+`"`), 1)
			files[strings.Replace(path, "1.0.0", version, 1)] = &fstest.MapFile{Data: newer}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Two interviews under one case reference are of one person, whatever the
// reference is written like; the reference itself is nowhere.
func TestCaseReferenceLinksInterviewsAndIsNotKept(t *testing.T) {
	h := start(t, options{})
	const canary = "MS-CANARY-0412"
	subject := func(who string, reference any) string {
		r := decode[openapi.ReceiptList](t, h.do(t, who, "POST", "/v1/submissions", batch(interview(with("case_reference", reference))))).Receipts[0]
		if r.Status != openapi.ReceiptStatusStored {
			t.Fatalf("got %+v", r)
		}
		return decode[openapi.Record](t, h.do(t, who, "GET", "/v1/records/"+r.Record, nil)).Subject
	}
	first := subject("alpha/caseworker", canary)
	if again := subject("alpha/caseworker", " ms canary 0412"); again != first || first == "" {
		t.Errorf("the same reference gives subjects %q and %q", first, again)
	}
	for name, other := range map[string]string{
		"another reference": subject("alpha/caseworker", "MS-0413"), "no reference": subject("alpha/caseworker", ""),
		"again none": subject("alpha/caseworker", ""), "another agency": subject("beta/caseworker", canary),
	} {
		if other == first {
			t.Errorf("%s gives the same subject", name)
		}
	}
	h.stop()
	for _, needle := range []string{canary, "CANARY", first, strings.TrimPrefix(first, "per_")} {
		h.wantNowhere(t, needle)
	}
}

// wantNowhere scans every file of the data directory and the log.
func (h *harness) wantNowhere(t *testing.T, needle string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(needle)) || bytes.Contains(data, utf16(needle)) {
			t.Errorf("%q stands in %s", needle, filepath.Base(path))
		}
		return err
	})
	if err != nil || files < 2 {
		t.Fatalf("%d files were scanned: %v", files, err)
	}
	if strings.Contains(h.log.String(), needle) {
		at := strings.Index(h.log.String(), needle)
		t.Errorf("%q stands in the log: %.300s", needle, h.log.String()[max(0, at-150):])
	}
}

func utf16(s string) []byte {
	var out []byte
	for _, b := range []byte(s) {
		out = append(out, b, 0)
	}
	return out
}

// ENC-1, LOG-1: nothing a person said or could be recognised by is readable in
// any file or log line.
func TestNothingAboutAPersonIsReadableInFilesOrLogs(t *testing.T) {
	h := start(t, options{})
	canaries := []string{
		"CANARYREF", "CANARYOPTION", "CANARYITEM", "CANARYLANG", "punished", "STRONG_TIP", "CD05", "30_47",
		`"ET"`, "screen-fc", "CANARYFIELD", "CANARYNAME", "CANARYPASSWORD",
	}
	items := []map[string]any{
		interview(with("case_reference", "CANARYREF")),
		interview(with("answers", map[string]any{"CANARYITEM": []string{"CANARYOPTION"}})),
		interview(with("version", "7.7.7"), with("answers", map[string]any{"B01": []string{"CANARYOPTION"}})),
		interview(with("CANARYFIELD", "CANARYOPTION")),
		interview(with("language", "CANARYLANG")),
	}
	for _, item := range items {
		h.submit(t, item)
	}
	h.do(t, "", "POST", "/v1/auth/token", map[string]string{"grant_type": "password", "agency": "alpha", "name": "CANARYNAME", "password": "CANARYPASSWORD"})
	h.do(t, "", "POST", "/v1/auth/token", `{"CANARYFIELD":"CANARYPASSWORD"}`)
	h.do(t, "alpha/supervisor", "GET", "/v1/records/CANARYNAME?CANARYFIELD=CANARYOPTION", nil, "Accept-Language", "CANARYLANG", "User-Agent", "CANARYNAME")
	h.do(t, "alpha/supervisor", "GET", "/CANARYNAME", nil)
	metrics := string(h.do(t, "", "GET", "/metrics", nil).body)
	token := h.login(t, "alpha/supervisor")
	h.stop()
	for _, needle := range append(canaries, token) {
		h.wantNowhere(t, needle)
		if strings.Contains(metrics, needle) {
			t.Errorf("%q stands in the metrics", needle)
		}
	}
	if !strings.Contains(h.log.String(), `"route":"/v1/submissions"`) {
		t.Error("the log holds no requests; the test proves nothing")
	}
}
