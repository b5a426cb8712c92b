package screening

import "slices"

// decide compiles the rules: everything that looks at codes and no longer at
// answers.
func (c *compiler) decide() {
	for _, d := range c.rules.Derive {
		var next label
		for _, code := range d.All {
			words := c.words([]Code{code})
			word := slices.IndexFunc(words[:], func(m uint32) bool { return m != 0 })
			if word < 0 { // no answer leads to this code, so the derivation never fires
				c.jump(opJump, 0, 0, &next)
				break
			}
			c.jump(opNotCode, word, words[word], &next)
		}
		c.emitTo(opAdd, 0, c.codeAt[d.Adds], 0)
		c.bind(&next)
	}

	var adult label
	c.jumpUnless(c.rules.Child, &adult)
	c.emit(opSet, regChild, 1)
	c.bind(&adult)

	tallies := c.tallies()
	for number, mode := range c.rules.Modes {
		c.p.modes = append(c.p.modes, mode.ID)
		c.findings(number, mode, tallies)
		c.define(mode)
		if number == 0 {
			c.firstDefined, c.firstFound = c.defined, c.found
		}
		c.outcome(number)
	}
	c.role()
}

// tally holds the registers in which a dimension's indicators are counted.
type tally struct{ strong, medium, weak, mediumOrWeak int }

// tallyKey names a dimension under one treatment of the extension.
type tallyKey struct {
	dimension string
	extension bool
}

// tallies counts every dimension by strength, with the list of the profile at
// hand. A dimension without extensions is counted once for both modes.
func (c *compiler) tallies() map[tallyKey]tally {
	out := map[tallyKey]tally{}
	var counted []tallyKey
	for _, mode := range c.rules.Modes {
		for _, d := range c.book.Dimensions {
			key := c.tallyKey(d.ID, mode)
			if _, done := out[key]; !done {
				out[key] = tally{c.register(), c.register(), c.register(), c.register()}
				counted = append(counted, key)
			}
		}
	}
	var child, done label
	c.jump(opLeast, regChild, 1, &child)
	for _, key := range counted {
		c.tally(key, Adult, out[key])
	}
	c.jump(opJump, 0, 0, &done)
	c.bind(&child)
	for _, key := range counted {
		c.tally(key, ChildOrUnsure, out[key])
	}
	c.bind(&done)
	return out
}

// tallyKey folds the two treatments together where they do not differ.
func (c *compiler) tallyKey(dimension string, mode Mode) tallyKey {
	has := slices.ContainsFunc(c.book.Indicators, func(i Indicator) bool {
		return i.Dimension == dimension && i.Extension
	})
	return tallyKey{dimension, has && mode.Extension}
}

func (c *compiler) tally(key tallyKey, p Profile, t tally) {
	of := func(strengths ...Strength) codeSet {
		var codes []Code
		for _, i := range c.book.Indicators {
			if i.Dimension == key.dimension && (key.extension || !i.Extension) && slices.Contains(strengths, i.Strength(p)) {
				codes = append(codes, i.Code)
			}
		}
		return c.words(codes)
	}
	c.count(t.strong, of(Strong))
	c.count(t.medium, of(Medium))
	c.count(t.weak, of(Weak))
	c.count(t.mediumOrWeak, of(Medium, Weak))
}

// findings gives every dimension its finding in one mode. Where both modes
// count a dimension alike, they share its finding.
func (c *compiler) findings(number int, mode Mode, tallies map[tallyKey]tally) {
	c.found = map[string]uint8{}
	for i, d := range c.book.Dimensions {
		key := c.tallyKey(d.ID, mode)
		r := regFindings + number*DimensionCount + i
		if number > 0 && key == c.tallyKey(d.ID, c.rules.Modes[0]) {
			r = c.p.findings[0][i]
		}
		c.found[d.ID] = uint8(r)
		c.p.findings[number] = append(c.p.findings[number], r)
		if number > 0 && r == c.p.findings[0][i] {
			continue
		}
		t := tallies[key]
		var done label
		for _, rule := range c.rules.Findings {
			for _, threshold := range rule.Any {
				var no label
				for _, least := range []struct{ register, n int }{
					{t.strong, threshold.Strong},
					{t.medium, threshold.Medium},
					{t.weak, threshold.Weak},
					{t.mediumOrWeak, threshold.MediumOrWeak},
				} {
					if least.n > 0 {
						c.jump(opLess, least.register, uint32(least.n), &no)
					}
				}
				c.emit(opSet, r, uint32(slices.Index(findings[:], rule.Is)))
				c.jump(opJump, 0, 0, &done)
				c.bind(&no)
			}
		}
		c.bind(&done)
	}
}

// define evaluates the named conditions of one mode into registers.
func (c *compiler) define(mode Mode) {
	c.defined = map[string]uint8{}
	for _, d := range slices.Concat(c.rules.Define, mode.Define) {
		r := c.register()
		var no label
		c.jumpUnless(d.When, &no)
		c.emit(opSet, r, 1)
		c.bind(&no)
		c.defined[d.Name] = uint8(r)
	}
}

// outcome compiles the decision of one mode, first match first.
func (c *compiler) outcome(number int) {
	outcome, line := regOutcome, regLine
	if number > 0 {
		outcome, line = regStrict, regStrictLine
	}
	var done label
	for _, rule := range c.rules.Outcomes {
		var no label
		if rule.When != nil {
			c.jumpUnless(*rule.When, &no)
		}
		c.emit(opSet, outcome, uint32(slices.Index(c.p.outcomes, rule.Outcome)))
		c.emit(opSet, line, uint32(c.line(rule.Line)))
		c.jump(opJump, 0, 0, &done)
		c.bind(&no)
	}
	c.bind(&done)
}

func (c *compiler) line(name string) int {
	if at := slices.Index(c.p.lines, name); at >= 0 {
		return at
	}
	c.p.lines = append(c.p.lines, name)
	return len(c.p.lines) - 1
}

func (c *compiler) role() {
	var done label
	for _, rule := range c.rules.Roles {
		var no label
		c.jumpUnless(rule.When, &no)
		c.emit(opSet, regRole, uint32(slices.Index(roles, rule.Role)))
		c.jump(opJump, 0, 0, &done)
		c.bind(&no)
	}
	c.bind(&done)
}
