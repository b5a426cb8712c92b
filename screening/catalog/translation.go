package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"waymark/screening"
)

// KeyedText is a text of an instrument under its key in translations, such as
// "items.C04.text" and "items.C04.options.partly".
type KeyedText struct {
	Key  string
	Text screening.Text
}

// Texts lists everything of an instrument that is translated, in the order of
// the definition.
func Texts(in *screening.Instrument) []KeyedText {
	var out []KeyedText
	copied := clone(in)
	visit(&copied, func(key string, text *screening.Text) {
		out = append(out, KeyedText{key, *text})
	})
	return out
}

// clone copies an instrument as deep as its texts lie.
func clone(in *screening.Instrument) screening.Instrument {
	out := *in
	out.Notices = maps.Clone(in.Notices)
	out.Sections = slices.Clone(in.Sections)
	out.Items = slices.Clone(in.Items)
	for i := range out.Items {
		out.Items[i].Options = slices.Clone(out.Items[i].Options)
	}
	return out
}

// visit calls a function with every text of an instrument. The function may
// change it.
func visit(in *screening.Instrument, do func(key string, text *screening.Text)) {
	line := func(key string, s *string) {
		text := screening.Text{Default: *s}
		do(key, &text)
		*s = text.Default
	}
	line("title", &in.Title)
	line("about", &in.About)
	line("validation", &in.Validation)
	for _, name := range slices.Sorted(maps.Keys(in.Notices)) {
		text := in.Notices[name]
		do("notices."+name, &text)
		in.Notices[name] = text
	}
	for i := range in.Sections {
		do("sections."+in.Sections[i].ID, &in.Sections[i].Title)
	}
	for i := range in.Items {
		it := &in.Items[i]
		do("items."+it.ID+".text", &it.Text)
		if it.Guidance != "" {
			line("items."+it.ID+".guidance", &it.Guidance)
		}
		for j := range it.Options {
			do("items."+it.ID+".options."+it.Options[j].Code, &it.Options[j].Label)
		}
	}
}

// wording names one localised form of an instrument: its language, and the
// gender of the officer who reads it out, neutral where that is not known or
// makes no difference.
type wording struct {
	language string
	officer  screening.Variant
}

// localise adds every translation there is. A translation that lacks a text,
// or has one too many, is refused: half a questionnaire in another language is
// worse than none.
func (e *Entry) localise(translations fs.FS) error {
	in := e.Instrument
	e.localised = map[wording]*screening.Instrument{{language: in.Language}: in}
	e.languages = []string{in.Language}
	if translations == nil {
		return nil
	}
	files, err := fs.Glob(translations, path.Join("instruments", in.ID, in.Version, "*.json"))
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	for _, file := range files {
		var texts map[string]text
		if err := read(translations, file, &texts); err != nil {
			return err
		}
		localised, err := translate(in, texts)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		localised.Language = strings.TrimSuffix(path.Base(file), ".json")
		if err := e.speak(translations, localised); err != nil {
			return err
		}
		e.languages = append(e.languages, localised.Language)
	}
	return nil
}

func read(fsys fs.FS, file string, into any) error {
	data, err := fs.ReadFile(fsys, file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// text is a screening.Text that is read faster where it has no variants, as
// nearly all have none: all languages together have tens of thousands.
type text screening.Text

// UnmarshalJSON reads what screening.Text reads.
func (t *text) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &t.Default)
	}
	return (*screening.Text)(t).UnmarshalJSON(data)
}

// translate makes a copy of an instrument with its texts replaced.
func translate(source *screening.Instrument, texts map[string]text) (*screening.Instrument, error) {
	var problems []error
	left := maps.Clone(texts)
	in := clone(source)
	visit(&in, func(key string, into *screening.Text) {
		text, ok := left[key]
		delete(left, key)
		if !ok || text.Default == "" {
			problems = append(problems, fmt.Errorf("text %q is missing", key))
			return
		}
		*into = screening.Text(text)
	})
	for _, key := range slices.Sorted(maps.Keys(left)) {
		problems = append(problems, fmt.Errorf("text %q belongs to nothing in the instrument", key))
	}
	return &in, errors.Join(problems...)
}
