package handlers_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"waymark/openapi"
)

// TOK-1, TOK-2: every token that is not exactly right gets one and the same
// answer. Which tokens those are is the table of package token; here it is
// held that the API tells nothing about why.
func TestTOK1TOK2BadTokensAllGetTheSameAnswer(t *testing.T) {
	h := start(t, options{})
	good := h.login(t, "alpha/supervisor")
	kid := h.tokens.Keys().Public()[0].KeyID
	parts := strings.Split(good, ".")
	forge := func(header, claims map[string]any) string {
		var segments []string
		for _, m := range []map[string]any{header, claims} {
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			segments = append(segments, base64.RawURLEncoding.EncodeToString(text))
		}
		text := strings.Join(segments, ".")
		return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(h.signer, []byte(text)))
	}
	var rightClaims map[string]any
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &rightClaims); err != nil {
		t.Fatal(err)
	}
	header := func(change ...any) map[string]any {
		return changed(map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid}, change...)
	}
	claims := func(change ...any) map[string]any { return changed(rightClaims, change...) }
	now := time.Now()

	hs256 := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(rightClaims))
	hs256.Header["typ"], hs256.Header["kid"] = "at+jwt", kid
	hmacToken, err := hs256.SignedString([]byte(h.signer.Public().(ed25519.PublicKey)))
	if err != nil {
		t.Fatal(err)
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt","kid":"`+kid+`"}`)) + "." + parts[1] + "."

	if r := h.do(t, "", "GET", "/v1/reviews", nil, "Authorization", "Bearer "+forge(header(), claims())); r.StatusCode != 200 {
		t.Fatalf("the right token gets %d; the test proves nothing", r.StatusCode)
	}
	var first []byte
	for name, authorization := range map[string]string{
		"none":               "",
		"empty":              "Bearer ",
		"basic":              "Basic YWxwaGE6eA==",
		"junk":               "Bearer junk",
		"alg none":           "Bearer " + none,
		"HS256, public key":  "Bearer " + hmacToken,
		"no exp":             "Bearer " + forge(header(), claims("exp", nil)),
		"past exp":           "Bearer " + forge(header(), claims("exp", now.Add(-time.Hour).Unix())),
		"no aud":             "Bearer " + forge(header(), claims("aud", nil)),
		"another aud":        "Bearer " + forge(header(), claims("aud", "other")),
		"no iss":             "Bearer " + forge(header(), claims("iss", nil)),
		"another iss":        "Bearer " + forge(header(), claims("iss", "other")),
		"no nbf":             "Bearer " + forge(header(), claims("nbf", nil)),
		"iat in an hour":     "Bearer " + forge(header(), claims("iat", now.Add(time.Hour).Unix())),
		"crit":               "Bearer " + forge(header("crit", []string{"x"}), claims()),
		"typ JWT":            "Bearer " + forge(header("typ", "JWT"), claims()),
		"typ DPoP":           "Bearer " + forge(header("typ", "dpop+jwt"), claims()),
		"unknown kid":        "Bearer " + forge(header("kid", "x"), claims()),
		"another agency":     "Bearer " + forge(header(), claims("ten", "beta")),
		"somebody unknown":   "Bearer " + forge(header(), claims("sub", "usr_x")),
		"an unknown sign-in": "Bearer " + forge(header(), claims("grt", "AAAAAAAAAAAAAAAAAAAAAA")),
		"a role":             "Bearer " + forge(header(), claims("role", "administrator")),
		"signature cut":      "Bearer " + parts[0] + "." + parts[1] + ".",
		"refresh token":      "Bearer wmr_alpha.AAAA",
	} {
		t.Run(name, func(t *testing.T) {
			r := h.do(t, "", "GET", "/v1/reviews", nil, "Authorization", authorization)
			wantProblem(t, r, 401, "unauthenticated")
			if r.Header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("WWW-Authenticate is %q", r.Header.Get("WWW-Authenticate"))
			}
			body := bytes.ReplaceAll(r.body, []byte(r.Header.Get("X-Request-Id")), nil)
			if first == nil {
				first = body
			}
			if !bytes.Equal(body, first) {
				t.Errorf("the answer differs from the others: %s", body)
			}
		})
	}
}

