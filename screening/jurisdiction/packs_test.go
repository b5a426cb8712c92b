package jurisdiction_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"waymark/screening"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
)

// shipped gives the packs that ship with Waymark.
func shipped(tb testing.TB) *jurisdiction.Packs {
	tb.Helper()
	packs, err := jurisdiction.Load(jurisdictions.FS)
	if err != nil {
		tb.Fatal(err)
	}
	return packs
}

func TestTwelveStatesOfTheConsultationAndMyanmarHaveAPack(t *testing.T) {
	want := []string{"ID", "IN", "KH", "LA", "LK", "MM", "MV", "MY", "NP", "PH", "TH", "TL", "VN"}
	if d := cmp.Diff(want, shipped(t).ISOs()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestPacksAreFoundByTheirCodeAndNothingElse(t *testing.T) {
	packs := shipped(t)
	if p, ok := packs.Find("TH"); !ok || p.Name != "Thailand" {
		t.Errorf("TH: found %t", ok)
	}
	for _, iso := range []string{"", "th", "XX", "TH.json", "../TH"} {
		if _, ok := packs.Find(iso); ok {
			t.Errorf("%q was found", iso)
		}
	}
}

func TestLoadingRefusesAllBrokenFilesAtOnce(t *testing.T) {
	layout, err := jurisdictions.FS.ReadFile("leaves.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		files fstest.MapFS
		want  []string
	}{
		"two broken packs": {
			fstest.MapFS{"leaves.json": {Data: layout}, "aa.json": {Data: []byte(`{}`)}, "bb.json": {Data: []byte(`[]`)}},
			[]string{"aa.json:1:1", "bb.json:1:1"},
		},
		"no packs":  {fstest.MapFS{"leaves.json": {Data: layout}}, []string{"there are no country packs"}},
		"no layout": {fstest.MapFS{"aa.json": {Data: []byte(`{}`)}}, []string{"leaves.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := jurisdiction.Load(tt.files)
			if p != nil || err == nil {
				t.Fatal("it was loaded")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}

func TestCountsAndDatesOfAPack(t *testing.T) {
	p, err := jurisdiction.ParsePack("kh.json", []byte(pack), smallLayout(t))
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[jurisdiction.Status]int{jurisdiction.Verified: 1, jurisdiction.Unverified: 2, jurisdiction.Unknown: 1} {
		if got := p.Count(status); got != want {
			t.Errorf("%d leaves are %s, want %d", got, status, want)
		}
	}
	if from, to := p.AsOf(); from != "2026-11-19" || to != "2026-11-21" {
		t.Errorf("from %s to %s", from, to)
	}
	for day, want := range map[string][]string{"2026-11-20": {"rule"}, "2026-11-19": {"clause", "hotline", "rule"}, "2026-11-21": nil, "2027-01-01": nil} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.DatedAfter(now); !slices.Equal(got, want) {
			t.Errorf("on %s: got %v, want %v", day, got, want)
		}
	}
}

// ids lists what is shown with an outcome.
func ids(t *testing.T, l *jurisdiction.Layout, o screening.Outcome) []string {
	t.Helper()
	shown, ok := l.Shown(o)
	if !ok {
		t.Fatalf("there is nothing for %s", o)
	}
	var out []string
	for _, k := range shown {
		out = append(out, k.ID)
	}
	return out
}

func TestShownLeavesFollowTheOutcome(t *testing.T) {
	layout := shipped(t).Layout()
	strong := []string{
		"trafficking_provision", "non_punishment_clause", "non_punishment_scope", "adjacent_charges", "reflection_period",
		"formal_identifier", "referral_channel", "hotline", "palermo_protocol", "actip", "actip_article_14_7", "asean_guideline",
		"un_guidance", "bali_process",
	}
	for outcome, want := range map[screening.Outcome][]string{
		screening.StrongTIP:     strong,
		screening.StrongFL:      append(slices.Clone(strong), "forced_labour_provision", "labour_route"),
		screening.ChildPresumed: append(slices.Clone(strong), "child_rule", "child_provision"),
		screening.ChildAtRisk:   append(slices.Clone(strong), "child_rule", "child_provision"),
		screening.Labour:        {"forced_labour_provision", "labour_route", "hotline"},
	} {
		got := ids(t, layout, outcome)
		for _, id := range want {
			if !slices.Contains(got, id) {
				t.Errorf("%s does not show %s", outcome, id)
			}
		}
	}
	if slices.Contains(ids(t, layout, screening.StrongTIP), "child_rule") {
		t.Error("the child rule is shown for an adult")
	}
	if _, ok := layout.Shown("VICTIM"); ok {
		t.Error("an outcome that does not exist shows leaves")
	}
}

// Insufficient is acted on as if there were indications.
func TestNoConclusionShowsWhatSomeIndicationsShow(t *testing.T) {
	layout := shipped(t).Layout()
	if d := cmp.Diff(ids(t, layout, screening.Possible), ids(t, layout, screening.Insufficient)); d != "" {
		t.Errorf("-possible +insufficient:\n%s", d)
	}
}

func TestUnknownIsPrintedAndNeverLeftOut(t *testing.T) {
	text := func(id string) string { return "message " + id }
	plain := jurisdiction.LeafKind{ID: "hotline"}
	coded := jurisdiction.LeafKind{ID: "child_rule", Codes: []string{"split"}}
	for _, tt := range []struct {
		kind jurisdiction.LeafKind
		leaf jurisdiction.Leaf
		want string
	}{
		{plain, jurisdiction.Leaf{Status: jurisdiction.Unknown}, "message jurisdiction.unknown"},
		{coded, jurisdiction.Leaf{Status: jurisdiction.Unknown}, "message jurisdiction.unknown"},
		{plain, jurisdiction.Leaf{Status: jurisdiction.Unverified, Value: "1343"}, "1343"},
		{coded, jurisdiction.Leaf{Status: jurisdiction.Verified, Value: "split"}, "message jurisdiction.value.child_rule.split"},
	} {
		if got := tt.kind.Text(tt.leaf, text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.kind.ID, got, tt.want)
		}
	}
}

// What the legal reference holds to be open stays open until counsel has spoken.
func TestLeavesThatCounselHasToSettleAreNotVerified(t *testing.T) {
	open := map[string][]string{
		"ID": {"trafficking_provision", "non_punishment_clause"},
		"KH": {"child_rule", "non_punishment_clause"},
		"LA": {"exploitation_purposes", "non_punishment_clause"},
		"LK": {"exploitation_purposes", "forced_criminality"},
		"MM": {"trafficking_provision", "non_punishment_clause", "non_punishment_scope"},
		"MV": {"trafficking_provision", "exploitation_purposes", "reflection_period"},
		"MY": {"trafficking_provision", "non_punishment_clause", "reflection_period"},
		"PH": {"non_punishment_clause", "non_punishment_scope"},
		"TH": {"trafficking_provision", "non_punishment_clause", "reflection_period"},
		"TL": {"exploitation_purposes", "non_punishment_clause", "actip", "actip_article_14_7"},
		"VN": {"non_punishment_clause", "reflection_period"},
	}
	packs := shipped(t)
	for iso, ids := range open {
		p, ok := packs.Find(iso)
		if !ok {
			t.Fatalf("there is no pack of %s", iso)
		}
		for _, id := range ids {
			if p.Leaves[id].Status == jurisdiction.Verified && p.Leaves[id].ReviewedBy == "" {
				t.Errorf("%s %s is verified and nobody reviewed it", iso, id)
			}
		}
	}
	for _, p := range packs.All() { // a number is dialled before an officer relies on it
		if l := p.Leaves["hotline"]; l.Status == jurisdiction.Verified && l.ReviewedBy == "" {
			t.Errorf("%s: the hotline is verified and nobody reviewed it", p.ISO)
		}
	}
}
