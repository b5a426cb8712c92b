package main_test

import (
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	waymark "waymark/cmd/waymark"
	"waymark/locales"
)

var update = flag.Bool("update", false, "write the table of docs/languages.md")

// The page says what ships: go test ./cmd/waymark -run LanguagePage -update.
func TestLanguagePageHasTheCoverageOfToday(t *testing.T) {
	const (
		page  = "../../docs/languages.md"
		begin = "<!-- coverage: generated, do not edit -->\n"
		end   = "<!-- end of coverage -->\n"
	)
	table, err := waymark.Coverage()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	written, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(written, "\n"), strings.Split(table, "\n")); diff != "" {
		t.Error("write it again with -update:\n", diff)
	}
}

// Drafts are served by the demo, which marks them, and elsewhere only where the
// operator asked for them.
func TestDraftsNeedTheOperatorsChoice(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"languages.json", "unchanged.json", "messages/en.json"} {
		data, err := fs.ReadFile(locales.Shipped(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	for _, tag := range []string{"th", "dv"} { // Dhivehi ships excluded
		name, data, err := waymark.SourceFile(tag)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
		if name, data, err = waymark.Stamp(files, tag); err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	for name, tt := range map[string]struct {
		least string
		demo  bool
		want  []string
	}{
		"nothing said":        {"", false, []string{"en"}},
		"the demo":            {"", true, []string{"en", "th"}},
		"drafts asked for":    {"draft", false, []string{"en", "th"}},
		"a demo of the good":  {"field_tested", true, []string{"en"}},
		"only what is tested": {"field_tested", false, []string{"en"}},
	} {
		got, err := waymark.ServedIn(files, tt.least, tt.demo)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: served in %v, %v; want %v", name, got, err, tt.want)
		}
	}
}
