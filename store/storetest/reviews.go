package storetest

import (
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

var noon = time.Unix(1_700_000_000, 0).UTC()

func claim(t *testing.T, o Opened, id submission.RecordID) review.Review {
	t.Helper()
	c, err := o.Store.Case(t.Context(), supervisor(north), id)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Review.Take("usr_sup", noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Store.Replace(t.Context(), v, event(v, privacy.ActClaimed)); err != nil {
		t.Fatal(err)
	}
	return v
}

func event(v review.Review, act privacy.Act) privacy.Event {
	return privacy.Event{At: noon, Actor: "usr_sup", Role: string(auth.Supervisor), Action: act, Object: string(v.ID)}
}

func queueOrder(t *testing.T, o Opened) {
	type wanted struct {
		clock    screening.Clock
		received privacy.Day
		site     string
	}
	order := []wanted{
		{screening.Now, 99, south},
		{screening.Now, 100, north},
		{screening.SameDay, 98, north},
		{screening.Hours24, 97, south},
		{screening.Hours48, 96, north},
		{screening.Days7, 10, south},
		{screening.Days14, 3, north},
	}
	var want []submission.RecordID
	var deposits []submission.Deposit
	for n, w := range order {
		d := o.deposit(n, func(r *submission.Record) { r.Clock, r.Received, r.Site = w.clock, w.received, w.site })
		want = append(want, d.Record.ID)
		deposits = append(deposits, d)
	}
	slices.Reverse(deposits)
	o.keep(t, deposits...)
	got, err := o.Store.Queue(t.Context(), supervisor(north, south), review.Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	var ids []submission.RecordID
	for _, c := range got {
		ids = append(ids, c.Review.ID)
	}
	wantSame(t, "the queue", ids, want)
}

func queuePages(t *testing.T, o Opened) {
	want := map[submission.RecordID]bool{}
	var deposits []submission.Deposit
	for n := range 23 {
		d := o.deposit(n, func(r *submission.Record) {
			r.Clock = []screening.Clock{screening.Now, screening.Hours24}[n%2]
			r.Received = privacy.Day(100 + n%3)
			r.Site = []string{north, south}[n/2%2]
		})
		want[d.Record.ID] = true
		deposits = append(deposits, d)
	}
	o.keep(t, deposits...)
	page := review.Page{Limit: 5}
	for len(want) > 0 {
		got, err := o.Store.Queue(t.Context(), supervisor(north, south), page)
		if err != nil || len(got) == 0 {
			t.Fatalf("%d reviews are missing from the pages: %v", len(want), err)
		}
		for _, c := range got {
			if !want[c.Review.ID] {
				t.Errorf("%s is listed twice", c.Review.ID)
			}
			delete(want, c.Review.ID)
		}
		at := got[len(got)-1].Review.Place()
		page.After = &at
	}
}

func compareAndSwap(t *testing.T, o Opened) {
	d := o.deposit(1)
	o.keep(t, d)
	seen, err := o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	claimed := claim(t, o, d.Record.ID)
	late, err := seen.Review.Take("usr_late", noon)
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, o.Store.Replace(t.Context(), late, event(late, privacy.ActClaimed)), fault.StaleVersion)
	got, err := o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the review", got.Review, claimed)
	if n, err := o.Store.Events(t.Context(), agency, d.Record.ID); err != nil || len(n) != 2 {
		t.Errorf("%d events, %v; a refused change must leave none", len(n), err)
	}
}

func decidedLeaves(t *testing.T, o Opened) {
	d := o.deposit(1)
	o.keep(t, d)
	held := claim(t, o, d.Record.ID)
	decided, err := held.Decide("usr_sup", review.Decision{Kind: review.Confirm}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Store.Replace(t.Context(), decided, event(decided, privacy.ActDecided)); err != nil {
		t.Fatal(err)
	}
	if queue, err := o.Store.Queue(t.Context(), supervisor(north), review.Page{Limit: 5}); err != nil || len(queue) != 0 {
		t.Errorf("the queue holds %d reviews, %v; want none", len(queue), err)
	}
	got, err := o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the decided review", got.Review, decided)
}

func noReview(t *testing.T, o Opened) {
	d := o.deposit(1, func(r *submission.Record) { r.Clock = screening.NoClock })
	o.keep(t, d)
	if queue, err := o.Store.Queue(t.Context(), supervisor(north), review.Page{Limit: 5}); err != nil || len(queue) != 0 {
		t.Errorf("the queue holds %d reviews, %v; want none", len(queue), err)
	}
	_, err := o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
	wantCode(t, err, fault.NotFound)
}
