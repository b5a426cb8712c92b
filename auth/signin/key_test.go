package signin_test

import (
	"slices"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/proof/prooftest"
	"waymark/auth/signin"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

var (
	admin      = auth.Principal{Tenant: "alpha", Ref: "usr_admin", Role: auth.Administrator}
	supervisor = auth.Principal{Tenant: "alpha", Ref: "usr_sup", Role: auth.Supervisor, Sites: []string{"north"}}
)

// withKeys is a desk that gives only tokens that are bound to a key, as a
// deployment does by default.
func withKeys(t *testing.T) fixture {
	t.Helper()
	f := newFixture(t, false)
	f.config.BearerTokens = false
	f.desk = signin.NewDesk(f.config)
	for _, u := range []signin.User{
		{Tenant: "alpha", Name: "supervisor", Role: auth.Supervisor, Sites: []string{"north"}},
		{Tenant: "alpha", Name: "southern", Role: auth.Officer, Sites: []string{"south"}},
	} {
		if _, err := f.admin.Add(t.Context(), u, password); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

const (
	tokenAddress = "https://waymark.example/v1/auth/token"
	apiAddress   = "https://waymark.example/v1/records"
)

// show is a fresh proof of a key for the token endpoint.
func (f fixture) show(t *testing.T, key *prooftest.Key) proof.Shown {
	t.Helper()
	text := key.Prove(t, prooftest.Request{Method: "POST", Address: tokenAddress, Nonce: f.proofs.Nonce()})
	return proof.Shown{Text: text, Method: "POST", Address: tokenAddress}
}

// beside is a token with a fresh proof of a key.
func (f fixture) beside(t *testing.T, key *prooftest.Key, accessToken string) signin.Credentials {
	t.Helper()
	text := key.Prove(t, prooftest.Request{Method: "GET", Address: apiAddress, Nonce: f.proofs.Nonce(), AccessToken: accessToken})
	return signin.Credentials{AccessToken: accessToken, Bound: true, Proof: proof.Shown{Text: text, Method: "GET", Address: apiAddress}}
}

// tablet enrols a device with a key and has it confirmed.
func (f fixture) tablet(t *testing.T, key *prooftest.Key) device.Device {
	t.Helper()
	code, _, err := f.devices.MakeEnrolment(t.Context(), admin, device.Wish{Site: "north", Country: "TH", Label: "7"})
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.proofs.Check(f.show(t, key), "")
	if err != nil {
		t.Fatal(err)
	}
	dev, err := f.devices.Enrol(t.Context(), v, code.Encode())
	if err == nil {
		dev, err = f.devices.Confirm(t.Context(), supervisor, dev.ID, f.devices.Fingerprint(dev))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

func (f fixture) signInWith(t *testing.T, key *prooftest.Key) signin.Grant {
	t.Helper()
	g, err := f.desk.SignIn(t.Context(), "alpha", "officer", password, f.show(t, key))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// onlyFamily is the id of the one sign-in there is.
func (f fixture) onlyFamily(t *testing.T) string {
	t.Helper()
	if len(f.store.families) != 1 {
		t.Fatalf("there are %d sign-ins", len(f.store.families))
	}
	for id := range f.store.families {
		return id
	}
	return ""
}

func TestWithoutAKeyNothingIsGivenOrTakenUnlessTheDeploymentSaysSo(t *testing.T) {
	f := withKeys(t)
	lax := signin.NewDesk(func() signin.Config { c := f.config; c.BearerTokens = true; return c }())
	g, err := lax.SignIn(t.Context(), "alpha", "officer", password, proof.Shown{})
	if err != nil || g.Bound {
		t.Fatalf("bound %t, %v", g.Bound, err)
	}
	if _, err := lax.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken}); err != nil {
		t.Fatal(err)
	}
	_, err = f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken})
	wantCode(t, err, fault.Unauthenticated)
	_, err = f.desk.Refresh(t.Context(), g.RefreshToken, "", proof.Shown{})
	wantCode(t, err, fault.ProofNeeded)
	_, err = f.desk.Refresh(t.Context(), g.RefreshToken, "", f.show(t, prooftest.NewKey(t))) // binding it afterwards
	wantCode(t, err, fault.WrongRefreshToken)
	_, err = f.desk.SignIn(t.Context(), "alpha", "officer", password, proof.Shown{})
	wantCode(t, err, fault.ProofNeeded)
	_, err = f.desk.Tablet(t.Context(), proof.Shown{})
	wantCode(t, err, fault.ProofNeeded)
}

func TestSignInOnATabletBindsTokensToItsKeyAndNamesTheDevice(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	dev := f.tablet(t, key)
	g := f.signInWith(t, key)
	if !g.Bound || g.Principal.Device != dev.ID {
		t.Errorf("bound %t, device %q; want %q", g.Bound, g.Principal.Device, dev.ID)
	}
	p, err := f.desk.Authenticate(t.Context(), f.beside(t, key, g.AccessToken))
	if err != nil || p.Device != dev.ID || p.Role != auth.Officer || p.Draining {
		t.Errorf("got %+v, %v", p, err)
	}
	if err := f.devices.Holder(t.Context(), "alpha", dev.ID, g.Principal.Ref); err != nil {
		t.Errorf("the device does not know who signed in: %v", err)
	}
}

func TestOfficersSignInOnATabletOfTheirSiteAndSupervisorsAnywhere(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	f.tablet(t, key)
	signIn := func(name, word string, key *prooftest.Key) error {
		_, err := f.desk.SignIn(t.Context(), "alpha", name, word, f.show(t, key))
		return err
	}
	wantCode(t, signIn("officer", password, prooftest.NewKey(t)), fault.DeviceUnknown)
	wantCode(t, signIn("southern", password, key), fault.DeviceElsewhere)
	wantCode(t, signIn("officer", "wrong password", prooftest.NewKey(t)), fault.WrongCredentials) // says nothing of devices
	if err := signIn("supervisor", password, prooftest.NewKey(t)); err != nil {
		t.Errorf("a supervisor with a key of their own: %v", err)
	}
}

// TOK-8: a token without its proof, or with another key's.
func TestTOK8BoundTokenIsGoodBesideAProofOfItsKeyOnly(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	f.tablet(t, key)
	g := f.signInWith(t, key)
	other := prooftest.NewKey(t)
	f.tablet(t, other)
	others := f.signInWith(t, other)
	right := func() signin.Credentials { return f.beside(t, key, g.AccessToken) }
	spent := right()
	for round := range 2 { // the second time from memory
		if _, err := f.desk.Authenticate(t.Context(), right()); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]signin.Credentials{
			"as a bearer token":             {AccessToken: g.AccessToken},
			"as a bearer token, with proof": {AccessToken: g.AccessToken, Proof: right().Proof},
			"without a proof":               {AccessToken: g.AccessToken, Bound: true},
			"another key's proof":           f.beside(t, other, g.AccessToken),
			"a proof beside another token":  {AccessToken: g.AccessToken, Bound: true, Proof: f.beside(t, key, others.AccessToken).Proof},
			"a proof beside no token":       {AccessToken: g.AccessToken, Bound: true, Proof: f.show(t, key)},
			"another token":                 {AccessToken: others.AccessToken, Bound: true, Proof: right().Proof},
			"no token":                      {Bound: true, Proof: right().Proof},
		} {
			if _, err := f.desk.Authenticate(t.Context(), c); fault.CodeOf(err) != fault.Unauthenticated {
				t.Errorf("round %d: %s: got %v, want unauthenticated", round, name, err)
			}
		}
	}
	if _, err := f.desk.Authenticate(t.Context(), spent); err != nil {
		t.Fatal(err)
	}
	_, err := f.desk.Authenticate(t.Context(), spent) // TOK-9: replayed
	wantCode(t, err, fault.Unauthenticated)

	stale := right()
	*f.clock = f.clock.Add(11 * time.Minute)
	g, err = f.desk.Refresh(t.Context(), g.RefreshToken, "", f.show(t, key))
	if err != nil {
		t.Fatal(err)
	}
	old := f.beside(t, key, g.AccessToken)
	old.Proof = stale.Proof
	_, err = f.desk.Authenticate(t.Context(), old)
	wantCode(t, err, fault.Unauthenticated) // another token and an old nonce
}

// TOK-8: where tokens without a key are taken too, one that is bound stays so.
func TestTOK8TokenIsNotUnboundWhereBearerTokensAreAllowed(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	f.config.BearerTokens = true
	f.desk = signin.NewDesk(f.config)
	f.tablet(t, key)
	g := f.signInWith(t, key)
	_, err := f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken})
	wantCode(t, err, fault.Unauthenticated)
	_, err = f.desk.Refresh(t.Context(), g.RefreshToken, "", proof.Shown{})
	wantCode(t, err, fault.WrongRefreshToken)
	stripped, err := f.tokens.Issue(token.Bearer{Tenant: "alpha", Ref: g.Principal.Ref, Grant: f.onlyFamily(t)}, "j") // as if the binding had got lost
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: stripped})
	wantCode(t, err, fault.Unauthenticated)
	free := f.signIn(t)
	_, err = f.desk.Authenticate(t.Context(), f.beside(t, key, free.AccessToken))
	wantCode(t, err, fault.Unauthenticated)
	_, err = f.desk.Refresh(t.Context(), free.RefreshToken, "", f.show(t, key))
	wantCode(t, err, fault.WrongRefreshToken)
}

