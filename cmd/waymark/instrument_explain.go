package main

import (
	"fmt"
	"strings"

	"waymark/locales"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
	"waymark/screening/instruments"
)

type instrumentExplainCommand struct {
	instrumentName
	Ask int `help:"How many questions to name next." default:"5"`
}

// Run explains every line in words. A line that cannot be scored gives an
// error line, and the run goes on; it fails in the end.
func (x *instrumentExplainCommand) Run(c *console) error {
	cat, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return err
	}
	e, err := x.among(cat)
	if err != nil {
		return err
	}
	messages, err := locales.Load(locales.Shipped())
	if err != nil {
		return err
	}
	return eachLine(c, func(line conformance.Line) (any, error) {
		r, err := e.Program.Responses(line.Answers, line.Missing, line.Facts()...)
		if err != nil {
			return nil, err
		}
		earlier, err := earlierOf(cat, e, line.Earlier)
		if err != nil {
			return nil, err
		}
		w := wording{entry: e, messages: messages}
		w.explain(line.ID, r, earlier)
		w.next(e.AskNext(r), x.Ask)
		w.line("  %s", e.Instrument.Validation)
		return w.String(), nil
	})
}

// earlierOf checks what was answered before; none for nil. The error is a
// *screening.ResponseError.
func earlierOf(cat *catalog.Catalog, explained *catalog.Entry, given *conformance.Earlier) ([]screening.Earlier, error) {
	if given == nil {
		return nil, nil
	}
	e, err := instrumentName{given.Instrument}.among(cat)
	if err != nil {
		unknown := screening.Fault{Item: "earlier", Code: screening.UnknownItem, Detail: err.Error()}
		return nil, &screening.ResponseError{Instrument: explained.Instrument.Ref(), Faults: []screening.Fault{unknown}}
	}
	r, err := e.Program.Responses(given.Answers, nil)
	if err != nil {
		return nil, err
	}
	return []screening.Earlier{{Program: e.Program, Responses: r}}, nil
}

// wording writes an explanation for somebody who checks an instrument. It tells
// everything, also what only supervisors see.
type wording struct {
	strings.Builder
	entry    *catalog.Entry
	messages *locales.Messages
}

func (w *wording) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *wording) text(id string) string { return w.messages.Text(locales.Default, id) }

func (w *wording) explain(id string, r *screening.Responses, earlier []screening.Earlier) {
	e := w.entry
	a, x := e.Explainer.Explain(r, earlier...)
	step := e.Rules.NextStep(a)
	w.line("%s  %s: %s", id, a.Outcome, w.text("outcome."+string(a.Outcome)+".title"))
	w.line("  next step, %s: %s", w.text("clock."+string(step.Clock)), w.text("outcome."+string(step.Outcome)+".action"))
	for _, opening := range step.Opens {
		verb := "open"
		if opening.Ask {
			verb = "offer to open"
		}
		w.line("  next step, %s: %s", verb, opening.Instrument)
	}
	for _, code := range a.Urgent {
		w.line("  urgent %s: %s", code, w.text("urgent."+string(code)+".title"))
	}
	for _, n := range a.Needs {
		w.line("  need %s: %s", w.text("urgency."+string(n.Urgency)), w.text("need."+string(n.Need)))
	}
	w.line("  rule %s of %s: %s", x.Decided.Line, x.Decided.Mode, x.Decided.Source)
	w.line("  strict reading %s, rule %s: %s", a.Strict, x.DecidedStrict.Line, x.DecidedStrict.Source)
	if a.Role != screening.NoRole {
		w.line("  for the supervisor only: %s: %s", a.Role, w.text("role."+string(a.Role)))
	}
	w.line("  coverage: %d of %d questions that can show something", a.Coverage.Answered, a.Coverage.Applicable)
	if bound := e.Program.Bound(r); bound.Open {
		w.line("  open: could still become %s; would be settled by %s", bound.Upper, strings.Join(bound.Settling, ", "))
	}
	w.standing(x.Standing)
	for _, d := range x.Dimensions {
		if d.Strong+d.Medium+d.Weak > 0 {
			w.line("  %s %-8s %d strong, %d medium, %d weak: %s (%s)", d.ID, d.Finding, d.Strong, d.Medium, d.Weak, w.text("dimension."+d.ID), d.Element)
		}
	}
	for _, ev := range x.Evidence {
		w.evidence(ev)
	}
	for _, c := range x.Contradictions {
		w.line("  ask again %s: %s; both stand", c.ID(), c.Source)
	}
	w.missing(x.Missing)
	for _, item := range a.Ignored {
		w.line("  ignored %s: answered, but it does not apply", item)
	}
	for _, reason := range x.Second {
		w.line("  seek a second screening if %s", w.text("second."+reason))
	}
}

func (w *wording) missing(items []screening.MissingItem) {
	for _, why := range []screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked} {
		var ids []string
		for _, m := range items {
			if _, asked := w.entry.Instrument.Item(m.Item); asked && m.Why == why {
				ids = append(ids, m.Item)
			}
		}
		if ids != nil {
			w.line("  missing, %s: %s", w.text("missing."+string(why)), strings.Join(ids, ", "))
		}
	}
}

func (w *wording) standing(s *screening.Standing) {
	if s == nil {
		return
	}
	w.line("  position: %s", w.text("position."+string(s.Position)+".title"))
	for _, e := range s.Elements {
		moves := ""
		if e.State != screening.ElementPresent && len(e.Items) > 0 {
			moves = "; ask " + strings.Join(e.Items, ", ")
			if e.Toward != "" {
				moves += "; would lead toward: " + w.text("position."+string(e.Toward)+".title")
			}
		}
		w.line("    %s: %s%s", w.text("element."+string(e.ID)), w.text("element_state."+string(e.State)), moves)
	}
}

func (w *wording) evidence(ev screening.EvidenceLine) {
	var parts []string
	for _, from := range ev.From {
		it, _ := w.entry.Instrument.Item(from.Item)
		parts = append(parts, from.Item+"="+strings.Join(from.Options, "+")+" ("+it.Source+")")
	}
	for _, code := range ev.Derived {
		parts = append(parts, string(code))
	}
	w.line("  %-1s %-15s %-7s %-45s %s", ev.Strength, ev.Code, ev.Element, w.text("code."+string(ev.Code)), strings.Join(parts, ", "))
}

// next names up to n questions to put next.
func (w *wording) next(next screening.Next, n int) {
	if next.Settled {
		w.line("  settled: nothing left to ask can change the outcome or show another urgent need; to stop is an offer")
	}
	for _, ask := range next.Asks[:min(max(n, 0), len(next.Asks))] {
		it, _ := w.entry.Instrument.Item(ask.Item)
		notice := ""
		if it.Notice != "" {
			notice = ", after the notice " + it.Notice
		}
		w.line("  ask next %s%s: %s", ask.Item, notice, w.text("ask."+string(ask.Reason)))
	}
}
