package screening_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/screening"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryProblemIsReportedAtOnceWithItsPlace(t *testing.T) {
	book := codebook(t)
	for name, parse := range map[string]func(file string, data []byte) error{
		"broken-instrument": func(file string, data []byte) error {
			in, err := screening.ParseInstrument(file, data, book)
			if in != nil {
				t.Error("a broken instrument was returned")
			}
			return err
		},
		"broken-rules": func(file string, data []byte) error {
			r, err := screening.ParseRules(file, data, book)
			if r != nil {
				t.Error("broken rules were returned")
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			err = parse(name+".json", data)
			var problems screening.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			golden := filepath.Join("testdata", name+".txt")
			got := problems.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("problems differ (-golden +got):\n%s", d)
			}
		})
	}
}

func TestFilesThatAreNotOneJSONValueAreRefusedAtTheirPlace(t *testing.T) {
	book := codebook(t)
	for name, tt := range map[string]struct{ text, want string }{
		"empty":         {"", "f.json:1:1"},
		"cut short":     {"{\n  \"id\": \"x\",", "f.json:2:13"},
		"a stray comma": {"{\n  \"id\": \"x\",\n}", "f.json:2:13"},
		"a comma first": {",0", "f.json:1:1: /: not JSON"},
		"two values":    {"{} {}", "f.json:1:"},
		"not UTF-8":     {"{\"id\": \"\xff\"}", "UTF-8"},
		"nested deep":   {strings.Repeat("[", 100), "nested more than"},
		"a list":        {"[]", "must be an object"},
		"a comma":       {",", "f.json:1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := screening.ParseInstrument("f.json", []byte(tt.text), book)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestInstrumentComesBackFromItsJSON(t *testing.T) {
	book := codebook(t)
	for _, id := range shippedIDs(t) {
		in := load(t, id).in
		data, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := screening.ParseInstrument("again.json", data, book)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(in, again); d != "" {
			t.Errorf("%s changed on the way (-first +again):\n%s", id, d)
		}
	}
}

func FuzzParseInstrument(f *testing.F) {
	book := codebook(f)
	// Whole instruments are too large to be changed usefully.
	addFiles(f, "testdata/broken-instrument.json")
	small := []byte(`{"id": "a", "version": "1.0.0", "language": "en", "title": "A", "about": "B", "minutes": 5, "validation": "C",
		"notices": {"n": "N"}, "sections": [{"id": "S", "title": {"default": "T", "child": "U"}}],
		"items": [
			{"id": "A01", "section": "S", "type": "one", "text": "Q", "records": "age_band", "source": "X",
			 "options": [{"code": "a", "label": "L", "evidence": ["CD01"]}, {"code": "b", "label": "M"}]},
			{"id": "A02", "section": "S", "type": "many", "text": {"default": "Q", "woman": "W"}, "guidance": "G", "notice": "n", "source": "X",
			 "applies": {"item": "A01", "any": ["a"]},
			 "options": [{"code": "a", "label": "L", "accepts": "iso-3166-1"}]}]}`)
	if _, err := screening.ParseInstrument("small.json", small, book); err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := screening.ParseInstrument("fuzz.json", data, book)
		if err != nil {
			if in != nil {
				t.Fatal("an instrument came with an error")
			}
			return
		}
		marshalled, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := screening.ParseInstrument("again.json", marshalled, book)
		if err != nil {
			t.Fatalf("what was parsed does not parse again: %v", err)
		}
		if d := cmp.Diff(in, again); d != "" {
			t.Fatalf("changed on the way:\n%s", d)
		}
	})
}

func FuzzParseRules(f *testing.F) {
	s := load(f, "screen-fc")
	addFiles(f, "instruments/*/*/rules.json", "testdata/broken-rules.json")
	f.Fuzz(func(_ *testing.T, data []byte) {
		r, err := screening.ParseRules("fuzz.json", data, s.book)
		if err != nil {
			return
		}
		r.ID = s.in.ID
		p, err := screening.Compile(s.in, r, s.book)
		if err != nil {
			return
		}
		p.Assess(&screening.Responses{}) // what compiles must run
	})
}

// addFiles seeds a fuzz target. A pattern without files fails: a target that
// is seeded with nothing finds nothing.
func addFiles(f *testing.F, patterns ...string) {
	f.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no files match %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
}
