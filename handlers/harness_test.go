package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/auth/token"
	"waymark/handlers"
	"waymark/locales"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
	"waymark/screening/review"
	"waymark/screening/submission"
	"waymark/store/mongo"
	"waymark/store/sqlite"
	"waymark/store/storetest"
)

const password = "a password for tests"

// harness is a server on a loopback port, with two agencies and everybody in
// them.
type harness struct {
	server    *handlers.Server
	base, dir string
	store     store
	keys      *privacy.Keys
	vaultKeys *privacy.Keys
	// answerRoot seals the keys of answers, which safe keeps.
	answerRoot *privacy.Keys
	answerKeys answerKeys
	safe       *submission.Safe
	desk       *submission.Desk
	// retried is what the start made of what was in quarantine.
	retried submission.Retried
	tokens  *token.Tokens
	signer  ed25519.PrivateKey
	log     *lockedBuffer
	stop    func()
	mu      sync.Mutex        // guards logins
	logins  map[string]string // access tokens by "agency/name"

	proofs  *proof.Checker
	devices *device.Desk
	tablets map[string]*tablet // by "agency/tablet"
}

// store is what a server stands on.
type store interface {
	storetest.Store
	Close() error
}

type vault interface {
	submission.Vault
	Close() error
}

type answerKeys interface {
	submission.AnswerKeys
	Close() error
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

type options struct {
	limits handlers.Limits
	// mongo is the URI of a database to stand on instead of SQLite files.
	mongo string
	// beside makes the server another instance of one that stands on MongoDB.
	beside *harness
	// files makes the server a restart of one that stood on SQLite files.
	files *harness
	// catalog replaces the shipped instruments.
	catalog *catalog.Catalog
	// edition replaces English alone.
	edition *locales.Edition
	// keysOnly gives tokens only to clients with a key.
	keysOnly bool
	// secure says that clients come through TLS.
	secure bool
	// app is the built app; none when nil.
	app fs.FS
	// now is the clock of submissions and reviews; the true one, when absent.
	now func() time.Time
	// retention replaces the default.
	retention *privacy.Retention
	// prepare changes the server before it serves.
	prepare func(*handlers.Server)
}

// people has everybody: alpha with two sites, beta with one.
func people() []signin.User {
	return []signin.User{
		{Tenant: "alpha", Name: "officer", Role: auth.Officer, Sites: []string{"north"}},
		{Tenant: "alpha", Name: "caseworker", Role: auth.CaseWorker, Sites: []string{"north"}},
		{Tenant: "alpha", Name: "supervisor", Role: auth.Supervisor, Sites: []string{"north"}},
		{Tenant: "alpha", Name: "supervisor2", Role: auth.Supervisor, Sites: []string{"north"}},
		{Tenant: "alpha", Name: "southern", Role: auth.Supervisor, Sites: []string{"south"}},
		{Tenant: "alpha", Name: "administrator", Role: auth.Administrator},
		{Tenant: "alpha", Name: "auditor", Role: auth.Auditor},
		{Tenant: "alpha", Name: "analyst", Role: auth.Analyst},
		{Tenant: "beta", Name: "caseworker", Role: auth.CaseWorker, Sites: []string{"north"}},
		{Tenant: "beta", Name: "supervisor", Role: auth.Supervisor, Sites: []string{"north"}},
	}
}

// englishOnly is what a deployment has before anything is translated.
func englishOnly(t testing.TB) *locales.Edition {
	t.Helper()
	library, err := locales.Read(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	edition, err := library.Choose(locales.Policy{Least: locales.FieldTested})
	if err != nil {
		t.Fatal(err)
	}
	return edition
}

func start(t testing.TB, o options) *harness {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h := &harness{log: &lockedBuffer{}, logins: map[string]string{}, tablets: map[string]*tablet{}, dir: t.TempDir()}
	var err error
	h.keys, err = privacy.GenerateKeys(rand.Reader)
	check(err)
	h.vaultKeys, err = privacy.GenerateKeys(rand.Reader)
	check(err)
	h.answerRoot, err = privacy.GenerateKeys(rand.Reader)
	check(err)
	_, h.signer, err = ed25519.GenerateKey(rand.Reader)
	check(err)
	before := cmp.Or(o.beside, o.files)
	if before != nil {
		h.keys, h.vaultKeys, h.answerRoot, h.signer, h.dir = before.keys, before.vaultKeys, before.answerRoot, before.signer, before.dir
	}
	h.tokens = token.New(token.Config{Issuer: "waymark", Audience: "waymark-api", Life: 5 * time.Minute, Now: time.Now}, token.NewKeySet(h.signer))

	var (
		vault      vault
		answerKeys answerKeys
	)
	if o.mongo != "" {
		h.store, err = mongo.Open(t.Context(), o.mongo, "waymark", h.keys)
		check(err)
		vault, err = mongo.OpenVault(t.Context(), o.mongo, "waymark_vault", h.vaultKeys)
		check(err)
		answerKeys, err = mongo.OpenAnswerKeys(t.Context(), o.mongo, "waymark_answers", h.answerRoot)
		check(err)
	} else {
		h.store, err = sqlite.Open(t.Context(), filepath.Join(h.dir, "records.db"), h.keys)
		check(err)
		vault, err = sqlite.OpenVault(t.Context(), filepath.Join(h.dir, "vault.db"), h.vaultKeys)
		check(err)
		answerKeys, err = sqlite.OpenAnswerKeys(t.Context(), filepath.Join(h.dir, "answers.db"), h.answerRoot)
		check(err)
	}
	cat := o.catalog
	if cat == nil {
		cat, err = catalog.Load(instruments.FS, nil)
		check(err)
	}
	packs, err := jurisdiction.Load(jurisdictions.FS)
	check(err)
	edition := cmp.Or(o.edition, englishOnly(t))
	messages, err := locales.Load(edition.Files())
	check(err)
	cheap := signin.Hashing{Time: 1, MemoryKiB: 64, Threads: 1}
	if before == nil {
		registry := signin.NewRegistry(h.store, cheap, rand.Reader, time.Now, "test")
		for _, u := range people() {
			_, err := registry.Add(t.Context(), u, password)
			check(err)
		}
	}
	h.proofs, err = proof.NewChecker(h.keys, h.store, rand.Reader, time.Now)
	check(err)
	h.devices = device.NewDesk(device.Config{
		Devices: h.store, Proofs: h.proofs, Trust: token.NewTrust(h.keys), Keys: h.keys, Policy: device.DefaultPolicy(),
		Random: rand.Reader, Now: time.Now,
	})
	now := o.now
	if now == nil {
		now = time.Now
	}
	retention := privacy.DefaultRetention()
	if o.retention != nil {
		retention = *o.retention
	}
	h.answerKeys = answerKeys
	h.safe = submission.NewSafe(h.answerRoot, answerKeys, rand.Reader)
	h.desk = submission.NewDesk(submission.Config{
		Catalog: cat, Store: h.store, Vault: vault, Keys: h.keys, VaultKeys: h.vaultKeys,
		Safe: h.safe, Holders: h.devices, Read: handlers.ReadOffer,
		Retention: retention, Random: rand.Reader, Now: now,
	})
	h.retried, err = h.desk.Retry(t.Context())
	check(err)
	h.server, err = handlers.New(
		handlers.Config{Version: "test", Log: slog.New(slog.NewJSONHandler(h.log, nil)), Now: now, Secure: o.secure, Limits: o.limits, App: o.app},
		handlers.UseCases{
			SignIn: signin.NewDesk(signin.Config{
				Users: h.store, Families: h.store, Devices: h.devices, Proofs: h.proofs, Tokens: h.tokens, Keys: h.keys,
				Hashing: cheap, Random: rand.Reader, Now: time.Now, BearerTokens: !o.keysOnly,
			}),
			Devices: h.devices, Proofs: h.proofs,
			Catalog: cat, Submissions: h.desk,
			Reviews: review.NewDesk(h.store, h.safe, now), Messages: messages, Languages: edition, Ready: h.store.Ready,
			Jurisdictions: packs, SignStatement: token.NewTrust(h.keys).SignStatement,
		})
	check(err)
	if o.prepare != nil {
		o.prepare(h.server)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	h.base = "http://" + ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln) }()
	h.stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := errors.Join(h.server.Shutdown(ctx), <-served, h.store.Close(), vault.Close(), answerKeys.Close()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(h.stop)
	return h
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body []byte
}

// problem reads the body as a problem document.
func (r reply) problem(t testing.TB) openapi.Problem {
	t.Helper()
	var p openapi.Problem
	if err := json.Unmarshal(r.body, &p); err != nil {
		t.Fatalf("status %d is no problem document: %.200s", r.StatusCode, r.body)
	}
	return p
}

func decode[T any](t testing.TB, r reply) T {
	t.Helper()
	var v T
	if r.StatusCode >= 300 {
		t.Fatalf("status %d: %.400s", r.StatusCode, r.body)
	}
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%v: %.200s", err, r.body)
	}
	return v
}

// login signs somebody in, once, and gives their access token.
func (h *harness) login(t testing.TB, who string) string {
	t.Helper()
	if who == "" {
		return ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if found, ok := h.logins[who]; ok {
		return found
	}
	agency, name, _ := strings.Cut(who, "/")
	r := h.do(t, "", http.MethodPost, "/v1/auth/token", map[string]string{
		"grant_type": "password", "agency": agency, "name": name, "password": password,
	})
	h.logins[who] = decode[openapi.Token](t, r).AccessToken
	return h.logins[who]
}

// do sends a request as somebody. A body that is a string is sent as it is;
// headers come in pairs.
func (h *harness) do(t testing.TB, who, method, path string, body any, headers ...string) reply {
	t.Helper()
	return send(t, h.request(t, who, method, path, body, headers...))
}

// send sends a request and reads the answer.
func send(t testing.TB, req *http.Request) reply {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res, text}
}

func (h *harness) request(t testing.TB, who, method, path string, body any, headers ...string) *http.Request {
	t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.base+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if tablet, ok := h.tablets[who]; ok {
		tablet.sign(t, h, req)
	} else if token := h.login(t, who); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// interview is a valid submission; change makes it another.
func interview(change ...func(map[string]any)) map[string]any {
	id, err := uuid.NewV7()
	if err != nil {
		panic(err)
	}
	v := map[string]any{
		"id": id.String(), "instrument": "screen-fc", "version": "1.0.0", "language": "am", "interpreter": true,
		"consent": map[string]bool{"interview": true, "data": true}, "address": "woman", "nationality": "ET",
		"finished_on": privacy.DayOf(time.Now()).String(),
		"answers": map[string][]string{
			"B01": {"30_47"}, "C04": {"entirely"}, "C06": {"pay", "hours"}, "E01": {"chat"}, "E02": {"punished"}, "F01": {"never"},
		},
		"missing": map[string]string{"I02": "declined"},
	}
	for _, c := range change {
		c(v)
	}
	return v
}

func with(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func batch(items ...map[string]any) map[string]any { return map[string]any{"items": items} }

// submit sends interviews as the case worker of alpha and gives the receipts.
func (h *harness) submit(t testing.TB, items ...map[string]any) []openapi.Receipt {
	t.Helper()
	return decode[openapi.ReceiptList](t, h.do(t, "alpha/caseworker", http.MethodPost, "/v1/submissions", batch(items...))).Receipts
}

func wantProblem(t testing.TB, r reply, status int, code string) openapi.Problem {
	t.Helper()
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("status %d has type %q: %.200s", r.StatusCode, got, r.body)
	}
	p := r.problem(t)
	if r.StatusCode != status || p.Code != code || p.Status != status {
		t.Errorf("got %d %s, want %d %s", r.StatusCode, p.Code, status, code)
	}
	return p
}
