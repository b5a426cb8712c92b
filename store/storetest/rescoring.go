package storetest

import (
	"testing"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
)

var retention = privacy.DefaultRetention()

// raised is what newer rules make of a case.
func raised(c review.Case) review.Case {
	n := c.Record.Result()
	n.Rules.Version, n.Outcome, n.Clock, n.On, n.Reason = "2.0.0", screening.ChildAtRisk, screening.Now, 20_002, submission.RulesPublished
	c.Record = c.Record.Replace(n, retention)
	c.Review = c.Review.Raise(c.Record, review.Step{On: 20_002, By: "cli", Kind: review.NewResult, Outcome: n.Outcome}, false)
	return c
}

func rescoreEvent(c review.Case) privacy.Event {
	e := event(c.Review, privacy.ActNewResult)
	e.Object = string(c.Record.ID)
	return e
}

// only gives the one scored record of the agency.
func (o Opened) only(t *testing.T) review.Case {
	t.Helper()
	cases, err := o.Store.Scored(t.Context(), agency, rescoring.Place{}, 10)
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d scored records, %v; want 1", len(cases), err)
	}
	return cases[0]
}

func scoredPages(t *testing.T, o Opened) {
	want := map[submission.RecordID]submission.Record{}
	var deposits []submission.Deposit
	for n := range 11 {
		d := o.deposit(n, func(r *submission.Record) {
			r.Clock = []screening.Clock{screening.NoClock, screening.Hours24}[n%2]
			r.Tenant = []string{agency, other}[n%3%2]
		})
		if n == 10 {
			d = o.deposit(n, inQuarantine(o))
		} else {
			want[d.Record.ID] = d.Record
		}
		deposits = append(deposits, d)
	}
	o.keep(t, deposits...)
	if n, err := o.Store.ScoredCount(t.Context(), ""); err != nil || n != len(want) {
		t.Errorf("%d are counted, %v; want %d", n, err, len(want))
	}
	ofAgency := 0
	var after rescoring.Place
	for {
		page, err := o.Store.Scored(t.Context(), "", after, 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page {
			wantSame(t, "the record", c.Record, want[c.Record.ID])
			delete(want, c.Record.ID)
			v, needed := review.Begin(c.Record)
			if needed || c.Review.Version != 0 {
				wantSame(t, "the review", c.Review, v)
			}
			if c.Record.Tenant == agency {
				ofAgency++
			}
		}
		if len(page) < 4 {
			break
		}
		last := page[len(page)-1].Record
		after = rescoring.Place{Agency: last.Tenant, ID: last.ID}
	}
	if len(want) > 0 {
		t.Errorf("%d records are on no page", len(want))
	}
	page, err := o.Store.Scored(t.Context(), agency, rescoring.Place{}, 20)
	if n, countErr := o.Store.ScoredCount(t.Context(), agency); err != nil || countErr != nil || n != ofAgency || len(page) != ofAgency {
		t.Errorf("one agency: %d counted, %d on the page, %v, %v; want %d", n, len(page), err, countErr, ofAgency)
	}
}

func rescored(t *testing.T, o Opened) {
	o.keep(t, o.deposit(1))
	seen := o.only(t)
	offered := seen.Record.Result()
	offered.Outcome = screening.NoneFound
	changed := raised(seen)
	changed.Record.Offered = &offered
	if err := o.Store.Rescore(t.Context(), seen, changed, rescoreEvent(changed)); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the case", o.only(t), changed)
	if got := o.only(t).Record.Earlier; len(got) != 1 || got[0].Outcome != screening.Possible {
		t.Errorf("the result before is not there: %+v", got)
	}
	queue, err := o.Store.Queue(t.Context(), supervisor(north), review.Page{Limit: 5})
	if err != nil || len(queue) != 1 || queue[0].Review.Urgency != 0 {
		t.Errorf("the review did not move forward in the queue: %+v, %v", queue, err)
	}
	events, err := o.Store.Events(t.Context(), agency, seen.Record.ID)
	if err != nil || len(events) != 2 || events[1].Action != privacy.ActNewResult {
		t.Errorf("got events %+v, %v; want one of the new result", events, err)
	}
	again := raised(changed)
	if err := o.Store.Rescore(t.Context(), changed, again, rescoreEvent(again)); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if k := o.keep(t, o.deposit(1))[0]; k.Known == nil || !k.Same || k.Known.Revision != 2 {
		t.Errorf("the interview sent again: got %+v, want the re-scored record", k)
	}
}

func rescoredAsSeen(t *testing.T, o Opened) {
	o.keep(t, o.deposit(1))
	seen := o.only(t)
	changed := raised(seen)
	claim(t, o, seen.Record.ID)
	wantCode(t, o.Store.Rescore(t.Context(), seen, changed, rescoreEvent(changed)), fault.StaleVersion)

	now := o.only(t)
	changed = now
	changed.Record = now.Record.Offer(nil) // leaves the review as it is
	if err := o.Store.Rescore(t.Context(), now, changed, rescoreEvent(changed)); err != nil {
		t.Fatal(err)
	}
	changed = raised(now)
	wantCode(t, o.Store.Rescore(t.Context(), now, changed, rescoreEvent(changed)), fault.StaleVersion)
	if events, err := o.Store.Events(t.Context(), agency, seen.Record.ID); err != nil || len(events) != 3 {
		t.Errorf("%d events, %v; a refused change must leave none", len(events), err)
	}
	if got := o.only(t).Record; got.Revision != 1 || len(got.Earlier) != 0 {
		t.Errorf("a refused change was stored: %+v", got)
	}
}

func reviewOpens(t *testing.T, o Opened) {
	o.keep(t, o.deposit(1, func(r *submission.Record) {
		r.Clock, r.RetentionReason, r.RetainUntil = screening.NoClock, privacy.NoIndication, 20_031
	}))
	seen := o.only(t)
	changed := raised(seen)
	if err := o.Store.Rescore(t.Context(), seen, changed, rescoreEvent(changed)); err != nil {
		t.Fatal(err)
	}
	c, err := o.Store.Case(t.Context(), supervisor(north), seen.Record.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the case", c, changed)
	wantCode(t, o.Store.Rescore(t.Context(), seen, changed, rescoreEvent(changed)), fault.StaleVersion)
	if n, err := o.Store.EraseExpired(t.Context(), 20_032); err != nil || n != 0 {
		t.Errorf("the longer time to keep it is not in force: %d erased, %v", n, err)
	}
}
