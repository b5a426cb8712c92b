package screening

import (
	"cmp"
	"slices"
)

// AskReason says why a question is worth asking next.
type AskReason string

// The reasons, in the order in which questions are put.
const (
	AskForNeed    AskReason = "need"    // it can show an urgent need, which is acted on before and regardless of any outcome
	AskForOutcome AskReason = "outcome" // the outcome is open, and it can show something that may have a part in it
	AskForRecord  AskReason = "record"  // it changes nothing now; what it shows would be recorded
)

// AskReasons lists every reason.
func AskReasons() []AskReason { return []AskReason{AskForNeed, AskForOutcome, AskForRecord} }

// Ask is one question to ask next.
type Ask struct {
	Item   string
	Reason AskReason
}

// Next says how to go on with an interview (our design).
type Next struct {
	// Asks are the questions that apply and were not put yet, the most useful
	// first.
	Asks []Ask
	// Settled says that no answer to any question that was not put yet can
	// change the outcome or show another urgent need. To stop then is an offer:
	// what was not asked is not recorded.
	Settled bool
}

// AskNext orders the questions that were not put yet. Withheld names items that
// are not put to this person. A question that depends on one not put yet waits
// for it, and lends it its weight.
func (p *Program) AskNext(r *Responses, withheld []string) Next {
	a := asking{p: p, now: *r}
	a.open(withheld)
	a.standing = a.measure(&a.now)
	settled, closed := a.settled()
	var asks []weighed
	for _, item := range a.items {
		if !a.waits(item) {
			asks = append(asks, a.weigh(item, closed))
		}
	}
	slices.SortStableFunc(asks, weighed.compare)
	next := Next{Asks: make([]Ask, len(asks)), Settled: settled}
	for i, w := range asks {
		next.Asks[i] = Ask{p.items[w.item].ID, w.reason}
	}
	return next
}

// asking is one look at what to ask next.
type asking struct {
	p   *Program
	now Responses
	// items are those not put yet that apply or still may.
	items    []int
	isOpen   [itemWords]uint32
	standing measure
	result   Result
}

func has(set *[itemWords]uint32, item int) bool { return set[item/32]&(1<<(item%32)) != 0 }

// open finds the items not put yet. An item that does not apply stays only when
// an open item can still switch it on.
func (a *asking) open(withheld []string) {
	for item, it := range a.p.items {
		if a.now.chosen[item] != 0 || whyMissing(&a.now, item) != NotAsked || slices.Contains(withheld, it.ID) {
			continue
		}
		if a.waits(item) || a.p.applies(&a.now, item) {
			a.items = append(a.items, item)
			a.isOpen[item/32] |= 1 << (item % 32)
		}
	}
}

// waits says whether an item depends on one that is open.
func (a *asking) waits(item int) bool {
	for w, needed := range a.p.asks[item].needs {
		if needed&a.isOpen[w] != 0 {
			return true
		}
	}
	return false
}

// measure is how far a set of answers has come, in small whole numbers that
// are compared one after the other.
type measure struct {
	outcome  int // place in the program's table, which begins with the one that protects least
	elements int // of the spectrum, partial or present
	findings int // of the dimensions
	codes    int // different ones that can have a part in an outcome
	urgent   int
}

func (a *asking) measure(r *Responses) (m measure) {
	p, s := a.p, &a.result
	p.Run(r, s)
	m.outcome = int(s.registers[regOutcome])
	for _, register := range p.findings[0] {
		m.findings += int(s.registers[register])
	}
	for at, c := range p.codes {
		if !s.codes.has(at) {
			continue
		}
		switch c.Class {
		case ClassUrgent:
			m.urgent++
		case ClassIndicator, ClassPurpose, ClassAct, ClassGate:
			m.codes++
		case ClassRole, ClassContext, ClassLead, ClassNeed, ClassOpens:
		}
	}
	if p.spectrum != nil {
		p.run(s, p.spectrum.At, nil)
		for _, e := range p.spectrum.Elements {
			m.elements += int(s.registers[e.Register])
		}
	}
	return m
}

// weighed is a question with what it could do.
type weighed struct {
	item   int
	reason AskReason
	late   bool
	best   measure
}

func (w weighed) compare(v weighed) int {
	return cmp.Or(
		cmp.Compare(w.group(), v.group()),
		-cmp.Compare(w.best.outcome, v.best.outcome),
		-cmp.Compare(w.best.elements, v.best.elements),
		-cmp.Compare(w.best.findings, v.best.findings),
		-cmp.Compare(w.best.codes, v.best.codes),
	)
}

// group puts late items after all others that can do something.
func (w weighed) group() int {
	place := slices.Index(AskReasons(), w.reason)
	if w.late && w.reason != AskForRecord {
		return 2
	}
	if w.reason == AskForRecord {
		return 3
	}
	return place
}

// weigh tries the answers to an item, and with each also the most that the
// items waiting for it could show.
func (a *asking) weigh(item int, closed bool) weighed {
	w := weighed{item: item, reason: AskForRecord, late: a.p.items[item].Late, best: a.standing}
	waiting := a.waiting(item)
	moved := false
	try := func(r *Responses) {
		m := a.measure(r)
		moved = moved || m.outcome != a.standing.outcome || m.codes > a.standing.codes
		w.best.outcome, w.best.urgent = max(w.best.outcome, m.outcome), max(w.best.urgent, m.urgent)
		w.best.elements, w.best.findings = max(w.best.elements, m.elements), max(w.best.findings, m.findings)
		w.best.codes = max(w.best.codes, m.codes)
	}
	for _, answer := range a.p.asks[item].tries {
		r := a.now
		r.chosen[item] = answer
		try(&r)
		if len(waiting) == 0 {
			continue
		}
		for _, other := range waiting {
			r.chosen[other] = 1<<len(a.p.items[other].Options) - 1
		}
		try(&r)
	}
	switch {
	case w.best.urgent > a.standing.urgent:
		w.reason = AskForNeed
	case !closed && (moved || a.p.items[item].Counts):
		w.reason = AskForOutcome
	}
	return w
}

// waiting lists the open items that depend on an item, directly or through
// another one.
func (a *asking) waiting(item int) []int {
	var chain [itemWords]uint32
	chain[item/32] |= 1 << (item % 32)
	var out []int
	for _, other := range a.items {
		for w, needed := range a.p.asks[other].needs {
			if needed&chain[w] != 0 && other != item && !slices.Contains(out, other) {
				chain[other/32] |= 1 << (other % 32)
				out = append(out, other)
			}
		}
	}
	return out
}

// settled says whether the open items can change nothing that matters, and
// whether at least the outcome is closed.
func (a *asking) settled() (settled, closed bool) {
	look := newSearch(a.p, &a.now, func(item int) bool { return has(&a.isOpen, item) })
	look.firstMove = true
	if look.consider(&look.quiet); !look.moved {
		look.run()
	}
	if look.moved {
		return false, false
	}
	return !a.needLeft(), true
}

// needLeft says whether an urgent need could still be shown: by an open item,
// or by an ignored answer that an open item can bring back.
func (a *asking) needLeft() bool {
	p := a.p
	p.Run(&a.now, &a.result)
	var unshown codeSet
	for at, c := range p.codes {
		if c.Class == ClassUrgent && !a.result.codes.has(at) {
			unshown.add(at)
		}
	}
	for item := range p.items {
		ignored := has(&a.result.dropped, item) && a.waits(item)
		if (ignored || has(&a.isOpen, item)) && p.canShow(item, unshown) {
			return true
		}
	}
	return false
}
