// Package catalog holds every published version of every instrument, compiled
// and localised when it is loaded, and never changed after.
//
// It imports only the engine. Definitions and translations come in as file
// systems, so tests and deployments can bring their own.
package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"waymark/screening"
)

// Entry is one published version of an instrument under one version of its
// rules, with everything made of them.
type Entry struct {
	Instrument *screening.Instrument
	Rules      *screening.Rules
	Codebook   *screening.Codebook
	Program    *screening.Program
	Explainer  *screening.Explainer

	localised map[string]*screening.Instrument
	languages []string
	// rules holds the instrument under every version of its rules, newest first.
	rules []*Entry
}

// Languages lists the languages the instrument is complete in, the source
// language first and the others in order.
func (e *Entry) Languages() []string { return slices.Clone(e.languages) }

// In gives the instrument in a language. It reports false when the instrument
// is not complete in that language.
func (e *Entry) In(language string) (*screening.Instrument, bool) {
	in, ok := e.localised[language]
	return in, ok
}

// Catalog is every entry. It is immutable and safe for concurrent use.
type Catalog struct {
	entries []*Entry // by id, then newest version first
}

// Load reads all definitions (codebook/<version>.json,
// <id>/<version>/{instrument,rules}.json and the further versions of rules in
// <id>/<version>/rules/<version of the rules>.json) and all translations
// (<id>/<version>/<language>.json; nil for none). A deployment's own rules come
// in more, in the same places. Every version of the rules is compiled; the
// newest is the one that Find, Lookup and Newest give. The error lists every
// problem of every file.
func Load(definitions, translations fs.FS, more ...fs.FS) (*Catalog, error) {
	books, err := codebooks(definitions)
	if err != nil {
		return nil, err
	}
	folders, err := fs.Glob(definitions, "*/*/instrument.json")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	if len(folders) == 0 {
		return nil, errors.New("catalog: there are no instruments")
	}
	c := &Catalog{}
	sources := append([]fs.FS{definitions}, more...)
	problems := orphans(sources, folders)
	for _, file := range folders {
		e, err := entry(sources, path.Dir(file), books, translations)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		c.entries = append(c.entries, e)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	slices.SortFunc(c.entries, func(a, b *Entry) int {
		if d := strings.Compare(a.Instrument.ID, b.Instrument.ID); d != 0 {
			return d
		}
		return screening.CompareVersions(b.Instrument.Version, a.Instrument.Version)
	})
	return c, nil
}

func codebooks(fsys fs.FS) ([]*screening.Codebook, error) {
	files, err := fs.Glob(fsys, "codebook/*.json")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	if len(files) == 0 {
		return nil, errors.New("catalog: there is no codebook")
	}
	var (
		books    []*screening.Codebook
		problems []error
	)
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		book, err := screening.ParseCodebook(file, data)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		books = append(books, book)
	}
	slices.SortFunc(books, func(a, b *screening.Codebook) int {
		return screening.CompareVersions(b.Version, a.Version)
	})
	return books, errors.Join(problems...)
}

// entry reads one folder of the first source, and its rules from all of them.
// Instruments are checked against the newest codebook, which only ever gains
// codes. It gives the instrument under its newest rules.
func entry(sources []fs.FS, folder string, books []*screening.Codebook, translations fs.FS) (*Entry, error) {
	e := &Entry{Codebook: books[0]}
	file := path.Join(folder, "instrument.json")
	data, err := fs.ReadFile(sources[0], file)
	if err == nil {
		e.Instrument, err = screening.ParseInstrument(file, data, e.Codebook)
	}
	rules, rulesErr := readRules(sources, folder, e.Codebook)
	if err := errors.Join(err, rulesErr); err != nil {
		return nil, err
	}
	if want := e.Instrument.ID + "/" + e.Instrument.Version; folder != want {
		return nil, fmt.Errorf("%s: holds %s and must be called %s", folder, e.Instrument.Ref(), want)
	}
	if err := e.localise(translations); err != nil {
		return nil, err
	}
	versions := make([]*Entry, len(rules))
	for i, r := range rules {
		if versions[i], err = e.With(r); err != nil {
			return nil, fmt.Errorf("%s: rules %s: %w", folder, r.Version, err)
		}
	}
	for _, v := range versions {
		v.rules = versions
	}
	return versions[0], nil
}

// All lists every entry, by id and newest version first.
func (c *Catalog) All() []*Entry { return slices.Clone(c.entries) }

// Find gives one published version, under the rules that are active.
func (c *Catalog) Find(ref screening.Ref) (*Entry, bool) {
	i := slices.IndexFunc(c.entries, func(e *Entry) bool { return e.Instrument.Ref() == ref })
	if i < 0 {
		return nil, false
	}
	return c.entries[i], true
}

// Newest gives the newest version of an instrument.
func (c *Catalog) Newest(id string) (*Entry, bool) {
	i := slices.IndexFunc(c.entries, func(e *Entry) bool { return e.Instrument.ID == id })
	if i < 0 {
		return nil, false
	}
	return c.entries[i], true
}

// Lookup gives the entry for "screen-fc@1.0.0", or the newest for "screen-fc".
func (c *Catalog) Lookup(name string) (*Entry, bool) {
	id, version, pinned := strings.Cut(name, "@")
	if !pinned {
		return c.Newest(id)
	}
	return c.Find(screening.Ref{ID: id, Version: version})
}
