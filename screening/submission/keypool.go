package submission

import (
	"context"
	"sync"
	"time"

	"waymark/privacy"
)

// A key for answers is durable before the record that needs it. Making each key
// durable by itself would cost a sync of its own for every interview, so keys
// are made ahead, many at a time. Those that are never used open nothing, and
// end on their day like the others.

const (
	// fewestKeys and mostKeys bound how many keys are made at a time. A desk that
	// sees five people a day shall not keep a thousand keys for it.
	fewestKeys = 8
	mostKeys   = 1024
	// aheadTime bounds how long keys that nobody waits for may take.
	aheadTime = 10 * time.Second
)

// keyPool holds the unused keys of one tenant that end on one day.
type keyPool struct {
	// filling is held while keys are made and stored; mu never is.
	filling sync.Mutex
	mu      sync.Mutex // guards the rest
	unused  []privacy.UnusedAnswerKey
	// made is how many keys were made the last time.
	made int
	// ahead says that more keys are being made before they are needed.
	ahead bool
	// idle says that nobody took a key since the last sweep.
	idle bool
}

// poolKey names a pool.
type poolKey struct {
	tenant string
	until  privacy.Day
}

// pool finds or makes a pool.
func (s *Safe) pool(k poolKey) *keyPool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pools[k]
	if !ok {
		p = &keyPool{}
		s.pools[k] = p
	}
	return p
}

// take takes keys out of a pool. Where there are too few, it makes more first;
// where they run low, more are made meanwhile.
func (s *Safe) take(ctx context.Context, k poolKey, n int) ([]privacy.UnusedAnswerKey, error) {
	p := s.pool(k)
	for {
		taken, low := p.take(n)
		if low {
			go s.fillAhead(context.WithoutCancel(ctx), k, p)
		}
		if taken != nil {
			return taken, nil
		}
		if err := s.fill(ctx, k, p, n); err != nil {
			return nil, err
		}
	}
}

// take takes keys that are there; nil when there are too few. It says whether
// the caller is to make more meanwhile.
func (p *keyPool) take(n int) (taken []privacy.UnusedAnswerKey, low bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = false
	at := len(p.unused) - n
	if at < 0 {
		return nil, false
	}
	taken, p.unused = p.unused[at:], p.unused[:at:at] // what was taken is not written over by what comes next
	low = at < p.made/2 && !p.ahead
	p.ahead = p.ahead || low
	return taken, low
}

// fill adds new keys to a pool that has fewer than n, once they are durable:
// twice as many as the time before.
func (s *Safe) fill(ctx context.Context, k poolKey, p *keyPool, n int) error {
	p.filling.Lock()
	defer p.filling.Unlock()
	p.mu.Lock()
	there, more := len(p.unused), min(max(2*p.made, fewestKeys), mostKeys)
	p.mu.Unlock()
	if there >= n { // somebody else was faster
		return nil
	}
	kept, unused, err := s.keys.NewAnswerKeys(k.tenant, max(more, n-there), s.random)
	if err != nil {
		return err
	}
	if err := s.store.KeepKeys(ctx, k.tenant, k.until, kept); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unused, p.made = append(p.unused, unused...), len(unused)
	return nil
}

// fillAhead fills a pool that runs low. When that fails, whoever needs keys next
// tries again and is told.
func (s *Safe) fillAhead(ctx context.Context, k poolKey, p *keyPool) {
	ctx, cancel := context.WithTimeout(ctx, aheadTime)
	defer cancel()
	p.mu.Lock()
	low := p.made / 2
	p.mu.Unlock()
	_ = s.fill(ctx, k, p, low) //nolint:errcheck // see above
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead = false
}

// rest drops the pools that nobody takes from any more.
func (s *Safe) rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, p := range s.pools {
		p.mu.Lock()
		if p.idle {
			delete(s.pools, k)
		}
		p.idle = true
		p.mu.Unlock()
	}
}
