package handlers_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"waymark/fault"
	"waymark/handlers"
	"waymark/openapi"
)

// fields lists the paths of every value in a body, as ways to replace it.
func replacements(v any, put func(any) any) []any {
	switch x := v.(type) {
	case map[string]any:
		var out []any
		for key, value := range x {
			for _, r := range replacements(value, put) {
				copied := maps.Clone(x)
				copied[key] = r
				out = append(out, copied)
			}
		}
		return append(out, put(v))
	case []any:
		var out []any
		for i, value := range x {
			for _, r := range replacements(value, put) {
				copied := append([]any{}, x...)
				copied[i] = r
				out = append(out, copied)
			}
		}
		return append(out, put(v))
	default:
		return []any{put(v)}
	}
}

// plain turns a body into maps and lists.
func plain(t *testing.T, body any) any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// bodies has a valid body for every operation that takes one.
func bodies() map[string]struct {
	who, path string
	body      any
} {
	return map[string]struct {
		who, path string
		body      any
	}{
		"token":      {"", "/v1/auth/token", map[string]any{"grant_type": "password", "agency": "alpha", "name": "officer", "password": password}},
		"revoke":     {"", "/v1/auth/revoke", map[string]any{"refresh_token": "wmr_alpha.x"}},
		"assessment": {"alpha/officer", "/v1/assessments", map[string]any{"instrument": "screen-fc", "version": "1.0.0", "answers": map[string]any{"B01": []string{"30_47"}}, "missing": map[string]any{"C04": "declined"}}},
		"submission": {"alpha/caseworker", "/v1/submissions", batch(interview(with("claimed", map[string]any{"outcome": "RED"}), with("case_reference", "MS-1")))},
		"opening":    {"alpha/supervisor", "/v1/reviews/rec_0000000000000000000000000A/answers", map[string]any{"reason": "quality_check"}},
		"sealed": {"alpha/caseworker", "/v1/submissions", batch(map[string]any{
			"id": interview()["id"], "author": "usr_1", "sealed": map[string]any{"key": "2026q4", "encapsulated": "BAAA", "ciphertext": "AAAA"},
		})},
	}
}

// INJ-1: what a database would take for an operator is a wrong type here.
func TestINJ1OperatorsAreWrongTypesInEveryField(t *testing.T) {
	h := start(t, options{})
	evil := []any{
		map[string]any{"$ne": 1},
		map[string]any{"$gt": ""},
		map[string]any{"$where": "sleep(1000)"},
		map[string]any{"$regex": ".*"},
		map[string]any{"a.b": 1},
		[]any{map[string]any{"$ne": nil}},
		[]any{},
		7, true, -1.5,
	}
	tried := 0
	for name, b := range bodies() {
		for _, value := range evil {
			for _, body := range replacements(plain(t, b.body), func(old any) any {
				if fmt.Sprint(old) == fmt.Sprint(value) {
					return map[string]any{"$ne": old}
				}
				return value
			}) {
				tried++
				r := h.do(t, b.who, "POST", b.path, body)
				switch {
				case r.StatusCode == 400 || r.StatusCode == 422:
				case b.path == "/v1/submissions" && r.StatusCode == 200:
					if got := decode[openapi.ReceiptList](t, r).Receipts[0]; got.Status == openapi.ReceiptStatusStored && !harmless(body) {
						t.Errorf("stored: %v", body)
					}
				case name == "assessment" && r.StatusCode == 200 && harmless(body):
				default:
					t.Errorf("%s: status %d to %v: %.200s", name, r.StatusCode, body, r.body)
				}
			}
		}
	}
	if tried < 300 {
		t.Fatalf("only %d bodies were tried", tried)
	}
}

// harmless says whether a replacement happens to be right: a yes-or-no in the
// place of another.
func harmless(body any) bool {
	text, err := json.Marshal(body)
	return err == nil && !bytes.Contains(text, []byte(`"$`)) && !bytes.Contains(text, []byte(`"a.b"`))
}

