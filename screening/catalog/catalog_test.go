package catalog_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// shipped copies the shipped definitions, so that a test can change them.
func shipped(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(instruments.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(instruments.FS, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}

// translated writes every text of an instrument in another language: the
// source between brackets.
func translated(t *testing.T, in *screening.Instrument, language string, change func(map[string]screening.Text)) []byte {
	t.Helper()
	bracket := func(s screening.Text) screening.Text {
		out := screening.Text{Default: "[" + s.Default + "]"}
		for v, text := range s.Variants {
			if out.Variants == nil {
				out.Variants = map[screening.Variant]string{}
			}
			out.Variants[v] = "[" + text + "]"
		}
		return out
	}
	texts := map[string]screening.Text{
		"title": bracket(screening.Text{Default: in.Title}), "about": bracket(screening.Text{Default: in.About}),
		"validation": bracket(screening.Text{Default: in.Validation}),
	}
	for name, notice := range in.Notices {
		texts["notices."+name] = bracket(notice)
	}
	for _, s := range in.Sections {
		texts["sections."+s.ID] = bracket(s.Title)
	}
	for _, it := range in.Items {
		texts["items."+it.ID+".text"] = bracket(it.Text)
		if it.Guidance != "" {
			texts["items."+it.ID+".guidance"] = bracket(screening.Text{Default: it.Guidance})
		}
		for _, o := range it.Options {
			texts["items."+it.ID+".options."+o.Code] = bracket(o.Label)
		}
	}
	if change != nil {
		change(texts)
	}
	data, err := json.Marshal(map[string]any{"language": language, "instrument": in.Ref(), "texts": texts})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestNewestVersionIsFoundAndOldOnesStay(t *testing.T) {
	files := shipped(t)
	for _, version := range []string{"1.2.0", "1.10.0"} {
		for _, name := range []string{"instrument.json", "rules.json"} {
			text := strings.Replace(string(files["screen-fc/1.0.0/"+name].Data), `"version": "1.0.0"`, `"version": "`+version+`"`, 1)
			files["screen-fc/"+version+"/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	c, err := catalog.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"screen-fc": "1.10.0", "screen-fc@1.2.0": "1.2.0", "screen-fc@1.0.0": "1.0.0"} {
		if e, ok := c.Lookup(name); !ok || e.Instrument.Version != want {
			t.Errorf("%s: found %t, want version %s", name, ok, want)
		}
	}
	for _, name := range []string{"", "screen", "screen-fc@", "screen-fc@9.9.9", "screen-fc@1.0.0@1.0.0", "../screen-fc"} {
		if _, ok := c.Lookup(name); ok {
			t.Errorf("%q was found", name)
		}
	}
	if got := len(c.All()); got != 4 {
		t.Errorf("%d entries, want 4", got)
	}
}

func TestBrokenDefinitionsAreRefusedWithAllTheirProblems(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(fstest.MapFS)
		want   []string
	}{
		"problems in two files": {func(f fstest.MapFS) {
			replace(f, "screen-fc/1.0.0/instrument.json", `"type": "one"`, `"type": "two"`)
			replace(f, "triage-border/1.0.0/rules.json", `"outcome": "RED"`, `"outcome": "BLUE"`)
		}, []string{"screen-fc/1.0.0/instrument.json:", "triage-border/1.0.0/rules.json:", `"BLUE"`}},
		"another folder": {func(f fstest.MapFS) {
			for _, name := range []string{"instrument.json", "rules.json"} {
				f["screen-fc/2.0.0/"+name] = f["screen-fc/1.0.0/"+name]
			}
		}, []string{"must be called screen-fc/1.0.0"}},
		"no rules":       {func(f fstest.MapFS) { delete(f, "screen-fc/1.0.0/rules.json") }, []string{"screen-fc/1.0.0/rules.json"}},
		"no codebook":    {func(f fstest.MapFS) { delete(f, "codebook/1.0.0.json") }, []string{"there is no codebook"}},
		"no instruments": {func(f fstest.MapFS) { clearExcept(f, "codebook/") }, []string{"there are no instruments"}},
		"rules of another instrument": {func(f fstest.MapFS) {
			f["screen-fc/1.0.0/rules.json"] = f["triage-border/1.0.0/rules.json"]
		}, []string{"the rules are for triage-border"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := shipped(t)
			tt.change(files)
			c, err := catalog.Load(files, nil)
			if c != nil || err == nil {
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

func replace(f fstest.MapFS, file, old, with string) {
	f[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(f[file].Data), old, with, 1))}
}

func clearExcept(f fstest.MapFS, prefix string) {
	for name := range f {
		if !strings.HasPrefix(name, prefix) {
			delete(f, name)
		}
	}
}

func TestTranslationReplacesEveryTextAndNothingElse(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	source, _ := c.Newest("screen-fc")
	c, err = catalog.Load(instruments.FS, fstest.MapFS{
		"screen-fc/1.0.0/th.json": {Data: translated(t, source.Instrument, "th", nil)},
	})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Newest("screen-fc")
	th, ok := e.In("th")
	if !ok || th.Language != "th" {
		t.Fatal("there is no Thai questionnaire")
	}
	if got := e.Languages(); len(got) != 2 || got[0] != "en" {
		t.Errorf("languages %v, want the source first", got)
	}
	if _, ok := e.In("km"); ok {
		t.Error("there is a Khmer questionnaire")
	}
	left, err := json.Marshal(th)
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range e.Instrument.Items {
		got := th.Items[i]
		if got.Text.Default != "["+it.Text.Default+"]" || got.ID != it.ID || got.Type != it.Type || len(got.Options) != len(it.Options) {
			t.Errorf("%s: got %+v", it.ID, got)
		}
		for _, v := range screening.Variants() {
			if it.Text.For(v) != "" && got.Text.For(v) != "["+it.Text.For(v)+"]" {
				t.Errorf("%s for %s: got %q", it.ID, v, got.Text.For(v))
			}
		}
		for j, o := range it.Options {
			if g := got.Options[j]; g.Code != o.Code || g.Label.Default != "["+o.Label.Default+"]" || len(g.Evidence) != len(o.Evidence) {
				t.Errorf("%s %s: got %+v", it.ID, o.Code, g)
			}
		}
	}
	if en, _ := e.In("en"); strings.HasPrefix(en.Items[0].Text.Default, "[") || strings.Contains(string(left), `"default":"How`) {
		t.Error("the two languages are mixed")
	}
}

func TestTranslationThatIsNotWholeIsRefused(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	in, _ := c.Newest("triage-border")
	for name, tt := range map[string]struct {
		file   string
		change func(map[string]screening.Text)
		want   string
	}{
		"a text is missing":    {"th", func(m map[string]screening.Text) { delete(m, "items.T05.text") }, `text "items.T05.text" is missing`},
		"an option is missing": {"th", func(m map[string]screening.Text) { delete(m, "items.T05.options.taken") }, `"items.T05.options.taken" is missing`},
		"a text too many":      {"th", func(m map[string]screening.Text) { m["items.T99.text"] = screening.Text{Default: "x"} }, `"items.T99.text" belongs to nothing`},
		"another language":     {"km", nil, `is for triage-border@1.0.0 in "th"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.Load(instruments.FS, fstest.MapFS{
				"triage-border/1.0.0/" + tt.file + ".json": {Data: translated(t, in.Instrument, "th", tt.change)},
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// The instruments' ids, option codes and evidence are contracts with history.
func TestShippedInstrumentsHaveTheirItems(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct{ items, options, evidence, variants int }{
		"triage-border": {12, 53, 40, 14},
		"screen-fc":     {55, 242, 197, 11},
	} {
		e, ok := c.Newest(id)
		if !ok {
			t.Fatalf("there is no %s", id)
		}
		var options, evidence, variants int
		for _, it := range e.Instrument.Items {
			options += len(it.Options)
			variants += len(it.Text.Variants)
			for _, o := range it.Options {
				evidence += len(o.Evidence)
				variants += len(o.Label.Variants)
			}
		}
		if got := len(e.Instrument.Items); got != want.items || evidence != want.evidence {
			t.Errorf("%s: %d items, %d pieces of evidence; want %d and %d", id, got, evidence, want.items, want.evidence)
		}
		if options != want.options || variants != want.variants {
			t.Errorf("%s: %d options, %d variants; want %d and %d", id, options, variants, want.options, want.variants)
		}
		if !strings.Contains(e.Instrument.Validation, "have not been tested on people") {
			t.Errorf("%s does not say that it was not tested on people", id)
		}
	}
}

func TestPairsWithAnotherInstrumentAreHeldAgainstIt(t *testing.T) {
	const file = "screen-fc/1.0.0/rules.json"
	for name, tt := range map[string]struct{ old, now, want string }{
		"no such instrument": {`{"instrument": "triage-border", "item": "T05", "any": ["taken"]}`, `{"instrument": "triage-moon", "item": "T05", "any": ["taken"]}`, `there is no instrument "triage-moon"`},
		"no such item":       {`"item": "T05", "any": ["taken"]`, `"item": "T95", "any": ["taken"]`, "triage-border@1.0.0 has no item T95"},
		"no such option":     {`"item": "T05", "any": ["taken"]`, `"item": "T05", "any": ["gone"]`, `item T05 of triage-border@1.0.0 has no option "gone"`},
		"of its own":         {`"item": "F07", "any": ["gate", "armed"]`, `"item": "F07", "any": ["gates"]`, `item F07 of screen-fc@1.0.0 has no option "gates"`},
	} {
		t.Run(name, func(t *testing.T) {
			files := shipped(t)
			text := string(files[file].Data)
			if !strings.Contains(text, tt.old) {
				t.Fatalf("the rules have no %s", tt.old)
			}
			files[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, tt.old, tt.now, 1))}
			c, err := catalog.Load(files, nil)
			if c != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if name != "no such instrument" && err != nil && !strings.Contains(err.Error(), file+":") {
				t.Errorf("%v does not say where", err)
			}
		})
	}
}

func TestChildIsNotAskedWhatIsWithheldFromChildren(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Newest("screen-fc")
	for age, want := range map[string]bool{"15_17": false, "unsure": false, "30_47": true} {
		r, err := e.Program.Responses(screening.Answers{"B01": {age}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		asked := false
		for _, ask := range e.AskNext(r).Asks {
			asked = asked || ask.Item == "I02"
		}
		if asked != want {
			t.Errorf("aged %s: I02 is asked: %t, want %t", age, asked, want)
		}
	}
}
