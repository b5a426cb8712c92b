package screening

import (
	"regexp"
	"slices"
	"strings"
)

// Code names something an answer can show, such as CD01 (documents taken) or
// U_MEDICAL (someone is hurt). Codes are what a record keeps of an interview.
type Code string

// Class says what a code is for.
type Class string

// The classes. Only indicators decide dimensions; only urgent codes demand an
// act before anything else is asked.
const (
	ClassIndicator Class = "indicator" // an ILO/EC operational indicator (2009), or one of our extension
	ClassUrgent    Class = "urgent"    // acted on before and regardless of any outcome
	ClassPurpose   Class = "purpose"   // shows a purpose of exploitation outside the labour lists
	ClassAct       Class = "act"       // an act in the sense of Palermo Protocol art. 3
	ClassGate      Class = "gate"      // a vulnerability; evidence only when a recruiter used it
	ClassRole      Class = "role"      // a note for the supervisor; never changes an outcome
	ClassContext   Class = "context"   // stored, shown to nobody by default, never changes an outcome
	ClassLead      Class = "lead"      // something an investigator may want preserved
	ClassNeed      Class = "need"      // a need with its urgency; in programs only, never in a codebook
	ClassOpens     Class = "opens"     // an instrument to go on with; in programs only, never in a codebook
)

// Strength is how much an indicator weighs within its dimension.
type Strength string

// The strengths of the ILO/EC Delphi lists. NoStrength marks an indicator that
// a profile's list does not hold: it is kept, and counts for nothing.
const (
	Strong     Strength = "S"
	Medium     Strength = "M"
	Weak       Strength = "W"
	NoStrength Strength = "-"
)

// Profile chooses the list of strengths.
type Profile string

// The profiles. Child applies whenever a person is under 18 or may be
// (Palermo Protocol art. 3(c), (d)).
const (
	Adult         Profile = "adult"
	ChildOrUnsure Profile = "child"
)

// Indicator is an observable sign, with its dimension and strengths.
type Indicator struct {
	Code      Code   `json:"code"`
	Dimension string `json:"dimension"`
	// Text is the short English name, for authors and for explanations that
	// have no translation.
	Text  string   `json:"text"`
	Adult Strength `json:"adult"`
	Child Strength `json:"child"`
	// Extension marks an indicator that is ours and not of the ILO/EC lists;
	// a mode decides whether it counts.
	Extension bool `json:"extension,omitempty"`
}

// Strength is the indicator's strength under a profile.
func (i Indicator) Strength(p Profile) Strength {
	if p == ChildOrUnsure {
		return i.Child
	}
	return i.Adult
}

// Dimension is one of the groups in which indicators are counted.
type Dimension struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Element is the legal element that its indicators speak to; "" for none.
	Element ElementID `json:"element,omitempty"`
}

// Mark is a code that is not an indicator.
type Mark struct {
	Code  Code   `json:"code"`
	Class Class  `json:"class"`
	Text  string `json:"text"`
}

// CodeList is an outside list of codes that an option stands for, such as the
// countries of ISO 3166-1.
type CodeList struct {
	ID    string   `json:"id"`
	Codes []string `json:"codes"`
}

// Codebook lists every code that instruments and rules may use.
type Codebook struct {
	ID         string      `json:"id"`
	Version    string      `json:"version"`
	Provenance string      `json:"provenance"`
	Dimensions []Dimension `json:"dimensions"`
	Indicators []Indicator `json:"indicators"`
	Marks      []Mark      `json:"marks"`
	Lists      []CodeList  `json:"lists"`
}

// Ref names the codebook and its version.
func (b *Codebook) Ref() Ref { return Ref{b.ID, b.Version} }

// Indicator looks an indicator up.
func (b *Codebook) Indicator(c Code) (Indicator, bool) {
	i := slices.IndexFunc(b.Indicators, func(i Indicator) bool { return i.Code == c })
	if i < 0 {
		return Indicator{}, false
	}
	return b.Indicators[i], true
}

// Class is what the code is for, or "" for a code that is not in the book.
func (b *Codebook) Class(c Code) Class {
	if _, ok := b.Indicator(c); ok {
		return ClassIndicator
	}
	if i := slices.IndexFunc(b.Marks, func(m Mark) bool { return m.Code == c }); i >= 0 {
		return b.Marks[i].Class
	}
	return ""
}

// Element is the legal element a code speaks to: that of its dimension, or of
// its class; "" for none.
func (b *Codebook) Element(c Code) ElementID {
	if i, ok := b.Indicator(c); ok {
		at := slices.IndexFunc(b.Dimensions, func(d Dimension) bool { return d.ID == i.Dimension })
		return b.Dimensions[at].Element
	}
	switch b.Class(c) {
	case ClassAct:
		return ElementAct
	case ClassPurpose:
		return ElementPurpose
	case ClassIndicator, ClassUrgent, ClassGate, ClassRole, ClassContext, ClassLead, ClassNeed, ClassOpens:
	}
	return ""
}

