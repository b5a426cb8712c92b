package rescoring_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
)

var (
	noon  = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	today = privacy.DayOf(noon)
	ref   = screening.Ref{ID: "triage-border", Version: "1.0.0"}
)

// versions of the triage's rules beside the shipped one.
var versions = map[string][]string{
	"1.1.0":  {`"at_least": 2`, `"at_least": 1`},                                                            // one medium sign refers
	"1.2.0":  {`{"codes": ["CD01", `, `{"codes": [`},                                                        // documents taken do not refer alone
	"1.3.0":  {`"coverage_below": 60`, `"coverage_below": 1`},                                               // anything said is enough
	"1.4.0":  {`"REFER": "same_day"`, `"REFER": "now"`},                                                     // a shorter clock
	"1.5.0":  {`"RE_ASK": "48h"`, `"RE_ASK": "none"`},                                                       // no clock
	"1.6.0":  {`"findings"`, `"derive": [{"all": ["CD01"], "adds": "CD08", "source": "test"}], "findings"`}, // a code more
	"1.8.0":  {`"findings"`, `"derive": [{"all": ["CD01"], "adds": "CD08", "source": "test"}], "findings"`, `"REFER": "same_day"`, `"REFER": "48h"`},
	"1.10.0": {`"findings"`, `"derive": [{"all": ["CD01"], "adds": "U_OTHER", "source": "test"}], "findings"`},
	"1.9.0":  {`"findings"`, `"derive": [{"all": ["CD01"], "adds": "U_OTHER", "source": "test"}], "findings"`, `{"codes": ["U_*"]}`, `{"codes": ["U_CHILD"]}`},
	"1.7.0": {
		`"findings"`, `"derive": [{"all": ["CD01"], "adds": "U_DANGER", "source": "test"}], "findings"`,
		`{"codes": ["U_*"]}`, `{"codes": ["U_CHILD"]}`, `{"codes": ["CD01", `, `{"codes": [`,
	}, // a need noted, and a lower outcome
}

