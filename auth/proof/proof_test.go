package proof_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"waymark/auth/proof"
	"waymark/auth/proof/prooftest"
	"waymark/fault"
	"waymark/privacy"
)

const address = "https://waymark.example/v1/devices/current"

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)} }

func newKeys(t *testing.T) *privacy.Keys {
	t.Helper()
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newChecker(t *testing.T, keys *privacy.Keys, proofs proof.Proofs, c *clock) *proof.Checker {
	t.Helper()
	checker, err := proof.NewChecker(keys, proofs, rand.Reader, c.read)
	if err != nil {
		t.Fatal(err)
	}
	return checker
}

// shown is a proof of a key for the address of these tests.
func shown(t *testing.T, key *prooftest.Key, nonce, id string) proof.Shown {
	t.Helper()
	text := key.Prove(t, prooftest.Request{Method: "GET", Address: address, Nonce: nonce, ID: id})
	return proof.Shown{Text: text, Method: "GET", Address: address}
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// use checks and spends a proof.
func use(ctx context.Context, c *proof.Checker, s proof.Shown) error {
	v, err := c.Check(s, "")
	if err != nil {
		return err
	}
	return c.Spend(ctx, v)
}

func TestProofIsGoodOnceAndGivesItsKey(t *testing.T) {
	c := newChecker(t, newKeys(t), &proof.Memory{}, newClock())
	key := prooftest.NewKey(t)
	s := shown(t, key, c.Nonce(), "")
	v, err := c.Check(s, "")
	if err != nil || v.Key() != key.Thumbprint() {
		t.Fatalf("got %v, %v; want the key", v.Key(), err)
	}
	if err := c.Spend(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	wantCode(t, c.Spend(t.Context(), v), fault.Unauthenticated)
	wantCode(t, use(t.Context(), c, s), fault.Unauthenticated)
	if err := use(t.Context(), c, shown(t, prooftest.NewKey(t), c.Nonce(), "proof-1")); err != nil {
		t.Errorf("another key's proof with the same id: %v", err)
	}
}

// TOK-9: of what a proof says, everything has to be of this request.
func TestTOK9ProofsOfOtherRequestsAreRefused(t *testing.T) {
	c := newChecker(t, newKeys(t), &proof.Memory{}, newClock())
	key := prooftest.NewKey(t)
	for name, change := range map[string]func(*proof.Shown){
		"none":             func(s *proof.Shown) { s.Text = "" },
		"junk":             func(s *proof.Shown) { s.Text = "junk" },
		"another method":   func(s *proof.Shown) { s.Method = "POST" },
		"another address":  func(s *proof.Shown) { s.Address += "/health" },
		"another scheme":   func(s *proof.Shown) { s.Address = "http" + s.Address[len("https"):] },
		"no address":       func(s *proof.Shown) { s.Address = "" },
		"signature is cut": func(s *proof.Shown) { s.Text = s.Text[:len(s.Text)-1] },
	} {
		t.Run(name, func(t *testing.T) {
			s := shown(t, key, c.Nonce(), "")
			change(&s)
			v, err := c.Check(s, "")
			wantCode(t, err, fault.Unauthenticated)
			if v != (proof.Verified{}) {
				t.Error("a proof came with the error")
			}
		})
	}
	_, err := c.Check(shown(t, key, c.Nonce(), ""), "an access token")
	wantCode(t, err, fault.Unauthenticated)
	wantCode(t, c.Spend(t.Context(), proof.Verified{}), fault.Unauthenticated)
}

func TestNonceIsGoodForFiveToTenMinutesWhateverTheClientsClockSays(t *testing.T) {
	at := newClock()
	c := newChecker(t, newKeys(t), &proof.Memory{}, at)
	key, nonce := prooftest.NewKey(t), c.Nonce() // at the beginning of a window
	for _, tt := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {5*time.Minute - time.Second, true}, {5 * time.Minute, true}, {10*time.Minute - time.Second, true}, {10 * time.Minute, false}} {
		at.now = newClock().now.Add(tt.after)
		err := use(t.Context(), c, shown(t, key, nonce, ""))
		if tt.want && err != nil {
			t.Errorf("after %v: %v", tt.after, err)
		}
		if !tt.want {
			wantCode(t, err, fault.NonceNeeded)
		}
		if changed := c.Nonce() != nonce; changed != (tt.after >= 5*time.Minute) {
			t.Errorf("after %v: the newest nonce has changed: %t", tt.after, changed)
		}
	}
	for name, wrong := range map[string]string{"none": "", "made up": "AAAAAAAAAAAAAAAAAAAAAA"} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, use(t.Context(), c, shown(t, key, wrong, "")), fault.NonceNeeded)
		})
	}
}

