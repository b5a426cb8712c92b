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
	e.sectors, e.titles = map[string]map[string]*screening.Instrument{}, map[string]map[string]string{}
	for _, sector := range e.Sectors {
		e.sectors[sector.ID] = map[string]*screening.Instrument{in.Language: in.For(sector)}
		e.titles[sector.ID] = map[string]string{in.Language: sector.Title.Default}
	}
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
		localised, sectors, err := t.apply(in, e.Sectors)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, sector := range sectors {
			e.sectors[sector.ID][t.Language] = localised.For(sector)
			e.titles[sector.ID][t.Language] = sector.Title.Default
		}
		e.localised[t.Language] = localised
		e.languages = append(e.languages, t.Language)
	}
	return nil
}

// apply makes a copy of the instrument with its texts replaced, and copies of
// the sector packs that the translation has. A translation need not have a
// sector pack, but has it whole or not at all.
func (t translation) apply(source *screening.Instrument, packs []*screening.Sector) (*screening.Instrument, []*screening.Sector, error) {
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

	takeItems := func(prefix string, items []screening.Item) {
		for i := range items {
			it := &items[i]
			take(prefix+it.ID+".text", &it.Text)
			if it.Guidance != "" {
				takeLine(prefix+it.ID+".guidance", &it.Guidance)
			}
			it.Options = slices.Clone(it.Options)
			for j := range it.Options {
				take(prefix+it.ID+".options."+it.Options[j].Code, &it.Options[j].Label)
			}
		}
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
	if source.Protocol != nil {
		protocol := *source.Protocol
		protocol.Opening, protocol.Closing = slices.Clone(protocol.Opening), slices.Clone(protocol.Closing)
		takeItems("protocol.", protocol.Opening)
		takeItems("protocol.", protocol.Closing)
		in.Protocol = &protocol
	}
	in.FollowUp = slices.Clone(source.FollowUp)
	for i := range in.FollowUp {
		take("follow_up."+in.FollowUp[i].ID, &in.FollowUp[i].Label)
	}
	in.Sections = slices.Clone(source.Sections)
	for i := range in.Sections {
		take("sections."+in.Sections[i].ID, &in.Sections[i].Title)
	}
	in.Items = slices.Clone(source.Items)
	takeItems("items.", in.Items)
	var sectors []*screening.Sector
	for _, pack := range packs {
		prefix := "sectors." + pack.ID + "."
		if _, ok := left[prefix+"title"]; !ok {
			continue
		}
		sector := *pack
		sector.Language, sector.Labels = t.Language, map[string]map[string]screening.Text{}
		take(prefix+"title", &sector.Title)
		for item, labels := range pack.Labels {
			sector.Labels[item] = map[string]screening.Text{}
			for option := range labels {
				label := screening.Text{}
				take(prefix+item+"."+option, &label)
				sector.Labels[item][option] = label
			}
		}
		sectors = append(sectors, &sector)
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		problems = append(problems, fmt.Errorf("text %q belongs to nothing in the instrument", key))
	}
	return &in, sectors, errors.Join(problems...)
}
