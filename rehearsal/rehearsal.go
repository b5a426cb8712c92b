package rehearsal

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
)

// Login is how somebody signs in.
type Login struct{ Agency, Name, Password string }

// Plan is what to rehearse.
type Plan struct {
	Base string
	// Officer signs in at every tablet; Supervisor and Second review.
	Officer, Supervisor, Second Login
	People                      int
	Seed                        uint64
	// Tablets is how many work at once, Batch how many interviews they send at
	// a time.
	Tablets, Batch int
	// FullPercent of the people are interviewed in full after the triage.
	FullPercent int
	// LostPercent of the replies to batches get lost.
	LostPercent int
	// Decide is how many reviews from the top of the queue are decided.
	Decide int
	Today  privacy.Day
	Now    func() time.Time
	// Progress is told how many people more are done; it is called from many
	// goroutines.
	Progress func(people int)
}

// Tally is what came of a rehearsal.
type Tally struct {
	People, Women, Interviews, Batches int
	// Lost counts replies that did not arrive, Retries batches sent again.
	Lost, Retries int
	Took          time.Duration

	Receipts map[openapi.ReceiptStatus]int
	Outcomes map[screening.Outcome]int
	Urgent   map[string]int
	// Doubled counts records that one interview made more than once, Missing
	// acknowledged interviews without a record. Both must be 0.
	Doubled, Missing int

	Decisions map[string]int
	Waiting   int
}

// Run plays the release: everyone is interviewed, everything is submitted,
// every record is looked up, and the top of the queue is worked.
func Run(ctx context.Context, plan Plan) (*Tally, error) {
	people, err := People(plan.People, plan.Seed)
	if err != nil {
		return nil, err
	}
	network := NewBadNetwork(http.DefaultTransport.(*http.Transport).Clone(), plan.LostPercent, plan.Seed) //nolint:forcetypeassert // documented by net/http
	t := &Tally{
		People:   len(people),
		Receipts: map[openapi.ReceiptStatus]int{}, Outcomes: map[screening.Outcome]int{},
		Urgent: map[string]int{}, Decisions: map[string]int{},
	}
	for _, p := range people {
		if p.Woman {
			t.Women++
		}
	}
	start := plan.Now()
	records, err := t.submit(ctx, plan, people, network)
	if err != nil {
		return nil, err
	}
	t.Took = plan.Now().Sub(start)
	t.Lost = network.Lost()
	return t, t.review(ctx, plan, records)
}

// submit shares the people among the tablets, and gives the ids of the records
// that the receipts name.
func (t *Tally) submit(ctx context.Context, plan Plan, people []Person, network http.RoundTripper) (map[string]int, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		queue   = make(chan []Person)
		records = map[string]int{}
		mu      sync.Mutex
		wg      sync.WaitGroup
	)
	for range plan.Tablets {
		wg.Go(func() {
			if err := t.tablet(ctx, plan, network, queue, &mu, records); err != nil {
				cancel(err)
			}
		})
	}
	for from := 0; from < len(people); from += plan.Batch {
		select {
		case queue <- people[from:min(from+plan.Batch, len(people))]:
		case <-ctx.Done():
		}
	}
	close(queue)
	wg.Wait()
	return records, context.Cause(ctx)
}

// tablet works through groups of people until there are none left.
func (t *Tally) tablet(ctx context.Context, plan Plan, network http.RoundTripper, queue <-chan []Person, mu *sync.Mutex, records map[string]int) error {
	client, err := SignIn(ctx, plan.Base, plan.Officer.Agency, plan.Officer.Name, plan.Officer.Password, network)
	if err != nil {
		return err
	}
	tablet, err := NewTablet(ctx, client, plan.Today, plan.FullPercent)
	if err != nil {
		return err
	}
	for group := range queue {
		var batch []jsontext.Value
		for _, p := range group {
			interviews, err := tablet.Interview(p)
			if err != nil {
				return err
			}
			batch = append(batch, interviews...)
		}
		for len(batch) > 0 { // full interviews may make a group larger than a batch
			n := min(len(batch), plan.Batch)
			sent, err := tablet.Send(ctx, batch[:n])
			if err != nil {
				return err
			}
			mu.Lock()
			t.count(sent, records)
			mu.Unlock()
			batch = batch[n:]
		}
		plan.Progress(len(group))
	}
	return ctx.Err()
}

func (t *Tally) count(sent Sent, records map[string]int) {
	t.Batches++
	t.Retries += sent.Retries
	t.Interviews += len(sent.Receipts)
	for _, r := range sent.Receipts {
		t.Receipts[r.Status]++
		if r.Outcome != "" {
			t.Outcomes[r.Outcome]++
		}
		if r.Record != "" {
			records[r.Record]++
		}
		if r.NextStep != nil {
			for _, need := range r.NextStep.Urgent {
				t.Urgent[need.Code]++
			}
		}
	}
}

// errNobody says that there is nobody to interview.
var errNobody = errors.New("a rehearsal needs at least one person, one tablet and a batch of one")

// Check says what is wrong with a plan.
func (p Plan) Check() error {
	if p.People < 1 || p.Tablets < 1 || p.Batch < 1 {
		return errNobody
	}
	return nil
}
