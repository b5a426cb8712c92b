package locales

import (
	"fmt"
	"strings"
)

// packPrefix begins the ids of messages that are labels of country packs.
const packPrefix = "jurisdiction."

// Standing tells how far a language is as a whole: its least status, and what
// it lacks.
func (l *Library) Standing(tag string) string {
	switch {
	case tag == Default:
		return string(Source)
	case !l.Shipped(tag):
		return "none yet"
	}
	least, whole, stale := FieldTested, true, 0
	for _, u := range l.units {
		if !u.Required {
			continue
		}
		t := l.Translation(u, tag)
		whole = whole && t.Whole()
		stale += t.Stale
		if least.reaches(t.Status()) {
			least = t.Status()
		}
	}
	standing := string(least)
	if !whole {
		standing += ", not whole"
	}
	if stale > 0 {
		standing += fmt.Sprintf(", %d stale", stale)
	}
	return standing
}

// Coverage is the table of all languages and everything translated, in
// Markdown. Each cell says how many texts are there; labels of country packs,
// which are messages, have a column of their own.
func (l *Library) Coverage() string {
	var b strings.Builder
	b.WriteString("| tag | language | messages | country packs |")
	for _, u := range l.units[1:] {
		b.WriteString(" " + u.Name + " |")
	}
	b.WriteString(" stale | status | served by default |\n|---|---|--:|--:|" + strings.Repeat("--:|", len(l.units)-1) + "--:|---|---|\n")
	for _, language := range l.languages {
		l.coverageRow(&b, language)
	}
	return b.String()
}

func (l *Library) coverageRow(b *strings.Builder, language Language) {
	fmt.Fprintf(b, "| %s | %s |", language.Tag, language.English)
	packs := func(key string) bool { return strings.HasPrefix(key, packPrefix) }
	fmt.Fprintf(b, " %s |", l.share(l.units[0], language.Tag, func(key string) bool { return !packs(key) }))
	fmt.Fprintf(b, " %s |", l.share(l.units[0], language.Tag, packs))
	stale := 0
	for i, u := range l.units {
		if i > 0 {
			fmt.Fprintf(b, " %s |", l.share(u, language.Tag, func(string) bool { return true }))
		}
		stale += l.Translation(u, language.Tag).Stale
	}
	served := "yes"
	switch {
	case language.Excluded():
		served = "no: " + language.Reason
	case !l.Shipped(language.Tag):
		served = "–"
	}
	fmt.Fprintf(b, " %d | %s | %s |\n", stale, l.Standing(language.Tag), served)
}

// share counts the texts of a unit that a language has.
func (l *Library) share(u Unit, tag string, of func(key string) bool) string {
	have, all := 0, 0
	for _, key := range u.Keys {
		if !of(key) {
			continue
		}
		all++
		if f := l.files[u.file(tag)]; tag == Default || f != nil && f.texts[key] != nil {
			have++
		}
	}
	return fmt.Sprintf("%d/%d", have, all)
}
