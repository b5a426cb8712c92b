package screening

import (
	"errors"
	"slices"
)

// programSpectrum is a second entry into a program. After a run has come to
// its end, an interpreter goes on at At with the state the run left, until the
// next opEnd; the registers named here then hold the position and the state of
// each element. An interpreter that does not tell positions leaves it alone.
type programSpectrum struct {
	At        int              `json:"at"`
	Position  int              `json:"position"` // register: place in Positions
	Positions []Position       `json:"positions"`
	Elements  []programElement `json:"elements"`
}

type programElement struct {
	ID       ElementID `json:"id"`
	Register int       `json:"register"` // 0 absent, 1 partial, 2 present
	// Codes are those that speak of it.
	Codes codeSet `json:"codes"`
}

// holds says whether a register is one of the spectrum's.
func (sp *programSpectrum) holds(register int) bool {
	return sp != nil && (register == sp.Position ||
		slices.ContainsFunc(sp.Elements, func(e programElement) bool { return e.Register == register }))
}

func (p *Program) validateSpectrum() error {
	sp := p.spectrum
	if sp == nil {
		return nil
	}
	free := func(r int) bool { return r >= regFree && r < registerCount }
	if sp.At < 0 || sp.At >= len(p.code) || !free(sp.Position) || len(sp.Positions) == 0 || sp.Elements == nil {
		return errors.New("the spectrum begins outside the code, or has no position or no list of elements")
	}
	for _, e := range sp.Elements {
		if !free(e.Register) || e.Register == sp.Position {
			return errors.New("an element stands in another register")
		}
		for code := len(p.codes); code < maxCodes; code++ {
			if e.Codes.has(code) {
				return errors.New("an element names a code that is not there")
			}
		}
	}
	return nil
}

// spectrum compiles the position and the elements. It stands behind the end of
// the rules, so that an evaluation does not pay for it.
func (c *compiler) spectrum() {
	from := c.rules.Spectrum
	if from == nil {
		return
	}
	c.defined, c.found = c.firstDefined, c.firstFound
	sp := &programSpectrum{At: len(c.p.code)}
	for _, e := range from.Elements {
		r := c.register()
		var partial, done label
		c.jumpUnless(e.Present, &partial)
		c.emit(opSet, r, 2)
		c.jump(opJump, 0, 0, &done)
		c.bind(&partial)
		if e.Partial != nil {
			c.jumpUnless(*e.Partial, &done)
			c.emit(opSet, r, 1)
		}
		c.bind(&done)
		sp.Elements = append(sp.Elements, programElement{e.ID, r, c.speaking(e)})
	}
	sp.Position = c.register()
	var end label
	for _, rule := range from.Positions {
		var match, next label
		for _, o := range rule.Outcomes {
			at := uint32(slices.Index(c.p.outcomes, o))
			var no label
			c.jump(opLess, regOutcome, at, &no)
			c.jump(opLess, regOutcome, at+1, &match)
			c.bind(&no)
		}
		c.jump(opJump, 0, 0, &next)
		c.bind(&match)
		if rule.When != nil {
			c.jumpUnless(*rule.When, &next)
		}
		c.emit(opSet, sp.Position, uint32(len(sp.Positions)))
		c.jump(opJump, 0, 0, &end)
		c.bind(&next)
		sp.Positions = append(sp.Positions, rule.Position)
	}
	c.bind(&end)
	c.emit(opEnd, 0, 0)
	c.p.spectrum = sp
}

// speaking gives the codes that speak of an element, and those that they are
// derived from.
func (c *compiler) speaking(e Element) codeSet {
	out := c.matches(e.Codes)
	for _, d := range c.rules.Derive {
		if from := c.words(d.All); out.has(c.codeAt[d.Adds]) {
			for w := range out {
				out[w] |= from[w]
			}
		}
	}
	return out
}

// Standing tells where the facts of a response set lie on the spectrum. It
// reports false for an instrument without one, such as a triage.
func (p *Program) Standing(r *Responses) (Standing, bool) {
	if p.spectrum == nil {
		return Standing{}, false
	}
	var result Result
	p.Run(r, &result)
	return p.standing(&result, r), true
}

// StandingOfCodes does the same for what an earlier interview evidenced. It
// cannot tell an element that was not asked from one that was denied.
func (p *Program) StandingOfCodes(codes []Code, coverage Coverage, given []Fact) (Standing, bool) {
	if p.spectrum == nil {
		return Standing{}, false
	}
	var result Result
	p.RunCodes(codes, coverage, given, &result)
	return p.standing(&result, nil), true
}

// standing reads a finished run. Responses are nil when the answers are gone.
func (p *Program) standing(s *Result, r *Responses) Standing {
	p.run(s, p.spectrum.At, nil)
	out := Standing{Position: p.position(s)}
	for _, e := range p.spectrum.Elements {
		standing := ElementStanding{ID: e.ID, State: elementStates[s.registers[e.Register]], Codes: p.among(s.codes, e.Codes)}
		if standing.State != ElementPresent {
			standing.Toward = p.toward(s, e, out.Position)
			standing.Items = p.couldShow(e.Codes, r)
		}
		switch {
		case standing.State != ElementAbsent:
		case r == nil:
			standing.State = ElementNotShown
		case !p.answeredAny(s, e.Codes):
			standing.State = ElementNotAnswered
		}
		out.Elements = append(out.Elements, standing)
	}
	return out
}

func (p *Program) position(s *Result) Position {
	return p.spectrum.Positions[s.registers[p.spectrum.Position]]
}

// among names the codes of a set that belong to another.
func (p *Program) among(codes, of codeSet) []Code {
	var out []Code
	for _, at := range p.sorted {
		if codes.has(at) && of.has(at) {
			out = append(out, p.codes[at].Code)
		}
	}
	return out
}

// toward is the position with the whole element added to what was evidenced.
func (p *Program) toward(s *Result, e programElement, now Position) Position {
	with := Result{answered: s.answered, applicable: s.applicable, codes: s.codes}
	with.answers[factsSlot] = s.answers[factsSlot]
	for w := range with.codes {
		with.codes[w] |= e.Codes[w]
	}
	p.run(&with, p.decide, nil)
	p.run(&with, p.spectrum.At, nil)
	if position := p.position(&with); position != now {
		return position
	}
	return ""
}

// answeredAny says whether a question that can show one of the codes has an
// answer that counted.
func (p *Program) answeredAny(s *Result, codes codeSet) bool {
	for item := range p.items {
		if s.answers[item] != 0 && p.canShow(item, codes) {
			return true
		}
	}
	return false
}

// couldShow lists the questions that can show one of the codes: those not put
// yet, or all of them when the answers are gone.
func (p *Program) couldShow(codes codeSet, r *Responses) []string {
	var out []string
	for item, it := range p.items {
		if p.canShow(item, codes) && (r == nil || r.chosen[item] == 0 && whyMissing(r, item) == NotAsked && p.applies(r, item)) {
			out = append(out, it.ID)
		}
	}
	return out
}

// canShow says whether an option of an item shows one of the codes.
func (p *Program) canShow(item int, codes codeSet) bool {
	for _, row := range p.asks[item].rows {
		for w := range row {
			if row[w]&codes[w] != 0 {
				return true
			}
		}
	}
	return false
}

// applies says whether an item is asked, as the answers stand. It runs the
// program with an answer to the item and looks whether that was ignored.
func (p *Program) applies(r *Responses, item int) bool {
	with := *r
	with.chosen[item] = 1
	var result Result
	p.Run(&with, &result)
	return !has(&result.dropped, item)
}
