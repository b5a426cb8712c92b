package handlers_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"waymark/openapi"
	"waymark/screening"
)

// The main job, from the questionnaire to the decision, with every exchange
// held against the contract.
func TestInterviewIsSubmittedReviewedAndDecided(t *testing.T) {
	useContract(t)
	h := start(t, options{})

	list := decode[openapi.InstrumentList](t, h.do(t, "alpha/caseworker", "GET", "/v1/instruments", nil))
	if len(list.Instruments) < 2 {
		t.Fatalf("the catalogue has %d instruments", len(list.Instruments))
	}
	q := decode[screening.Instrument](t, h.do(t, "alpha/caseworker", "GET", "/v1/instruments/screen-fc/1.0.0", nil))
	if len(q.Items) != 55 || q.Validation == "" {
		t.Fatalf("the questionnaire has %d items and says %q of its validation", len(q.Items), q.Validation)
	}

	receipt := h.submit(t, interview(with("claimed", map[string]string{"outcome": "STRONG_TIP"})))[0]
	if receipt.Status != openapi.ReceiptStatusStored || receipt.Outcome != screening.StrongTIP || receipt.Agreed == nil || !*receipt.Agreed {
		t.Fatalf("got %+v", receipt)
	}
	if receipt.NextStep.Clock != openapi.NextStepClockN24H || receipt.NextStep.Action == "" || receipt.Review != receipt.Record {
		t.Errorf("got next step %+v, review %q", receipt.NextStep, receipt.Review)
	}

	record := decode[openapi.Record](t, h.do(t, "alpha/caseworker", "GET", "/v1/records/"+receipt.Record, nil))
	if record.Outcome != screening.StrongTIP || record.Nationality != "ET" || record.AgeBand != "30_47" || record.RetainUntil == "" || record.Role != "" {
		t.Errorf("got record %+v", record)
	}
	x := decode[openapi.Explanation](t, h.do(t, "alpha/supervisor", "GET", "/v1/records/"+receipt.Record+"/explanation", nil))
	if x.Rule.Line != "A1" || len(x.Evidence) == 0 || x.Validation == "" {
		t.Errorf("got explanation %+v", x)
	}
	for _, e := range x.Evidence {
		if len(e.From) != 0 {
			t.Errorf("%s names an answer, and answers are not kept", e.Code)
		}
	}

	queue := decode[openapi.ReviewList](t, h.do(t, "alpha/supervisor", "GET", "/v1/reviews", nil))
	if len(queue.Reviews) != 1 || queue.Reviews[0].ID != receipt.Review || queue.Reviews[0].Version != 1 {
		t.Fatalf("got queue %+v", queue)
	}
	path := "/v1/reviews/" + receipt.Review
	claimed := h.do(t, "alpha/supervisor", "POST", path+"/claim", nil, "If-Match", `"1"`)
	if v := decode[openapi.Review](t, claimed); !v.Mine || v.ClaimedUntil == "" || claimed.Header.Get("ETag") != `"2"` {
		t.Fatalf("got claim %+v, ETag %s", v, claimed.Header.Get("ETag"))
	}
	decided := decode[openapi.Review](t, h.do(t, "alpha/supervisor", "POST", path+"/decision", map[string]string{"kind": "confirm"}, "If-Match", `"2"`))
	if decided.State != openapi.ReviewStateDecided || len(decided.History) != 1 || decided.Outcome != screening.StrongTIP {
		t.Errorf("got %+v", decided)
	}
	if queue := decode[openapi.ReviewList](t, h.do(t, "alpha/supervisor", "GET", "/v1/reviews", nil)); len(queue.Reviews) != 0 {
		t.Errorf("the queue still holds %d", len(queue.Reviews))
	}
}

