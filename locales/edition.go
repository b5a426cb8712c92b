package locales

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Policy is which translations a deployment accepts.
type Policy struct {
	// Least is the least status that is served.
	Least Status
	// AllowStale serves texts whose source has changed since.
	AllowStale bool
	// Only lists the languages to serve besides English; all that are not
	// excluded by default, when it is empty.
	Only []string
}

// Edition is what a deployment serves.
type Edition struct {
	files        fs.FS
	languages    []Language
	translations map[string]map[string]Translation
	left         []Left
}

// Left is a language that is there and not served, and why.
type Left struct {
	Translation Translation
	Why         string
}

// Choose gives what a policy lets through. A unit is served in a language as a
// whole or not at all. The error says which language that the policy names
// cannot be served.
func (l *Library) Choose(p Policy) (*Edition, error) {
	if !slices.Contains(Statuses(), p.Least) {
		return nil, fmt.Errorf("%q is no status", p.Least)
	}
	e := &Edition{translations: map[string]map[string]Translation{}}
	hidden := view{FS: l.fsys, hidden: map[string]bool{}}
	served := map[string]bool{Default: true}
	for _, u := range l.units {
		e.translations[u.Name] = map[string]Translation{Default: l.Translation(u, Default)}
		for _, language := range l.languages[1:] {
			t := l.Translation(u, language.Tag)
			if why := p.refuses(language, t); why != "" {
				hidden.hidden[u.file(language.Tag)] = true
				if t.Missing < t.Texts || slices.Contains(p.Only, language.Tag) && u.Required {
					e.left = append(e.left, Left{t, why})
				}
				continue
			}
			served[language.Tag] = true
			e.translations[u.Name][language.Tag] = t
		}
	}
	e.files = hidden
	for _, language := range l.languages {
		if served[language.Tag] {
			e.languages = append(e.languages, language)
		}
	}
	return e, e.check(l, p)
}

func (p Policy) refuses(language Language, t Translation) string {
	named := slices.Contains(p.Only, language.Tag)
	switch {
	case len(p.Only) > 0 && !named:
		return "it is not among the languages named"
	case language.Excluded() && !named:
		return "it is excluded by default: " + language.Reason
	case t.Broken:
		return "its file cannot be read"
	case t.Missing > 0:
		return fmt.Sprintf("%d of %d texts are missing", t.Missing, t.Texts)
	case !t.Status().reaches(p.Least):
		return fmt.Sprintf("it is %s, and the least status is %s", t.Status(), p.Least)
	case t.Stale > 0 && !p.AllowStale:
		return fmt.Sprintf("%d texts are stale", t.Stale)
	}
	return ""
}

// check refuses a policy that names what it cannot have.
func (e *Edition) check(l *Library, p Policy) error {
	var problems []error
	for _, tag := range p.Only {
		if !slices.ContainsFunc(l.languages, func(known Language) bool { return known.Tag == tag }) {
			problems = append(problems, fmt.Errorf("there is no language %q", tag))
		}
	}
	for _, left := range e.left {
		if u, _ := l.Unit(left.Translation.Unit); u.Required && slices.Contains(p.Only, left.Translation.Language) {
			problems = append(problems, fmt.Errorf("%s cannot be served in %s: %s", left.Translation.Unit, left.Translation.Language, left.Why))
		}
	}
	return errors.Join(problems...)
}

// Files gives the files of the languages served, for Load and for the
// catalogue; the others are not in it.
func (e *Edition) Files() fs.FS { return e.files }

// Languages lists the languages that something is served in, English first.
func (e *Edition) Languages() []Language { return slices.Clone(e.languages) }

// Language finds a language that is served.
func (e *Edition) Language(tag string) (Language, bool) {
	i := slices.IndexFunc(e.languages, func(l Language) bool { return l.Tag == tag })
	if i < 0 {
		return Language{}, false
	}
	return e.languages[i], true
}

// Translation says how far a unit is in a language. It reports false where it
// is not served.
func (e *Edition) Translation(unit, tag string) (Translation, bool) {
	t, ok := e.translations[unit][tag]
	return t, ok
}

// LeftOut lists what is there and not served.
func (e *Edition) LeftOut() []Left { return slices.Clone(e.left) }

// view is a file system with some files hidden.
type view struct {
	fs.FS
	hidden map[string]bool
}

// Open opens a file that is not hidden.
func (v view) Open(name string) (fs.File, error) {
	if v.hidden[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return v.FS.Open(name)
}

// Glob leaves the hidden files out.
func (v view) Glob(pattern string) ([]string, error) {
	names, err := fs.Glob(v.FS, pattern)
	return slices.DeleteFunc(names, func(name string) bool { return v.hidden[name] }), err
}
