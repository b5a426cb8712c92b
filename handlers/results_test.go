package handlers_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/rescoring"
	"waymark/screening/submission"
)

// twoRules is the shipped catalogue with rules for the full screening under
// which little said is POSSIBLE. The shipped rules stay in use.
func twoRules(t *testing.T) *catalog.Catalog {
	t.Helper()
	text, err := fs.ReadFile(instruments.FS, "screen-fc/1.0.0/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(`"version": "1.0.0"`, `"version": "1.1.0"`, `"outcome": "INSUFFICIENT"`, `"outcome": "POSSIBLE"`,
		`"INSUFFICIENT": ["rested"`, `"POSSIBLE": ["rested"`).Replace(string(text))
	c, err := catalog.Load(instruments.FS, nil, catalog.OwnRules(fstest.MapFS{"screen-fc/1.0.0/rules/1.1.0.json": &fstest.MapFile{Data: []byte(changed)}}))
	if err == nil {
		c, err = c.Pin(map[string]string{"screen-fc@1.0.0": "1.0.0"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestResultsOfEveryRulesStayReadable(t *testing.T) {
	useContract(t)
	c := twoRules(t)
	h := start(t, options{catalog: c})
	sent := interview(with("answers", map[string][]string{"B01": {"30_47"}, "G01": {"full"}, "H05": {"share"}}))
	receipt := h.submit(t, sent)[0]
	if receipt.Outcome != screening.Insufficient {
		t.Fatalf("got %+v", receipt)
	}
	path := "/v1/records/" + receipt.Record
	if r := decode[openapi.Record](t, h.do(t, "alpha/supervisor", "GET", path, nil)); r.Earlier != nil || r.Offered != nil {
		t.Errorf("a new record has other results: %+v", r)
	}

	e, _ := c.Newest("screen-fc")
	under, ok := e.Under("1.1.0")
	if !ok {
		t.Fatal("the new rules are not there")
	}
	_, err := rescoring.Run(t.Context(), h.store, rescoring.Plan{
		Catalog: c, Under: []*catalog.Entry{under}, Now: time.Now,
		Apply: &rescoring.Apply{Reason: submission.LawChanged, Retention: privacy.DefaultRetention()},
	})
	if err != nil {
		t.Fatal(err)
	}

	for who, role := range map[string]string{"alpha/supervisor": "SPECIALIST_REVIEW", "alpha/caseworker": ""} {
		r := decode[openapi.Record](t, h.do(t, who, "GET", path, nil))
		if r.Outcome != screening.Possible || r.Rules != "screen-fc@1.1.0" || len(r.Earlier) != 1 {
			t.Fatalf("%s: got %+v", who, r)
		}
		before := r.Earlier[0]
		if before.Outcome != screening.Insufficient || before.Rules != "screen-fc@1.0.0" || before.Role != role || before.Reason != openapi.RecordResultReasonLawChanged || before.Day == "" {
			t.Errorf("%s: the result before is %+v", who, before)
		}
		if slices.Contains(before.Codes, "X_CONTROL_ROLE") != (role != "") || slices.Contains(before.Codes, "AG_PAID") {
			t.Errorf("%s is told codes %v", who, before.Codes)
		}
	}
	for query, want := range map[string]struct {
		rules   string
		outcome screening.Outcome
	}{
		"":             {"screen-fc@1.1.0", screening.Possible},
		"?rules=1.1.0": {"screen-fc@1.1.0", screening.Possible},
		"?rules=1.0.0": {"screen-fc@1.0.0", screening.Insufficient},
	} {
		x := decode[openapi.Explanation](t, h.do(t, "alpha/supervisor", "GET", path+"/explanation"+query, nil))
		if x.Rules != want.rules || x.Outcome != want.outcome || x.Rule.Line != "A4" {
			t.Errorf("%q: got %s of %s by %s", query, x.Outcome, x.Rules, x.Rule.Line)
		}
	}
	wantProblem(t, h.do(t, "alpha/supervisor", "GET", path+"/explanation?rules=2.0.0", nil), 404, "not_found")

	again := h.submit(t, sent)[0]
	if again.Status != openapi.ReceiptStatusDuplicate || again.Outcome != screening.Possible || again.NextStep == nil || again.Review == "" {
		t.Errorf("sent again: got %+v", again)
	}
	queue := decode[openapi.ReviewList](t, h.do(t, "alpha/supervisor", "GET", "/v1/reviews", nil)).Reviews
	if len(queue) != 1 || queue[0].Outcome != screening.Possible || queue[0].Version != 2 || queue[0].History[0].Kind != "new_result" || queue[0].History[0].By != "cli" {
		t.Errorf("got queue %+v", queue)
	}
}
