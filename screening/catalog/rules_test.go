package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"waymark/screening"
	"waymark/screening/catalog"
)

// newRules are the shipped rules of an instrument as another version, in which
// less coverage is enough.
func newRules(t *testing.T, files fstest.MapFS, id, version string) []byte {
	t.Helper()
	text := string(files[id+"/1.0.0/rules.json"].Data)
	changed := strings.NewReplacer(`"version": "1.0.0"`, `"version": "`+version+`"`, `"coverage_below": 60`, `"coverage_below": 10`).Replace(text)
	if strings.Count(changed, `"version": "`+version+`"`) != 1 || !strings.Contains(changed, `"coverage_below": 10`) {
		t.Fatal("the rules could not be changed")
	}
	return []byte(changed)
}

// outcome is what an entry makes of an interview in which little was said.
func outcome(t *testing.T, e *catalog.Entry) screening.Outcome {
	t.Helper()
	answers := screening.Answers{}
	for _, it := range e.Instrument.Items[:20] {
		quiet := slices.IndexFunc(it.Options, func(o screening.Option) bool { return len(o.Evidence) == 0 && o.Accepts == "" })
		if quiet >= 0 {
			answers[it.ID] = []string{it.Options[quiet].Code}
		}
	}
	r, err := e.Program.Responses(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e.Program.Assess(r).Outcome
}

func TestNewestRulesAreActiveAndOldOnesExplain(t *testing.T) {
	files := shipped(t)
	files["screen-fc/1.0.0/rules/1.2.0.json"] = &fstest.MapFile{Data: newRules(t, files, "screen-fc", "1.2.0")}
	deployment := fstest.MapFS{"screen-fc/1.0.0/rules/1.10.0.json": &fstest.MapFile{Data: newRules(t, files, "screen-fc", "1.10.0")}}
	c, err := catalog.Load(files, nil, catalog.OwnRules(deployment))
	if err != nil {
		t.Fatal(err)
	}
	e, ok := c.Lookup("screen-fc@1.0.0")
	if !ok {
		t.Fatal("the instrument is gone")
	}
	if got, want := e.RulesVersions(), []string{"1.10.0", "1.2.0", "1.0.0"}; !slices.Equal(got, want) {
		t.Errorf("got rules %v, want %v", got, want)
	}
	if e.Rules.Version != "1.10.0" || outcome(t, e) != screening.NoneFound {
		t.Errorf("rules %s are active and give %s", e.Rules.Version, outcome(t, e))
	}
	old, ok := c.Scored(e.Instrument.Ref(), screening.Ref{ID: "screen-fc", Version: "1.0.0"})
	if !ok || old.Rules.Version != "1.0.0" || outcome(t, old) != screening.Insufficient {
		t.Errorf("the old rules give %v, want INSUFFICIENT", old)
	}
	for _, missing := range []screening.Ref{{ID: "screen-fc", Version: "1.1.0"}, {ID: "triage-border", Version: "1.0.0"}} {
		if _, ok := c.Scored(e.Instrument.Ref(), missing); ok {
			t.Errorf("rules %s explain screen-fc", missing)
		}
	}
	if other, _ := c.Newest("triage-border"); other.Rules.Version != "1.0.0" {
		t.Errorf("the other instrument has rules %s", other.Rules.Version)
	}
}

func TestDeploymentChoosesRules(t *testing.T) {
	files := shipped(t)
	files["screen-fc/1.0.0/rules/1.2.0.json"] = &fstest.MapFile{Data: newRules(t, files, "screen-fc", "1.2.0")}
	c, err := catalog.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := c.Pin(map[string]string{"screen-fc@1.0.0": "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := pinned.Newest("screen-fc"); e.Rules.Version != "1.0.0" {
		t.Errorf("rules %s are active, want those that were chosen", e.Rules.Version)
	}
	if e, _ := pinned.Newest("screen-fc"); len(e.RulesVersions()) != 2 {
		t.Errorf("choosing rules took others away: %v", e.RulesVersions())
	}
	if e, _ := c.Newest("screen-fc"); e.Rules.Version != "1.2.0" {
		t.Errorf("choosing rules changed the catalogue it was done on")
	}
	_, err = c.Pin(map[string]string{"screen-fc@1.0.0": "3.0.0", "screen-fc": "1.0.0"})
	if err == nil || !strings.Contains(err.Error(), "screen-fc@1.0.0 has no rules 3.0.0; it has 1.2.0, 1.0.0") || !strings.Contains(err.Error(), "there is no instrument screen-fc to") {
		t.Errorf("got %v", err)
	}
}

func TestWrongRulesAreRefusedWithTheirFile(t *testing.T) {
	for _, tt := range []struct{ name, file, version, want string }{
		{"another name than its version", "screen-fc/1.0.0/rules/1.1.json", "1.1.0", "screen-fc/1.0.0/rules/1.1.json: holds rules 1.1.0 and must be called 1.1.0.json"},
		{"a version that is taken", "screen-fc/1.0.0/rules/1.0.0.json", "1.0.0", "rules 1.0.0 are published already"},
		{"another instrument", "triage-border/1.0.0/rules/1.1.0.json", "1.1.0", "the rules are for screen-fc"},
		{"outcomes of a triage", "screen-fc/1.0.0/rules/1.1.0.json", "1.1.0", "screen-fc/1.0.0/rules/1.1.0.json: the outcomes are of another kind of instrument than those of rules 1.0.0"},
		{"no such instrument", "screen-fc/9.0.0/rules/1.1.0.json", "1.1.0", "there is no instrument screen-fc@9.0.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := shipped(t)
			deployment := fstest.MapFS{tt.file: &fstest.MapFile{Data: newRules(t, files, "screen-fc", tt.version)}}
			if tt.name == "outcomes of a triage" {
				deployment[tt.file].Data = []byte(strings.ReplaceAll(string(newRules(t, files, "triage-border", tt.version)), "triage-border", "screen-fc"))
			}
			if _, err := catalog.Load(files, nil, catalog.OwnRules(deployment)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
