package screening

import (
	"fmt"
	"math/bits"
	"slices"
)

// Compile turns an instrument and rules into a program. Names are resolved
// here, so that a run cannot fail on one. The error, if any, says what does
// not fit together; each definition on its own was checked when it was parsed.
//
// Items of the blocks left out never apply: the program knows them, counts
// them in no coverage and ignores an answer to them. It has a digest of its own,
// and still knows the codes they show, because earlier records hold them.
func Compile(in *Instrument, r *Rules, book *Codebook, leaveOut ...string) (*Program, error) {
	c := &compiler{in: in, rules: r, book: book, itemAt: map[string]int{}, codeAt: map[Code]int{}}
	c.items = slices.Concat(in.Items, in.officerItems())
	c.leftOut = in.LeftOut(leaveOut...)
	if r.ID != in.ID {
		return nil, fmt.Errorf("compile %s: the rules are for %s", in.Ref(), r.ID)
	}
	if err := r.checkAnswers(in); err != nil {
		return nil, err
	}
	if err := r.CheckItems(in); err != nil {
		return nil, err
	}
	c.tables()
	for i := range c.items {
		c.item(i)
	}
	c.follow()
	c.p.decide = len(c.p.code)
	c.decide()
	c.emit(opEnd, 0, 0)
	c.spectrum()

	if c.err != nil {
		return nil, fmt.Errorf("compile %s: %w", in.Ref(), c.err)
	}
	if err := c.p.validate(); err != nil {
		return nil, fmt.Errorf("compile %s: %w", in.Ref(), err)
	}
	if err := c.p.finish(); err != nil {
		return nil, fmt.Errorf("compile %s: %w", in.Ref(), err)
	}
	return &c.p, nil
}

type compiler struct {
	in    *Instrument
	rules *Rules
	book  *Codebook
	// items are the instrument's, then the officer's.
	items   []Item
	leftOut []string
	p       Program
	itemAt  map[string]int
	codeAt  map[Code]int
	// defined maps a name to the register that holds it, in the mode at hand.
	defined map[string]uint8
	// found maps a dimension to the register of its finding, in the mode at hand.
	found map[string]uint8
	// firstDefined and firstFound are those of the first mode.
	firstDefined, firstFound map[string]uint8
	nextFree                 int
	err                      error
}

// label is a place in the code that jumps go to before it is known.
type label struct{ from []int }

func (c *compiler) emit(op opcode, a int, m uint32) int {
	c.p.code = append(c.p.code, instruction{op: op, a: uint8(a), m: m})
	return len(c.p.code) - 1
}

func (c *compiler) emitTo(op opcode, a, t int, m uint32) {
	c.p.code[c.emit(op, a, m)].t = uint16(t)
}

func (c *compiler) jump(op opcode, a int, m uint32, to *label) {
	to.from = append(to.from, c.emit(op, a, m))
}

func (c *compiler) bind(l *label) {
	for _, at := range l.from {
		c.p.code[at].t = uint16(len(c.p.code))
	}
}

func (c *compiler) register() int {
	c.nextFree++
	if c.nextFree >= registerCount {
		c.err = fmt.Errorf("the rules need more than %d registers", registerCount)
		return registerCount - 1
	}
	return c.nextFree
}

// tables numbers the items and every code that an answer can lead to.
func (c *compiler) tables() {
	c.nextFree = regFree
	c.p.instrument, c.p.rules, c.p.codebook = c.in.Ref(), c.rules.Ref(), c.book.Ref()
	c.p.outcomes = Outcomes()
	c.p.codes, c.p.lines, c.p.evidence = []programCode{}, []string{}, []codeSet{}
	c.p.contradictions = c.rules.Contradictions
	for _, d := range c.book.Dimensions {
		c.p.dimensions = append(c.p.dimensions, d.ID)
	}

	reachable := map[Code]bool{}
	for i, it := range c.items {
		c.itemAt[it.ID] = i
		c.p.items = append(c.p.items, c.programItem(it))
		for _, code := range c.evidenceOf(it) {
			reachable[code] = true
		}
	}
	for _, d := range c.rules.Derive {
		reachable[d.Adds] = true
	}
	for _, code := range c.rules.followCodes() {
		reachable[code] = true
	}
	c.numberCodes(reachable)
}