// TOK-7 with keys: whoever picked a refresh token up can neither use it nor sign
// its owner out.
func TestTOK7RefreshTokenShownWithAnotherKeyIsRefusedAndEndsNothing(t *testing.T) {
	f, key, thief := withKeys(t), prooftest.NewKey(t), prooftest.NewKey(t)
	f.tablet(t, key)
	f.tablet(t, thief)
	first := f.signInWith(t, key)
	second, err := f.desk.Refresh(t.Context(), first.RefreshToken, "k", f.show(t, key))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{first.RefreshToken, second.RefreshToken} { // a used one too
		_, err := f.desk.Refresh(t.Context(), text, "k", f.show(t, thief))
		wantCode(t, err, fault.WrongRefreshToken)
		_, err = f.desk.Refresh(t.Context(), text, "k", proof.Shown{})
		wantCode(t, err, fault.ProofNeeded)
	}
	again, err := f.desk.Refresh(t.Context(), first.RefreshToken, "k", f.show(t, key)) // the reply was lost
	if err != nil || again.RefreshToken != second.RefreshToken {
		t.Errorf("a lost reply, asked for again: %v", err)
	}
	if _, err := f.desk.Refresh(t.Context(), second.RefreshToken, "", f.show(t, key)); err != nil {
		t.Errorf("the owner after the thief: %v", err)
	}
}

