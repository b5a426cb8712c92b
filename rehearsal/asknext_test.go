package rehearsal_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"waymark/rehearsal"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

var update = flag.Bool("update", false, "write the table of docs/what-to-ask-next.md anew")

// saved adds up what it does to stop when an interview is settled.
type saved struct {
	people int
	// inOrder and guided count questions put, stopped the people who were not
	// asked everything.
	inOrder, guided, stopped int
	// What stopping loses: indicators, role notes and outcomes of the strict
	// reading that would have been recorded.
	indicators, roles, strict int
}

func (s *saved) add(o saved) {
	s.people += o.people
	s.inOrder += o.inOrder
	s.guided += o.guided
	s.stopped += o.stopped
	s.indicators += o.indicators
	s.roles += o.roles
	s.strict += o.strict
}

// tenth writes a mean with one decimal.
func tenth(sum, n int) string {
	t := (10*sum + n/2) / n
	return fmt.Sprintf("%d.%d", t/10, t%10)
}

func (s *saved) row(name string) string {
	return fmt.Sprintf("| %s | %d | %s | %s | %d %% | %d | %s | %d | %d |\n", name, s.people,
		tenth(s.inOrder, s.people), tenth(s.guided, s.people), (100*(s.inOrder-s.guided)+s.inOrder/2)/s.inOrder,
		s.stopped, tenth(s.indicators, s.people), s.roles, s.strict)
}

const (
	tableBegin = "<!-- table: go test ./rehearsal -run WhatToAskNext -update -->\n"
	tableEnd   = "<!-- end of table -->\n"
)

// The table of the document is what the test finds, and stopping never changes
// an outcome or misses an urgent need.
func TestWhatToAskNextSavesQuestionsAtEqualOutcome(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString(tableBegin)
	for _, id := range []string{"triage-border", "screen-fc"} {
		e, ok := c.Newest(id)
		if !ok {
			t.Fatalf("no %s", id)
		}
		people, err := rehearsal.People(map[string]int{"triage-border": 400, "screen-fc": 250}[id], 1)
		if err != nil {
			t.Fatal(err)
		}
		byOutcome := map[screening.Outcome]*saved{}
		all := &saved{}
		for _, p := range people {
			outcome, one := interviewTwice(t, e, p)
			if byOutcome[outcome] == nil {
				byOutcome[outcome] = &saved{}
			}
			byOutcome[outcome].add(one)
			all.add(one)
		}
		fmt.Fprintf(&table, "\n**%s**, %d invented people\n\n", e.Instrument.Ref(), all.people)
		table.WriteString("| outcome | people | questions in order | until settled | saved | could stop early | indicators not recorded, mean | role notes not recorded | other strict outcome |\n")
		table.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
		for _, o := range slices.Backward(screening.Outcomes()) {
			if s := byOutcome[o]; s != nil {
				table.WriteString(s.row(string(o)))
			}
		}
		table.WriteString(all.row("all"))
		if all.guided >= all.inOrder || all.stopped == 0 {
			t.Errorf("%s: %d questions instead of %d; nothing is saved", id, all.guided, all.inOrder)
		}
	}
	table.WriteString("\n")
	checkTable(t, "../docs/what-to-ask-next.md", table.String()+tableEnd)
}

// interviewTwice asks a person everything in order, and then what is most
// useful until it is settled.
func interviewTwice(t *testing.T, e *catalog.Entry, p rehearsal.Person) (screening.Outcome, saved) {
	t.Helper()
	answers, missing := p.Answers(e.Instrument)
	for item, why := range missing {
		if why == screening.NotAsked { // here every question is put
			missing[item] = screening.Unknown
		}
	}
	full := assess(t, e, answers, missing)
	said, silent := screening.Answers{}, screening.MissingAnswers{}
	for {
		r, err := e.Program.Responses(said, silent)
		if err != nil {
			t.Fatal(err)
		}
		next := e.Program.AskNext(r, nil)
		if next.Settled || len(next.Asks) == 0 {
			break
		}
		item := next.Asks[0].Item
		if options, ok := answers[item]; ok {
			said[item] = options
		} else if why, ok := missing[item]; ok {
			silent[item] = why
		} else {
			t.Fatalf("person %d: %s is asked, and did not apply when asked in order", p.Number, item)
		}
	}
	short := assess(t, e, said, silent)
	if short.Outcome != full.Outcome || !slices.Equal(short.Urgent, full.Urgent) {
		t.Fatalf("person %d: %s %v in order, %s %v when stopped", p.Number, full.Outcome, full.Urgent, short.Outcome, short.Urgent)
	}
	s := saved{
		people: 1, inOrder: len(answers) + len(missing), guided: len(said) + len(silent),
		indicators: len(full.Indicators) - len(short.Indicators),
	}
	if s.guided < s.inOrder {
		s.stopped = 1
	}
	if short.Role != full.Role {
		s.roles = 1
	}
	if short.Strict != full.Strict {
		s.strict = 1
	}
	return full.Outcome, s
}

func assess(t *testing.T, e *catalog.Entry, answers screening.Answers, missing screening.MissingAnswers) screening.Assessment {
	t.Helper()
	r, err := e.Program.Responses(answers, missing)
	if err != nil {
		t.Fatal(err)
	}
	return e.Program.Assess(r)
}

// checkTable compares the part of a document between two marks.
func checkTable(t *testing.T, file, want string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), tableBegin)
	_, after, foundEnd := strings.Cut(rest, tableEnd)
	if !found || !foundEnd {
		t.Fatalf("%s has no place for the table", file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+want+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := tableBegin + strings.TrimSuffix(rest, after); got != want {
		t.Errorf("the table of %s is out of date; run with -update\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
