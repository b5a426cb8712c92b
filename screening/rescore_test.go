package screening_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waymark/screening"
	"waymark/screening/instruments"
)

// edit is a change of a rules file, as text.
type edit struct{ find, replace string }

var (
	wantsMoreCoverage = edit{`"coverage_below": 60`, `"coverage_below": 90`}
	meansAloneIsNone  = edit{`\{"defined": "means"\},\s*\{"codes": \["P_SEX"\]\}`, `{"codes": ["P_SEX"]}`}
	derivesNothing    = edit{`"derive": \[[^\]]*(\][^\]]*){5}\],`, ``}
	derivesMore       = edit{`"derive": \[`, `"derive": [{"all": ["G_ECON"], "adds": "AV09", "source": "test"}, {"all": ["AV09"], "adds": "AV10", "source": "test"},`}
	derivesLess       = edit{`\{"all": \["G_RECRUITER_USED", "G_ECON"\], "adds": "AV08"`, `{"all": ["G_RECRUITER_USED", "G_ECON", "CR05"], "adds": "AV08"`}
	derivesAnAnswer   = edit{`"derive": \[`, `"derive": [{"all": ["G_ECON"], "adds": "CD14", "source": "test"},`}
	twoMediumRefer    = edit{`"at_least": 2`, `"at_least": 1`}
	refusalIsNothing  = edit{`\{"any_of": \[(\{"coverage_below": 60\}), \{"fact": "consent_refused"\}\]\}`, `$1`}
)

