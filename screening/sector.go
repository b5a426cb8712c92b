package screening

import (
	"maps"
	"slices"
)

// Sector words the options of some items for another kind of work. It changes
// labels only: ids, option codes and evidence stay, so answers stay comparable.
type Sector struct {
	ID string
	// Language is the BCP 47 tag of the texts.
	Language string
	Title    Text
	Source   string
	// Labels are the wordings by item and option.
	Labels map[string]map[string]Text
}

// ParseSector reads a sector pack for an instrument. It words every option of
// every item that is marked "by_sector", and nothing else. The error, if any,
// is a Problems.
func ParseSector(file string, data []byte, in *Instrument) (*Sector, error) {
	s := &source{file: file, data: data}
	sector := &Sector{Labels: map[string]map[string]Text{}}
	if root, ok := s.tree(); ok {
		s.sector(root, in, sector)
	}
	if err := s.problems.orNil(); err != nil {
		return nil, err
	}
	return sector, nil
}

func (s *source) sector(root node, in *Instrument, sector *Sector) {
	s.fields(root, fields{
		"sector": func(n node) { sector.ID = s.id(n) },
		"instrument": func(n node) {
			if s.string(n) != in.ID {
				s.report(n, "the instrument in this folder is %s", in.ID)
			}
		},
		"language": func(n node) {
			sector.Language = s.string(n)
			if sector.Language != in.Language {
				s.report(n, "the instrument is in %q; other languages are translations", in.Language)
			}
		},
		"title":  func(n node) { sector.Title = s.texts(n) },
		"source": func(n node) { sector.Source = s.string(n) },
		"items": func(n node) {
			items := fields{}
			for _, it := range in.Items {
				if it.BySector {
					items[it.ID] = func(n node) { sector.Labels[it.ID] = s.labels(n, it) }
				}
			}
			s.fields(n, items, slices.Sorted(maps.Keys(items))...)
		},
	}, "sector", "instrument", "language", "title", "source", "items")
}

// labels reads a text for every option of an item.
func (s *source) labels(n node, it Item) map[string]Text {
	out := map[string]Text{}
	options := fields{}
	for _, o := range it.Options {
		options[o.Code] = func(n node) { out[o.Code] = s.texts(n) }
	}
	s.fields(n, options, slices.Sorted(maps.Keys(options))...)
	return out
}

// For gives a copy of the instrument with the labels of a sector.
func (in *Instrument) For(sector *Sector) *Instrument {
	out := *in
	out.Sector = sector.ID
	out.Items = slices.Clone(in.Items)
	for i := range out.Items {
		it := &out.Items[i]
		labels, ok := sector.Labels[it.ID]
		if !ok {
			continue
		}
		it.Options = slices.Clone(it.Options)
		for j := range it.Options {
			it.Options[j].Label = labels[it.Options[j].Code]
		}
	}
	return &out
}

// Without gives a copy of the instrument without the items of some blocks, and
// without the sections and notices that only they used: what a deployment that
// leaves the blocks out puts before people.
func (in *Instrument) Without(blocks ...string) *Instrument {
	if len(in.LeftOut(blocks...)) == 0 {
		return in
	}
	out := *in
	out.Items = slices.DeleteFunc(slices.Clone(in.Items), func(it Item) bool { return slices.Contains(blocks, it.Block) })
	out.Prefill = slices.DeleteFunc(slices.Clone(in.Prefill), func(p Prefill) bool {
		_, kept := out.Item(p.Into)
		return !kept
	})
	uses := func(is func(Item) bool) bool { return slices.ContainsFunc(out.Items, is) }
	out.Sections = slices.DeleteFunc(slices.Clone(in.Sections), func(s Section) bool {
		return !uses(func(it Item) bool { return it.Section == s.ID })
	})
	out.Notices = maps.Clone(in.Notices)
	maps.DeleteFunc(out.Notices, func(name string, _ Text) bool {
		return !uses(func(it Item) bool { return it.Notice == name })
	})
	return &out
}

// LeftOut lists the items of some blocks, by id.
func (in *Instrument) LeftOut(blocks ...string) []string {
	var out []string
	for _, it := range in.Items {
		if it.Block != "" && slices.Contains(blocks, it.Block) {
			out = append(out, it.ID)
		}
	}
	return out
}
