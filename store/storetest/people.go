package storetest

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/signin"
	"waymark/fault"
	"waymark/privacy"
)

func users(t *testing.T, o Opened) {
	u := signin.User{
		Tenant: agency, Name: "officer", Ref: "usr_1", Role: auth.Officer, Sites: []string{north},
		Password: "$argon2id$…", Demo: true, Version: 1,
	}
	e := privacy.Event{At: noon, Actor: "tool", Action: privacy.ActUserSaved, Object: "usr_1"}
	if err := o.Store.SaveUser(t.Context(), u, e); err != nil {
		t.Fatal(err)
	}
	again := u
	again.Ref = "usr_2"
	wantCode(t, o.Store.SaveUser(t.Context(), again, e), fault.StaleVersion)

	elsewhere := u
	elsewhere.Tenant, elsewhere.Sites = other, nil
	if err := o.Store.SaveUser(t.Context(), elsewhere, e); err != nil {
		t.Fatalf("the same name in another agency: %v", err)
	}

	changed := u
	changed.Disabled, changed.Sites, changed.Version = true, []string{north, south}, 2
	if err := o.Store.SaveUser(t.Context(), changed, e); err != nil {
		t.Fatal(err)
	}
	wantCode(t, o.Store.SaveUser(t.Context(), changed, e), fault.StaleVersion)

	for what, find := range map[string]func() (signin.User, error){
		"by name": func() (signin.User, error) { return o.Store.UserByName(t.Context(), agency, "officer") },
		"by ref":  func() (signin.User, error) { return o.Store.UserByRef(t.Context(), agency, "usr_1") },
	} {
		got, err := find()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		wantSame(t, what, got, changed)
	}
	_, err := o.Store.UserByName(t.Context(), agency, "nobody")
	wantCode(t, err, fault.NotFound)
	_, err = o.Store.UserByRef(t.Context(), other, "usr_2")
	wantCode(t, err, fault.NotFound)

	for tenant, want := range map[string]int{agency: 1, other: 1, "": 2, "gamma": 0} {
		if got, err := o.Store.ListUsers(t.Context(), tenant); err != nil || len(got) != want {
			t.Errorf("ListUsers(%q): %d users, %v; want %d", tenant, len(got), err, want)
		}
	}
}

func families(t *testing.T, o Opened) {
	f := signin.Family{
		ID: "AAAAAAAAAAAAAAAAAAAAAA", Tenant: agency, User: "usr_1", Number: 1,
		Refreshed: noon, Expires: noon.Add(time.Hour), Ends: noon.Add(2 * time.Hour),
		Key: "thumbprint", Device: "dev_1", Version: 1,
	}
	e := privacy.Event{At: noon, Actor: "usr_1", Action: privacy.ActSignedIn, Object: "usr_1"}
	if err := o.Store.CreateFamily(t.Context(), f, e); err != nil {
		t.Fatal(err)
	}
	next := f
	next.Number, next.Retry, next.Version = 2, []byte{1, 2, 3}, 2
	if err := o.Store.ReplaceFamily(t.Context(), next, nil); err != nil {
		t.Fatal(err)
	}
	wantCode(t, o.Store.ReplaceFamily(t.Context(), next, &e), fault.StaleVersion)
	got, err := o.Store.FindFamily(t.Context(), agency, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the sign-in", got, next)
	_, err = o.Store.FindFamily(t.Context(), other, f.ID)
	wantCode(t, err, fault.NotFound)

	for _, step := range []struct {
		before time.Time
		want   fault.Code
	}{{f.Expires, ""}, {f.Expires.Add(time.Second), fault.NotFound}} {
		if err := o.Store.DropFamilies(t.Context(), step.before); err != nil {
			t.Fatal(err)
		}
		_, err := o.Store.FindFamily(t.Context(), agency, f.ID)
		if step.want == "" && err != nil || step.want != "" && fault.CodeOf(err) != step.want {
			t.Errorf("after dropping what ended before %v: %v", step.before, err)
		}
	}
}

func vault(t *testing.T, o Opened) {
	index := o.VaultKeys.BlindIndex(agency, "MS-2026-0412")
	first, second := must(privacy.NewPseudonym(rand.Reader)), must(privacy.NewPseudonym(rand.Reader))
	subject := func(tenant string, proposed privacy.Pseudonym) privacy.Pseudonym {
		t.Helper()
		got, err := o.Vault.Subject(t.Context(), tenant, index, proposed)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := subject(agency, first); got != first {
		t.Error("a new reference did not take the proposed subject")
	}
	if got := subject(agency, second); got != first {
		t.Error("a known reference changed its subject")
	}
	if got := subject(other, second); got != second {
		t.Error("another agency's subject was given out")
	}

	race := o.VaultKeys.BlindIndex(agency, "raced")
	var (
		wg  sync.WaitGroup
		got = make([]privacy.Pseudonym, 8)
	)
	for i := range got {
		wg.Go(func() {
			p, err := o.Vault.Subject(t.Context(), agency, race, must(privacy.NewPseudonym(rand.Reader)))
			if err != nil {
				t.Errorf("Subject: %v", err)
			}
			got[i] = p
		})
	}
	wg.Wait()
	for _, p := range got {
		if p != got[0] {
			t.Fatal("one reference got two subjects")
		}
	}
}
