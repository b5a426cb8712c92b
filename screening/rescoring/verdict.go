package rescoring

import (
	"slices"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/submission"
)

// Direction says what a new result does to a record.
type Direction string

// The directions.
const (
	// Unmoved: the new rules come to the same.
	Unmoved Direction = "unmoved"
	// Up: more protection, an urgent need that was not noted, or less time.
	Up Direction = "up"
	// Level: the same protection, with other details.
	Level Direction = "level"
	// Down: less protection, or an urgent need less. People decide on it.
	Down Direction = "down"
)

// Directions lists the directions, the one that needs people first.
func Directions() []Direction { return []Direction{Down, Up, Level, Unmoved} }

// direction compares a new result with the one in force. The outcome decides;
// with the same outcome, an urgent need that is no longer noted is Down.
func direction(now, next submission.Result, book *screening.Codebook) Direction {
	order, _ := next.Outcome.Protects(now.Outcome)
	lost, gained := urgentChange(now.Codes, next.Codes, book)
	sooner := next.Clock != now.Clock && next.Clock.Sooner(now.Clock) == next.Clock
	switch {
	case order < 0, order == 0 && lost:
		return Down
	case order > 0, gained, sooner:
		return Up
	case next.Same(withClock(now, next.Clock)): // a later clock alone changes nothing
		return Unmoved
	default:
		return Level
	}
}

func withClock(r submission.Result, c screening.Clock) submission.Result {
	r.Clock = c
	return r
}

// urgentChange says whether urgent needs are no longer noted, or newly noted.
func urgentChange(now, next []screening.Code, book *screening.Codebook) (lost, gained bool) {
	before, after := submission.Urgent(now, book), submission.Urgent(next, book)
	missing := func(from []screening.Code) func(screening.Code) bool {
		return func(c screening.Code) bool { return !slices.Contains(from, c) }
	}
	return slices.ContainsFunc(before, missing(after)), slices.ContainsFunc(after, missing(before))
}

// Left says why a record was left alone.
type Left string

// The reasons.
const (
	// OtherInstrument: the rules are not for its instrument.
	OtherInstrument Left = "other_instrument"
	// UnknownRules: the catalogue lacks the rules that scored it, so what they
	// derived cannot be told from what was answered.
	UnknownRules Left = "unknown_rules"
	// Expired: it is about to be erased.
	Expired Left = "expired"
)

// verdict is what new rules make of one record.
type verdict struct {
	under     *catalog.Entry
	result    submission.Result
	direction Direction
	// waiting says that supervisors have the result before them already.
	waiting bool
	// limited is that of screening.Rescorer.
	limited bool
	left    Left
}

// judge scores a record under the plan's rules.
func (r *run) judge(record submission.Record) verdict {
	if record.RetainUntil < r.today {
		return verdict{left: Expired}
	}
	i := slices.IndexFunc(r.Under, func(e *catalog.Entry) bool { return e.Instrument.Ref() == record.Instrument })
	if i < 0 {
		return verdict{left: OtherInstrument}
	}
	rescorer, ok := r.rescorer[scored{record.Instrument, record.Rules}]
	if !ok {
		return verdict{left: UnknownRules}
	}
	under := r.Under[i]
	a := rescorer.AssessCodes(record.Codes, record.Coverage, record.Facts())
	v := verdict{
		under: under, result: submission.ResultOf(a, under, record.Claimed),
		limited: rescorer.Limited(record.Codes),
	}
	v.direction = direction(record.Result(), v.result, under.Codebook)
	v.waiting = v.direction == Down && record.Offered != nil &&
		record.Offered.Rules == v.result.Rules && record.Offered.Same(v.result)
	return v
}