func load(t *testing.T) *catalog.Catalog {
	t.Helper()
	text, err := fs.ReadFile(instruments.FS, "triage-border/1.0.0/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	more := fstest.MapFS{}
	if err := fs.WalkDir(instruments.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(instruments.FS, path)
		if strings.HasPrefix(path, "codebook/") { // with an urgent need that no question asks for
			data = []byte(strings.Replace(string(data), `"marks": [`, `"marks": [{"code": "U_OTHER", "class": "urgent", "text": "test"},`, 1))
		}
		more[path] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for version, edits := range versions {
		changed := strings.NewReplacer(append(edits, `"version": "1.0.0"`, `"version": "`+version+`"`)...).Replace(string(text))
		if !strings.Contains(changed, edits[1]) {
			t.Fatalf("rules %s could not be made", version)
		}
		more["triage-border/1.0.0/rules/"+version+".json"] = &fstest.MapFile{Data: []byte(changed)}
	}
	c, err := catalog.Load(more, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shelf is a store in memory.
type shelf struct {
	cases  []review.Case
	events []privacy.Event
	// before is called before each change, as somebody else who works.
	before func(*review.Case) error
}

func (s *shelf) ScoredCount(context.Context, string) (int, error) { return len(s.cases), nil }

func (s *shelf) Scored(_ context.Context, _ string, after rescoring.Place, limit int) ([]review.Case, error) {
	from := slices.IndexFunc(s.cases, func(c review.Case) bool { return c.Record.ID > after.ID })
	if from < 0 {
		return nil, nil
	}
	return slices.Clone(s.cases[from:min(len(s.cases), from+limit)]), nil
}

func (s *shelf) Rescore(_ context.Context, seen, changed review.Case, e privacy.Event) error {
	i := slices.IndexFunc(s.cases, func(c review.Case) bool { return c.Record.ID == seen.Record.ID })
	if s.before != nil {
		if err := s.before(&s.cases[i]); err != nil {
			return err
		}
	}
	if c := s.cases[i]; c.Record.Revision != seen.Record.Revision || c.Review.Version != seen.Review.Version {
		return fault.New(fault.StaleVersion)
	}
	if changed.Record.Revision != seen.Record.Revision+1 {
		return errors.New("the revision does not follow the one that was seen")
	}
	s.cases[i] = changed
	s.events = append(s.events, e)
	return nil
}

// scored is a case as a submission under the shipped rules leaves it.
func scored(t *testing.T, c *catalog.Catalog, id string, codes []screening.Code, answered int) review.Case {
	t.Helper()
	e, ok := c.Scored(ref, ref)
	if !ok {
		t.Fatal("the shipped rules are gone")
	}
	coverage := screening.Coverage{Answered: answered, Applicable: 9}
	a := e.Program.AssessCodes(codes, coverage, nil)
	n := submission.ResultOf(a, e, submission.NotClaimed)
	r := submission.Record{
		ID: submission.RecordID(id), Tenant: "alpha", Site: "north", Status: submission.Scored, Received: today - 10,
		Instrument: ref, Rules: n.Rules, Engine: n.Engine, Program: n.Program, Consent: submission.Consent{Interview: true, Data: true},
		Codes: n.Codes, Outcome: n.Outcome, Strict: n.Strict, Role: n.Role, Clock: n.Clock, Coverage: coverage,
		RetentionReason: privacy.NoIndication, RetainUntil: today + 20,
	}
	if r.Clock != screening.NoClock {
		r.RetentionReason, r.RetainUntil = privacy.Indication, today+355
	}
	v, _ := review.Begin(r)
	return review.Case{Record: r, Review: v}
}

func plan(t *testing.T, c *catalog.Catalog, version string, apply bool) rescoring.Plan {
	t.Helper()
	e, _ := c.Find(ref)
	under, ok := e.Under(version)
	if !ok {
		t.Fatalf("there are no rules %s", version)
	}
	p := rescoring.Plan{Catalog: c, Under: []*catalog.Entry{under}, Now: func() time.Time { return noon }}
	if apply {
		p.Apply = &rescoring.Apply{Reason: submission.RulesPublished, Retention: privacy.DefaultRetention()}
	}
	return p
}

func run(t *testing.T, s *shelf, p rescoring.Plan) *rescoring.Report {
	t.Helper()
	r, err := rescoring.Run(t.Context(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatNewRulesDoToARecord(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		name, rules   string
		codes         []screening.Code
		answered      int
		direction     rescoring.Direction
		inForce       screening.Outcome
		offered       screening.Outcome
		earlier       int
		reviewOutcome screening.Outcome // "" when there is no review
		clock         screening.Clock   // of the review
		act           privacy.Act       // "" when nothing is stored
	}{
		{"more protection is in force at once", "1.1.0", []screening.Code{"AD01"}, 9, rescoring.Up, screening.Refer, "", 1, screening.Refer, screening.SameDay, privacy.ActNewResult},
		{"less protection is offered", "1.2.0", []screening.Code{"CD01"}, 9, rescoring.Down, screening.Refer, screening.NoTrigger, 0, screening.Refer, screening.SameDay, privacy.ActOffered},
		{"so is less because of a threshold", "1.3.0", nil, 2, rescoring.Down, screening.ReAsk, screening.NoTrigger, 0, screening.ReAsk, screening.Hours48, privacy.ActOffered},
		{"a shorter clock moves the review forward", "1.4.0", []screening.Code{"CD01"}, 9, rescoring.Up, screening.Refer, "", 1, screening.Refer, screening.Now, privacy.ActNewResult},
		{"a longer clock changes nothing", "1.5.0", nil, 2, rescoring.Unmoved, screening.ReAsk, "", 0, screening.ReAsk, screening.Hours48, ""},
		{"another code is a result of the same level", "1.6.0", []screening.Code{"CD01"}, 9, rescoring.Level, screening.Refer, "", 1, screening.Refer, screening.SameDay, privacy.ActNewResult},
		{"a need more presses anew", "1.10.0", []screening.Code{"CD01", "U_MEDICAL"}, 9, rescoring.Up, screening.Red, "", 1, screening.Red, screening.Now, privacy.ActNewResult},
		{"what is in force keeps its clock", "1.8.0", []screening.Code{"CD01"}, 9, rescoring.Level, screening.Refer, "", 1, screening.Refer, screening.SameDay, privacy.ActNewResult},
		{"a need noted with a lower outcome presses at once", "1.7.0", []screening.Code{"CD01"}, 9, rescoring.Down, screening.Refer, screening.NoTrigger, 0, screening.Refer, screening.Now, privacy.ActOffered},
		{"what comes out the same is not touched", "1.1.0", []screening.Code{"CD01"}, 9, rescoring.Unmoved, screening.Refer, "", 0, screening.Refer, screening.SameDay, ""},
		{"no review where none is needed", "1.1.0", nil, 9, rescoring.Unmoved, screening.NoTrigger, "", 0, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := scored(t, c, "rec_1", tt.codes, tt.answered)
			s := &shelf{cases: []review.Case{before}}
			look := run(t, s, plan(t, c, tt.rules, false))
			if len(s.events) != 0 || s.cases[0].Record.Revision != 0 {
				t.Fatal("a dry run changed something")
			}
			did := run(t, s, plan(t, c, tt.rules, true))
			for _, r := range []*rescoring.Report{look, did} {
				if moved := tt.direction != rescoring.Unmoved; len(r.Moves) == 1 != moved || moved && r.Moves[0].Direction != tt.direction {
					t.Errorf("got moves %+v, want %s", r.Moves, tt.direction)
				}
				if len(r.Lowerings) == 1 != (tt.direction == rescoring.Down) {
					t.Errorf("got lowerings %+v", r.Lowerings)
				}
			}
			got := s.cases[0]
			if got.Record.Outcome != tt.inForce || len(got.Record.Earlier) != tt.earlier || (got.Record.Offered != nil) != (tt.offered != "") {
				t.Errorf("got %+v, want %s in force", got.Record, tt.inForce)
			}
			if o := got.Record.Offered; o != nil && (o.Outcome != tt.offered || o.Rules.Version != tt.rules || o.On != today) {
				t.Errorf("offered is %+v, want %s", o, tt.offered)
			}
			if tt.earlier == 1 && (got.Record.Earlier[0].Outcome != before.Record.Outcome || got.Record.Earlier[0].Rules != ref || got.Record.Rules.Version != tt.rules) {
				t.Errorf("the result before is %+v", got.Record.Earlier[0])
			}
			if got.Review.Outcome != tt.reviewOutcome || tt.clock != "" && screening.Clocks()[got.Review.Urgency] != tt.clock {
				t.Errorf("the review has %s at %d, want %s at %s", got.Review.Outcome, got.Review.Urgency, tt.reviewOutcome, tt.clock)
			}
			if got.Record.Clock != before.Record.Clock.Sooner(got.Record.Clock) {
				t.Errorf("the clock went from %s to %s", before.Record.Clock, got.Record.Clock)
			}
			if tt.act == "" && len(s.events) != 0 {
				t.Errorf("got events %+v, want none", s.events)
			}
			if tt.act != "" {
				want := privacy.Event{At: noon, Actor: "cli", Role: "operator", Action: tt.act, Object: "rec_1", Reason: "rules_published:triage-border@" + tt.rules}
				if len(s.events) != 1 || s.events[0] != want {
					t.Errorf("got events %+v, want %+v", s.events, want)
				}
			}
			again := run(t, s, plan(t, c, tt.rules, true))
			if len(again.Moves) != 0 || len(s.events) > 1 || again.Unmoved != 1 {
				t.Errorf("a second run moved %+v", again.Moves)
			}
		})
	}
}

func TestRaisedRecordIsKeptAsLongAsAnIndication(t *testing.T) {
	c := load(t)
	s := &shelf{cases: []review.Case{scored(t, c, "rec_1", []screening.Code{"AD01"}, 9)}}
	run(t, s, plan(t, c, "1.1.0", true))
	if r := s.cases[0].Record; r.RetentionReason != privacy.Indication || r.RetainUntil != r.Received+365 {
		t.Errorf("kept until %d for %s, received %d", r.RetainUntil, r.RetentionReason, r.Received)
	}
}

func TestOfferEndsWhenLaterRulesDoNotLower(t *testing.T) {
	c := load(t)
	s := &shelf{cases: []review.Case{scored(t, c, "rec_1", []screening.Code{"CD01"}, 9)}}
	run(t, s, plan(t, c, "1.2.0", true))
	run(t, s, plan(t, c, "1.1.0", true))
	if r := s.cases[0].Record; r.Offered != nil || r.Outcome != screening.Refer || r.Rules != ref {
		t.Errorf("got %+v, want the first result and nothing offered", r)
	}
	if len(s.events) != 2 || s.events[1].Action != privacy.ActOfferEnded || s.cases[0].Review.History[1].Kind != review.LoweringEnded {
		t.Errorf("got events %+v", s.events)
	}
}

func TestOfferEndsWithANewResult(t *testing.T) {
	c := load(t)
	s := &shelf{cases: []review.Case{scored(t, c, "rec_1", []screening.Code{"CD01"}, 9)}}
	run(t, s, plan(t, c, "1.2.0", true))
	run(t, s, plan(t, c, "1.4.0", true))
	if r := s.cases[0].Record; r.Offered != nil || r.Rules.Version != "1.4.0" || len(r.Earlier) != 1 || r.Revision != 2 {
		t.Errorf("got %+v, want the new result and nothing offered", r)
	}
}

func TestUrgentNeedIsNotTakenAwayByRules(t *testing.T) {
	c := load(t)
	s := &shelf{cases: []review.Case{scored(t, c, "rec_1", []screening.Code{"CD01"}, 9)}}
	run(t, s, plan(t, c, "1.9.0", true))
	if r := s.cases[0].Record; r.Outcome != screening.Refer || !slices.Contains(r.Codes, "U_OTHER") {
		t.Fatalf("got %+v, want a need noted with the same outcome", r)
	}
	if v := s.cases[0].Review; v.State != review.Open || v.Urgency != 0 {
		t.Errorf("the need does not press: %+v", v)
	}
	r := run(t, s, plan(t, c, "1.0.0", true))
	if len(r.Lowerings) != 1 || s.cases[0].Record.Offered == nil || !slices.Contains(s.cases[0].Record.Codes, "U_OTHER") {
		t.Errorf("got %+v, want it put before supervisors", s.cases[0].Record)
	}
}

func TestRecordsThatCannotBeScoredAgainAreLeftAlone(t *testing.T) {
	c := load(t)
	change := map[rescoring.Left]func(*submission.Record){
		rescoring.OtherInstrument: func(r *submission.Record) { r.Instrument.Version = "0.9.0" },
		rescoring.UnknownRules:    func(r *submission.Record) { r.Rules.Version = "0.9.0" },
		rescoring.Expired:         func(r *submission.Record) { r.RetainUntil = today - 1 },
	}
	for left, spoil := range change {
		t.Run(string(left), func(t *testing.T) {
			one := scored(t, c, "rec_1", []screening.Code{"AD01"}, 9)
			spoil(&one.Record)
			s := &shelf{cases: []review.Case{one}}
			r := run(t, s, plan(t, c, "1.1.0", true))
			if len(s.events) != 0 || r.Left[left] != 1 || r.Seen != 1 || len(r.Moves) != 0 {
				t.Errorf("got %+v", r)
			}
		})
	}
}

// many are cases over several pages, which all move up.
func many(t *testing.T, c *catalog.Catalog) *shelf {
	t.Helper()
	s := &shelf{}
	for _, tens := range "abcdefghijklmnopqrstuvwxyz" {
		for _, ones := range "abcdefghijklmnopqrst" {
			s.cases = append(s.cases, scored(t, c, "rec_"+string(tens)+string(ones), []screening.Code{"AD01"}, 9))
		}
	}
	return s
}

func TestSupervisorAtWorkLosesNothing(t *testing.T) {
	c := load(t)
	s := many(t, c)
	for i := range s.cases { // all have a review
		s.cases[i] = scored(t, c, string(s.cases[i].Record.ID), []screening.Code{"CD01"}, 9)
	}
	claimed := map[submission.RecordID]bool{}
	s.before = func(now *review.Case) (err error) {
		if !claimed[now.Record.ID] {
			claimed[now.Record.ID] = true
			now.Review, err = now.Review.Take("usr_sup", noon)
		}
		return err
	}
	var progress []int
	p := plan(t, c, "1.4.0", true)
	p.Progress = func(done, _ int) { progress = append(progress, done) }
	r := run(t, s, p)
	if len(r.Moves) != 1 || r.Moves[0].Records != 520 || r.Seen != 520 || !slices.Equal(progress, []int{200, 400, 520}) {
		t.Errorf("got %+v, progress %v", r, progress)
	}
	for _, got := range s.cases {
		if got.Review.Claim == nil || got.Review.Version != 3 || len(got.Record.Earlier) != 1 {
			t.Fatalf("%s: got review %+v", got.Record.ID, got.Review)
		}
	}
}

func TestRunThatWasCutShortGoesOn(t *testing.T) {
	c := load(t)
	s := many(t, c)
	broken := errors.New("the cable is out")
	left := 300
	s.before = func(*review.Case) error {
		if left--; left < 0 {
			return broken
		}
		return nil
	}
	if _, err := rescoring.Run(t.Context(), s, plan(t, c, "1.1.0", true)); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	s.before = nil
	r := run(t, s, plan(t, c, "1.1.0", true))
	if len(r.Moves) != 1 || r.Moves[0].Records != 220 || r.Unmoved != 300 || len(s.events) != 520 {
		t.Errorf("got %+v and %d events, want the other 220 of 520", r, len(s.events))
	}
}

func TestRecordsThatNeverRestEndTheRun(t *testing.T) {
	c := load(t)
	s := &shelf{cases: []review.Case{scored(t, c, "rec_1", []screening.Code{"CD01"}, 9)}}
	s.before = func(now *review.Case) error {
		now.Review.Version++
		return nil
	}
	if _, err := rescoring.Run(t.Context(), s, plan(t, c, "1.4.0", true)); err == nil || !strings.Contains(err.Error(), "run it again") {
		t.Errorf("got %v", err)
	}
}

func TestRulesThatCodesDoNotDecideAreRefusedBeforeAnythingIsRead(t *testing.T) {
	c := load(t)
	e, _ := c.Find(ref)
	other, _ := c.Newest("screen-fc")
	mixed := *e
	mixed.Program = other.Program
	p := plan(t, c, "1.1.0", true)
	p.Under = []*catalog.Entry{&mixed}
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "cannot be scored by rules for screen-fc") {
		t.Errorf("got %v", err)
	}
	if r, err := rescoring.Run(t.Context(), nil, p); r != nil || err == nil {
		t.Error("the run was not refused")
	}
	if err := (&rescoring.Plan{Catalog: c}).Check(); err == nil {
		t.Error("a plan for nothing was accepted")
	}
}