// changed copies a map and sets or removes names, given in pairs.
func changed(m map[string]any, change ...any) map[string]any {
	out := maps.Clone(m)
	for i := 0; i < len(change); i += 2 {
		name := change[i].(string)
		if out[name] = change[i+1]; change[i+1] == nil {
			delete(out, name)
		}
	}
	return out
}

// AUZ-1: every operation by everybody, on what is theirs, another site's,
// another agency's, and on nothing. An operation that is missing from the
// table fails.
func TestAUZ1WhoMayDoWhatWithWhat(t *testing.T) {
	h := start(t, options{})
	mine := h.submit(t, interview())[0].Record
	foreign := decode[openapi.ReceiptList](t, h.do(t, "beta/caseworker", "POST", "/v1/submissions", batch(interview()))).Receipts[0].Record
	const missing = "rec_0000000000000000000000000A"
	h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	h.drain(t, h.enrol(t, "alpha/drained"))
	pending, gone, elsewhere := h.enrol(t, "alpha/pending"), h.enrol(t, "alpha/gone"), h.enrol(t, "beta/tablet")

	everybody := []string{"alpha/tablet", "alpha/drained", "alpha/officer", "alpha/caseworker", "alpha/supervisor", "alpha/southern", "alpha/administrator", "alpha/auditor", "alpha/analyst", "beta/caseworker", "beta/supervisor"}
	type call struct {
		method, path string
		body         any
		headers      []string
		// allowed gives the status for those who may; everybody else gets 403,
		// and nobody without a token anything but 401.
		allowed map[string]int
	}
	all := func(status int) map[string]int {
		m := map[string]int{}
		for _, who := range everybody {
			if m[who] = status; who == "alpha/drained" {
				m[who] = 403
			}
		}
		return m
	}
	// proven is for routes that take a proof alone: no token helps.
	proven := func() map[string]int {
		m := all(401)
		m["alpha/drained"] = 401
		return m
	}
	managed := func(id string, statuses map[string]int) map[string]int {
		m := map[string]int{}
		for who, status := range statuses { // those who may, on what is theirs
			if m[who] = 404; id != "" && who != "alpha/southern" && who != "beta/supervisor" {
				m[who] = status
			}
		}
		return m
	}
	record := func(id string) map[string]int { // of alpha/caseworker, at north
		m := map[string]int{"alpha/caseworker": 404, "alpha/supervisor": 404, "alpha/southern": 404, "beta/caseworker": 404, "beta/supervisor": 404}
		switch id {
		case mine:
			m["alpha/caseworker"], m["alpha/supervisor"] = 200, 200
		case foreign:
			m["beta/caseworker"], m["beta/supervisor"] = 200, 200
		}
		return m
	}
	review := func(id string, status int) map[string]int {
		m := map[string]int{"alpha/supervisor": 404, "alpha/southern": 404, "beta/supervisor": 404}
		switch id {
		case mine:
			m["alpha/supervisor"] = status
		case foreign:
			m["beta/supervisor"] = status
		}
		return m
	}
	list := func(who ...string) map[string]int {
		m := map[string]int{}
		for _, w := range who {
			m[w] = 200
		}
		return m
	}
	table := map[string][]call{
		"getBundle":         {{"GET", "/v1/bundle", nil, nil, all(200)}},
		"getBundlePart":     {{"GET", "/v1/bundle/en/interview", nil, nil, all(200)}, {"GET", "/v1/bundle/qq/interview", nil, nil, all(404)}, {"GET", "/v1/bundle/en/x", nil, nil, all(404)}},
		"listInstruments":   {{"GET", "/v1/instruments", nil, nil, all(200)}},
		"getInstrument":     {{"GET", "/v1/instruments/screen-fc/1.0.0", nil, nil, all(200)}, {"GET", "/v1/instruments/x/1.0.0", nil, nil, all(404)}},
		"listJurisdictions": {{"GET", "/v1/jurisdictions", nil, nil, all(200)}},
		"getJurisdiction":   {{"GET", "/v1/jurisdictions/TH?outcome=STRONG_TIP", nil, nil, all(200)}, {"GET", "/v1/jurisdictions/XX", nil, nil, all(404)}, {"GET", "/v1/jurisdictions/TH?outcome=VICTIM", nil, nil, all(400)}},
		"createAssessment":  {{"POST", "/v1/assessments", map[string]any{"instrument": "screen-fc", "answers": map[string]any{}}, nil, list("alpha/officer", "alpha/caseworker", "alpha/supervisor", "alpha/southern", "beta/caseworker", "beta/supervisor")}},
		"createSubmissions": {{"POST", "/v1/submissions", batch(map[string]any{"id": "x"}), nil, list("alpha/officer", "alpha/caseworker", "beta/caseworker", "alpha/tablet", "alpha/drained")}},
		"createEnrolment":   {{"POST", "/v1/devices/enrolments", map[string]string{"site": "north", "country": "TH", "label": "x"}, nil, map[string]int{"alpha/administrator": 201}}},
		"enrolDevice":       {{"POST", "/v1/devices", map[string]string{"code": "x"}, nil, proven()}},
		"listDevices":       {{"GET", "/v1/devices", nil, nil, list("alpha/administrator", "alpha/supervisor", "alpha/southern", "beta/supervisor")}},
		"getCurrentDevice":  {{"GET", "/v1/devices/current", nil, nil, proven()}},
		"reportHealth":      {{"POST", "/v1/devices/current/health", map[string]any{"waiting": 0, "rejected": 0, "persistent": true, "app": "x"}, nil, proven()}},
		"listRecords":       {{"GET", "/v1/records", nil, nil, list("alpha/caseworker", "alpha/supervisor", "alpha/southern", "beta/caseworker", "beta/supervisor")}},
		"listReviews":       {{"GET", "/v1/reviews", nil, nil, list("alpha/supervisor", "alpha/southern", "beta/supervisor")}},
	}
	confirmers := map[string]int{"alpha/supervisor": 200, "alpha/southern": 0, "beta/supervisor": 0}
	revokers := map[string]int{"alpha/supervisor": 204, "alpha/southern": 0, "beta/supervisor": 0, "alpha/administrator": 204}
	for _, d := range []*tablet{pending, gone, elsewhere, {id: "dev_0000000000000000000000000A"}} {
		own, path := "", "/v1/devices/"+d.id
		if d == pending || d == gone {
			own = d.id
		}
		if d != gone {
			confirm := managed(own, confirmers)
			if d == elsewhere {
				confirm["beta/supervisor"] = 200
			}
			table["confirmDevice"] = append(table["confirmDevice"], call{"POST", path + "/confirm", map[string]string{"fingerprint": d.fingerprint}, nil, confirm})
		}
		if d != pending {
			revoke := managed(own, revokers)
			if d == elsewhere {
				revoke["beta/supervisor"] = 204
			}
			table["revokeDevice"] = append(table["revokeDevice"], call{"DELETE", path, nil, nil, revoke})
		}
	}
	for _, id := range []string{mine, foreign, missing} {
		table["getRecord"] = append(table["getRecord"], call{"GET", "/v1/records/" + id, nil, nil, record(id)})
		table["explainRecord"] = append(table["explainRecord"], call{"GET", "/v1/records/" + id + "/explanation", nil, nil, record(id)})
		table["getReview"] = append(table["getReview"], call{"GET", "/v1/reviews/" + id, nil, nil, review(id, 200)})
		table["claimReview"] = append(table["claimReview"], call{"POST", "/v1/reviews/" + id + "/claim", nil, []string{"If-Match", `"99"`}, review(id, 412)})
		table["decideReview"] = append(table["decideReview"], call{"POST", "/v1/reviews/" + id + "/decision", map[string]string{"kind": "confirm"}, []string{"If-Match", `"99"`}, review(id, 412)})
		table["openAnswers"] = append(table["openAnswers"], call{"POST", "/v1/reviews/" + id + "/answers", map[string]string{"reason": "quality_check"}, nil, review(id, 409)})
	}
	public := map[string]bool{"createToken": true, "revokeToken": true, "listKeys": true, "getHealth": true, "getReadiness": true, "getMetrics": true, "getContract": true, "getDocs": true, "": true}

	for _, op := range h.server.Operations() {
		name := op[2]
		calls, known := table[name]
		if !known && !public[name] {
			t.Errorf("%s is not in the table of who may do what", name)
		}
		for _, c := range calls {
			var absent []byte
			for _, who := range append(everybody, "") {
				r := h.do(t, who, c.method, c.path, c.body, c.headers...)
				want, allowed := c.allowed[who]
				if !allowed {
					want = 403
				}
				if who == "" {
					want = 401
				}
				if r.StatusCode != want {
					t.Errorf("%s %s by %q: got %d, want %d", name, c.path, who, r.StatusCode, want)
				}
				if want == 404 { // what is out of scope answers like what does not exist
					body := bytes.ReplaceAll(r.body, []byte(r.Header.Get("X-Request-Id")), nil)
					if absent == nil {
						absent = body
					}
					if !bytes.Equal(body, absent) {
						t.Errorf("%s %s by %q: this 404 differs from another: %s", name, c.path, who, body)
					}
				}
			}
		}
	}
}

