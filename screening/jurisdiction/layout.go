package jurisdiction

import (
	"regexp"
	"slices"

	"waymark/screening"
)

// Layout says which leaves every pack has, in which order and groups, and
// which of them are shown with which outcome. It is data, in leaves.json.
type Layout struct {
	Groups []string
	Leaves []LeafKind

	show map[screening.Outcome][]string
}

// LeafKind is one leaf that every pack has.
type LeafKind struct {
	// ID names the leaf in packs and in messages, such as "hotline".
	ID    string
	Group string
	// Codes is the closed list its value comes from; empty for a leaf whose
	// value is a text.
	Codes []string
	// TogetherWith names leaves without which this one is never shown: whoever
	// reads which charges are usual reads the clause against them, too.
	TogetherWith []string
}

// Text gives what to print for a leaf of this kind. message gives a message of
// the user interface by its id. An unknown leaf prints that it is unknown; no
// row is ever left out.
func (k LeafKind) Text(l Leaf, message func(id string) string) string {
	switch {
	case l.Status == Unknown:
		return message("jurisdiction.unknown")
	case len(k.Codes) > 0:
		return message("jurisdiction.value." + k.ID + "." + l.Value)
	default:
		return l.Value
	}
}

// Shown lists the leaves to show with an outcome, in the layout's order. It
// depends on nothing but the outcome. It reports false for an outcome that
// does not exist.
func (l *Layout) Shown(o screening.Outcome) ([]LeafKind, bool) {
	ids, ok := l.show[o]
	if !ok {
		return nil, false
	}
	var out []LeafKind
	for _, k := range l.Leaves {
		if slices.Contains(ids, k.ID) {
			out = append(out, k)
		}
	}
	return out, true
}

// kind looks a leaf up by its id.
func (l *Layout) kind(id string) (LeafKind, bool) {
	i := slices.IndexFunc(l.Leaves, func(k LeafKind) bool { return k.ID == id })
	if i < 0 {
		return LeafKind{}, false
	}
	return l.Leaves[i], true
}

var codePattern = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)

// code reads a text that names something in messages.
func code(v screening.Value) string {
	text := v.Text()
	if text != "" && !codePattern.MatchString(text) {
		v.Report("%q must be small letters and digits joined by single underscores", text)
	}
	return text
}

// ParseLayout reads a layout. The error, if any, is a screening.Problems.
func ParseLayout(file string, data []byte) (*Layout, error) {
	l := &Layout{}
	err := screening.ReadDefinition(file, data, func(root screening.Value) {
		root.Fields(map[string]func(screening.Value){
			"groups": func(v screening.Value) {
				v.Each(func(e screening.Value) { l.Groups = append(l.Groups, code(e)) })
			},
			"leaves": func(v screening.Value) { v.Each(l.leafKind) },
			"show":   l.showTable,
		}, "groups", "leaves", "show")
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Layout) leafKind(v screening.Value) {
	k := LeafKind{}
	v.Fields(map[string]func(screening.Value){
		"id": func(v screening.Value) {
			k.ID = code(v)
			if _, taken := l.kind(k.ID); taken {
				v.Report("leaf %q is already defined", k.ID)
			}
		},
		"group": func(v screening.Value) { k.Group = screening.OneOf(v, l.Groups...) },
		"codes": func(v screening.Value) {
			v.Each(func(e screening.Value) { k.Codes = append(k.Codes, code(e)) })
		},
		"together_with": func(v screening.Value) { k.TogetherWith = v.Texts() },
	}, "id", "group")
	l.Leaves = append(l.Leaves, k)
}

// showTable reads which leaves are shown with which outcome: a list for every
// outcome there is.
func (l *Layout) showTable(v screening.Value) {
	l.show = map[screening.Outcome][]string{}
	known := map[string]func(screening.Value){}
	var required []string
	for _, o := range screening.Outcomes() {
		required = append(required, string(o))
		known[string(o)] = func(v screening.Value) { l.show[o] = l.shown(v) }
	}
	v.Fields(known, required...)
}

func (l *Layout) shown(v screening.Value) []string {
	ids := v.Texts()
	for _, id := range ids {
		k, ok := l.kind(id)
		if !ok {
			v.Report("leaf %q is not defined in \"leaves\" above", id)
		}
		for _, companion := range k.TogetherWith {
			if !slices.Contains(ids, companion) {
				v.Report("%s is shown only together with %s; list both", id, companion)
			}
		}
	}
	return ids
}
