package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof/prooftest"
	"waymark/openapi"
	"waymark/store/ferrettest"
)

// tablet is an enrolled device as a client.
type tablet struct {
	key             *prooftest.Key
	id, fingerprint string
	// token is its own, or that of whoever is signed in on it; "" for none.
	token string
}

// prove sends a request with a fresh proof, and a token where there is one.
func (d *tablet) prove(t testing.TB, h *harness, req *http.Request) {
	t.Helper()
	req.Header.Set("DPoP", d.key.Prove(t, prooftest.Request{
		Method: req.Method, Address: h.base + req.URL.Path, Nonce: h.proofs.Nonce(), AccessToken: d.token,
	}))
	if d.token != "" {
		req.Header.Set("Authorization", "DPoP "+d.token)
	}
}

// sign sends a request with the tablet's own token, which it asks for when it
// has none.
func (d *tablet) sign(t testing.TB, h *harness, req *http.Request) {
	t.Helper()
	if d.token == "" {
		r := d.do(t, h, "POST", "/v1/auth/token", map[string]string{"grant_type": "device"})
		d.token = decode[openapi.Token](t, r).AccessToken
	}
	d.prove(t, h, req)
}

// do sends a request as the tablet.
func (d *tablet) do(t testing.TB, h *harness, method, path string, body any, headers ...string) reply {
	t.Helper()
	req := h.request(t, "", method, path, body)
	d.prove(t, h, req)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return send(t, req)
}

// alone is the tablet without any token.
func (d *tablet) alone() *tablet {
	other := *d
	other.token = ""
	return &other
}

// signIn signs somebody of alpha in on the tablet.
func (d *tablet) signIn(t testing.TB, h *harness, name string) *tablet {
	t.Helper()
	other := d.alone()
	r := other.do(t, h, "POST", "/v1/auth/token", signInBody(name))
	other.token = decode[openapi.Token](t, r).AccessToken
	return other
}

func signInBody(name string) map[string]string {
	return map[string]string{"grant_type": "password", "agency": "alpha", "name": name, "password": password}
}

// enrol enrols a tablet at north, with a code that an administrator of its agency
// made, and remembers it under a name.
func (h *harness) enrol(t testing.TB, who string) *tablet {
	t.Helper()
	agency, _, _ := strings.Cut(who, "/")
	code, _, err := h.devices.MakeEnrolment(t.Context(), auth.Principal{Tenant: agency, Ref: "usr_maker", Role: auth.Administrator},
		device.Wish{Site: "north", Country: "TH", Label: who})
	if err != nil {
		t.Fatal(err)
	}
	d := &tablet{key: prooftest.NewKey(t)}
	own := decode[openapi.OwnDevice](t, d.do(t, h, "POST", "/v1/devices", map[string]string{"code": code.Encode()}))
	d.id, d.fingerprint = own.ID, own.Fingerprint
	h.tablets[who] = d
	return d
}

// confirm has a supervisor confirm the tablet.
func (d *tablet) confirm(t testing.TB, h *harness, who string) *tablet {
	t.Helper()
	r := h.do(t, who, "POST", "/v1/devices/"+d.id+"/confirm", map[string]string{"fingerprint": d.fingerprint})
	if got := decode[openapi.Device](t, r); got.State != openapi.DeviceStateActive {
		t.Fatalf("a confirmed tablet is %s", got.State)
	}
	return d
}

// drain revokes a tablet that was active, and lets it deliver once.
func (h *harness) drain(t testing.TB, d *tablet) {
	t.Helper()
	d.confirm(t, h, "alpha/supervisor")
	if r := h.do(t, "alpha/supervisor", "DELETE", "/v1/devices/"+d.id, nil); r.StatusCode != 204 {
		t.Fatalf("revoking: %d %s", r.StatusCode, r.body)
	}
	d.token = decode[openapi.Token](t, d.do(t, h, "POST", "/v1/auth/token", map[string]string{"grant_type": "device"})).AccessToken
}

