package review_test

import (
	"slices"
	"testing"

	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
)

var today = privacy.DayOf(noon)

// place is where a clock that starts today puts a review.
func place(c screening.Clock) (int, privacy.Day) {
	days, _ := c.Days()
	return slices.Index(screening.Clocks(), c), today + privacy.Day(days)
}

func ofRecord(outcome screening.Outcome, c screening.Clock) submission.Record {
	return submission.Record{ID: "rec_1", Tenant: "alpha", Site: "north", Author: author, Outcome: outcome, Clock: c, Received: today - 100}
}

// standing brings a review with an outcome into a state.
func standing(t *testing.T, state review.State, outcome screening.Outcome) review.Review {
	t.Helper()
	v := inState(t, state)
	v.Outcome = outcome
	return v
}

func TestNewRulesRaiseAReview(t *testing.T) {
	step := review.Step{On: today, By: "cli", Kind: review.NewResult}
	for _, tt := range []struct {
		name        string
		state       review.State
		stands, to  screening.Outcome
		urgent      bool
		wantState   review.State
		wantOutcome screening.Outcome
	}{
		{"an open one stays open", review.Open, screening.Possible, screening.StrongTIP, false, review.Open, screening.StrongTIP},
		{"a proposed lowering ends", review.AwaitingSecond, screening.StrongFL, screening.StrongTIP, false, review.Open, screening.StrongTIP},
		{"an interview is not waited for", review.AwaitingInterview, screening.Possible, screening.StrongTIP, false, review.Open, screening.StrongTIP},
		{"a decided one opens again", review.Decided, screening.Possible, screening.StrongTIP, false, review.Open, screening.StrongTIP},
		{"people decided on as much already", review.Decided, screening.StrongTIP, screening.StrongTIP, false, review.Decided, screening.StrongTIP},
		{"people decided on more already", review.Decided, screening.ChildPresumed, screening.StrongTIP, false, review.Decided, screening.ChildPresumed},
		{"a need that nobody has looked at", review.Decided, screening.ChildPresumed, screening.StrongTIP, true, review.Open, screening.ChildPresumed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := standing(t, tt.state, tt.stands)
			got := before.Raise(ofRecord(tt.to, screening.Now), step, tt.urgent)
			if got.State != tt.wantState || got.Outcome != tt.wantOutcome {
				t.Errorf("got %s with %s, want %s with %s", got.State, got.Outcome, tt.wantState, tt.wantOutcome)
			}
			if got.Version != before.Version+1 || len(got.History) != len(before.History)+1 || got.Proposed != nil {
				t.Errorf("got %+v, want one version on, one step more, nothing proposed", got)
			}
			if urgency, due := place(screening.Now); tt.wantState == review.Open && (got.Urgency != urgency || got.Due != due) {
				t.Errorf("it waits at %d until %d, want %d until %d", got.Urgency, got.Due, urgency, due)
			}
			if got.Claim != before.Claim {
				t.Error("who looks at it lost it")
			}
		})
	}
}

func TestNewRulesNeverMoveAReviewBack(t *testing.T) {
	v := standing(t, review.Open, screening.Possible)
	got := v.Raise(ofRecord(screening.StrongFL, screening.Days14), review.Step{On: today}, false)
	if got.Urgency != v.Urgency || got.Due != v.Due {
		t.Errorf("it went from %d, %d to %d, %d", v.Urgency, v.Due, got.Urgency, got.Due)
	}
}

func TestNewRulesOpenAReviewWhereThereWasNone(t *testing.T) {
	got := review.Review{}.Raise(ofRecord(screening.Possible, screening.Days7), review.Step{On: today}, false)
	urgency, due := place(screening.Days7)
	if got.State != review.Open || got.Version != 1 || got.Outcome != screening.Possible || got.Urgency != urgency || got.Due != due ||
		got.ID != "rec_1" || got.Author != author || got.Site != "north" || len(got.History) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestLoweringIsOnlySuggested(t *testing.T) {
	step := review.Step{On: today, By: "cli", Kind: review.LoweringOffered}
	for _, tt := range []struct {
		name   string
		state  review.State
		stands screening.Outcome
		clock  screening.Clock
		urgent bool
		want   review.State
		at     screening.Clock // "" for the place before
	}{
		{"an open one stays where it is", review.Open, screening.StrongTIP, screening.Days14, false, review.Open, ""},
		{"a proposal stays", review.AwaitingSecond, screening.StrongTIP, screening.Days14, false, review.AwaitingSecond, ""},
		{"an interview is still waited for", review.AwaitingInterview, screening.StrongTIP, screening.Days14, false, review.AwaitingInterview, ""},
		{"a shorter clock moves it forward all the same", review.AwaitingInterview, screening.Possible, screening.Hours48, false, review.AwaitingInterview, screening.Hours48},
		{"a decided one waits at the end", review.Decided, screening.StrongTIP, screening.NoClock, false, review.Open, screening.Days14},
		{"people lowered it already", review.Decided, screening.NoneFound, screening.NoClock, false, review.Decided, ""},
		{"a need that nobody has looked at", review.Decided, screening.NoneFound, screening.Now, true, review.Open, screening.Now},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := standing(t, tt.state, tt.stands)
			r := ofRecord(screening.StrongTIP, screening.Hours24)
			r.Offered = &submission.Result{Outcome: screening.NoneFound, Clock: tt.clock}
			got := before.Suggest(r, step, tt.urgent)
			if got.State != tt.want || got.Outcome != tt.stands || (got.Proposed == nil) != (before.Proposed == nil) {
				t.Errorf("got %s with %s, want %s with %s", got.State, got.Outcome, tt.want, tt.stands)
			}
			urgency, due := before.Urgency, before.Due
			if tt.at != "" {
				urgency, due = place(tt.at)
			}
			if got.Urgency != urgency || got.Due != due {
				t.Errorf("it waits at %d until %d, want %d until %d", got.Urgency, got.Due, urgency, due)
			}
			if got.Version != before.Version+1 || len(got.History) != len(before.History)+1 {
				t.Errorf("got %+v, want one version on and one step more", got)
			}
		})
	}
}

func TestLoweringByNewRulesStillTakesTwoPeople(t *testing.T) {
	r := ofRecord(screening.StrongTIP, screening.Hours24)
	r.Offered = &submission.Result{Outcome: screening.NoneFound, Clock: screening.NoClock}
	v := begin(t, screening.StrongTIP).Suggest(r, review.Step{On: today}, false)
	v = decide(t, take(t, v, first), first, lower)
	if v.State != review.AwaitingSecond || v.Outcome != screening.StrongTIP {
		t.Fatalf("one supervisor alone: got %s with %s", v.State, v.Outcome)
	}
	v = decide(t, take(t, v, second), second, review.Decision{Kind: review.Agree})
	if v.State != review.Decided || v.Outcome != screening.NoneFound {
		t.Errorf("two supervisors: got %s with %s", v.State, v.Outcome)
	}
}
