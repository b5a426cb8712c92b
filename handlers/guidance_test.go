package handlers_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// guidanceMessages lists the messages that tell guidance and explanations.
func guidanceMessages(c *catalog.Catalog) []string {
	var ids []string
	add := func(parts ...string) { ids = append(ids, strings.Join(parts, ".")) }
	for _, s := range []screening.Strength{screening.Strong, screening.Medium, screening.Weak, screening.NoStrength} {
		add("strength", string(s))
	}
	for _, e := range screening.Elements() {
		add("element", string(e))
	}
	for _, s := range screening.ElementStates() {
		add("element_state", string(s))
	}
	for _, p := range screening.Positions() {
		add("position", string(p), "title")
		add("position", string(p), "text")
	}
	for _, r := range screening.AskReasons() {
		add("ask", string(r))
	}
	for _, m := range []screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked} {
		add("missing", string(m))
	}
	for _, r := range []screening.Role{screening.CoercedRole, screening.SpecialistReview} {
		add("role", string(r))
	}
	for _, e := range c.All() {
		for _, reasons := range e.Rules.Second.Reasons {
			for _, r := range reasons {
				add("second", r)
			}
		}
	}
	return ids
}

// contradicting is an interview with a pair that does not fit, a role and a
// declined question, after a triage that says otherwise.
func contradicting() map[string]any {
	return interview(
		with("answers", map[string][]string{
			"B01": {"30_47"}, "C03": {"cs"}, "C04": {"entirely"}, "C06": {"pay"}, "D05": {"kept"}, "F01": {"free"}, "F07": {"gate"},
			"H03": {"chose"}, "B05": {"nowork"}, "C09": {"used"}, "G01": {"full"},
		}),
		with("earlier", map[string]any{"instrument": "triage-border", "answers": map[string][]string{"T05": {"taken"}}}),
	)
}

// assessmentOf is the same interview, to be scored without keeping it.
func assessmentOf(v map[string]any) map[string]any {
	out := map[string]any{}
	for _, name := range []string{"instrument", "answers", "missing", "earlier"} {
		out[name] = v[name]
	}
	return out
}

func TestExplanationIsWholeForTheSupervisor(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	a := decode[openapi.Assessment](t, h.do(t, "alpha/supervisor", http.MethodPost, "/v1/assessments", assessmentOf(contradicting())))
	x := a.Explanation
	byCode := map[string]openapi.Evidence{}
	for _, e := range x.Evidence {
		byCode[e.Code] = e
	}
	dr01 := byCode["DR01"]
	if dr01.Element != "means" || dr01.Dimension != "D1" || dr01.StrengthText != "strong" || dr01.Plain == "" || dr01.DimensionText != "Deceptive recruitment" {
		t.Errorf("DR01 is told as %+v", dr01)
	}
	if len(dr01.From) != 1 || dr01.From[0].Question == "" || dr01.From[0].Source == "" || len(dr01.From[0].Labels) != 1 || dr01.From[0].Labels[0] == "" {
		t.Errorf("DR01 comes from %+v, want the question, the option in words and the source", dr01.From)
	}
	if got := byCode["AV08"]; len(got.DerivedFrom) != 2 {
		t.Errorf("AV08 is told as %+v, want what it was derived from", got)
	}
	if x.Rule.Source == "" || x.Rule.Line == "" {
		t.Errorf("the rule is %+v", x.Rule)
	}
	missing := map[string]openapi.MissingLineReason{}
	for _, m := range x.Missing {
		missing[m.Question.Item] = m.Reason
		if m.Question.Text == "" || m.ReasonText == "" {
			t.Errorf("%+v has no words", m)
		}
	}
	if missing["I02"] != "declined" || missing["F03"] != "not_asked" || missing["F01"] != "" {
		t.Errorf("got missing %v", missing)
	}
	var pairs []string
	for _, p := range x.ReAsk {
		pairs = append(pairs, p.Pair)
		if p.First.Text == "" || p.Second.Text == "" || p.Source == "" {
			t.Errorf("%+v does not show both questions", p)
		}
	}
	if !slices.Equal(pairs, []string{"D05/T05", "F01/F07"}) || x.ReAsk[0].Second.Instrument != "triage-border" {
		t.Errorf("got pairs %v", pairs)
	}
	if x.RoleNote == "" || a.Role != "SPECIALIST_REVIEW" {
		t.Errorf("the supervisor is not told of the role: %q %q", a.Role, x.RoleNote)
	}
	if x.Spectrum == nil || x.Spectrum.Position != "toward_trafficking" || len(x.Spectrum.Elements) != 5 || x.Spectrum.Text == "" {
		t.Fatalf("got spectrum %+v", x.Spectrum)
	}
	for _, m := range x.Spectrum.WouldMove {
		if m.Element == "coercion" && (m.Toward != "trafficking" || len(m.Questions) == 0 || m.TowardText == "") {
			t.Errorf("coercion would move it %+v", m)
		}
	}
	without := assessmentOf(contradicting())
	delete(without, "earlier")
	if b := decode[openapi.Assessment](t, h.do(t, "alpha/supervisor", http.MethodPost, "/v1/assessments", without)); b.Outcome != a.Outcome || b.Coverage != a.Coverage {
		t.Errorf("what was said earlier changed %s to %s", b.Outcome, a.Outcome)
	}
}

