package screening_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waymark/screening"
)

// interviews gives n random interviews, the same every time.
func interviews(s shipped, n int) []screening.Answers {
	random := rand.New(rand.NewPCG(7, uint64(n)))
	out := make([]screening.Answers, n)
	for i := range out {
		out[i] = randomAnswers(random, s.in)
	}
	return out
}

// asked lists the questions and the officer's items.
func asked(in *screening.Instrument) []screening.Item {
	return slices.Concat(in.Items, in.Protocol.Opening, in.Protocol.Closing)
}

// drawInterview draws an interview that rapid can shrink.
func drawInterview(t *rapid.T, in *screening.Instrument) screening.Answers {
	answers := screening.Answers{}
	for _, it := range asked(in) {
		if !rapid.Bool().Draw(t, it.ID+" answered") {
			continue
		}
		most := 1
		if it.Type == screening.Many {
			most = 3
		}
		answers[it.ID] = rapid.SliceOfNDistinct(rapid.SampledFrom(codesOf(it)), 1, most, rapid.ID).Draw(t, it.ID)
	}
	return answers
}

func codesOf(it screening.Item) []string {
	var out []string
	for _, o := range it.Options {
		out = append(out, o.Code)
	}
	return out
}

// law checks a property of every instrument that ships.
func law(t *testing.T, check func(*rapid.T, shipped, screening.Answers)) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		t.Run(id, rapid.MakeCheck(func(t *rapid.T) { check(t, s, drawInterview(t, s.in)) }))
	}
}

func assess(t *rapid.T, s shipped, answers screening.Answers) screening.Assessment {
	r, err := s.program.Responses(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.program.Assess(r)
}

func TestLawAnsweringWithAnIndicatorNeverLowersTheOutcome(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		it := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(s.in.Items), func(it screening.Item) bool {
			return !slices.ContainsFunc(it.Options, func(o screening.Option) bool { return shows(s, o) })
		})).Draw(t, "item to answer")
		delete(answers, it.ID)
		o := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(it.Options), func(o screening.Option) bool { return !shows(s, o) })).Draw(t, "option")
		before := assess(t, s, answers)
		answers[it.ID] = []string{o.Code}
		after := assess(t, s, answers)
		if before.Outcome == screening.Insufficient || before.Outcome == screening.ReAsk {
			return // no conclusion yet: any conclusion may follow
		}
		if order, same := after.Outcome.Protects(before.Outcome); !same || order < 0 {
			t.Errorf("%s=%s: from %s to %s", it.ID, o.Code, before.Outcome, after.Outcome)
		}
	})
}

// shows says whether an option evidences an indicator or a purpose.
func shows(s shipped, o screening.Option) bool {
	return slices.ContainsFunc(o.Evidence, func(c screening.Code) bool {
		class := s.book.Class(c)
		return class == screening.ClassIndicator || class == screening.ClassPurpose
	})
}

func TestLawContextAndRoleNeverChangeTheOutcome(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		a := assess(t, s, answers)
		with := slices.Clone(a.Codes)
		for _, code := range []screening.Code{"AG_KNEW", "AG_PAID", "AG_FREE", "AG_DOCS", "AG_RETURN", "AG_COMMISSION", "X_CONTROL_ROLE", "X_COERCED_ROLE"} {
			if rapid.Bool().Draw(t, string(code)) {
				with = append(with, code)
			}
		}
		if got := s.program.AssessCodes(with, a.Coverage, nil); got.Outcome != a.Outcome || got.Strict != a.Strict {
			t.Errorf("with %v: from %s/%s to %s/%s", with, a.Outcome, a.Strict, got.Outcome, got.Strict)
		}
	})
}

func TestLawNationalityAndAddressNeverChangeTheOutcome(t *testing.T) {
	s := load(t, "screen-fc")
	rapid.Check(t, func(t *rapid.T) {
		answers := drawInterview(t, s.in)
		delete(answers, "I03") // asked of some and not of others, by how they want to be addressed
		answers["B02"], answers["B03"] = []string{"woman"}, []string{"CN"}
		want := assess(t, s, answers)
		for _, address := range []string{"woman", "man", "other", "prefer_not"} {
			for _, country := range []string{"CN", "ET", "GB", "iso", "dont_know"} {
				answers["B02"], answers["B03"] = []string{address}, []string{country}
				if got := assess(t, s, answers); got.Outcome != want.Outcome || got.Strict != want.Strict {
					t.Errorf("%s from %s: %s/%s instead of %s/%s", address, country, got.Outcome, got.Strict, want.Outcome, want.Strict)
				}
			}
		}
	})
}

func TestLawMissingIsNeverNo(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		missing := screening.MissingAnswers{}
		for _, it := range s.in.Items {
			if _, answered := answers[it.ID]; !answered && rapid.Bool().Draw(t, it.ID+" missing") {
				missing[it.ID] = rapid.SampledFrom([]screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked}).Draw(t, it.ID)
			}
		}
		r, err := s.program.Responses(answers, missing)
		if err != nil {
			t.Fatal(err)
		}
		want, got := assess(t, s, answers), s.program.Assess(r)
		if got.Outcome != want.Outcome || got.Coverage != want.Coverage {
			t.Errorf("saying why an answer is missing changed %s %v to %s %v", want.Outcome, want.Coverage, got.Outcome, got.Coverage)
		}
	})
}

