// Command engines measures the engine beside two general ones, cel-go and OPA,
// which hold the same rules. It is a module of its own so that neither is a
// dependency of the product.
//
// The rules are not written again: they are translated from the shipped
// definitions, and every engine has to come to the same result on random
// interviews before anything is measured.
package main

import (
	"fmt"
	"slices"
	"strings"

	"waymark/screening"
)

// language writes the conditions of instruments and rules in the words of
// another engine. Every method gives the name or text of an expression.
type language interface {
	chosen(item string, options []string) string
	onlyChosen(item string, options []string) string
	codes(codes []screening.Code, atLeast int) string
	finding(mode, dimension string, is screening.Finding) string
	defined(mode, name string) string
	coverageBelow(percent int) string
	not(string) string
	all([]string) string
	anyOf([]string) string
}

// source is a screening to translate.
type source struct {
	in    *screening.Instrument
	rules *screening.Rules
	book  *screening.Codebook
}

// condition translates one condition for a mode.
func (s source) condition(l language, mode string, c screening.Condition) string {
	each := func(list []screening.Condition) []string {
		out := make([]string, len(list))
		for i, sub := range list {
			out[i] = s.condition(l, mode, sub)
		}
		return out
	}
	switch {
	case c.Item != "" && len(c.Only) > 0:
		return l.all([]string{s.applies(l, c.Item), l.onlyChosen(c.Item, c.Only)})
	case c.Item != "":
		return l.all([]string{s.applies(l, c.Item), l.chosen(c.Item, c.Any)})
	case len(c.Codes) > 0:
		return l.codes(s.matching(c.Codes), max(1, c.AtLeast))
	case c.Finding != "":
		return l.finding(mode, c.Finding, c.Is)
	case c.Defined != "":
		return l.defined(mode, c.Defined)
	case c.CoverageBelow > 0:
		return l.coverageBelow(c.CoverageBelow)
	case c.Fact != "": // no facts are given to any of the engines
		return "false"
	case c.Not != nil:
		return l.not(s.condition(l, mode, *c.Not))
	case len(c.All) > 0:
		return l.all(each(c.All))
	case len(c.AnyOf) > 0:
		return l.anyOf(each(c.AnyOf))
	}
	panic(fmt.Sprintf("a condition that is not translated: %v", c))
}

// applies translates when an item is asked.
func (s source) applies(l language, item string) string {
	it, ok := s.in.Item(item)
	if !ok {
		panic("no item " + item)
	}
	if it.Applies == nil {
		return l.all(nil)
	}
	return s.condition(l, "", *it.Applies)
}

// allCodes lists every code of the codebook.
func (s source) allCodes() []screening.Code {
	var out []screening.Code
	for _, i := range s.book.Indicators {
		out = append(out, i.Code)
	}
	for _, m := range s.book.Marks {
		out = append(out, m.Code)
	}
	return out
}

// matching expands patterns such as ACT_*.
func (s source) matching(patterns []string) []screening.Code {
	return slices.DeleteFunc(s.allCodes(), func(c screening.Code) bool {
		return !slices.ContainsFunc(patterns, func(p string) bool {
			prefix, wild := strings.CutSuffix(p, "*")
			return p == string(c) || wild && strings.HasPrefix(string(c), prefix)
		})
	})
}

// shown is one way in which an item shows a code.
type shown struct {
	code    screening.Code
	item    string
	options []string
	// unless and instead translate a substitution: the code is shown unless
	// one condition holds, or only when it does.
	unless, instead *screening.Condition
}

// evidence lists what answers can show, one entry for an item and a code.
func (s source) evidence() []shown {
	var out []shown
	add := func(e shown, option string) {
		i := slices.IndexFunc(out, func(o shown) bool {
			return o.code == e.code && o.item == e.item && o.unless == e.unless && o.instead == e.instead
		})
		if i < 0 {
			out, i = append(out, e), len(out)
		}
		out[i].options = append(out[i].options, option)
	}
	for _, it := range s.in.Items {
		for _, o := range it.Options {
			for _, code := range o.Evidence {
				e := shown{code: code, item: it.ID}
				for i := range it.Instead {
					if sub := &it.Instead[i]; sub.Code == code {
						e.unless = &sub.When
						add(shown{code: sub.By, item: it.ID, instead: &sub.When}, o.Code)
					}
				}
				add(e, o.Code)
			}
		}
	}
	return out
}

// counted lists the items that count for coverage.
func (s source) counted() []string {
	var out []string
	for _, it := range s.in.Items {
		if slices.ContainsFunc(it.Options, func(o screening.Option) bool {
			return slices.ContainsFunc(o.Evidence, func(c screening.Code) bool {
				_, indicator := s.book.Indicator(c)
				return indicator || c == "P_SEX"
			})
		}) {
			out = append(out, it.ID)
		}
	}
	return out
}

// indicators lists those of a dimension with a strength under a profile.
func (s source) indicators(mode screening.Mode, dimension string, p screening.Profile, strength screening.Strength) []screening.Code {
	var out []screening.Code
	for _, i := range s.book.Indicators {
		if i.Dimension == dimension && i.Strength(p) == strength && (mode.Extension || !i.Extension) {
			out = append(out, i.Code)
		}
	}
	return out
}
