package screening_test

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/screening"
	"waymark/screening/instruments"
)

// The oracle is a second implementation of the rules, written down line by
// line from the domain reference, with maps and loops and no compiler. It knows
// the instruments by name; that is its point.

type verdictOfOracle struct {
	Outcome, Strict      string
	Urgent, Indicators   []string
	Dimensions           map[string]string
	Role                 string
	Answered, Applicable int
	Ignored              []string
}

type oracle struct {
	items    []oracleItem
	strength map[string][2]string // adult, child
}

type oracleItem struct {
	ID      string
	Options []struct {
		Code     string
		Evidence []string
	}
}

func newOracle(t *testing.T, id string) oracle {
	t.Helper()
	var (
		in struct{ Items []oracleItem }
		cb struct {
			Indicators []struct{ Code, Adult, Child string }
		}
	)
	for file, into := range map[string]any{id + "/1.0.0/instrument.json": &in, "codebook/1.0.0.json": &cb} {
		data, err := fs.ReadFile(instruments.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
	o := oracle{items: in.Items, strength: map[string][2]string{}}
	for _, i := range cb.Indicators {
		o.strength[i.Code] = [2]string{i.Adult, i.Child}
	}
	return o
}

func has(list []string, codes ...string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(list, c) })
}

// applies is the column "skip" of the instrument's table.
func applies(item string, answers map[string][]string) bool {
	onlyNone := func(id string) bool { return slices.Equal(answers[id], []string{"none"}) }
	switch item {
	case "C02":
		return has(answers["C01"], "social", "ad", "partner")
	case "C04":
		return !has(answers["C03"], "nojob")
	case "D03":
		return !has(answers["D01"], "home")
	case "E02", "E03", "E04", "E05", "G01", "G02", "G04":
		return !onlyNone("E01")
	case "F06":
		return !has(answers["F04"], "hurt")
	case "H01":
		return !has(answers["C03"], "scam")
	case "I03":
		return !has(answers["B02"], "man")
	case "K02":
		return !onlyNone("K01")
	default:
		return true
	}
}

func dimensionOf(code string) string {
	switch code[:2] {
	case "DR":
		return "D1"
	case "CR":
		return "D2"
	case "AV":
		return "D3"
	case "EX":
		return "D4"
	case "CD", "FC":
		return "D5"
	case "AD":
		return "D6"
	default:
		return ""
	}
}

func isIndicator(code string) bool {
	return dimensionOf(code) != "" && len(code) == 4
}

func (o oracle) judge(given map[string][]string, id string, refused bool) verdictOfOracle {
	v := verdictOfOracle{Urgent: []string{}, Indicators: []string{}, Ignored: []string{}}
	answers := map[string][]string{}
	codes := map[string]bool{}
	for _, it := range o.items {
		if !applies(it.ID, answers) {
			if len(given[it.ID]) > 0 {
				v.Ignored = append(v.Ignored, it.ID)
			}
			continue
		}
		if len(given[it.ID]) > 0 {
			answers[it.ID] = given[it.ID]
		}
		counts := false
		for _, option := range it.Options {
			for _, code := range option.Evidence {
				counts = counts || isIndicator(code) || code == "P_SEX"
				if !slices.Contains(answers[it.ID], option.Code) {
					continue
				}
				work := answers["E01"]
				legal := len(work) > 0 && !slices.ContainsFunc(work, func(w string) bool { return w != "support" && w != "other" })
				if it.ID == "E02" && code == "CD05" && legal {
					code = "CD06"
				}
				codes[code] = true
			}
		}
		if counts {
			v.Applicable++
			if len(answers[it.ID]) > 0 {
				v.Answered++
			}
		}
	}
	if id == "child-module" {
		codes["U_CHILD"] = true
	}
	if id == "screen-fc" && codes["G_RECRUITER_USED"] {
		for gate, becomes := range map[string]string{"G_ECON": "AV08", "G_FAMILY": "AV11", "G_PERSONAL": "AV12", "G_CONTEXT": "AV16", "G_STATUS": "AV02"} {
			if codes[gate] {
				codes[becomes] = true
			}
		}
	}
	for code := range codes {
		switch {
		case strings.HasPrefix(code, "U_"):
			v.Urgent = append(v.Urgent, code)
		case isIndicator(code):
			v.Indicators = append(v.Indicators, code)
		}
	}
	slices.Sort(v.Urgent)
	slices.Sort(v.Indicators)
	if codes["X_CONTROL_ROLE"] {
		v.Role = "SPECIALIST_REVIEW"
	} else if codes["X_COERCED_ROLE"] {
		v.Role = "NOTE_COERCED_ROLE"
	}
	v.Dimensions = o.findings(codes, true)
	switch id {
	case "triage-border":
		v.Outcome = o.triage(codes, v, refused)
		v.Strict = v.Outcome
		return v
	case "ngo-wellbeing":
		v.Outcome = o.wellbeing(v, refused)
		v.Strict = v.Outcome
		return v
	}
	v.Outcome = o.full(codes, v, v.Dimensions, true)
	v.Strict = o.full(codes, v, o.findings(codes, false), false)
	return v
}

