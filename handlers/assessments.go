package handlers

import (
	"errors"

	"waymark/auth"
	"waymark/fault"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/submission"
)

// createAssessment scores answers and keeps nothing.
func (s *Server) createAssessment(r *request) error {
	if _, err := r.who.May(auth.CreateAssessment); err != nil {
		return err
	}
	var body openapi.AssessmentRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	if err := require(part{"/instrument", body.Instrument != ""}, part{"/answers", body.Answers != nil}); err != nil {
		return err
	}
	e, err := s.entry(body.Instrument, body.Version)
	if err != nil {
		return err
	}
	consent := submission.Consent{Interview: body.Consent == nil || body.Consent.Interview}
	responses, err := submission.Responses(e, body.Answers, body.Missing, consent)
	if err != nil {
		return err
	}
	return r.localised(s.assessment(r, e, responses))
}

func (s *Server) assessment(r *request, e *catalog.Entry, responses *screening.Responses) openapi.Assessment {
	a, x := e.Explainer.Explain(responses)
	bound := e.Program.Bound(responses)
	out := openapi.Assessment{
		Instrument: a.Instrument.String(), Rules: a.Rules.String(), Engine: a.Engine, Program: a.Program,
		Outcome: a.Outcome, OutcomeStrict: a.Strict, Urgent: texts(a.Urgent),
		Dimensions: map[string]openapi.AssessmentDimensions{}, Coverage: a.Coverage,
		Open: bound.Open, Settling: bound.Settling, Ignored: a.Ignored,
		NextStep:    s.nextStep(r.language, e.Rules.NextStep(a)),
		Explanation: s.explanation(r, e, a, x),
	}
	for id, finding := range a.Dimensions {
		out.Dimensions[id] = openapi.AssessmentDimensions(finding)
	}
	if seesRoles(r.who) {
		out.Role = string(a.Role)
	}
	return out
}

// seesRoles says who is told of role notes: supervisors, never the tablet.
func seesRoles(who auth.Principal) bool { return who.Role == auth.Supervisor }

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func (s *Server) nextStep(language string, step screening.NextStep) openapi.NextStep {
	out := openapi.NextStep{
		Clock:     openapi.NextStepClock(step.Clock),
		ClockText: s.Messages.Text(language, "clock."+string(step.Clock)),
		Title:     s.Messages.Text(language, "outcome."+string(step.Outcome)+".title"),
		Action:    s.Messages.Text(language, "outcome."+string(step.Outcome)+".action"),
		Urgent:    []openapi.UrgentNeed{},
	}
	for _, code := range step.Urgent {
		out.Urgent = append(out.Urgent, openapi.UrgentNeed{
			Code:   string(code),
			Title:  s.Messages.Text(language, "urgent."+string(code)+".title"),
			Action: s.Messages.Text(language, "urgent."+string(code)+".action"),
		})
	}
	return out
}

// explanation tells why, as far as the principal may know: context codes are
// shown to nobody, role notes to supervisors only.
func (s *Server) explanation(r *request, e *catalog.Entry, a screening.Assessment, x screening.Explanation) openapi.Explanation {
	in, ok := e.In(r.language)
	if !ok {
		in = e.Instrument
	}
	out := openapi.Explanation{
		Rules: a.Rules.String(), Outcome: a.Outcome, OutcomeStrict: a.Strict, Validation: in.Validation,
		Rule:       openapi.RuleLine{Mode: x.Decided.Mode, Line: x.Decided.Line, Source: x.Decided.Source},
		RuleStrict: openapi.RuleLine{Mode: x.DecidedStrict.Mode, Line: x.DecidedStrict.Line, Source: x.DecidedStrict.Source},
		Evidence:   []openapi.Evidence{},
	}
	for _, line := range x.Evidence {
		if shown(r.who, line.Class) {
			out.Evidence = append(out.Evidence, s.evidence(r.language, line))
		}
	}
	for _, d := range x.Dimensions {
		out.Dimensions = append(out.Dimensions, openapi.DimensionLine{
			ID: d.ID, Text: s.Messages.Text(r.language, "dimension."+d.ID),
			Strong: d.Strong, Medium: d.Medium, Weak: d.Weak,
			Finding: string(d.Finding), FindingStrict: string(d.Strict),
		})
	}
	return out
}

// shown says whether codes of a class are told to a principal.
func shown(who auth.Principal, c screening.Class) bool {
	switch c {
	case screening.ClassContext:
		return false
	case screening.ClassRole:
		return seesRoles(who)
	case screening.ClassIndicator, screening.ClassUrgent, screening.ClassPurpose,
		screening.ClassAct, screening.ClassGate, screening.ClassLead:
		return true
	default:
		return false
	}
}

func (s *Server) evidence(language string, line screening.EvidenceLine) openapi.Evidence {
	out := openapi.Evidence{
		Code: string(line.Code), Class: string(line.Class), Dimension: line.Dimension,
		Text:     s.Messages.Text(language, "code."+string(line.Code)),
		Strength: openapi.EvidenceStrength(line.Strength),
		Items:    append([]string{}, line.Items...),
	}
	if len(line.Derived) > 0 {
		out.DerivedFrom = texts(line.Derived)
	}
	for _, from := range line.From {
		out.From = append(out.From, openapi.EvidenceSource{Item: from.Item, Options: from.Options})
	}
	return out
}

// errNoInstrument cannot happen: a record's instrument is never taken away.
var errNoInstrument = errors.New("the instrument of a record is not in the catalogue")

// entryOf gives the instrument a record was made with.
func (s *Server) entryOf(ref screening.Ref) (*catalog.Entry, error) {
	e, ok := s.Catalog.Find(ref)
	if !ok {
		return nil, fault.Wrap(fault.Internal, errNoInstrument)
	}
	return e, nil
}
