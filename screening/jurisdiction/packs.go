package jurisdiction

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

const layoutFile = "leaves.json"

// Packs is every country pack with its layout. It is immutable after Load and
// safe for concurrent use.
type Packs struct {
	layout *Layout
	packs  []*Pack // by ISO code
}

// LoadLayout reads leaves.json.
func LoadLayout(fsys fs.FS) (*Layout, error) {
	data, err := fs.ReadFile(fsys, layoutFile)
	if err != nil {
		return nil, fmt.Errorf("jurisdiction: %w", err)
	}
	return ParseLayout(layoutFile, data)
}

// Load reads leaves.json and every <iso>.json. The error lists every problem of
// every file.
func Load(fsys fs.FS) (*Packs, error) {
	layout, err := LoadLayout(fsys)
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("jurisdiction: %w", err)
	}
	p := &Packs{layout: layout}
	var problems []error
	for _, file := range files {
		if file == layoutFile {
			continue
		}
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("jurisdiction: %w", err)
		}
		pack, err := ParsePack(file, data, layout)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		p.packs = append(p.packs, pack)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if len(p.packs) == 0 {
		return nil, errors.New("jurisdiction: there are no country packs")
	}
	slices.SortFunc(p.packs, func(a, b *Pack) int { return cmp.Compare(a.ISO, b.ISO) })
	return p, nil
}

// Layout gives the layout of every pack.
func (p *Packs) Layout() *Layout { return p.layout }

// All lists every pack by its ISO code.
func (p *Packs) All() []*Pack { return slices.Clone(p.packs) }

// Find gives the pack of a country, by its ISO code in capitals.
func (p *Packs) Find(iso string) (*Pack, bool) {
	i := slices.IndexFunc(p.packs, func(q *Pack) bool { return q.ISO == iso })
	if i < 0 {
		return nil, false
	}
	return p.packs[i], true
}

// ISOs lists the countries that have a pack.
func (p *Packs) ISOs() []string {
	out := make([]string, len(p.packs))
	for i, q := range p.packs {
		out[i] = q.ISO
	}
	return out
}
