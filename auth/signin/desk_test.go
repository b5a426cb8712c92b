package signin_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/device/devicetest"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

// memory keeps users and sign-ins for these tests; the stores have a suite of
// their own.
type memory struct {
	mu       sync.Mutex
	users    map[string]signin.User
	families map[string]signin.Family
	acts     []privacy.Act
	down     error
}

func (m *memory) UserByName(_ context.Context, tenant, name string) (signin.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if u, ok := m.users[tenant+"/"+name]; ok {
		return u, nil
	}
	if m.down != nil {
		return signin.User{}, m.down
	}
	return signin.User{}, fault.New(fault.NotFound)
}

func (m *memory) UserByRef(_ context.Context, tenant string, ref auth.Ref) (signin.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.users {
		if u.Tenant == tenant && u.Ref == ref {
			return u, nil
		}
	}
	return signin.User{}, fault.New(fault.NotFound)
}

func (m *memory) ListUsers(context.Context, string) ([]signin.User, error) { return nil, nil }

func (m *memory) SaveUser(_ context.Context, u signin.User, e privacy.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.users[u.Tenant+"/"+u.Name].Version != u.Version-1 {
		return fault.New(fault.StaleVersion)
	}
	m.users[u.Tenant+"/"+u.Name] = u
	m.acts = append(m.acts, e.Action)
	return nil
}

func (m *memory) CreateFamily(_ context.Context, f signin.Family, e privacy.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.families[f.ID] = f
	m.acts = append(m.acts, e.Action)
	return nil
}

func (m *memory) FindFamily(_ context.Context, tenant, id string) (signin.Family, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.families[id]; ok && f.Tenant == tenant {
		return f, nil
	}
	return signin.Family{}, fault.New(fault.NotFound)
}

func (m *memory) ReplaceFamily(_ context.Context, f signin.Family, e *privacy.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.families[f.ID].Version != f.Version-1 {
		return fault.New(fault.StaleVersion)
	}
	m.families[f.ID] = f
	if e != nil {
		m.acts = append(m.acts, e.Action)
	}
	return nil
}

func (m *memory) DropFamilies(_ context.Context, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, f := range m.families {
		if f.Expires.Before(before) {
			delete(m.families, id)
		}
	}
	return nil
}

const password = "correct horse battery"

type fixture struct {
	config  signin.Config
	devices *device.Desk
	tablets *devicetest.Memory
	proofs  *proof.Checker

	desk   *signin.Desk
	store  *memory
	clock  *time.Time
	admin  *signin.Registry
	tokens *token.Tokens
}

func newFixture(t *testing.T, demo bool) fixture {
	t.Helper()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	clock := &now
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tick := func() time.Time { return *clock }
	f := fixture{
		store: &memory{users: map[string]signin.User{}, families: map[string]signin.Family{}}, clock: clock,
		tokens: token.New(token.Config{Issuer: "w", Audience: "a", Life: 5 * time.Minute, Now: tick}, token.NewKeySet(key)),
	}
	f.tablets = &devicetest.Memory{}
	if f.proofs, err = proof.NewChecker(keys, &proof.Memory{}, rand.Reader, tick); err != nil {
		t.Fatal(err)
	}
	f.devices = device.NewDesk(device.Config{
		Devices: f.tablets, Proofs: f.proofs, Trust: token.NewTrust(keys), Keys: keys, Policy: device.DefaultPolicy(), Random: rand.Reader, Now: tick,
	})
	cheap := signin.Hashing{Time: 1, MemoryKiB: 64, Threads: 1}
	f.config = signin.Config{
		Users: f.store, Families: f.store, Devices: f.devices, Proofs: f.proofs, Tokens: f.tokens, Keys: keys,
		Hashing: cheap, Random: rand.Reader, Now: tick, Demo: demo, BearerTokens: true,
	}
	f.desk = signin.NewDesk(f.config)
	f.admin = signin.NewRegistry(f.store, cheap, rand.Reader, tick, "test")
	if _, err := f.admin.Add(t.Context(), signin.User{Tenant: "alpha", Name: "Officer", Role: auth.Officer, Sites: []string{"north"}}, password); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f fixture) signIn(t *testing.T) signin.Grant {
	t.Helper()
	g, err := f.desk.SignIn(t.Context(), "alpha", "officer", password, proof.Shown{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSignInGivesATokenForTheUserAndTheirRoleFromTheStore(t *testing.T) {
	f := newFixture(t, false)
	g := f.signIn(t)
	p, err := f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken})
	if err != nil || p.Role != auth.Officer || p.Tenant != "alpha" || p.Site() != "north" {
		t.Fatalf("got %+v, %v", p, err)
	}
	if g.ExpiresIn != 5*time.Minute {
		t.Errorf("expires in %v", g.ExpiresIn)
	}
}

func TestWrongCredentialsAllLookAlike(t *testing.T) {
	f := newFixture(t, false)
	if err := f.admin.SetDisabled(t.Context(), "alpha", "officer", true); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string][3]string{
		"a disabled user":    {"alpha", "officer", password},
		"an unknown user":    {"alpha", "nobody", password},
		"an unknown agency":  {"beta", "officer", password},
		"a wrong password":   {"alpha", "officer", "wrong password"},
		"an empty password":  {"alpha", "officer", ""},
		"a very long one":    {"alpha", "officer", strings.Repeat("a", 1<<16)},
		"a name with a null": {"alpha", "offi\x00cer", password},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := f.desk.SignIn(t.Context(), try[0], try[1], try[2], proof.Shown{})
			if g.AccessToken != "" || g.RefreshToken != "" {
				t.Fatal("signed in")
			}
			if err == nil || err.Error() != "wrong_credentials" {
				t.Errorf("got %v, want nothing but wrong_credentials", err)
			}
		})
	}
}

