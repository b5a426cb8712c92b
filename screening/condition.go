package screening

import (
	"encoding/json"
	"slices"
)

// Condition is a yes-or-no test. In an instrument it looks at answers and
// decides whether an item applies; in rules it looks at codes, findings and
// coverage and decides an outcome. Exactly one of its forms is filled in.
//
// A test of an item that is unanswered, declined or does not apply is false,
// so "not man" holds for a person who did not say.
type Condition struct {
	// Item with Any: some chosen option is in the list. Item with Only: at
	// least one option is chosen and every chosen one is in the list.
	Item string   `json:"item,omitempty"`
	Any  []string `json:"any,omitempty"`
	Only []string `json:"only,omitempty"`

	// Codes: at least AtLeast different codes of the list were evidenced; 0
	// means 1. A trailing * takes every code with that beginning.
	Codes   []string `json:"codes,omitempty"`
	AtLeast int      `json:"at_least,omitempty"`

	// Finding with Is: the dimension's finding is exactly this one.
	Finding string  `json:"finding,omitempty"`
	Is      Finding `json:"is,omitempty"`

	// Defined: a condition defined by name earlier in the rules.
	Defined string `json:"defined,omitempty"`

	// CoverageBelow: less than this percentage of the applicable items that
	// can show an indicator was answered.
	CoverageBelow int `json:"coverage_below,omitempty"`

	// Fact: something that is not an answer, such as FactConsentRefused.
	Fact Fact `json:"fact,omitempty"`

	Not   *Condition  `json:"not,omitempty"`
	All   []Condition `json:"all,omitempty"`
	AnyOf []Condition `json:"any_of,omitempty"`
}

// Fact is something the engine is told besides answers.
type Fact string

// FactConsentRefused says that the person did not agree to the interview.
const FactConsentRefused Fact = "consent_refused"

// facts lists every fact; the place in the list is its bit in a program.
var facts = []Fact{FactConsentRefused}

func factBits(given []Fact) uint32 {
	var bits uint32
	for _, f := range given {
		bits |= 1 << slices.Index(facts, f)
	}
	return bits
}

// String writes the condition as the JSON it was read from.
func (c Condition) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "condition"
	}
	return string(b)
}

// eachItem calls f with every test of an item inside the condition.
func (c Condition) eachItem(f func(Condition)) {
	if c.Item != "" {
		f(c)
	}
	if c.Not != nil {
		c.Not.eachItem(f)
	}
	for _, sub := range slices.Concat(c.All, c.AnyOf) {
		sub.eachItem(f)
	}
}

// conditionForms are the keys that say which form a condition has.
var conditionForms = []string{"item", "codes", "finding", "defined", "coverage_below", "fact", "not", "all", "any_of"}

// condition reads a condition made of the given forms; instruments and rules
// allow different ones.
func (s *source) condition(n node, forms ...string) (c Condition) {
	readers := fields{
		"item": func(n node) { c.Item = s.string(n) },
		"any":  func(n node) { c.Any = s.strings(n) },
		"only": func(n node) { c.Only = s.strings(n) },

		"codes":    func(n node) { c.Codes = s.strings(n) },
		"at_least": func(n node) { c.AtLeast = s.count(n, maxCodes) },

		"finding": func(n node) { c.Finding = s.string(n) },
		"is":      func(n node) { c.Is = oneOf(s, n, Positive, Partial, None) },

		"defined":        func(n node) { c.Defined = s.string(n) },
		"coverage_below": func(n node) { c.CoverageBelow = s.count(n, 100) },
		"fact":           func(n node) { c.Fact = oneOf(s, n, facts...) },

		"not": func(n node) { sub := s.condition(n, forms...); c.Not = &sub },
		"all": func(n node) {
			s.each(n, func(e node) { c.All = append(c.All, s.condition(e, forms...)) })
		},
		"any_of": func(n node) {
			s.each(n, func(e node) { c.AnyOf = append(c.AnyOf, s.condition(e, forms...)) })
		},
	}
	companions := map[string][]string{"item": {"any", "only"}, "codes": {"at_least"}, "finding": {"is"}}

	known := fields{}
	for _, form := range forms {
		known[form] = readers[form]
		for _, companion := range companions[form] {
			known[companion] = readers[companion]
		}
	}
	if !s.is(n, nodeObject) {
		return c
	}
	s.fields(n, known)

	var given []string
	for _, m := range n.members {
		if slices.Contains(conditionForms, m.name) {
			given = append(given, m.name)
		}
	}
	switch {
	case len(given) != 1:
		s.report(n, "a condition has exactly one of %s", joined(forms))
	case given[0] == "item" && (len(c.Any) == 0) == (len(c.Only) == 0):
		s.report(n, "a condition on an item has exactly one of any, only")
	case given[0] == "finding" && c.Is == "":
		s.report(n, "a condition on a finding says which: \"is\"")
	}
	return c
}
