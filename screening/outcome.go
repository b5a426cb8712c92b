package screening

import (
	"cmp"
	"slices"
)

// Outcome is the conclusion of an assessment: an indication, never a status.
// Formal identification belongs to a national body.
type Outcome string

// The outcomes of a triage.
const (
	Red       Outcome = "RED"        // an urgent need: help now
	Refer     Outcome = "REFER"      // signs that need a full, calm interview
	ReAsk     Outcome = "RE_ASK"     // not enough said yet
	NoTrigger Outcome = "NO_TRIGGER" // nothing noted today
)

// The outcomes of a full screening.
const (
	ChildPresumed Outcome = "CHILD_PROTECTION/presumed" // act and exploitation of a child; means are not needed
	ChildAtRisk   Outcome = "CHILD_PROTECTION/at_risk"  // under 18, or in doubt
	StrongTIP     Outcome = "STRONG_TIP"                // strong indications of trafficking in persons
	StrongFL      Outcome = "STRONG_FL"                 // strong indications of forced labour
	Possible      Outcome = "POSSIBLE"                  // some indications; more time needed
	Insufficient  Outcome = "INSUFFICIENT"              // no conclusion; treated as possible until there is one
	Labour        Outcome = "LABOUR"                    // a work or pay problem, no sign of force so far
	NoneFound     Outcome = "NONE_FOUND"                // nothing noted; not a finding that the person is no victim
)

// ladders order the outcomes of each kind of instrument from the one that
// protects least to the one that protects most (our design).
var ladders = [][]Outcome{
	{NoTrigger, ReAsk, Refer, Red},
	{NoneFound, Labour, Insufficient, Possible, StrongFL, StrongTIP, ChildAtRisk, ChildPresumed},
}

// Outcomes lists every outcome there is, those of one kind of instrument
// together and from the one that protects least. A program orders outcomes by
// their place in this list.
func Outcomes() []Outcome { return slices.Concat(ladders...) }

// Protects compares how much protection two outcomes of the same kind of
// instrument lead to: negative when o leads to less than p. It reports false
// when one is an outcome of triage and the other of a full screening.
func (o Outcome) Protects(p Outcome) (int, bool) {
	for _, ladder := range ladders {
		i, j := slices.Index(ladder, o), slices.Index(ladder, p)
		if i >= 0 && j >= 0 {
			return cmp.Compare(i, j), true
		}
	}
	return 0, false
}

// Role is a note about a role the person spoke of. It is for supervisors, and
// never changes an outcome.
type Role string

// The role notes.
const (
	NoRole           Role = ""
	CoercedRole      Role = "NOTE_COERCED_ROLE" // made to lead, guard or recruit others
	SpecialistReview Role = "SPECIALIST_REVIEW" // a specialist and a lawyer decide what comes next; protection goes on
)

// Finding is the result of one dimension.
type Finding string

// The findings. The Delphi rule decides Positive (ILO/EC 2009); Partial is our
// design and marks a dimension that is close.
const (
	None     Finding = "NONE"
	Partial  Finding = "PARTIAL"
	Positive Finding = "POSITIVE"
)

// findings lists the findings; the place in the list is the number a program
// uses.
var findings = [...]Finding{None, Partial, Positive}

// DimensionCount is the number of dimensions of an assessment.
const DimensionCount = 6

// Clock is the time within which a next step should be taken.
type Clock string

// The clocks, the most pressing first.
const (
	Now     Clock = "now"
	SameDay Clock = "same_day"
	Hours24 Clock = "24h"
	Hours48 Clock = "48h"
	Days7   Clock = "7d"
	Days14  Clock = "14d"
	NoClock Clock = "none"
)

var clocks = []Clock{Now, SameDay, Hours24, Hours48, Days7, Days14, NoClock}

// Clocks lists the clocks, the most pressing first.
func Clocks() []Clock { return slices.Clone(clocks) }

// Sooner gives the more pressing of two clocks.
func (c Clock) Sooner(d Clock) Clock {
	if slices.Index(clocks, d) < slices.Index(clocks, c) {
		return d
	}
	return c
}

// Days is how many days after the interview the clock runs out; false for
// NoClock, which never does.
func (c Clock) Days() (int, bool) {
	switch c {
	case Now, SameDay:
		return 0, true
	case Hours24:
		return 1, true
	case Hours48:
		return 2, true
	case Days7:
		return 7, true
	case Days14:
		return 14, true
	case NoClock:
		return 0, false
	default:
		return 0, false
	}
}
