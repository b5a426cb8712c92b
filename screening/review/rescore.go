package review

import (
	"slices"

	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
)

// What new rules do to a review is in its history, beside people's decisions.
// These kinds are none of Kinds: nobody decides them.
const (
	// NewResult: newer rules gave the record a result that is in force.
	NewResult Kind = "new_result"
	// LoweringOffered: newer rules would lead to less protection. Nothing
	// changes until people decide; an Amend that follows it still needs its
	// second reviewer.
	LoweringOffered Kind = "lowering_offered"
	// LoweringEnded: newer rules no longer would.
	LoweringEnded Kind = "lowering_ended"
)

// Raise carries a review over to a result that protects more or presses more
// than the one before, and opens one where there was none. It moves forward in
// the queue or stays where it is, and is open again unless what stands
// protects more already. A proposed lowering was about the result before, and
// ends.
//
// urgent says that a need was noted which nobody has looked at.
func (v Review) Raise(r submission.Record, step Step, urgent bool) Review {
	order, _ := r.Outcome.Protects(v.Outcome)
	closed := v.State == Decided
	n := v.following(r, step)
	if n.State == Decided && order <= 0 && !urgent {
		return n
	}
	if order > 0 {
		n.Outcome = r.Outcome
	}
	n.State, n.Proposed = Open, nil
	return n.press(r.Clock, step.On, closed)
}

// Suggest puts a lowering that newer rules would lead to before a supervisor.
// It never changes the outcome, and never the place of a review for a later
// one. A decided review is open again when what stands protects more than the
// new rules would.
//
// urgent says that a need was noted which nobody has looked at.
func (v Review) Suggest(r submission.Record, step Step, urgent bool) Review {
	n := v.following(r, step)
	if n.State == Decided {
		if order, _ := r.Offered.Outcome.Protects(n.Outcome); order >= 0 && !urgent {
			return n
		}
		n.State = Open
		n = n.press(screening.Days14, step.On, true)
	}
	return n.press(r.Offered.Clock, step.On, false)
}

// Note adds what new rules did to the history, and changes nothing else.
func (v Review) Note(step Step) Review {
	n := v.next()
	n.History = append(n.History, step)
	return n
}

// following gives the review with a step more; a new one, at the end of the
// queue, where the record had none.
func (v Review) following(r submission.Record, step Step) Review {
	if v.Version == 0 {
		v = Review{ID: r.ID, Tenant: r.Tenant, Site: r.Site, Author: r.Author, State: Open, Outcome: r.Outcome}
		v = v.press(screening.Days14, step.On, true)
	}
	return v.Note(step)
}

// press moves a review forward in the queue to where a clock puts it that
// starts today; a fresh place does not depend on the one before.
func (v Review) press(c screening.Clock, today privacy.Day, fresh bool) Review {
	days, timed := c.Days()
	if !timed {
		return v
	}
	urgency, due := slices.Index(screening.Clocks(), c), today+privacy.Day(days)
	if !fresh {
		urgency, due = min(urgency, v.Urgency), min(due, v.Due)
	}
	v.Urgency, v.Due = urgency, due
	return v
}
