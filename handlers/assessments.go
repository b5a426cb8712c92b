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
	limit, err := askLimit(body.AskLimit)
	if err != nil {
		return err
	}
	earlier, err := s.earlier(body.Earlier)
	if err != nil {
		return within("/earlier", err)
	}
	out := s.assessment(r, e, responses, earlier)
	out.AskNext, out.Settled = s.askNext(r, e, responses, limit)
	return r.localised(out)
}

func (s *Server) assessment(r *request, e *catalog.Entry, responses *screening.Responses, earlier []screening.Earlier) openapi.Assessment {
	a, x := e.Explainer.Explain(responses, earlier...)
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
	out.Needs = s.needs(language, step.Needs)
	for _, opening := range step.Opens {
		out.Opens = append(out.Opens, s.opens(language, opening))
	}
	return out
}

func (s *Server) needs(language string, needs []screening.Need) []openapi.Need {
	var out []openapi.Need
	for _, n := range needs {
		out = append(out, openapi.Need{
			Need: openapi.NeedNeed(n.Need), Urgency: openapi.NeedUrgency(n.Urgency),
			Title:       s.Messages.Text(language, "need."+string(n.Need)),
			UrgencyText: s.Messages.Text(language, "urgency."+string(n.Urgency)),
		})
	}
	return out
}

// opens names an instrument to go on with, in a language where there is one.
func (s *Server) opens(language string, o screening.Opening) openapi.OpensInstrument {
	out := openapi.OpensInstrument{Instrument: o.Instrument, Ask: o.Ask, Action: s.Messages.Text(language, "opens.go")}
	if o.Ask {
		out.Action = s.Messages.Text(language, "opens.ask")
	}
	if e, ok := s.Catalog.Newest(o.Instrument); ok {
		in, translated := e.In(language)
		if !translated {
			in = e.Instrument
		}
		out.Title = in.Title
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
