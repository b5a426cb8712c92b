package device_test

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/device/devicetest"
	"waymark/auth/proof"
	"waymark/auth/proof/prooftest"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

var (
	administrator = auth.Principal{Tenant: "alpha", Ref: "usr_admin", Role: auth.Administrator}
	supervisor    = auth.Principal{Tenant: "alpha", Ref: "usr_sup", Role: auth.Supervisor, Sites: []string{"north"}}
	officer       = auth.Principal{Tenant: "alpha", Ref: "usr_off", Role: auth.Officer, Sites: []string{"north"}}
)

type fixture struct {
	desk    *device.Desk
	checker *proof.Checker
	store   *devicetest.Memory
	keys    *privacy.Keys
	now     time.Time
}

func newFixture(t *testing.T, demo bool) *fixture {
	t.Helper()
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{store: &devicetest.Memory{}, keys: keys, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return f.now }
	if f.checker, err = proof.NewChecker(keys, &proof.Memory{}, rand.Reader, clock); err != nil {
		t.Fatal(err)
	}
	f.desk = device.NewDesk(device.Config{
		Devices: f.store, Proofs: f.checker, Trust: token.NewTrust(keys), Keys: keys,
		Policy: device.DefaultPolicy(), Random: rand.Reader, Now: clock, Demo: demo,
	})
	return f
}

