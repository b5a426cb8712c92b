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

// translation is one instrument's texts in one language. Keys are paths such
// as "items.C04.text" and "items.C04.options.partly".
type translation struct {
	Language   string                    `json:"language"`
	Instrument screening.Ref             `json:"instrument"`
	Texts      map[string]screening.Text `json:"texts"`
}

// localise adds every translation there is. A translation that lacks a text,
// or has one too many, is refused: half a questionnaire in another language is
// worse than none.
func (e *Entry) localise(translations fs.FS) error {
	in := e.Instrument
	e.localised = map[string]*screening.Instrument{in.Language: in}
	e.languages = []string{in.Language}
	if translations == nil {
		return nil
	}
	files, err := fs.Glob(translations, path.Join(in.ID, in.Version, "*.json"))
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(translations, file)
		if err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		var t translation
		if err := json.Unmarshal(data, &t); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if t.Instrument != in.Ref() || t.Language != strings.TrimSuffix(path.Base(file), ".json") {
			return fmt.Errorf("%s: is for %s in %q", file, t.Instrument, t.Language)
		}
		localised, err := t.apply(in)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		e.localised[t.Language] = localised
		e.languages = append(e.languages, t.Language)
	}
	return nil
}

// apply makes a copy of the instrument with its texts replaced.
func (t translation) apply(source *screening.Instrument) (*screening.Instrument, error) {
	var problems []error
	left := maps.Clone(t.Texts)
	take := func(key string, into *screening.Text) {
		text, ok := left[key]
		delete(left, key)
		if !ok || text.Default == "" {
			problems = append(problems, fmt.Errorf("text %q is missing", key))
			return
		}
		*into = text
	}
	takeLine := func(key string, into *string) {
		text := screening.Text{}
		take(key, &text)
		*into = text.Default
	}

	in := *source
	in.Language = t.Language
	takeLine("title", &in.Title)
	takeLine("about", &in.About)
	takeLine("validation", &in.Validation)
	in.Notices = map[string]screening.Text{}
	for name := range source.Notices {
		notice := screening.Text{}
		take("notices."+name, &notice)
		in.Notices[name] = notice
	}
	in.Sections = slices.Clone(source.Sections)
	for i := range in.Sections {
		take("sections."+in.Sections[i].ID, &in.Sections[i].Title)
	}
	in.Items = slices.Clone(source.Items)
	for i := range in.Items {
		it := &in.Items[i]
		take("items."+it.ID+".text", &it.Text)
		if it.Guidance != "" {
			takeLine("items."+it.ID+".guidance", &it.Guidance)
		}
		it.Options = slices.Clone(it.Options)
		for j := range it.Options {
			take("items."+it.ID+".options."+it.Options[j].Code, &it.Options[j].Label)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		problems = append(problems, fmt.Errorf("text %q belongs to nothing in the instrument", key))
	}
	return &in, errors.Join(problems...)
}