func TestDecisionsNeedTheVersionTheSupervisorSaw(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	path := "/v1/reviews/" + h.submit(t, interview())[0].Review
	post := func(who, action string, body any, headers ...string) reply {
		return h.do(t, who, "POST", path+action, body, headers...)
	}
	confirm := map[string]string{"kind": "confirm"}
	wantProblem(t, post("alpha/supervisor", "/claim", nil), 428, "precondition_required")
	for _, tag := range []string{"1", `W/"1"`, `"x"`, `"-1"`, `"1`, "*", `"01"`} {
		wantProblem(t, post("alpha/supervisor", "/claim", nil, "If-Match", tag), 400, "bad_request")
	}
	wantProblem(t, post("alpha/supervisor", "/claim", nil, "If-Match", `"7"`), 412, "stale_version")
	wantProblem(t, post("alpha/supervisor", "/decision", confirm, "If-Match", `"1"`), 409, "review_not_claimed")
	decode[openapi.Review](t, post("alpha/supervisor", "/claim", nil, "If-Match", `"1"`))
	wantProblem(t, post("alpha/supervisor2", "/claim", nil, "If-Match", `"1"`), 412, "stale_version")
	wantProblem(t, post("alpha/supervisor2", "/claim", nil, "If-Match", `"2"`), 409, "review_claimed")
	wantProblem(t, post("alpha/supervisor2", "/decision", confirm, "If-Match", `"2"`), 409, "review_claimed")
	wantProblem(t, post("alpha/supervisor", "/decision", confirm, "If-Match", `"1"`), 412, "stale_version")

	p := wantProblem(t, post("alpha/supervisor", "/decision", map[string]string{"kind": "amend", "outcome": "NONE_FOUND"}, "If-Match", `"2"`), 422, "reason_needed")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/reason" || len(p.Errors[0].Allowed) == 0 {
		t.Errorf("the problem does not say which reasons there are: %+v", p.Errors)
	}
	lowered := decode[openapi.Review](t, post("alpha/supervisor", "/decision", map[string]string{"kind": "amend", "outcome": "NONE_FOUND", "reason": "entry_mistake"}, "If-Match", `"2"`))
	if lowered.State != openapi.ReviewStateAwaitingSecond || lowered.Outcome != screening.StrongTIP {
		t.Errorf("one supervisor lowered to %s, state %s", lowered.Outcome, lowered.State)
	}
	wantProblem(t, post("alpha/supervisor", "/claim", nil, "If-Match", `"3"`), 403, "second_reviewer_needed")
	decode[openapi.Review](t, post("alpha/supervisor2", "/claim", nil, "If-Match", `"3"`))
	wantProblem(t, post("alpha/supervisor2", "/decision", confirm, "If-Match", `"4"`), 409, "decision_not_possible")
	agreed := decode[openapi.Review](t, post("alpha/supervisor2", "/decision", map[string]string{"kind": "agree"}, "If-Match", `"4"`))
	if agreed.State != openapi.ReviewStateDecided || agreed.Outcome != screening.NoneFound || agreed.Record.Outcome != screening.StrongTIP {
		t.Errorf("got %+v; the record itself must keep what was scored", agreed)
	}
	wantProblem(t, post("alpha/supervisor2", "/claim", nil, "If-Match", `"5"`), 409, "review_closed")
}

