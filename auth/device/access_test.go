package device_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof/prooftest"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

// restart makes a desk over the same devices that is not in demo mode.
func (f *fixture) restart() {
	f.desk = device.NewDesk(device.Config{
		Devices: f.store, Proofs: f.checker, Trust: token.NewTrust(f.keys), Keys: f.keys,
		Policy: device.DefaultPolicy(), Random: rand.Reader, Now: func() time.Time { return f.now },
	})
}

func (f *fixture) revoke(t *testing.T, dev device.Device) {
	t.Helper()
	if err := f.desk.Revoke(t.Context(), supervisor, dev.ID); err != nil {
		t.Fatal(err)
	}
}

func TestOfficersAndCaseWorkersAreAdmittedOnAnActiveDeviceOfTheirSiteOnly(t *testing.T) {
	f := newFixture(t, false)
	keys := map[string]*prooftest.Key{"active": prooftest.NewKey(t), "pending": prooftest.NewKey(t), "revoked": prooftest.NewKey(t), "no device": prooftest.NewKey(t)}
	dev := f.active(t, keys["active"])
	pending := f.enrol(t, keys["pending"])
	f.revoke(t, f.active(t, keys["revoked"]))

	caseWorker, southern, foreign := officer, officer, officer
	caseWorker.Role = auth.CaseWorker
	southern.Sites, foreign.Tenant = []string{"south"}, "beta"
	auditor := auth.Principal{Tenant: "alpha", Ref: "usr_aud", Role: auth.Auditor}
	for _, tt := range []struct {
		name, key string
		p         auth.Principal
		device    string
		want      fault.Code
	}{
		{"officer", "active", officer, dev.ID, ""},
		{"case worker", "active", caseWorker, dev.ID, ""},
		{"officer", "pending", officer, "", fault.DevicePending},
		{"officer", "revoked", officer, "", fault.DeviceRevoked},
		{"officer", "no device", officer, "", fault.DeviceUnknown},
		{"officer of another site", "active", southern, "", fault.DeviceElsewhere},
		{"officer of another agency", "active", foreign, "", fault.DeviceElsewhere},
		{"supervisor", "active", supervisor, dev.ID, ""},
		{"supervisor", "pending", supervisor, pending.ID, ""},
		{"supervisor", "revoked", supervisor, "", fault.DeviceRevoked},
		{"supervisor", "no device", supervisor, "", ""},
		{"administrator", "no device", administrator, "", ""},
		{"auditor", "no device", auditor, "", ""},
	} {
		got, err := f.desk.Admit(t.Context(), tt.p, keys[tt.key].Thumbprint())
		if tt.want != "" {
			wantCode(t, err, tt.want)
			continue
		}
		if err != nil || got != tt.device {
			t.Errorf("%s on %s: got %q, %v; want %q", tt.name, tt.key, got, err, tt.device)
		}
		if tt.device != "" {
			if err := f.desk.StillAdmits(t.Context(), tt.p, tt.device); err != nil {
				t.Errorf("%s on %s: a moment later: %v", tt.name, tt.key, err)
			}
		}
	}
	list, err := f.desk.List(t.Context(), supervisor)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.ID == dev.ID && !slices.Equal(d.Users, []auth.Ref{officer.Ref}) { // both have the same reference here
			t.Errorf("the device remembers %v, want the officer once", d.Users)
		}
		if d.ID != dev.ID && len(d.Users) != 0 {
			t.Errorf("%s remembers %v", d.ID, d.Users)
		}
	}
	f.revoke(t, dev)
	wantCode(t, f.desk.StillAdmits(t.Context(), officer, dev.ID), fault.DeviceRevoked)
	wantCode(t, f.desk.StillAdmits(t.Context(), supervisor, dev.ID), fault.DeviceRevoked)
	wantCode(t, f.desk.StillAdmits(t.Context(), officer, "dev_none"), fault.DeviceUnknown)
}

func TestRevocationThatComesDuringASignInEndsIt(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.active(t, key)
	f.store.Before(func() { f.revoke(t, dev) })
	_, err := f.desk.Admit(t.Context(), officer, key.Thumbprint())
	wantCode(t, err, fault.DeviceRevoked)
	wantCode(t, f.desk.Holder(t.Context(), "alpha", dev.ID, officer.Ref), fault.NotFound)
}

