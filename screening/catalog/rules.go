package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"waymark/screening"
)

// Under gives the instrument under a version of its rules that is in the
// catalogue. Old versions stay, so that what they decided can be explained.
func (e *Entry) Under(rules string) (*Entry, bool) {
	i := slices.IndexFunc(e.rules, func(v *Entry) bool { return v.Rules.Version == rules })
	if i < 0 {
		return nil, false
	}
	return e.rules[i], true
}

// RulesVersions lists the versions of the instrument's rules, newest first.
func (e *Entry) RulesVersions() []string {
	out := make([]string, len(e.rules))
	for i, v := range e.rules {
		out[i] = v.Rules.Version
	}
	return out
}

// With compiles the instrument with rules that need not be in the catalogue,
// and were parsed with the entry's codebook. The result knows the versions
// that are.
func (e *Entry) With(r *screening.Rules) (*Entry, error) {
	program, err := screening.Compile(e.Instrument, r, e.Codebook, e.leaveOut...)
	if err != nil {
		return nil, err
	}
	out := *e
	out.Rules, out.Program, out.LeftOut = r, program, e.Instrument.LeftOut(e.leaveOut...)
	out.Explainer = screening.NewExplainer(program, r, e.Codebook)
	return &out, nil
}

// Scored gives the instrument under the rules that scored something: those and
// no others can explain it.
func (c *Catalog) Scored(instrument, rules screening.Ref) (*Entry, bool) {
	e, ok := c.Find(instrument)
	if !ok || rules.ID != instrument.ID {
		return nil, false
	}
	return e.Under(rules.Version)
}

// Pin gives a catalogue in which the named instruments ("screen-fc@1.0.0") use
// a version of the rules that is not their newest. The error lists what is not
// there.
func (c *Catalog) Pin(pins map[string]string) (*Catalog, error) {
	out := &Catalog{entries: c.All()}
	var problems []error
	for name, version := range pins {
		i := slices.IndexFunc(out.entries, func(e *Entry) bool { return e.Instrument.Ref().String() == name })
		if i < 0 {
			problems = append(problems, fmt.Errorf("there is no instrument %s to choose rules for", name))
			continue
		}
		pinned, ok := out.entries[i].Under(version)
		if !ok {
			problems = append(problems, fmt.Errorf("%s has no rules %s; it has %s", name, version, strings.Join(out.entries[i].RulesVersions(), ", ")))
			continue
		}
		out.entries[i] = pinned
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return out, nil
}

// readRules reads every version of the rules of one folder, newest first. The
// first stands in rules.json, each further one in a file with its own name.
func readRules(sources []fs.FS, folder string, book *screening.Codebook) ([]*screening.Rules, error) {
	var (
		out      []*screening.Rules
		problems []error
	)
	add := func(source fs.FS, file, version string) {
		data, err := fs.ReadFile(source, file)
		if err != nil {
			problems = append(problems, err)
			return
		}
		r, err := screening.ParseRules(file, data, book)
		switch {
		case err != nil:
			problems = append(problems, err)
		case version != "" && r.Version != version:
			problems = append(problems, fmt.Errorf("%s: holds rules %s and must be called %s.json", file, r.Version, r.Version))
		case slices.ContainsFunc(out, func(o *screening.Rules) bool { return o.Version == r.Version }):
			problems = append(problems, fmt.Errorf("%s: rules %s are published already and never change; give these another version", file, r.Version))
		case len(out) > 0 && r.ID != out[0].ID:
			problems = append(problems, fmt.Errorf("%s: the rules are for %s and not for %s", file, r.ID, out[0].ID))
		case !sameKind(out, r):
			problems = append(problems, fmt.Errorf("%s: the outcomes are of another kind of instrument than those of rules %s", file, out[0].Version))
		default:
			out = append(out, r)
		}
	}
	add(sources[0], path.Join(folder, "rules.json"), "")
	for _, source := range sources {
		files, err := fs.Glob(source, path.Join(folder, "rules", "*.json"))
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		for _, file := range files {
			add(source, file, strings.TrimSuffix(path.Base(file), ".json"))
		}
	}
	slices.SortStableFunc(out, func(a, b *screening.Rules) int { return screening.CompareVersions(b.Version, a.Version) })
	return out, errors.Join(problems...)
}

// sameKind says whether the outcomes of rules can follow those of the first.
func sameKind(known []*screening.Rules, r *screening.Rules) bool {
	if len(known) == 0 {
		return true
	}
	_, same := r.Outcomes[0].Outcome.Protects(known[0].Outcomes[0].Outcome)
	return same
}

// orphans lists rules in folders that hold no instrument: a name mistyped
// there would otherwise leave old rules in use without a word.
func orphans(sources []fs.FS, instruments []string) (problems []error) {
	for _, source := range sources {
		files, err := fs.Glob(source, "*/*/rules/*.json")
		if err != nil {
			return []error{fmt.Errorf("catalog: %w", err)}
		}
		for _, file := range files {
			folder := path.Dir(path.Dir(file))
			if !slices.Contains(instruments, path.Join(folder, "instrument.json")) {
				problems = append(problems, fmt.Errorf("%s: there is no instrument %s", file, strings.Replace(folder, "/", "@", 1)))
			}
		}
	}
	return problems
}
