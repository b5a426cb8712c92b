package rescoring

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
)

const (
	// page is how many records are read at a time.
	page = 200
	// attempts is how often a page is looked at again when somebody changed one
	// of its records meanwhile.
	attempts = 10
	// Operator is the actor in audit events and histories: whoever may run
	// commands on the data.
	Operator = "cli"
)

var errBusy = errors.New("records keep changing under the run; run it again, it goes on where it ended")

// run is one run of a plan.
type run struct {
	Plan
	store    Store
	rescorer map[scored]*screening.Rescorer
	today    privacy.Day
	report   *Report
}

// Run scores every record again. What it has done stays done when it ends with
// an error, and a run after it does the rest: a record that has its new result
// does not move again.
func Run(ctx context.Context, store Store, plan Plan) (*Report, error) {
	rescorers, err := plan.rescorers()
	if err != nil {
		return nil, err
	}
	r := &run{Plan: plan, store: store, rescorer: rescorers, today: privacy.DayOf(plan.Now()), report: newReport(plan.Apply != nil)}
	total, err := store.ScoredCount(ctx, plan.Agency)
	if err != nil {
		return nil, err
	}
	var after Place
	for {
		cases, err := store.Scored(ctx, plan.Agency, after, page)
		if err != nil {
			return r.report, err
		}
		if err := r.page(ctx, cases, after); err != nil {
			return r.report, err
		}
		if plan.Progress != nil {
			plan.Progress(r.report.Seen, max(total, r.report.Seen))
		}
		if len(cases) < page {
			r.report.sort()
			return r.report, nil
		}
		last := cases[len(cases)-1].Record
		after = Place{last.Tenant, last.ID}
	}
}

// page looks at the records after a place, and again at those that somebody
// changed between reading and writing.
func (r *run) page(ctx context.Context, cases []review.Case, after Place) error {
	for range attempts {
		var stale []submission.RecordID
		for _, c := range cases {
			err := r.one(ctx, c)
			switch {
			case fault.CodeOf(err) == fault.StaleVersion:
				stale = append(stale, c.Record.ID)
			case err != nil:
				return fmt.Errorf("record %s: %w", c.Record.ID, err)
			default:
				r.report.Seen++
			}
		}
		if len(stale) == 0 {
			return nil
		}
		again, err := r.store.Scored(ctx, r.Agency, after, page)
		if err != nil {
			return err
		}
		cases = slices.DeleteFunc(again, func(c review.Case) bool { return !slices.Contains(stale, c.Record.ID) })
	}
	return errBusy
}

// one looks at one record.
func (r *run) one(ctx context.Context, seen review.Case) error {
	v := r.judge(seen.Record)
	if v.left == "" && r.Apply != nil {
		changed, event, needed := r.change(seen, v)
		if needed {
			if err := r.store.Rescore(ctx, seen, changed, event); err != nil {
				return err
			}
		}
	}
	r.report.add(seen.Record, v)
	return nil
}

// change gives what a verdict makes of a record and its review; false when
// there is nothing to change.
func (r *run) change(seen review.Case, v verdict) (review.Case, privacy.Event, bool) {
	v.result.On, v.result.Reason = r.today, r.Apply.Reason
	changed := seen
	step := review.Step{On: r.today, By: auth.Ref(Operator), Reason: review.Reason(r.Apply.Reason), Outcome: v.result.Outcome}
	act := privacy.ActNewResult
	_, gained := urgentChange(seen.Record.Codes, v.result.Codes, v.under.Codebook)
	note := func() {
		if seen.Review.Version > 0 {
			changed.Review = seen.Review.Note(step)
		}
	}
	switch v.direction {
	case Down:
		if v.waiting {
			return seen, privacy.Event{}, false
		}
		act, step.Kind = privacy.ActOffered, review.LoweringOffered
		changed.Record = seen.Record.Offer(&v.result)
		changed.Review = seen.Review.Suggest(changed.Record, step, gained)
	case Up:
		step.Kind = review.NewResult
		changed.Record = seen.Record.Replace(v.result, r.Apply.Retention)
		changed.Review = seen.Review.Raise(changed.Record, step, gained)
	case Level:
		step.Kind = review.NewResult
		changed.Record = seen.Record.Replace(v.result, r.Apply.Retention)
		note()
	case Unmoved:
		if seen.Record.Offered == nil {
			return seen, privacy.Event{}, false
		}
		// Other rules offered a lowering; these would not lower.
		act, step.Kind = privacy.ActOfferEnded, review.LoweringEnded
		changed.Record = seen.Record.Offer(nil)
		note()
	}
	return changed, privacy.Event{
		At: r.Now(), Actor: Operator, Role: "operator", Action: act, Object: string(seen.Record.ID),
		Reason: string(r.Apply.Reason) + ":" + v.result.Rules.String(),
	}, true
}
