package screening

import (
	"cmp"
	"slices"
)

// Explanation says why an assessment is what it is: which answer showed which
// indicator at which strength, what that made of each dimension, and which
// rule decided.
type Explanation struct {
	Evidence   []EvidenceLine
	Dimensions []DimensionLine
	// Decided and DecidedStrict are the rules that fired in the two modes.
	Decided, DecidedStrict RuleLine
	// Missing lists the items that applied and have no answer. It is empty when
	// the answers are gone.
	Missing []MissingItem
	// Contradictions are for supervisors: pairs to ask about again.
	Contradictions []Contradiction
	// Standing is nil for rules without a spectrum.
	Standing *Standing
	// Second lists the ids of the reasons to screen again after a low outcome.
	Second []string
}

// MissingItem is an item without an answer, and why. No reason is a no.
type MissingItem struct {
	Item string
	Why  Missing
}

// EvidenceLine is one code with where it came from.
type EvidenceLine struct {
	Code  Code
	Class Class
	// Element is the legal element the code speaks to; "" for none.
	Element ElementID
	// Dimension and Strength are empty for a code that is no indicator.
	Dimension string
	Strength  Strength
	// From lists the answers that showed it. It is empty when the answers are
	// no longer there, and for a derived code.
	From []Answered
	// Derived lists the codes it follows from.
	Derived []Code
	// Items lists every item that can show the code, so that an explanation
	// without answers can still name the questions.
	Items []string
}

// Answered names an item and its options that showed something.
type Answered struct {
	Item    string
	Options []string
}

// DimensionLine counts a dimension's different indicators by strength.
type DimensionLine struct {
	ID string
	// Element is the legal element its indicators speak to.
	Element              ElementID
	Strong, Medium, Weak int
	// Finding and Strict are the findings of the two modes.
	Finding, Strict Finding
}

// RuleLine is a rule that decided an outcome.
type RuleLine struct {
	Mode, Line string
	Outcome    Outcome
	Source     string
}

// Explainer explains assessments of one program. It keeps the definitions that
// the program was compiled from.
type Explainer struct {
	program *Program
	rules   *Rules
	book    *Codebook
}

// NewExplainer pairs a program with the definitions it was compiled from.
func NewExplainer(p *Program, r *Rules, book *Codebook) *Explainer {
	return &Explainer{p, r, book}
}

// Explain explains the assessment of a response set. What was answered earlier,
// to other instruments, is looked at for contradictions only.
func (e *Explainer) Explain(r *Responses, earlier ...Earlier) (Assessment, Explanation) {
	var (
		result Result
		trace  []shown
	)
	result.answers = r.chosen
	e.program.run(&result, 0, &trace)
	a := e.program.assessment(&result)
	x := e.explanation(a, trace)
	x.Missing = e.program.missing(r)
	for _, c := range e.program.Contradictions(r, earlier...) {
		x.Contradictions = append(x.Contradictions, e.rules.contradiction(c.ID())...)
	}
	if standing, ok := e.program.Standing(r); ok {
		x.Standing = &standing
		e.name(x.Standing)
	}
	return a, x
}

// name adds what only the definitions know of the elements.
func (e *Explainer) name(s *Standing) {
	for i := range s.Elements {
		at := slices.IndexFunc(e.rules.Spectrum.Elements, func(el Element) bool { return el.ID == s.Elements[i].ID })
		s.Elements[i].Source = e.rules.Spectrum.Elements[at].Source
	}
}

// contradiction looks a pair up by its id. It gives a list of one, or none for
// a pair that these rules do not have.
func (r *Rules) contradiction(id string) []Contradiction {
	i := slices.IndexFunc(r.Contradictions, func(c Contradiction) bool { return c.ID() == id })
	if i < 0 {
		return nil
	}
	return r.Contradictions[i : i+1]
}

// missing lists the items that apply and have no answer.
func (p *Program) missing(r *Responses) []MissingItem {
	var out []MissingItem
	for item, it := range p.items {
		if r.chosen[item] == 0 && p.applies(r, item) {
			out = append(out, MissingItem{it.ID, whyMissing(r, item)})
		}
	}
	return out
}

// ExplainCodes explains an assessment whose answers are gone: it names the
// questions that can show each code, not what was answered. Pairs to ask about
// again come as the ids that were kept of them.
func (e *Explainer) ExplainCodes(a Assessment, given []Fact, reAsk []string) Explanation {
	x := e.explanation(a, nil)
	for _, id := range reAsk {
		x.Contradictions = append(x.Contradictions, e.rules.contradiction(id)...)
	}
	if standing, ok := e.program.StandingOfCodes(a.Codes, a.Coverage, given); ok {
		x.Standing = &standing
		e.name(x.Standing)
	}
	return x
}