func TestStoreThatIsDownIsNotAWrongPassword(t *testing.T) {
	f := newFixture(t, false)
	f.store.down = fault.New(fault.Unavailable)
	_, err := f.desk.SignIn(t.Context(), "alpha", "nobody", password, proof.Shown{})
	wantCode(t, err, fault.Unavailable)
}

func TestGuessingIsSlowedDownPerNameAndForgiven(t *testing.T) {
	f := newFixture(t, false)
	for range 5 {
		_, err := f.desk.SignIn(t.Context(), "alpha", "officer", "wrong password", proof.Shown{})
		wantCode(t, err, fault.WrongCredentials)
	}
	_, err := f.desk.SignIn(t.Context(), "alpha", "officer", password, proof.Shown{})
	wantCode(t, err, fault.TooManyAttempts)
	if _, err := f.desk.SignIn(t.Context(), "alpha", "other", password, proof.Shown{}); fault.CodeOf(err) != fault.WrongCredentials {
		t.Errorf("another name has to wait too: %v", err)
	}
	*f.clock = f.clock.Add(2 * time.Second)
	f.signIn(t)
	_, err = f.desk.SignIn(t.Context(), "alpha", "officer", "wrong password", proof.Shown{})
	wantCode(t, err, fault.WrongCredentials) // the count began anew
}

// TOK-7: reuse of refresh tokens.
func TestRefreshTokenIsGoodOnce(t *testing.T) {
	f := newFixture(t, false)
	first := f.signIn(t)
	second, err := f.desk.Refresh(t.Context(), first.RefreshToken, "", proof.Shown{})
	if err != nil {
		t.Fatal(err)
	}
	if second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken {
		t.Error("nothing was rotated")
	}
	_, err = f.desk.Refresh(t.Context(), first.RefreshToken, "", proof.Shown{})
	wantCode(t, err, fault.WrongRefreshToken)
	_, err = f.desk.Refresh(t.Context(), second.RefreshToken, "", proof.Shown{})
	wantCode(t, err, fault.WrongRefreshToken) // the reuse ended the whole sign-in
	*f.clock = f.clock.Add(6 * time.Second)
	_, err = f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: second.AccessToken})
	wantCode(t, err, fault.Unauthenticated)
	if last := f.store.acts[len(f.store.acts)-1]; last != privacy.ActRefreshReuse {
		t.Errorf("the last event is %s, want %s", last, privacy.ActRefreshReuse)
	}
}

