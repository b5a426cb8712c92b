package screening

import (
	"regexp"
	"slices"
)

// Protocol is what the officer settles before and after the questions. Its
// items are answered by the officer and are never scored: they may raise an
// urgent need and nothing else.
type Protocol struct {
	// StartWhen looks at opening items. The interview starts only while it
	// holds; an opening item without an answer is not yet a yes.
	StartWhen Condition `json:"start_when"`
	Opening   []Item    `json:"opening"`
	Closing   []Item    `json:"closing"`
}

// FollowUp is one later talk with the same person.
type FollowUp struct {
	ID string `json:"id"`
	// Days counts from the first interview.
	Days  int  `json:"days"`
	Label Text `json:"label"`
}

// Prefill carries an answer over from another instrument. It is shown to be
// confirmed, and not asked again.
type Prefill struct {
	// From is the id of the other instrument, Item one of its items.
	From string `json:"from"`
	Item string `json:"item"`
	// Into is the item of this instrument.
	Into string `json:"into"`
	// Options maps options of Item to options of Into that mean the same. An
	// answer that is not mapped is asked again.
	Options map[string]string `json:"options"`
}

// officerItems lists the protocol's items, in the order they are put.
func (in *Instrument) officerItems() []Item {
	if in.Protocol == nil {
		return nil
	}
	return slices.Concat(in.Protocol.Opening, in.Protocol.Closing)
}

// protocolPattern keeps the officer's items apart from the questions.
var protocolPattern = regexp.MustCompile(`^[A-Z][0-9]$`)

func (s *instrumentSource) protocol(n node) {
	p := &Protocol{}
	s.in.Protocol = p
	s.fields(n, fields{
		"start_when": func(node) {}, // read last, when the items are known
		"opening":    func(n node) { s.each(n, func(e node) { p.Opening = append(p.Opening, s.officerItem(e)) }) },
		"closing":    func(n node) { s.each(n, func(e node) { p.Closing = append(p.Closing, s.officerItem(e)) }) },
	}, "start_when", "opening", "closing")
	for _, m := range n.members {
		if m.name == "start_when" {
			p.StartWhen = s.condition(m.value, "item", "not", "all", "any_of")
			s.resolve(m.value, p.StartWhen, p.Opening)
		}
	}
}

func (s *instrumentSource) officerItem(n node) (it Item) {
	s.fields(n, fields{
		"id": func(n node) {
			it.ID = s.matching(n, protocolPattern, "a protocol item id: one capital and one digit, such as P1")
			if slices.ContainsFunc(s.in.officerItems(), func(o Item) bool { return o.ID == it.ID }) {
				s.report(n, "item %s is already defined", it.ID)
			}
		},
		"type":     func(n node) { it.Type = oneOf(&s.source, n, One, Many) },
		"text":     func(n node) { it.Text = s.texts(n) },
		"guidance": func(n node) { it.Guidance = s.string(n) },
		"options":  func(n node) { s.each(n, func(e node) { s.officerOption(e, &it) }) },
		"source":   func(n node) { it.Source = s.string(n) },
	}, "id", "type", "text", "options", "source")
	s.checkOptionCount(n, it)
	return it
}

func (s *instrumentSource) officerOption(n node, it *Item) {
	s.option(n, it)
	for _, c := range it.Options[len(it.Options)-1].Evidence {
		if class := s.book.Class(c); class != ClassUrgent && class != "" {
			s.report(n, "%s is of class %s; a protocol item is not scored and may raise urgent needs only", c, class)
		}
	}
}

func (s *instrumentSource) followUp(n node) (f FollowUp) {
	s.fields(n, fields{
		"id": func(n node) {
			f.ID = s.matching(n, optionPattern, "an id: lower-case letters, digits and single underscores")
			if slices.ContainsFunc(s.in.FollowUp, func(o FollowUp) bool { return o.ID == f.ID }) {
				s.report(n, "follow-up %q is already defined", f.ID)
			}
		},
		"days": func(n node) {
			f.Days = s.count(n, 730)
			if last := len(s.in.FollowUp) - 1; last >= 0 && s.in.FollowUp[last].Days >= f.Days {
				s.report(n, "follow-ups stand in the order of their days")
			}
		},
		"label": func(n node) { f.Label = s.texts(n) },
	}, "id", "days", "label")
	return f
}

// prefill checks this instrument's side; CheckLinks checks the other's.
func (s *instrumentSource) prefill(n node) (p Prefill) {
	into, known := s.in.Item(n.member("into").text)
	s.fields(n, fields{
		"from": func(n node) { p.From = s.id(n) },
		"item": func(n node) { p.Item = s.matching(n, itemPattern, "an item id") },
		"into": func(n node) {
			p.Into = s.string(n)
			if !known {
				s.report(n, "item %q is not defined in \"items\" above", p.Into)
			}
		},
		"options": func(n node) {
			p.Options = map[string]string{}
			if !s.is(n, nodeObject) {
				return
			}
			for _, m := range n.members {
				p.Options[m.name] = s.string(m.value)
				if known && !into.has(p.Options[m.name]) {
					s.report(m.value, "item %s has no option %q", into.ID, p.Options[m.name])
				}
			}
		},
	}, "from", "item", "into", "options")
	return p
}

// CheckLinks checks what an instrument.json or a rules.json, already parsed on
// its own, says about other instruments: where answers are carried over from,
// and what is opened next. The error, if any, is a Problems.
func CheckLinks(file string, data []byte, known []*Instrument) error {
	s := &source{file: file, data: data}
	root, _ := s.tree()
	for _, m := range root.members {
		for _, e := range m.value.list {
			switch m.name {
			case "prefill":
				s.checkPrefill(e, known)
			case "opens":
				s.versions(e.member("instrument"), known)
			}
		}
	}
	return s.problems.orNil()
}

// versions gives every known version of the instrument that a value names.
func (s *source) versions(n node, known []*Instrument) (out []*Instrument) {
	for _, in := range known {
		if in.ID == n.text {
			out = append(out, in)
		}
	}
	if len(out) == 0 {
		s.report(n, "there is no instrument %q", n.text)
	}
	return out
}

func (s *source) checkPrefill(n node, known []*Instrument) {
	for _, in := range s.versions(n.member("from"), known) {
		id := n.member("item")
		it, ok := in.Item(id.text)
		if !ok {
			s.report(id, "%s has no item %q", in.Ref(), id.text)
			continue
		}
		for _, m := range n.member("options").members {
			if !it.has(m.name) {
				s.report(m.value, "item %s of %s has no option %q", it.ID, in.Ref(), m.name)
			}
		}
	}
}

// member gives the value of a key, or an empty node.
func (n node) member(name string) node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return node{offset: n.offset, pointer: n.pointer}
}
