package screening_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waymark/screening"
)

// contradictions are the pairs of the domain reference, section 7.3: what was
// answered, what was answered to the triage before, and the pair that is named.
var contradictions = []struct {
	answers, earlier screening.Answers
	want             []string
}{
	{screening.Answers{"D05": {"kept"}}, screening.Answers{"T05": {"taken"}}, []string{"D05/T05"}},
	{screening.Answers{"D05": {"back"}}, screening.Answers{"T05": {"taken"}}, []string{"D05/T05"}},
	{screening.Answers{"D05": {"taken"}}, screening.Answers{"T05": {"taken"}}, nil},
	{screening.Answers{"D05": {"kept"}}, nil, nil},
	{screening.Answers{"F01": {"free"}, "F07": {"gate", "cctv"}}, nil, []string{"F01/F07"}},
	{screening.Answers{"F01": {"free"}, "F07": {"cctv"}}, nil, nil},
	{screening.Answers{"F01": {"free"}, "F07": {"armed"}, "J02": {"fee"}}, nil, []string{"F01/F07", "F01/J02"}},
	{screening.Answers{"G01": {"full"}, "G04": {"yes"}}, nil, []string{"G01/G04"}},
	{screening.Answers{"C03": {"scam"}, "H01": {"no"}}, nil, []string{"C03/H01"}}, // H01 does not apply then; it was said all the same
	{screening.Answers{"E02": {"yes"}, "E05": {"fine", "beaten"}}, nil, []string{"E02/E05"}},
	{screening.Answers{"J01": {"quit"}, "G03": {"trap"}}, nil, []string{"J01/G03"}},
	{screening.Answers{"B01": {"18_20"}}, screening.Answers{"T01": {"15_17"}}, []string{"B01/T01"}},
	{screening.Answers{"B01": {"18_20"}}, screening.Answers{"T01": {"18_20"}}, nil},
	{screening.Answers{"B01": {"18_20"}}, screening.Answers{"T02": {"none"}}, nil},
	{screening.Answers{}, screening.Answers{"T01": {"18_20"}}, nil},
}

func ids(cs []screening.Contradiction) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.ID())
	}
	return out
}

func TestContradictionsNameThePairAndNothingIsSubtracted(t *testing.T) {
	full, triage := load(t, "screen-fc"), load(t, "triage-border")
	for _, tt := range contradictions {
		r := full.responses(t, tt.answers)
		earlier := screening.Earlier{Program: triage.program, Responses: triage.responses(t, tt.earlier)}
		a, x := full.explain.Explain(r, earlier)
		if got := ids(x.Contradictions); !slices.Equal(got, tt.want) {
			t.Errorf("%v after %v: got %v, want %v", map[string][]string(tt.answers), map[string][]string(tt.earlier), got, tt.want)
		}
		without, _ := full.explain.Explain(r)
		if d := cmp.Diff(without, a); d != "" {
			t.Errorf("what was said earlier changed the assessment:\n%s", d)
		}
		for item, options := range tt.answers {
			for _, c := range full.assess(t, screening.Answers{item: options}).Codes {
				if !slices.Contains(a.Codes, c) && !slices.Contains(a.Ignored, item) {
					t.Errorf("%v: %s of %s is gone", map[string][]string(tt.answers), c, item)
				}
			}
		}
	}
}

func TestBrokenGuidanceIsReportedAtItsPlace(t *testing.T) {
	book := codebook(t)
	const name = "broken-guidance"
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = screening.ParseRules(name+".json", data, book)
	var problems screening.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want problems", err)
	}
	golden := filepath.Join("testdata", name+".txt")
	got := problems.Error() + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("problems differ (-golden +got):\n%s", d)
	}
}

