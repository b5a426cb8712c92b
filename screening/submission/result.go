package submission

import (
	"slices"

	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
)

// Result is what one version of the rules made of an interview, beside the
// result that is in force.
type Result struct {
	Rules   screening.Ref     `json:"ru"`
	Engine  string            `json:"en"`
	Program string            `json:"pr"`
	Codes   []screening.Code  `json:"cs,omitempty"`
	Outcome screening.Outcome `json:"ou"`
	Strict  screening.Outcome `json:"os"`
	Role    screening.Role    `json:"ro,omitempty"`
	Clock   screening.Clock   `json:"ck"`
	// On is the day the result was replaced, or offered.
	On privacy.Day `json:"on"`
	// Reason says why the interview was scored under other rules.
	Reason RescoreReason `json:"re"`
}

// RescoreReason says why records are scored again: a code, never words.
type RescoreReason string

// The reasons.
const (
	// RulesPublished: a new version of the rules was published.
	RulesPublished RescoreReason = "rules_published"
	// RulesMistake: the old rules had a mistake.
	RulesMistake RescoreReason = "rules_mistake"
	// LawChanged: law or national guidance changed.
	LawChanged RescoreReason = "law_changed"
	// Evaluated: a test on cases that are already identified called for it.
	Evaluated RescoreReason = "evaluated"
)

// RescoreReasons lists every reason.
func RescoreReasons() []RescoreReason {
	return []RescoreReason{RulesPublished, RulesMistake, LawChanged, Evaluated}
}

// Result gives the result in force.
func (r Record) Result() Result {
	return Result{
		Rules: r.Rules, Engine: r.Engine, Program: r.Program, Codes: r.Codes,
		Outcome: r.Outcome, Strict: r.Strict, Role: r.Role, Clock: r.Clock,
	}
}

// ResultOf turns an assessment into a result under the entry's rules. claimed
// is the record's.
func ResultOf(a screening.Assessment, entry *catalog.Entry, claimed Agreement) Result {
	clock := entry.Rules.ReviewClock(a)
	if claimed == Differed {
		// The tablet told the officer something else; a supervisor sees to it.
		clock = clock.Sooner(screening.Hours24)
	}
	return Result{
		Rules: a.Rules, Engine: a.Engine, Program: a.Program, Codes: a.Codes,
		Outcome: a.Outcome, Strict: a.Strict, Role: a.Role, Clock: clock,
	}
}

// Same says whether two results say the same of a person, whichever rules and
// program they come from.
func (x Result) Same(y Result) bool {
	return x.Outcome == y.Outcome && x.Strict == y.Strict && x.Role == y.Role && x.Clock == y.Clock && slices.Equal(x.Codes, y.Codes)
}

// under gives the record with a result in force.
func (r Record) under(n Result) Record {
	r.Rules, r.Engine, r.Program, r.Codes = n.Rules, n.Engine, n.Program, n.Codes
	r.Outcome, r.Strict, r.Role, r.Clock = n.Outcome, n.Strict, n.Role, n.Clock
	return r
}

// Replace gives the record with a new result in force. The result before it
// stays, as the last of Earlier; one that was offered is dropped. The record
// is kept at least as long as before, and its clock never becomes later.
func (r Record) Replace(n Result, retention privacy.Retention) Record {
	before := r.Result()
	before.On, before.Reason = n.On, n.Reason
	r.Earlier = append(slices.Clone(r.Earlier), before)
	n.Clock = n.Clock.Sooner(r.Clock)
	r = r.under(n)
	if r.Clock != screening.NoClock && r.RetentionReason == privacy.NoIndication {
		r.RetentionReason = privacy.Indication
		r.RetainUntil = max(r.RetainUntil, retention.Until(r.Received, privacy.Indication))
	}
	return r.Offer(nil)
}

// Offer gives the record with a result beside the one in force, for
// supervisors to decide on; nil takes back what was offered.
func (r Record) Offer(n *Result) Record {
	r.Offered = n
	r.Revision++
	return r
}
