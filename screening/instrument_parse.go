package screening

import (
	"regexp"
	"slices"
)

// Limits of a program's small integers; far above what a person can be asked.
const (
	maxItems   = 127
	maxOptions = 31
	maxCodes   = 128
)

var (
	itemPattern   = regexp.MustCompile(`^[A-Z]{1,3}[0-9]{2}$`)
	optionPattern = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	tagPattern    = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`)
)

// answerWords may be given in the place of an option on every item, so no
// option may use them.
var answerWords = map[string]Missing{"prefer_not": Declined, "dont_know": Unknown}

// ParseInstrument reads an instrument and checks it against the codebook. The
// error, if any, is a Problems that lists everything wrong with the file.
func ParseInstrument(file string, data []byte, book *Codebook) (*Instrument, error) {
	s := &instrumentSource{source: source{file: file, data: data}, book: book, in: &Instrument{}}
	if root, ok := s.tree(); ok {
		s.instrument(root)
	}
	if err := s.problems.orNil(); err != nil {
		return nil, err
	}
	return s.in, nil
}

type instrumentSource struct {
	source
	book *Codebook
	in   *Instrument
}

func (s *instrumentSource) instrument(root node) {
	in := s.in
	s.fields(root, fields{
		"id":         func(n node) { in.ID = s.id(n) },
		"version":    func(n node) { in.Version = s.version(n) },
		"language":   func(n node) { in.Language = s.matching(n, tagPattern, "a language tag such as en or zh-Hans") },
		"title":      func(n node) { in.Title = s.string(n) },
		"about":      func(n node) { in.About = s.string(n) },
		"minutes":    func(n node) { in.Minutes = s.count(n, 240) },
		"validation": func(n node) { in.Validation = s.string(n) },
		"notices":    s.notices,
		"protocol":   s.protocol,
		"follow_up":  func(n node) { s.each(n, func(e node) { s.in.FollowUp = append(s.in.FollowUp, s.followUp(e)) }) },
		"sections":   func(n node) { s.each(n, s.section) },
		"items":      func(n node) { s.each(n, s.item) },
		"prefill":    func(n node) { s.each(n, func(e node) { s.in.Prefill = append(s.in.Prefill, s.prefill(e)) }) },
	}, "id", "version", "language", "title", "about", "minutes", "validation", "sections", "items")
	if n := len(in.Items) + len(in.officerItems()); n > maxItems {
		s.report(root, "%d items are too many; at most %d", n, maxItems)
	}
	for _, section := range in.Sections {
		if !slices.ContainsFunc(in.Items, func(it Item) bool { return it.Section == section.ID }) {
			s.report(root, "section %s has no items", section.ID)
		}
	}
}

func (s *instrumentSource) notices(n node) {
	s.in.Notices = map[string]Text{}
	if !s.is(n, nodeObject) {
		return
	}
	for _, m := range n.members {
		s.in.Notices[m.name] = s.texts(m.value)
	}
}

func (s *instrumentSource) section(n node) {
	section := Section{}
	s.fields(n, fields{
		"id": func(n node) {
			section.ID = s.string(n)
			if slices.ContainsFunc(s.in.Sections, func(o Section) bool { return o.ID == section.ID }) {
				s.report(n, "section %q is already defined", section.ID)
			}
		},
		"title": func(n node) { section.Title = s.texts(n) },
	}, "id", "title")
	s.in.Sections = append(s.in.Sections, section)
}

func (s *instrumentSource) item(n node) {
	it := Item{}
	s.fields(n, fields{
		"id": func(n node) {
			it.ID = s.matching(n, itemPattern, "an item id: one to three capitals and two digits, such as C04")
			if _, taken := s.in.Item(it.ID); taken {
				s.report(n, "item %s is already defined", it.ID)
			}
		},
		"section": func(n node) {
			it.Section = s.string(n)
			if !slices.ContainsFunc(s.in.Sections, func(o Section) bool { return o.ID == it.Section }) {
				s.report(n, "section %q is not defined in \"sections\" above", it.Section)
			}
		},
		"type":     func(n node) { it.Type = oneOf(&s.source, n, One, Many) },
		"text":     func(n node) { it.Text = s.texts(n) },
		"guidance": func(n node) { it.Guidance = s.string(n) },
		"options":  func(n node) { s.each(n, func(e node) { s.option(e, &it) }) },
		"applies": func(n node) {
			c := s.itemCondition(n)
			it.Applies = &c
		},
		"instead": func(n node) {
			s.each(n, func(e node) { it.Instead = append(it.Instead, s.substitution(e)) })
		},
		"records": func(n node) { it.Records = oneOf(&s.source, n, AttributeAgeBand, AttributeAddress) },
		"notice": func(n node) {
			it.Notice = s.string(n)
			if _, ok := s.in.Notices[it.Notice]; !ok {
				s.report(n, "notice %q is not defined in \"notices\" above", it.Notice)
			}
		},
		"withhold_from": func(n node) { it.WithholdFrom = s.variants(n) },
		"block":         func(n node) { it.Block = s.id(n) },
		"by_sector":     func(n node) { it.BySector = s.bool(n) },
		"source":        func(n node) { it.Source = s.string(n) },
	}, "id", "section", "type", "text", "options", "source")

	s.checkOptionCount(n, it)
	for _, v := range it.WithholdFrom {
		if _, ok := it.Text.Variants[v]; !ok {
			s.report(n, "the item is withheld from %q, so its text needs a %q variant that tells the officer what to do", v, v)
		}
	}
	s.in.Items = append(s.in.Items, it)
}

func (s *instrumentSource) checkOptionCount(n node, it Item) {
	if len(it.Options) > maxOptions {
		s.report(n, "%d options are too many; at most %d", len(it.Options), maxOptions)
	}
}

func (s *instrumentSource) option(n node, it *Item) {
	o := Option{}
	s.fields(n, fields{
		"code": func(n node) {
			o.Code = s.matching(n, optionPattern, "an option code: lower-case letters, digits and single underscores")
			if _, reserved := answerWords[o.Code]; reserved {
				s.report(n, "%s is understood on every item; it is not an option", o.Code)
			}
			if it.has(o.Code) {
				s.report(n, "option %q is already defined for this item", o.Code)
			}
		},
		"label":    func(n node) { o.Label = s.texts(n) },
		"evidence": func(n node) { o.Evidence = s.evidence(n) },
		"accepts": func(n node) {
			o.Accepts = s.string(n)
			if s.book.list(o.Accepts) == nil {
				s.report(n, "there is no code list %q in the codebook", o.Accepts)
			}
		},
	}, "code", "label")
	it.Options = append(it.Options, o)
}

func (s *instrumentSource) evidence(n node) []Code {
	var out []Code
	s.each(n, func(e node) {
		c := s.known(e)
		if slices.Contains(out, c) {
			s.report(e, "%s is listed twice", c)
		}
		out = append(out, c)
	})
	return out
}

// known reads a code that the codebook has.
func (s *instrumentSource) known(n node) Code {
	c := s.code(n)
	if c != "" && s.book.Class(c) == "" {
		s.report(n, "%s is not in codebook %s", c, s.book.Ref())
	}
	return c
}

func (s *instrumentSource) substitution(n node) (sub Substitution) {
	s.fields(n, fields{
		"when": func(n node) { sub.When = s.itemCondition(n) },
		"code": func(n node) { sub.Code = s.known(n) },
		"by":   func(n node) { sub.By = s.known(n) },
	}, "when", "code", "by")
	return sub
}

// itemCondition reads a condition on answers. It may only look back: to an item
// that stands earlier in the file. That is the order in which a person is
// asked, and it rules out circles.
func (s *instrumentSource) itemCondition(n node) Condition {
	c := s.condition(n, "item", "not", "all", "any_of")
	s.resolve(n, c, s.in.Items)
	return c
}

// resolve checks a condition against the items that it may look at.
func (s *instrumentSource) resolve(n node, c Condition, items []Item) {
	c.eachItem(func(c Condition) {
		at := slices.IndexFunc(items, func(it Item) bool { return it.ID == c.Item })
		if at < 0 {
			s.report(n, "item %q is not defined above; a condition may only look at an earlier item", c.Item)
			return
		}
		for _, code := range slices.Concat(c.Any, c.Only) {
			if !items[at].has(code) {
				s.report(n, "item %s has no option %q", c.Item, code)
			}
		}
	})
}