func (e *Explainer) explanation(a Assessment, trace []shown) Explanation {
	out := Explanation{
		Decided:       e.ruleLine(e.rules.Modes[0], a.Line),
		DecidedStrict: e.ruleLine(e.rules.Modes[1], a.StrictLine),
		Second:        e.rules.Second.Reasons[a.Outcome],
	}
	for _, code := range a.Codes {
		if class := classOf(e.book, code); class == ClassNeed || class == ClassOpens {
			continue // told as needs and as the next step
		}
		line := EvidenceLine{
			Code:    code,
			Class:   e.book.Class(code),
			Element: e.book.Element(code),
			From:    e.from(code, trace),
			Derived: e.derived(code, a.Codes),
			Items:   e.program.itemsShowing(code),
		}
		if i, ok := e.book.Indicator(code); ok {
			line.Dimension, line.Strength = i.Dimension, i.Strength(a.Profile)
		}
		out.Evidence = append(out.Evidence, line)
	}
	slices.SortStableFunc(out.Evidence, compareEvidence)
	for _, d := range e.book.Dimensions {
		line := e.dimensionLine(d.ID, a)
		line.Element = d.Element
		out.Dimensions = append(out.Dimensions, line)
	}
	return out
}

// compareEvidence puts the strongest first, and a dimension's together.
func compareEvidence(x, y EvidenceLine) int {
	return cmp.Or(
		-cmp.Compare(weight(x.Strength), weight(y.Strength)),
		cmp.Compare(x.Dimension, y.Dimension),
	)
}

// Plain lists the codes that are told as reasons in plain words, in the order
// in which an explanation of an adult tells them.
func (e *Explainer) Plain() []Code {
	var lines []EvidenceLine
	for _, i := range e.program.sorted {
		line := EvidenceLine{Code: e.program.codes[i].Code, Class: e.program.codes[i].Class}
		if line.Class != ClassIndicator && line.Class != ClassPurpose {
			continue
		}
		if i, ok := e.book.Indicator(line.Code); ok {
			line.Dimension, line.Strength = i.Dimension, i.Strength(Adult)
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, compareEvidence)
	out := make([]Code, len(lines))
	for i, line := range lines {
		out[i] = line.Code
	}
	return out
}

func weight(s Strength) int {
	return slices.Index([]Strength{NoStrength, Weak, Medium, Strong}, s)
}

func (e *Explainer) ruleLine(m Mode, line string) RuleLine {
	i := slices.IndexFunc(e.rules.Outcomes, func(o OutcomeRule) bool { return o.Line == line })
	if i < 0 {
		return RuleLine{Mode: m.ID, Line: line}
	}
	rule := e.rules.Outcomes[i]
	return RuleLine{Mode: m.ID, Line: line, Outcome: rule.Outcome, Source: rule.Source}
}

func (e *Explainer) from(code Code, trace []shown) []Answered {
	var out []Answered
	at := e.program.codeAt[code]
	for _, s := range trace {
		if !e.program.evidence[s.row].has(at) {
			continue
		}
		it := e.program.items[s.item]
		if last := len(out) - 1; last >= 0 && out[last].Item == it.ID {
			out[last].Options = append(out[last].Options, it.Options[s.option])
			continue
		}
		out = append(out, Answered{Item: it.ID, Options: []string{it.Options[s.option]}})
	}
	return out
}

// derived lists the codes that a code follows from, among those evidenced.
func (e *Explainer) derived(code Code, evidenced []Code) []Code {
	for _, d := range e.rules.Derive {
		missing := func(c Code) bool { return !slices.Contains(evidenced, c) }
		if d.Adds == code && !slices.ContainsFunc(d.All, missing) {
			return d.All
		}
	}
	return nil
}

func (e *Explainer) dimensionLine(id string, a Assessment) DimensionLine {
	line := DimensionLine{ID: id, Finding: a.Dimensions[id], Strict: a.StrictDimensions[id]}
	for _, code := range a.Indicators {
		i, ok := e.book.Indicator(code)
		if !ok || i.Dimension != id {
			continue
		}
		switch i.Strength(a.Profile) {
		case Strong:
			line.Strong++
		case Medium:
			line.Medium++
		case Weak:
			line.Weak++
		case NoStrength:
		}
	}
	return line
}

// itemsShowing lists the items that have an option which shows the code.
func (p *Program) itemsShowing(code Code) []string {
	var out []string
	at, ok := p.codeAt[code]
	if !ok {
		return nil
	}
	for _, in := range p.code[:p.decide] {
		if !in.op.shows() {
			continue
		}
		it := p.items[in.a]
		rows := p.evidence[in.t : int(in.t)+len(it.Options)]
		if !slices.Contains(out, it.ID) && slices.ContainsFunc(rows, func(row codeSet) bool { return row.has(at) }) {
			out = append(out, it.ID)
		}
	}
	return out
}
