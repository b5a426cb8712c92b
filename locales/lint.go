package locales

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// variants are the forms a text of an instrument may have.
var variants = []string{neutral, "woman", "man", "other", "child"}

// Lint gives every problem of a language that is there. A language without any
// file has none: it is not announced.
func (l *Library) Lint(tag string) []Problem {
	i := slices.IndexFunc(l.languages, func(known Language) bool { return known.Tag == tag })
	if i < 0 || tag == Default || !l.Shipped(tag) {
		return nil
	}
	language := l.languages[i]
	problems := l.lintOfficer(language)
	for _, u := range l.units {
		f := l.files[u.file(tag)]
		if f == nil {
			if u.Required {
				problems = append(problems, Problem{u.file(tag), 1, "", fmt.Sprintf("is missing; a language ships whole (%d texts)", len(u.Keys))})
			}
			continue
		}
		c := check{library: l, language: language, unit: u, file: f, stamped: l.provenance[tag].of(u.Name)}
		problems = append(problems, c.run()...)
	}
	for _, name := range slices.Sorted(maps.Keys(l.provenance[tag])) {
		if !slices.ContainsFunc(l.units, func(u Unit) bool { return u.Name == name }) {
			problems = append(problems, Problem{provenanceFile(tag), 1, name, "belongs to nothing that is translated"})
		}
		for _, r := range l.provenance[tag][name].Reviews {
			if err := r.complete(); err != nil {
				problems = append(problems, Problem{provenanceFile(tag), 1, name, err.Error()})
			}
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return problems
}

// check is the lint of one file.
type check struct {
	library  *Library
	language Language
	unit     Unit
	file     *file
	stamped  *stamped

	problems []Problem
	// gendered says whether some question or option has wordings for women and
	// men. Which of them need it only a speaker can tell.
	gendered  bool
	unstamped int
}

func (c *check) report(key, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.file.name, max(c.file.lines[key], 1), key, fmt.Sprintf(format, args...)})
}

func (c *check) run() []Problem {
	c.problems = slices.Clone(c.file.problems)
	for _, key := range c.unit.Keys {
		if _, ok := c.file.texts[key]; !ok {
			c.report(key, "is missing; English: %q", excerpt(c.unit.Source[key]))
		}
	}
	reviewed := c.stamped.reviewed()
	for _, key := range c.file.keys {
		source, ok := c.unit.Source[key]
		if !ok {
			c.report(key, "belongs to nothing in English")
			continue
		}
		text := c.file.texts[key]
		c.forms(key, source, text)
		for _, form := range text.Forms() {
			c.wording(key, form, source, text[form])
		}
		c.provenance(key, source, text, reviewed)
	}
	if c.unstamped > 0 {
		c.report("", "%d texts are not stamped; run waymark language stamp %s", c.unstamped, c.language.Tag)
	}
	if c.language.PersonGender && !c.unit.counts() && len(c.file.keys) > 0 && !c.gendered {
		c.report("", "%s agrees with the person's gender, and no question or option has variants for women and men", c.language.English)
	}
	return c.problems
}

// forms checks which variants, or plural forms, a text has.
func (c *check) forms(key string, source, text Text) {
	allowed, required := variants, source.Forms()
	if c.unit.counts() {
		allowed, required = []string{neutral}, []string{neutral}
		if _, plain := source[neutral]; !plain {
			allowed = pluralNames(c.language)
			required = allowed
		}
	}
	for _, form := range required {
		if _, ok := text[form]; !ok {
			c.report(key, "the form %q is missing", form)
		}
	}
	for _, form := range text.Forms() {
		if !slices.Contains(allowed, form) {
			c.report(key, "the form %q is too many; there are %s", form, strings.Join(allowed, ", "))
		}
	}
	_, woman := text["woman"]
	_, man := text["man"]
	if !c.language.PersonGender || c.unit.counts() {
		return
	}
	if woman != man {
		c.report(key, "%s agrees with the person's gender: give woman and man, not one of them", c.language.English)
	}
	if woman && man && text["woman"] != text["man"] {
		c.gendered = c.gendered || spokenByOfficer(key) || strings.Contains(key, ".options.")
	}
}

// wording checks one form of a text.
func (c *check) wording(key, form string, source Text, wording string) {
	say := func(format string, args ...any) {
		if form != neutral {
			format = form + ": " + format
		}
		c.report(key, format, args...)
	}
	if strings.TrimSpace(wording) == "" {
		say("is empty")
		return
	}
	for _, message := range wrongCharacters(wording) {
		say("%s", message)
	}
	original := cmp.Or(source[form], source[neutral], source["other"])
	_, plain := source[neutral]
	silent := !plain && len(placeholders(wording)) == 0 && !saysCount(c.language, form)
	if c.unit.counts() && !silent && !slices.Equal(placeholders(original), placeholders(wording)) {
		say("has placeholders %q, English has %q", placeholders(wording), placeholders(original))
	}
	switch {
	case original == wording && slices.Contains(c.unchanged(), original):
		return
	case strings.EqualFold(original, wording) && len(words(original)) > 1: // a single word may be the same in two languages
		say("is the same as in English; if it is a name, list it in unchanged.json")
		return
	}
	if message := foreign(c.language.Script, original, wording, c.unchanged()); message != "" {
		say("%s", message)
	}
}

// unchanged lists the texts and words that stay as they are in English.
func (c *check) unchanged() []string {
	return slices.Concat(c.library.unchanged["*"], c.library.unchanged[c.language.Tag])
}

func (c *check) provenance(key string, source, text Text, reviewed map[string]Status) {
	st := c.stamped.standing(key, c.unit.digests[key], text, reviewed)
	switch {
	case st.loose && reviewed[key] != "":
		c.report(key, "claims to be %s, and its wording was changed after that; stamp it and have it reviewed again", reviewed[key])
	case st.loose:
		c.unstamped++
	case st.stale:
		c.report(key, "is stale: the English is now %q; change it and stamp it, or confirm it", excerpt(source))
	}
}

// excerpt is the beginning of a text's neutral wording.
func excerpt(t Text) string {
	wording := []rune(cmp.Or(t[neutral], t["other"]))
	if len(wording) > 60 {
		return string(wording[:59]) + "…"
	}
	return string(wording)
}
