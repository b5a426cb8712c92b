package storetest

import (
	"fmt"
	"sync"
	"testing"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
)

func keptOnce(t *testing.T, o Opened) {
	d := o.deposit(1)
	if k := o.keep(t, d)[0]; k.Known != nil {
		t.Fatalf("a new deposit was known already")
	}
	again := o.keep(t, d)[0]
	if again.Known == nil || !again.Same {
		t.Fatalf("the same deposit again: got %+v, want the known record", again)
	}
	wantSame(t, "the known record", *again.Known, d.Record)
}

func conflict(t *testing.T, o Opened) {
	first := o.deposit(1)
	o.keep(t, first)
	second := o.deposit(1, func(r *submission.Record) {
		r.Outcome = screening.NoneFound
		r.Fingerprint = o.Keys.Fingerprint(agency, []byte("another body"))
	})
	if k := o.keep(t, second)[0]; k.Known == nil || k.Same {
		t.Fatalf("another body: got %+v, want known and not the same", k)
	}
	got, err := o.Store.Record(t.Context(), supervisor(north), first.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the first record", got, first.Record)
}

func twiceInABatch(t *testing.T, o Opened) {
	d := o.deposit(1)
	kept := o.keep(t, d, o.deposit(2), d)
	if kept[0].Known != nil || kept[1].Known != nil || kept[2].Known == nil || !kept[2].Same {
		t.Errorf("got %+v, want two new and one known", kept)
	}
}

func roundTrip(t *testing.T, o Opened) {
	for i, d := range []submission.Deposit{
		o.deposit(1),
		o.deposit(2, func(r *submission.Record) {
			r.Clock, r.Role, r.Address, r.Nationality, r.AgeBand = screening.NoClock, "", "", "", ""
			r.Codes = nil
		}),
		o.deposit(3, inQuarantine(o)),
	} {
		o.keep(t, d)
		got, err := o.Store.Record(t.Context(), supervisor(north), d.Record.ID)
		if err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
		wantSame(t, fmt.Sprintf("record %d", i), got, d.Record)
	}
}

func inQuarantine(o Opened) func(*submission.Record) {
	return func(r *submission.Record) {
		*r = submission.Record{
			ID: r.ID, Tenant: r.Tenant, Site: r.Site, Author: r.Author, Day: r.Day, Received: r.Received,
			Subject: r.Subject, Fingerprint: r.Fingerprint,
			Status: submission.Quarantined, Clock: screening.SameDay,
			RetainUntil: r.Received + 90, RetentionReason: privacy.Quarantined,
			Quarantine: &submission.Quarantine{
				Reason: submission.UnknownVersion,
				Sealed: o.Keys.Seal(privacy.ForQuarantine, r.Tenant, string(r.ID), []byte("body")),
			},
		}
	}
}

func scopes(t *testing.T, o Opened) {
	mine := o.deposit(1)
	elsewhere := o.deposit(2, func(r *submission.Record) { r.Site = south; r.Author = "usr_second" })
	foreign := o.deposit(3, func(r *submission.Record) { r.Tenant = other })
	o.keep(t, mine, elsewhere)
	o.keep(t, foreign)

	ids := func(records []submission.Record) (out []submission.RecordID) {
		for _, r := range records {
			out = append(out, r.ID)
		}
		return out
	}
	page := submission.Page{Limit: 10}
	got, err := o.Store.Records(t.Context(), supervisor(north), page)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "a supervisor of one site", ids(got), []submission.RecordID{mine.Record.ID})
	got, err = o.Store.Records(t.Context(), caseWorker("usr_second"), page)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "an author's own records", ids(got), []submission.RecordID{elsewhere.Record.ID})
	if got, err := o.Store.Records(t.Context(), supervisor(), page); err != nil || len(got) != 0 {
		t.Errorf("a supervisor without sites sees %d records, %v", len(got), err)
	}

	for what, d := range map[string]submission.Deposit{"another site": elsewhere, "another agency": foreign} {
		_, err := o.Store.Record(t.Context(), supervisor(north), d.Record.ID)
		wantCode(t, err, fault.NotFound)
		_, err = o.Store.Case(t.Context(), supervisor(north), d.Record.ID)
		if err == nil {
			t.Errorf("a review of %s is visible", what)
		}
	}
	if got, err := o.Store.Queue(t.Context(), supervisor(north), review.Page{Limit: 10}); err != nil || len(got) != 1 {
		t.Errorf("the queue of one site holds %d reviews, %v; want 1", len(got), err)
	}
	_, err = o.Store.Record(t.Context(), supervisor(north), "rec_0000000000000000000000000A")
	wantCode(t, err, fault.NotFound)
	_, err = o.Store.Record(t.Context(), supervisor(north), "not an id")
	wantCode(t, err, fault.NotFound)
}

