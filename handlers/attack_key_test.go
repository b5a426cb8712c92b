package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"waymark/auth/proof/prooftest"
	"waymark/handlers"
	"waymark/openapi"
	"waymark/store/ferrettest"
)

// shown is a request as a client with a key sends it, to be spoilt by a test.
type shown struct {
	method, path, token string
	proof               prooftest.Request
	key                 *prooftest.Key
	headers             []string
}

// ask sends a GET for the instruments with the token of somebody on a tablet,
// after a change.
func (d *tablet) ask(t *testing.T, h *harness, change func(*shown)) reply {
	t.Helper()
	s := shown{method: "GET", path: "/v1/instruments", token: "DPoP " + d.token, key: d.key}
	s.proof = prooftest.Request{Method: s.method, Address: h.base + s.path, Nonce: h.proofs.Nonce(), AccessToken: d.token}
	change(&s)
	req := h.request(t, "", s.method, s.path, nil)
	if s.token != "" {
		req.Header.Set("Authorization", s.token)
	}
	if s.key != nil {
		req.Header.Set("DPoP", s.key.Prove(t, s.proof))
	}
	for i := 0; i < len(s.headers); i += 2 {
		req.Header.Set(s.headers[i], s.headers[i+1])
	}
	return send(t, req)
}

// TOK-8: a token that is bound to a key is worth nothing without it.
func TestTOK8BoundTokenNeedsItsOwnProof(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor").signIn(t, h, "officer")
	if r := d.ask(t, h, func(*shown) {}); r.StatusCode != 200 {
		t.Fatalf("the right request gets %d %s; the test proves nothing", r.StatusCode, r.body)
	}
	other := h.enrol(t, "alpha/other").confirm(t, h, "alpha/supervisor").signIn(t, h, "officer")
	unbound := h.login(t, "alpha/officer")
	for name, change := range map[string]func(*shown){
		"as a bearer token":          func(s *shown) { s.token, s.key = "Bearer "+d.token, nil },
		"as a bearer token, proven":  func(s *shown) { s.token = "Bearer " + d.token },
		"without a proof":            func(s *shown) { s.key = nil },
		"with another key's proof":   func(s *shown) { s.key = prooftest.NewKey(t) },
		"with another tablet's":      func(s *shown) { s.key = other.key },
		"beside another token":       func(s *shown) { s.token = "DPoP " + other.token },
		"a proof without the token":  func(s *shown) { s.proof.AccessToken = "" },
		"a proof alone":              func(s *shown) { s.token, s.proof.AccessToken = "", "" },
		"an unbound token as bound":  func(s *shown) { s.token, s.proof.AccessToken = "DPoP "+unbound, unbound },
		"the token of nobody":        func(s *shown) { s.token, s.proof.AccessToken = "DPoP x", "x" },
		"the token as another thing": func(s *shown) { s.token = "Basic " + d.token },
	} {
		t.Run(name, func(t *testing.T) {
			r := d.ask(t, h, change)
			wantProblem(t, r, 401, "unauthenticated")
			if got := r.Header.Get("WWW-Authenticate"); got != `DPoP error="invalid_token", algs="ES256"` && r.Request.Header.Get("DPoP") != "" {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
	}
}

// TOK-9: a proof is good once, for its own request and for minutes.
func TestTOK9ProofIsGoodOnceForItsOwnRequest(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor").signIn(t, h, "officer")
	host := strings.TrimPrefix(h.base, "http://")
	for name, tt := range map[string]struct {
		change func(*shown)
		code   string
	}{
		"another method":      {func(s *shown) { s.proof.Method = "POST" }, "unauthenticated"},
		"a HEAD with a GET's": {func(s *shown) { s.method = "HEAD" }, ""},
		"another path":        {func(s *shown) { s.proof.Address = h.base + "/v1/records" }, "unauthenticated"},
		"another host":        {func(s *shown) { s.proof.Address = "http://waymark.example/v1/instruments" }, "unauthenticated"},
		"another scheme":      {func(s *shown) { s.proof.Address = "https://" + host + "/v1/instruments" }, "unauthenticated"},
		"a path alone":        {func(s *shown) { s.proof.Address = "/v1/instruments" }, "unauthenticated"},
		"a host by the way": {func(s *shown) {
			s.proof.Address = "http://waymark.example/v1/instruments"
			s.headers = []string{"X-Forwarded-Host", "waymark.example"}
		}, "unauthenticated"},
		"a scheme by the way": {func(s *shown) {
			s.proof.Address = "https://" + host + "/v1/instruments"
			s.headers = []string{"X-Forwarded-Proto", "https"}
		}, "unauthenticated"},
		"no nonce":             {func(s *shown) { s.proof.Nonce = "" }, "dpop_nonce_needed"},
		"a nonce made up":      {func(s *shown) { s.proof.Nonce = "AAAAAAAAAAAAAAAAAAAAAA" }, "dpop_nonce_needed"},
		"a nonce of elsewhere": {func(s *shown) { s.proof.Nonce = start(t, options{}).proofs.Nonce() }, "dpop_nonce_needed"},
		"junk":                 {func(s *shown) { s.key, s.headers = nil, []string{"DPoP", "junk"} }, "unauthenticated"},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.ask(t, h, tt.change)
			if tt.code == "" {
				if r.StatusCode != 401 {
					t.Errorf("got %d, want 401", r.StatusCode)
				}
				return
			}
			wantProblem(t, r, 401, tt.code)
		})
	}
	if r := d.ask(t, h, func(s *shown) { s.path += "?limit=1#x" }); r.StatusCode != 200 {
		t.Errorf("query and fragment make a difference: %d", r.StatusCode)
	}
	if r := d.ask(t, h, func(s *shown) { s.proof.ID = "once" }); r.StatusCode != 200 {
		t.Fatalf("the first time: %d", r.StatusCode)
	}
	wantProblem(t, d.ask(t, h, func(s *shown) { s.proof.ID = "once" }), 401, "unauthenticated")
	current := func(id string) reply {
		t.Helper()
		req := h.request(t, "", "GET", "/v1/devices/current", nil)
		req.Header.Set("DPoP", d.key.Prove(t, prooftest.Request{Method: "GET", Address: h.base + "/v1/devices/current", Nonce: h.proofs.Nonce(), ID: id}))
		return send(t, req)
	}
	if r := current("again"); r.StatusCode != 200 {
		t.Fatalf("a proof without a token: %d %s", r.StatusCode, r.body)
	}
	wantProblem(t, current("again"), 401, "unauthenticated")
	wantProblem(t, current("once"), 401, "unauthenticated")
}

// TOK-9, second instance: where processes share a database, what one has seen
// the other knows, and either's nonce is good.
func TestTOK9ProofIsGoodOnceWhicheverInstanceIsAsked(t *testing.T) {
	uri := ferrettest.Start(t)
	first := start(t, options{mongo: uri})
	d := first.enrol(t, "alpha/tablet").confirm(t, first, "alpha/supervisor").signIn(t, first, "officer")
	if r := d.ask(t, first, func(s *shown) { s.proof.ID = "once" }); r.StatusCode != 200 {
		t.Fatalf("the first time: %d %s", r.StatusCode, r.body)
	}
	at, err := url.Parse(first.base)
	if err != nil {
		t.Fatal(err)
	}
	second := start(t, options{mongo: uri, beside: first})
	ask := func(id string) reply {
		t.Helper()
		req := second.request(t, "", "GET", "/v1/instruments", nil)
		req.Host = at.Host // a proxy in front gives both the name that clients call them by
		req.Header.Set("Authorization", "DPoP "+d.token)
		req.Header.Set("DPoP", d.key.Prove(t, prooftest.Request{
			Method: "GET", Address: first.base + "/v1/instruments", Nonce: first.proofs.Nonce(), AccessToken: d.token, ID: id,
		}))
		return send(t, req)
	}
	wantProblem(t, ask("once"), 401, "unauthenticated")
	if r := ask("twice"); r.StatusCode != 200 {
		t.Errorf("a fresh proof with the other's nonce: %d %s", r.StatusCode, r.body)
	}
}

func TestEveryAnswerToAClientWithAKeyCarriesTheNewestNonceAndNoOtherDoes(t *testing.T) {
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor").signIn(t, h, "officer")
	before := h.proofs.Nonce() // the next one may come in the middle of the test
	for name, r := range map[string]reply{
		"an answer":            d.ask(t, h, func(*shown) {}),
		"a refusal":            d.ask(t, h, func(s *shown) { s.path = "/v1/reviews"; s.proof.Address = h.base + s.path }),
		"without a nonce":      d.ask(t, h, func(s *shown) { s.proof.Nonce = "" }),
		"with junk":            d.ask(t, h, func(s *shown) { s.key, s.headers = nil, []string{"DPoP", "junk"} }),
		"without a proof":      d.ask(t, h, func(s *shown) { s.key = nil }),
		"a device without one": h.do(t, "", "GET", "/v1/devices/current", nil),
		"a public route":       h.do(t, "", "GET", "/healthz", nil, "DPoP", "junk"),
	} {
		if got := r.Header.Get("DPoP-Nonce"); got != before && got != h.proofs.Nonce() {
			t.Errorf("%s (%d): DPoP-Nonce is %q", name, r.StatusCode, got)
		}
	}
	r := d.ask(t, h, func(s *shown) { s.proof.Nonce = "" })
	if got := r.Header.Get("WWW-Authenticate"); got != `DPoP error="use_dpop_nonce", algs="ES256"` {
		t.Errorf("WWW-Authenticate is %q", got)
	}
	if r := h.do(t, "alpha/officer", "GET", "/v1/instruments", nil); r.Header.Get("DPoP-Nonce") != "" {
		t.Error("a client without a key gets a nonce")
	}
}

// RFC 9449, 4.3: more than one proof is none, and no server may choose.
func TestTwoProofsAreRefused(t *testing.T) {
	h := start(t, options{limits: handlers.Limits{Read: time.Second, Idle: time.Second}})
	answer := h.exchange(t, "GET /v1/devices/current HTTP/1.1\r\nHost: x\r\nDPoP: a\r\ndpop: b\r\n\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
		t.Errorf("got %.200s, want 400", answer)
	}
}

// TOK-7 over HTTP, with a key: a lost reply is repeated with a new proof.
func TestTOK7LostReplyToARefreshIsRepeatedWithTheSameKeyOnly(t *testing.T) {
	useContract(t)
	h := start(t, options{keysOnly: true})
	d := &tablet{key: prooftest.NewKey(t)}
	first := decode[openapi.Token](t, d.do(t, h, "POST", "/v1/auth/token", signInBody("supervisor")))
	if first.TokenType != openapi.TokenTokenTypeDPoP || first.Agency != "alpha" || first.Ref == "" || len(first.Sites) != 1 {
		t.Errorf("got %+v", first)
	}
	refresh := func(who *tablet, key string) reply {
		t.Helper()
		return who.do(t, h, "POST", "/v1/auth/token", map[string]string{"grant_type": "refresh_token", "refresh_token": first.RefreshToken}, "Idempotency-Key", key)
	}
	thief := &tablet{key: prooftest.NewKey(t)}
	wantProblem(t, refresh(thief, "k"), 401, "wrong_refresh_token")
	second := decode[openapi.Token](t, refresh(d, "k"))
	wantProblem(t, refresh(thief, "k"), 401, "wrong_refresh_token")
	if again := decode[openapi.Token](t, refresh(d, "k")); again.RefreshToken != second.RefreshToken {
		t.Error("the successor is another one")
	}
	d.token = second.AccessToken
	if r := d.do(t, h, "GET", "/v1/reviews", nil); r.StatusCode != http.StatusOK {
		t.Errorf("after the thief: %d %s", r.StatusCode, r.body)
	}
}

// Where clients come through TLS, proofs are for https addresses.
func TestProofsAreForHTTPSWhereClientsComeThroughTLS(t *testing.T) {
	h := start(t, options{secure: true})
	d := &tablet{key: prooftest.NewKey(t)}
	for address, want := range map[string]int{"https" + strings.TrimPrefix(h.base, "http"): 401, h.base: 401} {
		req := h.request(t, "", "GET", "/v1/devices/current", nil)
		req.Header.Set("DPoP", d.key.Prove(t, prooftest.Request{Method: "GET", Address: address + "/v1/devices/current", Nonce: h.proofs.Nonce()}))
		code := "device_unknown" // the proof is good, and of no device
		if address == h.base {
			code = "unauthenticated"
		}
		wantProblem(t, send(t, req), want, code)
	}
}

// Flooding with keys of one's own fills nothing: only proofs of somebody who has
// a right to something are remembered.
func TestProofsOfUnknownKeysAreNotRemembered(t *testing.T) {
	h := start(t, options{})
	d := &tablet{key: prooftest.NewKey(t)}
	for range 2 { // told the same both times: nothing was spent
		req := h.request(t, "", "GET", "/v1/devices/current", nil)
		req.Header.Set("DPoP", d.key.Prove(t, prooftest.Request{Method: "GET", Address: h.base + "/v1/devices/current", Nonce: h.proofs.Nonce(), ID: "same"}))
		wantProblem(t, send(t, req), 401, "device_unknown")
	}
	body := signInBody("supervisor")
	body["password"] = "a wrong password"
	for range 2 {
		req := h.request(t, "", "POST", "/v1/auth/token", body)
		req.Header.Set("DPoP", d.key.Prove(t, prooftest.Request{Method: "POST", Address: h.base + "/v1/auth/token", Nonce: h.proofs.Nonce(), ID: "same"}))
		wantProblem(t, send(t, req), 401, "wrong_credentials")
	}
}
