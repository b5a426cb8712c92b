package catalog

import (
	"slices"

	"waymark/screening"
)

// Steps is what a tablet needs of the rules besides the program: nothing in it
// decides an outcome, all of it says what to do with one.
type Steps struct {
	// Outcomes, Urgent and Needs are the clocks of screening.NextSteps.
	Outcomes map[screening.Outcome]screening.Clock `json:"outcomes"`
	Urgent   screening.Clock                       `json:"urgent,omitempty"`
	Needs    map[screening.Urgency]screening.Clock `json:"needs,omitempty"`
	// Asks lists the instruments that are opened only if the person agrees.
	Asks []string `json:"asks,omitempty"`
	// Plain lists indicators in the order in which reasons are told.
	Plain []screening.Code `json:"plain,omitempty"`
	// Second says by outcome when to seek a second screening.
	Second map[screening.Outcome][]string `json:"second,omitempty"`
}

// Steps gives what a tablet needs of the entry's rules.
func (e *Entry) Steps() Steps {
	s := Steps{
		Outcomes: e.Rules.Steps.Outcomes, Urgent: e.Rules.Steps.Urgent, Needs: e.Rules.Steps.Needs,
		Plain: e.Explainer.Plain(), Second: e.Rules.Second.Reasons,
	}
	for _, o := range e.Rules.Opens {
		step := e.Rules.NextStep(screening.Assessment{Opens: []string{o.Instrument}})
		if step.Opens[0].Ask && !slices.Contains(s.Asks, o.Instrument) {
			s.Asks = append(s.Asks, o.Instrument)
		}
	}
	return s
}