// AUZ-6: other writings of an address are other addresses, not ways around.
func TestAUZ6OtherWritingsOfAnAddressDoNotHelp(t *testing.T) {
	h := start(t, options{})
	id := h.submit(t, interview())[0].Record
	for _, path := range []string{
		"/V1/records", "/v1/RECORDS/" + id, "/v1/records/", "//v1/records", "/v1//records", "/v1/./records/" + id,
		"/v1/records/../records/" + id, "/v1/records%2f" + id, "/v1/rec%6frds/" + id, "/v1/records/" + id + "/", "/v1/records/" + id + ";x=1", "/v1/records/" + id + "%00",
	} {
		for _, who := range []string{"", "alpha/officer", "beta/supervisor", "alpha/analyst"} {
			r := h.do(t, who, "GET", path, nil)
			if r.StatusCode == 200 && strings.Contains(string(r.body), id) {
				t.Errorf("GET %s as %q gives the record", path, who)
			}
		}
	}
	if r := h.do(t, "alpha/officer", "HEAD", "/v1/records/"+id, nil); r.StatusCode != 403 {
		t.Errorf("HEAD by an officer: %d, want 403", r.StatusCode)
	}
	if r := h.do(t, "alpha/officer", "GET", "/v1/reviews", nil, "X-HTTP-Method-Override", "POST", "X-Original-URL", "/v1/instruments"); r.StatusCode != 403 {
		t.Errorf("overriding headers change the decision: %d", r.StatusCode)
	}
}