func TestGuidanceThatNamesItemsTheInstrumentHasNotIsRefusedAtItsPlace(t *testing.T) {
	s, other := load(t, "screen-fc"), load(t, "triage-border")
	data, err := os.ReadFile("instruments/screen-fc/1.0.0/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for old, now := range map[string]string{
		`{"item": "F01", "any": ["free"]}, "second": {"item": "F07"`: `{"item": "F01", "any": ["freely"]}, "second": {"item": "F77"`,
		`["taken"]}, "source": "papers kept`:                         `["lost_it"]}, "source": "papers kept`,
		`"items": ["F08",`:                                           `"items": ["F99",`,
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("the rules have no %s", old)
		}
		text = strings.Replace(text, old, now, 1)
	}
	rules, err := screening.ParseRules("rules.json", []byte(text), s.book)
	if err != nil {
		t.Fatal(err)
	}
	p, err := screening.Compile(s.in, rules, s.book)
	var problems screening.Problems
	if p != nil || !errors.As(err, &problems) || len(problems) != 3 {
		t.Fatalf("got %v, want three problems", err)
	}
	for i, want := range []string{`item F01 of screen-fc@1.0.0 has no option "freely"`, "screen-fc@1.0.0 has no item F77", "screen-fc@1.0.0 has no item F99"} {
		if problems[i].Message != want || problems[i].Line < 100 {
			t.Errorf("got %s, want %s at its line", problems[i], want)
		}
	}
	err = rules.CheckItems(other.in)
	if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(problems[0].Message, `no option "lost_it"`) {
		t.Errorf("against the triage: got %v, want one problem", err)
	}
}

// element gives the state of an element.
func element(s screening.Standing, id screening.ElementID) screening.ElementStanding {
	i := slices.IndexFunc(s.Elements, func(e screening.ElementStanding) bool { return e.ID == id })
	return s.Elements[i]
}

func TestStandingSaysWhatIsThereAndWhatWouldMoveIt(t *testing.T) {
	s := load(t, "screen-fc")
	quiet := screening.Answers{"B01": {"30_47"}}
	for _, it := range s.in.Items[1:] {
		quiet[it.ID] = quietest(it)
	}
	quiet["E01"] = []string{"chat"} // without work, what was asked about it does not count
	with := func(change screening.Answers) screening.Answers {
		out := maps.Clone(quiet)
		maps.Copy(out, change)
		return out
	}
	tests := []struct {
		name     string
		answers  screening.Answers
		position screening.Position
		states   map[screening.ElementID]screening.ElementState
	}{
		{"nothing said", screening.Answers{}, screening.PositionUnclear, map[screening.ElementID]screening.ElementState{
			"act": "not_answered", "means": "not_answered", "purpose": "not_answered", "coercion": "not_answered", "breach": "not_answered",
		}},
		{"everything denied", quiet, screening.PositionNone, map[screening.ElementID]screening.ElementState{
			"act": "present", "means": "absent", "purpose": "absent", "coercion": "absent", "breach": "absent",
		}},
		{"unpaid and free to go", with(screening.Answers{"G01": {"none"}}), screening.PositionLabourDispute, map[screening.ElementID]screening.ElementState{
			"means": "absent", "purpose": "absent", "coercion": "absent", "breach": "present",
		}},
		{"deceived about the work", with(screening.Answers{"C04": {"entirely"}, "C06": {"pay"}}), screening.PositionTowardTrafficking, map[screening.ElementID]screening.ElementState{
			"means": "present", "coercion": "absent",
		}},
		{"papers taken", with(screening.Answers{"D05": {"taken"}}), screening.PositionTowardForced, map[screening.ElementID]screening.ElementState{
			"means": "absent", "coercion": "partial",
		}},
		{"forced to scam and locked in", with(screening.Answers{"E02": {"punished"}, "F01": {"never"}}), screening.PositionForcedLabour, map[screening.ElementID]screening.ElementState{
			"means": "absent", "purpose": "present", "coercion": "present",
		}},
		{"deceived, forced and locked in", with(screening.Answers{"C04": {"entirely"}, "C06": {"pay"}, "E02": {"punished"}, "F01": {"never"}}), screening.PositionTrafficking, map[screening.ElementID]screening.ElementState{
			"act": "present", "means": "present", "purpose": "present", "coercion": "present",
		}},
		{"under 18", with(screening.Answers{"B01": {"15_17"}}), screening.PositionChild, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			standing, ok := s.program.Standing(s.responses(t, tt.answers))
			if !ok || standing.Position != tt.position {
				t.Errorf("got %s, want %s", standing.Position, tt.position)
			}
			for id, want := range tt.states {
				if got := element(standing, id).State; got != want {
					t.Errorf("%s: got %s, want %s", id, got, want)
				}
			}
		})
	}
	delete(quiet, "F01")
	standing, _ := s.program.Standing(s.responses(t, with(screening.Answers{"G01": {"none"}})))
	if got := element(standing, screening.ElementCoercion); !slices.Equal(got.Items, []string{"F01"}) || got.Toward != screening.PositionForcedLabour {
		t.Errorf("coercion: got %v toward %q, want F01 toward forced labour", got.Items, got.Toward)
	}
	if _, ok := load(t, "triage-border").program.Standing(&screening.Responses{}); ok {
		t.Error("a triage has no place for a position and gives one")
	}
}

