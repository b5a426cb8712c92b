package main

import (
	"fmt"
	"strings"

	"waymark/locales"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
)

type instrumentExplainCommand struct {
	instrumentName
}

// Run explains every line in words. A line that cannot be scored gives an
// error line, and the run goes on; it fails in the end.
func (x *instrumentExplainCommand) Run(c *console) error {
	e, err := x.entry()
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
		return explain(line.ID, e, r, messages), nil
	})
}

// explain writes an explanation for somebody who checks an instrument.
func explain(id string, e *catalog.Entry, r *screening.Responses, messages *locales.Messages) string {
	text := func(id string) string { return messages.Text(locales.Default, id) }
	a, x := e.Explainer.Explain(r)
	bound := e.Program.Bound(r)
	step := e.Rules.NextStep(a)

	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s  %s: %s", id, a.Outcome, text("outcome."+string(a.Outcome)+".title"))
	line("  next step, %s: %s", text("clock."+string(step.Clock)), text("outcome."+string(step.Outcome)+".action"))
	for _, opening := range step.Opens {
		verb := "open"
		if opening.Ask {
			verb = "offer to open"
		}
		line("  next step, %s: %s", verb, opening.Instrument)
	}
	for _, code := range a.Urgent {
		line("  urgent %s: %s", code, text("urgent."+string(code)+".title"))
	}
	for _, n := range a.Needs {
		line("  need %s: %s", text("urgency."+string(n.Urgency)), text("need."+string(n.Need)))
	}
	line("  rule %s of %s: %s", x.Decided.Line, x.Decided.Mode, x.Decided.Source)
	line("  strict reading %s, rule %s: %s", a.Strict, x.DecidedStrict.Line, x.DecidedStrict.Source)
	if a.Role != screening.NoRole {
		line("  for the supervisor only: %s", a.Role)
	}
	line("  coverage: %d of %d questions that can show something", a.Coverage.Answered, a.Coverage.Applicable)
	if bound.Open {
		line("  open: could still become %s; would be settled by %s", bound.Upper, strings.Join(bound.Settling, ", "))
	}
	for _, d := range x.Dimensions {
		if d.Strong+d.Medium+d.Weak > 0 {
			line("  %s %-8s %d strong, %d medium, %d weak: %s", d.ID, d.Finding, d.Strong, d.Medium, d.Weak, text("dimension."+d.ID))
		}
	}
	for _, ev := range x.Evidence {
		line("  %-1s %-15s %-45s %s", ev.Strength, ev.Code, text("code."+string(ev.Code)), origin(ev))
	}
	for _, item := range a.Ignored {
		line("  ignored %s: answered, but it does not apply", item)
	}
	line("  %s", e.Instrument.Validation)
	return b.String()
}

func origin(ev screening.EvidenceLine) string {
	var parts []string
	for _, from := range ev.From {
		parts = append(parts, from.Item+"="+strings.Join(from.Options, "+"))
	}
	for _, code := range ev.Derived {
		parts = append(parts, string(code))
	}
	return strings.Join(parts, ", ")
}
