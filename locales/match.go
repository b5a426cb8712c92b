package locales

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Matcher finds the best of a few languages for an Accept-Language header
// (RFC 9110 §12.5.4).
//
// It does not use the matcher of x/text, which answers Khmer, Lao and Burmese
// with English at high confidence, because CLDR says that their speakers
// understand it, and which drops a whole header for one tag it does not know.
// A person is questioned in the language they asked for, or in the next one
// they asked for, or in the default; never in a relative of it.
type Matcher struct {
	tags  []string
	forms []form
}

// form is what has to be the same of two tags: the language and the script it
// is written in, which for zh-TW is Hant although the tag does not say so.
type form struct {
	base   language.Base
	script language.Script
}

// aliases are tags that mean a language under another code.
var aliases = map[string]string{"cmn": "zh", "yue": "zh-Hant", "pes": "fa", "zsm": "ms", "nep": "ne", "npi": "ne", "swh": "sw"}

// maxWanted bounds how many languages of a header are looked at.
const maxWanted = 32

func formOf(tag string) (form, bool) {
	tag = cmp.Or(aliases[strings.ToLower(tag)], tag)
	parsed, err := language.Parse(tag) // brings tl and fil, in and id together
	if err != nil || parsed.IsRoot() {
		return form{}, false
	}
	base, _ := parsed.Base()
	script, _ := parsed.Script()
	return form{base, script}, true
}

// NewMatcher makes a Matcher for languages given as BCP 47 tags.
func NewMatcher(tags []string) *Matcher {
	m := &Matcher{tags: slices.Clone(tags)}
	slices.SortFunc(m.tags, func(a, b string) int {
		switch {
		case a == Default:
			return -1
		case b == Default:
			return 1
		default:
			return cmp.Compare(a, b)
		}
	})
	for _, tag := range m.tags {
		f, _ := formOf(tag)
		m.forms = append(m.forms, f)
	}
	return m
}

// Tags lists the languages, the default first.
func (m *Matcher) Tags() []string { return slices.Clone(m.tags) }

// Match gives the best language; the first of Tags when nothing fits.
func (m *Matcher) Match(acceptLanguage string) string {
	for _, wanted := range wishes(acceptLanguage) {
		if wanted == "*" {
			return m.tags[0]
		}
		f, ok := formOf(wanted)
		if !ok {
			continue
		}
		if i := slices.Index(m.forms, f); i >= 0 {
			return m.tags[i]
		}
	}
	return m.tags[0]
}

// wishes reads the languages of a header, the most wanted first. What cannot be
// read is left out, and so is what is not wanted (q=0).
func wishes(header string) []string {
	type wish struct {
		tag    string
		weight float64
	}
	var list []wish
	for element := range strings.SplitSeq(header, ",") {
		if len(list) == maxWanted {
			break
		}
		tag, parameter, weighted := strings.Cut(element, ";")
		w := wish{strings.TrimSpace(tag), 1}
		if weighted {
			value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
			q, err := strconv.ParseFloat(value, 64)
			if !ok || err != nil || q < 0 || q > 1 {
				continue
			}
			w.weight = q
		}
		if w.tag != "" && w.weight > 0 {
			list = append(list, w)
		}
	}
	slices.SortStableFunc(list, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })
	tags := make([]string, len(list))
	for i, w := range list {
		tags[i] = w.tag
	}
	return tags
}