// numberCodes gives every reachable code its place. The indicators of one
// dimension stand in one word where they fit, so that counting them takes one
// instruction; the other codes fill the gaps.
func (c *compiler) numberCodes(reachable map[Code]bool) {
	var places [maxCodes]Code
	put := func(code Code, from int) {
		for at := from; at < maxCodes; at++ {
			if places[at] == "" {
				places[at] = code
				return
			}
		}
		c.err = fmt.Errorf("more than %d codes can be evidenced", maxCodes)
	}
	next := 0
	for _, d := range c.book.Dimensions {
		var codes []Code
		for _, i := range c.book.Indicators {
			if i.Dimension == d.ID && reachable[i.Code] {
				codes = append(codes, i.Code)
			}
		}
		if left := 32 - next%32; len(codes) > left {
			next += left
		}
		for _, code := range codes {
			put(code, next)
			next++
		}
	}
	for _, m := range c.book.Marks {
		if reachable[m.Code] {
			put(m.Code, 0)
		}
	}
	for _, code := range c.rules.followCodes() {
		if reachable[code] { // several rules may lead to the same code
			put(code, 0)
			delete(reachable, code)
		}
	}
	for at, code := range places {
		if code == "" {
			continue
		}
		for len(c.p.codes) < at { // a gap that nothing fills
			c.p.codes = append(c.p.codes, programCode{})
		}
		c.codeAt[code] = at
		c.p.codes = append(c.p.codes, programCode{code, classOf(c.book, code)})
	}
}

func (c *compiler) programItem(it Item) programItem {
	late := func(l LateItem) bool { return l.Item == it.ID }
	out := programItem{ID: it.ID, Many: it.Type == Many, Counts: c.counts(it), Late: slices.ContainsFunc(c.rules.Late, late)}
	for i, o := range it.Options {
		out.Options = append(out.Options, o.Code)
		if o.Accepts == "" {
			continue
		}
		out.Accepts = append(out.Accepts, accepted{i, o.Accepts})
		if !slices.ContainsFunc(c.p.lists, func(l CodeList) bool { return l.ID == o.Accepts }) {
			c.p.lists = append(c.p.lists, *c.book.list(o.Accepts))
		}
	}
	return out
}

// evidenceOf lists every code an item can lead to.
func (c *compiler) evidenceOf(it Item) []Code {
	var out []Code
	for _, o := range it.Options {
		out = append(out, o.Evidence...)
	}
	for _, sub := range it.Instead {
		if slices.Contains(out, sub.Code) {
			out = append(out, sub.By)
		}
	}
	return out
}

// counts says whether an item counts towards coverage: it can show an
// indicator or a purpose. Items that carry only other codes do not.
func (c *compiler) counts(it Item) bool {
	return !slices.Contains(c.leftOut, it.ID) && slices.ContainsFunc(c.evidenceOf(it), func(code Code) bool {
		class := c.book.Class(code)
		return class == ClassIndicator || class == ClassPurpose
	})
}

// item compiles one question: does it apply, does it count, what does it show.
func (c *compiler) item(i int) {
	it := c.items[i]
	if slices.Contains(c.leftOut, it.ID) {
		c.emit(opDrop, i, 0)
		return
	}
	var applies, next label
	if it.Applies != nil {
		c.jumpIf(*it.Applies, &applies)
		c.emit(opDrop, i, 0)
		c.jump(opJump, 0, 0, &next)
		c.bind(&applies)
	}
	switch counts := c.p.items[i].Counts; {
	case counts && len(it.Instead) == 0:
		c.evidence(i, it, opWeigh, nil, nil)
	case counts:
		c.emit(opCover, i, 0)
		c.evidence(i, it, opEvidence, it.Instead, nil)
	case len(c.evidenceOf(it)) > 0:
		c.evidence(i, it, opEvidence, it.Instead, nil)
	}
	c.bind(&next)
}

// evidence compiles what an item shows, once for each way its substitutions
// can fall out.
func (c *compiler) evidence(i int, it Item, op opcode, open, taken []Substitution) {
	if len(open) == 0 {
		c.emitTo(op, i, len(c.p.evidence), 0)
		c.p.evidence = append(c.p.evidence, c.rows(it, taken)...)
		return
	}
	var replaced, done label
	c.jumpIf(open[0].When, &replaced)
	c.evidence(i, it, op, open[1:], taken)
	c.jump(opJump, 0, 0, &done)
	c.bind(&replaced)
	c.evidence(i, it, op, open[1:], append(slices.Clone(taken), open[0]))
	c.bind(&done)
}

// rows gives for each option of an item the codes it shows, after
// substitutions.
func (c *compiler) rows(it Item, taken []Substitution) []codeSet {
	rows := make([]codeSet, len(it.Options))
	for i, o := range it.Options {
		for _, code := range o.Evidence {
			for _, sub := range taken {
				if code == sub.Code {
					code = sub.By
				}
			}
			rows[i].add(c.codeAt[code])
		}
	}
	return rows
}

