// Package review is the supervisor's side: the queue, and the decisions on a
// record.
//
// A review never makes anybody a victim or not a victim: it confirms, asks for
// more, escalates, or amends the outcome with a reason. Nobody reviews what
// they submitted, and leading to less protection takes two people.
//
// The package imports the engine, submission, auth, fault and privacy. Every
// transition is a pure method that returns the new state; stores apply it
// under its version.
package review

import (
	"slices"
	"time"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
)

// State is where a review stands.
type State string

// The states.
const (
	// Open: waiting for a supervisor.
	Open State = "open"
	// AwaitingSecond: a lowering was proposed; a second reviewer decides on it.
	AwaitingSecond State = "awaiting_second"
	// AwaitingInterview: more was asked for; it stays in the queue.
	AwaitingInterview State = "awaiting_interview"
	// Decided: closed. A new interview makes a new review; only a result of
	// newer rules opens this one again.
	Decided State = "decided"
)

// States lists every state.
func States() []State { return []State{Open, AwaitingSecond, AwaitingInterview, Decided} }

// Review is a supervisor's examination of one record. It embeds its history and
// changes only by compare-and-swap on its version.
type Review struct {
	// ID is that of the record.
	ID     submission.RecordID
	Tenant string
	Site   string
	// Author is who submitted the record and may not review it.
	Author auth.Ref
	State  State
	// Urgency orders the queue, 0 the most urgent; it is the place of a clock
	// in screening.Clocks.
	Urgency int
	// Due is the day the clock runs out.
	Due privacy.Day
	// Outcome is the outcome as it stands: the record's, or as amended.
	Outcome screening.Outcome
	// Claim is who is looking at it now; nil for nobody.
	Claim *Claim
	// Proposed is the lowering that waits for a second reviewer.
	Proposed *Proposal
	History  []Step
	// Version counts the changes; 1 is a new review.
	Version int
}

// Claim holds a review for one supervisor for a while.
type Claim struct {
	By    auth.Ref  `json:"by"`
	Until time.Time `json:"until"`
}

// Proposal is a lowering that waits for a second reviewer.
type Proposal struct {
	By      auth.Ref          `json:"by"`
	Outcome screening.Outcome `json:"outcome"`
	Reason  Reason            `json:"reason"`
}

// Step is one thing that was done in a review.
type Step struct {
	On      privacy.Day       `json:"on"`
	By      auth.Ref          `json:"by"`
	Kind    Kind              `json:"kind"`
	Reason  Reason            `json:"reason,omitempty"`
	Outcome screening.Outcome `json:"outcome,omitempty"`
}

// Kind is a kind of decision.
type Kind string

// The kinds of decision. There is none that sets a victim status.
const (
	// Confirm: the outcome stands.
	Confirm Kind = "confirm"
	// AskForMore: another interview is needed before anything is said.
	AskForMore Kind = "ask_for_more"
	// Escalate: somebody else must look, now.
	Escalate Kind = "escalate"
	// Amend: another outcome fits better. One that protects less waits for a
	// second reviewer.
	Amend Kind = "amend"
	// Agree and Disagree: a second reviewer's answer to a proposed lowering.
	Agree    Kind = "agree"
	Disagree Kind = "disagree"
)

// Kinds lists every kind of decision.
func Kinds() []Kind { return []Kind{Confirm, AskForMore, Escalate, Amend, Agree, Disagree} }

// Reason is why a decision was taken: a code, never words.
type Reason string

// The reasons.
const (
	PersonExplained   Reason = "person_explained"
	NewInformation    Reason = "new_information"
	EntryMistake      Reason = "entry_mistake"
	InterpreterFault  Reason = "interpreter_problem"
	RepeatedInterview Reason = "repeated_interview"
	LowCoverage       Reason = "low_coverage"
	Contradiction     Reason = "contradiction"
	Distress          Reason = "distress"
	ChildProtection   Reason = "child_protection"
	DangerNow         Reason = "danger"
	LegalAdvice       Reason = "legal_advice"
	SpecialistNeeded  Reason = "specialist_needed"
)

// reasons lists which kinds of decision need a reason, and which reasons fit.
// A kind that is not here takes none.
var reasons = map[Kind][]Reason{
	AskForMore: {LowCoverage, Contradiction, InterpreterFault, Distress, NewInformation},
	Escalate:   {ChildProtection, DangerNow, LegalAdvice, SpecialistNeeded},
	Amend:      {PersonExplained, NewInformation, EntryMistake, InterpreterFault, RepeatedInterview},
}

// Reasons lists the reasons that fit a kind of decision; empty when it takes
// none.
func Reasons(k Kind) []Reason { return slices.Clone(reasons[k]) }

// Decision is what a supervisor decides.
type Decision struct {
	Kind   Kind
	Reason Reason
	// Outcome is the new outcome of an amendment, "" otherwise.
	Outcome screening.Outcome
}

const (
	// ClaimTime is how long a claim holds a review.
	ClaimTime = 30 * time.Minute
	// waitDays is how long a further interview may take (as POSSIBLE).
	waitDays privacy.Day = 7
)

// Begin opens the review of a new record. It reports false when the record
// needs none.
func Begin(r submission.Record) (Review, bool) {
	days, timed := r.Clock.Days()
	if !timed {
		return Review{}, false
	}
	return Review{
		ID: r.ID, Tenant: r.Tenant, Site: r.Site, Author: r.Author,
		State:   Open,
		Urgency: slices.Index(screening.Clocks(), r.Clock),
		Due:     r.Received + privacy.Day(days),
		Outcome: r.Outcome,
		Version: 1,
	}, true
}

