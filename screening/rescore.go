package screening

import (
	"errors"
	"fmt"
	"slices"
)

// Rescorer evaluates, under the rules of one program, the codes that another
// program evidenced. It comes to what a run of the new program over the answers
// themselves would, except for what answers alone can tell: which of them were
// ignored (Assessment.Ignored is empty), and how far the unanswered items could
// still carry the outcome (there is no Bound).
type Rescorer struct {
	to *Program
	// derived holds the codes that only a derivation of the old rules adds. The
	// new rules derive anew.
	derived []Code
	// either holds those that an answer may have shown as well.
	either []Code
}

// NewRescorer compares two programs, and refuses a pair of which the codes of
// the first do not determine the result of the second: another instrument, or
// items, evidence or coverage that differ. The error lists every difference.
func NewRescorer(from, to *Program) (*Rescorer, error) {
	if from.instrument != to.instrument {
		return nil, fmt.Errorf("codes of %s cannot be scored by rules for %s", from.instrument, to.instrument)
	}
	differences := evidenceDifferences(from, to)
	if from.kind() != to.kind() {
		differences = append(differences, errors.New("the outcomes are of another kind of instrument"))
	}
	r := &Rescorer{to: to}
	if !sameDerivations(from, to) {
		for _, at := range from.derivations() {
			code := from.codes[at].Code
			if len(from.itemsShowing(code)) > 0 {
				r.either = append(r.either, code)
			} else {
				r.derived = append(r.derived, code)
			}
		}
	}
	if err := errors.Join(differences...); err != nil {
		return nil, err
	}
	return r, nil
}

// Limited says whether codes hold one that an answer may have shown, or only a
// derivation that the new rules do not have. AssessCodes keeps it, because what
// may have been said is not thrown away: its result is then at least that of
// the answers, and may be more.
func (r *Rescorer) Limited(codes []Code) bool {
	return slices.ContainsFunc(codes, func(c Code) bool { return slices.Contains(r.either, c) })
}

// AssessCodes evaluates the codes and coverage of an earlier assessment, with
// the facts that were given then.
func (r *Rescorer) AssessCodes(codes []Code, coverage Coverage, given []Fact) Assessment {
	if len(r.derived) > 0 {
		codes = slices.DeleteFunc(slices.Clone(codes), func(c Code) bool { return slices.Contains(r.derived, c) })
	}
	return r.to.AssessCodes(codes, coverage, given)
}

// evidenceDifferences lists where two programs turn the same answers into other
// codes or another coverage.
func evidenceDifferences(from, to *Program) []error {
	var out []error
	sameItem := func(a, b programItem) bool {
		return a.ID == b.ID && a.Many == b.Many && a.Counts == b.Counts && slices.Equal(a.Options, b.Options)
	}
	if !slices.EqualFunc(from.items, to.items, sameItem) {
		out = append(out, errors.New("the items, their options or what counts towards coverage differ"))
	}
	sameStep := func(a, b instruction) bool { // codes stand at other places when rules have others besides
		switch {
		case a.op == opAdd && b.op == opAdd:
			return from.codes[a.t] == to.codes[b.t]
		case a.op == b.op && (a.op == opCode || a.op == opNotCode):
			return a.t == b.t && slices.Equal(from.named(word(a)), to.named(word(b)))
		}
		return a == b
	}
	if !slices.EqualFunc(from.code[:from.decide], to.code[:to.decide], sameStep) {
		out = append(out, errors.New("the conditions under which items are asked or show something differ"))
	}
	sameRow := func(a, b codeSet) bool { return slices.Equal(from.named(a), to.named(b)) }
	if !slices.EqualFunc(from.evidence, to.evidence, sameRow) {
		out = append(out, errors.New("the evidence of options differs"))
	}
	return out
}

// word is the codes that an instruction tests.
func word(in instruction) codeSet {
	var set codeSet
	set[in.a&(codeWords-1)] = in.m
	return set
}

// named lists the codes of a set, by name, with their classes.
func (p *Program) named(set codeSet) []programCode {
	var out []programCode
	for _, at := range p.sorted {
		if set.has(at) {
			out = append(out, p.codes[at])
		}
	}
	return out
}

// derivations lists the places of the codes that the rules add.
func (p *Program) derivations() []int {
	var out []int
	for _, in := range p.code[p.decide:] {
		if in.op == opAdd && !slices.Contains(out, int(in.t)) {
			out = append(out, int(in.t))
		}
	}
	return out
}

// sameDerivations says whether both programs surely derive alike: adding a code
// again that is there already then changes nothing.
func sameDerivations(a, b *Program) bool {
	return slices.Equal(a.codes, b.codes) && slices.Equal(a.derivationCode(), b.derivationCode())
}

// derivationCode is the part of the rules that adds codes.
func (p *Program) derivationCode() []instruction {
	end := p.decide
	for at := p.decide; at < len(p.code); at++ {
		if p.code[at].op == opAdd {
			end = at + 1
		}
	}
	return p.code[p.decide:end]
}

// kind is the ladder that the outcomes of a program stand on.
func (p *Program) kind() int {
	for _, in := range p.code[p.decide:] {
		if in.op == opSet && in.a == regOutcome {
			outcome := p.outcomes[in.m]
			return slices.IndexFunc(ladders, func(l []Outcome) bool { return slices.Contains(l, outcome) })
		}
	}
	return -1
}
