package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"waymark/screening"
)

// What a tablet takes with it is made of the same files as the catalogue, but
// less worked on: texts with their words for the officer unfilled, so that one
// document serves every officer, and in the order of their keys, which all
// languages share.

// Vectors gives the interviews with a known result under the entry's rules, as
// they ship. Rules without vectors of their own have those of the first. It is
// nil where there are none.
func (e *Entry) Vectors() ([]byte, error) {
	folder := path.Join(e.Instrument.ID, e.Instrument.Version)
	for _, file := range []string{path.Join(folder, "vectors", e.Rules.Version+".json"), path.Join(folder, "vectors.json")} {
		for _, source := range e.sources {
			data, err := fs.ReadFile(source, file)
			if err == nil {
				return data, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("catalog: %w", err)
			}
		}
	}
	return nil, nil
}

// Keys lists the keys of everything of the instrument that people read, in the
// order of the definitions.
func (e *Entry) Keys() []string {
	var keys []string
	for _, keyed := range Texts(e) {
		keys = append(keys, keyed.Key)
	}
	return keys
}

// RawTexts gives the texts of the instrument in a language, in the order of
// Keys. It reports false when it is not translated.
func (e *Entry) RawTexts(translations fs.FS, language string) ([]screening.Text, bool, error) {
	var out []screening.Text
	if language == e.Instrument.Language {
		for _, keyed := range Texts(e) {
			out = append(out, keyed.Text)
		}
		return out, true, nil
	}
	var texts map[string]text
	err := read(translations, path.Join("instruments", e.Instrument.ID, e.Instrument.Version, language+".json"), &texts)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, key := range e.Keys() {
		if _, ok := texts[key]; !ok {
			return nil, false, fmt.Errorf("%s in %s: text %q is missing", e.Instrument.Ref(), language, key)
		}
		out = append(out, screening.Text(texts[key]))
	}
	return out, true, nil
}

// OfficerWords gives the words of a language that follow the officer's gender,
// by name and form; nil for a language that has none.
func OfficerWords(translations fs.FS, language string) (map[string]map[string]string, error) {
	var words map[string]map[string]string
	err := read(translations, officerFile(language), &words)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return words, err
}
