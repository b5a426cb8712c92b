package rehearsal

import (
	"slices"

	"waymark/screening"
)

// Answers invents what a person answers to an instrument. The same person
// answers the same instrument alike only when asked in the same order, so ask
// each person once.
func (p Person) Answers(in *screening.Instrument) (screening.Answers, screening.MissingAnswers) {
	answers, missing := screening.Answers{}, screening.MissingAnswers{}
	for _, it := range in.Items {
		if it.Applies != nil && !holds(*it.Applies, answers) {
			continue
		}
		switch {
		case it.Records == screening.AttributeAgeBand:
			answers[it.ID] = []string{p.age(it)}
		case it.Records == screening.AttributeAddress:
			answers[it.ID] = []string{string(p.Address())}
		case p.random.IntN(100) < p.story.silent:
			missing[it.ID] = []screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked}[p.random.IntN(3)]
		default:
			answers[it.ID] = p.choose(it)
		}
	}
	return answers, missing
}

// Address is how the person wants to be addressed.
func (p Person) Address() screening.Variant {
	switch {
	case p.Number%400 == 399:
		return screening.Other
	case p.Woman:
		return screening.Woman
	default:
		return screening.Man
	}
}

// age chooses a band: under 18 or unsure for a child's story, grown up for any
// other.
func (p Person) age(it screening.Item) string {
	fitting := slices.DeleteFunc(slices.Clone(it.Options), func(o screening.Option) bool {
		return slices.Contains(o.Evidence, "U_CHILD") != p.story.child
	})
	return fitting[p.random.IntN(len(fitting))].Code
}

// choose draws options: those that show something by how likely that is in the
// person's story, one of the others when none came out.
func (p Person) choose(it screening.Item) []string {
	var shown, quiet []string
	for _, o := range it.Options {
		likelihood := p.likelihood(o)
		if likelihood < 0 {
			quiet = append(quiet, p.code(o))
			continue
		}
		if it.Type == screening.One { // several options of one question share its chance
			likelihood = likelihood * 3 / (2 + len(it.Options)/2)
		}
		if p.random.IntN(100) < likelihood {
			shown = append(shown, p.code(o))
		}
	}
	switch {
	case len(shown) == 0 && len(quiet) == 0:
		return []string{p.code(it.Options[p.random.IntN(len(it.Options))])}
	case len(shown) == 0:
		return []string{quiet[p.random.IntN(len(quiet))]}
	case it.Type == screening.One:
		return shown[len(shown)-1:]
	default:
		return shown
	}
}

// likelihood is that of the option's least likely code; -1 for an option that
// shows nothing.
func (p Person) likelihood(o screening.Option) int {
	least := -1
	for _, code := range o.Evidence {
		if percent := p.percent(code); least < 0 || percent < least {
			least = percent
		}
	}
	return least
}

// code is what is sent for an option: its code, or one of an outside list.
func (p Person) code(o screening.Option) string {
	switch {
	case o.Accepts == "iso-3166-1" && p.Nationality != "none":
		return p.Nationality
	case o.Accepts == "htcds-apps":
		return []string{"Facebook", "WhatsApp", "Telegram", "WeChat", "Line", "Other"}[p.random.IntN(6)]
	default:
		return o.Code
	}
}

// holds says whether a condition on answers holds, as a tablet without the
// engine would find out.
func holds(c screening.Condition, answers screening.Answers) bool {
	switch {
	case c.Not != nil:
		return !holds(*c.Not, answers)
	case c.All != nil:
		return !slices.ContainsFunc(c.All, func(sub screening.Condition) bool { return !holds(sub, answers) })
	case c.AnyOf != nil:
		return slices.ContainsFunc(c.AnyOf, func(sub screening.Condition) bool { return holds(sub, answers) })
	case c.Any != nil:
		return slices.ContainsFunc(answers[c.Item], func(o string) bool { return slices.Contains(c.Any, o) })
	default:
		chosen := answers[c.Item]
		return len(chosen) > 0 && !slices.ContainsFunc(chosen, func(o string) bool { return !slices.Contains(c.Only, o) })
	}
}