func TestTabletIsEnrolledConfirmedUsedAndRevoked(t *testing.T) {
	for name, o := range map[string]func(*testing.T) options{
		"SQLite":  func(*testing.T) options { return options{} },
		"MongoDB": func(t *testing.T) options { return options{mongo: ferrettest.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			useContract(t)
			lifeOfATablet(t, start(t, o(t)))
		})
	}
}

func lifeOfATablet(t *testing.T, h *harness) {
	enrolment := decode[openapi.Enrolment](t, h.do(t, "alpha/administrator", "POST", "/v1/devices/enrolments",
		map[string]string{"site": "north", "country": "TH", "label": "tablet 7"}))
	d := &tablet{key: prooftest.NewKey(t)}
	body := map[string]string{"code": strings.ToLower(enrolment.Code)}
	r := d.do(t, h, "POST", "/v1/devices", body)
	own := decode[openapi.OwnDevice](t, r)
	if r.StatusCode != 201 || own.State != openapi.OwnDeviceStatePending || own.Site != "north" || own.Trust.Y == "" {
		t.Errorf("got %d %+v", r.StatusCode, own)
	}
	if again := decode[openapi.OwnDevice](t, d.do(t, h, "POST", "/v1/devices", body)); again.ID != own.ID {
		t.Error("a lost reply gave another device")
	}
	wantProblem(t, (&tablet{key: prooftest.NewKey(t)}).do(t, h, "POST", "/v1/devices", body), 422, "wrong_enrolment_code")
	d.id, d.fingerprint = own.ID, own.Fingerprint

	wantProblem(t, d.do(t, h, "POST", "/v1/auth/token", signInBody("officer")), 403, "device_pending")
	wantProblem(t, d.do(t, h, "POST", "/v1/auth/token", map[string]string{"grant_type": "device"}), 403, "device_pending")
	list := decode[openapi.DeviceList](t, h.do(t, "alpha/supervisor", "GET", "/v1/devices", nil)).Devices
	if len(list) != 1 || list[0].ID != own.ID || list[0].Fingerprint != own.Fingerprint || list[0].State != openapi.DeviceStatePending {
		t.Errorf("the list has %+v", list)
	}
	p := wantProblem(t, h.do(t, "alpha/supervisor", "POST", "/v1/devices/"+d.id+"/confirm", map[string]string{"fingerprint": "0000 0000 0000"}), 400, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/fingerprint" || p.Errors[0].Code != "other_fingerprint" {
		t.Errorf("another fingerprint is refused with %+v", p.Errors)
	}
	d.confirm(t, h, "alpha/supervisor").confirm(t, h, "alpha/supervisor")

	officer := d.signIn(t, h, "officer")
	if r := officer.do(t, h, "GET", "/v1/instruments", nil); r.StatusCode != 200 {
		t.Errorf("the officer on the tablet: %d %s", r.StatusCode, r.body)
	}
	health := map[string]any{"waiting": 2, "oldest": "2026-11-20", "rejected": 0, "persistent": true, "free": 900, "app": "1.0.0", "languages": []string{"am"}}
	if r := d.do(t, h, "POST", "/v1/devices/current/health", health); r.StatusCode != 204 {
		t.Errorf("reporting health: %d %s", r.StatusCode, r.body)
	}
	list = decode[openapi.DeviceList](t, h.do(t, "alpha/supervisor", "GET", "/v1/devices", nil)).Devices
	if h := list[0].Health; h == nil || h.Waiting != 2 || h.Oldest != "2026-11-20" || list[0].LastContact == "" || list[0].LeaseOver {
		t.Errorf("the supervisor sees %+v", list[0])
	}
	own = decode[openapi.OwnDevice](t, d.do(t, h, "GET", "/v1/devices/current", nil))
	until, err := time.Parse(time.RFC3339, own.LeaseUntil)
	if left := time.Until(until); err != nil || left < 7*24*time.Hour-time.Minute || left > 7*24*time.Hour {
		t.Errorf("the lease is until %s", own.LeaseUntil)
	}

	for range 2 {
		if r := h.do(t, "alpha/administrator", "DELETE", "/v1/devices/"+d.id, nil); r.StatusCode != 204 {
			t.Errorf("revoking: %d %s", r.StatusCode, r.body)
		}
	}
	if own := decode[openapi.OwnDevice](t, d.do(t, h, "GET", "/v1/devices/current", nil)); own.State != openapi.OwnDeviceStateRevoked {
		t.Errorf("a revoked tablet is told that it is %s", own.State)
	}
	wantProblem(t, d.do(t, h, "POST", "/v1/auth/token", signInBody("officer")), 401, "device_revoked")
	wantProblem(t, d.do(t, h, "POST", "/v1/devices/current/health", health), 401, "device_revoked")
	wantProblem(t, h.do(t, "alpha/supervisor", "POST", "/v1/devices/"+d.id+"/confirm", map[string]string{"fingerprint": d.fingerprint}), 409, "device_not_pending")
}

