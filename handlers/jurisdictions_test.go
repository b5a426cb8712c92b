package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
)

func countryPacks(t testing.TB) *jurisdiction.Packs {
	t.Helper()
	packs, err := jurisdiction.Load(jurisdictions.FS)
	if err != nil {
		t.Fatal(err)
	}
	return packs
}

// packMessages lists every message that country packs need.
func packMessages(t testing.TB) []string {
	t.Helper()
	layout := countryPacks(t).Layout()
	ids := []string{"jurisdiction.notice", "jurisdiction.unknown", "jurisdiction.gaps"}
	for _, s := range jurisdiction.Statuses() {
		ids = append(ids, "jurisdiction.status."+string(s))
	}
	for _, c := range jurisdiction.Confidences() {
		ids = append(ids, "jurisdiction.confidence."+string(c))
	}
	for _, g := range layout.Groups {
		ids = append(ids, "jurisdiction.group."+g)
	}
	for _, k := range layout.Leaves {
		ids = append(ids, "jurisdiction.leaf."+k.ID)
		for _, code := range k.Codes {
			ids = append(ids, "jurisdiction.value."+k.ID+"."+code)
		}
	}
	return ids
}

func TestJurisdictionsAreListedWithHowMuchWasChecked(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	list := decode[openapi.JurisdictionList](t, h.do(t, "alpha/officer", "GET", "/v1/jurisdictions", nil))
	if !strings.HasPrefix(list.Notice, jurisdiction.Notice) {
		t.Errorf("the notice is %q", list.Notice)
	}
	packs := countryPacks(t)
	var got []string
	for _, j := range list.Jurisdictions {
		got = append(got, j.Iso)
		p, _ := packs.Find(j.Iso)
		if sum := j.Verified + j.Unverified + j.Unknown; sum != len(p.Leaves)+len(p.Gaps) || j.Unknown == 0 {
			t.Errorf("%s: the counts %d, %d and %d are not those of the pack", j.Iso, j.Verified, j.Unverified, j.Unknown)
		}
		if j.Name != p.Name || j.AsOf.From > j.AsOf.To || len(j.AsOf.From) != len("2026-11-20") {
			t.Errorf("got %+v", j)
		}
	}
	if d := cmp.Diff(packs.ISOs(), got); d != "" {
		t.Errorf("-packs +list:\n%s", d)
	}
}

// leafIDs lists the leaves of a pack as they were sent.
func leafIDs(j openapi.Jurisdiction) []string {
	var out []string
	for _, g := range j.Groups {
		for _, l := range g.Leaves {
			out = append(out, l.ID)
		}
	}
	return out
}

// sent gives one leaf of a pack as it was sent.
func sent(j openapi.Jurisdiction, id string) openapi.JurisdictionLeaf {
	for _, g := range j.Groups {
		for _, l := range g.Leaves {
			if l.ID == id {
				return l
			}
		}
	}
	return openapi.JurisdictionLeaf{}
}

func TestEveryPackShowsEveryLeafAndSaysWhatIsUnknown(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	packs := countryPacks(t)
	for _, p := range packs.All() {
		j := decode[openapi.Jurisdiction](t, h.do(t, "alpha/officer", "GET", "/v1/jurisdictions/"+p.ISO, nil))
		if j.Iso != p.ISO || j.Language != "en" || !strings.HasPrefix(j.Notice, jurisdiction.Notice) {
			t.Errorf("%s: got iso %q, language %q, notice %q", p.ISO, j.Iso, j.Language, j.Notice)
		}
		if got := len(leafIDs(j)); got != len(packs.Layout().Leaves) || len(j.Gaps) != len(p.Gaps) {
			t.Errorf("%s: %d leaves and %d gaps are shown", p.ISO, got, len(j.Gaps))
		}
		for _, k := range packs.Layout().Leaves {
			want := p.Leaves[k.ID].Value
			if len(k.Codes) == 0 {
				want = ""
			}
			if got := sent(j, k.ID).Code; got != want {
				t.Errorf("%s %s: got code %q, want %q", p.ISO, k.ID, got, want)
			}
		}
		leaves := slices.Clone(j.Gaps)
		for _, g := range j.Groups {
			leaves = append(leaves, g.Leaves...)
		}
		for _, l := range leaves {
			if unknown := l.Status == jurisdiction.Unknown; unknown != (l.Text == "unknown – needs counsel") {
				t.Errorf("%s %s is %s and says %q", p.ISO, l.Label, l.Status, l.Text)
			}
			if l.Label == "" || l.Text == "" || strings.HasPrefix(l.Text, "⟦") || strings.HasPrefix(l.StatusText, "[") {
				t.Errorf("%s: got %+v", p.ISO, l)
			}
		}
	}
}

