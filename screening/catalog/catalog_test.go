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
func translated(t *testing.T, e *catalog.Entry, change func(map[string]screening.Text)) []byte {
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
	texts := map[string]screening.Text{}
	for _, keyed := range catalog.Texts(e) {
		texts[keyed.Key] = bracket(keyed.Text)
	}
	if change != nil {
		change(texts)
	}
	data, err := json.Marshal(texts)
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
	if got := len(c.All()); got != 6 {
		t.Errorf("%d entries, want 6", got)
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
		"instruments/screen-fc/1.0.0/th.json": {Data: translated(t, source, nil)},
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
		change func(map[string]screening.Text)
		want   string
	}{
		"a text is missing":    {func(m map[string]screening.Text) { delete(m, "items.T05.text") }, `text "items.T05.text" is missing`},
		"an option is missing": {func(m map[string]screening.Text) { delete(m, "items.T05.options.taken") }, `"items.T05.options.taken" is missing`},
		"a text too many":      {func(m map[string]screening.Text) { m["items.T99.text"] = screening.Text{Default: "x"} }, `"items.T99.text" belongs to nothing`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.Load(instruments.FS, fstest.MapFS{
				"instruments/triage-border/1.0.0/th.json": {Data: translated(t, in, tt.change)},
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A particle or a verb may follow the gender of the officer who speaks. Not
// knowing it claims nothing, and leaves no gap where a word is empty.
func TestWordsFollowTheOfficersOwnGender(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	source, _ := c.Newest("triage-border")
	text := screening.Text{Default: "Q {polite}", Variants: map[screening.Variant]string{screening.Child: "q{polite}, {ask}?"}}
	files := func(words string) fstest.MapFS {
		return fstest.MapFS{
			"officer/th.json": {Data: []byte(words)},
			"instruments/triage-border/1.0.0/th.json": {Data: translated(t, source, func(m map[string]screening.Text) {
				m["items.T05.text"] = text
			})},
		}
	}
	c, err = c.Translated(files(`{"polite": {"default": "", "woman": "kha", "man": "khrap"}, "ask": {"default": "asked", "woman": "asks"}}`))
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Newest("triage-border")
	for officer, want := range map[screening.Variant][2]string{
		screening.Neutral: {"Q", "q, asked?"}, screening.Woman: {"Q kha", "qkha, asks?"}, screening.Man: {"Q khrap", "qkhrap, asked?"},
	} {
		in, ok := e.For(catalog.Wording{Language: "th", Officer: officer})
		if !ok {
			t.Fatal("there is no Thai")
		}
		it, _ := in.Item("T05")
		if got := [2]string{it.Text.For(screening.Neutral), it.Text.For(screening.Child)}; got != want {
			t.Errorf("officer %q: got %q, want %q", officer, got, want)
		}
	}
	neutral, _ := e.In("en")
	if woman, ok := e.For(catalog.Wording{Language: "en", Officer: screening.Woman}); !ok || woman != neutral {
		t.Error("a language without such words has another wording for each officer")
	}
	if _, err := c.Translated(files(`{"polite": {"default": ""}}`)); err == nil || !strings.Contains(err.Error(), "there is no word for {ask}") {
		t.Errorf("a word that is not defined gives %v", err)
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
		"ngo-wellbeing": {18, 53, 9, 5},
		"child-module":  {14, 56, 41, 0},
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

// The protocol is the same set of items everywhere; the child module has one
// box more, so that sexual harm is spoken of later, with a specialist.
func TestShippedInstrumentsHaveTheirProtocol(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.All() {
		var opening, closing []string
		for _, it := range e.Instrument.Protocol.Opening {
			opening = append(opening, it.ID)
		}
		for _, it := range e.Instrument.Protocol.Closing {
			closing = append(closing, it.ID)
		}
		want := "L1 L2 L3 L4 L5 L6"
		if e.Instrument.ID == "child-module" {
			want += " L7"
		}
		if got := strings.Join(opening, " "); got != "P1 P2 P3 P4 P5 P6 P7" {
			t.Errorf("%s: opening items %s", e.Instrument.ID, got)
		}
		if got := strings.Join(closing, " "); got != want {
			t.Errorf("%s: closing items %s, want %s", e.Instrument.ID, got, want)
		}
		const start = `{"all":[{"item":"P1","any":["yes"]},{"item":"P4","any":["yes"]}]}`
		if got := e.Instrument.Protocol.StartWhen.String(); got != start {
			t.Errorf("%s starts when %s", e.Instrument.ID, got)
		}
	}
}

func TestLinksToOtherInstrumentsAreCheckedWithTheirPlace(t *testing.T) {
	for name, tt := range map[string]struct{ file, old, with, want string }{
		"an item that is not there":         {"screen-fc/1.0.0/instrument.json", `"item": "T05"`, `"item": "T55"`, `/prefill/1/item: triage-border@1.0.0 has no item "T55"`},
		"an option that is not there":       {"screen-fc/1.0.0/instrument.json", `"yes_grow": "trap"`, `"grows": "trap"`, `/prefill/3/options/grows: item T08 of triage-border@1.0.0 has no option "grows"`},
		"an instrument that is not there":   {"screen-fc/1.0.0/instrument.json", `{"from": "triage-border", "item": "T12"`, `{"from": "triage-sea", "item": "T12"`, `/prefill/4/from: there is no instrument "triage-sea"`},
		"nothing to open":                   {"triage-border/1.0.0/rules.json", `"instrument": "child-module"`, `"instrument": "kids"`, `/opens/0/instrument: there is no instrument "kids"`},
		"a need behind no question":         {"ngo-wellbeing/1.0.0/rules.json", `{"item": "W17", "any": ["yes"]}`, `{"item": "W71", "any": ["yes"]}`, `/opens/0/when: there is no item "W71"`},
		"a need behind no option":           {"ngo-wellbeing/1.0.0/rules.json", `{"item": "W10", "any": ["some"]}`, `{"item": "W10", "any": ["few"]}`, `/needs/8/when: item W10 has no option "few"`},
		"a sector that words another item":  {"screen-fc/1.0.0/sectors/fisheries.json", `"E05": {`, `"F01": {`, `/items/F01: unknown key "F01"`},
		"a sector under the name of others": {"screen-fc/1.0.0/sectors/fisheries.json", `"sector": "fisheries"`, `"sector": "mining"`, `holds the sector mining`},
	} {
		t.Run(name, func(t *testing.T) {
			files := shipped(t)
			replace(files, tt.file, tt.old, tt.with)
			c, err := catalog.Load(files, nil)
			if c != nil || err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.file+":") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestTranslationWordsEverySector(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	source, _ := c.Newest("screen-fc")
	const file = "instruments/screen-fc/1.0.0/th.json"
	c, err = catalog.Load(instruments.FS, fstest.MapFS{file: {Data: translated(t, source, nil)}})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Newest("screen-fc")
	fisheries, ok := e.For(catalog.Wording{Language: "th", Sector: "fisheries"})
	if !ok {
		t.Fatal("there is no Thai questionnaire for fisheries")
	}
	it, _ := fisheries.Item("E05")
	if got := it.Options[5].Label.Default; got != "[Sold or moved to a worse boat, or kept at sea]" {
		t.Errorf("got the label %q", got)
	}
	if got := e.SectorTitle("fisheries", "th"); got != "[Fishing boats, fish farms and processing]" {
		t.Errorf("got the title %q", got)
	}
	if got := e.SectorTitle("fisheries", "km"); got != "Fishing boats, fish farms and processing" {
		t.Errorf("got the title %q in a language that is not there", got)
	}
	if _, ok := e.For(catalog.Wording{Language: "th", Sector: "mining"}); ok {
		t.Error("there is a questionnaire for a sector that is not there")
	}
	_, err = catalog.Load(instruments.FS, fstest.MapFS{file: {Data: translated(t, source, func(texts map[string]screening.Text) {
		delete(texts, "sectors.fisheries.E05.sold")
	})}})
	if err == nil || !strings.Contains(err.Error(), `"sectors.fisheries.E05.sold" is missing`) {
		t.Errorf("got %v for half a sector", err)
	}
}

func TestBlockThatIsLeftOutIsInNoQuestionnaire(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil, catalog.LeaveOut("role"))
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Newest("screen-fc")
	general, _ := e.In("en")
	fisheries, _ := e.For(catalog.Wording{Language: "en", Sector: "fisheries"})
	for name, in := range map[string]*screening.Instrument{"general": general, "fisheries": fisheries} {
		for _, id := range []string{"F08", "H01", "H05"} {
			if _, ok := in.Item(id); ok {
				t.Errorf("%s: %s is still asked", name, id)
			}
		}
		if len(in.Items) != 49 {
			t.Errorf("%s: %d items, want 49", name, len(in.Items))
		}
	}
	if got := strings.Join(e.LeftOut, " "); got != "F08 H01 H02 H03 H04 H05" {
		t.Errorf("left out %s", got)
	}
	if _, ok := e.Instrument.Item("H01"); !ok {
		t.Error("the definition itself lost H01, and with it every earlier record's question")
	}
	if triage, _ := c.Newest("triage-border"); triage.LeftOut != nil {
		t.Errorf("triage leaves out %v", triage.LeftOut)
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