// INJ-2: what SQL would take for its own is text here, in bodies, addresses
// and parameters.
func TestINJ2SQLIsText(t *testing.T) {
	h := start(t, options{})
	kept := h.submit(t, interview())[0]
	for _, evil := range []string{"' OR 1=1 --", "'; DROP TABLE records; --", `" OR ""="`, "1) UNION SELECT password FROM users --", "%27%20OR%201", "\\'; --", "rec_' OR '1'='1"} {
		for name, b := range bodies() {
			for _, body := range replacements(plain(t, b.body), func(any) any { return evil }) {
				if r := h.do(t, b.who, "POST", b.path, body); r.StatusCode >= 500 {
					t.Errorf("%s: status %d to %v", name, r.StatusCode, body)
				}
			}
		}
		escaped := strings.NewReplacer("%", "%25", " ", "%20", `"`, "%22", "'", "%27", ";", "%3B", "\\", "%5C").Replace(evil)
		for _, path := range []string{"/v1/records/" + escaped, "/v1/records/" + escaped + "/explanation", "/v1/reviews/" + escaped, "/v1/instruments/" + escaped + "/1.0.0"} {
			wantProblem(t, h.do(t, "alpha/supervisor", "GET", path, nil), 404, "not_found")
		}
		for _, query := range []string{"limit=", "after="} {
			wantProblem(t, h.do(t, "alpha/supervisor", "GET", "/v1/records?"+query+escaped, nil), 400, "bad_request")
		}
		wantProblem(t, h.do(t, "alpha/supervisor", "POST", "/v1/reviews/"+kept.Review+"/claim", nil, "If-Match", strings.ReplaceAll(evil, `"`, "'")), 400, "bad_request")
	}
	if got := decode[openapi.RecordList](t, h.do(t, "alpha/supervisor", "GET", "/v1/records", nil)); !slices.ContainsFunc(got.Records, func(r openapi.Record) bool { return r.ID == kept.Record }) {
		t.Error("the record that was there before is gone")
	}
}

