package screening

import (
	"cmp"
	"slices"
)

// maxRuns bounds a search. Beyond it the answer is the cautious one: the
// outcome may move as far as any evidence could carry it. The shipped
// instruments stay far below.
const maxRuns = 1 << 12

// search looks for the outcomes that answers to open items lead to, by runs of
// the program with changed answers.
//
// It rests on a law that holds for all rules that ship: showing more never
// leads to less protection. So of the answers that switch the same other items
// on and off, only the loudest, the quietest and none at all are tried.
//
// Outcomes are places in the program's table, which lists those of one ladder
// from the one that protects least; rules choose from one ladder only.
type search struct {
	p       *Program
	now     Responses
	current int32
	// forks are the open items whose answers switch others on or off, or change
	// what they show. Every way to answer them is tried.
	forks []int
	// plain are the other open items that can show something; quiet holds their
	// quietest answers, and loud the answers of all open items worth trying.
	plain []boundItem
	quiet Responses
	loud  []boundItem

	// ceiling is an outcome that nothing can go beyond.
	ceiling int32
	runs    int
	result  Result

	best int32
	with Responses // answers that lead to best
	// moved says that some answers lead to another outcome than the current one.
	moved bool
	// firstMove ends the search as soon as moved is known.
	firstMove bool
}

func newSearch(p *Program, r *Responses, open func(item int) bool) *search {
	s := &search{p: p, now: *r, with: *r, quiet: *r}
	s.current = s.outcome(r)
	s.best = s.current
	ceiling := s.result.codes
	for item := range p.items {
		if !open(item) {
			continue
		}
		ask := &p.asks[item]
		for _, row := range ask.rows {
			for w := range row {
				ceiling[w] |= row[w]
			}
		}
		if ask.decides {
			s.forks = append(s.forks, item)
		} else {
			s.quiet.chosen[item] = ask.tries[ask.quietest]
		}
	}
	for _, b := range p.bounds {
		if !open(b.item) {
			continue
		}
		s.loud = append(s.loud, b)
		if !p.asks[b.item].decides {
			s.plain = append(s.plain, b)
		}
	}
	s.ceiling = s.highestOf(ceiling, r)
	return s
}

func (s *search) outcome(r *Responses) int32 {
	s.runs++
	s.p.Run(r, &s.result)
	return s.result.registers[regOutcome]
}

// highestOf is the outcome of codes with everything answered or with nothing,
// whichever protects more. Answers that were ignored may come to count, so what
// they show is among the codes.
func (s *search) highestOf(codes codeSet, r *Responses) int32 {
	for item := range s.p.items {
		if r.chosen[item] == 0 || !has(&s.result.dropped, item) && !s.p.asks[item].varies {
			continue
		}
		for _, row := range s.p.asks[item].rows {
			for w := range row {
				codes[w] |= row[w]
			}
		}
	}
	highest := s.current
	for answered := range int32(2) {
		with := Result{codes: codes, answered: answered, applicable: 1}
		with.answers[factsSlot] = r.chosen[factsSlot]
		s.p.run(&with, s.p.decide, nil)
		highest = max(highest, with.registers[regOutcome])
	}
	return highest
}

// run searches until the ceiling is reached, or everything was tried.
func (s *search) run() {
	s.fork(s.now, s.forks)
	if s.runs > maxRuns {
		s.best, s.moved = s.ceiling, true
	}
}

// done says that going on would show nothing new.
func (s *search) done() bool {
	if s.firstMove {
		return s.moved || s.runs > maxRuns
	}
	return s.best == s.ceiling || s.runs > maxRuns
}

func (s *search) consider(r *Responses) {
	o := s.outcome(r)
	s.moved = s.moved || o != s.current
	if o > s.best {
		s.best, s.with = o, *r
	}
}

// fork tries every way to answer the forking items, and to leave them.
func (s *search) fork(r Responses, forks []int) {
	if len(forks) == 0 {
		s.leaf(r)
		return
	}
	with := r
	for _, answer := range s.p.asks[forks[0]].forks {
		with.chosen[forks[0]] = answer
		if s.fork(with, forks[1:]); s.done() {
			return
		}
	}
	s.fork(r, forks[1:])
}

// leaf tries the plain items, with the forking ones as they are.
func (s *search) leaf(r Responses) {
	if s.branch(r, s.plain); s.done() {
		return
	}
	s.consider(&r)
	for item := range s.p.items {
		if r.chosen[item] == 0 {
			r.chosen[item] = s.quiet.chosen[item]
		}
	}
	s.consider(&r)
}

