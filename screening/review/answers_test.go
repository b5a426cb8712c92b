package review_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// shelf is a store with one case, and a safe, that write down what was asked of
// them in which order.
type shelf struct {
	review.Store
	seen  review.Case
	notes []error // what Note answers, one after the other; nil in the end
	// onStale changes the case after a note that came too late.
	onStale func(*review.Case)
	log     []string
	noted   []privacy.Event
}

func (s *shelf) Case(context.Context, auth.Scope, submission.RecordID) (review.Case, error) {
	s.log = append(s.log, "case")
	return s.seen, nil
}

func (s *shelf) Note(_ context.Context, _ review.Review, e privacy.Event) error {
	s.log = append(s.log, "note")
	if len(s.notes) == 0 {
		s.noted = append(s.noted, e)
		return nil
	}
	err := s.notes[0]
	s.notes = s.notes[1:]
	if s.onStale != nil {
		s.onStale(&s.seen)
	}
	return err
}

func (s *shelf) Answers(context.Context, auth.Scope, submission.RecordID) ([]byte, error) {
	s.log = append(s.log, "answers")
	return []byte("sealed"), nil
}

func (s *shelf) Open(context.Context, submission.Record, []byte) (submission.AnswerSheet, error) {
	s.log = append(s.log, "open")
	return submission.AnswerSheet{Language: "am"}, nil
}

var supervisor = auth.Principal{Tenant: "alpha", Ref: first, Role: auth.Supervisor, Sites: []string{"north"}}

// held is a case whose review the first supervisor holds.
func held(t *testing.T) review.Case {
	t.Helper()
	return review.Case{
		Review: take(t, begin(t, screening.StrongTIP), first),
		Record: submission.Record{ID: "rec_1", Tenant: "alpha", AnswersUntil: privacy.DayOf(noon)},
	}
}

func openOn(s *shelf, now time.Time) (review.Opened, error) {
	d := review.NewDesk(s, s, func() time.Time { return now })
	return d.OpenAnswers(context.Background(), supervisor, "rec_1", review.OpenForUrgentNeed)
}

func TestOpeningIsOnRecordBeforeAnythingIsOpened(t *testing.T) {
	s := &shelf{seen: held(t)}
	got, err := openOn(s, noon)
	if err != nil || got.Language != "am" || got.Until != privacy.DayOf(noon) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if want := []string{"case", "note", "answers", "open"}; !slices.Equal(s.log, want) {
		t.Errorf("got %v, want %v", s.log, want)
	}
	want := privacy.Event{At: noon, Actor: string(first), Role: "supervisor", Action: privacy.ActOpened, Object: "rec_1", Reason: "urgent_need"}
	if len(s.noted) != 1 || s.noted[0] != want {
		t.Errorf("noted %+v, want %+v", s.noted, want)
	}
}

// It fails closed: what cannot be put on record is not opened.
func TestNothingIsOpenedThatCannotBePutOnRecord(t *testing.T) {
	for _, failure := range []error{fault.New(fault.Unavailable), fault.New(fault.Timeout), errors.New("something else")} {
		s := &shelf{seen: held(t), notes: []error{failure}}
		if _, err := openOn(s, noon); !errors.Is(err, failure) {
			t.Errorf("got %v, want %v", err, failure)
		}
		if want := []string{"case", "note"}; !slices.Equal(s.log, want) {
			t.Errorf("after %v: got %v, want %v", failure, s.log, want)
		}
	}
}

func TestReviewThatChangesMeanwhileIsLookedAtAgain(t *testing.T) {
	stale := error(fault.New(fault.StaleVersion))
	s := &shelf{seen: held(t), notes: []error{stale}}
	if _, err := openOn(s, noon); err != nil || !slices.Equal(s.log, []string{"case", "note", "case", "note", "answers", "open"}) {
		t.Errorf("got %v, %v", s.log, err)
	}
	s = &shelf{seen: held(t), notes: []error{stale}, onStale: func(c *review.Case) { c.Review.Claim = nil }}
	if _, err := openOn(s, noon); fault.CodeOf(err) != fault.ReviewNotClaimed || !slices.Equal(s.log, []string{"case", "note", "case"}) {
		t.Errorf("the claim was lost: got %v, %v", s.log, err)
	}
	s = &shelf{seen: held(t), notes: []error{stale, stale, stale, stale}}
	if _, err := openOn(s, noon); fault.CodeOf(err) != fault.StaleVersion {
		t.Errorf("it never stays as it was seen: got %v after %v", err, s.log)
	}
}

func TestAnswersAreNotOpenedWithoutRightClaimAndTime(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*shelf)
		who    auth.Principal
		now    time.Time
		want   fault.Code
	}{
		"another role":       {func(*shelf) {}, auth.Principal{Tenant: "alpha", Ref: first, Role: auth.Auditor}, noon, fault.Forbidden},
		"a tablet":           {func(*shelf) {}, auth.Principal{Tenant: "alpha", Ref: first, Role: auth.Tablet, Sites: []string{"north"}}, noon, fault.Forbidden},
		"claimed by another": {func(*shelf) {}, auth.Principal{Tenant: "alpha", Ref: second, Role: auth.Supervisor, Sites: []string{"north"}}, noon, fault.ReviewClaimed},
		"whoever held it":    {func(s *shelf) { s.seen.Review.Author = first }, supervisor, noon, fault.SelfReview},
		"the claim ran out":  {func(*shelf) {}, supervisor, noon.Add(review.ClaimTime), fault.ReviewNotClaimed},
		"decided":            {func(s *shelf) { s.seen.Review.State = review.Decided }, supervisor, noon, fault.ReviewClosed},
		"the day has passed": {func(s *shelf) { s.seen.Record.AnswersUntil-- }, supervisor, noon, fault.NotFound},
		"none are kept":      {func(s *shelf) { s.seen.Record.AnswersUntil = 0 }, supervisor, noon, fault.NotFound},
	} {
		s := &shelf{seen: held(t)}
		tt.change(s)
		d := review.NewDesk(s, s, func() time.Time { return tt.now })
		if _, err := d.OpenAnswers(context.Background(), tt.who, "rec_1", review.OpenForQuality); fault.CodeOf(err) != tt.want {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
		for _, done := range s.log {
			if done != "case" {
				t.Errorf("%s: %s was done", name, done)
			}
		}
	}
}
