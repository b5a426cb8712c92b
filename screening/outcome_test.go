package screening_test

import (
	"encoding/json"
	"slices"
	"testing"

	"waymark/screening"
)

// A search compares the places of outcomes in a program's table.
func TestOutcomesAndEveryProgramListEachLadderInOrder(t *testing.T) {
	ladders := [][]screening.Outcome{
		{screening.NoTrigger, screening.ReAsk, screening.Refer, screening.Red},
		{
			screening.NoneFound, screening.Labour, screening.Insufficient, screening.Possible,
			screening.StrongFL, screening.StrongTIP, screening.ChildAtRisk, screening.ChildPresumed,
		},
	}
	all := screening.Outcomes()
	if want := slices.Concat(ladders...); !slices.Equal(all, want) {
		t.Fatalf("got %v, want %v", all, want)
	}
	for i, o := range all {
		for j, p := range all {
			if order, same := o.Protects(p); same && (order < 0) != (i < j) {
				t.Errorf("%s stands at %d and %s at %d, and Protects says %d", o, i, p, j, order)
			}
		}
	}
	for _, id := range shippedIDs(t) {
		var wire struct {
			Outcomes []screening.Outcome `json:"outcomes"`
		}
		if err := json.Unmarshal(load(t, id).program.Encode(), &wire); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(wire.Outcomes, all) {
			t.Errorf("%s: got the table %v, want %v", id, wire.Outcomes, all)
		}
	}
}
