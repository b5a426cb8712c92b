package jurisdiction_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
)

// randomInterview answers about two questions of three.
func randomInterview(random *rand.Rand, in *screening.Instrument) screening.Answers {
	answers := screening.Answers{}
	for _, it := range in.Items {
		if random.IntN(3) > 0 {
			answers[it.ID] = []string{it.Options[random.IntN(len(it.Options))].Code}
		}
	}
	return answers
}

// A national gap never lowers an outcome: whichever pack belongs to the person's
// country, and whether there is one, the assessment is the same to the byte.
func TestLawNoPackChangesAnAssessment(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, ok := c.Newest("screen-fc")
	if !ok {
		t.Fatal("there is no screen-fc")
	}
	countries := append(shipped(t).ISOs(), "GB", "ET") // the last two have no pack
	random := rand.New(rand.NewPCG(11, 13))
	seen := map[screening.Outcome]bool{}
	for range 300 {
		answers := randomInterview(random, e.Instrument)
		var want string
		for _, country := range countries {
			answers["B03"] = []string{country}
			r, err := e.Program.Responses(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			a := e.Program.Assess(r)
			seen[a.Outcome] = true
			got := fmt.Sprintf("%+v", a) // everything in it, maps in order
			if want == "" {
				want = got
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s instead of %s (-%s +%s):\n%s", country, countries[0], countries[0], country, d)
			}
		}
	}
	if len(seen) < 4 {
		t.Errorf("the interviews reached only %d outcomes", len(seen))
	}
}

// A pack in which nothing is known shows the same rows, with every outcome, as
// one in which all is verified.
func TestLawGapHidesNoRow(t *testing.T) {
	layout := shipped(t).Layout()
	write := func(iso string, l func(jurisdiction.LeafKind) jurisdiction.Leaf) *jurisdiction.Pack {
		p := jurisdiction.Pack{ISO: iso, Name: iso, Language: "en", Notice: jurisdiction.Notice, Leaves: map[string]jurisdiction.Leaf{}}
		for _, k := range layout.Leaves {
			p.Leaves[k.ID] = l(k)
		}
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jurisdiction.ParsePack(map[string]string{"AA": "aa.json", "BB": "bb.json"}[iso], data, layout)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	nothing := write("AA", func(jurisdiction.LeafKind) jurisdiction.Leaf {
		return jurisdiction.Leaf{Status: jurisdiction.Unknown, Confidence: jurisdiction.Low, AsOf: "2026-11-20"}
	})
	everything := write("BB", func(k jurisdiction.LeafKind) jurisdiction.Leaf {
		value := "something"
		if len(k.Codes) > 0 {
			value = k.Codes[0]
		}
		return jurisdiction.Leaf{Value: value, Status: jurisdiction.Verified, Confidence: jurisdiction.High, Source: "Gazette", AsOf: "2026-11-20"}
	})
	for _, o := range screening.Outcomes() {
		rows := ids(t, layout, o)
		for _, p := range []*jurisdiction.Pack{nothing, everything} {
			shown := slices.DeleteFunc(slices.Clone(rows), func(id string) bool { _, there := p.Leaves[id]; return !there })
			if d := cmp.Diff(rows, shown); d != "" {
				t.Errorf("%s, %s: a row has no leaf (-layout +pack):\n%s", o, p.ISO, d)
			}
		}
	}
}

// Whoever reads which charges are usual reads the clause against them, too.
func TestChargesAreNeverShownWithoutTheClauseAgainstThem(t *testing.T) {
	layout, err := jurisdiction.LoadLayout(jurisdictions.FS)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, o := range screening.Outcomes() {
		rows := ids(t, layout, o)
		if !slices.Contains(rows, "adjacent_charges") {
			continue
		}
		shown++
		if !slices.Contains(rows, "non_punishment_clause") || !slices.Contains(rows, "non_punishment_scope") {
			t.Errorf("%s shows charges without the clause", o)
		}
	}
	if shown == 0 {
		t.Error("no outcome shows the charges")
	}
}