// branch tries the loudest answers to the plain items, and leaves a branch as
// soon as all the answers left in it, taken together, would not reach further.
func (s *search) branch(r Responses, plain []boundItem) {
	if s.done() {
		return
	}
	relaxed := r
	for _, b := range plain {
		relaxed.chosen[b.item] = b.all
	}
	reach := s.outcome(&relaxed)
	if reach <= s.best && (!s.firstMove || reach == s.current) {
		return
	}
	single := plain
	for len(single) > 0 && len(single[0].answers) == 1 {
		r.chosen[single[0].item] = single[0].all
		single = single[1:]
	}
	if len(single) == 0 {
		s.consider(&r)
		return
	}
	for _, answer := range single[0].answers {
		r.chosen[single[0].item] = answer
		s.branch(r, single[1:])
		if s.best == reach {
			return
		}
	}
}

// test is a condition on the answer to one item.
type test struct {
	item int
	only bool
	mask uint32
}

func (t test) holds(answer uint32) bool {
	if t.only {
		return answer != 0 && answer&^t.mask == 0
	}
	return answer&t.mask != 0
}

// waysTo lists the answers to an item that differ in what they switch, and of
// those that switch the same the loudest and the quietest. The one that shows
// most comes first.
func waysTo(it programItem, shows [][]codeSet, tests []test) []uint32 {
	type class struct {
		switches uint64
		answers  []uint32
	}
	var classes []class
	for _, answer := range candidates(it, tests) {
		var switches uint64
		for i, t := range tests {
			if t.holds(answer) {
				switches |= 1 << (i % 64)
			}
		}
		at := slices.IndexFunc(classes, func(c class) bool { return c.switches == switches })
		if at < 0 {
			classes = append(classes, class{switches: switches})
			at = len(classes) - 1
		}
		classes[at].answers = append(classes[at].answers, answer)
	}
	var out []uint32
	for _, least := range []bool{false, true} {
		for _, c := range classes {
			for _, answer := range extreme(c.answers, shows, least) {
				if !slices.Contains(out, answer) {
					out = append(out, answer)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b uint32) int { return cmp.Compare(size(together(b, shows)), size(together(a, shows))) })
	return out
}

// maxTested is how many tested options are combined in every way; items beyond
// it have them tried one by one and all together.
const maxTested = 4

// candidates lists the answers to an item that can differ in what they switch
// or show.
func candidates(it programItem, tests []test) []uint32 {
	var tested uint32
	for _, t := range tests {
		tested |= t.mask
	}
	every := uint32(1)<<len(it.Options) - 1
	var out, testedOptions []uint32
	for o := range it.Options {
		out = append(out, 1<<o)
		if tested&(1<<o) != 0 {
			testedOptions = append(testedOptions, 1<<o)
		}
	}
	if !it.Many {
		return out
	}
	quiet := every &^ tested
	out = append(out, every, every&tested, quiet)
	if len(testedOptions) <= maxTested {
		for set := range 1 << len(testedOptions) {
			var chosen uint32
			for i, o := range testedOptions {
				if set&(1<<i) != 0 {
					chosen |= o
				}
			}
			out = append(out, chosen, chosen|quiet)
			for o := range it.Options {
				if tested&(1<<o) == 0 {
					out = append(out, chosen|1<<o)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(answer uint32) bool { return answer == 0 })
}

// extreme keeps the answers that show most, or least: those of which no other
// shows more, or less. Of those that show the same it keeps the first.
func extreme(answers []uint32, shows [][]codeSet, least bool) []uint32 {
	evidence := make([][]codeSet, len(answers))
	for i, answer := range answers {
		evidence[i] = together(answer, shows)
	}
	beats := func(a, b int) bool {
		if least {
			return contains(evidence[b], evidence[a])
		}
		return contains(evidence[a], evidence[b])
	}
	var out []uint32
	for i, answer := range answers {
		beaten := slices.ContainsFunc(places(len(answers)), func(other int) bool {
			return other != i && beats(other, i) && (other < i || !beats(i, other))
		})
		if !beaten {
			out = append(out, answer)
		}
	}
	return out
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// together is what the options of an answer show, for each way the item's
// substitutions can fall out.
func together(answer uint32, shows [][]codeSet) []codeSet {
	out := make([]codeSet, len(shows[0]))
	for o, rows := range shows {
		if answer&(1<<o) == 0 {
			continue
		}
		for i := range rows {
			for w := range rows[i] {
				out[i][w] |= rows[i][w]
			}
		}
	}
	return out
}
