package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"strings"

	"waymark/screening"
)

// Officers lists the genders an officer can read a questionnaire out in. The
// neutral one claims nothing.
func Officers() []screening.Variant {
	return []screening.Variant{screening.Neutral, screening.Woman, screening.Man}
}

// word is a word that follows the officer's own gender, by variant; its neutral
// form, "default", may be empty.
type word map[screening.Variant]string

func officerFile(language string) string { return "officer/" + language + ".json" }

// placeholder is the {name} of a word that follows the officer's own gender.
var placeholder = regexp.MustCompile(` ?\{[^{}]*\}`)

// speak publishes a document as each officer says it. The words that follow the
// officer's gender are in officer/<language>.json; most languages have none, and
// one wording for all.
func (e *Entry) speak(translations fs.FS, d document) error {
	var words map[string]word
	err := read(translations, officerFile(d.in.Language), &words)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	officers := Officers()
	if words == nil {
		officers = officers[:1]
	}
	for _, officer := range officers {
		spoken := d.clone()
		var unknown error
		spoken.visit(func(key string, text *screening.Text) {
			var err error
			if *text, err = fill(*text, officer, words); err != nil && unknown == nil {
				unknown = fmt.Errorf("%s in %s: %s: %w", d.in.Ref(), d.in.Language, key, err)
			}
		})
		if unknown != nil {
			return unknown
		}
		e.publish(spoken, officer)
	}
	return nil
}

// fill puts words in the place of a text's placeholders, in every variant.
func fill(text screening.Text, officer screening.Variant, words map[string]word) (screening.Text, error) {
	out := screening.Text{Variants: maps.Clone(text.Variants)}
	var err error
	if out.Default, err = fillLine(text.Default, officer, words); err != nil {
		return text, err
	}
	for v, s := range text.Variants {
		if out.Variants[v], err = fillLine(s, officer, words); err != nil {
			return text, err
		}
	}
	return out, nil
}

// fillLine fills one wording. A space before an empty word goes with it.
func fillLine(s string, officer screening.Variant, words map[string]word) (string, error) {
	if !strings.Contains(s, "{") {
		return s, nil
	}
	var unknown error
	filled := placeholder.ReplaceAllStringFunc(s, func(found string) string {
		space, name, _ := strings.Cut(strings.TrimSuffix(found, "}"), "{")
		forms, ok := words[name]
		if !ok {
			unknown = fmt.Errorf("there is no word for {%s}", name)
		}
		form, ok := forms[officer]
		if !ok {
			form = forms["default"]
		}
		if form == "" {
			return ""
		}
		return space + form
	})
	return filled, unknown
}
