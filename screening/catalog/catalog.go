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

	// Sectors are the sector packs, by id.
	Sectors []*screening.Sector
	// LeftOut lists the items that the deployment leaves out, by id.
	LeftOut []string

	sources   []fs.FS  // of the definitions
	leaveOut  []string // blocks of items
	localised map[Wording]*screening.Instrument
	titles    map[Wording]string // of sectors
	languages []string
	// rules holds the instrument under every version of its rules, newest first.
	rules []*Entry
}

// Wording names one form of a questionnaire.
type Wording struct {
	Language string
	// Officer is the gender of the officer who reads it out, one of Officers.
	Officer screening.Variant
	// Sector is the id of a sector pack, "" for the general wording.
	Sector string
}

// Languages lists the languages the instrument is complete in, the source
// language first and the others in order.
func (e *Entry) Languages() []string { return slices.Clone(e.languages) }

// In gives the instrument in a language, in the general wording, which claims
// nothing about the officer.
func (e *Entry) In(language string) (*screening.Instrument, bool) {
	return e.For(Wording{Language: language})
}

// For gives the instrument as it is put before people: in a wording, and
// without the items that are left out. It reports false when there is no such
// wording. Where the officer makes no difference to the language, all officers
// get the same.
func (e *Entry) For(w Wording) (*screening.Instrument, bool) {
	in, ok := e.localised[w]
	if !ok && slices.Contains(Officers(), w.Officer) {
		w.Officer = screening.Neutral
		in, ok = e.localised[w]
	}
	return in, ok
}

// SectorTitle names a sector in a language, or in the source language.
func (e *Entry) SectorTitle(sector, language string) string {
	if title, ok := e.titles[Wording{Language: language, Sector: sector}]; ok {
		return title
	}
	return e.titles[Wording{Language: e.Instrument.Language, Sector: sector}]
}

// InOrSource gives the instrument in a language, or in its source language when
// it is not complete in that one.
func (e *Entry) InOrSource(language string) *screening.Instrument {
	if in, ok := e.In(language); ok {
		return in
	}
	return e.Instrument
}

// AskNext orders the questions not put yet, without those that are not put to
// somebody who is addressed as this person is.
func (e *Entry) AskNext(r *screening.Responses) screening.Next {
	variant := screening.Variant(e.Program.Attribute(e.Instrument, r, screening.AttributeAddress))
	if e.Program.Assess(r).Profile == screening.ChildOrUnsure {
		variant = screening.Child
	}
	return e.Program.AskNext(r, e.Instrument.Withheld(variant))
}

// Catalog is every entry. It is immutable and safe for concurrent use.
type Catalog struct {
	entries []*Entry // by id, then newest version first
}

// Option changes what Load loads.
type Option func(*options)

type options struct {
	leaveOut []string
	more     []fs.FS
}

// LeaveOut names blocks of items that a deployment does not ask: they are
// compiled out, and not put before people.
func LeaveOut(blocks ...string) Option { return func(o *options) { o.leaveOut = blocks } }

// OwnRules adds a deployment's own versions of rules, in the same places as
// those of the definitions.
func OwnRules(source fs.FS) Option { return func(o *options) { o.more = append(o.more, source) } }

// Load reads all definitions (codebook/<version>.json,
// <id>/<version>/{instrument,rules}.json, sectors/<sector>.json and the further
// versions of rules in rules/<version of the rules>.json) and all translations
// (instruments/<id>/<version>/<language>.json and the words of
// officer/<language>.json; nil for none). Every version of the rules is
// compiled; the newest is the one that Find, Lookup and Newest give. The error
// lists every problem of every file.
func Load(definitions, translations fs.FS, chosen ...Option) (*Catalog, error) {
	var o options
	for _, choose := range chosen {
		choose(&o)
	}
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
	sources := append([]fs.FS{definitions}, o.more...)
	problems := orphans(sources, folders)
	for _, file := range folders {
		e, err := entry(sources, path.Dir(file), books, translations, o.leaveOut)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		c.entries = append(c.entries, e)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if err := c.checkLinks(definitions); err != nil {
		return nil, err
	}
	slices.SortFunc(c.entries, func(a, b *Entry) int {
		if d := strings.Compare(a.Instrument.ID, b.Instrument.ID); d != 0 {
			return d
		}
		return screening.CompareVersions(b.Instrument.Version, a.Instrument.Version)
	})
	if err := c.checkPairs(); err != nil {
		return nil, err
	}
	return c, nil
}

// Translated gives the same catalogue with these translations instead of those
// it has.
func (c *Catalog) Translated(translations fs.FS) (*Catalog, error) {
	out := &Catalog{}
	var problems []error
	for _, e := range c.entries {
		translated, err := e.translated(translations)
		problems = append(problems, err)
		out.entries = append(out.entries, translated)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return out, nil
}

// checkPairs holds what rules say of other instruments against the newest
// version of those.
func (c *Catalog) checkPairs() error {
	var problems []error
	for _, e := range c.entries {
		for _, pair := range e.Rules.Contradictions {
			id := pair.Second.Instrument
			if id == "" {
				continue
			}
			other, known := c.Newest(id)
			if !known {
				problems = append(problems, fmt.Errorf("%s: pair %s: there is no instrument %q", e.Rules.Ref(), pair.ID(), id))
				continue
			}
			problems = append(problems, e.Rules.CheckItems(other.Instrument))
		}
	}
	return errors.Join(problems...)
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
func entry(sources []fs.FS, folder string, books []*screening.Codebook, translations fs.FS, leaveOut []string) (*Entry, error) {
	e := &Entry{Codebook: books[0], sources: sources, leaveOut: leaveOut}
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
	if err := e.readSectors(sources[0], folder); err != nil {
		return nil, err
	}
	for _, r := range rules {
		version, err := e.With(r)
		if err != nil {
			return nil, fmt.Errorf("%s: rules %s: %w", folder, r.Version, err)
		}
		e.rules = append(e.rules, version)
	}
	e.Rules = rules[0]
	return e.translated(translations)
}

// translated gives the instrument, under the same rules, with these
// translations instead of those it has. All versions of its rules share them.
func (e *Entry) translated(translations fs.FS) (*Entry, error) {
	shared := *e
	if err := shared.localise(translations); err != nil {
		return nil, err
	}
	versions := make([]*Entry, len(e.rules))
	for i, v := range e.rules {
		version := *v
		version.localised, version.titles, version.languages, version.rules = shared.localised, shared.titles, shared.languages, versions
		versions[i] = &version
	}
	active, _ := versions[0].Under(e.Rules.Version)
	return active, nil
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