func TestDeviceDeliversForWhoeverHasSignedInOnItAndNobodyElse(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.active(t, key)
	for _, p := range []auth.Principal{officer, supervisor} {
		if _, err := f.desk.Admit(t.Context(), p, key.Thumbprint()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.desk.Holder(t.Context(), "alpha", dev.ID, officer.Ref); err != nil {
		t.Error(err)
	}
	for name, try := range map[string][3]string{
		"a supervisor":   {"alpha", dev.ID, string(supervisor.Ref)},
		"somebody else":  {"alpha", dev.ID, "usr_else"},
		"nobody":         {"alpha", dev.ID, ""},
		"another agency": {"beta", dev.ID, string(officer.Ref)},
		"no device":      {"alpha", "dev_none", string(officer.Ref)},
	} {
		if err := f.desk.Holder(t.Context(), try[0], try[1], auth.Ref(try[2])); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: got %v, want not_found", name, err)
		}
	}
}

func TestActiveDeviceActsForItselfAsATablet(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.enrol(t, key)
	_, _, err := f.desk.Own(t.Context(), f.prove(t, key))
	wantCode(t, err, fault.DevicePending)
	_, err = f.desk.Acting(t.Context(), "alpha", dev.ID)
	wantCode(t, err, fault.DevicePending)
	_, _, err = f.desk.Own(t.Context(), f.prove(t, prooftest.NewKey(t)))
	wantCode(t, err, fault.DeviceUnknown)
	if _, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, f.desk.Fingerprint(dev)); err != nil {
		t.Fatal(err)
	}
	p, until, err := f.desk.Own(t.Context(), f.prove(t, key))
	if err != nil || !until.IsZero() {
		t.Fatalf("until %v, %v", until, err)
	}
	if p.Role != auth.Tablet || string(p.Ref) != dev.ID || p.Device != dev.ID || p.Site() != "north" || p.Tenant != "alpha" || p.Draining {
		t.Errorf("it acts as %+v", p)
	}
	if got, err := f.desk.Acting(t.Context(), "alpha", dev.ID); err != nil || got.Ref != p.Ref {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = f.desk.Acting(t.Context(), "beta", dev.ID)
	wantCode(t, err, fault.DeviceUnknown)
}

// TAB-6, the server's side: a revoked device may deliver what it has sealed,
// once, and do nothing else.
func TestTAB6RevokedDeviceDrainsOnceForAnHourFromWhenItAsks(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.active(t, key)
	f.revoke(t, dev)
	if acts := len(f.store.Acts()); acts != 4 {
		t.Fatalf("%d events before it asks", acts)
	}
	_, err := f.desk.Acting(t.Context(), "alpha", dev.ID) // a token from before
	wantCode(t, err, fault.DeviceRevoked)
	if got, err := f.desk.Current(t.Context(), f.prove(t, key)); err != nil || got.State != device.Revoked {
		t.Errorf("it is told %s, %v; want that it is revoked", got.State, err)
	}

	f.now = f.now.Add(30 * 24 * time.Hour) // offline all the while
	for range 2 {                          // asking again is the same hour: the reply was lost
		p, until, err := f.desk.Own(t.Context(), f.prove(t, key))
		if err != nil || !p.Draining || until.Sub(f.now) > time.Hour || until.Sub(f.now) < 50*time.Minute {
			t.Fatalf("%+v until %v, %v", p, until, err)
		}
		for _, a := range auth.Actions() {
			if _, err := p.May(a); (err == nil) != (a == auth.CreateSubmission) {
				t.Errorf("a draining device and %s: %v", a, err)
			}
		}
		f.now = f.now.Add(5 * time.Minute)
	}
	if last := f.lastAct(t); last.Action != privacy.ActDeviceDrained || len(f.store.Acts()) != 5 {
		t.Errorf("%d events, the last %s", len(f.store.Acts()), last.Action)
	}
	if p, err := f.desk.Acting(t.Context(), "alpha", dev.ID); err != nil || !p.Draining {
		t.Errorf("got %+v, %v", p, err)
	}
	f.now = f.now.Add(50 * time.Minute)
	_, err = f.desk.Acting(t.Context(), "alpha", dev.ID)
	wantCode(t, err, fault.DeviceRevoked)
	_, _, err = f.desk.Own(t.Context(), f.prove(t, key))
	wantCode(t, err, fault.DeviceRevoked)
}

func TestDeviceThatWasNeverConfirmedHasNothingToDeliver(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	f.revoke(t, f.enrol(t, key))
	_, _, err := f.desk.Own(t.Context(), f.prove(t, key))
	wantCode(t, err, fault.DeviceRevoked)
}

func TestRevokingTakesAnAdministratorOrASupervisorOfTheSite(t *testing.T) {
	f := newFixture(t, false)
	dev := f.active(t, prooftest.NewKey(t))
	southern := supervisor
	southern.Sites = []string{"south"}
	wantCode(t, f.desk.Revoke(t.Context(), officer, dev.ID), fault.Forbidden)
	wantCode(t, f.desk.Revoke(t.Context(), southern, dev.ID), fault.NotFound)
	wantCode(t, f.desk.Revoke(t.Context(), administrator, "dev_none"), fault.NotFound)
	for range 2 { // revoking again is no error
		if err := f.desk.Revoke(t.Context(), administrator, dev.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.store.Acts()); n != 4 || f.lastAct(t).Action != privacy.ActDeviceRevoked {
		t.Errorf("%d events, the last of them %s; want one of the revocation", n, f.lastAct(t).Action)
	}
	_, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, f.desk.Fingerprint(dev))
	wantCode(t, err, fault.DeviceNotPending)
}

func TestCodesAreForgottenADayAfterTheirEnd(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	code := f.code(t)
	first, err := f.desk.Enrol(t.Context(), f.prove(t, key), code)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		after time.Duration
		want  bool
	}{{24 * time.Hour, true}, {time.Hour, false}} {
		f.now = f.now.Add(tt.after)
		if err := f.desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		again, err := f.desk.Enrol(t.Context(), f.prove(t, key), code)
		if (err == nil) != tt.want || err == nil && again.ID != first.ID {
			t.Errorf("got %s, %v; want it remembered: %t", again.ID, err, tt.want)
		}
	}
}