func TestStandingOfCodesDoesNotSayThatSomethingWasDenied(t *testing.T) {
	s := load(t, "screen-fc")
	a := s.assess(t, screening.Answers{"B01": {"30_47"}, "C04": {"entirely"}, "C06": {"pay"}})
	standing, _ := s.program.StandingOfCodes(a.Codes, a.Coverage, nil)
	if got := element(standing, screening.ElementCoercion); got.State != screening.ElementNotShown || len(got.Items) == 0 {
		t.Errorf("got %+v, want not shown, with the questions that can show it", got)
	}
	if got := element(standing, screening.ElementMeans); got.State != screening.ElementPresent || !slices.Equal(got.Codes, []screening.Code{"DR01", "DR08"}) {
		t.Errorf("got %+v, want present by DR01 and DR08", got)
	}
}

// The positions are written in rules.json beside the outcomes; this says again,
// from the definitions in law, what each may be said of.
func TestLawPositionFitsTheElementsAndTheOutcome(t *testing.T) {
	s := load(t, "screen-fc")
	fits := map[screening.Position][]screening.Outcome{
		screening.PositionNone: {screening.NoneFound}, screening.PositionLabourDispute: {screening.Labour},
		screening.PositionUnclear: {screening.Insufficient}, screening.PositionTowardForced: {screening.Possible},
		screening.PositionTowardTrafficking: {screening.Possible}, screening.PositionForcedLabour: {screening.StrongFL},
		screening.PositionTrafficking: {screening.StrongTIP}, screening.PositionChild: {screening.ChildPresumed, screening.ChildAtRisk},
	}
	rapid.Check(t, func(t *rapid.T) {
		answers := drawInterview(t, s.in)
		r, err := s.program.Responses(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		standing, _ := s.program.Standing(r)
		outcome := s.program.Assess(r).Outcome
		is := func(id screening.ElementID) screening.ElementState { return element(standing, id).State }
		there := func(id screening.ElementID) bool { return is(id) == screening.ElementPresent }
		if !slices.Contains(fits[standing.Position], outcome) {
			t.Errorf("%s for %s", standing.Position, outcome)
		}
		wrong := false
		switch standing.Position {
		case screening.PositionTrafficking:
			wrong = !there("means") || !there("purpose") || !there("coercion")
		case screening.PositionForcedLabour:
			wrong = !there("purpose") || !there("coercion") || there("means")
		case screening.PositionLabourDispute:
			wrong = !there("breach") || there("means") || is("coercion") != screening.ElementAbsent && is("coercion") != screening.ElementNotAnswered
		case screening.PositionNone:
			wrong = there("breach") || there("means") || there("coercion")
		case screening.PositionTowardForced:
			wrong = there("means")
		case screening.PositionUnclear, screening.PositionTowardTrafficking, screening.PositionChild:
		}
		if wrong {
			t.Errorf("%s with %+v", standing.Position, standing.Elements)
		}
	})
}

func TestLawAnIndicatorNeverMovesThePositionBack(t *testing.T) {
	s := load(t, "screen-fc")
	rank := func(p screening.Position) int { return slices.Index(screening.Positions(), p) }
	rapid.Check(t, func(t *rapid.T) {
		a := assess(t, s, drawInterview(t, s.in))
		i := rapid.SampledFrom(s.book.Indicators).Draw(t, "indicator")
		before, _ := s.program.StandingOfCodes(a.Codes, a.Coverage, nil)
		after, _ := s.program.StandingOfCodes(append(slices.Clone(a.Codes), i.Code), a.Coverage, nil)
		if rank(after.Position) < rank(before.Position) {
			t.Errorf("%s moved it from %s to %s", i.Code, before.Position, after.Position)
		}
		for n, e := range after.Elements {
			if slices.Index(strengthOfState, e.State) < slices.Index(strengthOfState, before.Elements[n].State) {
				t.Errorf("%s moved %s from %s to %s", i.Code, e.ID, before.Elements[n].State, e.State)
			}
		}
	})
}

var strengthOfState = []screening.ElementState{screening.ElementNotShown, screening.ElementPartial, screening.ElementPresent}
