package screening_test

import (
	"maps"
	"slices"
	"testing"

	"waymark/screening"
)

func askedItems(next screening.Next, why ...screening.AskReason) []string {
	var out []string
	for _, a := range next.Asks {
		if len(why) == 0 || slices.Contains(why, a.Reason) {
			out = append(out, a.Item)
		}
	}
	return out
}

func TestAskNextPutsNeedsFirstAndSensitiveQuestionsLate(t *testing.T) {
	s := load(t, "screen-fc")
	next := s.program.AskNext(&screening.Responses{}, nil)
	items := askedItems(next)
	// B02 opens the question on pregnancy, which itself comes late.
	if want := []string{"B01", "B02", "I01", "I04", "J03"}; !slices.Equal(slices.Sorted(slices.Values(items[:5])), want) {
		t.Errorf("first come %v, want the questions on urgent needs %v", items[:5], want)
	}
	if next.Settled {
		t.Error("nothing was asked, and it is settled")
	}
	late := slices.Index(items, "I02")
	for _, early := range []string{"C03", "F01", "D05", "E01", "J02"} {
		if at := slices.Index(items, early); at < 0 || at > late {
			t.Errorf("%s comes after the question on sexual violence", early)
		}
	}
	if got := askedItems(next, screening.AskForRecord); !slices.Contains(got, "K01") || slices.Contains(got, "C04") {
		t.Errorf("for the record only: %v", got)
	}
}

func TestAskNextPutsAQuestionOnlyAfterTheOneItDependsOn(t *testing.T) {
	s := load(t, "screen-fc")
	items := askedItems(s.program.AskNext(&screening.Responses{}, nil))
	for _, waits := range []string{"C02", "C04", "D03", "E02", "E03", "F06", "G01", "H01", "I03", "K02"} {
		if slices.Contains(items, waits) {
			t.Errorf("%s is asked before what it depends on", waits)
		}
	}
	// E01 shows nothing that counts by itself; the questions on the work lend it their weight.
	if !slices.Contains(items, "E01") || slices.Index(items, "E01") > slices.Index(items, "I05") {
		t.Errorf("E01 opens eight questions and comes late: %v", items)
	}
	r := s.responses(t, screening.Answers{"E01": {"none"}, "C01": {"friend"}})
	for _, item := range []string{"E02", "G01", "C02"} {
		if items := askedItems(s.program.AskNext(r, nil)); slices.Contains(items, item) {
			t.Errorf("%s does not apply and is asked", item)
		}
	}
	r = s.responses(t, screening.Answers{"E01": {"chat"}, "C01": {"ad"}})
	for _, item := range []string{"E02", "G01", "C02"} {
		if items := askedItems(s.program.AskNext(r, nil)); !slices.Contains(items, item) {
			t.Errorf("%s applies and is not asked", item)
		}
	}
}

func TestAskNextSendsNobodyBackAndRespectsWithheldItems(t *testing.T) {
	s := load(t, "screen-fc")
	missing := screening.MissingAnswers{"F01": screening.Declined, "F02": screening.Unknown, "F03": screening.NotAsked}
	r, err := s.program.Responses(screening.Answers{"F05": {"dont_know"}, "D05": {"taken"}}, missing)
	if err != nil {
		t.Fatal(err)
	}
	items := askedItems(s.program.AskNext(r, []string{"I02"}))
	for _, put := range []string{"F01", "F02", "F05", "D05", "I02"} {
		if slices.Contains(items, put) {
			t.Errorf("%s was put already, or is withheld, and is asked", put)
		}
	}
	if !slices.Contains(items, "F03") {
		t.Error("F03 was not asked yet and is not among the next")
	}
}

func TestAskNextSaysWhenNothingLeftCanChangeTheOutcome(t *testing.T) {
	s := load(t, "screen-fc")
	answers := screening.Answers{
		"B01": {"30_47"}, "I01": {"no"}, "I02": {"no"}, "I04": {"no"}, "J03": {"no"}, "B02": {"man"},
		"C03": {"cs"}, "C04": {"entirely"}, "C06": {"pay"}, "E01": {"chat"}, "E02": {"punished"}, "F01": {"never"},
	}
	next := s.program.AskNext(s.responses(t, answers), nil)
	if !next.Settled || len(next.Asks) == 0 || len(askedItems(next, screening.AskForRecord)) != len(next.Asks) {
		t.Errorf("got %+v, want settled, with questions left for the record only", next)
	}
	delete(answers, "I04")
	next = s.program.AskNext(s.responses(t, answers), nil)
	if next.Settled || next.Asks[0] != (screening.Ask{Item: "I04", Reason: screening.AskForNeed}) {
		t.Errorf("got %+v, want the need that was not asked about, and not settled", next)
	}
	delete(answers, "F01")
	next = s.program.AskNext(s.responses(t, answers), nil)
	if next.Settled || next.Asks[1].Reason != screening.AskForOutcome {
		t.Errorf("got %+v, want the outcome open", next)
	}
}

func TestAskNextIsTheSameEveryTime(t *testing.T) {
	for _, id := range []string{"triage-border", "screen-fc"} {
		s := load(t, id)
		for _, answers := range interviews(s, 20) {
			first, again := s.program.AskNext(s.responses(t, answers), nil), load(t, id).program.AskNext(s.responses(t, answers), nil)
			if !slices.Equal(first.Asks, again.Asks) || first.Settled != again.Settled {
				t.Fatalf("%s: %+v, then %+v", id, first, again)
			}
		}
	}
}

// Whoever stops when it is settled has the outcome that all answers lead to.
func TestSettledInterviewsKeepTheirOutcomeWhateverElseIsAnswered(t *testing.T) {
	for _, id := range []string{"triage-border", "screen-fc"} {
		s := load(t, id)
		settled := 0
		all := interviews(s, 400)
		for i, answers := range all {
			if len(answers) < 8 {
				continue
			}
			if next := s.program.AskNext(s.responses(t, answers), nil); !next.Settled {
				continue
			}
			settled++
			before := s.assess(t, answers)
			for _, other := range all[max(0, i-20):i] {
				with := maps.Clone(other)
				maps.Copy(with, answers)
				after := s.assess(t, with)
				isNew := func(c screening.Code) bool { return !slices.Contains(before.Urgent, c) }
				if after.Outcome != before.Outcome || slices.ContainsFunc(after.Urgent, isNew) {
					t.Fatalf("%s: %v is settled at %s %v, and comes to %s %v", id, map[string][]string(answers), before.Outcome, before.Urgent, after.Outcome, after.Urgent)
				}
			}
		}
		if settled < 20 {
			t.Errorf("%s: only %d interviews are settled; the comparison says little", id, settled)
		}
	}
}