// under compiles a shipped instrument with changed rules.
func (s shipped) under(tb testing.TB, edits ...edit) *screening.Program {
	tb.Helper()
	data, err := fs.ReadFile(instruments.FS, s.in.ID+"/1.0.0/rules.json")
	if err != nil {
		tb.Fatal(err)
	}
	text := string(data)
	for _, e := range append(edits, edit{`"version": "1.0.0"`, `"version": "2.0.0"`}) {
		changed := regexp.MustCompile(e.find).ReplaceAllString(text, e.replace)
		if changed == text {
			tb.Fatalf("%s: nothing matches %s", s.in.ID, e.find)
		}
		text = changed
	}
	rules, err := screening.ParseRules("rules.json", []byte(text), s.book)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := screening.Compile(s.in, rules, s.book)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestCodesLeadUnderOtherRulesWhereTheAnswersWould(t *testing.T) {
	for _, tt := range []struct {
		id, name string
		edits    []edit
	}{
		{"triage-border", "another threshold", []edit{wantsMoreCoverage}},
		{"triage-border", "one medium sign refers", []edit{twoMediumRefer}},
		{"triage-border", "a refusal alone asks nothing", []edit{refusalIsNothing}},
		{"screen-fc", "another threshold", []edit{wantsMoreCoverage}},
		{"screen-fc", "one line of POSSIBLE less", []edit{meansAloneIsNone}},
		{"screen-fc", "nothing is derived", []edit{derivesNothing}},
		{"screen-fc", "a derivation asks for more", []edit{derivesLess}},
		{"screen-fc", "more is derived, step by step", []edit{derivesMore}},
		{"screen-fc", "a code is derived that answers show too", []edit{derivesAnAnswer}},
	} {
		s := load(t, tt.id)
		other := s.under(t, tt.edits...)
		onward, err := screening.NewRescorer(s.program, other)
		if err != nil {
			t.Fatal(err)
		}
		again, err := screening.NewRescorer(s.program, s.program)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(tt.id+" "+tt.name, rapid.MakeCheck(func(t *rapid.T) {
			answers := drawInterview(t, s.in)
			var facts []screening.Fact
			if rapid.Bool().Draw(t, "refused") {
				facts = append(facts, screening.FactConsentRefused)
			}
			r, err := s.program.Responses(answers, nil, facts...)
			if err != nil {
				t.Fatal(err)
			}
			stored := s.program.Assess(r)
			stored.Ignored = []string{} // the answers are gone
			fromAnswers := other.Assess(r)
			fromAnswers.Ignored = []string{}
			if d := cmp.Diff(fromAnswers, onward.AssessCodes(stored.Codes, stored.Coverage, facts)); d != "" {
				t.Errorf("other rules (-from answers +from codes):\n%s", d)
			}
			if d := cmp.Diff(stored, again.AssessCodes(stored.Codes, stored.Coverage, facts)); d != "" {
				t.Errorf("the same rules (-stored +again):\n%s", d)
			}
		}))
	}
}

func TestProgramsThatCodesDoNotDecideAreRefused(t *testing.T) {
	s := load(t, "screen-fc")
	changed := func(old, replacement string) *screening.Program {
		t.Helper()
		data, err := fs.ReadFile(instruments.FS, "screen-fc/1.0.0/instrument.json")
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(old).ReplaceAllString(string(data), replacement)
		if text == string(data) {
			t.Fatalf("nothing matches %s", old)
		}
		in, err := screening.ParseInstrument("instrument.json", []byte(text), s.book)
		if err != nil {
			t.Fatal(err)
		}
		p, err := screening.Compile(in, s.rules, s.book)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	triage, err := fs.ReadFile(instruments.FS, "triage-border/1.0.0/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(strings.Replace(string(triage), "triage-border", "screen-fc", 1)), &parts); err != nil {
		t.Fatal(err)
	}
	delete(parts, "late") // names questions of the triage
	if triage, err = json.Marshal(parts); err != nil {
		t.Fatal(err)
	}
	rules, err := screening.ParseRules("rules.json", triage, s.book)
	if err != nil {
		t.Fatal(err)
	}
	triageOutcomes, err := screening.Compile(s.in, rules, s.book)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		from, to *screening.Program
		want     string
	}{
		{"outcomes of a triage", s.program, triageOutcomes, "the outcomes are of another kind of instrument"},
		{"another instrument", s.program, load(t, "triage-border").program, "codes of screen-fc@1.0.0 cannot be scored by rules for triage-border@1.0.0"},
		{"another version of the instrument", s.program, changed(`"version": "1.0.0"`, `"version": "1.1.0"`), "cannot be scored by rules for screen-fc@1.1.0"},
		{"an option shows something else", s.program, changed(`"evidence": \["CD14"\]`, `"evidence": ["CD13"]`), "the evidence of options differs"},
		{"an item no longer counts", s.program, changed(`, "evidence": \["AD03"\]`, ``), "differ"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := screening.NewRescorer(tt.from, tt.to)
			if r != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCodeThatMayBeAnAnswerIsKept(t *testing.T) {
	s := load(t, "screen-fc")
	from := s.under(t, derivesAnAnswer)
	r, err := screening.NewRescorer(from, s.program)
	if err != nil {
		t.Fatal(err)
	}
	derived, answered := screening.Answers{"B05": {"nowork"}}, screening.Answers{"G04": {"yes"}}
	for name, answers := range map[string]screening.Answers{"derived": derived, "answered": answered} {
		responses, err := from.Responses(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		a := from.Assess(responses)
		if got := r.AssessCodes(a.Codes, a.Coverage, nil); !slices.Contains(got.Codes, "CD14") || !r.Limited(a.Codes) {
			t.Errorf("%s: got %v, want CD14 kept and the result called limited", name, got.Codes)
		}
	}
	if r.Limited([]screening.Code{"CD01", "G_ECON"}) {
		t.Error("codes without it are called limited")
	}
	rapid.Check(t, func(t *rapid.T) {
		responses, err := from.Responses(drawInterview(t, s.in), nil)
		if err != nil {
			t.Fatal(err)
		}
		a := from.Assess(responses)
		got, want := r.AssessCodes(a.Codes, a.Coverage, nil), s.program.Assess(responses)
		if order, _ := got.Outcome.Protects(want.Outcome); order < 0 {
			t.Errorf("from codes %s, less than %s from answers", got.Outcome, want.Outcome)
		}
	})
}