func recordPages(t *testing.T, o Opened) {
	want := map[submission.RecordID]bool{}
	for n := range 25 {
		d := o.deposit(n, func(r *submission.Record) {
			r.Day = privacy.Day(20_000 - n/4)
			if n%2 == 0 {
				r.Site = south
			}
		})
		o.keep(t, d)
		want[d.Record.ID] = true
	}
	var (
		page = submission.Page{Limit: 7}
		last = submission.Place{Day: 30_000}
	)
	for len(want) > 0 {
		got, err := o.Store.Records(t.Context(), supervisor(north, south), page)
		if err != nil || len(got) == 0 {
			t.Fatalf("%d records are missing from the pages: %v", len(want), err)
		}
		for _, r := range got {
			if !want[r.ID] {
				t.Errorf("%s is listed twice or was never kept", r.ID)
			}
			delete(want, r.ID)
			if r.Day > last.Day || r.Day == last.Day && r.ID <= last.ID {
				t.Errorf("%s of day %d is listed after %s of day %d", r.ID, r.Day, last.ID, last.Day)
			}
			last = submission.Place{Day: r.Day, ID: r.ID}
		}
		page.After = last
	}
	if got, err := o.Store.Records(t.Context(), supervisor(north, south), page); err != nil || len(got) != 0 {
		t.Errorf("after the last page: %d records, %v", len(got), err)
	}
}

func events(t *testing.T, o Opened) {
	d := o.deposit(1)
	o.keep(t, d)
	o.keep(t, d)
	o.keep(t, o.deposit(1, func(r *submission.Record) { r.Fingerprint[0]++ }))
	claim(t, o, d.Record.ID)
	got, err := o.Store.Events(t.Context(), agency, d.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	var acts []privacy.Act
	for _, e := range got {
		acts = append(acts, e.Action)
	}
	wantSame(t, "the acts", acts, []privacy.Act{privacy.ActStored, privacy.ActConflict, privacy.ActClaimed})
	wantSame(t, "the first event", got[0], d.Stored)
}

func quarantine(t *testing.T, o Opened) {
	var ids []submission.RecordID
	for n := range 5 {
		d := o.deposit(n, inQuarantine(o))
		o.keep(t, d)
		ids = append(ids, d.Record.ID)
	}
	o.keep(t, o.deposit(10))

	var found []submission.Record
	var after submission.Record
	for {
		page, err := o.Store.Quarantined(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, page...)
		if len(page) < 2 {
			break
		}
		after = page[len(page)-1]
	}
	if len(found) != len(ids) {
		t.Fatalf("%d quarantined records are listed, want %d", len(found), len(ids))
	}

	scored := o.deposit(0, func(r *submission.Record) { r.Clock = screening.Now; r.Outcome = screening.ChildAtRisk })
	if err := o.Store.Release(t.Context(), scored); err != nil {
		t.Fatal(err)
	}
	c, err := o.Store.Case(t.Context(), supervisor(north), scored.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the released record", c.Record, scored.Record)
	if c.Review.Version != 2 || c.Review.Urgency != 0 || c.Review.Outcome != screening.ChildAtRisk {
		t.Errorf("the review did not follow the record: %+v", c.Review)
	}
	wantCode(t, o.Store.Release(t.Context(), scored), fault.NotFound)
	if page, err := o.Store.Quarantined(t.Context(), submission.Record{}, 10); err != nil || len(page) != len(ids)-1 {
		t.Errorf("%d are quarantined after a release, %v", len(page), err)
	}
}

func expiry(t *testing.T, o Opened) {
	ends := o.deposit(1, func(r *submission.Record) { r.RetainUntil = 100 })
	stays := o.deposit(2, func(r *submission.Record) { r.RetainUntil = 101 })
	o.keep(t, ends, stays)
	for _, step := range []struct {
		today privacy.Day
		want  int
	}{{100, 0}, {101, 1}, {101, 0}} {
		if n, err := o.Store.EraseExpired(t.Context(), step.today); err != nil || n != step.want {
			t.Errorf("on day %d: erased %d, %v; want %d", step.today, n, err, step.want)
		}
	}
	_, err := o.Store.Record(t.Context(), supervisor(north), ends.Record.ID)
	wantCode(t, err, fault.NotFound)
	if _, err := o.Store.Record(t.Context(), supervisor(north), stays.Record.ID); err != nil {
		t.Errorf("the other record: %v", err)
	}
}

func race(t *testing.T, o Opened) {
	const writers = 16
	d := o.deposit(1)
	var (
		wg    sync.WaitGroup
		fresh = make(chan bool, writers)
	)
	for range writers {
		wg.Go(func() {
			kept, err := o.Store.Keep(t.Context(), []submission.Deposit{d})
			if err != nil {
				t.Errorf("Keep: %v", err)
				return
			}
			fresh <- kept[0].Known == nil
		})
	}
	wg.Wait()
	close(fresh)
	stored := 0
	for f := range fresh {
		if f {
			stored++
		}
	}
	if stored != 1 {
		t.Errorf("%d of %d writers stored the interview, want 1", stored, writers)
	}
}