func TestOutcomeSelectsTheLeavesToShow(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	layout := countryPacks(t).Layout()
	for _, o := range screening.Outcomes() {
		j := decode[openapi.Jurisdiction](t, h.do(t, "alpha/officer", "GET", "/v1/jurisdictions/KH?outcome="+url.QueryEscape(string(o)), nil))
		var want []string
		shown, _ := layout.Shown(o)
		for _, k := range shown {
			want = append(want, k.ID)
		}
		if d := cmp.Diff(want, leafIDs(j)); d != "" || j.Outcome != o {
			t.Errorf("%s answered for %q (-want +got):\n%s", o, j.Outcome, d)
		}
		if len(j.Gaps) == 0 {
			t.Errorf("%s: the gaps are not shown", o)
		}
	}
}

func TestCountryWithoutAPackIsToldWhichThereAre(t *testing.T) {
	useContract(t)
	h := startPseudo(t)
	for _, iso := range []string{"XX", "th", "THA", "leaves"} {
		p := wantProblem(t, h.do(t, "alpha/officer", "GET", "/v1/jurisdictions/"+iso, nil, "Accept-Language", pseudo), 404, "not_found")
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "iso" || p.Errors[0].Code != "no_pack" || !strings.HasPrefix(p.Errors[0].Detail, "⟦There is no pack") {
			t.Fatalf("%s: got %+v", iso, p.Errors)
		}
		if d := cmp.Diff(countryPacks(t).ISOs(), p.Errors[0].Allowed); d != "" {
			t.Errorf("%s: -packs +allowed:\n%s", iso, d)
		}
	}
	for _, query := range []string{"VICTIM", "strong_tip", "", "STRONG_TIP,LABOUR"} {
		p := wantProblem(t, h.do(t, "alpha/officer", "GET", "/v1/jurisdictions/TH?outcome="+query, nil, "Accept-Language", pseudo), 400, "bad_request")
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "outcome" || p.Errors[0].Code != "unknown_outcome" || len(p.Errors[0].Allowed) != len(screening.Outcomes()) || !strings.HasPrefix(p.Errors[0].Detail, "⟦") {
			t.Errorf("outcome %q: got %+v", query, p.Errors)
		}
	}
}

func TestPacksAreLabelledInTheCallersLanguageAndSentOnce(t *testing.T) {
	useContract(t)
	h := startPseudo(t)
	tags := map[string]string{}
	for _, path := range []string{"/v1/jurisdictions", "/v1/jurisdictions/TH", "/v1/jurisdictions/TH?outcome=LABOUR"} {
		for _, language := range []string{"en", pseudo} {
			r := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Language", language)
			if got := r.Header.Get("Content-Language"); got != language || r.StatusCode != http.StatusOK {
				t.Errorf("%s in %s: status %d, Content-Language %q", path, language, r.StatusCode, got)
			}
			if got := strings.Contains(string(r.body), `"notice":"⟦`); got != (language == pseudo) {
				t.Errorf("%s in %s: %.120s", path, language, r.body)
			}
			tag := r.Header.Get("ETag")
			if before, same := tags[tag]; same {
				t.Errorf("%s in %s has the ETag of %s", path, language, before)
			}
			tags[tag] = path
			again := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Language", language, "If-None-Match", tag)
			if again.StatusCode != http.StatusNotModified || len(again.body) != 0 {
				t.Errorf("%s in %s, not changed: status %d, %d bytes", path, language, again.StatusCode, len(again.body))
			}
		}
	}
	j := decode[openapi.Jurisdiction](t, h.do(t, "alpha/officer", "GET", "/v1/jurisdictions/TH", nil, "Accept-Language", pseudo))
	if l := j.Groups[0].Leaves[0]; !strings.HasPrefix(l.Label, "⟦") || strings.HasPrefix(l.Text, "⟦") || j.Language != "en" {
		t.Errorf("the statement itself must stay in the pack's language: %+v", l)
	}
}

// A pack is no input of scoring: there is no way to name one.
func TestAssessmentTakesNoJurisdiction(t *testing.T) {
	h := start(t, options{})
	for _, name := range []string{"jurisdiction", "country", "iso"} {
		body := map[string]any{"instrument": "screen-fc", "answers": map[string]any{}, name: "TH"}
		p := wantProblem(t, h.do(t, "alpha/officer", "POST", "/v1/assessments", body), 400, "invalid")
		if len(p.Errors) != 1 || p.Errors[0].Code != "unknown_name" {
			t.Errorf("%s: got %+v", name, p.Errors)
		}
	}
}

// Rule 2 of the domain reference holds for packs too.
func TestNoPackPassesJudgement(t *testing.T) {
	looked := 0
	for _, p := range countryPacks(t).All() {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"perpetrator", "liar", "guilty", "risk score", "fake"} {
			if strings.Contains(strings.ToLower(string(data)), word) {
				t.Errorf("%s says %q", p.ISO, word)
			}
		}
		looked++
	}
	if looked < 13 {
		t.Fatalf("only %d packs were looked at", looked)
	}
}