// TOK-9: a second instance, and this one after a restart, take no proof that
// they cannot know to be new.
func TestTOK9NonceOfAProcessThatRemembersAloneIsGoodThereOnly(t *testing.T) {
	keys, at, key := newKeys(t), newClock(), prooftest.NewKey(t)
	first := newChecker(t, keys, &proof.Memory{}, at)
	s := shown(t, key, first.Nonce(), "")
	if err := use(t.Context(), first, s); err != nil {
		t.Fatal(err)
	}
	wantCode(t, use(t.Context(), newChecker(t, keys, &proof.Memory{}, at), s), fault.NonceNeeded)
}

// together is a memory of several processes.
type together struct{ proof.Memory }

func (*together) ProofsShared() bool { return true }

func TestTOK9ProcessesThatRememberTogetherTakeEachOthersNoncesAndAProofOnce(t *testing.T) {
	keys, at, key, memory := newKeys(t), newClock(), prooftest.NewKey(t), &together{}
	first, second := newChecker(t, keys, memory, at), newChecker(t, keys, memory, at)
	s := shown(t, key, first.Nonce(), "")
	if err := use(t.Context(), second, s); err != nil {
		t.Fatal(err)
	}
	wantCode(t, use(t.Context(), first, s), fault.Unauthenticated)
}

// What is forgotten is refused by its nonce, at every moment.
func TestForgottenProofIsRefusedByItsNonce(t *testing.T) {
	at := newClock()
	c := newChecker(t, newKeys(t), &proof.Memory{}, at)
	key := prooftest.NewKey(t)
	s := shown(t, key, c.Nonce(), "")
	for minute := range 30 {
		err := use(t.Context(), c, s)
		if (err == nil) != (minute == 0) {
			t.Fatalf("minute %d: %v", minute, err)
		}
		if err := use(t.Context(), c, shown(t, key, c.Nonce(), "")); err != nil { // moves the memory on
			t.Fatal(err)
		}
		if err := c.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		at.now = at.now.Add(time.Minute)
	}
}

func TestOfManySpendersOfOneProofExactlyOneIsFirst(t *testing.T) {
	var (
		m     proof.Memory
		wg    sync.WaitGroup
		mu    sync.Mutex
		first int
	)
	for range 16 {
		wg.Go(func() {
			isNew, err := m.SpendProof(t.Context(), [sha256.Size]byte{1}, newClock().now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if isNew {
				first++
			}
		})
	}
	wg.Wait()
	if first != 1 {
		t.Errorf("%d were told that the proof is new, want 1", first)
	}
}

// down is a memory that cannot be asked.
type down struct{ proof.Memory }

func (*down) SpendProof(context.Context, [sha256.Size]byte, time.Time) (bool, error) {
	return false, fault.Wrap(fault.Unavailable, errors.New("down"))
}

func TestMemoryThatIsDownLetsNothingThrough(t *testing.T) {
	c := newChecker(t, newKeys(t), &down{}, newClock())
	wantCode(t, use(t.Context(), c, shown(t, prooftest.NewKey(t), c.Nonce(), "")), fault.Unavailable)
}