func TestLostRefreshReplyCanBeAskedForAgain(t *testing.T) {
	f := newFixture(t, false)
	first := f.signIn(t)
	refresh := func(text, key string) (signin.Grant, error) {
		return f.desk.Refresh(t.Context(), text, key, proof.Shown{})
	}
	second, err := refresh(first.RefreshToken, "key-1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := refresh(first.RefreshToken, "key-1")
	if err != nil || again.RefreshToken != second.RefreshToken {
		t.Fatalf("the same request again: %v; the successor is the same: %t", err, again.RefreshToken == second.RefreshToken)
	}
	if _, err := refresh(second.RefreshToken, "key-2"); err != nil {
		t.Fatal(err)
	}
	_, err = refresh(first.RefreshToken, "key-1") // the successor was used meanwhile
	wantCode(t, err, fault.WrongRefreshToken)
}

func TestLostRefreshReplyIsNotRepeatedToSomebodyElseOrLater(t *testing.T) {
	for name, try := range map[string]func(f fixture, text string) error{
		"another key": func(f fixture, text string) error {
			_, err := f.desk.Refresh(t.Context(), text, "key-2", proof.Shown{})
			return err
		},
		"no key": func(f fixture, text string) error {
			_, err := f.desk.Refresh(t.Context(), text, "", proof.Shown{})
			return err
		},
		"too late": func(f fixture, text string) error {
			*f.clock = f.clock.Add(11 * time.Minute)
			_, err := f.desk.Refresh(t.Context(), text, "key-1", proof.Shown{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, false)
			first := f.signIn(t)
			if _, err := f.desk.Refresh(t.Context(), first.RefreshToken, "key-1", proof.Shown{}); err != nil {
				t.Fatal(err)
			}
			wantCode(t, try(f, first.RefreshToken), fault.WrongRefreshToken)
		})
	}
}

func TestRefreshTokensThatWereNeverGivenOutAreRefused(t *testing.T) {
	f := newFixture(t, false)
	good := f.signIn(t).RefreshToken
	elsewhere := newFixture(t, false).signIn(t).RefreshToken
	for name, text := range map[string]string{
		"empty": "", "another server's": elsewhere, "cut short": good[:len(good)-4], "with a tail": good + "A",
		"another agency": strings.Replace(good, "alpha", "beta", 1), "no prefix": strings.TrimPrefix(good, "wmr_"),
		"a megabyte": strings.Repeat("w", 1<<20), "a path": "wmr_../../etc.passwd",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.desk.Refresh(t.Context(), text, "", proof.Shown{})
			wantCode(t, err, fault.WrongRefreshToken)
		})
	}
	if _, err := f.desk.Refresh(t.Context(), good, "", proof.Shown{}); err != nil {
		t.Errorf("the good one after all that: %v", err)
	}
}

func TestConcurrentRefreshesLeaveOneSuccessor(t *testing.T) {
	f := newFixture(t, false)
	first := f.signIn(t)
	var (
		wg  sync.WaitGroup
		mu  sync.Mutex
		got = map[string]int{}
	)
	for range 8 {
		wg.Go(func() {
			g, err := f.desk.Refresh(t.Context(), first.RefreshToken, "same key", proof.Shown{})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("refresh: %v", err)
			}
			got[g.RefreshToken]++
		})
	}
	wg.Wait()
	if len(got) != 1 {
		t.Errorf("%d different successors", len(got))
	}
}

func TestSignInEndsByItself(t *testing.T) {
	f := newFixture(t, false)
	g := f.signIn(t)
	*f.clock = f.clock.Add(7*24*time.Hour + time.Minute)
	_, err := f.desk.Refresh(t.Context(), g.RefreshToken, "", proof.Shown{})
	wantCode(t, err, fault.WrongRefreshToken)

	g = f.signIn(t)
	for range 6 { // used every five days, and ended all the same after thirty
		*f.clock = f.clock.Add(5 * 24 * time.Hour)
		next, err := f.desk.Refresh(t.Context(), g.RefreshToken, "", proof.Shown{})
		if err != nil {
			t.Fatal(err)
		}
		g = next
	}
	*f.clock = f.clock.Add(time.Hour)
	_, err = f.desk.Refresh(t.Context(), g.RefreshToken, "", proof.Shown{})
	wantCode(t, err, fault.WrongRefreshToken)
	if err := f.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSignOutEndsAccessWithinSeconds(t *testing.T) {
	f := newFixture(t, false)
	g := f.signIn(t)
	if err := f.desk.SignOut(t.Context(), g.RefreshToken); err != nil {
		t.Fatal(err)
	}
	if err := f.desk.SignOut(t.Context(), g.RefreshToken); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := f.desk.SignOut(t.Context(), "nonsense"); err != nil {
		t.Errorf("nonsense: %v", err)
	}
	*f.clock = f.clock.Add(6 * time.Second)
	_, err := f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken})
	wantCode(t, err, fault.Unauthenticated)
}

