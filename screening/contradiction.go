package screening

import (
	"fmt"
	"slices"
)

// Contradiction is a pair of answers that do not fit together. Both stand, and
// nothing is subtracted: accounts given in distress, through an interpreter or
// under threat often change, and none of that speaks against a person. The
// pair is worth asking about again (our design).
type Contradiction struct {
	First  Side `json:"first"`
	Second Side `json:"second"`
	// Differ says that the pair contradicts when both items are answered and no
	// option of one has the code of an option of the other.
	Differ bool   `json:"differ,omitempty"`
	Source string `json:"-"`

	at Problem // where it stands in the rules
}

// Side is one answer of a contradiction.
type Side struct {
	// Instrument is the id of another instrument, whose answers came earlier;
	// "" for the instrument of the rules.
	Instrument string `json:"instrument,omitempty"`
	Item       string `json:"item"`
	// Any: some chosen option is in the list; empty when the pair differs.
	Any []string `json:"any,omitempty"`
}

// ID names the pair by its items, such as "D05/T05". It says which questions to
// ask again and not what was answered; a record keeps it.
func (c Contradiction) ID() string { return c.First.Item + "/" + c.Second.Item }

// Earlier is what the person answered to another instrument before. It is
// looked at for contradictions only and never scored.
type Earlier struct {
	Program   *Program
	Responses *Responses
}

// Contradictions lists the pairs that contradict, in the order of the rules.
// It looks at what was answered, also to items that turned out not to apply.
func (p *Program) Contradictions(r *Responses, earlier ...Earlier) []Contradiction {
	var out []Contradiction
	for _, c := range p.contradictions {
		first, second := p.said(c.First, r, earlier), p.said(c.Second, r, earlier)
		if c.Differ {
			same := slices.ContainsFunc(first, func(o string) bool { return slices.Contains(second, o) })
			if len(first) > 0 && len(second) > 0 && !same {
				out = append(out, c)
			}
			continue
		}
		if contains := anyOf(first, c.First.Any) && anyOf(second, c.Second.Any); contains {
			out = append(out, c)
		}
	}
	return out
}

func anyOf(said, list []string) bool {
	return slices.ContainsFunc(said, func(o string) bool { return slices.Contains(list, o) })
}

// said lists the options chosen in the item of a side.
func (p *Program) said(s Side, r *Responses, earlier []Earlier) []string {
	if s.Instrument != "" {
		for _, e := range earlier {
			if e.Program.instrument.ID == s.Instrument {
				s.Instrument = ""
				return e.Program.said(s, e.Responses, nil)
			}
		}
		return nil
	}
	at, ok := p.itemAt[s.Item]
	if !ok { // an earlier version of the other instrument may lack the item
		return nil
	}
	var out []string
	for o, code := range p.items[at].Options {
		if r.chosen[at]&(1<<o) != 0 {
			out = append(out, code)
		}
	}
	return out
}

func (s *rulesSource) contradiction(n node) {
	c := Contradiction{at: s.problem(n)}
	s.fields(n, fields{
		"first":  func(n node) { c.First = s.side(n) },
		"second": func(n node) { c.Second = s.side(n) },
		"differ": func(n node) { c.Differ = s.bool(n) },
		"source": func(n node) { c.Source = s.string(n) },
	}, "first", "second", "source")
	for _, side := range []Side{c.First, c.Second} {
		if (len(side.Any) == 0) != c.Differ {
			s.report(n, "a pair names options on both sides (\"any\"), or says \"differ\": true and names none")
			break
		}
	}
	if c.First.Instrument != "" {
		s.report(n, "the first side is of this instrument; put the other instrument second")
	}
	if slices.ContainsFunc(s.rules.Contradictions, func(o Contradiction) bool { return o.ID() == c.ID() }) {
		s.report(n, "the pair %s is already given", c.ID())
	}
	s.rules.Contradictions = append(s.rules.Contradictions, c)
}

func (s *rulesSource) side(n node) (side Side) {
	s.fields(n, fields{
		"instrument": func(n node) {
			side.Instrument = s.id(n)
			if side.Instrument == s.rules.ID {
				s.report(n, "the instrument of the rules is not named")
			}
		},
		"item": func(n node) { side.Item = s.matching(n, itemPattern, "an item id such as C04") },
		"any":  func(n node) { side.Any = s.strings(n) },
	}, "item")
	return side
}

// CheckItems holds everything in the rules that names items or options of an
// instrument against that instrument: their own, or one whose answers came
// earlier. Rules are read without an instrument, so this comes after. The
// error, if any, is a Problems.
func (r *Rules) CheckItems(in *Instrument) error {
	var problems Problems
	report := func(at Problem, format string, args ...any) {
		at.Message = fmt.Sprintf(format, args...)
		problems = append(problems, at)
	}
	for _, c := range r.Contradictions {
		for _, side := range []Side{c.First, c.Second} {
			if side.Instrument != in.ID && (side.Instrument != "" || r.ID != in.ID) {
				continue
			}
			item, ok := in.Item(side.Item)
			if !ok {
				report(c.at, "%s has no item %s", in.Ref(), side.Item)
				continue
			}
			for _, code := range side.Any {
				if !slices.ContainsFunc(item.Options, func(o Option) bool { return o.Code == code }) {
					report(c.at, "item %s of %s has no option %q", side.Item, in.Ref(), code)
				}
			}
		}
	}
	for _, late := range r.Late {
		if _, ok := in.Item(late.Item); !ok && r.ID == in.ID {
			report(late.at, "%s has no item %s", in.Ref(), late.Item)
		}
	}
	return problems.orNil()
}
