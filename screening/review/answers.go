package review

import (
	"context"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening/submission"
)

// OpenReason is why somebody opens the answers of an interview: a code, never
// words.
type OpenReason string

// The reasons to open answers.
const (
	OpenForContradiction OpenReason = "contradiction"       // answers do not fit together
	OpenForLowCoverage   OpenReason = "low_coverage"        // too little was answered to say anything
	OpenForLowering      OpenReason = "lowering_considered" // less protection is thought of
	OpenForUrgentNeed    OpenReason = "urgent_need"         // what the person needs now has to be known
	OpenForPerson        OpenReason = "person_asked"        // the person wants to know or mend what was noted
	OpenForQuality       OpenReason = "quality_check"       // how interviews are held is looked at
)

// OpenReasons lists every reason to open answers.
func OpenReasons() []OpenReason {
	return []OpenReason{
		OpenForContradiction, OpenForLowCoverage, OpenForLowering, OpenForUrgentNeed, OpenForPerson, OpenForQuality,
	}
}

// Safe opens the answers that lie sealed beside a record.
type Safe interface {
	Open(ctx context.Context, r submission.Record, sealed []byte) (submission.AnswerSheet, error)
}

// Opened are the answers of an interview, opened for a review.
type Opened struct {
	submission.AnswerSheet
	// Until is the last day on which they can be opened.
	Until privacy.Day
}

// openAttempts is how often a review that changes meanwhile is looked at again.
const openAttempts = 3

// OpenAnswers opens the answers of a review that the principal holds. That it
// is done, by whom and why is on record, durably, before anything is opened:
// when that cannot be written, nothing is.
//
// The faults are ReviewClosed, ReviewClaimed and ReviewNotClaimed, as for a
// decision, ReasonNeeded, Invalid, and NotFound where there are no answers or
// no longer.
func (d *Desk) OpenAnswers(ctx context.Context, who auth.Principal, id submission.RecordID, reason OpenReason) (Opened, error) {
	scope, err := who.May(auth.OpenAnswers)
	if err != nil {
		return Opened{}, err
	}
	if err := reasonAmong(reason, OpenReasons()); err != nil {
		return Opened{}, err
	}
	for attempt := 1; ; attempt++ {
		record, err := d.noteOpening(ctx, scope, who, id, reason)
		if fault.CodeOf(err) == fault.StaleVersion && attempt < openAttempts {
			continue // somebody changed the review: see whether it is still held
		}
		if err != nil {
			return Opened{}, err
		}
		sealed, err := d.store.Answers(ctx, scope, id)
		if err != nil {
			return Opened{}, err
		}
		sheet, err := d.safe.Open(ctx, record, sealed)
		return Opened{sheet, record.AnswersUntil}, err
	}
}

// noteOpening puts on record that answers are about to be opened, and gives
// their record.
func (d *Desk) noteOpening(ctx context.Context, scope auth.Scope, who auth.Principal, id submission.RecordID, reason OpenReason) (submission.Record, error) {
	c, err := d.store.Case(ctx, scope, id)
	if err != nil {
		return submission.Record{}, err
	}
	now := d.now()
	if err := c.Review.heldBy(who.Ref, now); err != nil {
		return submission.Record{}, err
	}
	if c.Record.AnswersUntil < privacy.DayOf(now) {
		return submission.Record{}, fault.New(fault.NotFound)
	}
	event := privacy.Event{
		At: now, Actor: string(who.Ref), Role: string(who.Role),
		Action: privacy.ActOpened, Object: string(id), Reason: string(reason),
	}
	return c.Record, d.store.Note(ctx, c.Review, event)
}
