package screening

import (
	"cmp"
	"math/bits"
	"slices"
)

// maxSettling is how many settling questions a bound names: more would not be
// read out to a tired person.
const maxSettling = 3

// Bound says how far the items that have no answer could still carry the
// outcome (our design).
type Bound struct {
	// Open says that Upper differs from the outcome as it stands.
	Open bool
	// Upper is the most protective outcome that any answers to the unanswered
	// items which can show an indicator would lead to.
	Upper Outcome
	// Settling names up to three items that would change the outcome, the one
	// that moves it furthest first. It means "not asked yet", never
	// "suspicious", so items the person declined come only when nothing else
	// would settle it.
	Settling []string
}

// boundItem is an item that can show something, with the answers worth trying: those whose
// evidence no other answer to it contains.
type boundItem struct {
	item    int
	answers []uint32
	all     uint32 // every one of answers together
}

// boundItems works out which answers are worth trying.
func (p *Program) boundItems() []boundItem {
	tested := p.testedOptions()
	var out []boundItem
	for i, it := range p.items {
		shows := p.optionEvidence(i)
		b := boundItem{item: i}
		if it.Many {
			b.answers = everyEvidence(shows, tested[i])
		} else {
			b.answers = maximal(shows, tested[i])
		}
		for _, answer := range b.answers {
			b.all |= answer
		}
		if b.all != 0 {
			out = append(out, b)
		}
	}
	return out
}

// optionEvidence gives for each option of an item what it shows that can have a
// part in an outcome: one row for each way the item's substitutions can fall
// out, so that an option contains another only if it does so in all of them.
func (p *Program) optionEvidence(item int) [][]codeSet {
	decisive := codeSet{}
	for i, c := range p.codes {
		if c.Class != ClassContext && c.Class != ClassLead && c.Class != ClassRole {
			decisive.add(i)
		}
	}
	shows := make([][]codeSet, len(p.items[item].Options))
	for _, in := range p.code[:p.decide] {
		if !in.op.shows() || int(in.a) != item {
			continue
		}
		for o := range shows {
			row := p.evidence[int(in.t)+o]
			for w := range row {
				row[w] &= decisive[w]
			}
			shows[o] = append(shows[o], row)
		}
	}
	return shows
}

// contains says whether a shows everything that b shows, in every case.
func contains(a, b []codeSet) bool {
	for i := range b {
		for w := range b[i] {
			if b[i][w]&^a[i][w] != 0 {
				return false
			}
		}
	}
	return true
}

// size counts what an option shows.
func size(rows []codeSet) int {
	n := 0
	for _, row := range rows {
		for _, word := range row {
			n += bits.OnesCount32(word)
		}
	}
	return n
}

// testedOptions gives for each item the options that conditions of other items
// look at: choosing one can switch another item on or off.
func (p *Program) testedOptions() map[int]uint32 {
	tested := map[int]uint32{}
	for _, in := range p.code[:p.decide] {
		switch in.op {
		case opAny, opNotAny, opOnly, opNotOnly:
			tested[int(in.a)] |= in.m
		case opEnd, opJump, opCode, opNotCode, opLeast, opLess, opBelow, opNotBelow,
			opDrop, opCover, opEvidence, opWeigh, opAdd, opCount, opSet, opcodeEnd:
		}
	}
	return tested
}

// everyEvidence is the answer with every option that shows something; and, for
// an item that others depend on, the same without the options they look at.
func everyEvidence(shows [][]codeSet, tested uint32) []uint32 {
	var all uint32
	for o, rows := range shows {
		if size(rows) > 0 {
			all |= 1 << o
		}
	}
	if rest := all &^ tested; rest != all && rest != 0 {
		return []uint32{all, rest}
	}
	return []uint32{all}
}

// maximal lists the single options whose evidence no other option contains,
// the one that shows most first. Options that other items depend on stay in.
func maximal(shows [][]codeSet, tested uint32) []uint32 {
	var options []int
	for o, rows := range shows {
		switch {
		case tested&(1<<o) != 0:
			options = append(options, o)
		case size(rows) > 0 && !surpassed(shows, o):
			options = append(options, o)
		}
	}
	slices.SortStableFunc(options, func(a, b int) int { return cmp.Compare(size(shows[b]), size(shows[a])) })
	answers := make([]uint32, len(options))
	for i, o := range options {
		answers[i] = 1 << o
	}
	return answers
}

// surpassed says whether another option shows all that an option shows, and
// more, or stands before it and shows the same.
func surpassed(shows [][]codeSet, option int) bool {
	for other, rows := range shows {
		if other == option || !contains(rows, shows[option]) {
			continue
		}
		if other < option || !contains(shows[option], rows) {
			return true
		}
	}
	return false
}

// Bound works out how far the unanswered items could still carry the outcome.
func (p *Program) Bound(r *Responses) Bound {
	search := newSearch(p, r, func(item int) bool { return r.chosen[item] == 0 && p.items[item].Counts })
	search.run()
	if search.best == search.current {
		return Bound{Upper: p.outcomes[search.current], Settling: []string{}}
	}
	return Bound{Open: true, Upper: p.outcomes[search.best], Settling: search.settling()}
}

// settling names the items that alone would change the outcome; where none
// does, those of a smallest set that together would.
func (s *search) settling() []string {
	type move struct {
		item     int
		furthest int32
	}
	var moves []move
	for _, b := range s.loud {
		furthest := int32(-1)
		for _, answer := range b.answers {
			r := s.now
			r.chosen[b.item] = answer
			if o := s.outcome(&r); o != s.current {
				furthest = max(furthest, o)
			}
		}
		if furthest >= 0 {
			moves = append(moves, move{b.item, furthest})
		}
	}
	if len(moves) == 0 {
		for _, item := range s.needed() {
			moves = append(moves, move{item, 0})
		}
	}
	slices.SortStableFunc(moves, func(a, b move) int { return cmp.Compare(b.furthest, a.furthest) })
	if asked := slices.DeleteFunc(slices.Clone(moves), func(m move) bool { return whyMissing(&s.now, m.item) == Declined }); len(asked) > 0 {
		moves = asked
	}
	out := []string{}
	for _, m := range moves[:min(len(moves), maxSettling)] {
		out = append(out, s.p.items[m.item].ID)
	}
	return out
}

// needed drops answers from those that led furthest one by one, the last
// first, as long as the outcome still differs from the current one; what stays
// is needed.
func (s *search) needed() []int {
	var items []int
	with := s.with
	for item := len(s.p.items) - 1; item >= 0; item-- {
		if with.chosen[item] == s.now.chosen[item] {
			continue
		}
		r := with
		r.chosen[item] = s.now.chosen[item]
		if s.outcome(&r) != s.current {
			with = r
			continue
		}
		items = append(items, item)
	}
	slices.Reverse(items)
	return items
}