// claimed reports who holds the review at a moment; "" for nobody.
func (v Review) claimed(now time.Time) auth.Ref {
	if v.Claim == nil || !now.Before(v.Claim.Until) {
		return ""
	}
	return v.Claim.By
}

// next copies the review for a change.
func (v Review) next() Review {
	v.History = slices.Clone(v.History)
	v.Version++
	return v
}

// Take claims the review for a supervisor, or prolongs their claim. The faults
// are SelfReview, SecondReviewerNeeded, ReviewClosed and ReviewClaimed.
func (v Review) Take(by auth.Ref, now time.Time) (Review, error) {
	switch holder := v.claimed(now); {
	case v.State == Decided:
		return v, fault.New(fault.ReviewClosed)
	case by == v.Author:
		return v, fault.New(fault.SelfReview)
	case v.State == AwaitingSecond && by == v.Proposed.By:
		return v, fault.New(fault.SecondReviewerNeeded)
	case holder != "" && holder != by:
		return v, fault.New(fault.ReviewClaimed)
	}
	n := v.next()
	n.Claim = &Claim{By: by, Until: now.Add(ClaimTime)}
	return n, nil
}

// heldBy says whether a supervisor holds the review. The faults are those of
// Take, and ReviewNotClaimed.
func (v Review) heldBy(by auth.Ref, now time.Time) error {
	if _, err := v.Take(by, now); err != nil {
		return err
	}
	if v.claimed(now) != by {
		return fault.New(fault.ReviewNotClaimed)
	}
	return nil
}

// Decide takes a decision of the supervisor who holds the review. Besides
// those of Take the faults are ReviewNotClaimed, DecisionNotPossible,
// ReasonNeeded and Invalid.
func (v Review) Decide(by auth.Ref, d Decision, now time.Time) (Review, error) {
	if err := v.heldBy(by, now); err != nil {
		return v, err
	}
	if err := v.possible(d); err != nil {
		return v, err
	}
	n := v.next()
	n.Claim = nil
	n.History = append(n.History, Step{On: privacy.DayOf(now), By: by, Kind: d.Kind, Reason: d.Reason, Outcome: d.Outcome})
	return n.apply(by, d, privacy.DayOf(now)), nil
}

// possible says whether a decision fits the state and is complete.
func (v Review) possible(d Decision) error {
	if !slices.Contains(Kinds(), d.Kind) {
		return fault.New(fault.Invalid, fault.Field{Pointer: "/kind", Code: fault.NotAllowed, Allowed: texts(Kinds())})
	}
	answersProposal := d.Kind == Agree || d.Kind == Disagree
	if answersProposal != (v.State == AwaitingSecond) {
		return fault.New(fault.DecisionNotPossible)
	}
	if allowed := reasons[d.Kind]; len(allowed) > 0 || d.Reason != "" {
		if err := reasonAmong(d.Reason, allowed); err != nil {
			return err
		}
	}
	return v.amendable(d)
}

// reasonAmong says whether a reason is one of those that fit.
func reasonAmong[T ~string](reason T, allowed []T) error {
	switch {
	case reason == "":
		return fault.New(fault.ReasonNeeded, fault.Field{Pointer: "/reason", Code: fault.Required, Allowed: texts(allowed)})
	case !slices.Contains(allowed, reason):
		return fault.New(fault.Invalid, fault.Field{Pointer: "/reason", Code: fault.NotAllowed, Allowed: texts(allowed)})
	}
	return nil
}

// amendable checks the outcome of an amendment: another one of the same kind
// of instrument. A quarantined record has no outcome to amend.
func (v Review) amendable(d Decision) error {
	if d.Kind != Amend {
		if d.Outcome != "" {
			return fault.New(fault.Invalid, fault.Field{Pointer: "/outcome", Code: fault.NotHere})
		}
		return nil
	}
	if order, same := d.Outcome.Protects(v.Outcome); !same || order == 0 {
		return fault.New(fault.Invalid, fault.Field{Pointer: "/outcome", Code: fault.AnotherOutcome})
	}
	return nil
}

// apply gives the state after a decision. The decision was checked.
func (v Review) apply(by auth.Ref, d Decision, today privacy.Day) Review {
	switch d.Kind {
	case Confirm:
		v.State = Decided
	case AskForMore:
		v.State, v.Due = AwaitingInterview, today+waitDays
		v.Urgency = slices.Index(screening.Clocks(), screening.Days7)
	case Escalate:
		v.State, v.Due = Open, today
		v.Urgency = slices.Index(screening.Clocks(), screening.Now)
	case Amend:
		if order, _ := d.Outcome.Protects(v.Outcome); order < 0 {
			v.State = AwaitingSecond
			v.Proposed = &Proposal{By: by, Outcome: d.Outcome, Reason: d.Reason}
			return v
		}
		v.State, v.Outcome = Decided, d.Outcome
	case Agree:
		v.State, v.Outcome, v.Proposed = Decided, v.Proposed.Outcome, nil
	case Disagree:
		v.State, v.Proposed = Open, nil
	case NewResult, LoweringOffered, LoweringEnded: // nobody decides these
	}
	return v
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// Rescored carries a review over to its record's new result, when a
// quarantined interview could be scored after all. What was decided before
// concerned something nobody could read, so the review opens again.
func (v Review) Rescored(r submission.Record) Review {
	n := v.next()
	n.Claim, n.Proposed, n.Outcome = nil, nil, r.Outcome
	n.State = Decided
	if fresh, needed := Begin(r); needed {
		n.State, n.Urgency, n.Due = Open, fresh.Urgency, fresh.Due
	}
	return n
}
