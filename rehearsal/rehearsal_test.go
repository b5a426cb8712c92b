package rehearsal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/rehearsal"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

func TestPeopleAreTheMixOfTheRelease(t *testing.T) {
	for _, n := range []int{1, 10, 100, 1000, rehearsal.ReleaseSize, 20_000} {
		people, err := rehearsal.People(n, 1)
		if err != nil {
			t.Fatal(err)
		}
		women := 0
		countries := map[string]int{}
		for i, p := range people {
			if p.Number != i {
				t.Fatalf("person %d has number %d", i, p.Number)
			}
			if p.Woman {
				women++
			}
			countries[p.Nationality]++
		}
		if len(people) != n {
			t.Errorf("%d people, want %d", len(people), n)
		}
		if n == rehearsal.ReleaseSize && (women != 425 || len(countries) != 28 || countries["CN"] < 4800 || countries["CN"] > 4920) {
			t.Errorf("%d women, %d nationalities, %d from China", women, len(countries), countries["CN"])
		}
	}
}

func TestSameSeedGivesTheSameInterviews(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Newest("screen-fc")
	interviews := func(seed uint64) (out []map[string][]string) {
		people, err := rehearsal.People(50, seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			answers, _ := p.Answers(e.Instrument)
			out = append(out, answers)
		}
		return out
	}
	if d := cmp.Diff(interviews(7), interviews(7)); d != "" {
		t.Errorf("the same seed gives two rehearsals:\n%s", d)
	}
	if cmp.Equal(interviews(7), interviews(8)) {
		t.Error("two seeds give the same rehearsal")
	}
}

// What is invented has to be scorable, ask nothing that does not apply, and
// come to every outcome, or the rehearsal rehearses too little.
func TestInventedInterviewsAreValidAndComeToEveryOutcome(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"triage-border", "screen-fc"} {
		e, _ := c.Newest(id)
		people, err := rehearsal.People(6000, 1)
		if err != nil {
			t.Fatal(err)
		}
		outcomes := map[screening.Outcome]int{}
		for _, p := range people {
			answers, missing := p.Answers(e.Instrument)
			r, err := e.Program.Responses(answers, missing)
			if err != nil {
				t.Fatal(err)
			}
			a := e.Program.Assess(r)
			if len(a.Ignored) != 0 {
				t.Fatalf("questions that do not apply were asked: %v", a.Ignored)
			}
			outcomes[a.Outcome]++
		}
		for _, o := range screening.Outcomes() {
			if _, same := o.Protects(e.Rules.Outcomes[0].Outcome); same && outcomes[o] == 0 {
				t.Errorf("%s: nobody comes to %s", id, o)
			}
		}
	}
}