// Role notes are for supervisors, context codes for nobody.
func TestRoleNotesReachSupervisorsOnly(t *testing.T) {
	h := start(t, options{})
	answers := map[string]any{"H03": []string{"chose"}, "G01": []string{"full"}}
	receipt := h.submit(t, interview(with("answers", answers)))[0]
	for who, sees := range map[string]bool{"alpha/caseworker": false, "alpha/supervisor": true} {
		for _, r := range []reply{
			h.do(t, who, "GET", "/v1/records/"+receipt.Record, nil),
			h.do(t, who, "POST", "/v1/assessments", map[string]any{"instrument": "screen-fc", "answers": answers}),
		} {
			if got := bytes.Contains(r.body, []byte("SPECIALIST_REVIEW")) && bytes.Contains(r.body, []byte("X_CONTROL_ROLE")); got != sees {
				t.Errorf("%s sees the role note: %t, want %t: %s", who, got, sees, r.body)
			}
			if bytes.Contains(r.body, []byte("AG_PAID")) {
				t.Errorf("%s sees a context code", who)
			}
		}
	}
	if text, err := json.Marshal(receipt); err != nil || bytes.Contains(text, []byte("ROLE")) || bytes.Contains(text, []byte("SPECIALIST")) {
		t.Errorf("the receipt shows the role note: %s", text)
	}
}
