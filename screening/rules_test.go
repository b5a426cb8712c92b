package screening_test

import (
	"slices"
	"testing"

	"waymark/screening"
)

func TestEvidenceDependsOnTheWorkDone(t *testing.T) {
	s := load(t, "screen-fc")
	tests := []struct {
		name      string
		work      []string
		want, not screening.Code
	}{
		{"scam work is forced criminality", []string{"chat"}, "CD05", "CD06"},
		{"cooking and driving are forced tasks", []string{"support"}, "CD06", "CD05"},
		{"other legal work is forced tasks", []string{"support", "other"}, "CD06", "CD05"},
		{"cooking and scamming is forced criminality", []string{"support", "chat"}, "CD05", "CD06"},
		{"nobody asked about the work", nil, "CD05", "CD06"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answers := screening.Answers{"E02": {"punished"}}
			if tt.work != nil {
				answers["E01"] = tt.work
			}
			a := s.assess(t, answers)
			if !slices.Contains(a.Codes, tt.want) || slices.Contains(a.Codes, tt.not) {
				t.Errorf("got %v, want %s and not %s", a.Codes, tt.want, tt.not)
			}
		})
	}
}

func TestNeedIsEvidenceOnlyWhenTheRecruiterUsedIt(t *testing.T) {
	s := load(t, "screen-fc")
	need := screening.Answers{"B03": {"none"}, "B04": {"children"}, "B05": {"nowork", "personal", "conflict"}}
	if a := s.assess(t, need); len(a.Indicators) != 0 {
		t.Errorf("need alone: got indicators %v, want none", a.Indicators)
	}
	need["C09"] = []string{"used"}
	a := s.assess(t, need)
	for _, want := range []screening.Code{"AV02", "AV08", "AV11", "AV12", "AV16"} {
		if !slices.Contains(a.Indicators, want) {
			t.Errorf("need that was used: got %v, want %s among them", a.Indicators, want)
		}
	}
}

func TestBeingOwnedCountsInOneModeOnly(t *testing.T) {
	s := load(t, "screen-fc")
	a := s.assess(t, screening.Answers{"D04": {"once"}})
	if got := a.Dimensions["D5"]; got != screening.Partial {
		t.Errorf("delphi+fc: D5 is %s, want PARTIAL", got)
	}
	if got := a.StrictDimensions["D5"]; got != screening.None {
		t.Errorf("delphi-strict: D5 is %s, want NONE", got)
	}
	if a.Outcome != screening.Possible || a.Strict != screening.Insufficient {
		t.Errorf("got %s and %s, want POSSIBLE and INSUFFICIENT", a.Outcome, a.Strict)
	}
}

func TestAnswersToItemsThatDoNotApplyAreIgnoredAndListed(t *testing.T) {
	s := load(t, "screen-fc")
	a := s.assess(t, screening.Answers{"E01": {"none"}, "E02": {"punished"}, "G04": {"yes"}, "C03": {"nojob"}, "C04": {"entirely"}})
	if len(a.Indicators) != 0 {
		t.Errorf("got indicators %v, want none", a.Indicators)
	}
	if got, want := a.Ignored, []string{"C04", "E02", "G04"}; !slices.Equal(got, want) {
		t.Errorf("got ignored %v, want %v", got, want)
	}
}

func TestRoleIsANoteForTheSupervisorOnly(t *testing.T) {
	s := load(t, "screen-fc")
	tests := []struct {
		name    string
		answers screening.Answers
		want    screening.Role
	}{
		{"no word of a role", screening.Answers{"H03": {"no"}}, screening.NoRole},
		{"made to lead others", screening.Answers{"H03": {"forced"}}, screening.CoercedRole},
		{"wanted to lead others", screening.Answers{"H03": {"chose"}}, screening.SpecialistReview},
		{"both", screening.Answers{"H03": {"forced"}, "H05": {"share"}}, screening.SpecialistReview},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := s.assess(t, tt.answers)
			if a.Role != tt.want {
				t.Errorf("got %q, want %q", a.Role, tt.want)
			}
			if got := s.rules.NextStep(a); got.Clock != screening.Hours48 && got.Clock != screening.Days7 {
				t.Errorf("the officer's clock is %s; a role must not show in it", got.Clock)
			}
		})
	}
	a := s.assess(t, screening.Answers{"H05": {"share"}})
	if got := s.rules.ReviewClock(a); got != screening.Hours24 {
		t.Errorf("the supervisor's clock is %s, want 24h", got)
	}
}

func TestNextStepTakesTheMostPressingClock(t *testing.T) {
	s := load(t, "screen-fc")
	tests := []struct {
		name    string
		answers screening.Answers
		want    screening.Clock
	}{
		{"possible", screening.Answers{"C04": {"entirely"}, "C06": {"pay"}}, screening.Days7},
		{"possible and hurt", screening.Answers{"C04": {"entirely"}, "C06": {"pay"}, "I01": {"wound"}}, screening.Now},
		{"nothing said", screening.Answers{}, screening.Hours48},
		{"child", screening.Answers{"B01": {"unsure"}}, screening.Now},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.rules.NextStep(s.assess(t, tt.answers)).Clock; got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestCodesOfAnAssessmentLeadToItAgain(t *testing.T) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		for _, answers := range interviews(s, 500) {
			first := s.assess(t, answers)
			again := s.program.AssessCodes(first.Codes, first.Coverage, nil)
			if again.Outcome != first.Outcome || again.Strict != first.Strict || again.Role != first.Role || again.Line != first.Line {
				t.Fatalf("%s: from codes %s/%s, from answers %s/%s", id, again.Outcome, again.Strict, first.Outcome, first.Strict)
			}
		}
	}
}

func TestExplanationNamesAnswersRuleAndCounts(t *testing.T) {
	s := load(t, "screen-fc")
	a, x := s.explain.Explain(s.responses(t, screening.Answers{
		"C04": {"entirely"}, "C06": {"pay"}, "E01": {"chat"}, "E02": {"notdare"}, "F01": {"never"}, "B05": {"nowork"}, "C09": {"used"},
	}))
	if x.Decided.Line != "A1" || x.Decided.Outcome != a.Outcome || x.Decided.Mode != "delphi+fc" {
		t.Errorf("the deciding rule is %+v, want A1 of delphi+fc for %s", x.Decided, a.Outcome)
	}
	byCode := map[screening.Code]screening.EvidenceLine{}
	for _, line := range x.Evidence {
		byCode[line.Code] = line
	}
	if got := byCode["DR01"]; got.Strength != screening.Strong || len(got.From) != 1 || got.From[0].Item != "C04" || !slices.Equal(got.From[0].Options, []string{"entirely"}) {
		t.Errorf("DR01: got %+v, want strong, from C04 entirely", got)
	}
	if got := byCode["AV08"]; !slices.Equal(got.Derived, []screening.Code{"G_RECRUITER_USED", "G_ECON"}) || len(got.From) != 0 {
		t.Errorf("AV08: got %+v, want it derived from two gates", got)
	}
	for _, d := range x.Dimensions {
		if d.ID == "D5" && (d.Strong != 1 || d.Medium != 2 || d.Finding != screening.Positive) {
			t.Errorf("D5: got %+v, want one strong and two medium", d)
		}
	}
	if len(x.Evidence) != len(a.Codes) {
		t.Errorf("%d of %d codes are explained", len(x.Evidence), len(a.Codes))
	}
}
