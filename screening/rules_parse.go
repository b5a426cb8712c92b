package screening

import "slices"

// ParseRules reads rules and checks them against the codebook. The error, if
// any, is a Problems that lists everything wrong with the file.
func ParseRules(file string, data []byte, book *Codebook) (*Rules, error) {
	s := &rulesSource{source: source{file: file, data: data}, book: book, rules: &Rules{}}
	if root, ok := s.tree(); ok {
		s.read(root)
	}
	if err := s.problems.orNil(); err != nil {
		return nil, err
	}
	return s.rules, nil
}

type rulesSource struct {
	source
	book  *Codebook
	rules *Rules
	// outcomes is the list of outcome rules as it stands in the file.
	outcomes node
}

func (s *rulesSource) read(root node) {
	r := s.rules
	s.fields(root, fields{
		"id":      func(n node) { r.ID = s.id(n) },
		"version": func(n node) { r.Version = s.version(n) },
		"codebook": func(n node) {
			if text := s.string(n); text != s.book.Ref().String() {
				s.report(n, "the codebook in use is %s", s.book.Ref())
			}
			r.Codebook = s.book.Ref()
		},
		"source":   func(n node) { r.Source = s.string(n) },
		"child":    func(n node) { r.Child = s.ruleCondition(n, nil) },
		"derive":   func(n node) { s.each(n, func(e node) { r.Derive = append(r.Derive, s.derivation(e)) }) },
		"findings": func(n node) { s.each(n, func(e node) { r.Findings = append(r.Findings, s.findingRule(e)) }) },
		"define":   func(n node) { r.Define = s.definitions(n, nil) },
		"modes":    func(n node) { s.each(n, func(e node) { r.Modes = append(r.Modes, s.mode(e)) }) },
		"outcomes": func(n node) {
			s.outcomes = n
			s.each(n, func(e node) { r.Outcomes = append(r.Outcomes, s.outcomeRule(e)) })
		},
		"roles":      func(n node) { s.each(n, func(e node) { r.Roles = append(r.Roles, s.roleRule(e)) }) },
		"needs":      func(n node) { s.each(n, func(e node) { r.Needs = append(r.Needs, s.needRule(e)) }) },
		"opens":      func(n node) { s.each(n, func(e node) { r.Opens = append(r.Opens, s.openRule(e)) }) },
		"next_steps": s.nextSteps,

		"contradictions":   func(n node) { s.each(n, s.contradiction) },
		"late":             s.late,
		"spectrum":         s.spectrum,
		"second_screening": s.secondScreening,
	}, "id", "version", "codebook", "source", "child", "findings", "modes", "outcomes", "next_steps")
	if n := len(r.Modes); n != 0 && n != 2 {
		s.report(root, "there are %d modes; an assessment has two: the first gives the outcome, the second the strict outcome", n)
	}
	s.checkOutcomes()
	for _, n := range r.Needs {
		if _, ok := r.Steps.Needs[n.Urgency]; !ok && n.Urgency != "" {
			s.report(root, "needs of urgency %s have no clock in \"next_steps\"", n.Urgency)
			break
		}
	}
}

// checkOutcomes looks at what only the whole list of outcome rules shows.
func (s *rulesSource) checkOutcomes() {
	r := s.rules
	for i, o := range r.Outcomes {
		at := s.outcomes.list[i]
		last := i == len(r.Outcomes)-1
		switch {
		case last && o.When != nil:
			s.report(at, "rule %s is the last outcome and must apply always: take \"when\" out", o.Line)
		case !last && o.When == nil:
			s.report(at, "rule %s applies always, so the rules after it are never reached", o.Line)
		}
		if _, ok := r.Steps.Outcomes[o.Outcome]; !ok && o.Outcome != "" {
			s.report(at, "outcome %s has no clock in \"next_steps\"", o.Outcome)
		}
		if i > 0 && o.Outcome != "" {
			if _, same := o.Outcome.Protects(r.Outcomes[0].Outcome); !same {
				s.report(at, "outcome %s is not of the same kind of instrument as %s", o.Outcome, r.Outcomes[0].Outcome)
			}
		}
	}
	for _, role := range r.Roles {
		if _, ok := r.Steps.Roles[role.Role]; !ok && role.Role != NoRole {
			s.report(s.outcomes, "role note %s has no clock in \"next_steps\"", role.Role)
		}
	}
}

func (s *rulesSource) derivation(n node) (d Derivation) {
	s.fields(n, fields{
		"all":    func(n node) { s.each(n, func(e node) { d.All = append(d.All, s.known(e)) }) },
		"adds":   func(n node) { d.Adds = s.known(n) },
		"source": func(n node) { d.Source = s.string(n) },
	}, "adds", "source")
	return d
}

func (s *rulesSource) known(n node) Code {
	c := s.code(n)
	if c != "" && s.book.Class(c) == "" {
		s.report(n, "%s is not in codebook %s", c, s.book.Ref())
	}
	return c
}

func (s *rulesSource) findingRule(n node) (f FindingRule) {
	s.fields(n, fields{
		"is":     func(n node) { f.Is = oneOf(&s.source, n, Positive, Partial) },
		"any":    func(n node) { s.each(n, func(e node) { f.Any = append(f.Any, s.threshold(e)) }) },
		"source": func(n node) { f.Source = s.string(n) },
	}, "is", "any", "source")
	return f
}

func (s *rulesSource) threshold(n node) (t Threshold) {
	least := func(to *int) func(node) { return func(n node) { *to = s.count(n, maxCodes) } }
	s.fields(n, fields{
		"strong":         least(&t.Strong),
		"medium":         least(&t.Medium),
		"weak":           least(&t.Weak),
		"medium_or_weak": least(&t.MediumOrWeak),
	})
	if t == (Threshold{}) {
		s.report(n, "a threshold names at least one of strong, medium, weak, medium_or_weak")
	}
	return t
}

