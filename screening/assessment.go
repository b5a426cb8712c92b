package screening

import "slices"

// Coverage says how much of what could show something was answered. Only items
// that can evidence an indicator or a purpose count, and only while they apply.
type Coverage struct {
	Answered   int `json:"answered"`
	Applicable int `json:"applicable"`
}

// Assessment is what the engine makes of a response set: an indication with
// everything needed to understand and repeat it. It is never a status.
type Assessment struct {
	Instrument Ref
	Rules      Ref
	// Engine and Program say what computed it.
	Engine, Program string

	// Outcome is the reading of the rules' first mode, Strict that of the second.
	Outcome, Strict Outcome
	// Line and StrictLine name the rule that decided each.
	Line, StrictLine string

	Profile Profile
	// Urgent, Indicators and Codes are sorted. Urgent needs are acted on before
	// and regardless of the outcome. Codes holds every evidenced code.
	Urgent, Indicators, Codes []Code
	// Dimensions holds the findings of the first mode by dimension id.
	Dimensions map[string]Finding
	// StrictDimensions holds those of the second mode.
	StrictDimensions map[string]Finding
	Role             Role
	Coverage         Coverage
	// Needs lists what the person needs and how soon; nil when the rules note
	// no needs.
	Needs []Need
	// Opens lists the instruments to go on with, by id.
	Opens []string
	// Ignored lists items that were answered although they did not apply.
	Ignored []string
}

// Assess evaluates a response set and gives the result its names.
func (p *Program) Assess(r *Responses) Assessment {
	var result Result
	p.Run(r, &result)
	return p.assessment(&result)
}

// AssessCodes evaluates what an earlier interview evidenced, without its answers.
func (p *Program) AssessCodes(codes []Code, coverage Coverage, given []Fact) Assessment {
	var result Result
	p.RunCodes(codes, coverage, given, &result)
	return p.assessment(&result)
}

func (p *Program) assessment(s *Result) Assessment {
	a := Assessment{
		Instrument: p.instrument, Rules: p.rules, Engine: Engine, Program: p.digest,
		Outcome:          p.outcomes[s.registers[regOutcome]],
		Strict:           p.outcomes[s.registers[regStrict]],
		Line:             p.lines[s.registers[regLine]],
		StrictLine:       p.lines[s.registers[regStrictLine]],
		Profile:          Adult,
		Role:             roles[s.registers[regRole]],
		Coverage:         Coverage{int(s.answered), int(s.applicable)},
		Dimensions:       make(map[string]Finding, DimensionCount),
		StrictDimensions: make(map[string]Finding, DimensionCount),
		Urgent:           []Code{}, Indicators: []Code{}, Codes: []Code{},
		Ignored: []string{},
		Needs:   p.needs(s),
	}
	if s.registers[regChild] != 0 {
		a.Profile = ChildOrUnsure
	}
	for i, d := range p.dimensions {
		a.Dimensions[d] = findings[s.registers[p.findings[0][i]]]
		a.StrictDimensions[d] = findings[s.registers[p.findings[1][i]]]
	}
	for _, i := range p.sorted {
		if !s.codes.has(i) {
			continue
		}
		c := p.codes[i]
		a.Codes = append(a.Codes, c.Code)
		switch c.Class {
		case ClassUrgent:
			a.Urgent = append(a.Urgent, c.Code)
		case ClassIndicator:
			a.Indicators = append(a.Indicators, c.Code)
		case ClassPurpose, ClassAct, ClassGate, ClassRole, ClassContext, ClassLead, ClassNeed:
		case ClassOpens:
			a.Opens = append(a.Opens, opened(c.Code))
		}
	}
	for i, it := range p.items {
		if s.dropped[i/32]&(1<<(i%32)) != 0 {
			a.Ignored = append(a.Ignored, it.ID)
		}
	}
	slices.Sort(a.Ignored)
	return a
}

// NextStep is what an assessment asks the officer to do. It says nothing of a
// role note, which is for supervisors only.
type NextStep struct {
	// Clock is that of the most pressing reason.
	Clock Clock
	// Urgent lists the urgent needs, which are acted on first.
	Urgent []Code
	// Outcome names the outcome whose action follows.
	Outcome Outcome
	// Needs are those of the assessment.
	Needs []Need
	// Opens lists the instruments to go on with.
	Opens []Opening
}

// Opening is an instrument to go on with.
type Opening struct {
	// Instrument is an id; the newest version is meant.
	Instrument string
	// Ask says that it is offered, and opened only if the person agrees.
	Ask bool
}

// NextStep gives the next step of an assessment under these rules.
func (r *Rules) NextStep(a Assessment) NextStep {
	step := NextStep{Clock: r.clock(a), Urgent: a.Urgent, Outcome: a.Outcome, Needs: a.Needs}
	for _, need := range a.Needs {
		step.Clock = step.Clock.Sooner(r.Steps.Needs[need.Urgency])
	}
	for _, id := range a.Opens {
		ask := !slices.ContainsFunc(r.Opens, func(o OpenRule) bool { return o.Instrument == id && !o.Ask })
		step.Opens = append(step.Opens, Opening{id, ask})
	}
	return step
}

// clock is that of the outcome, or of an urgent need.
func (r *Rules) clock(a Assessment) Clock {
	clock := r.Steps.Outcomes[a.Outcome]
	if len(a.Urgent) > 0 {
		clock = clock.Sooner(r.Steps.Urgent)
	}
	return clock
}

// ReviewClock is the time within which a supervisor should look at the record
// of an assessment; NoClock when none has to. Needs are the case worker's to
// meet, so they alone ask for no review.
func (r *Rules) ReviewClock(a Assessment) Clock {
	clock := r.clock(a)
	if len(r.Steps.Review) > 0 && !slices.Contains(r.Steps.Review, a.Outcome) {
		clock = NoClock
	}
	if role, ok := r.Steps.Roles[a.Role]; ok {
		clock = clock.Sooner(role)
	}
	return clock
}
