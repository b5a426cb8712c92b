package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"waymark/auth"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening/submission"
)

// RET-1: whyever a record is kept, it is readable up to its last day and after
// the next sweep no more; its answers never longer than it.
func TestRET1NothingIsReadableAfterItsDay(t *testing.T) {
	retention := privacy.Retention{NoIndication: 2, Indication: 6, Quarantined: 4, Answers: 3}
	begin := time.Now()
	first, now := privacy.DayOf(begin), begin
	h := start(t, options{retention: &retention, now: func() time.Time { return now }})
	nothing := interview(with("instrument", "triage-border"), with("missing", nil), with("answers", map[string][]string{
		"T01": {"30_47"}, "T02": {"none"}, "T03": {"no"}, "T04": {"same"}, "T05": {"me"}, "T06": {"free"},
		"T07": {"no"}, "T08": {"no"}, "T09": {"no"}, "T10": {"full"}, "T11": {"no"}, "T12": {"no"},
	}))
	receipts := h.submit(t, nothing, interview(), interview(with("version", "7.0.0")))
	kept := []struct {
		reason          openapi.RecordRetentionReason
		record, answers privacy.Day // the last days
		id              string
	}{
		{openapi.RecordRetentionReasonNoIndication, first + 2, first + 2, receipts[0].Record},
		{openapi.RecordRetentionReasonIndication, first + 6, first + 3, receipts[1].Record},
		{openapi.RecordRetentionReasonQuarantined, first + 4, 0, receipts[2].Record},
	}
	for today := first; today <= first+8; today++ {
		now = begin.AddDate(0, 0, int(today-first))
		if _, err := h.safe.Sweep(t.Context(), today); err != nil {
			t.Fatal(err)
		}
		if _, err := h.store.EraseExpired(t.Context(), today); err != nil {
			t.Fatal(err)
		}
		for _, k := range kept {
			r := h.do(t, "alpha/supervisor", "GET", "/v1/records/"+k.id, nil)
			if readable := r.StatusCode == http.StatusOK; readable != (today <= k.record) {
				t.Errorf("%s, day %d: the record is readable: %t (%d)", k.reason, today-first, readable, r.StatusCode)
			}
			if r.StatusCode == http.StatusOK && decode[openapi.Record](t, r).RetentionReason != k.reason {
				t.Errorf("%s: kept for another reason: %s", k.reason, r.body)
			}
			for _, path := range []string{"/v1/records/" + k.id + "/explanation", "/v1/reviews/" + k.id} {
				if r := h.do(t, "alpha/supervisor", "GET", path, nil); today > k.record && r.StatusCode != http.StatusNotFound {
					t.Errorf("%s, day %d: %s gives %d", k.reason, today-first, path, r.StatusCode)
				}
			}
			if got := h.opens(t, k.id); got != (today <= k.answers) {
				t.Errorf("%s, day %d: the answers open: %t", k.reason, today-first, got)
			}
		}
	}
	if n := h.count(t, "alpha/supervisor"); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

// opens says whether the answers of a record can be opened by whoever has the
// keys of the server, whatever its rules say.
func (h *harness) opens(t *testing.T, id string) bool {
	t.Helper()
	scope, err := auth.Principal{Tenant: "alpha", Ref: "x", Role: auth.Supervisor, Sites: []string{"north"}}.May(auth.OpenAnswers)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := h.store.Answers(t.Context(), scope, submission.RecordID(id))
	if err != nil {
		return false
	}
	record, err := h.store.Record(t.Context(), scope, submission.RecordID(id))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := h.safe.Open(t.Context(), record, sealed)
	return err == nil && len(sheet.Answers) > 0
}