// definitions reads a list in which each may use the names before it and those
// already known.
func (s *rulesSource) definitions(n node, known []string) (out []Definition) {
	s.each(n, func(e node) {
		d := Definition{}
		s.fields(e, fields{
			"name": func(n node) {
				d.Name = s.string(n)
				if slices.Contains(known, d.Name) {
					s.report(n, "%q is already defined", d.Name)
				}
			},
			"when":   func(n node) { d.When = s.ruleCondition(n, known) },
			"source": func(n node) { d.Source = s.string(n) },
		}, "name", "when", "source")
		known = append(known, d.Name)
		out = append(out, d)
	})
	return out
}

func (s *rulesSource) mode(n node) (m Mode) {
	s.fields(n, fields{
		"id":        func(n node) { m.ID = s.string(n) },
		"extension": func(n node) { m.Extension = s.bool(n) },
		"define":    func(n node) { m.Define = s.definitions(n, names(s.rules.Define)) },
		"source":    func(n node) { m.Source = s.string(n) },
	}, "id", "extension", "source")
	return m
}

func names(ds []Definition) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Name)
	}
	return out
}

func (s *rulesSource) outcomeRule(n node) (o OutcomeRule) {
	s.fields(n, fields{
		"line": func(n node) {
			o.Line = s.string(n)
			if slices.ContainsFunc(s.rules.Outcomes, func(p OutcomeRule) bool { return p.Line == o.Line }) {
				s.report(n, "rule %q is already defined", o.Line)
			}
		},
		"when": func(n node) {
			c := s.ruleCondition(n, s.everyModeDefines())
			o.When = &c
		},
		"outcome": func(n node) { o.Outcome = oneOf(&s.source, n, Outcomes()...) },
		"source":  func(n node) { o.Source = s.string(n) },
	}, "line", "outcome", "source")
	return o
}

// everyModeDefines lists the names that outcome rules may use: those that mean
// something in every mode.
func (s *rulesSource) everyModeDefines() []string {
	shared := names(s.rules.Define)
	for i, m := range s.rules.Modes {
		own := names(m.Define)
		if i == 0 {
			shared = append(shared, own...)
			continue
		}
		shared = slices.DeleteFunc(shared, func(name string) bool {
			return !slices.Contains(own, name) && !slices.Contains(names(s.rules.Define), name)
		})
	}
	return shared
}

func (s *rulesSource) roleRule(n node) (r RoleRule) {
	s.fields(n, fields{
		"when":   func(n node) { r.When = s.ruleCondition(n, nil) },
		"role":   func(n node) { r.Role = oneOf(&s.source, n, CoercedRole, SpecialistReview) },
		"source": func(n node) { r.Source = s.string(n) },
	}, "when", "role", "source")
	return r
}

func (s *rulesSource) nextSteps(n node) {
	steps := &s.rules.Steps
	steps.Outcomes, steps.Roles = map[Outcome]Clock{}, map[Role]Clock{}
	clock := func(n node) Clock { return oneOf(&s.source, n, clocks...) }
	steps.Needs = map[Urgency]Clock{}
	outcomes, roles, needs := fields{}, fields{}, fields{}
	for _, o := range Outcomes() {
		outcomes[string(o)] = func(n node) { steps.Outcomes[o] = clock(n) }
	}
	for _, r := range []Role{CoercedRole, SpecialistReview} {
		roles[string(r)] = func(n node) { steps.Roles[r] = clock(n) }
	}
	for _, u := range urgencies {
		needs[string(u)] = func(n node) { steps.Needs[u] = clock(n) }
	}
	s.fields(n, fields{
		"needs": func(n node) { s.fields(n, needs) },
		"review": func(n node) {
			s.each(n, func(e node) { steps.Review = append(steps.Review, oneOf(&s.source, e, Outcomes()...)) })
		},
		"outcomes": func(n node) { s.fields(n, outcomes) },
		"roles":    func(n node) { s.fields(n, roles) },
		"urgent":   func(n node) { steps.Urgent = clock(n) },
	}, "outcomes", "urgent")
}

// ruleCondition reads a condition on codes, findings and coverage. It may use
// the defined names given. Conditions on answers are refused: rules must be
// able to run over stored codes.
func (s *rulesSource) ruleCondition(n node, defined []string) Condition {
	c := s.condition(n, "codes", "finding", "defined", "coverage_below", "fact", "not", "all", "any_of")
	s.resolve(n, c, defined)
	return c
}

func (s *rulesSource) resolve(n node, c Condition, defined []string) {
	total := 0
	for _, pattern := range c.Codes {
		matches := s.book.Match(pattern)
		if len(matches) == 0 {
			s.report(n, "%q matches no code of codebook %s", pattern, s.book.Ref())
		}
		total += len(matches)
	}
	if c.AtLeast > total {
		s.report(n, "%d different codes are asked for, but the list has %d", c.AtLeast, total)
	}
	if c.Finding != "" && !slices.ContainsFunc(s.book.Dimensions, func(d Dimension) bool { return d.ID == c.Finding }) {
		s.report(n, "there is no dimension %q", c.Finding)
	}
	if c.Defined != "" && !slices.Contains(defined, c.Defined) {
		s.report(n, "%q is not defined before this in every mode", c.Defined)
	}
	if c.Not != nil {
		s.resolve(n, *c.Not, defined)
	}
	for _, sub := range slices.Concat(c.All, c.AnyOf) {
		s.resolve(n, sub, defined)
	}
}
