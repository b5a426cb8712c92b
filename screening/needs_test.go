package screening_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waymark/screening"
)

func TestOfOneNeedOnlyTheSoonestIsListed(t *testing.T) {
	s := load(t, "ngo-wellbeing")
	a := s.assess(t, screening.Answers{"W04": {"soon", "urgent"}, "W07": {"bad"}, "W08": {"most"}, "W12": {"id"}})
	want := []screening.Need{
		{Need: screening.NeedHealth, Urgency: screening.WithinNow},
		{Need: screening.NeedMentalHealth, Urgency: screening.WithinDays},
		{Need: screening.NeedDocuments, Urgency: screening.WithinWeeks},
	}
	if d := cmp.Diff(want, a.Needs); d != "" {
		t.Errorf("needs (-want +got):\n%s", d)
	}
}

func TestNeedsAreNilWhereTheRulesNoteNone(t *testing.T) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		if got := s.assess(t, screening.Answers{}).Needs; (got != nil) != (len(s.rules.Needs) > 0) || len(got) > 0 {
			t.Errorf("%s: got %v for an interview without answers", id, got)
		}
	}
}

// Every kind of need of the domain reference can come out of the well-being
// talk, and every need has a question behind it.
func TestWellbeingTalkKnowsEveryKindOfNeed(t *testing.T) {
	rules := load(t, "ngo-wellbeing").rules
	for _, kind := range screening.NeedKinds() {
		if !slices.ContainsFunc(rules.Needs, func(r screening.NeedRule) bool { return r.Need.Need == kind }) {
			t.Errorf("no rule notes %s", kind)
		}
	}
}

func TestLawNeedsComeBackFromTheCodesThatHistoryKeeps(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		a := assess(t, s, answers)
		again := s.program.AssessCodes(a.Codes, a.Coverage, nil)
		if d := cmp.Diff(a.Needs, again.Needs); d != "" {
			t.Errorf("needs (-first +again):\n%s", d)
		}
		if d := cmp.Diff(a.Opens, again.Opens); d != "" {
			t.Errorf("instruments to open (-first +again):\n%s", d)
		}
	})
}

func TestLawAnotherAnswerNeverTakesANeedAway(t *testing.T) {
	s := load(t, "ngo-wellbeing")
	rapid.Check(t, func(t *rapid.T) {
		answers := drawInterview(t, s.in)
		it := rapid.SampledFrom(s.in.Items).Draw(t, "item to answer")
		delete(answers, it.ID)
		before := assess(t, s, answers)
		answers[it.ID] = []string{rapid.SampledFrom(codesOf(it)).Draw(t, "option")}
		after := assess(t, s, answers)
		for _, n := range before.Needs {
			sooner := func(m screening.Need) bool {
				return m.Need == n.Need && slices.Index(screening.Urgencies(), m.Urgency) <= slices.Index(screening.Urgencies(), n.Urgency)
			}
			if !slices.ContainsFunc(after.Needs, sooner) {
				t.Errorf("%s=%s: %v became %v", it.ID, answers[it.ID][0], before.Needs, after.Needs)
			}
		}
	})
}

func TestNeedsDoNotAskForAReviewAndUrgentOnesDo(t *testing.T) {
	s := load(t, "ngo-wellbeing")
	calm := screening.Answers{"W03": {"no"}, "W14": {"no"}}
	for name, tt := range map[string]struct {
		id, option     string
		clock, reviews screening.Clock
	}{
		"nothing":         {"W10", "yes", screening.NoClock, screening.NoClock},
		"food now":        {"W10", "no", screening.SameDay, screening.NoClock},
		"debt at home":    {"W14", "home", screening.Days14, screening.NoClock},
		"the company":     {"W14", "trafficker", screening.Days7, screening.NoClock},
		"not safe":        {"W02", "no", screening.Now, screening.Now},
		"a doctor, today": {"W04", "urgent", screening.Now, screening.Now},
	} {
		t.Run(name, func(t *testing.T) {
			answers := screening.Answers{tt.id: {tt.option}}
			for id, options := range calm {
				if _, given := answers[id]; !given {
					answers[id] = options
				}
			}
			a := s.assess(t, answers)
			if got := s.rules.NextStep(a).Clock; got != tt.clock {
				t.Errorf("next step: got %s, want %s", got, tt.clock)
			}
			if got := s.rules.ReviewClock(a); got != tt.reviews {
				t.Errorf("review: got %s, want %s", got, tt.reviews)
			}
		})
	}
}

func TestWhatComesUpOpensTheNextInstrument(t *testing.T) {
	for name, tt := range map[string]struct {
		id      string
		answers screening.Answers
		want    []screening.Opening
	}{
		"a child at the border":           {"triage-border", screening.Answers{"T01": {"unsure"}}, []screening.Opening{{Instrument: "child-module"}}},
		"an adult at the border":          {"triage-border", screening.Answers{"T01": {"30_47"}}, nil},
		"a child in the full screening":   {"screen-fc", screening.Answers{"B01": {"15_17"}}, []screening.Opening{{Instrument: "child-module"}}},
		"debt to the company":             {"ngo-wellbeing", screening.Answers{"W14": {"trafficker"}}, []screening.Opening{{Instrument: "screen-fc", Ask: true}}},
		"wants to correct the first talk": {"ngo-wellbeing", screening.Answers{"W17": {"yes"}}, []screening.Opening{{Instrument: "screen-fc", Ask: true}}},
		"nothing new":                     {"ngo-wellbeing", screening.Answers{"W17": {"no"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, tt.id)
			if d := cmp.Diff(tt.want, s.rules.NextStep(s.assess(t, tt.answers)).Opens); d != "" {
				t.Errorf("opens (-want +got):\n%s", d)
			}
		})
	}
}

func TestRulesThatLookAtWhatTheInstrumentHasNotAreRefusedWithTheirPlace(t *testing.T) {
	s := load(t, "ngo-wellbeing")
	other := load(t, "triage-border")
	rules := *s.rules
	rules.ID = other.in.ID
	_, err := screening.Compile(other.in, &rules, s.book)
	if _, ok := errors.AsType[screening.Problems](err); !ok {
		t.Fatalf("got %v, want problems", err)
	}
	for _, want := range []string{"ngo-wellbeing/1.0.0/rules.json:", "/needs/1/when: there is no item \"W02\" in triage-border@1.0.0", "/opens/0/when"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
