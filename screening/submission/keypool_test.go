package submission_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/submission"
)

// ring is a store of keys in memory, that can fail.
type ring struct {
	submission.AnswerKeys
	mu     sync.Mutex
	kept   map[privacy.AnswerKeyID]privacy.Day
	stores int
	fails  bool
}

func (r *ring) KeepKeys(_ context.Context, _ string, until privacy.Day, keys []privacy.AnswerKey) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails {
		return fault.New(fault.Unavailable)
	}
	r.stores++
	for _, k := range keys {
		r.kept[k.ID] = until
	}
	return nil
}

func (r *ring) EraseKeys(context.Context, privacy.Day) (int, error) { return 0, nil }

func (r *ring) has(id privacy.AnswerKeyID, until privacy.Day) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	got, ok := r.kept[id]
	return ok && got == until
}

func newSafe(t *testing.T) (*submission.Safe, *ring) {
	t.Helper()
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &ring{kept: map[privacy.AnswerKeyID]privacy.Day{}}
	return submission.NewSafe(keys, r, rand.Reader), r
}

func TestEveryKeyIsDurableBeforeItIsTakenAndIsTakenOnce(t *testing.T) {
	safe, r := newSafe(t)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[privacy.AnswerKeyID]bool{}
	)
	for worker := range 8 {
		wg.Go(func() {
			until := privacy.Day(100 + worker%2)
			for n := range 60 {
				taken, err := safe.Take(t.Context(), "alpha", until, 1+n%7)
				if err != nil || len(taken) != 1+n%7 {
					t.Errorf("%d keys, %v; want %d", len(taken), err, 1+n%7)
					return
				}
				for _, k := range taken {
					if !r.has(k.ID, until) {
						t.Errorf("key %x was taken before it was stored", k.ID)
					}
					mu.Lock()
					if seen[k.ID] {
						t.Errorf("key %x was taken twice", k.ID)
					}
					seen[k.ID] = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if taken := len(seen); r.stores > taken/20 || len(r.kept) > 4*taken {
		t.Errorf("%d keys were taken; %d were made, in %d stores", taken, len(r.kept), r.stores)
	}
}

func TestKeysOfTwoTenantsAndDaysAreApart(t *testing.T) {
	safe, r := newSafe(t)
	for _, p := range []struct {
		tenant string
		until  privacy.Day
	}{{"alpha", 100}, {"alpha", 101}, {"beta", 100}} {
		taken, err := safe.Take(t.Context(), p.tenant, p.until, 1)
		if err != nil || !r.has(taken[0].ID, p.until) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if got := safe.Pools(); got != 3 {
		t.Errorf("%d pools, want 3", got)
	}
}

func TestWithoutADurableKeyThereIsNone(t *testing.T) {
	safe, r := newSafe(t)
	r.fails = true
	if taken, err := safe.Take(t.Context(), "alpha", 100, 1); taken != nil || fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v, %v; want unavailable", taken, err)
	}
	r.fails = false
	if taken, err := safe.Take(t.Context(), "alpha", 100, 1); err != nil || len(taken) != 1 {
		t.Errorf("after the disk was mended: %v, %v", taken, err)
	}
}

func TestPoolThatNobodyTakesFromIsDropped(t *testing.T) {
	safe, _ := newSafe(t)
	for _, step := range []struct {
		take, want int
	}{{1, 1}, {1, 1}, {0, 0}, {1, 1}} {
		if step.take > 0 {
			if _, err := safe.Take(t.Context(), "alpha", 100, step.take); err != nil {
				t.Fatal(err)
			}
		}
		if got := safe.Pools(); got > 1 {
			t.Errorf("%d pools", got)
		}
		if _, err := safe.Sweep(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if got := safe.Pools(); got != step.want {
			t.Errorf("after %+v: %d pools", step, got)
		}
	}
}
