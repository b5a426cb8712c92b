package screening

import "slices"

// Position says where the facts noted so far lie between a labour dispute,
// forced labour and trafficking. Like an outcome it is an indication, never a
// status, and it is never a number.
type Position string

// The positions, from the one nearest to no indication to the one that
// protects most.
const (
	PositionNone              Position = "none"                 // nothing noted
	PositionLabourDispute     Position = "labour_dispute"       // pay or conditions, no coercion noted
	PositionUnclear           Position = "unclear"              // too little was said to tell
	PositionTowardForced      Position = "toward_forced_labour" // signs of coercion, not enough for more
	PositionTowardTrafficking Position = "toward_trafficking"   // signs of an act and means, or of sexual exploitation, not enough for more
	PositionForcedLabour      Position = "forced_labour"        // exploitation and coercion (ILO Convention 29 art. 2)
	PositionTrafficking       Position = "trafficking"          // means, purpose and coercion (Palermo Protocol art. 3)
	PositionChild             Position = "child_protection"     // under 18, or in doubt: means are not needed
)

var positions = []Position{
	PositionNone, PositionLabourDispute, PositionUnclear, PositionTowardForced,
	PositionTowardTrafficking, PositionForcedLabour, PositionTrafficking, PositionChild,
}

// Positions lists every position, the one that protects least first.
func Positions() []Position { return slices.Clone(positions) }

// ElementID names an element that tells the positions apart.
type ElementID string

// The elements.
const (
	ElementAct      ElementID = "act"      // recruiting, transporting, transferring, harbouring or receiving (Palermo art. 3(a))
	ElementMeans    ElementID = "means"    // deception, coercion or abuse of vulnerability at recruitment (Palermo art. 3(a))
	ElementPurpose  ElementID = "purpose"  // exploitation (Palermo art. 3(a))
	ElementCoercion ElementID = "coercion" // menace of a penalty, or work not offered voluntarily (ILO Convention 29 art. 2)
	ElementBreach   ElementID = "breach"   // a breach of labour law: pay, hours, conditions
)

var elements = []ElementID{ElementAct, ElementMeans, ElementPurpose, ElementCoercion, ElementBreach}

// Elements lists every element.
func Elements() []ElementID { return slices.Clone(elements) }

// ElementState says what was noted of an element.
type ElementState string

// The states. Only the first two say something of what happened.
const (
	ElementPresent     ElementState = "present"
	ElementPartial     ElementState = "partial"      // something, not enough
	ElementAbsent      ElementState = "absent"       // a question that can show it was answered, and none did
	ElementNotAnswered ElementState = "not_answered" // no question that can show it has an answer
	ElementNotShown    ElementState = "not_shown"    // the answers are gone; nothing was kept that shows it
)

// elementStates lists the states a program can find; the place in the list is
// the number it uses.
var elementStates = [...]ElementState{ElementAbsent, ElementPartial, ElementPresent}

// ElementStates lists every state.
func ElementStates() []ElementState {
	return append(elementStates[:], ElementNotAnswered, ElementNotShown)
}

// Spectrum tells how to find the position. It reads what decided the outcome
// and decides nothing itself.
type Spectrum struct {
	Elements []Element
	// Positions decide, first match first.
	Positions []PositionRule
}

// Element is one element with when it is there.
type Element struct {
	ID ElementID
	// Codes are the codes that speak of it; a trailing * takes every code with
	// that beginning. They say which questions ask for it.
	Codes   []string
	Present Condition
	// Partial is nil for an element that is there or not.
	Partial *Condition
	Source  string
}

// PositionRule gives a position to outcomes. Because it starts from the
// outcome, a position can never say something else than the outcome does.
type PositionRule struct {
	Position Position
	Outcomes []Outcome
	// When narrows the rule; nil for every assessment with these outcomes.
	When   *Condition
	Source string
}

// Standing is where the facts of one assessment lie on the spectrum.
type Standing struct {
	Position Position
	Elements []ElementStanding
}

// ElementStanding is what one assessment noted of an element.
type ElementStanding struct {
	ID     ElementID
	State  ElementState
	Source string
	// Codes lists the evidenced codes that belong to it.
	Codes []Code
	// Items lists the questions that could still show it, or that can at all
	// when the answers are gone. It is empty for an element that is present.
	Items []string
	// Toward is the position that the element in full, everything else as it
	// is, would lead to; "" when it would move nothing.
	Toward Position
}

func (s *rulesSource) spectrum(n node) {
	sp := &Spectrum{}
	var positions node
	s.fields(n, fields{
		"elements": func(n node) { s.each(n, func(e node) { sp.Elements = append(sp.Elements, s.element(e, sp)) }) },
		"positions": func(n node) {
			positions = n
			s.each(n, func(e node) { sp.Positions = append(sp.Positions, s.positionRule(e)) })
		},
	}, "elements", "positions")
	for _, o := range s.rules.Outcomes {
		sure := func(p PositionRule) bool { return p.When == nil && slices.Contains(p.Outcomes, o.Outcome) }
		if o.Outcome != "" && !slices.ContainsFunc(sp.Positions, sure) {
			s.report(positions, "outcome %s has no position that applies always", o.Outcome)
		}
	}
	s.rules.Spectrum = sp
}

func (s *rulesSource) element(n node, sp *Spectrum) (e Element) {
	s.fields(n, fields{
		"id": func(n node) {
			e.ID = oneOf(&s.source, n, elements...)
			if slices.ContainsFunc(sp.Elements, func(o Element) bool { return o.ID == e.ID }) {
				s.report(n, "element %s is already given", e.ID)
			}
		},
		"codes": func(n node) {
			e.Codes = s.strings(n)
			s.resolve(n, Condition{Codes: e.Codes}, nil)
		},
		"present": func(n node) { e.Present = s.ruleCondition(n, s.firstModeDefines()) },
		"partial": func(n node) {
			c := s.ruleCondition(n, s.firstModeDefines())
			e.Partial = &c
		},
		"source": func(n node) { e.Source = s.string(n) },
	}, "id", "codes", "present", "source")
	return e
}

func (s *rulesSource) positionRule(n node) (p PositionRule) {
	s.fields(n, fields{
		"position": func(n node) { p.Position = oneOf(&s.source, n, positions...) },
		"outcomes": func(n node) {
			s.each(n, func(e node) { p.Outcomes = append(p.Outcomes, oneOf(&s.source, e, Outcomes()...)) })
		},
		"when": func(n node) {
			c := s.ruleCondition(n, s.firstModeDefines())
			p.When = &c
		},
		"source": func(n node) { p.Source = s.string(n) },
	}, "position", "outcomes", "source")
	return p
}

// firstModeDefines lists the names that the spectrum may use: it belongs to the
// outcome, which is that of the first mode.
func (s *rulesSource) firstModeDefines() []string {
	known := names(s.rules.Define)
	if len(s.rules.Modes) > 0 {
		known = append(known, names(s.rules.Modes[0].Define)...)
	}
	return known
}
