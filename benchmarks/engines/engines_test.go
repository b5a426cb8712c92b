package main

import (
	"math/rand/v2"
	"testing"
)

// The comparison means something only while all three hold the same rules.
func TestOtherEnginesHoldTheSameRules(t *testing.T) {
	for _, id := range []string{"screen-fc", "triage-border"} {
		t.Run(id, func(t *testing.T) {
			e, err := load(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(2, 2))
			outcomes := map[string]bool{}
			for range 1000 {
				answers := e.interview(random, 5+random.IntN(96))
				difference, err := e.differ(t.Context(), answers)
				if err != nil {
					t.Fatal(err)
				}
				if difference != "" {
					t.Fatalf("%v: %s", answers, difference)
				}
				responses, err := e.program.Responses(answers, nil)
				if err != nil {
					t.Fatal(err)
				}
				outcomes[string(e.program.Assess(responses).Outcome)] = true
			}
			if len(outcomes) < 3 {
				t.Errorf("the interviews led to %d outcomes only", len(outcomes))
			}
		})
	}
}
