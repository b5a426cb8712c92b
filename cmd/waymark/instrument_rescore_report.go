package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/rescoring"
)

// rescoreReport is a report as --format json writes it.
type rescoreReport struct {
	Rules []rescoredUnder `json:"rules"`
	rescoring.Report
}

type rescoredUnder struct {
	Instrument screening.Ref `json:"instrument"`
	Rules      screening.Ref `json:"rules"`
	Program    string        `json:"program"`
}

func printReportJSON(w io.Writer, under []*catalog.Entry, report *rescoring.Report) error {
	out := rescoreReport{Report: *report}
	for _, e := range under {
		out.Rules = append(out.Rules, rescoredUnder{e.Instrument.Ref(), e.Rules.Ref(), e.Program.Digest()})
	}
	if err := json.MarshalWrite(w, out, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

// printReport writes a report for a person: first what would take protection
// away.
func printReport(w io.Writer, under []*catalog.Entry, report *rescoring.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	verb := "would move"
	if report.Applied {
		verb = "moved"
	}
	for _, e := range under {
		fmt.Fprintf(t, "%s under rules %s\n", e.Instrument.Ref(), e.Rules.Version)
	}
	if report.Applied {
		fmt.Fprintln(t, "Applied: results stored, each with its audit event.")
	} else {
		fmt.Fprintln(t, "A dry run: nothing was changed.")
	}

	if len(report.Lowerings) > 0 {
		fmt.Fprintf(t, "\nLess protection: %s. Nothing is lowered by rules; these go to supervisors, and two people decide.\n", records(len(report.Lowerings)))
		fmt.Fprintln(t, "  AGENCY\tRECORD\tFROM\tTO\t")
		for _, l := range report.Lowerings {
			note := ""
			if l.Waiting {
				note = "waits for supervisors"
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", l.Agency, l.Record, l.From, l.To, note)
		}
	}
	if len(report.Moves) > 0 {
		fmt.Fprintf(t, "\nOutcomes that %s\n", verb)
		fmt.Fprintln(t, "  INSTRUMENT\tOLD RULES\tFROM\tTO\tRECORDS\t")
		for _, m := range report.Moves {
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", m.Instrument, m.OldRules, m.From, m.To, alignRight(m.Records), directionText(m.Direction, report.Applied))
		}
	} else {
		fmt.Fprintln(t, "\nNothing moves.")
	}
	fmt.Fprintf(t, "\n%s looked at, %s unmoved", records(report.Seen), grouped(report.Unmoved))
	for _, left := range []struct {
		reason rescoring.Left
		text   string
	}{
		{rescoring.OtherInstrument, "left alone: of another instrument or version"},
		{rescoring.UnknownRules, "left alone: scored by rules that are not in the catalogue"},
		{rescoring.Expired, "left alone: about to be erased"},
	} {
		if n := report.Left[left.reason]; n > 0 {
			fmt.Fprintf(t, ", %s %s", grouped(n), left.text)
		}
	}
	fmt.Fprintln(t, ".")
	if report.Limited > 0 {
		fmt.Fprintf(t, "%s with a code that the old rules may have derived or an answer may have shown; it was taken for an answer.\n", records(report.Limited))
	}
	return t.Flush()
}

func records(n int) string {
	if n == 1 {
		return "1 record"
	}
	return grouped(n) + " records"
}

func directionText(d rescoring.Direction, applied bool) string {
	switch d {
	case rescoring.Down:
		return "less protection: for supervisors"
	case rescoring.Up:
		if applied {
			return "in force, review moved forward"
		}
		return "more protection or less time"
	case rescoring.Level, rescoring.Unmoved:
		return "other details"
	}
	return ""
}
