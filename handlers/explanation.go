package handlers

import (
	"waymark/auth"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
)

// explanation tells why, as far as the principal may know: context codes are
// shown to nobody, role notes and pairs to ask again to supervisors only.
func (s *Server) explanation(r *request, e *catalog.Entry, a screening.Assessment, x screening.Explanation) openapi.Explanation {
	t := teller{s, r.language, e.InOrSource(r.language)}
	out := openapi.Explanation{
		Rules: a.Rules.String(), Outcome: a.Outcome, OutcomeStrict: a.Strict, Validation: t.in.Validation,
		Plain:      t.plain(a, x),
		Rule:       openapi.RuleLine{Mode: x.Decided.Mode, Line: x.Decided.Line, Source: x.Decided.Source},
		RuleStrict: openapi.RuleLine{Mode: x.DecidedStrict.Mode, Line: x.DecidedStrict.Line, Source: x.DecidedStrict.Source},
		Evidence:   []openapi.Evidence{},
		Missing:    []openapi.MissingLine{},
	}
	for _, line := range x.Evidence {
		if shown(r.who, line.Class) {
			out.Evidence = append(out.Evidence, t.evidence(line))
		}
	}
	for _, d := range x.Dimensions {
		out.Dimensions = append(out.Dimensions, openapi.DimensionLine{
			ID: d.ID, Text: t.say("dimension." + d.ID), Element: string(d.Element),
			Strong: d.Strong, Medium: d.Medium, Weak: d.Weak,
			Finding: string(d.Finding), FindingStrict: string(d.Strict),
		})
	}
	for _, m := range x.Missing {
		if _, asked := t.in.Item(m.Item); !asked { // the officer's own items are not the person's answers
			continue
		}
		out.Missing = append(out.Missing, openapi.MissingLine{
			Question: t.question(m.Item), Reason: openapi.MissingLineReason(m.Why), ReasonText: t.say("missing." + string(m.Why)),
		})
	}
	if x.Standing != nil {
		spectrum := t.spectrum(*x.Standing)
		out.Spectrum = &spectrum
	}
	if seesRoles(r.who) {
		out.ReAsk = t.reAsk(x.Contradictions)
		if a.Role != screening.NoRole {
			out.RoleNote = t.say("role." + string(a.Role))
		}
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
	case screening.ClassNeed, screening.ClassOpens: // told as needs and as the next step
		return false
	default:
		return false
	}
}

// teller puts an explanation into the words of one language.
type teller struct {
	*Server
	language string
	in       *screening.Instrument
}

func (t teller) say(id string) string { return t.Messages.Text(t.language, id) }

// sayIf is say for an id that ends with what may be empty.
func (t teller) sayIf(beginning, end string) string {
	if end == "" {
		return ""
	}
	return t.say(beginning + end)
}

// plain tells it in everyday words, and what to do.
func (t teller) plain(a screening.Assessment, x screening.Explanation) openapi.PlainExplanation {
	out := openapi.PlainExplanation{
		Title:  t.say("outcome." + string(a.Outcome) + ".title"),
		Action: t.say("outcome." + string(a.Outcome) + ".action"),
		Signs:  []openapi.CodeText{}, SecondScreening: []openapi.CodeText{},
	}
	for _, line := range x.Evidence {
		if text := t.sign(line); text != "" {
			out.Signs = append(out.Signs, openapi.CodeText{Code: string(line.Code), Text: text})
		}
	}
	for _, reason := range x.Second {
		out.SecondScreening = append(out.SecondScreening, openapi.CodeText{Code: reason, Text: t.say("second." + reason)})
	}
	return out
}

// sign is the plain sentence of an indicator or purpose; other codes have none.
func (t teller) sign(line screening.EvidenceLine) string {
	if line.Class != screening.ClassIndicator && line.Class != screening.ClassPurpose {
		return ""
	}
	return t.say("indicator." + string(line.Code) + ".plain")
}

func (t teller) evidence(line screening.EvidenceLine) openapi.Evidence {
	out := openapi.Evidence{
		Code: string(line.Code), Class: string(line.Class), Text: t.say("code." + string(line.Code)), Plain: t.sign(line),
		Element: string(line.Element), ElementText: t.sayIf("element.", string(line.Element)),
		Dimension: line.Dimension, DimensionText: t.sayIf("dimension.", line.Dimension),
		Strength: openapi.EvidenceStrength(line.Strength), StrengthText: t.sayIf("strength.", string(line.Strength)),
		Items: append([]string{}, line.Items...), Questions: t.questions(line.Items),
	}
	if len(line.Derived) > 0 {
		out.DerivedFrom = texts(line.Derived)
	}
	for _, from := range line.From {
		q := t.question(from.Item)
		out.From = append(out.From, openapi.EvidenceSource{
			Item: from.Item, Options: from.Options, Question: q.Text, Labels: t.labels(from), Source: q.Source,
		})
	}
	return out
}

// labels are the words of the options chosen.
func (t teller) labels(from screening.Answered) []string {
	it, _ := t.in.Item(from.Item)
	out := make([]string, len(from.Options))
	for i, code := range from.Options {
		for _, o := range it.Options {
			if o.Code == code {
				out[i] = o.Label.Default
			}
		}
	}
	return out
}

func (t teller) question(id string) openapi.Question {
	it, ok := t.in.Item(id)
	if !ok { // a pair may name an item that the newest version has lost
		return openapi.Question{Item: id}
	}
	return openapi.Question{Item: id, Text: it.Text.Default, Source: it.Source}
}

func (t teller) questions(ids []string) []openapi.Question {
	out := []openapi.Question{}
	for _, id := range ids {
		out = append(out, t.question(id))
	}
	return out
}

// reAsk tells which questions to put again, and not what was answered.
func (t teller) reAsk(pairs []screening.Contradiction) []openapi.ReAsk {
	var out []openapi.ReAsk
	for _, c := range pairs {
		second := t
		if e, ok := t.Catalog.Newest(c.Second.Instrument); ok {
			second.in = e.InOrSource(t.language)
		}
		q := second.question(c.Second.Item)
		q.Instrument = c.Second.Instrument
		out = append(out, openapi.ReAsk{Pair: c.ID(), First: t.question(c.First.Item), Second: q, Source: c.Source})
	}
	return out
}

// spectrum tells where the facts lie, and what would move that.
func (t teller) spectrum(standing screening.Standing) openapi.Spectrum {
	position := "position." + string(standing.Position)
	out := openapi.Spectrum{
		Position: openapi.SpectrumPosition(standing.Position), Title: t.say(position + ".title"), Text: t.say(position + ".text"),
		Elements: []openapi.SpectrumElement{}, WouldMove: []openapi.WouldMove{},
	}
	for _, e := range standing.Elements {
		text := t.say("element." + string(e.ID))
		out.Elements = append(out.Elements, openapi.SpectrumElement{
			Element: openapi.SpectrumElementElement(e.ID), Text: text, Source: e.Source, Codes: texts(e.Codes),
			State: openapi.SpectrumElementState(e.State), StateText: t.say("element_state." + string(e.State)),
		})
		if e.State == screening.ElementPresent {
			continue
		}
		move := openapi.WouldMove{
			Element: openapi.WouldMoveElement(e.ID), Text: text, Questions: t.questions(e.Items), Toward: string(e.Toward),
		}
		if e.Toward != "" {
			move.TowardText = t.say("position." + string(e.Toward) + ".title")
		}
		out.WouldMove = append(out.WouldMove, move)
	}
	return out
}