func TestOfficerIsToldPlainlyAndNotOfRolesOrPairs(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	for _, who := range []string{"alpha/officer", "alpha/caseworker"} {
		r := h.do(t, who, http.MethodPost, "/v1/assessments", assessmentOf(contradicting()))
		a := decode[openapi.Assessment](t, r)
		plain := a.Explanation.Plain
		if plain.Title == "" || plain.Action == "" || len(plain.Signs) == 0 || plain.Signs[0].Code != "CD03" && plain.Signs[0].Code != "DR01" {
			t.Errorf("%s is told %+v, want what to do and the strongest signs first", who, plain)
		}
		for _, hidden := range []string{"SPECIALIST_REVIEW", "X_CONTROL_ROLE", "role_note", "re_ask", "T05", "AG_"} {
			if strings.Contains(string(r.body), hidden) {
				t.Errorf("%s sees %s", who, hidden)
			}
		}
	}
}

func TestLowOutcomesSayWhenToScreenAgain(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	assess := func(answers map[string][]string) openapi.Assessment {
		return decode[openapi.Assessment](t, h.do(t, "alpha/officer", http.MethodPost, "/v1/assessments", map[string]any{"instrument": "screen-fc", "answers": answers}))
	}
	low := assess(map[string][]string{"B01": {"30_47"}})
	if low.Outcome != screening.Insufficient || len(low.Explanation.Plain.SecondScreening) < 4 {
		t.Errorf("%s: got %+v", low.Outcome, low.Explanation.Plain.SecondScreening)
	}
	high := assess(map[string][]string{"B01": {"30_47"}, "C04": {"entirely"}, "C06": {"pay"}, "E01": {"chat"}, "E02": {"punished"}, "F01": {"never"}})
	if len(high.Explanation.Plain.SecondScreening) != 0 {
		t.Errorf("%s: got %+v", high.Outcome, high.Explanation.Plain.SecondScreening)
	}
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.All() {
		for _, o := range []screening.Outcome{screening.Labour, screening.Insufficient, screening.NoneFound, screening.NoTrigger, screening.ReAsk} {
			reached := slices.ContainsFunc(e.Rules.Outcomes, func(r screening.OutcomeRule) bool { return r.Outcome == o })
			if reached && len(e.Rules.Second.Reasons[o]) == 0 {
				t.Errorf("%s does not say when to screen again after %s", e.Instrument.Ref(), o)
			}
		}
	}
}

