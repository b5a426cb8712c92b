package locales_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"waymark/locales"
)

var update = flag.Bool("update", false, "write the golden files")

// toy is the source of the instrument in testdata/broken.
func toy() locales.Unit {
	return locales.InstrumentUnit("toy", "1.0.0", true,
		[]string{"title", "items.A01.text", "items.A01.options.hurt", "items.A01.options.fine"},
		map[string]locales.Text{
			"title":                  locales.Plain("Toy"),
			"items.A01.text":         {"default": "Are you all right?", "child": "Does anything hurt?"},
			"items.A01.options.hurt": locales.Plain("I was hurt"),
			"items.A01.options.fine": locales.Plain("All is well"),
		})
}

// Everything a translator can get wrong comes out at once, with the line it is
// on. Run with -update after changing a message, and read the difference.
func TestAllProblemsOfTranslationsComeOutAtOnce(t *testing.T) {
	const golden = "testdata/broken.txt"
	l, err := locales.Read(os.DirFS("testdata/broken"), []locales.Unit{toy()})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, language := range l.Languages() {
		for _, problem := range l.Lint(language.Tag) {
			b.WriteString(problem.String() + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Error(diff)
	}
}

// whole is a toy in Thai that has everything, stamped.
func whole(t *testing.T) fstest.MapFS {
	t.Helper()
	files := messageFiles(`{"a": "Send it again."}`, "th", `{"a": "ส่งอีกครั้ง"}`)
	files["unchanged.json"] = &fstest.MapFile{Data: []byte(`{}`)}
	files["instruments/toy/1.0.0/th.json"] = &fstest.MapFile{Data: []byte(`{
		"title": "ของเล่น", "items.A01.text": {"default": "สบายดีไหม", "child": "เจ็บไหม"},
		"items.A01.options.hurt": "ได้รับบาดเจ็บ", "items.A01.options.fine": "สบายดี"
	}`)}
	stamp(t, files, toy())
	return files
}

func library(t *testing.T, files fstest.MapFS, units ...locales.Unit) *locales.Library {
	t.Helper()
	l, err := locales.Read(files, units)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func stamp(t *testing.T, files fstest.MapFS, u locales.Unit, confirmed ...string) []string {
	t.Helper()
	name, content, stale, err := library(t, files, u).Stamp("th", confirmed)
	if err != nil {
		t.Fatal(err)
	}
	files[name] = &fstest.MapFile{Data: content}
	return stale
}

func review(t *testing.T, files fstest.MapFS, r locales.Review, of ...string) {
	t.Helper()
	name, content, err := library(t, files, toy()).Review("th", r, of)
	if err != nil {
		t.Fatal(err)
	}
	files[name] = &fstest.MapFile{Data: content}
}

func change(files fstest.MapFS, file, old, with string) {
	files[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(files[file].Data), old, with))}
}

func lines(problems []locales.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

var interpreter = locales.Review{Status: locales.Reviewed, By: "A. Reviewer", Role: "Thai interpreter", On: "2026-05-01"}

const thai = "instruments/toy/1.0.0/th.json"

func TestWholeAndStampedLanguageHasNoProblems(t *testing.T) {
	if got := lines(library(t, whole(t), toy()).Lint("th")); got != "" {
		t.Error(got)
	}
}

// A language counts as shipped once it has a file, and then has to be whole.
func TestHalfLanguageCannotShip(t *testing.T) {
	for name, tt := range map[string]struct {
		remove string
		want   string
	}{
		"nothing at all":       {"", ""},
		"only messages":        {thai, thai + ":1: is missing; a language ships whole (4 texts)"},
		"only a questionnaire": {"messages/th.json", "messages/th.json:1: is missing"},
		"without its stamp":    {"provenance/th.json", "messages/th.json:1: 1 texts are not stamped"},
	} {
		files := whole(t)
		delete(files, tt.remove)
		if name == "nothing at all" {
			delete(files, thai)
			delete(files, "messages/th.json")
		}
		got := lines(library(t, files, toy()).Lint("th"))
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// A text is a draft until somebody reviewed just this wording of just this
// source.
func TestStatusFollowsTheWordingThatWasReviewed(t *testing.T) {
	files := whole(t)
	status := func() locales.Status {
		l := library(t, files, toy())
		u, _ := l.Unit("toy")
		return l.Translation(u, "th").Status()
	}
	if got := status(); got != locales.Draft {
		t.Fatalf("before any review: %s", got)
	}
	review(t, files, interpreter, "toy@1.0.0")
	if got := status(); got != locales.Reviewed {
		t.Fatalf("after the review: %s", got)
	}
	tested := interpreter
	tested.Status = locales.FieldTested
	review(t, files, tested, "toy:title")
	if got := status(); got != locales.Reviewed {
		t.Errorf("with one text tested: %s, want that of the least text", got)
	}

	change(files, thai, "สบายดีไหม", "เป็นอย่างไร")
	if got := status(); got != locales.Draft {
		t.Errorf("after the wording changed: %s", got)
	}
	if got := lines(library(t, files, toy()).Lint("th")); !strings.Contains(got, "items.A01.text: claims to be reviewed") {
		t.Errorf("lint says %q", got)
	}
	stamp(t, files, toy())
	if got := status(); got != locales.Draft {
		t.Errorf("a stamp made it %s again", got)
	}
	if got := lines(library(t, files, toy()).Lint("th")); got != "" {
		t.Error(got)
	}
}

func TestReviewWithoutAReviewerCountsForNothing(t *testing.T) {
	for name, breakIt := range map[string]func(*locales.Review){
		"no name":  func(r *locales.Review) { r.By = " " },
		"no role":  func(r *locales.Review) { r.Role = "" },
		"no day":   func(r *locales.Review) { r.On = "soon" },
		"a status": func(r *locales.Review) { r.Status = "perfect" },
	} {
		files := whole(t)
		r := interpreter
		breakIt(&r)
		if _, _, err := library(t, files, toy()).Review("th", r, []string{"toy"}); err == nil {
			t.Errorf("%s: it was noted", name)
		}
		// The same, written by hand.
		review(t, files, interpreter, "toy")
		for old, with := range map[string]string{interpreter.By: r.By, interpreter.Role: r.Role, interpreter.On: r.On, `"reviewed"`: `"` + string(r.Status) + `"`} {
			change(files, "provenance/th.json", old, with)
		}
		l := library(t, files, toy())
		u, _ := l.Unit("toy")
		if got := l.Translation(u, "th").Status(); got != locales.Draft {
			t.Errorf("%s: it is %s", name, got)
		}
		if got := lines(l.Lint("th")); !strings.Contains(got, "provenance/th.json:1: toy@1.0.0: ") {
			t.Errorf("%s: lint says %q", name, got)
		}
	}
	if _, _, err := library(t, whole(t), toy()).Review("th", interpreter, []string{"toy:items.A09.text"}); err == nil {
		t.Error("a text that is not there was reviewed")
	}
}

// When English changes, the translation is stale until its wording changes too
// or somebody confirms that it still holds.
func TestTextIsStaleWhenItsSourceChanges(t *testing.T) {
	files := whole(t)
	review(t, files, interpreter, "toy")
	changed := toy()
	changed.Source["title"] = locales.Plain("Toys")
	l := library(t, files, changed)
	u, _ := l.Unit("toy")
	if got := l.Translation(u, "th"); got.Stale != 1 || got.Status() != locales.Reviewed {
		t.Errorf("got %+v", got)
	}
	if got := lines(l.Lint("th")); !strings.Contains(got, thai+`:2: title: is stale: the English is now "Toys"`) {
		t.Errorf("lint says %q", got)
	}
	if got := l.Outstanding(u, "th"); !slices.Equal(got, []string{"title"}) {
		t.Errorf("outstanding: %v", got)
	}
	if got := stamp(t, files, changed); !slices.Equal(got, []string{"toy@1.0.0:title"}) {
		t.Errorf("a stamp alone leaves %v stale", got)
	}
	if got := stamp(t, files, changed, "toy@1.0.0:title"); len(got) != 0 {
		t.Errorf("confirmed, %v are stale", got)
	}
	if got := library(t, files, changed).Translation(u, "th"); got.Stale != 0 || got.Status() != locales.Reviewed {
		t.Errorf("confirmed: %+v", got)
	}
	if _, _, _, err := l.Stamp("th", []string{"toy@1.0.0:nothing"}); err == nil {
		t.Error("a text that is not there was confirmed")
	}
	if _, _, _, err := l.Stamp("xx", nil); err == nil {
		t.Error("a language that is not there was stamped")
	}
}

// What is served is what the deployment accepts, a unit as a whole or not at all.
func TestDeploymentChoosesWhatItServes(t *testing.T) {
	reviewed := func(f fstest.MapFS) {
		review(t, f, interpreter, "toy", "messages")
	}
	for name, tt := range map[string]struct {
		prepare func(fstest.MapFS)
		policy  locales.Policy
		served  bool
		err     string
	}{
		"draft, drafts accepted":      {nil, locales.Policy{Least: locales.Draft}, true, ""},
		"draft, not accepted":         {nil, locales.Policy{Least: locales.Reviewed}, false, ""},
		"draft, named, not accepted":  {nil, locales.Policy{Least: locales.Reviewed, Only: []string{"th"}}, false, "cannot be served in th: it is draft"},
		"reviewed":                    {reviewed, locales.Policy{Least: locales.Reviewed}, true, ""},
		"reviewed, not tested":        {reviewed, locales.Policy{Least: locales.FieldTested}, false, ""},
		"another is named":            {reviewed, locales.Policy{Least: locales.Draft, Only: []string{"tet"}}, false, "cannot be served in tet: 4 of 4 texts are missing"},
		"an unknown one is named":     {nil, locales.Policy{Least: locales.Draft, Only: []string{"xx"}}, false, `no language "xx"`},
		"no status":                   {nil, locales.Policy{}, false, "no status"},
		"excluded":                    {exclude, locales.Policy{Least: locales.Draft}, false, ""},
		"excluded, but named":         {exclude, locales.Policy{Least: locales.Draft, Only: []string{"th"}}, true, ""},
		"not stamped":                 {unstamp, locales.Policy{Least: locales.Draft}, false, ""},
		"not stamped, stale accepted": {unstamp, locales.Policy{Least: locales.Draft, AllowStale: true}, true, ""},
		"a text is missing": {func(f fstest.MapFS) {
			change(f, thai, `"title": "ของเล่น",`, "")
		}, locales.Policy{Least: locales.Draft, AllowStale: true}, false, ""},
		"it cannot be read": {func(f fstest.MapFS) { change(f, thai, `"child"`, "child") }, locales.Policy{Least: locales.Draft, AllowStale: true}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := whole(t)
			if tt.prepare != nil {
				tt.prepare(files)
			}
			e, err := library(t, files, toy()).Choose(tt.policy)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("got %v, want %q", err, tt.err)
			}
			if err != nil {
				return
			}
			_, served := e.Translation("toy@1.0.0", "th")
			_, open := e.Files().Open(thai)
			if served != tt.served || (open == nil) != tt.served || !tt.served && len(e.LeftOut()) == 0 {
				t.Errorf("served %t, file there %t, left out %v; want %t", served, open == nil, e.LeftOut(), tt.served)
			}
			if source, ok := e.Translation("toy@1.0.0", "en"); !ok || source.Status() != locales.Source {
				t.Errorf("English is %v", source.Status())
			}
		})
	}
}

func exclude(f fstest.MapFS) {
	change(f, "languages.json", `"english": "Thai",`, `"english": "Thai", "default": "excluded", "reason": "for a test",`)
}

func unstamp(f fstest.MapFS) { delete(f, "provenance/th.json") }

func FuzzTextsAreReadWithoutPanic(f *testing.F) {
	f.Add([]byte(`{"title": {"default": "a", "woman": "b"}, "title": "c"}`))
	f.Add([]byte(`{"items.A01.text": "{polite}" ]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := whole(t)
		files[thai] = &fstest.MapFile{Data: data}
		l := library(t, files, toy())
		u, _ := l.Unit("toy")
		if l.Translation(u, "th").Whole() && len(l.Outstanding(u, "xx")) != 4 {
			t.Error("a file cannot change the source")
		}
		l.Lint("th")
	})
}
