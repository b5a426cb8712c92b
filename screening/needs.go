package screening

import (
	"slices"
	"strings"
)

// NeedKind is something a person may need help with.
type NeedKind string

// The kinds of need, in the order they are listed.
const (
	NeedSafety       NeedKind = "safety"
	NeedHealth       NeedKind = "health"
	NeedMentalHealth NeedKind = "mental_health"
	NeedBasic        NeedKind = "basic" // food, money, clothes
	NeedDependants   NeedKind = "dependants"
	NeedDocuments    NeedKind = "documents"
	NeedLegal        NeedKind = "legal"
	NeedDebt         NeedKind = "debt"
	NeedReturnPlan   NeedKind = "return_plan"
	NeedConsent      NeedKind = "consent" // to be recorded for each recipient
)

var needKinds = []NeedKind{
	NeedSafety, NeedHealth, NeedMentalHealth, NeedBasic, NeedDependants,
	NeedDocuments, NeedLegal, NeedDebt, NeedReturnPlan, NeedConsent,
}

// NeedKinds lists the kinds of need.
func NeedKinds() []NeedKind { return slices.Clone(needKinds) }

// Urgency is how soon a need wants help.
type Urgency string

// The urgencies, the soonest first.
const (
	WithinNow   Urgency = "now"
	WithinDays  Urgency = "days"
	WithinWeeks Urgency = "weeks"
)

var urgencies = []Urgency{WithinNow, WithinDays, WithinWeeks}

// Urgencies lists the urgencies, the soonest first.
func Urgencies() []Urgency { return slices.Clone(urgencies) }

// Need is one need with how soon. Needs are listed, never added up.
type Need struct {
	Need    NeedKind `json:"need"`
	Urgency Urgency  `json:"urgency"`
}

// NeedRule notes a need. Unlike an outcome it may look at answers, so the
// program keeps what it found as a code, which history carries on.
type NeedRule struct {
	Need
	When   Condition
	Source string
}

// OpenRule names the instrument to go on with.
type OpenRule struct {
	// Instrument is an id; the newest version is meant.
	Instrument string
	// Ask says that it is offered, and opened only if the person agrees.
	Ask    bool
	When   Condition
	Source string
}

// Codes of needs and of instruments to open exist in programs only, never in a
// codebook.
const (
	needPrefix  = "NEED_"
	opensPrefix = "OPENS_"
)

// code is how a program notes the need.
func (n Need) code() Code {
	return Code(needPrefix + strings.ToUpper(string(n.Need)+"_"+string(n.Urgency)))
}

// opensCode is how a program notes that an instrument is to be opened.
func opensCode(instrument string) Code {
	return Code(opensPrefix + strings.ToUpper(strings.ReplaceAll(instrument, "-", "_")))
}

// opened is the instrument that a code opens.
func opened(c Code) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(string(c), opensPrefix), "_", "-"))
}

// classOf is the class of a code of the book or of a program.
func classOf(book *Codebook, c Code) Class {
	switch {
	case strings.HasPrefix(string(c), needPrefix):
		return ClassNeed
	case strings.HasPrefix(string(c), opensPrefix):
		return ClassOpens
	default:
		return book.Class(c)
	}
}

func (s *rulesSource) needRule(n node) (r NeedRule) {
	s.fields(n, fields{
		"need":    func(n node) { r.Need.Need = oneOf(&s.source, n, needKinds...) },
		"urgency": func(n node) { r.Urgency = oneOf(&s.source, n, urgencies...) },
		"when":    func(n node) { r.When = s.answerCondition(n) },
		"source":  func(n node) { r.Source = s.string(n) },
	}, "need", "urgency", "when", "source")
	return r
}

func (s *rulesSource) openRule(n node) (r OpenRule) {
	s.fields(n, fields{
		"instrument": func(n node) { r.Instrument = s.id(n) },
		"ask":        func(n node) { r.Ask = s.bool(n) },
		"when":       func(n node) { r.When = s.answerCondition(n) },
		"source":     func(n node) { r.Source = s.string(n) },
	}, "instrument", "when", "source")
	return r
}

// answerCondition reads a condition on answers and on the codes they show. The
// items it names are looked up when the rules meet their instrument.
func (s *rulesSource) answerCondition(n node) Condition {
	c := s.condition(n, "item", "codes", "not", "all", "any_of")
	s.resolve(n, c, nil)
	s.rules.looksAt = append(s.rules.looksAt, answerTest{s.problem(n), c})
	return c
}

// answerTest is a condition on answers with its place in the file.
type answerTest struct {
	at   Problem
	cond Condition
}

// checkAnswers reports what the rules say of items and options that the
// instrument does not have.
func (r *Rules) checkAnswers(in *Instrument) error {
	var out Problems
	for _, test := range r.looksAt {
		test.cond.eachItem(func(c Condition) {
			it, ok := in.Item(c.Item)
			if !ok {
				test.at.Message = "there is no item \"" + c.Item + "\" in " + in.Ref().String()
				out = append(out, test.at)
				return
			}
			for _, code := range slices.Concat(c.Any, c.Only) {
				if !it.has(code) {
					test.at.Message = "item " + it.ID + " has no option \"" + code + "\""
					out = append(out, test.at)
				}
			}
		})
	}
	return out.orNil()
}

// follow compiles needs and instruments to open. They stand before the rules,
// because they look at answers too, and they lead to codes by instructions
// that every interpreter has.
func (c *compiler) follow() {
	add := func(when Condition, code Code) {
		var no label
		c.jumpUnless(when, &no)
		c.emitTo(opAdd, 0, c.codeAt[code], 0)
		c.bind(&no)
	}
	for _, r := range c.rules.Needs {
		add(r.When, r.code())
	}
	for _, r := range c.rules.Opens {
		add(r.When, opensCode(r.Instrument))
	}
}

// followCodes lists the codes that follow leads to, in the order of the rules.
func (r *Rules) followCodes() []Code {
	var out []Code
	for _, n := range r.Needs {
		out = append(out, n.code())
	}
	for _, o := range r.Opens {
		out = append(out, opensCode(o.Instrument))
	}
	return out
}

// needs gives the noted needs, each once and as soon as any rule said; nil for
// a program that notes none.
func (p *Program) needs(s *Result) []Need {
	if !slices.ContainsFunc(p.codes, func(c programCode) bool { return c.Class == ClassNeed }) {
		return nil
	}
	out := []Need{}
	for _, kind := range needKinds {
		for _, urgency := range urgencies {
			n := Need{kind, urgency}
			if at, ok := p.codeAt[n.code()]; ok && s.codes.has(at) {
				out = append(out, n)
				break
			}
		}
	}
	return out
}