func TestQuestionnairesAreSentOnceAndCompressed(t *testing.T) {
	h := start(t, options{})
	// The client must not ask for or unpack an encoding by itself.
	before := http.DefaultClient.Transport
	http.DefaultClient.Transport = &http.Transport{DisableCompression: true}
	t.Cleanup(func() { http.DefaultClient.Transport = before })

	const path = "/v1/instruments/screen-fc/1.0.0"
	plain := h.do(t, "alpha/officer", "GET", path, nil)
	tags := map[string]bool{}
	for accept, unpack := range map[string]func(io.Reader) (io.Reader, error){
		"identity":       func(r io.Reader) (io.Reader, error) { return r, nil },
		"gzip":           func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":             func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"gzip;q=0.5, br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		// as browsers ask: the order says nothing, and the smallest is sent
		"gzip, deflate, br, zstd": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"gzip, br;q=0":            func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	} {
		r := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Encoding", accept)
		unpacked, err := unpack(bytes.NewReader(r.body))
		if err != nil {
			t.Fatalf("%s: %v", accept, err)
		}
		body, err := io.ReadAll(unpacked)
		if err != nil || !bytes.Equal(body, plain.body) {
			t.Errorf("%s: %d bytes instead of %d, %v", accept, len(body), len(plain.body), err)
		}
		tag := r.Header.Get("ETag")
		tags[tag] = true
		if r.Header.Get("Content-Language") != "en" || !strings.Contains(r.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: Content-Language %q, Vary %q", accept, r.Header.Get("Content-Language"), r.Header.Get("Vary"))
		}
		for _, header := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Encoding", accept, "If-None-Match", header)
			if again.StatusCode != http.StatusNotModified || len(again.body) != 0 || again.Header.Get("ETag") != tag {
				t.Errorf("%s, If-None-Match %s: status %d, %d bytes", accept, header, again.StatusCode, len(again.body))
			}
		}
		if again := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Encoding", accept, "If-None-Match", `"other"`); again.StatusCode != http.StatusOK {
			t.Errorf("%s: another tag gives %d", accept, again.StatusCode)
		}
	}
	if len(tags) != 3 {
		t.Errorf("three encodings have %d different tags", len(tags))
	}
	for _, missing := range []string{"/v1/instruments/screen-fc/9.9.9", "/v1/instruments/nothing/1.0.0"} {
		wantProblem(t, h.do(t, "alpha/officer", "GET", missing, nil), 404, "not_found")
	}
}