func (o oracle) findings(codes map[string]bool, extension bool) map[string]string {
	out := map[string]string{}
	for _, d := range []string{"D1", "D2", "D3", "D4", "D5", "D6"} {
		var s, m, w int
		for code := range codes {
			if dimensionOf(code) != d || !isIndicator(code) || code == "FC01" && !extension {
				continue
			}
			strength := o.strength[code][0]
			if codes["U_CHILD"] {
				strength = o.strength[code][1]
			}
			switch strength {
			case "S":
				s++
			case "M":
				m++
			case "W":
				w++
			}
		}
		switch {
		case s >= 2 || (s >= 1 && m+w >= 1) || m >= 3 || (m >= 2 && w >= 1):
			out[d] = "POSITIVE"
		case s >= 1 || m >= 2:
			out[d] = "PARTIAL"
		default:
			out[d] = "NONE"
		}
	}
	return out
}

func (o oracle) triage(codes map[string]bool, v verdictOfOracle, refused bool) string {
	count := func(list ...string) int {
		n := 0
		for _, code := range list {
			if codes[code] {
				n++
			}
		}
		return n
	}
	medium := count("DR02", "DR03", "DR05", "DR06", "DR07", "DR08", "DR10", "CR03", "CR04", "CR05", "CR06", "CR07", "CR08", "CR09",
		"CD06", "CD07", "CD08", "CD09", "CD10", "CD11", "CD12", "CD13", "CD14", "AD01")
	switch {
	case len(v.Urgent) > 0:
		return "RED"
	case count("CD01", "CD02", "CD03", "CD04", "CD05", "CR01", "CR02", "FC01", "DR01", "P_SEX") > 0 || medium >= 2:
		return "REFER"
	case v.Answered*100 < v.Applicable*60 || refused:
		return "RE_ASK"
	default:
		return "NO_TRIGGER"
	}
}

func (o oracle) wellbeing(v verdictOfOracle, refused bool) string {
	control := func(code string) bool { return dimensionOf(code) == "D5" || dimensionOf(code) == "D6" }
	switch {
	case len(v.Urgent) > 0:
		return "RED"
	case slices.ContainsFunc(v.Indicators, control):
		return "REFER"
	case v.Answered*100 < v.Applicable*60 || refused:
		return "RE_ASK"
	default:
		return "NO_TRIGGER"
	}
}

