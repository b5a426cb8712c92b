package handlers_test

import (
	"maps"
	"slices"
	"testing"

	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// calm answers the well-being talk so that nothing is noted.
func calm(answers map[string]any) func(map[string]any) {
	return func(item map[string]any) {
		delete(item, "missing")
		all := map[string]any{"W03": []string{"no"}, "W14": []string{"no"}}
		maps.Copy(all, answers)
		item["instrument"], item["answers"] = "ngo-wellbeing", all
	}
}

func TestNeedsAreToldWithTheNextStepAndKept(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	receipts := h.submit(t,
		interview(calm(map[string]any{"W13": []string{"maybe"}, "W15": []string{"home"}, "W17": []string{"yes"}})),
		interview(calm(nil)),
		interview(calm(map[string]any{"W02": []string{"no"}})),
	)
	want := []openapi.Need{
		{Need: openapi.NeedNeedLegal, Urgency: openapi.NeedUrgencyNow, Title: "Legal aid", UrgencyText: "now"},
		{Need: openapi.NeedNeedReturnPlan, Urgency: openapi.NeedUrgencyDays, Title: "Plan for return", UrgencyText: "within days"},
	}
	first := receipts[0]
	if first.Outcome != screening.NoTrigger || first.Review != "" || first.NextStep.Clock != openapi.NextStepClockSameDay || !slices.Equal(first.NextStep.Needs, want) {
		t.Errorf("got %+v with %+v", first, first.NextStep)
	}
	if o := first.NextStep.Opens; len(o) != 1 || o[0].Instrument != "screen-fc" || !o[0].Ask || o[0].Title != "Full screening for forced criminality" {
		t.Errorf("opens %+v", o)
	}
	if quiet := receipts[1]; quiet.Review != "" || quiet.NextStep.Clock != openapi.NextStepClockNone || len(quiet.NextStep.Needs)+len(quiet.NextStep.Opens) != 0 {
		t.Errorf("got %+v with %+v", quiet, quiet.NextStep)
	}
	if urgent := receipts[2]; urgent.Outcome != screening.Red || urgent.Review == "" || urgent.NextStep.Clock != openapi.NextStepClockNow {
		t.Errorf("got %+v with %+v", urgent, urgent.NextStep)
	}

	record := decode[openapi.Record](t, h.do(t, "alpha/caseworker", "GET", "/v1/records/"+first.Record, nil))
	if !slices.Equal(record.Needs, want) || record.RetentionReason != openapi.RecordRetentionReasonIndication || len(record.Codes) != 0 {
		t.Errorf("the record has needs %+v, codes %v and is kept for %q", record.Needs, record.Codes, record.RetentionReason)
	}
	x := decode[openapi.Explanation](t, h.do(t, "alpha/caseworker", "GET", "/v1/records/"+first.Record+"/explanation", nil))
	if len(x.Evidence) != 0 {
		t.Errorf("needs are told as evidence: %+v", x.Evidence)
	}
}

func TestChildAtTheBorderOpensTheChildModule(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	a := decode[openapi.Assessment](t, h.do(t, "alpha/officer", "POST", "/v1/assessments", map[string]any{
		"instrument": "triage-border", "answers": map[string]any{"T01": []string{"unsure"}},
	}))
	if o := a.NextStep.Opens; len(o) != 1 || o[0].Instrument != "child-module" || o[0].Ask || o[0].Title != "Child module" || a.NextStep.Needs != nil {
		t.Errorf("next step %+v", a.NextStep)
	}
}

func TestSectorWordsOptionsAnew(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	const path = "/v1/instruments/screen-fc/1.0.0"
	label := func(path string) string {
		in := decode[screening.Instrument](t, h.do(t, "alpha/officer", "GET", path, nil, "Accept-Language", "th, en;q=0.5"))
		it, _ := in.Item("C03")
		return in.Sector + ": " + it.Options[6].Label.Default
	}
	if got, want := label(path), ": Casino, hotel, restaurant"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := label(path+"?sector=fisheries"), "fisheries: Cook or helper on board or in the workers' housing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	list := decode[openapi.InstrumentList](t, h.do(t, "alpha/officer", "GET", "/v1/instruments", nil))
	i := slices.IndexFunc(list.Instruments, func(s openapi.InstrumentSummary) bool { return s.ID == "screen-fc" })
	if got := list.Instruments[i]; len(got.Sectors) != 3 || got.Sectors[0].ID != "agriculture" || got.Sectors[0].Title != "Farms and plantations" || got.LeftOut != nil {
		t.Errorf("the catalogue says %+v", got)
	}
	p := wantProblem(t, h.do(t, "alpha/officer", "GET", path+"?sector=mining", nil), 400, "bad_request")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "sector" || !slices.Equal(p.Errors[0].Allowed, []string{"agriculture", "fisheries", "hospitality"}) {
		t.Errorf("got %+v", p.Errors)
	}
	wantProblem(t, h.do(t, "alpha/officer", "GET", "/v1/instruments/screen-fc/9.9.9?sector=mining", nil), 404, "not_found")
}

func TestRoleBlockCanBeLeftOut(t *testing.T) {
	useContract(t)
	c, err := catalog.Load(instruments.FS, nil, catalog.LeaveOut("role"))
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, options{catalog: c})
	list := decode[openapi.InstrumentList](t, h.do(t, "alpha/officer", "GET", "/v1/instruments", nil))
	i := slices.IndexFunc(list.Instruments, func(s openapi.InstrumentSummary) bool { return s.ID == "screen-fc" })
	if got := list.Instruments[i]; !slices.Equal(got.LeftOut, []string{"F08", "H01", "H02", "H03", "H04", "H05"}) || got.Items != 49 {
		t.Errorf("the catalogue says %+v", got)
	}
	in := decode[screening.Instrument](t, h.do(t, "alpha/officer", "GET", "/v1/instruments/screen-fc/1.0.0", nil))
	if _, ok := in.Item("H04"); ok || len(in.Items) != 49 {
		t.Errorf("%d questions are asked", len(in.Items))
	}
	a := decode[openapi.Assessment](t, h.do(t, "alpha/supervisor", "POST", "/v1/assessments", map[string]any{
		"instrument": "screen-fc", "answers": map[string]any{"H04": []string{"bonus"}, "F08": []string{"forced"}},
	}))
	if !slices.Equal(a.Ignored, []string{"F08", "H04"}) || a.Role != "" || len(a.Explanation.Evidence) != 0 {
		t.Errorf("ignored %v, role %q, evidence %+v", a.Ignored, a.Role, a.Explanation.Evidence)
	}
}