// prove gives a fresh proof of a key.
func (f *fixture) prove(t *testing.T, key *prooftest.Key) proof.Verified {
	t.Helper()
	const address = "https://waymark.example/x"
	text := key.Prove(t, prooftest.Request{Method: "POST", Address: address, Nonce: f.checker.Nonce()})
	v, err := f.checker.Check(proof.Shown{Text: text, Method: "POST", Address: address}, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (f *fixture) code(t *testing.T, change ...func(*device.Wish)) string {
	t.Helper()
	w := device.Wish{Site: "north", Country: "TH", Label: "tablet 7"}
	for _, c := range change {
		c(&w)
	}
	code, _, err := f.desk.MakeEnrolment(t.Context(), administrator, w)
	if err != nil {
		t.Fatal(err)
	}
	return code.Encode()
}

func (f *fixture) enrol(t *testing.T, key *prooftest.Key) device.Device {
	t.Helper()
	dev, err := f.desk.Enrol(t.Context(), f.prove(t, key), f.code(t))
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

// active enrols a device and has it confirmed.
func (f *fixture) active(t *testing.T, key *prooftest.Key) device.Device {
	t.Helper()
	dev := f.enrol(t, key)
	dev, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, f.desk.Fingerprint(dev))
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

func (f *fixture) lastAct(t *testing.T) privacy.Event {
	t.Helper()
	acts := f.store.Acts()
	if len(acts) == 0 {
		t.Fatal("nothing was done")
	}
	return acts[len(acts)-1]
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDeviceIsWhatItsCodeWasMadeForAndWaitsToBeConfirmed(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.enrol(t, key)
	if dev.Tenant != "alpha" || dev.Site != "north" || dev.Country != "TH" || dev.Label != "tablet 7" ||
		dev.State != device.Pending || dev.Key != key.Thumbprint() || dev.EnrolledBy != administrator.Ref || dev.EnrolledOn.String() != "2026-11-20" {
		t.Errorf("got %+v", dev)
	}
	var acts []privacy.Act
	for _, e := range f.store.Acts() {
		acts = append(acts, e.Action)
	}
	if want := []privacy.Act{privacy.ActEnrolmentMade, privacy.ActDeviceEnrolled}; !slices.Equal(acts, want) {
		t.Errorf("the events are %v, want %v", acts, want)
	}
}

func TestCodeIsGoodOnceForTenMinutesAndForOneKey(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	enrol := func(key *prooftest.Key, code string) (device.Device, error) {
		return f.desk.Enrol(t.Context(), f.prove(t, key), code)
	}
	code := f.code(t)
	first, err := enrol(key, strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	if err != nil {
		t.Fatal(err)
	}
	again, err := enrol(key, code) // the reply was lost
	if err != nil || again.ID != first.ID {
		t.Errorf("got %s, %v; want the same device", again.ID, err)
	}
	_, err = enrol(prooftest.NewKey(t), code)
	wantCode(t, err, fault.WrongEnrolmentCode)
	_, err = enrol(key, f.code(t)) // a key enrols once
	wantCode(t, err, fault.WrongEnrolmentCode)
	for name, typed := range map[string]string{"empty": "", "mistyped": "0000" + code[4:], "never made": newFixture(t, false).code(t), "very long": strings.Repeat("0", 1<<16)} {
		if _, err := enrol(prooftest.NewKey(t), typed); fault.CodeOf(err) != fault.WrongEnrolmentCode {
			t.Errorf("%s: got %v", name, err)
		}
	}

	late := f.code(t)
	f.now = f.now.Add(10 * time.Minute)
	_, err = enrol(prooftest.NewKey(t), late)
	wantCode(t, err, fault.WrongEnrolmentCode)
	if again, err = enrol(key, code); err != nil || again.ID != first.ID {
		t.Errorf("a lost reply, asked for later: got %s, %v", again.ID, err)
	}
}

func TestOfTwoTabletsThatUseOneCodeAtOnceOneIsFirst(t *testing.T) {
	f, code := newFixture(t, false), ""
	code = f.code(t)
	f.store.Before(func() {
		if _, err := f.desk.Enrol(t.Context(), f.prove(t, prooftest.NewKey(t)), code); err != nil {
			t.Error(err)
		}
	})
	_, err := f.desk.Enrol(t.Context(), f.prove(t, prooftest.NewKey(t)), code)
	wantCode(t, err, fault.WrongEnrolmentCode)
}

func TestProofIsNotSpentOnAWrongCodeAndOnceOnARightOne(t *testing.T) {
	f := newFixture(t, false)
	v := f.prove(t, prooftest.NewKey(t))
	_, err := f.desk.Enrol(t.Context(), v, "wrong")
	wantCode(t, err, fault.WrongEnrolmentCode)
	code := f.code(t)
	if _, err = f.desk.Enrol(t.Context(), v, code); err != nil {
		t.Errorf("after a wrong code: %v", err)
	}
	_, err = f.desk.Enrol(t.Context(), v, code)
	wantCode(t, err, fault.Unauthenticated)
}

func TestWishesAreCheckedByField(t *testing.T) {
	f := newFixture(t, false)
	for pointer, change := range map[string]func(*device.Wish){
		"/site":                  func(w *device.Wish) { w.Site = "Mae Sot" },
		"/country":               func(w *device.Wish) { w.Country = "Thailand" },
		"/label required":        func(w *device.Wish) { w.Label = "  " },
		"/label too_long":        func(w *device.Wish) { w.Label = strings.Repeat("ü", 41) },
		"/label wrong_type":      func(w *device.Wish) { w.Label = "tablet\x1b[2J" },
		"/label wrong_type \xff": func(w *device.Wish) { w.Label = "tablet\u202e7" },
	} {
		w := device.Wish{Site: "north", Country: "TH", Label: strings.Repeat("ü", 40)}
		change(&w)
		_, _, err := f.desk.MakeEnrolment(t.Context(), administrator, w)
		wantCode(t, err, fault.Invalid)
		if want := strings.TrimSuffix(pointer, " \xff"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
	for _, p := range []auth.Principal{officer, supervisor, {}} {
		_, _, err := f.desk.MakeEnrolment(t.Context(), p, device.Wish{Site: "north", Country: "TH", Label: "x"})
		wantCode(t, err, fault.Forbidden)
	}
}

func TestFingerprintIsOfBothKeys(t *testing.T) {
	f := newFixture(t, false)
	first, second := f.enrol(t, prooftest.NewKey(t)), f.enrol(t, prooftest.NewKey(t))
	got := f.desk.Fingerprint(first)
	if !regexp.MustCompile(`^\d{4} \d{4} \d{4}$`).MatchString(got) {
		t.Errorf("got %q, want twelve digits in groups of four", got)
	}
	if got == f.desk.Fingerprint(second) {
		t.Error("two devices have one fingerprint")
	}
	if got == newFixture(t, false).desk.Fingerprint(first) {
		t.Error("the fingerprint is the same with another trust key")
	}
}

func TestConfirmingTakesASupervisorOfTheSiteWhoDidNotMakeTheCodeAndTheRightFingerprint(t *testing.T) {
	f := newFixture(t, false)
	dev := f.enrol(t, prooftest.NewKey(t))
	right := f.desk.Fingerprint(dev)
	maker := supervisor
	maker.Ref = administrator.Ref // became a supervisor
	elsewhere, abroad := supervisor, supervisor
	elsewhere.Sites, abroad.Tenant = []string{"south"}, "beta"
	for name, tt := range map[string]struct {
		p           auth.Principal
		fingerprint string
		want        fault.Code
	}{
		"an administrator":        {administrator, right, fault.Forbidden},
		"an officer":              {officer, right, fault.Forbidden},
		"who made the code":       {maker, right, fault.SelfConfirmation},
		"of another site":         {elsewhere, right, fault.NotFound},
		"of another agency":       {abroad, right, fault.NotFound},
		"with another":            {supervisor, "0000 0000 0000", fault.Invalid},
		"with none":               {supervisor, "", fault.Invalid},
		"with only a part of it":  {supervisor, right[:9], fault.Invalid},
		"with more than there is": {supervisor, right + "0", fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.desk.Confirm(t.Context(), tt.p, dev.ID, tt.fingerprint)
			wantCode(t, err, tt.want)
		})
	}
	if last := f.lastAct(t); last.Action != privacy.ActDeviceEnrolled {
		t.Fatalf("a refused confirmation left the event %s", last.Action)
	}
	for range 2 { // confirming again is no error
		got, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, strings.ReplaceAll(right, " ", ""))
		if err != nil || got.State != device.Active || got.ConfirmedBy != supervisor.Ref {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	if n := len(f.store.Acts()); n != 3 || f.lastAct(t).Action != privacy.ActDeviceConfirmed {
		t.Errorf("%d events, the last of them %+v; want one of the confirmation", n, f.lastAct(t))
	}
}

func TestConfirmationThatComesAfterARevocationIsRefused(t *testing.T) {
	f := newFixture(t, false)
	dev := f.enrol(t, prooftest.NewKey(t))
	f.store.Before(func() {
		if err := f.desk.Revoke(t.Context(), administrator, dev.ID); err != nil {
			t.Error(err)
		}
	})
	_, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, f.desk.Fingerprint(dev))
	wantCode(t, err, fault.DeviceNotPending)
}

func TestListHasWhatIsInScopeAndPendingDevicesFirst(t *testing.T) {
	f := newFixture(t, false)
	active := f.active(t, prooftest.NewKey(t))
	revoked := f.active(t, prooftest.NewKey(t))
	if err := f.desk.Revoke(t.Context(), supervisor, revoked.ID); err != nil {
		t.Fatal(err)
	}
	pending := f.enrol(t, prooftest.NewKey(t))
	elsewhere, err := f.desk.Enrol(t.Context(), f.prove(t, prooftest.NewKey(t)), f.code(t, func(w *device.Wish) { w.Site = "south" }))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		p    auth.Principal
		want []string
	}{
		"supervisor":    {supervisor, []string{pending.ID, active.ID, revoked.ID}},
		"administrator": {administrator, []string{pending.ID, elsewhere.ID, active.ID, revoked.ID}},
		"other agency":  {auth.Principal{Tenant: "beta", Ref: "x", Role: auth.Administrator}, nil},
	} {
		list, err := f.desk.List(t.Context(), tt.p)
		var got []string
		for _, dev := range list {
			got = append(got, dev.ID)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, %v; want %v", name, got, err, tt.want)
		}
	}
	_, err = f.desk.List(t.Context(), officer)
	wantCode(t, err, fault.Forbidden)
}

// CRA-7: leases use the server's time.
func TestContactRenewsTheLeaseAndIsWrittenOnceAMinute(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.active(t, key)
	current := func() device.Device {
		t.Helper()
		dev, err := f.desk.Current(t.Context(), f.prove(t, key))
		if err != nil {
			t.Fatal(err)
		}
		return dev
	}
	if f.desk.LeaseOver(dev) {
		t.Error("the lease of a device is over before its first contact")
	}
	before := f.store.Writes()
	for range 60 { // a poll a second
		current()
		f.now = f.now.Add(time.Second)
	}
	if n := f.store.Writes() - before; n != 1 {
		t.Errorf("%d writes in a minute, want 1", n)
	}
	f.now = f.now.Add(time.Minute)
	if dev = current(); !dev.LastContact.Equal(f.now) || !f.desk.LeaseUntil(dev).Equal(f.now.Add(7*24*time.Hour)) {
		t.Errorf("last contact %v, lease until %v", dev.LastContact, f.desk.LeaseUntil(dev))
	}
	f.now = f.now.Add(7*24*time.Hour + time.Second)
	if !f.desk.LeaseOver(dev) {
		t.Error("the lease does not end")
	}
	if dev = current(); f.desk.LeaseOver(dev) {
		t.Error("a contact does not renew the lease")
	}
	_, err := f.desk.Current(t.Context(), f.prove(t, prooftest.NewKey(t)))
	wantCode(t, err, fault.DeviceUnknown)
}

func TestHealthIsKeptForActiveDevicesAndChecked(t *testing.T) {
	f, key := newFixture(t, false), prooftest.NewKey(t)
	dev := f.enrol(t, key)
	report := func(h device.Health) error { return f.desk.Report(t.Context(), f.prove(t, key), h) }
	good := device.Health{Waiting: 3, Oldest: 20_000, Rejected: 1, Persistent: true, Free: 900, App: "1.0.0", Languages: []string{"am", "en"}}
	wantCode(t, report(good), fault.DevicePending)
	if _, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, f.desk.Fingerprint(dev)); err != nil {
		t.Fatal(err)
	}
	if err := report(good); err != nil {
		t.Fatal(err)
	}
	list, err := f.desk.List(t.Context(), supervisor)
	if err != nil || len(list) != 1 || list[0].Health == nil || list[0].Health.Waiting != 3 || !list[0].LastContact.Equal(f.now) {
		t.Errorf("got %+v, %v", list, err)
	}
	for pointer, bad := range map[string]device.Health{
		"/waiting": {Waiting: -1}, "/rejected": {Rejected: 1 << 40}, "/free": {Free: -1},
		"/app": {App: strings.Repeat("x", 41)}, "/languages too_many": {Languages: make([]string, 41)}, "/languages too_long": {Languages: []string{strings.Repeat("x", 21)}},
	} {
		err := report(bad)
		wantCode(t, err, fault.Invalid)
		if err == nil || !strings.Contains(err.Error(), pointer) {
			t.Errorf("got %v, want it to name %s", err, pointer)
		}
	}
	if err := f.desk.Revoke(t.Context(), supervisor, dev.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, report(good), fault.DeviceRevoked)
}

func TestDevicesOfTheDemoExistInDemoModeOnly(t *testing.T) {
	for _, demo := range []bool{true, false} {
		f, key := newFixture(t, true), prooftest.NewKey(t)
		code := f.code(t, func(w *device.Wish) { w.Demo, w.Life = true, 24*time.Hour })
		dev, err := f.desk.Enrol(t.Context(), f.prove(t, key), code)
		if err != nil {
			t.Fatal(err)
		}
		late := f.code(t, func(w *device.Wish) { w.Demo, w.Life = true, 24*time.Hour })
		f.now = f.now.Add(23 * time.Hour)
		if !demo { // the server is started again without the demo
			f.restart()
		}
		_, err = f.desk.Enrol(t.Context(), f.prove(t, prooftest.NewKey(t)), late)
		if (err == nil) != demo {
			t.Errorf("demo %t: a code of the demo: %v", demo, err)
		}
		_, err = f.desk.Current(t.Context(), f.prove(t, key))
		if (err == nil) != demo {
			t.Errorf("demo %t: a device of the demo: %v", demo, err)
		}
		if _, err := f.desk.Confirm(t.Context(), supervisor, dev.ID, f.desk.Fingerprint(dev)); (err == nil) != demo {
			t.Errorf("demo %t: confirming a device of the demo: %v", demo, err)
		}
		if list, err := f.desk.List(t.Context(), administrator); err != nil || (len(list) > 0) != demo {
			t.Errorf("demo %t: the list has %d devices, %v", demo, len(list), err)
		}
	}
}
