package screening_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waymark/screening"
	"waymark/screening/instruments"
)

func TestSectorsChangeLabelsAndNothingElse(t *testing.T) {
	files, err := fs.Glob(instruments.FS, "*/*/sectors/*.json")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d sectors: %v", len(files), err)
	}
	for _, file := range files {
		in := load(t, strings.Split(file, "/")[0]).in
		data, err := fs.ReadFile(instruments.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		sector, err := screening.ParseSector(file, data, in)
		if err != nil {
			t.Fatal(err)
		}
		got := in.For(sector)
		if got.Sector != strings.TrimSuffix(path.Base(file), ".json") {
			t.Errorf("%s: the questionnaire is of sector %q", file, got.Sector)
		}
		changed := 0
		got.Sector = ""
		for i, it := range got.Items {
			for j := range it.Options {
				if cmp.Diff(it.Options[j].Label, in.Items[i].Options[j].Label) != "" {
					changed++
					if !in.Items[i].BySector {
						t.Errorf("%s: item %s is not marked by_sector", file, it.ID)
					}
				}
				it.Options[j].Label = in.Items[i].Options[j].Label
			}
		}
		if changed < 10 {
			t.Errorf("%s words only %d options anew", file, changed)
		}
		if d := cmp.Diff(in, got); d != "" {
			t.Errorf("%s changes more than labels (-general +sector):\n%s", file, d)
		}
	}
}

func TestSectorThatDoesNotFitIsRefusedWithItsPlace(t *testing.T) {
	const file = "screen-fc/1.0.0/sectors/fisheries.json"
	in := load(t, "screen-fc").in
	data, err := fs.ReadFile(instruments.FS, file)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ old, with, want string }{
		"an item that no sector words": {`"E05": {`, `"F01": {"free": "x"}, "E05": {`, `/items/F01: unknown key "F01"; known here: C03, E01, E05`},
		"an option that is not there":  {`"nojob":`, `"boat":`, `/items/C03/boat: unknown key "boat"`},
		"a text is missing":            {`"nojob":`, `"boat":`, `/items/C03: "nojob" is missing`},
		"an empty text":                {`"No job was offered"`, `" "`, `/items/C03/nojob: must not be empty`},
		"another instrument":           {`"screen-fc"`, `"triage-border"`, `/instrument: the instrument in this folder is screen-fc`},
		"another language":             {`"en"`, `"th"`, `other languages are translations`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(string(data), tt.old, tt.with, 1)
			sector, err := screening.ParseSector(file, []byte(text), in)
			if sector != nil || err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), file+":") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestBlockThatIsLeftOutNeverApplies(t *testing.T) {
	s := load(t, "screen-fc")
	p, err := screening.Compile(s.in, s.rules, s.book, "role")
	if err != nil {
		t.Fatal(err)
	}
	if p.Digest() == s.program.Digest() {
		t.Error("the program has the digest of the whole one")
	}
	left := []string{"F08", "H01", "H02", "H03", "H04", "H05"}
	if got := s.in.LeftOut("role"); !slices.Equal(got, left) {
		t.Errorf("left out %v, want %v", got, left)
	}
	answers := screening.Answers{"F08": {"told"}, "H01": {"yes"}, "H02": {"forced"}, "H03": {"chose"}, "H04": {"forced"}, "H05": {"share"}, "F01": {"never"}}
	r, err := p.Responses(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := p.Assess(r)
	if !slices.Equal(got.Ignored, left) || got.Role != screening.NoRole || !slices.Equal(got.Codes, []screening.Code{"CD03"}) {
		t.Errorf("ignored %v, role %q, codes %v", got.Ignored, got.Role, got.Codes)
	}
	whole := s.assess(t, screening.Answers{"F01": {"never"}}).Coverage.Applicable
	if want := whole - 4; got.Coverage.Applicable != want { // F08, H02, H03 and H04 can show an indicator
		t.Errorf("%d items count, want %d", got.Coverage.Applicable, want)
	}
	before := s.assess(t, answers) // a record from before the block was left out
	if again := p.AssessCodes(before.Codes, before.Coverage, nil); again.Outcome != before.Outcome || again.Role != before.Role || !slices.Equal(again.Codes, before.Codes) {
		t.Errorf("history changed from %s %v to %s %v", before.Outcome, before.Codes, again.Outcome, again.Codes)
	}
	asked := s.in.Without("role")
	for _, it := range asked.Items {
		if slices.Contains(left, it.ID) {
			t.Errorf("%s is still asked", it.ID)
		}
	}
	if _, ok := asked.Notices["rights"]; ok || slices.ContainsFunc(asked.Sections, func(s screening.Section) bool { return s.ID == "H" }) {
		t.Error("section H or its notice is still there")
	}
	if len(asked.Items) != len(s.in.Items)-len(left) || len(s.in.Items) != 55 {
		t.Errorf("%d of %d items are asked", len(asked.Items), len(s.in.Items))
	}
}

func TestInstrumentWithoutTheBlockIsTheSameWithoutIt(t *testing.T) {
	s := load(t, "triage-border")
	p, err := screening.Compile(s.in, s.rules, s.book, "role")
	if err != nil {
		t.Fatal(err)
	}
	if p.Digest() != s.program.Digest() || s.in.Without("role") != s.in {
		t.Error("leaving out a block that it does not have changed the instrument")
	}
}
