package signin

import (
	"sync"
	"time"
)

const (
	// freeAttempts is how many wrong passwords in a row cost nothing.
	freeAttempts = 5
	// firstWait doubles with every further wrong password, up to longestWait.
	firstWait   = time.Second
	longestWait = time.Minute
	// attemptMemory is how long failures are remembered.
	attemptMemory = 15 * time.Minute
	// attemptNames bounds how many names are remembered at once.
	attemptNames = 10_000
)

// attempts slows down guessing at one name. It counts per name and not per
// address, because addresses are cheap and tablets share one.
type attempts struct {
	now   func() time.Time
	mu    sync.Mutex
	names map[string]failures
}

type failures struct {
	count int
	last  time.Time
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, names: map[string]failures{}}
}

// wait is how long the next attempt at a name has to wait.
func (a *attempts) wait(tenant, name string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.names[tenant+"/"+name]
	over := f.count - freeAttempts
	if over < 0 {
		return 0
	}
	wait := min(firstWait<<min(over, 10), longestWait)
	return max(0, f.last.Add(wait).Sub(a.now()))
}

func (a *attempts) failed(tenant, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.names) >= attemptNames {
		a.drop()
	}
	key := tenant + "/" + name
	f := a.names[key]
	a.names[key] = failures{f.count + 1, a.now()}
}

func (a *attempts) succeeded(tenant, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.names, tenant+"/"+name)
}

func (a *attempts) sweep() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop()
}

// drop forgets old failures, and all of them when that leaves too many: a flood
// of invented names must not fill the memory.
func (a *attempts) drop() {
	oldest := a.now().Add(-attemptMemory)
	for key, f := range a.names {
		if f.last.Before(oldest) {
			delete(a.names, key)
		}
	}
	if len(a.names) >= attemptNames {
		clear(a.names)
	}
}
