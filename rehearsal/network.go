package rehearsal

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
)

// errLost is what a tablet sees when the reply never arrives.
var errLost = errors.New("the reply was lost on the way")

// BadNetwork loses replies: the server has done its work and answered, and the
// tablet never hears. It is safe for concurrent use.
type BadNetwork struct {
	next    http.RoundTripper
	percent int
	lost    atomic.Int64

	mu     sync.Mutex
	random *rand.Rand
}

// NewBadNetwork makes a network that loses this percentage of the replies to
// submitted batches.
func NewBadNetwork(next http.RoundTripper, percent int, seed uint64) *BadNetwork {
	return &BadNetwork{next: next, percent: percent, random: rand.New(rand.NewPCG(seed, 1<<40))}
}

// Lost is how many replies were lost so far.
func (n *BadNetwork) Lost() int { return int(n.lost.Load()) }

// RoundTrip sends a request, and may lose the reply.
func (n *BadNetwork) RoundTrip(req *http.Request) (*http.Response, error) {
	reply, err := n.next.RoundTrip(req)
	if err != nil || req.URL.Path != submissionsPath || !n.loses() {
		return reply, err
	}
	_, drained := io.Copy(io.Discard, reply.Body) // the server did answer
	if err := errors.Join(drained, reply.Body.Close()); err != nil {
		return nil, err
	}
	n.lost.Add(1)
	return nil, errLost
}

func (n *BadNetwork) loses() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.random.IntN(100) < n.percent
}