// TAB-6, the server's side: within five seconds of the revocation every token of
// the tablet is refused; what it has sealed it may deliver once.
func TestTAB6RevokedTabletIsOutAndDrainsOnce(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	officer := d.signIn(t, h, "officer")
	own := d.alone()
	own.token = decode[openapi.Token](t, own.do(t, h, "POST", "/v1/auth/token", map[string]string{"grant_type": "device"})).AccessToken
	if r := h.do(t, "alpha/supervisor", "DELETE", "/v1/devices/"+d.id, nil); r.StatusCode != 204 {
		t.Fatalf("revoking: %d", r.StatusCode)
	}
	revoked := time.Now()
	for _, who := range []*tablet{officer, own} {
		r := who.do(t, h, "GET", "/v1/instruments", nil)
		for r.StatusCode == 200 && time.Since(revoked) < 6*time.Second {
			time.Sleep(200 * time.Millisecond)
			r = who.do(t, h, "GET", "/v1/instruments", nil)
		}
		wantProblem(t, r, 401, "device_revoked")
	}
	token := decode[openapi.Token](t, d.do(t, h, "POST", "/v1/auth/token", map[string]string{"grant_type": "device"}))
	if token.RefreshToken != "" || token.Role != "tablet" || token.Ref != d.id || token.ExpiresIn < 3590 || token.ExpiresIn > 3600 || !slices.Equal(token.Sites, []string{"north"}) {
		t.Errorf("got %+v", token)
	}
	draining := d.alone()
	draining.token = token.AccessToken
	wantProblem(t, draining.do(t, h, "GET", "/v1/instruments", nil), 403, "forbidden")
	if r := draining.do(t, h, "POST", "/v1/submissions", batch(map[string]any{"id": "x"})); r.StatusCode != 200 {
		t.Errorf("delivering: %d %s", r.StatusCode, r.body)
	}
}

func TestClientWithoutAKeyGetsNothingUnlessTheDeploymentSaysSo(t *testing.T) {
	useContract(t)
	h := start(t, options{keysOnly: true})
	r := h.do(t, "", "POST", "/v1/auth/token", signInBody("supervisor"))
	wantProblem(t, r, 401, "dpop_proof_needed")
	if got := r.Header.Get("WWW-Authenticate"); got != `DPoP algs="ES256"` {
		t.Errorf("WWW-Authenticate is %q", got)
	}
	supervisor := (&tablet{key: prooftest.NewKey(t)}).signIn(t, h, "supervisor")
	if r := supervisor.do(t, h, "GET", "/v1/reviews", nil); r.StatusCode != 200 {
		t.Errorf("with a key: %d %s", r.StatusCode, r.body)
	}
	wantProblem(t, (&tablet{key: prooftest.NewKey(t)}).do(t, h, "POST", "/v1/auth/token", signInBody("officer")), 401, "device_unknown")
}
