package locales

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// Unit is what is translated as a whole: the messages of the server, those of
// the app, or one version of an instrument.
type Unit struct {
	// Name is MessagesUnit, AppUnit or the instrument and its version,
	// screen-fc@1.0.0.
	Name string
	// Folder holds a file <tag>.json a language.
	Folder string
	// Keys lists the texts in the order of the source, Source holds them.
	Keys   []string
	Source map[string]Text
	// Required units are what a language must have to ship: the messages and
	// the newest version of every instrument.
	Required bool

	digests map[string]string // of the source, by key
}

// The units that hold messages, which may count and have no variants. Each has
// the name of its folder.
const (
	// MessagesUnit: what the server says.
	MessagesUnit = "messages"
	// AppUnit: what the app says, to the person (person.…) and to whoever holds
	// the tablet. A browser reads it; the server does not.
	AppUnit = "app"
)

// counts says whether a unit holds messages, which may have plural forms, and
// not texts of an instrument, which may have variants.
func (u Unit) counts() bool { return u.Name == MessagesUnit || u.Name == AppUnit }

// InstrumentUnit makes the unit of one version of an instrument.
func InstrumentUnit(id, version string, newest bool, keys []string, source map[string]Text) Unit {
	return Unit{Name: id + "@" + version, Folder: path.Join("instruments", id, version), Keys: keys, Source: source, Required: newest}
}

func (u Unit) file(tag string) string { return path.Join(u.Folder, tag+".json") }

// Library is everything that is translated, in every language there is, with
// how far each text is. It is for tools and for choosing what to serve; see
// Choose.
type Library struct {
	fsys      fs.FS
	languages []Language
	units     []Unit
	// files holds, by file name, what is there; languages without a file of a
	// unit have none.
	files      map[string]*file
	provenance map[string]provenance
	unchanged  map[string][]string
}