func TestDisabledUserIsOutAndAChangedRoleCountsWithinSeconds(t *testing.T) {
	f := newFixture(t, false)
	g := f.signIn(t)
	if _, err := f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken}); err != nil {
		t.Fatal(err)
	}
	u := f.store.users["alpha/officer"]
	u.Role = auth.CaseWorker
	f.store.users["alpha/officer"] = u
	*f.clock = f.clock.Add(6 * time.Second)
	if p, err := f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken}); err != nil || p.Role != auth.CaseWorker {
		t.Errorf("got %s, %v; want the new role", p.Role, err)
	}
	u.Disabled = true
	f.store.users["alpha/officer"] = u
	*f.clock = f.clock.Add(6 * time.Second)
	_, err := f.desk.Authenticate(t.Context(), signin.Credentials{AccessToken: g.AccessToken})
	wantCode(t, err, fault.Unauthenticated)
}

func TestDemoUsersSignInOnlyInDemoMode(t *testing.T) {
	for _, demo := range []bool{false, true} {
		f := newFixture(t, demo)
		if _, err := f.admin.Add(t.Context(), signin.User{Tenant: "demo", Name: "officer", Role: auth.Officer, Sites: []string{"x"}, Demo: true}, password); err != nil {
			t.Fatal(err)
		}
		_, err := f.desk.SignIn(t.Context(), "demo", "officer", password, proof.Shown{})
		if (err == nil) != demo {
			t.Errorf("demo mode %t: %v", demo, err)
		}
	}
}

func TestUsersAreCheckedByField(t *testing.T) {
	f := newFixture(t, false)
	tests := []struct {
		name     string
		user     signin.User
		password string
		pointer  string
	}{
		{"no agency", signin.User{Name: "a", Role: auth.Auditor}, password, "/agency"},
		{"an agency with a slash", signin.User{Tenant: "a/b", Name: "a", Role: auth.Auditor}, password, "/agency"},
		{"no name", signin.User{Tenant: "a", Role: auth.Auditor}, password, "/name"},
		{"the role of a tablet", signin.User{Tenant: "a", Name: "a", Role: auth.Tablet, Sites: []string{"x"}}, password, "/role"},
		{"an unknown role", signin.User{Tenant: "a", Name: "a", Role: "root"}, password, "/role"},
		{"an officer without a site", signin.User{Tenant: "a", Name: "a", Role: auth.Officer}, password, "/sites"},
		{"an officer with two sites", signin.User{Tenant: "a", Name: "a", Role: auth.Officer, Sites: []string{"x", "y"}}, password, "/sites"},
		{"a supervisor without a site", signin.User{Tenant: "a", Name: "a", Role: auth.Supervisor}, password, "/sites"},
		{"a site with a comma", signin.User{Tenant: "a", Name: "a", Role: auth.Supervisor, Sites: []string{"x,y"}}, password, "/sites"},
		{"a short password", signin.User{Tenant: "a", Name: "a", Role: auth.Auditor}, "short", "/password"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := f.admin.Add(t.Context(), tt.user, tt.password)
			wantCode(t, err, fault.Invalid)
			if err == nil || !strings.Contains(err.Error(), tt.pointer) {
				t.Errorf("got %v, want it to name %s", err, tt.pointer)
			}
		})
	}
	_, err := f.admin.Add(t.Context(), signin.User{Tenant: "alpha", Name: "officer", Role: auth.Auditor}, password)
	wantCode(t, err, fault.StaleVersion)
}

func TestPasswordsAreStoredAsArgon2idAndCanBeChanged(t *testing.T) {
	f := newFixture(t, false)
	if hash := f.store.users["alpha/officer"].Password; !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(hash, password) {
		t.Errorf("stored as %.40s", hash)
	}
	if err := f.admin.SetPassword(t.Context(), "alpha", "OFFICER", "another good password"); err != nil {
		t.Fatal(err)
	}
	_, err := f.desk.SignIn(t.Context(), "alpha", "officer", password, proof.Shown{})
	wantCode(t, err, fault.WrongCredentials)
	if _, err := f.desk.SignIn(t.Context(), "alpha", "officer", "another good password", proof.Shown{}); err != nil {
		t.Error(err)
	}
	wantCode(t, f.admin.SetPassword(t.Context(), "alpha", "nobody", "another good password"), fault.NotFound)
}

func TestDamagedPasswordHashLetsNobodyIn(t *testing.T) {
	f := newFixture(t, false)
	for _, hash := range []string{"x", "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=1$AAAA$"} {
		u := f.store.users["alpha/officer"]
		u.Password = hash
		f.store.users["alpha/officer"] = u
		if _, err := f.desk.SignIn(t.Context(), "alpha", "officer", password, proof.Shown{}); err == nil {
			t.Errorf("%q let somebody in", hash)
		}
	}
}
