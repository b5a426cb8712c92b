package jurisdiction_test

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
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
)

var update = flag.Bool("update", false, "write the golden files and the table of docs/country-packs.md anew")

// smallLayout is the layout of the test data.
func smallLayout(tb testing.TB) *jurisdiction.Layout {
	tb.Helper()
	layout, err := jurisdiction.LoadLayout(os.DirFS("testdata"))
	if err != nil {
		tb.Fatal(err)
	}
	return layout
}

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-golden +got):\n%s", file, d)
	}
}

func TestEveryProblemIsReportedAtOnceWithItsPlace(t *testing.T) {
	layout := smallLayout(t)
	for name, parse := range map[string]func(file string, data []byte) error{
		"kh": func(file string, data []byte) error {
			p, err := jurisdiction.ParsePack(file, data, layout)
			if p != nil {
				t.Error("a broken pack was returned")
			}
			return err
		},
		"broken-leaves": func(file string, data []byte) error {
			l, err := jurisdiction.ParseLayout(file, data)
			if l != nil {
				t.Error("a broken layout was returned")
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
			golden(t, filepath.Join("testdata", name+".txt"), problems.Error()+"\n")
		})
	}
}

// pack is a valid pack of the small layout.
const pack = `{
  "iso": "KH", "name": "Cambodia", "language": "en", "notice": "This is information, not legal advice.",
  "leaves": {
    "clause": {"value": "s. 41", "status": "verified", "confidence": "high", "source": "Gazette", "as_of": "2026-11-20"},
    "charges": {"value": "fraud", "status": "unverified", "confidence": "medium", "source": null, "as_of": "2026-11-19"},
    "rule": {"value": "means_waived", "status": "unverified", "confidence": "low", "source": null, "as_of": "2026-11-21"},
    "hotline": {"value": null, "status": "unknown", "confidence": "low", "source": null, "as_of": "2026-11-20"}
  }
}`

func TestLeafThatCouldMisleadIsRefused(t *testing.T) {
	layout := smallLayout(t)
	for name, tt := range map[string]struct{ file, old, with, want string }{
		"as it is":                  {"kh.json", "", "", ""},
		"another country's file":    {"th.json", "", "", "must be called kh.json"},
		"verified without a source": {"kh.json", `"Gazette"`, `null`, "names the source"},
		"verified without a day":    {"kh.json", `"Gazette", "as_of": "2026-11-20"`, `"Gazette"`, `"as_of" is missing`},
		"a day that is none":        {"kh.json", `2026-11-19`, `2026-13-01`, "is not a day"},
		"unknown with a value":      {"kh.json", `{"value": null`, `{"value": "117"`, "an unknown leaf has no value"},
		"unknown and confident":     {"kh.json", `"unknown", "confidence": "low"`, `"unknown", "confidence": "high"`, "an unknown leaf has confidence low"},
		"no value and not unknown":  {"kh.json", `{"value": "fraud"`, `{"value": null`, "a leaf without a value is unknown"},
		"an invented status":        {"kh.json", `"verified"`, `"certain"`, `"certain" is not one of verified, unverified, unknown`},
		"an invented code":          {"kh.json", `means_waived`, `means_maybe`, `"means_maybe" is not one of means_waived, means_required`},
		"a leaf left out":           {"kh.json", `"hotline"`, `"helpline"`, `"hotline" is missing`},
		"a small iso":               {"kh.json", `"KH"`, `"kh"`, "two capitals"},
		"no word on legal advice":   {"kh.json", `, "notice": "This is information, not legal advice."`, ``, `"notice" is missing`},
		"a gap that does not name itself": {"kh.json", `
  }
}`, `
  }, "gaps": [{"value": null, "status": "unknown", "confidence": "low", "source": null, "as_of": "2026-11-20"}]
}`, `"about" is missing`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(pack, tt.old, tt.with, 1)
			if tt.old != "" && text == pack {
				t.Fatal("nothing was changed")
			}
			_, err := jurisdiction.ParsePack(tt.file, []byte(text), layout)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzParsePack(f *testing.F) {
	layout, err := jurisdiction.LoadLayout(jurisdictions.FS)
	if err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob("../jurisdictions/??.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no packs to start from: %v", err)
	}
	for _, file := range append(files, "testdata/kh.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Base(file), data)
	}
	f.Fuzz(func(t *testing.T, file string, data []byte) {
		p, err := jurisdiction.ParsePack(file, data, layout)
		if err != nil {
			if p != nil {
				t.Fatal("a pack came with an error")
			}
			return
		}
		if len(p.Leaves) != len(layout.Leaves) || p.Notice != jurisdiction.Notice {
			t.Fatalf("%d leaves, notice %q", len(p.Leaves), p.Notice)
		}
		marshalled, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := jurisdiction.ParsePack(file, marshalled, layout)
		if err != nil {
			t.Fatalf("what was parsed does not parse again: %v", err)
		}
		if d := cmp.Diff(p, again); d != "" {
			t.Fatalf("changed on the way:\n%s", d)
		}
	})
}

func FuzzParseLayout(f *testing.F) {
	for _, file := range []string{"../jurisdictions/leaves.json", "testdata/leaves.json", "testdata/broken-leaves.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := jurisdiction.ParseLayout("leaves.json", data)
		if err != nil {
			return
		}
		for _, o := range screening.Outcomes() {
			if shown, ok := l.Shown(o); !ok || len(shown) == 0 {
				t.Fatalf("nothing is shown with %s", o)
			}
		}
	})
}
