package screening_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"waymark/screening"
)

// randomToy makes a small instrument, small enough to try every answer: some
// of its questions depend on others, some replace what they show, some carry an
// urgent need.
func randomToy(t *testing.T, random *rand.Rand) shipped {
	t.Helper()
	type object = map[string]any
	book := object{
		"id": "toy", "version": "1.0.0", "provenance": "x",
		"dimensions": []object{{"id": "D1", "text": "x"}, {"id": "D2", "text": "x"}, {"id": "D3", "text": "x"}, {"id": "D4", "text": "x"}, {"id": "D5", "text": "x"}, {"id": "D6", "text": "x"}},
		"indicators": []object{
			{"code": "S1", "dimension": "D1", "adult": "S", "child": "S", "text": "x"},
			{"code": "M1", "dimension": "D1", "adult": "M", "child": "S", "text": "x"},
			{"code": "M2", "dimension": "D1", "adult": "M", "child": "W", "text": "x"},
			{"code": "S2", "dimension": "D2", "adult": "S", "child": "M", "text": "x"},
			{"code": "W2", "dimension": "D2", "adult": "W", "child": "S", "text": "x"},
		},
		"marks": []object{
			{"code": "U_CHILD", "class": "urgent", "text": "x"},
			{"code": "U_ILL", "class": "urgent", "text": "x"},
			{"code": "AG_PAID", "class": "context", "text": "x"},
			{"code": "ACT_A", "class": "act", "text": "x"},
			{"code": "G_A", "class": "gate", "text": "x"},
			{"code": "G_B", "class": "gate", "text": "x"},
		},
	}
	codes := []string{"S1", "M1", "M2", "S2", "W2", "U_ILL", "AG_PAID", "ACT_A", "G_A", "G_B", "G_A", "G_B"}
	options := []string{"a", "b", "c"}
	var items []object
	id := func(i int) string { return fmt.Sprintf("A%02d", i) }
	for i := range 3 + random.IntN(2) {
		it := object{"id": id(i), "section": "A", "type": []string{"one", "many"}[random.IntN(2)], "text": "x", "source": "x"}
		var offered []object
		for _, code := range options[:2+random.IntN(2)] {
			o := object{"code": code, "label": "x"}
			var shows []string
			for range random.IntN(3) {
				if c := codes[random.IntN(len(codes))]; !slices.Contains(shows, c) {
					shows = append(shows, c)
				}
			}
			if random.IntN(20) == 0 {
				shows = append(shows, "U_CHILD")
			}
			if shows != nil {
				o["evidence"] = shows
			}
			offered = append(offered, o)
		}
		it["options"] = offered
		condition := func() object {
			c := object{"item": id(random.IntN(i)), []string{"any", "only"}[random.IntN(2)]: []string{options[random.IntN(2)]}}
			if random.IntN(2) == 0 {
				return object{"not": c}
			}
			return c
		}
		if i > 0 && random.IntN(2) == 0 {
			it["applies"] = condition()
		}
		if i > 0 && random.IntN(4) == 0 {
			it["instead"] = []object{{"when": condition(), "code": "S1", "by": "W2"}}
		}
		items = append(items, it)
	}
	rules := `{"id":"toy","version":"1.0.0","codebook":"toy@1.0.0","source":"x","child":{"codes":["U_CHILD"]},
		"derive":[{"all":["G_A","G_B"],"adds":"S2","source":"x"}],
		"findings":[
			{"is":"POSITIVE","any":[{"strong":2},{"strong":1,"medium_or_weak":1},{"medium":3},{"medium":2,"weak":1}],"source":"x"},
			{"is":"PARTIAL","any":[{"strong":1},{"medium":2}],"source":"x"}],
		"modes":[{"id":"a","extension":true,"source":"x"},{"id":"b","extension":false,"source":"x"}],
		"outcomes":[
			{"line":"L00","when":{"all":[{"codes":["U_CHILD"]},{"codes":["ACT_A"]}]},"outcome":"CHILD_PROTECTION/presumed","source":"x"},
			{"line":"L0","when":{"codes":["U_CHILD"]},"outcome":"CHILD_PROTECTION/at_risk","source":"x"},
			{"line":"L1","when":{"all":[{"finding":"D1","is":"POSITIVE"},{"finding":"D2","is":"POSITIVE"}]},"outcome":"STRONG_TIP","source":"x"},
			{"line":"L2","when":{"any_of":[{"finding":"D1","is":"POSITIVE"},{"finding":"D2","is":"POSITIVE"},{"finding":"D2","is":"PARTIAL"}]},"outcome":"POSSIBLE","source":"x"},
			{"line":"L3","when":{"coverage_below":60},"outcome":"INSUFFICIENT","source":"x"},
			{"line":"L4","when":{"codes":["M1"]},"outcome":"LABOUR","source":"x"},
			{"line":"L5","outcome":"NONE_FOUND","source":"x"}],
		"next_steps":{"urgent":"now","outcomes":{"CHILD_PROTECTION/presumed":"now","CHILD_PROTECTION/at_risk":"now","STRONG_TIP":"24h","POSSIBLE":"7d","INSUFFICIENT":"48h","LABOUR":"14d","NONE_FOUND":"none"}}}`
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	in := `{"id":"toy","version":"1.0.0","language":"en","title":"x","about":"x","minutes":1,"validation":"x",
		"sections":[{"id":"A","title":"x"}],"items":` + text(items) + `}`
	return compileToy(t, text(book), in, rules)
}