// Match gives the codes a pattern stands for, in the book's order: the code
// itself, or with a trailing * every code with that beginning.
func (b *Codebook) Match(pattern string) []Code {
	prefix, wild := strings.CutSuffix(pattern, "*")
	var out []Code
	take := func(c Code) {
		if string(c) == pattern || wild && strings.HasPrefix(string(c), prefix) {
			out = append(out, c)
		}
	}
	for _, i := range b.Indicators {
		take(i.Code)
	}
	for _, m := range b.Marks {
		take(m.Code)
	}
	return out
}

// list looks an outside list up.
func (b *Codebook) list(id string) *CodeList {
	i := slices.IndexFunc(b.Lists, func(l CodeList) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return &b.Lists[i]
}

var (
	codePattern    = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,31}$`)
	versionPattern = regexp.MustCompile(`^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$`)
	idPattern      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

// matching reads a text of a given shape.
func (s *source) matching(n node, shape *regexp.Regexp, what string) string {
	v := s.string(n)
	if v != "" && !shape.MatchString(v) {
		s.report(n, "%q is not %s", v, what)
	}
	return v
}

func (s *source) id(n node) string {
	return s.matching(n, idPattern, "an id: lower-case words and digits joined by hyphens")
}

func (s *source) version(n node) string {
	return s.matching(n, versionPattern, "a version such as 1.0.0")
}

func (s *source) code(n node) Code {
	return Code(s.matching(n, codePattern, "a code: capitals, digits and underscores"))
}

// ParseCodebook reads a codebook. The error, if any, is a Problems.
func ParseCodebook(file string, data []byte) (*Codebook, error) {
	s := &source{file: file, data: data}
	b := &Codebook{}
	if root, ok := s.tree(); ok {
		s.codebook(root, b)
	}
	if err := s.problems.orNil(); err != nil {
		return nil, err
	}
	return b, nil
}

func (s *source) codebook(root node, b *Codebook) {
	seen := map[Code]bool{}
	once := func(n node) Code {
		c := s.code(n)
		if seen[c] {
			s.report(n, "%s is already in the codebook", c)
		}
		if class := classOf(b, c); class == ClassNeed || class == ClassOpens {
			s.report(n, "%s begins like the codes that programs make themselves", c)
		}
		seen[c] = true
		return c
	}
	s.fields(root, fields{
		"id":         func(n node) { b.ID = s.id(n) },
		"version":    func(n node) { b.Version = s.version(n) },
		"provenance": func(n node) { b.Provenance = s.string(n) },
		"dimensions": func(n node) { s.each(n, func(e node) { b.Dimensions = append(b.Dimensions, s.dimension(e)) }) },
		"indicators": func(n node) {
			s.each(n, func(e node) { b.Indicators = append(b.Indicators, s.indicator(e, b, once)) })
		},
		"marks": func(n node) { s.each(n, func(e node) { b.Marks = append(b.Marks, s.mark(e, once)) }) },
		"lists": func(n node) { s.each(n, func(e node) { b.Lists = append(b.Lists, s.codeList(e)) }) },
	}, "id", "version", "provenance", "dimensions", "indicators", "marks")
	if len(b.Dimensions) != 0 && len(b.Dimensions) != DimensionCount {
		s.report(root, "there are %d dimensions; an assessment has exactly %d", len(b.Dimensions), DimensionCount)
	}
}

func (s *source) dimension(n node) (d Dimension) {
	s.fields(n, fields{
		"id":      func(n node) { d.ID = s.string(n) },
		"text":    func(n node) { d.Text = s.string(n) },
		"element": func(n node) { d.Element = oneOf(s, n, elements...) },
	}, "id", "text")
	return d
}

func (s *source) indicator(n node, b *Codebook, once func(node) Code) (i Indicator) {
	strength := func(n node) Strength { return oneOf(s, n, Strong, Medium, Weak, NoStrength) }
	s.fields(n, fields{
		"code": func(n node) { i.Code = once(n) },
		"dimension": func(n node) {
			i.Dimension = s.string(n)
			if !slices.ContainsFunc(b.Dimensions, func(d Dimension) bool { return d.ID == i.Dimension }) {
				s.report(n, "%q is not one of the dimensions above", i.Dimension)
			}
		},
		"text":      func(n node) { i.Text = s.string(n) },
		"adult":     func(n node) { i.Adult = strength(n) },
		"child":     func(n node) { i.Child = strength(n) },
		"extension": func(n node) { i.Extension = s.bool(n) },
	}, "code", "dimension", "text", "adult", "child")
	return i
}

func (s *source) mark(n node, once func(node) Code) (m Mark) {
	s.fields(n, fields{
		"code": func(n node) { m.Code = once(n) },
		"class": func(n node) {
			m.Class = oneOf(s, n, ClassUrgent, ClassPurpose, ClassAct, ClassGate, ClassRole, ClassContext, ClassLead)
		},
		"text": func(n node) { m.Text = s.string(n) },
	}, "code", "class", "text")
	return m
}

func (s *source) codeList(n node) (l CodeList) {
	s.fields(n, fields{
		"id":    func(n node) { l.ID = s.id(n) },
		"codes": func(n node) { l.Codes = s.strings(n) },
	}, "id", "codes")
	return l
}
