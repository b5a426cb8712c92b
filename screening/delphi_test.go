package screening_test

import (
	"fmt"
	"strings"
	"testing"

	"waymark/screening"
)

// A codebook with three indicators of each strength in D1, and an instrument
// whose one question can show any of them.
func delphiToy(t *testing.T) shipped {
	t.Helper()
	var indicators, options []string
	for _, strength := range []string{"S", "M", "W"} {
		for n := range 3 {
			code := fmt.Sprintf("%s%d", strength, n)
			indicators = append(indicators, fmt.Sprintf(`{"code":%q,"dimension":"D1","adult":%q,"child":"-","text":"x"}`, code, strength))
			options = append(options, fmt.Sprintf(`{"code":%q,"label":"x","evidence":[%q]}`, strings.ToLower(code), code))
		}
	}
	book := `{"id":"toy","version":"1.0.0","provenance":"x","dimensions":[
		{"id":"D1","text":"x"},{"id":"D2","text":"x"},{"id":"D3","text":"x"},{"id":"D4","text":"x"},{"id":"D5","text":"x"},{"id":"D6","text":"x"}],
		"indicators":[` + strings.Join(indicators, ",") + `],"marks":[{"code":"U_CHILD","class":"urgent","text":"x"}]}`
	in := `{"id":"toy","version":"1.0.0","language":"en","title":"x","about":"x","minutes":1,"validation":"x",
		"sections":[{"id":"A","title":"x"}],"items":[{"id":"A01","section":"A","type":"many","text":"x","source":"x","options":[` +
		strings.Join(options, ",") + `]}]}`
	return compileToy(t, book, in, "")
}

// compileToy compiles an instrument with the Delphi rules of screen-fc, or the
// rules given.
func compileToy(t *testing.T, book, in, rules string) shipped {
	t.Helper()
	if rules == "" {
		rules = `{"id":"toy","version":"1.0.0","codebook":"toy@1.0.0","source":"x","child":{"codes":["U_CHILD"]},
			"findings":[
				{"is":"POSITIVE","any":[{"strong":2},{"strong":1,"medium_or_weak":1},{"medium":3},{"medium":2,"weak":1}],"source":"x"},
				{"is":"PARTIAL","any":[{"strong":1},{"medium":2}],"source":"x"}],
			"modes":[{"id":"a","extension":true,"source":"x"},{"id":"b","extension":false,"source":"x"}],
			"outcomes":[
				{"line":"L1","when":{"finding":"D1","is":"POSITIVE"},"outcome":"REFER","source":"x"},
				{"line":"L2","when":{"finding":"D1","is":"PARTIAL"},"outcome":"RE_ASK","source":"x"},
				{"line":"L3","outcome":"NO_TRIGGER","source":"x"}],
			"next_steps":{"urgent":"now","outcomes":{"REFER":"24h","RE_ASK":"48h","NO_TRIGGER":"none"}}}`
	}
	var (
		s   shipped
		err error
	)
	if s.book, err = screening.ParseCodebook("codebook.json", []byte(book)); err != nil {
		t.Fatal(err)
	}
	if s.in, err = screening.ParseInstrument("instrument.json", []byte(in), s.book); err != nil {
		t.Fatal(err)
	}
	if s.rules, err = screening.ParseRules("rules.json", []byte(rules), s.book); err != nil {
		t.Fatal(err)
	}
	if s.program, err = screening.Compile(s.in, s.rules, s.book); err != nil {
		t.Fatal(err)
	}
	s.explain = screening.NewExplainer(s.program, s.rules, s.book)
	return s
}

func TestDelphiRuleForEveryCountOfStrongMediumAndWeak(t *testing.T) {
	toy := delphiToy(t)
	for s := range 4 {
		for m := range 4 {
			for w := range 4 {
				if s+m+w == 0 {
					continue
				}
				var chosen []string
				for tier, n := range map[string]int{"s": s, "m": m, "w": w} {
					for i := range n {
						chosen = append(chosen, fmt.Sprintf("%s%d", tier, i))
					}
				}
				// ILO/EC 2009; one strong alone, two medium alone, one medium and
				// two weak, or any number of weak alone are not positive.
				want := screening.None
				switch {
				case s >= 2, s == 1 && m+w >= 1, m >= 3, m == 2 && w >= 1:
					want = screening.Positive
				case s == 1, m == 2:
					want = screening.Partial
				}
				a := toy.assess(t, screening.Answers{"A01": chosen})
				if got := a.Dimensions["D1"]; got != want {
					t.Errorf("%d strong, %d medium, %d weak: got %s, want %s", s, m, w, got, want)
				}
			}
		}
	}
}