func TestRefreshNeedsAFreshProofAndRotatesNothingWithoutOne(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	f.tablet(t, key)
	g := f.signInWith(t, key)
	s := f.show(t, key)
	*f.clock = f.clock.Add(11 * time.Minute)
	_, err := f.desk.Refresh(t.Context(), g.RefreshToken, "", s)
	wantCode(t, err, fault.NonceNeeded)
	s = f.show(t, key)
	next, err := f.desk.Refresh(t.Context(), g.RefreshToken, "", s)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.desk.Refresh(t.Context(), next.RefreshToken, "", s) // the proof was used
	wantCode(t, err, fault.Unauthenticated)
	if _, err := f.desk.Refresh(t.Context(), next.RefreshToken, "", f.show(t, key)); err != nil {
		t.Errorf("after a replayed proof: %v", err)
	}
}

// TOK-10: a key that was copied together with the tokens. Whoever refreshes
// second shows a used token with the right key, and the sign-in ends for both. A
// copied key with a sign-in of its own is not noticed; see ADR 21.
func TestTOK10ClonedKeyWithItsTokensEndsTheSignIn(t *testing.T) {
	for _, first := range []string{"owner", "clone"} {
		f, key := withKeys(t), prooftest.NewKey(t)
		f.tablet(t, key)
		g := f.signInWith(t, key)
		next, err := f.desk.Refresh(t.Context(), g.RefreshToken, first, f.show(t, key))
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.desk.Refresh(t.Context(), g.RefreshToken, "the other", f.show(t, key))
		wantCode(t, err, fault.WrongRefreshToken)
		_, err = f.desk.Refresh(t.Context(), next.RefreshToken, first, f.show(t, key))
		wantCode(t, err, fault.WrongRefreshToken)
		if !slices.Contains(f.store.acts, privacy.ActRefreshReuse) {
			t.Errorf("%s first: the reuse is not on record", first)
		}
	}
}

