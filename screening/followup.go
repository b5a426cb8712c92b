package screening

import "slices"

// LateItem is a question that is not among the first to be asked next, however
// much it could show: sexual violence is asked late and never first (WHO 2003),
// and questions on a role come after the rights notice has been understood.
type LateItem struct {
	Item string
	at   Problem
}

// SecondScreening says when somebody with a low outcome should be screened
// again. The reasons are told with the outcome, so that a low outcome never
// reads as an end.
type SecondScreening struct {
	// Reasons lists by outcome the ids of the reasons, whose words are messages
	// of the user interface.
	Reasons map[Outcome][]string
	Source  string
}

func (s *rulesSource) late(n node) {
	s.fields(n, fields{
		"items": func(n node) {
			s.each(n, func(e node) {
				item := s.matching(e, itemPattern, "an item id such as C04")
				if slices.ContainsFunc(s.rules.Late, func(o LateItem) bool { return o.Item == item }) {
					s.report(e, "%s is listed twice", item)
				}
				s.rules.Late = append(s.rules.Late, LateItem{item, s.problem(e)})
			})
		},
		"source": func(n node) { s.string(n) },
	}, "items", "source")
}

func (s *rulesSource) secondScreening(n node) {
	second := &s.rules.Second
	second.Reasons = map[Outcome][]string{}
	outcomes := fields{}
	for _, o := range Outcomes() {
		outcomes[string(o)] = func(n node) {
			s.each(n, func(e node) {
				second.Reasons[o] = append(second.Reasons[o], s.matching(e, optionPattern, "an id such as could_not_leave"))
			})
			if !slices.ContainsFunc(s.rules.Outcomes, func(r OutcomeRule) bool { return r.Outcome == o }) {
				s.report(n, "no rule comes to %s", o)
			}
		}
	}
	s.fields(n, fields{
		"outcomes": func(n node) { s.fields(n, outcomes) },
		"source":   func(n node) { second.Source = s.string(n) },
	}, "outcomes", "source")
}