func TestRecordsAndQueueComeInPages(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	want := map[string]bool{}
	for range 3 {
		var items []map[string]any
		for range 5 {
			items = append(items, interview())
		}
		for _, r := range h.submit(t, items...) {
			want[r.Record] = true
		}
	}
	for _, path := range []string{"/v1/records", "/v1/reviews"} {
		left := len(want)
		seen := map[string]bool{}
		after := ""
		for {
			r := h.do(t, "alpha/supervisor", "GET", path+"?limit=4&after="+after, nil)
			var page struct {
				Records []struct {
					ID string `json:"id"`
				} `json:"records"`
				Reviews []struct {
					ID string `json:"id"`
				} `json:"reviews"`
				Next string `json:"next"`
			}
			if err := json.Unmarshal(r.body, &page); err != nil || r.StatusCode != 200 {
				t.Fatalf("%d %s", r.StatusCode, r.body)
			}
			for _, element := range slices.Concat(page.Records, page.Reviews) {
				if seen[element.ID] || !want[element.ID] {
					t.Errorf("%s: %s comes twice or was never submitted", path, element.ID)
				}
				seen[element.ID] = true
				left--
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if left != 0 {
			t.Errorf("%s: %d are missing", path, left)
		}
		for _, query := range []string{"?limit=0", "?limit=201", "?limit=x", "?limit=1e2", "?after=%00", "?after=YWJj", "?after=MjAyNi0xMS0yMCByZWNfeA"} {
			wantProblem(t, h.do(t, "alpha/supervisor", "GET", path+query, nil), 400, "bad_request")
		}
	}
}

func TestRefreshAndRevokeOverHTTP(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	token := func(body map[string]string, headers ...string) reply {
		return h.do(t, "", "POST", "/v1/auth/token", body, headers...)
	}
	first := decode[openapi.Token](t, token(map[string]string{"grant_type": "password", "agency": "alpha", "name": "Officer ", "password": password}))
	if first.Role != "officer" || first.TokenType != "Bearer" || first.ExpiresIn != 300 {
		t.Errorf("got %+v", first)
	}
	refresh := map[string]string{"grant_type": "refresh_token", "refresh_token": first.RefreshToken}
	second := decode[openapi.Token](t, token(refresh, "Idempotency-Key", "k"))
	if again := decode[openapi.Token](t, token(refresh, "Idempotency-Key", "k")); again.RefreshToken != second.RefreshToken {
		t.Error("a lost reply cannot be asked for again")
	}
	wantProblem(t, token(refresh), 401, "wrong_refresh_token")
	wantProblem(t, token(map[string]string{"grant_type": "refresh_token", "refresh_token": second.RefreshToken}), 401, "wrong_refresh_token")

	third := decode[openapi.Token](t, token(map[string]string{"grant_type": "password", "agency": "alpha", "name": "officer", "password": password}))
	if r := h.do(t, "", "POST", "/v1/auth/revoke", map[string]string{"refresh_token": third.RefreshToken}); r.StatusCode != http.StatusNoContent {
		t.Errorf("revoke: %d %s", r.StatusCode, r.body)
	}
	wantProblem(t, token(map[string]string{"grant_type": "refresh_token", "refresh_token": third.RefreshToken}), 401, "wrong_refresh_token")

	p := wantProblem(t, token(map[string]string{"grant_type": "password"}), 400, "invalid")
	if len(p.Errors) != 3 {
		t.Errorf("not all missing fields are named: %+v", p.Errors)
	}
	wantProblem(t, token(map[string]string{"grant_type": "client_credentials"}), 400, "invalid")
	wantProblem(t, token(map[string]string{"grant_type": "password", "agency": "alpha", "name": "officer", "password": "wrong"}), 401, "wrong_credentials")
	wantProblem(t, token(refresh, "Idempotency-Key", strings.Repeat("k", 200)), 400, "bad_request")
}

func TestOperationsPages(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	for path, want := range map[string]string{
		"/healthz": "alive", "/readyz": "ready", "/openapi.yaml": "openapi: 3.1.0", "/docs": "Waymark API",
		"/docs/page.js": "SwaggerUIBundle", "/docs/swagger-ui.css": "swagger-ui", "/metrics": "waymark_requests_total",
		"/v1/.well-known/jwks.json": "Ed25519",
	} {
		if path == "/metrics" {
			h.do(t, "", "GET", "/healthz", nil)
		}
		if r := h.do(t, "", "GET", path, nil); r.StatusCode != 200 || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d, %q is missing", path, r.StatusCode, want)
		}
	}
	if r := h.do(t, "", "DELETE", "/v1/records", nil); r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("DELETE /v1/records: Allow is %q", r.Header.Get("Allow"))
	} else {
		wantProblem(t, r, 405, "method_not_allowed")
	}
	wantProblem(t, h.do(t, "", "GET", "/docs/index.html.gz", nil), 404, "not_found")
	wantProblem(t, h.do(t, "", "GET", "/docs/..%2f..%2fetc%2fpasswd", nil), 404, "not_found")
}

func TestServerAnswersWhatItHasTakenBeforeItStops(t *testing.T) {
	h := start(t, options{})
	token := h.login(t, "alpha/caseworker")
	const n = 20
	results := make(chan string, n)
	for range n {
		go func() {
			text, err := json.Marshal(batch(interview()))
			if err != nil {
				results <- err.Error()
				return
			}
			req, err := http.NewRequest("POST", h.base+"/v1/submissions", bytes.NewReader(text))
			if err != nil {
				results <- err.Error()
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+token)
			res, err := (&http.Transport{}).RoundTrip(req)
			if err != nil {
				results <- "refused"
				return
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || !strings.Contains(string(body), `"stored"`) {
				results <- fmt.Sprintf("half an answer: %d %v %.100s", res.StatusCode, err, body)
				return
			}
			results <- "stored"
		}()
	}
	time.Sleep(5 * time.Millisecond)
	if err := h.server.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	counts := map[string]int{}
	for range n {
		counts[<-results]++
	}
	if counts["stored"]+counts["refused"] != n {
		t.Errorf("got %v, want each stored or refused", counts)
	}
}
