package screening

import (
	"encoding/json"
	"slices"
)

// Variant is a wording of a text for the person addressed. A variant changes
// lead-ins and examples, never option codes, so that answers stay comparable.
type Variant string

// The variants. Neutral is the default wording and the one to use when a
// person did not say how they want to be addressed.
const (
	Neutral Variant = ""
	Woman   Variant = "woman"
	Man     Variant = "man"
	Other   Variant = "other"
	Child   Variant = "child"
)

// Variants lists every variant a text may carry besides the neutral one.
func Variants() []Variant { return []Variant{Woman, Man, Other, Child} }

// Text is one wording with its variants, in one language.
type Text struct {
	// Default is the neutral wording; never empty in a parsed instrument.
	Default string
	// Variants holds the wordings that differ from the neutral one.
	Variants map[Variant]string
}

// For gives the wording for a variant, or the neutral one where the text has
// no such variant.
func (t Text) For(v Variant) string {
	if s, ok := t.Variants[v]; ok {
		return s
	}
	return t.Default
}

// MarshalJSON writes a text without variants as a JSON string, any other as an
// object whose neutral wording is called "default".
func (t Text) MarshalJSON() ([]byte, error) {
	if len(t.Variants) == 0 {
		return json.Marshal(t.Default)
	}
	wordings := map[string]string{"default": t.Default}
	for v, s := range t.Variants {
		wordings[string(v)] = s
	}
	return json.Marshal(wordings)
}

// texts reads a text in either of its two forms.
func (s *source) texts(n node) Text {
	if n.kind == nodeString {
		return Text{Default: s.string(n)}
	}
	if n.kind != nodeObject {
		s.report(n, "must be a text, or an object with \"default\" and variants")
		return Text{}
	}
	t := Text{}
	known := fields{"default": func(n node) { t.Default = s.string(n) }}
	for _, v := range Variants() {
		known[string(v)] = func(n node) {
			if t.Variants == nil {
				t.Variants = map[Variant]string{}
			}
			t.Variants[v] = s.string(n)
		}
	}
	s.fields(n, known, "default")
	return t
}

func (s *source) variants(n node) []Variant {
	var out []Variant
	s.each(n, func(e node) {
		if v := oneOf(s, e, Variants()...); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	})
	return out
}

// UnmarshalJSON reads either form that MarshalJSON writes.
func (t *Text) UnmarshalJSON(data []byte) error {
	s := &source{file: "text", data: data}
	root, ok := s.tree()
	if ok {
		*t = s.texts(root)
	}
	return s.problems.orNil()
}