// Read reads all languages of the messages and of the units given. The app's
// messages may be absent.
func Read(fsys fs.FS, instruments []Unit) (*Library, error) {
	l := &Library{fsys: fsys, files: map[string]*file{}, provenance: map[string]provenance{}}
	var err error
	if l.languages, err = Languages(fsys); err != nil {
		return nil, err
	}
	messages, err := messagesUnit(fsys, MessagesUnit)
	if err != nil {
		return nil, err
	}
	l.units = append([]Unit{messages}, instruments...)
	app, err := messagesUnit(fsys, AppUnit)
	if err == nil {
		l.units = append(l.units, app)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for i := range l.units {
		l.units[i].digests = map[string]string{}
		for key, text := range l.units[i].Source {
			l.units[i].digests[key] = text.digest()
		}
	}
	data, err := fs.ReadFile(fsys, "unchanged.json")
	if err == nil {
		err = json.Unmarshal(data, &l.unchanged)
	}
	if err != nil {
		return nil, fmt.Errorf("locales: unchanged.json: %w", err)
	}
	if err := l.readAll(); err != nil {
		return nil, err
	}
	return l, nil
}

// readAll reads the languages side by side: nothing takes longer when a server
// starts.
func (l *Library) readAll() error {
	var (
		all    sync.WaitGroup
		mu     sync.Mutex // guards what follows, and what is read
		failed []error
	)
	for _, language := range l.languages[1:] {
		all.Go(func() {
			files, p, err := l.read(language.Tag)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(l.files, files)
			l.provenance[language.Tag] = p
			failed = append(failed, err)
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// read reads one language.
func (l *Library) read(tag string) (map[string]*file, provenance, error) {
	p, err := readProvenance(l.fsys, tag)
	if err != nil {
		return nil, nil, err
	}
	names := []string{officerFile(tag)}
	for _, u := range l.units {
		names = append(names, u.file(tag))
	}
	files := map[string]*file{}
	for _, name := range names {
		data, err := fs.ReadFile(l.fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("locales: %w", err)
		}
		files[name] = readTexts(name, data)
	}
	return files, p, nil
}

func messagesUnit(fsys fs.FS, name string) (Unit, error) {
	u := Unit{Name: name, Folder: name, Required: true}
	data, err := fs.ReadFile(fsys, u.file(Default))
	if err != nil {
		return Unit{}, fmt.Errorf("locales: there are no English %s: %w", name, err)
	}
	source := readTexts(u.file(Default), data)
	if len(source.problems) > 0 {
		return Unit{}, fmt.Errorf("locales: %s", source.problems[0])
	}
	u.Keys, u.Source = source.keys, source.texts
	return u, nil
}

// Languages lists every language known, English first.
func (l *Library) Languages() []Language { return slices.Clone(l.languages) }

// Units lists what is translated.
func (l *Library) Units() []Unit { return slices.Clone(l.units) }

// Unit finds a unit by name. For an instrument without a version it is the
// newest.
func (l *Library) Unit(name string) (Unit, bool) {
	i := slices.IndexFunc(l.units, func(u Unit) bool {
		return u.Name == name || u.Required && strings.HasPrefix(u.Name, name+"@")
	})
	if i < 0 {
		return Unit{}, false
	}
	return l.units[i], true
}

// Shipped says that a language is announced: that any of its files is there.
func (l *Library) Shipped(tag string) bool {
	return tag == Default || l.files[officerFile(tag)] != nil ||
		slices.ContainsFunc(l.units, func(u Unit) bool { return l.files[u.file(tag)] != nil })
}

// Translation says how far one unit is in one language.
type Translation struct {
	Unit, Language string
	// Texts is how many the source has; Missing, how many of them the language
	// has not. The others are Draft, Reviewed or FieldTested, and may be Stale
	// besides.
	Texts, Missing                      int
	Draft, Reviewed, FieldTested, Stale int
	// Broken says that the file cannot be read.
	Broken bool
}

// Whole says that nothing is missing.
func (t Translation) Whole() bool { return t.Missing == 0 && !t.Broken }

// Status is that of the least text.
func (t Translation) Status() Status {
	switch {
	case t.Language == Default:
		return Source
	case t.Draft > 0 || t.Missing > 0:
		return Draft
	case t.Reviewed > 0:
		return Reviewed
	default:
		return FieldTested
	}
}

// Translation says how far a unit is in a language.
func (l *Library) Translation(u Unit, tag string) Translation {
	t := Translation{Unit: u.Name, Language: tag, Texts: len(u.Keys)}
	if tag == Default {
		return t
	}
	f := l.files[u.file(tag)]
	if f == nil {
		t.Missing = t.Texts
		return t
	}
	t.Broken = len(f.problems) > 0
	s := l.provenance[tag].of(u.Name)
	reviewed := s.reviewed()
	for _, key := range u.Keys {
		text, ok := f.texts[key]
		if !ok {
			t.Missing++
			continue
		}
		st := s.standing(key, u.digests[key], text, reviewed)
		switch st.status {
		case FieldTested:
			t.FieldTested++
		case Reviewed:
			t.Reviewed++
		case Draft, Source:
			t.Draft++
		}
		if st.stale || st.loose {
			t.Stale++
		}
	}
	return t
}

// Outstanding gives the source texts that a language lacks or has stale; all
// of them for no language.
func (l *Library) Outstanding(u Unit, tag string) []string {
	f := l.files[u.file(tag)]
	if tag == "" || f == nil {
		return slices.Clone(u.Keys)
	}
	s := l.provenance[tag].of(u.Name)
	return slices.DeleteFunc(slices.Clone(u.Keys), func(key string) bool {
		text, ok := f.texts[key]
		return ok && !s.standing(key, u.digests[key], text, nil).stale
	})
}

// Stamp notes of which source every text of a language is: those that are new
// or have another wording, and those confirmed by "unit:key". It gives the
// new content of the language's provenance file, its name, and which texts
// stay stale.
func (l *Library) Stamp(tag string, confirmed []string) (name string, content []byte, stale []string, err error) {
	p := l.provenance[tag]
	if p == nil {
		return "", nil, nil, fmt.Errorf("there is no language %q to translate to", tag)
	}
	known := map[string]bool{}
	for _, u := range l.units {
		f := l.files[u.file(tag)]
		if f == nil {
			continue
		}
		s := p.of(u.Name)
		s.prune(f.texts)
		for _, key := range u.Keys {
			text, ok := f.texts[key]
			if !ok {
				continue
			}
			address := u.Name + ":" + key
			known[address] = true
			st := s.standing(key, u.digests[key], text, nil)
			if st.loose || slices.Contains(confirmed, address) {
				s.stamp(key, u.digests[key], text)
			} else if st.stale {
				stale = append(stale, address)
			}
		}
	}
	for _, address := range confirmed {
		if !known[address] {
			return "", nil, nil, fmt.Errorf("there is no text %q in %s; it is written as screen-fc@1.0.0:items.C04.text", address, tag)
		}
	}
	content, err = p.encode()
	return provenanceFile(tag), content, stale, err
}

// Review notes that somebody found texts good: all of the units named, or
// single texts named by "unit:key". Only texts that are stamped and not stale
// can be reviewed.
func (l *Library) Review(tag string, r Review, of []string) (name string, content []byte, err error) {
	p := l.provenance[tag]
	if p == nil {
		return "", nil, fmt.Errorf("there is no language %q to review", tag)
	}
	if err := r.complete(); err != nil {
		return "", nil, err
	}
	for _, what := range of {
		unitName, key, single := strings.Cut(what, ":")
		u, ok := l.Unit(unitName)
		f := l.files[u.file(tag)]
		if !ok || f == nil || single && f.texts[key] == nil {
			return "", nil, fmt.Errorf("there is no %q in %s", what, tag)
		}
		r.Keys = []string{key}
		if !single {
			r.Keys = slices.Sorted(maps.Keys(f.texts))
		}
		s := p.of(u.Name)
		for _, key := range r.Keys {
			if st := s.standing(key, u.digests[key], f.texts[key], nil); st.loose || st.stale {
				return "", nil, fmt.Errorf("%s:%s is not stamped with the English of today; run waymark language stamp %s first", u.Name, key, tag)
			}
		}
		s.review(r)
	}
	content, err = p.encode()
	return provenanceFile(tag), content, err
}
