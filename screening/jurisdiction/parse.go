package jurisdiction

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"waymark/screening"
)

var (
	isoPattern = regexp.MustCompile(`^[A-Z]{2}$`)
	tagPattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`)
)

// ParsePack reads a country pack and checks it against the layout. The name of
// the file says whose pack it must be. The error, if any, is a
// screening.Problems with everything wrong with the file; a date in the future
// is not looked for, because only the caller knows today (see Pack.DatedAfter).
func ParsePack(file string, data []byte, layout *Layout) (*Pack, error) {
	p := &Pack{Leaves: map[string]Leaf{}}
	err := screening.ReadDefinition(file, data, func(root screening.Value) {
		root.Fields(map[string]func(screening.Value){
			"iso":  func(v screening.Value) { p.ISO = iso(v, file) },
			"name": func(v screening.Value) { p.Name = v.Text() },
			"language": func(v screening.Value) {
				if p.Language = v.Text(); !tagPattern.MatchString(p.Language) {
					v.Report("%q is not a language tag such as en or zh-Hans", p.Language)
				}
			},
			"notice": func(v screening.Value) {
				if p.Notice = v.Text(); p.Notice != Notice {
					v.Report("must be %q", Notice)
				}
			},
			"leaves": func(v screening.Value) { p.leaves(v, layout) },
			"gaps": func(v screening.Value) {
				v.Each(func(e screening.Value) { p.Gaps = append(p.Gaps, gap(e)) })
			},
		}, "iso", "name", "language", "notice", "leaves")
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func iso(v screening.Value, file string) string {
	code := v.Text()
	switch {
	case !isoPattern.MatchString(code):
		v.Report("%q is not a country code of two capitals (ISO 3166-1 alpha-2)", code)
	case fileOf(code) != path.Base(file):
		v.Report("the pack of %s must be called %s", code, fileOf(code))
	}
	return code
}

// fileOf is the name of a country's file.
func fileOf(iso string) string { return strings.ToLower(iso) + ".json" }

// leaves reads the leaves; every leaf of the layout must be there, because a
// row that is missing looks like one that does not matter.
func (p *Pack) leaves(v screening.Value, layout *Layout) {
	known := map[string]func(screening.Value){}
	var required []string
	for _, k := range layout.Leaves {
		required = append(required, k.ID)
		known[k.ID] = func(v screening.Value) { p.Leaves[k.ID] = leaf(v, k) }
	}
	v.Fields(known, required...)
}

// leaf reads one leaf of the layout.
func leaf(v screening.Value, k LeafKind) Leaf {
	l := Leaf{}
	read(v, &l, leafFields(&l))
	if l.Value != "" && len(k.Codes) > 0 && !slices.Contains(k.Codes, l.Value) {
		v.Report("%q is not one of %s", l.Value, strings.Join(k.Codes, ", "))
	}
	return l
}

// gap reads a leaf that names itself.
func gap(v screening.Value) Leaf {
	l := Leaf{}
	known := leafFields(&l)
	known["about"] = func(v screening.Value) { l.About = v.Text() }
	read(v, &l, known, "about")
	return l
}

func leafFields(l *Leaf) map[string]func(screening.Value) {
	orNull := func(into *string) func(screening.Value) {
		return func(v screening.Value) {
			if !v.Null() {
				*into = v.Text()
			}
		}
	}
	return map[string]func(screening.Value){
		"value":      orNull(&l.Value),
		"status":     func(v screening.Value) { l.Status = screening.OneOf(v, Statuses()...) },
		"confidence": func(v screening.Value) { l.Confidence = screening.OneOf(v, Confidences()...) },
		"source":     orNull(&l.Source),
		"as_of": func(v screening.Value) {
			l.AsOf = v.Text()
			if _, err := time.Parse(time.DateOnly, l.AsOf); err != nil {
				v.Report("%q is not a day such as 2026-11-20", l.AsOf)
			}
		},
		"reviewed_by": func(v screening.Value) { l.ReviewedBy = v.Text() },
	}
}

// read fills a leaf in and looks at what only the whole leaf shows.
func read(v screening.Value, l *Leaf, known map[string]func(screening.Value), required ...string) {
	v.Fields(known, append(required, "value", "status", "confidence", "source", "as_of")...)
	switch l.Status {
	case Verified:
		if l.Source == "" {
			v.Report("a verified leaf names the source that was read; without one it is unverified")
		}
	case Unknown:
		if l.Value != "" {
			v.Report("an unknown leaf has no value; write null, or say how far the value was checked")
		}
		if l.Confidence != Low && l.Confidence != "" {
			v.Report("an unknown leaf has confidence %s", Low)
		}
		if l.ReviewedBy != "" {
			v.Report("a leaf that counsel has reviewed is not unknown any more")
		}
	case Unverified:
	}
	if l.Value == "" && l.Status != Unknown && l.Status != "" {
		v.Report("a leaf without a value is unknown")
	}
}