// words spreads codes over the words of the code set; codes that no answer can
// lead to drop out.
func (c *compiler) words(codes []Code) (out codeSet) {
	for _, code := range codes {
		if n, ok := c.codeAt[code]; ok {
			out.add(n)
		}
	}
	return out
}

func (c *compiler) matches(patterns []string) codeSet {
	var codes []Code
	for _, pattern := range patterns {
		codes = append(codes, c.book.Match(pattern)...)
	}
	return c.words(codes)
}

// optionMask is the set of the named options of an item.
func (c *compiler) optionMask(item string, options []string) uint32 {
	var m uint32
	for i, code := range c.p.items[c.itemAt[item]].Options {
		if slices.Contains(options, code) {
			m |= 1 << i
		}
	}
	return m
}

// jumpIf goes to a label when the condition holds, and falls through when not.
func (c *compiler) jumpIf(cond Condition, to *label) {
	switch {
	case cond.Not != nil:
		c.jumpUnless(*cond.Not, to)
	case cond.AnyOf != nil:
		for _, sub := range cond.AnyOf {
			c.jumpIf(sub, to)
		}
	case cond.All != nil:
		var no label
		last := len(cond.All) - 1
		for _, sub := range cond.All[:last] {
			c.jumpUnless(sub, &no)
		}
		c.jumpIf(cond.All[last], to)
		c.bind(&no)
	default:
		c.leaf(cond, to, true)
	}
}

// jumpUnless goes to a label when the condition does not hold.
func (c *compiler) jumpUnless(cond Condition, to *label) {
	switch {
	case cond.Not != nil:
		c.jumpIf(*cond.Not, to)
	case cond.All != nil:
		for _, sub := range cond.All {
			c.jumpUnless(sub, to)
		}
	case cond.AnyOf != nil:
		var yes label
		last := len(cond.AnyOf) - 1
		for _, sub := range cond.AnyOf[:last] {
			c.jumpIf(sub, &yes)
		}
		c.jumpUnless(cond.AnyOf[last], to)
		c.bind(&yes)
	default:
		c.leaf(cond, to, false)
	}
}

// leaf compiles one test; want says on which result to jump.
func (c *compiler) leaf(cond Condition, to *label, want bool) {
	pick := func(ifTrue, ifFalse opcode) opcode {
		if want {
			return ifTrue
		}
		return ifFalse
	}
	switch {
	case cond.Any != nil:
		c.jump(pick(opAny, opNotAny), c.itemAt[cond.Item], c.optionMask(cond.Item, cond.Any), to)
	case cond.Only != nil:
		c.jump(pick(opOnly, opNotOnly), c.itemAt[cond.Item], c.optionMask(cond.Item, cond.Only), to)
	case cond.Codes != nil:
		c.codesLeaf(cond, to, want)
	case cond.Finding != "":
		c.findingLeaf(cond, to, want)
	case cond.Defined != "":
		c.jump(pick(opLeast, opLess), int(c.defined[cond.Defined]), 1, to)
	case cond.CoverageBelow != 0:
		c.jump(pick(opBelow, opNotBelow), 0, uint32(cond.CoverageBelow), to)
	case cond.Fact != "":
		c.jump(pick(opAny, opNotAny), factsSlot, 1<<slices.Index(facts, cond.Fact), to)
	}
}

// codesLeaf compiles "at least n different codes of this list".
func (c *compiler) codesLeaf(cond Condition, to *label, want bool) {
	words := c.matches(cond.Codes)
	if cond.AtLeast > 1 {
		count := c.register()
		c.emit(opSet, count, 0)
		c.count(count, words)
		if want {
			c.jump(opLeast, count, uint32(cond.AtLeast), to)
		} else {
			c.jump(opLess, count, uint32(cond.AtLeast), to)
		}
		return
	}
	var yes label
	for word, m := range words {
		switch {
		case m == 0:
		case want:
			c.jump(opCode, word, m, to)
		default:
			c.jump(opCode, word, m, &yes)
		}
	}
	if !want {
		c.jump(opJump, 0, 0, to)
	}
	c.bind(&yes)
}

// findingLeaf compiles "the finding is exactly this".
func (c *compiler) findingLeaf(cond Condition, to *label, want bool) {
	r, is := int(c.found[cond.Finding]), uint32(slices.Index(findings[:], cond.Is))
	var no label
	if want {
		c.jump(opLess, r, is, &no)
		c.jump(opLess, r, is+1, to)
	} else {
		c.jump(opLess, r, is, to)
		c.jump(opLeast, r, is+1, to)
	}
	c.bind(&no)
}

func (c *compiler) count(r int, words codeSet) {
	for word, m := range words {
		if bits.OnesCount32(m) > 0 {
			c.emitTo(opCount, r, word, m)
		}
	}
}