func TestLawLowCoverageIsNeverNoneFound(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		a := assess(t, s, answers)
		if s.in.ID == "child-module" {
			return // every result is protection
		}
		low := 100*a.Coverage.Answered < 60*a.Coverage.Applicable
		if low && (a.Outcome == screening.NoneFound || a.Outcome == screening.NoTrigger || a.Outcome == screening.Labour) {
			t.Errorf("%d of %d answered, and the outcome is %s", a.Coverage.Answered, a.Coverage.Applicable, a.Outcome)
		}
	})
}

func TestLawStrictModeNeverProtectsMore(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		a := assess(t, s, answers)
		if order, same := a.Strict.Protects(a.Outcome); !same || order > 0 {
			if a.Strict == screening.Insufficient {
				return // no conclusion where the other reading has one
			}
			t.Errorf("strict %s protects more than %s", a.Strict, a.Outcome)
		}
	})
}

func TestLawMoreEvidenceNeverLowersTheOutcome(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		var indicators []screening.Code
		for _, i := range s.book.Indicators {
			indicators = append(indicators, i.Code)
		}
		a := assess(t, s, answers)
		more := append(slices.Clone(a.Codes), rapid.SliceOfN(rapid.SampledFrom(indicators), 1, 6).Draw(t, "more evidence")...)
		got := s.program.AssessCodes(more, a.Coverage, nil)
		if a.Outcome == screening.Insufficient || a.Outcome == screening.ReAsk {
			return // no conclusion yet: any conclusion may follow
		}
		if order, same := got.Outcome.Protects(a.Outcome); !same || order < 0 {
			t.Errorf("with %v: from %s to %s", more, a.Outcome, got.Outcome)
		}
	})
}

func TestLawOrderOfAnswersDoesNotMatter(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		want := assess(t, s, answers)
		turned := screening.Answers{}
		for id, options := range answers {
			turned[id] = rapid.Permutation(options).Draw(t, id)
		}
		if d := cmp.Diff(want, assess(t, s, turned)); d != "" {
			t.Errorf("options in another order (-first +again):\n%s", d)
		}
	})
}

func TestLawOfficersItemsRaiseUrgentNeedsAndNothingElse(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		with := assess(t, s, answers)
		for _, it := range slices.Concat(s.in.Protocol.Opening, s.in.Protocol.Closing) {
			delete(answers, it.ID)
		}
		without := assess(t, s, answers)
		if with.Coverage != without.Coverage || !slices.Equal(with.Indicators, without.Indicators) || !maps.Equal(with.Dimensions, without.Dimensions) {
			t.Errorf("the officer's items changed %v %v to %v %v", without.Coverage, without.Indicators, with.Coverage, with.Indicators)
		}
		if len(with.Urgent) == len(without.Urgent) && with.Outcome != without.Outcome {
			t.Errorf("the officer's items changed %s to %s", without.Outcome, with.Outcome)
		}
	})
}

// Arrival group, site, sex and status are not inputs at all: an answer is the
// only thing that can be given, and only to an item of the instrument.
func TestLawWhatIsNoInputIsRefused(t *testing.T) {
	law(t, func(t *rapid.T, s shipped, answers screening.Answers) {
		fact := rapid.SampledFrom([]string{"nationality", "sex", "site", "address", "arrival_group", "role"}).Draw(t, "fact")
		answers[fact] = []string{"yes"}
		if _, err := s.program.Responses(answers, nil); err == nil {
			t.Errorf("%s was taken as an answer", fact)
		}
	})
}

func TestLawHowAPersonIsAddressedEvidencesNothing(t *testing.T) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		for _, it := range s.in.Items {
			shows := slices.ContainsFunc(it.Options, func(o screening.Option) bool { return len(o.Evidence) > 0 })
			if it.Records == screening.AttributeAddress && shows {
				t.Errorf("%s %s evidences something", id, it.ID)
			}
		}
	}
}

func TestLawEveryResultOfTheChildModuleIsProtection(t *testing.T) {
	s := load(t, "child-module")
	rapid.Check(t, func(t *rapid.T) {
		answers := drawInterview(t, s.in)
		want := assess(t, s, answers)
		if want.Profile != screening.ChildOrUnsure || !slices.Contains(want.Urgent, "U_CHILD") {
			t.Errorf("profile %s, urgent %v", want.Profile, want.Urgent)
		}
		if want.Outcome != screening.ChildPresumed && want.Outcome != screening.ChildAtRisk {
			t.Errorf("the outcome is %s", want.Outcome)
		}
		r, err := s.program.Responses(answers, nil, screening.FactConsentRefused)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, s.program.Assess(r)); d != "" {
			t.Errorf("the consent of a child was weighed (-agreed +refused):\n%s", d)
		}
	})
}

func TestChildModuleAsksAChildNothingAboutSexualHarm(t *testing.T) {
	in := load(t, "child-module").in
	for _, it := range in.Items {
		for _, o := range it.Options {
			if slices.Contains(o.Evidence, "U_SEXUAL") || slices.Contains(o.Evidence, "P_SEX") {
				t.Errorf("%s=%s", it.ID, o.Code)
			}
		}
	}
	last := in.Protocol.Closing[len(in.Protocol.Closing)-1]
	if last.Options[0].Code != "later" || !slices.Equal(last.Options[0].Evidence, []screening.Code{"U_SEXUAL"}) {
		t.Errorf("the officer has no box for later: %+v", last)
	}
}

func TestRunDoesNotAllocate(t *testing.T) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		r := s.responses(t, fullInterview(s))
		var result screening.Result
		if n := testing.AllocsPerRun(100, func() { s.program.Run(r, &result) }); n != 0 {
			t.Errorf("%s: %v allocations a run", id, n)
		}
	}
}