func (o oracle) full(codes map[string]bool, v verdictOfOracle, d map[string]string, forced bool) string {
	with := func(prefix string) bool {
		for code := range codes {
			if strings.HasPrefix(code, prefix) {
				return true
			}
		}
		return false
	}
	some := func(list ...string) bool {
		return slices.ContainsFunc(list, func(code string) bool { return codes[code] })
	}
	plus := func(dimension string) bool { return d[dimension] == "POSITIVE" }
	if codes["U_CHILD"] {
		if with("ACT_") && (with("EX") || some("CD05", "CD06", "P_SEX")) {
			return "CHILD_PROTECTION/presumed"
		}
		return "CHILD_PROTECTION/at_risk"
	}
	means := plus("D1") || plus("D2") || plus("D3")
	purpose := plus("D4")
	if forced {
		purpose = purpose || codes["P_SEX"] || codes["CD05"] && some("CD02", "CD03", "CD04", "CD06", "CD11", "CD12", "CD13")
	}
	switch {
	case means && purpose && plus("D5"):
		return "STRONG_TIP"
	case purpose && plus("D5"):
		return "STRONG_FL"
	case plus("D5"), means && purpose, d["D5"] == "PARTIAL", purpose && plus("D6"), means, codes["P_SEX"]:
		return "POSSIBLE"
	case v.Answered*100 < v.Applicable*60:
		return "INSUFFICIENT"
	case plus("D4") || some("EX01", "EX04", "EX05", "EX06", "EX08", "CD14"):
		return "LABOUR"
	default:
		return "NONE_FOUND"
	}
}

// randomAnswers answers each item with a chance that differs from interview to
// interview, so that sparse and full ones both occur. Items that do not apply
// are answered too.
func randomAnswers(random *rand.Rand, in *screening.Instrument) screening.Answers {
	answers := screening.Answers{}
	answered, loud := random.IntN(101), random.IntN(11)*random.IntN(11)
	for _, it := range in.Items {
		if random.IntN(100) >= answered {
			continue
		}
		var chosen []string
		for _, o := range it.Options {
			likely := 100 / len(it.Options)
			if len(o.Evidence) > 0 {
				likely = loud
			}
			if random.IntN(100) < likely {
				chosen = append(chosen, o.Code)
			}
		}
		if len(chosen) == 0 {
			quiet := slices.DeleteFunc(slices.Clone(it.Options), func(o screening.Option) bool { return len(o.Evidence) > 0 })
			if len(quiet) > 0 {
				chosen = []string{quiet[random.IntN(len(quiet))].Code}
			}
		}
		if it.Type == screening.One && len(chosen) > 1 {
			chosen = chosen[:1]
		}
		if len(chosen) > 0 {
			answers[it.ID] = chosen
		}
	}
	return answers
}

func TestProgramDecidesAsTheDomainReferenceSays(t *testing.T) {
	for _, id := range shippedIDs(t) {
		t.Run(id, func(t *testing.T) {
			s, o := load(t, id), newOracle(t, id)
			seen := map[string]int{}
			random := rand.New(rand.NewPCG(1, 2))
			for range 20_000 {
				answers := randomAnswers(random, s.in)
				refused := random.IntN(20) == 0
				var facts []screening.Fact
				if refused {
					facts = append(facts, screening.FactConsentRefused)
				}
				a := s.assess(t, answers, facts...)
				got := verdictOfOracle{
					Outcome: string(a.Outcome), Strict: string(a.Strict), Urgent: texts(a.Urgent), Indicators: texts(a.Indicators),
					Dimensions: map[string]string{}, Role: string(a.Role),
					Answered: a.Coverage.Answered, Applicable: a.Coverage.Applicable, Ignored: a.Ignored,
				}
				for d, f := range a.Dimensions {
					got.Dimensions[d] = string(f)
				}
				want := o.judge(answers, id, refused)
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("answers %v\n(-reference +program):\n%s", map[string][]string(answers), d)
				}
				seen[want.Outcome]++
			}
			for _, outcome := range screening.Outcomes() {
				_, same := outcome.Protects(s.rules.Outcomes[0].Outcome)
				if id == "child-module" {
					same = strings.HasPrefix(string(outcome), "CHILD_PROTECTION")
				}
				if same && seen[string(outcome)] == 0 {
					t.Errorf("no random interview came to %s; the comparison says nothing about it", outcome)
				}
			}
		})
	}
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
