package screening

import "slices"

// askItem is what a program knows of putting an item, before any answer.
type askItem struct {
	// rows is everything the item's options can show.
	rows []codeSet
	// tries are the answers worth trying one by one: every option, and for an
	// item with several also all of them. quietest is the place of one that
	// shows as little as there is.
	tries    []uint32
	quietest int
	// needs are the earlier items that decide whether this one applies or what
	// it shows; varies says that they decide what it shows.
	needs  [itemWords]uint32
	varies bool
	// decides marks an item that others need and can show something; forks are
	// the answers to it that differ in what they switch, or show.
	decides bool
	forks   []uint32
}

// askItems works out what is known of each item. An item with several quietest
// answers, none of which shows less than another, forks as well.
func (p *Program) askItems() []askItem {
	out := make([]askItem, len(p.items))
	shows := make([][][]codeSet, len(p.items))
	for i, it := range p.items {
		shows[i] = p.optionEvidence(i)
		for o := range it.Options {
			out[i].rows = append(out[i].rows, shows[i][o]...)
			out[i].tries = append(out[i].tries, 1<<o)
		}
		least := extreme(out[i].tries, shows[i], true)
		out[i].quietest = slices.Index(out[i].tries, least[0])
		out[i].decides = len(least) > 1
		out[i].varies = len(shows[i][0]) > 1
		if it.Many && len(it.Options) > 1 {
			out[i].tries = append(out[i].tries, 1<<len(it.Options)-1)
		}
	}
	tests := p.dependencies(out)
	for i := range out {
		if out[i].decides = out[i].decides || len(tests[i]) > 0; out[i].decides {
			out[i].forks = waysTo(p.items[i], shows[i], tests[i])
		}
	}
	return out
}

// dependencies fills in what each item needs, and gives for each item the tests
// that items which can show something make of it, directly or through others.
func (p *Program) dependencies(asks []askItem) [][]test {
	type tested struct {
		test
		by int
	}
	var all, pending []tested
	for _, in := range p.code[:p.decide] {
		switch in.op {
		case opAny, opNotAny, opOnly, opNotOnly:
			if int(in.a) < len(p.items) {
				pending = append(pending, tested{test: test{int(in.a), in.op == opOnly || in.op == opNotOnly, in.m}})
			}
		case opDrop, opCover, opEvidence, opWeigh:
			for _, t := range pending {
				t.by = int(in.a)
				asks[t.by].needs[t.item/32] |= 1 << (t.item % 32)
				all = append(all, t)
			}
			pending = nil
		case opEnd, opJump, opCode, opNotCode, opLeast, opLess, opBelow, opNotBelow, opAdd, opCount, opSet, opcodeEnd:
		}
	}
	shows := func(item int) bool {
		return slices.ContainsFunc(asks[item].rows, func(row codeSet) bool { return row != codeSet{} })
	}
	out := make([][]test, len(p.items))
	matters := make([]bool, len(p.items))
	for i := len(p.items) - 1; i >= 0; i-- { // items need earlier ones only
		matters[i] = matters[i] || shows(i)
		for _, t := range all {
			if t.by == i && matters[i] && t.item < i {
				matters[t.item] = true
				out[t.item] = append(out[t.item], t.test)
			}
		}
	}
	return out
}
