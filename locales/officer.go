package locales

import (
	"regexp"
	"slices"
	"strings"
)

// placeholder is the {name} of a word that follows the officer's own gender.
// The catalogue, which knows the files by their format only, has the same.
var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

func officerFile(tag string) string { return "officer/" + tag + ".json" }

// officerForms are the forms of a word that follows the officer's gender.
var officerForms = []string{neutral, "woman", "man"}

// lintOfficer checks the words that follow the officer's gender, and that
// texts use just these.
func (l *Library) lintOfficer(language Language) []Problem {
	var (
		defined = l.files[officerFile(language.Tag)]
		used    = map[string]bool{}
		out     []Problem
	)
	for _, u := range l.units {
		f := l.files[u.file(language.Tag)]
		if f == nil || u.counts() {
			continue
		}
		for _, key := range f.keys {
			var names []string
			for _, wording := range f.texts[key] {
				names = append(names, placeholders(wording)...)
			}
			slices.Sort(names)
			for _, name := range slices.Compact(names) {
				used[strings.Trim(name, "{}")] = true
				switch {
				case !spokenByOfficer(key):
					out = append(out, Problem{f.name, f.lines[key], key, name + " is only for what the officer says: texts of items, and notices"})
				case defined == nil || defined.texts[strings.Trim(name, "{}")] == nil:
					out = append(out, Problem{f.name, f.lines[key], key, name + " is not defined in " + officerFile(language.Tag)})
				}
			}
		}
	}
	if defined == nil {
		return out
	}
	out = append(out, defined.problems...)
	for _, name := range defined.keys {
		problem := func(message string) {
			out = append(out, Problem{defined.name, defined.lines[name], name, message})
		}
		for _, form := range officerForms {
			if _, ok := defined.texts[name][form]; !ok {
				problem("the form \"" + form + "\" is missing")
			}
		}
		for _, form := range defined.texts[name].Forms() {
			if !slices.Contains(officerForms, form) {
				problem("\"" + form + "\" is no form of the officer's; there are " + strings.Join(officerForms, ", "))
			}
			for _, message := range wrongCharacters(defined.texts[name][form]) {
				problem(form + ": " + message)
			}
		}
		if !used[name] {
			problem("no text uses {" + name + "}")
		}
	}
	return out
}

// spokenByOfficer says whether the text of an instrument is read out to the
// person.
func spokenByOfficer(key string) bool {
	return strings.HasPrefix(key, "notices.") || strings.HasPrefix(key, "items.") && strings.HasSuffix(key, ".text")
}