func TestAskNextIsLimitedWordedAndNamesNotices(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	ask := func(change map[string]any) openapi.Assessment {
		body := map[string]any{"instrument": "screen-fc", "answers": map[string][]string{"B01": {"30_47"}}}
		maps.Copy(body, change)
		return decode[openapi.Assessment](t, h.do(t, "alpha/officer", http.MethodPost, "/v1/assessments", body))
	}
	if a := ask(nil); len(a.AskNext) != 5 || a.Settled || a.AskNext[0].Reason != "need" || a.AskNext[0].Text == "" || a.AskNext[0].ReasonText == "" {
		t.Errorf("got %+v, settled %t", a.AskNext, a.Settled)
	}
	all := ask(map[string]any{"ask_limit": 200})
	notices := 0
	for _, q := range all.AskNext {
		if q.Notice == "rights" {
			notices++
		}
	}
	if len(all.AskNext) < 35 || notices == 0 {
		t.Errorf("%d questions, %d with the rights notice", len(all.AskNext), notices)
	}
	child := ask(map[string]any{"ask_limit": 200, "answers": map[string][]string{"B01": {"15_17"}}})
	if slices.ContainsFunc(child.AskNext, func(q openapi.AskNext) bool { return q.Item == "I02" }) {
		t.Error("a child would be asked what is withheld from children")
	}
	for _, limit := range []int{-1, 201} {
		body := map[string]any{"instrument": "screen-fc", "answers": map[string][]string{}, "ask_limit": limit}
		p := wantProblem(t, h.do(t, "alpha/officer", http.MethodPost, "/v1/assessments", body), http.StatusBadRequest, "invalid")
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/ask_limit" {
			t.Errorf("got %+v", p.Errors)
		}
	}
}

func TestEarlierAnswersThatDoNotFitAreNamed(t *testing.T) {
	h := start(t, options{})
	for name, tt := range map[string]struct {
		earlier       any
		code, pointer string
	}{
		"no such instrument": {map[string]any{"instrument": "triage-moon", "answers": map[string][]string{}}, "unknown_instrument", ""},
		"no such option":     {map[string]any{"instrument": "triage-border", "answers": map[string][]string{"T05": {"stolen"}}}, "unscorable_answers", "/earlier/answers/T05"},
		"no answers":         {map[string]any{"instrument": "triage-border"}, "invalid", "/earlier/answers"},
	} {
		t.Run(name, func(t *testing.T) {
			body := map[string]any{"instrument": "screen-fc", "answers": map[string][]string{}, "earlier": tt.earlier}
			p := h.do(t, "alpha/officer", http.MethodPost, "/v1/assessments", body).problem(t)
			if p.Code != tt.code || tt.pointer != "" && (len(p.Errors) != 1 || p.Errors[0].Pointer != tt.pointer) {
				t.Errorf("got %s %+v, want %s at %s", p.Code, p.Errors, tt.code, tt.pointer)
			}
		})
	}
}

// A record keeps which questions to ask again, and neither the earlier answers
// nor what was said to either.
func TestRecordKeepsWhichQuestionsToAskAgainAndNoAnswers(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	unfit := contradicting()
	unfit["earlier"] = map[string]any{"instrument": "triage-border", "answers": map[string][]string{"T05": {"stolen"}}}
	for name, tt := range map[string]struct {
		body map[string]any
		want []string
	}{
		"with the triage":                     {contradicting(), []string{"D05/T05", "F01/F07"}},
		"with a triage that does not fit":     {unfit, []string{"F01/F07"}},
		"with nothing that does not fit well": {interview(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			receipt := h.submit(t, tt.body)[0]
			if receipt.Status != openapi.ReceiptStatusStored {
				t.Fatalf("got %+v", receipt)
			}
			path := "/v1/records/" + receipt.Record
			record := decode[openapi.Record](t, h.do(t, "alpha/supervisor", http.MethodGet, path, nil))
			if !slices.Equal(record.ReAsk, tt.want) {
				t.Errorf("got %v, want %v", record.ReAsk, tt.want)
			}
			x := decode[openapi.Explanation](t, h.do(t, "alpha/supervisor", http.MethodGet, path+"/explanation", nil))
			if len(x.ReAsk) != len(tt.want) || len(x.Missing) != 0 || x.Spectrum == nil {
				t.Errorf("got pairs %+v, missing %+v, spectrum %+v", x.ReAsk, x.Missing, x.Spectrum)
			}
			for _, e := range x.Spectrum.Elements {
				if e.State == "absent" || e.State == "not_answered" {
					t.Errorf("%s is %s, and the answers are gone", e.Element, e.State)
				}
			}
			r := h.do(t, "alpha/caseworker", http.MethodGet, path, nil)
			if strings.Contains(string(r.body), "re_ask") {
				t.Error("the case worker sees the pairs")
			}
		})
	}
}
