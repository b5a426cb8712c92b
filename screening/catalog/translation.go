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

// Texts lists everything of an instrument and its sector packs that is
// translated, in the order of the definitions.
func Texts(e *Entry) []KeyedText {
	var out []KeyedText
	e.document().visit(func(key string, text *screening.Text) {
		out = append(out, KeyedText{key, *text})
	})
	return out
}

// document is everything of an instrument that people read, in one language.
type document struct {
	in      *screening.Instrument
	sectors []*screening.Sector
}

func (e *Entry) document() document { return document{e.Instrument, e.Sectors}.clone() }

// clone copies a document as deep as its texts lie.
func (d document) clone() document {
	in := *d.in
	in.Notices = maps.Clone(in.Notices)
	in.FollowUp = slices.Clone(in.FollowUp)
	in.Sections = slices.Clone(in.Sections)
	in.Items = cloneItems(in.Items)
	if in.Protocol != nil {
		protocol := *in.Protocol
		protocol.Opening, protocol.Closing = cloneItems(protocol.Opening), cloneItems(protocol.Closing)
		in.Protocol = &protocol
	}
	out := document{in: &in}
	for _, sector := range d.sectors {
		copied := *sector
		copied.Labels = maps.Clone(sector.Labels)
		for item, labels := range copied.Labels {
			copied.Labels[item] = maps.Clone(labels)
		}
		out.sectors = append(out.sectors, &copied)
	}
	return out
}

func cloneItems(items []screening.Item) []screening.Item {
	out := slices.Clone(items)
	for i := range out {
		out[i].Options = slices.Clone(out[i].Options)
	}
	return out
}

// visit calls a function with every text of a document. The function may
// change it.
func (d document) visit(do func(key string, text *screening.Text)) {
	line := func(key string, s *string) {
		text := screening.Text{Default: *s}
		do(key, &text)
		*s = text.Default
	}
	items := func(prefix string, list []screening.Item) {
		for i := range list {
			it := &list[i]
			do(prefix+it.ID+".text", &it.Text)
			if it.Guidance != "" {
				line(prefix+it.ID+".guidance", &it.Guidance)
			}
			for j := range it.Options {
				do(prefix+it.ID+".options."+it.Options[j].Code, &it.Options[j].Label)
			}
		}
	}
	line("title", &d.in.Title)
	line("about", &d.in.About)
	line("validation", &d.in.Validation)
	visitMap("notices.", d.in.Notices, do)
	if p := d.in.Protocol; p != nil {
		items("protocol.", p.Opening)
		items("protocol.", p.Closing)
	}
	for i := range d.in.FollowUp {
		do("follow_up."+d.in.FollowUp[i].ID, &d.in.FollowUp[i].Label)
	}
	for i := range d.in.Sections {
		do("sections."+d.in.Sections[i].ID, &d.in.Sections[i].Title)
	}
	items("items.", d.in.Items)
	for _, sector := range d.sectors {
		do("sectors."+sector.ID+".title", &sector.Title)
		for _, item := range slices.Sorted(maps.Keys(sector.Labels)) {
			visitMap("sectors."+sector.ID+"."+item+".", sector.Labels[item], do)
		}
	}
}

func visitMap(prefix string, texts map[string]screening.Text, do func(key string, text *screening.Text)) {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text := texts[name]
		do(prefix+name, &text)
		texts[name] = text
	}
}

// publish makes a document available: in the general wording and in that of
// every sector, without what is left out.
func (e *Entry) publish(d document, officer screening.Variant) {
	w := Wording{Language: d.in.Language, Officer: officer}
	e.localised[w] = d.in.Without(e.leaveOut...)
	for _, sector := range d.sectors {
		w.Sector = sector.ID
		e.localised[w] = d.in.For(sector).Without(e.leaveOut...)
		e.titles[Wording{Language: d.in.Language, Sector: sector.ID}] = sector.Title.Default
	}
}

// localise adds every translation there is. A translation that lacks a text,
// or has one too many, is refused: half a questionnaire in another language is
// worse than none.
func (e *Entry) localise(translations fs.FS) error {
	in := e.Instrument
	e.localised, e.titles = map[Wording]*screening.Instrument{}, map[Wording]string{}
	e.publish(document{in, e.Sectors}, screening.Neutral)
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
		localised, err := translate(e.document(), texts)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		localised.in.Language = strings.TrimSuffix(path.Base(file), ".json")
		if err := e.speak(translations, localised); err != nil {
			return err
		}
		e.languages = append(e.languages, localised.in.Language)
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

// translate replaces the texts of a document.
func translate(d document, texts map[string]text) (document, error) {
	var problems []error
	left := maps.Clone(texts)
	d.visit(func(key string, into *screening.Text) {
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
	return d, errors.Join(problems...)
}
