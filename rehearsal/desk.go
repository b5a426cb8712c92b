package rehearsal

import (
	"context"
	"net/http"
	"net/url"

	"waymark/openapi"
	"waymark/screening"
)

// review signs the supervisors in, holds the records on the server against
// those that receipts named, and works the top of the queue.
func (t *Tally) review(ctx context.Context, plan Plan, receipts map[string]int) error {
	first, err := SignIn(ctx, plan.Base, plan.Supervisor.Agency, plan.Supervisor.Name, plan.Supervisor.Password, http.DefaultTransport)
	if err != nil {
		return err
	}
	second, err := SignIn(ctx, plan.Base, plan.Second.Agency, plan.Second.Name, plan.Second.Password, http.DefaultTransport)
	if err != nil {
		return err
	}
	if err := t.reconcile(ctx, first, receipts); err != nil {
		return err
	}
	if err := t.decideTop(ctx, first, second, plan.Decide); err != nil {
		return err
	}
	return t.countWaiting(ctx, first)
}

// reconcile reads every record and compares.
func (t *Tally) reconcile(ctx context.Context, c *Client, receipts map[string]int) error {
	kept := map[string]int{}
	after := ""
	for {
		var page openapi.RecordList
		if _, err := c.Call(ctx, http.MethodGet, "/v1/records?limit=200&after="+url.QueryEscape(after), nil, nil, &page); err != nil {
			return err
		}
		for _, r := range page.Records {
			kept[r.ID]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for id, n := range receipts {
		t.Doubled += n - 1 // two interviews must never share a record
		t.Doubled += max(0, kept[id]-1)
		if kept[id] == 0 {
			t.Missing++
		}
	}
	return nil
}

// decideTop claims and decides reviews from the top of the queue. Every tenth
// time the first supervisor would lower an outcome, and the second answers.
func (t *Tally) decideTop(ctx context.Context, first, second *Client, n int) error {
	for i := range n {
		var queue openapi.ReviewList
		if _, err := first.Call(ctx, http.MethodGet, "/v1/reviews?limit=1", nil, nil, &queue); err != nil {
			return err
		}
		if len(queue.Reviews) == 0 {
			return nil
		}
		decision := decisionOn(queue.Reviews[0], i)
		decided, err := t.decide(ctx, first, queue.Reviews[0], decision)
		if err != nil {
			return err
		}
		if decided.State == openapi.ReviewStateAwaitingSecond {
			if _, err := t.decide(ctx, second, decided, openapi.Decision{Kind: openapi.DecisionKindAgree}); err != nil {
				return err
			}
		}
	}
	return nil
}

func decisionOn(v openapi.Review, i int) openapi.Decision {
	lower := map[screening.Outcome]screening.Outcome{screening.Red: screening.Refer, screening.StrongTIP: screening.Possible}
	if to, ok := lower[v.Outcome]; ok && i%10 == 9 {
		return openapi.Decision{Kind: openapi.DecisionKindAmend, Outcome: to, Reason: openapi.DecisionReasonPersonExplained}
	}
	return openapi.Decision{Kind: openapi.DecisionKindConfirm}
}

// decide claims a review and decides on it.
func (t *Tally) decide(ctx context.Context, c *Client, v openapi.Review, d openapi.Decision) (openapi.Review, error) {
	path := "/v1/reviews/" + v.ID
	var claimed, decided openapi.Review
	header, err := c.Call(ctx, http.MethodGet, path, nil, nil, &v)
	if err != nil {
		return v, err
	}
	header, err = c.Call(ctx, http.MethodPost, path+"/claim", http.Header{"If-Match": header["Etag"]}, nil, &claimed)
	if err != nil {
		return v, err
	}
	_, err = c.Call(ctx, http.MethodPost, path+"/decision", http.Header{"If-Match": header["Etag"]}, d, &decided)
	if err == nil {
		t.Decisions[string(d.Kind)]++
	}
	return decided, err
}

func (t *Tally) countWaiting(ctx context.Context, c *Client) error {
	after := ""
	for {
		var page openapi.ReviewList
		if _, err := c.Call(ctx, http.MethodGet, "/v1/reviews?limit=200&after="+url.QueryEscape(after), nil, nil, &page); err != nil {
			return err
		}
		t.Waiting += len(page.Reviews)
		if after = page.Next; after == "" {
			return nil
		}
	}
}