// INJ-3: JSON that two readers could take for two things.
func TestINJ3AmbiguousJSONIsRefused(t *testing.T) {
	h := start(t, options{})
	valid := `"grant_type":"password","agency":"alpha","name":"officer","password":"` + password + `"`
	for name, body := range map[string]string{
		"a name twice":                `{` + valid + `,"name":"supervisor"}`,
		"a name in another case":      `{` + valid + `,"NAME":"supervisor"}`,
		"only in another case":        `{"Grant_Type":"password"}`,
		"an escaped name twice":       `{` + valid + `,"n\u0061me":"supervisor"}`,
		"an unknown name":             `{` + valid + `,"role":"administrator"}`,
		"NaN":                         `{"grant_type":NaN}`,
		"a huge integer":              `{"grant_type":99999999999999999999999999}`,
		"1e999":                       `{"grant_type":1e999}`,
		"invalid UTF-8":               "{\"grant_type\":\"\xff\xfe\"}",
		"half a surrogate":            `{"grant_type":"\ud800"}`,
		"a byte order mark":           "\ufeff{" + valid + "}",
		"a tail":                      `{` + valid + `}{}`,
		"a tail of text":              `{` + valid + `} x`,
		"a comment":                   `{` + valid + `/* x */}`,
		"a trailing comma":            `{` + valid + `,}`,
		"single quotes":               `{'grant_type':'password'}`,
		"a control character":         "{\"grant_type\":\"pass\x01word\"}",
		"a list":                      `[{` + valid + `}]`,
		"a text":                      `"password"`,
		"null":                        `null`,
		"nothing":                     ``,
		"white space":                 ` `,
		"a number where text belongs": `{"grant_type":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := h.do(t, "", "POST", "/v1/auth/token", body)
			if p := r.problem(t); r.StatusCode != 400 {
				t.Errorf("got %d %s", r.StatusCode, p.Code)
			}
		})
	}
	if r := h.do(t, "", "POST", "/v1/auth/token", "{"+valid+"}"); r.StatusCode != 200 {
		t.Errorf("the valid body gets %d; the test proves nothing", r.StatusCode)
	}
	for kind, want := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "application/json; charset=latin1": 415,
		"text/plain": 415, "": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=x": 415,
		"application/xml": 415, "application/vnd.api+json": 415, "application/json, text/plain": 415, "application/json; version=1": 415,
	} {
		if r := h.do(t, "", "POST", "/v1/auth/token", "{"+valid+"}", "Content-Type", kind); r.StatusCode != want {
			t.Errorf("Content-Type %q: got %d, want %d", kind, r.StatusCode, want)
		}
	}
}

// Every value of an interview that is wrong is named by its place, and nothing
// else of the batch suffers.
func TestBadInterviewIsNamedByFieldAndDoesNotFailItsBatch(t *testing.T) {
	h := start(t, options{})
	tests := []struct {
		name    string
		item    map[string]any
		pointer string
		code    string
	}{
		{"an unknown field", interview(with("score", 99)), "/items/1/score", "unknown_name"},
		{"a wrong type", interview(with("answers", "all of them")), "/items/1/answers", "wrong_type"},
		{"no id", interview(with("id", "")), "/items/1/id", "required"},
		{"an id of another kind", interview(with("id", "3f2b1c1e-6a1b-4c4e-8f54-0a4f6a1b2c3d")), "/items/1/id", "not_uuid7"},
		{"an id in capitals", interview(with("id", "0199AA3E-7F1C-7C3A-9D53-0A4F6A1B2C3D")), "/items/1/id", "not_uuid7"},
		{"a day that is none", interview(with("finished_on", "20.11.2026")), "/items/1/finished_on", "not_a_day"},
		{"a language that is none", interview(with("language", "klingonisch!")), "/items/1/language", "not_a_language"},
		{"a country that is none", interview(with("nationality", "XX")), "/items/1/nationality", "not_a_country"},
		{"an unknown form of address", interview(with("address", "boy")), "/items/1/address", "not_allowed"},
		{"an unknown outcome", interview(with("claimed", map[string]any{"outcome": "VICTIM"})), "/items/1/claimed/outcome", "unknown_outcome"},
		{"no consent to data", interview(with("consent", map[string]any{"interview": true, "data": false})), "/items/1/consent/data", "consent_needed"},
		{"two options for one", interview(with("answers", map[string]any{"B01": []string{"u15", "48p"}})), "/items/1/answers/B01", "too_many_options"},
		{"a wrong reason", interview(with("missing", map[string]any{"C05": "shy"})), "/items/1/missing/C05", "unknown_missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			receipts := h.submit(t, interview(), tt.item, interview())
			for i, r := range receipts {
				want := openapi.ReceiptStatusStored
				if i == 1 {
					want = openapi.ReceiptStatusRejected
				}
				if r.Status != want {
					t.Errorf("interview %d is %s, want %s", i, r.Status, want)
				}
			}
			p := receipts[1].Problem
			if p == nil || len(p.Errors) == 0 || p.Errors[0].Pointer != tt.pointer || p.Errors[0].Code != tt.code || p.Errors[0].Detail == "" {
				t.Errorf("got %+v, want %s at %s", p, tt.code, tt.pointer)
			}
			if receipts[1].Record != "" || receipts[1].Outcome != "" {
				t.Error("a rejected interview has a record")
			}
		})
	}
	wantProblem(t, h.do(t, "alpha/caseworker", "POST", "/v1/submissions", map[string]any{"items": []any{}}), 400, "invalid")
	wantProblem(t, h.do(t, "alpha/caseworker", "POST", "/v1/submissions", map[string]any{}), 400, "invalid")
	if r := h.do(t, "alpha/caseworker", "POST", "/v1/submissions", `{"items":[1,"x",null,[]]}`); r.StatusCode != 200 || strings.Count(string(r.body), `"rejected"`) != 4 {
		t.Errorf("items that are no objects: %d %.300s", r.StatusCode, r.body)
	}
}

// What stands in the place of a question's id may be anything, a name too.
func TestWrongAnswerIsNamedByItsPlaceAndNeverRepeated(t *testing.T) {
	h := start(t, options{})
	const canary = "Somchai"
	for pointer, body := range map[string]string{
		"/answers unknown_item":        `{"instrument":"triage-border","answers":{"` + canary + `":["yes"]}}`,
		"/missing unknown_item":        `{"instrument":"triage-border","answers":{},"missing":{"` + canary + `":"declined"}}`,
		"/answers/T05 unknown_option":  `{"instrument":"triage-border","answers":{"T05":["` + canary + `"]}}`,
		"/missing/T05 unknown_missing": `{"instrument":"triage-border","answers":{},"missing":{"T05":"` + canary + `"}}`,
	} {
		r := h.do(t, "alpha/officer", "POST", "/v1/assessments", body)
		wantProblem(t, r, 422, "unscorable_answers")
		p := r.problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Pointer+" "+p.Errors[0].Code != pointer {
			t.Fatalf("got %+v, want %s", p.Errors, pointer)
		}
		if strings.Contains(string(r.body), canary) {
			t.Errorf("%s: the answer is repeated: %s", pointer, r.body)
		}
		if want := pointer == "/answers/T05 unknown_option"; slices.Contains(p.Errors[0].Allowed, "taken") != want {
			t.Errorf("%s: allowed are %q", pointer, p.Errors[0].Allowed)
		}
	}
}

// DOS-5: what breaks in a handler costs its own request only, and tells nothing.
func TestPanicsAndUnknownErrorsTellNothing(t *testing.T) {
	const canary = "/keys/secret.key of Somchai"
	h := start(t, options{prepare: func(s *handlers.Server) {
		s.AddPanic("/test/panic", canary)
		s.AddPanic("/test/nil", nil)
		s.AddFailure("/test/unknown", errors.New(canary))
		s.AddFailure("/test/wrapped", fault.Wrap(fault.Unavailable, errors.New(canary)).After(7_000_000_000))
	}})
	for path, want := range map[string]int{"/test/panic": 500, "/test/nil": 500, "/test/unknown": 500, "/test/wrapped": 503} {
		r := h.do(t, "", "GET", path, nil)
		if r.StatusCode != want || strings.Contains(string(r.body), "Somchai") || strings.Contains(fmt.Sprint(r.Header), "Somchai") {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
		if p := r.problem(t); !strings.HasPrefix(p.Instance, "urn:uuid:") || !strings.HasSuffix(p.Instance, r.Header.Get("X-Request-Id")) {
			t.Errorf("%s: instance %q does not name the request", path, p.Instance)
		}
		if path == "/test/wrapped" && r.Header.Get("Retry-After") != "7" {
			t.Errorf("Retry-After is %q, want 7", r.Header.Get("Retry-After"))
		}
	}
	if r := h.do(t, "", "GET", "/healthz", nil); r.StatusCode != 200 {
		t.Errorf("after the panics: %d", r.StatusCode)
	}
	if !strings.Contains(h.log.String(), `"msg":"panic"`) {
		t.Error("a panic is not in the log")
	}
	if strings.Contains(h.log.String(), "panic of type string") && strings.Contains(h.log.String(), "test/panic of") {
		t.Error("the log repeats what was panicked with")
	}
}

// NET-6: every answer of every route, errors included, carries the headers.
func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := start(t, options{})
	paths := []string{"/nowhere", "/v1/nowhere", "/V1/records", "/v1/records/"}
	for _, op := range h.server.Operations() {
		paths = append(paths, strings.NewReplacer(":id", "x", ":version", "1.0.0", ":file", "page.js").Replace(op[1]))
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range paths {
		for _, method := range []string{"GET", "POST", "HEAD", "DELETE", "OPTIONS", "BREW"} {
			req := h.request(t, "", method, path, nil)
			res, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s %s (%d): %s is %q", method, path, res.StatusCode, name, got)
				}
			}
			if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s %s: Content-Security-Policy is %q", method, path, csp)
			}
			if res.Header.Get("X-Request-Id") == "" || res.Header.Get("Cache-Control") == "" {
				t.Errorf("%s %s: no request id or no Cache-Control", method, path)
			}
			if res.Header.Get("Access-Control-Allow-Origin") != "" || res.Header.Get("Server") != "" || len(res.Cookies()) != 0 {
				t.Errorf("%s %s: %v", method, path, res.Header)
			}
		}
	}
}