// completions calls visit with every way to answer items that have no answer,
// or to leave them.
func completions(in *screening.Instrument, answers screening.Answers, put func(id string) bool, visit func(screening.Answers)) {
	var from func(i int)
	from = func(i int) {
		if i == len(in.Items) {
			visit(answers)
			return
		}
		it := in.Items[i]
		from(i + 1)
		if _, answered := answers[it.ID]; answered || !put(it.ID) {
			return
		}
		for _, chosen := range everyAnswer(it) {
			answers[it.ID] = chosen
			from(i + 1)
		}
		delete(answers, it.ID)
	}
	from(0)
}

// everyAnswer lists every answer there is to an item.
func everyAnswer(it screening.Item) [][]string {
	var out [][]string
	for set := 1; set < 1<<len(it.Options); set++ {
		var chosen []string
		for o, option := range it.Options {
			if set&(1<<o) != 0 {
				chosen = append(chosen, option.Code)
			}
		}
		if it.Type == screening.Many || len(chosen) == 1 {
			out = append(out, chosen)
		}
	}
	return out
}

// someAnswers answers about half of the items, and declines or does not know
// some of the others.
func someAnswers(random *rand.Rand, in *screening.Instrument) (screening.Answers, screening.MissingAnswers) {
	answers, missing := screening.Answers{}, screening.MissingAnswers{}
	for _, it := range in.Items {
		switch random.IntN(8) {
		case 0, 1, 2, 3:
			every := everyAnswer(it)
			answers[it.ID] = every[random.IntN(len(every))]
		case 4:
			missing[it.ID] = []screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked}[random.IntN(3)]
		}
	}
	return answers, missing
}

func TestBoundEqualsBruteForceOnSmallInstruments(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	open := 0
	for range 300 {
		s := randomToy(t, random)
		answers, missing := someAnswers(random, s.in)
		r, err := s.program.Responses(answers, missing)
		if err != nil {
			t.Fatal(err)
		}
		bound, now := s.program.Bound(r), s.program.Assess(r).Outcome
		want := now
		completions(s.in, answers, func(id string) bool {
			it, _ := s.in.Item(id)
			return countsTowardsCoverage(s, *it)
		}, func(with screening.Answers) {
			if o := s.assess(t, with).Outcome; protects(o, want) {
				want = o
			}
		})
		if bound.Upper != want || bound.Open != (want != now) {
			t.Fatalf("%v of\n%s\ngot %s open %t, brute force %s from %s", map[string][]string(answers), definition(t, s.in), bound.Upper, bound.Open, want, now)
		}
		if bound.Open {
			open++
		}
	}
	if open < 50 {
		t.Errorf("only %d were open; the comparison says little", open)
	}
}

func definition(t *testing.T, in *screening.Instrument) string {
	t.Helper()
	b, err := json.Marshal(in.Items)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Settled must never be said too early. How often it is said too late is held
// low as well, or it would save nobody a question.
func TestSettledEqualsBruteForceOnSmallInstruments(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	var settled, late int
	for range 600 {
		s := randomToy(t, random)
		answers, missing := someAnswers(random, s.in)
		r, err := s.program.Responses(answers, missing)
		if err != nil {
			t.Fatal(err)
		}
		now := s.program.Assess(r)
		moves := false
		completions(s.in, answers, func(id string) bool {
			why := missing[id]
			return why == "" || why == screening.NotAsked
		}, func(with screening.Answers) {
			a := s.assess(t, with)
			newNeed := slices.ContainsFunc(a.Urgent, func(c screening.Code) bool { return !slices.Contains(now.Urgent, c) })
			moves = moves || a.Outcome != now.Outcome || newNeed
		})
		next := s.program.AskNext(r, nil)
		switch {
		case next.Settled && moves:
			t.Fatalf("%v of\n%s\nis called settled at %s, and is not", map[string][]string(answers), definition(t, s.in), now.Outcome)
		case next.Settled:
			settled++
		case !moves:
			late++
		}
	}
	t.Logf("%d settled, %d more without saying so", settled, late)
	if settled < 100 || late*20 > settled {
		t.Errorf("%d of %d settled interviews are not recognised", late, settled+late)
	}
}
