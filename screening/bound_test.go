package screening_test

import (
	"maps"
	"slices"
	"testing"

	"waymark/screening"
)

func TestBoundEqualsBruteForceOnTheTriage(t *testing.T) {
	s := load(t, "triage-border")
	for _, answers := range interviews(s, 150) {
		r := s.responses(t, answers)
		bound := s.program.Bound(r)
		open := 0
		for _, it := range s.in.Items {
			if _, answered := answers[it.ID]; !answered {
				open++
			}
		}
		if open > 4 {
			continue // 4 items are up to 1,500 combinations
		}
		current := s.program.Assess(r).Outcome
		want := bruteForce(t, s, answers, 0, current)
		if bound.Upper != want || bound.Open != (want != current) {
			t.Fatalf("%v: got %s open %t, brute force %s", map[string][]string(answers), bound.Upper, bound.Open, want)
		}
	}
}

// bruteForce tries every single option, and for items with several also all of
// them, on every unanswered item that can show something.
func bruteForce(t *testing.T, s shipped, answers screening.Answers, from int, best screening.Outcome) screening.Outcome {
	for i := from; i < len(s.in.Items); i++ {
		it := s.in.Items[i]
		if _, answered := answers[it.ID]; answered || !countsTowardsCoverage(s, it) {
			continue
		}
		options := [][]string{}
		for _, o := range it.Options {
			options = append(options, []string{o.Code})
		}
		if it.Type == screening.Many {
			options = append(options, codesOf(it))
		}
		for _, chosen := range options {
			answers[it.ID] = chosen
			if o := s.assess(t, answers).Outcome; protects(o, best) {
				best = o
			}
			best = bruteForce(t, s, answers, i+1, best)
		}
		delete(answers, it.ID)
	}
	return best
}

func protects(a, b screening.Outcome) bool {
	order, _ := a.Protects(b)
	return order > 0
}

func countsTowardsCoverage(s shipped, it screening.Item) bool {
	for _, o := range it.Options {
		if shows(s, o) {
			return true
		}
	}
	return false
}

func TestSettlingQuestionsEachChangeTheOutcome(t *testing.T) {
	s := load(t, "screen-fc")
	answers := screening.Answers{"B01": {"30_47"}}
	for _, it := range s.in.Items[1:] {
		if it.ID != "D05" && it.ID != "F01" && it.ID != "J03" {
			answers[it.ID] = quietest(it)
		}
	}
	r := s.responses(t, answers)
	if got := s.program.Assess(r).Outcome; got != screening.NoneFound {
		t.Fatalf("the quiet interview comes to %s, want NONE_FOUND", got)
	}
	bound := s.program.Bound(r)
	if !bound.Open || bound.Upper != screening.Possible {
		t.Errorf("got open %t up to %s, want open up to POSSIBLE", bound.Open, bound.Upper)
	}
	// J03 shows one medium indicator, which alone changes nothing.
	if want := []string{"D05", "F01"}; !slices.Equal(bound.Settling, want) {
		t.Errorf("got settling %v, want %v", bound.Settling, want)
	}
	for _, item := range bound.Settling {
		with := maps.Clone(answers)
		with[item] = map[string][]string{"D05": {"taken"}, "F01": {"never"}}[item]
		if s.assess(t, with).Outcome == screening.NoneFound {
			t.Errorf("%s does not settle anything", item)
		}
	}
}

// quietest is an answer that shows nothing, or as little as there is.
func quietest(it screening.Item) []string {
	for _, o := range it.Options {
		if len(o.Evidence) == 0 {
			return []string{o.Code}
		}
	}
	return []string{it.Options[0].Code}
}

func TestSettlingDoesNotSendAnybodyBackToADeclinedQuestion(t *testing.T) {
	s := load(t, "screen-fc")
	r, err := s.program.Responses(screening.Answers{"B01": {"30_47"}}, screening.MissingAnswers{"I02": screening.Declined})
	if err != nil {
		t.Fatal(err)
	}
	bound := s.program.Bound(r)
	if !bound.Open || len(bound.Settling) != 3 {
		t.Fatalf("got %+v, want open with three questions", bound)
	}
	for _, item := range bound.Settling {
		if item == "I02" {
			t.Error("a declined question is among those to ask")
		}
	}
}

func TestNothingIsOpenWhenEverythingIsAnswered(t *testing.T) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		answers := screening.Answers{}
		for _, it := range s.in.Items {
			answers[it.ID] = quietest(it)
		}
		if bound := s.program.Bound(s.responses(t, answers)); bound.Open || len(bound.Settling) != 0 {
			t.Errorf("%s: got %+v, want nothing open", id, bound)
		}
	}
}