// TAB-6, the server's side: a revoked tablet is out in seconds, whoever is
// signed in on it, and is told why.
func TestTAB6RevokedTabletIsOutWithinSecondsAndIsToldSo(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	dev := f.tablet(t, key)
	g := f.signInWith(t, key)
	chief, err := f.desk.SignIn(t.Context(), "alpha", "supervisor", password, f.show(t, key))
	if err != nil {
		t.Fatal(err)
	}
	own, err := f.desk.Tablet(t.Context(), f.show(t, key))
	if err != nil {
		t.Fatal(err)
	}
	grants := map[string]signin.Grant{"officer": g, "supervisor": chief, "the tablet itself": own}
	for name, g := range grants {
		if _, err := f.desk.Authenticate(t.Context(), f.beside(t, key, g.AccessToken)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if err := f.devices.Revoke(t.Context(), admin, dev.ID); err != nil {
		t.Fatal(err)
	}
	*f.clock = f.clock.Add(5 * time.Second)
	for name, g := range grants {
		if _, err := f.desk.Authenticate(t.Context(), f.beside(t, key, g.AccessToken)); fault.CodeOf(err) != fault.DeviceRevoked {
			t.Errorf("%s: got %v, want device_revoked", name, err)
		}
	}
	_, err = f.desk.Refresh(t.Context(), g.RefreshToken, "", f.show(t, key))
	wantCode(t, err, fault.DeviceRevoked)
	_, err = f.desk.SignIn(t.Context(), "alpha", "officer", password, f.show(t, key))
	wantCode(t, err, fault.DeviceRevoked)
	if err := f.desk.SignOut(t.Context(), g.RefreshToken); err != nil {
		t.Errorf("signing out on it: %v", err)
	}

	drain, err := f.desk.Tablet(t.Context(), f.show(t, key))
	if err != nil || drain.ExpiresIn != time.Hour || drain.RefreshToken != "" || !drain.Principal.Draining {
		t.Fatalf("got %+v, %v; want an hour to deliver in", drain.Principal, err)
	}
	*f.clock = f.clock.Add(59 * time.Minute)
	if p, err := f.desk.Authenticate(t.Context(), f.beside(t, key, drain.AccessToken)); err != nil || !p.Draining {
		t.Errorf("got %+v, %v", p, err)
	}
	*f.clock = f.clock.Add(time.Minute)
	_, err = f.desk.Authenticate(t.Context(), f.beside(t, key, drain.AccessToken))
	wantCode(t, err, fault.DeviceRevoked)
	_, err = f.desk.Tablet(t.Context(), f.show(t, key))
	wantCode(t, err, fault.DeviceRevoked)
}

func TestTabletsOwnTokenIsOfTheTabletAndLastsMinutes(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	dev := f.tablet(t, key)
	g, err := f.desk.Tablet(t.Context(), f.show(t, key))
	if err != nil || g.RefreshToken != "" || !g.Bound || g.ExpiresIn != 5*time.Minute || g.Principal.Role != auth.Tablet {
		t.Fatalf("got %+v, %v", g, err)
	}
	p, err := f.desk.Authenticate(t.Context(), f.beside(t, key, g.AccessToken))
	if err != nil || string(p.Ref) != dev.ID || p.Role != auth.Tablet || p.Draining {
		t.Errorf("got %+v, %v", p, err)
	}
	_, err = f.desk.Authenticate(t.Context(), f.beside(t, prooftest.NewKey(t), g.AccessToken))
	wantCode(t, err, fault.Unauthenticated)
	_, err = f.desk.Tablet(t.Context(), f.show(t, prooftest.NewKey(t)))
	wantCode(t, err, fault.DeviceUnknown)
}

func TestOfficerWhoMovesToAnotherSiteIsOutOnTheOldTablet(t *testing.T) {
	f, key := withKeys(t), prooftest.NewKey(t)
	f.tablet(t, key)
	g := f.signInWith(t, key)
	u := f.store.users["alpha/officer"]
	u.Sites = []string{"south"}
	f.store.users["alpha/officer"] = u
	*f.clock = f.clock.Add(6 * time.Second)
	_, err := f.desk.Authenticate(t.Context(), f.beside(t, key, g.AccessToken))
	wantCode(t, err, fault.DeviceElsewhere)
}
