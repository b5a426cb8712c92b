package review

import (
	"context"
	"time"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/submission"
)

// Case is a review with the record it is about.
type Case struct {
	Review Review
	Record submission.Record
}

// Place is a place in the queue.
type Place struct {
	Urgency int
	Due     privacy.Day
	ID      submission.RecordID
}

// Page says which part of the queue to give.
type Page struct {
	// Limit is the greatest number of reviews, from 1 to MaxPage.
	Limit int
	// After is where the page before ended; nil begins the queue.
	After *Place
}

// MaxPage is the largest page.
const MaxPage = 200

// Place is where a review stands in the queue.
func (v Review) Place() Place { return Place{v.Urgency, v.Due, v.ID} }

// Store keeps reviews. A review is opened by the store when its record is kept.
type Store interface {
	// Queue gives the reviews in scope that are not decided: by urgency, then
	// by due day, then by id.
	Queue(ctx context.Context, scope auth.Scope, page Page) ([]Case, error)
	// Case gives one review in scope; fault.NotFound for none.
	Case(ctx context.Context, scope auth.Scope, id submission.RecordID) (Case, error)
	// Replace stores a changed review whose Version is one more than what is
	// stored, with its event, durably; fault.StaleVersion otherwise.
	Replace(ctx context.Context, v Review, e privacy.Event) error
	// Note stores an event beside a review that is still as it was seen, durably,
	// and changes nothing else; fault.StaleVersion otherwise.
	Note(ctx context.Context, seen Review, e privacy.Event) error
	// Answers gives the answers that lie sealed beside a record in scope;
	// fault.NotFound for none.
	Answers(ctx context.Context, scope auth.Scope, id submission.RecordID) ([]byte, error)
}

// Desk is where supervisors work.
type Desk struct {
	store Store
	safe  Safe
	now   func() time.Time
}

// NewDesk makes a Desk.
func NewDesk(store Store, safe Safe, now func() time.Time) *Desk { return &Desk{store, safe, now} }

// Queue gives a page of the reviews that wait for a decision.
func (d *Desk) Queue(ctx context.Context, who auth.Principal, page Page) ([]Case, error) {
	scope, err := who.May(auth.ReadReview)
	if err != nil {
		return nil, err
	}
	return d.store.Queue(ctx, scope, page)
}

// Case gives one review with its record.
func (d *Desk) Case(ctx context.Context, who auth.Principal, id submission.RecordID) (Case, error) {
	scope, err := who.May(auth.ReadReview)
	if err != nil {
		return Case{}, err
	}
	return d.store.Case(ctx, scope, id)
}

// Claim holds a review for the principal, who has seen it at a version. The
// faults are those of Review.Take, NotFound and StaleVersion.
func (d *Desk) Claim(ctx context.Context, who auth.Principal, id submission.RecordID, version int) (Case, error) {
	return d.change(ctx, who, id, version, privacy.ActClaimed, "", func(v Review, now time.Time) (Review, error) {
		return v.Take(who.Ref, now)
	})
}

// Decide takes a decision on a review that the principal holds and has seen at
// a version. The faults are those of Review.Decide, NotFound and StaleVersion.
func (d *Desk) Decide(ctx context.Context, who auth.Principal, id submission.RecordID, version int, decision Decision) (Case, error) {
	reason := string(decision.Kind)
	if decision.Reason != "" {
		reason += ":" + string(decision.Reason)
	}
	return d.change(ctx, who, id, version, privacy.ActDecided, reason, func(v Review, now time.Time) (Review, error) {
		return v.Decide(who.Ref, decision, now)
	})
}

// change applies a transition to the version the principal has seen.
func (d *Desk) change(ctx context.Context, who auth.Principal, id submission.RecordID, version int, act privacy.Act, reason string, transition func(Review, time.Time) (Review, error)) (Case, error) {
	scope, err := who.May(auth.DecideReview)
	if err != nil {
		return Case{}, err
	}
	c, err := d.store.Case(ctx, scope, id)
	if err != nil {
		return Case{}, err
	}
	if c.Review.Version != version {
		return Case{}, fault.New(fault.StaleVersion)
	}
	now := d.now()
	changed, err := transition(c.Review, now)
	if err != nil {
		return Case{}, err
	}
	event := privacy.Event{
		At: now, Actor: string(who.Ref), Role: string(who.Role),
		Action: act, Object: string(id), Reason: reason,
	}
	if err := d.store.Replace(ctx, changed, event); err != nil {
		return Case{}, err
	}
	c.Review = changed
	return c, nil
}
