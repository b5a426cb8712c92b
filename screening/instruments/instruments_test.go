package instruments_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"waymark/screening/instruments"
)

// Section 8 of the domain reference: every instrument ships with this sentence.
func TestEveryPublishedVersionSaysThatItWasNotTestedOnPeople(t *testing.T) {
	const sentence = "The instruments, thresholds and outcome rules have not been tested on people."
	versions, err := fs.Glob(instruments.FS, "*/*/instrument.json")
	if err != nil || len(versions) < 4 {
		t.Fatalf("%d versions: %v", len(versions), err)
	}
	for _, version := range versions {
		file := path.Join(path.Dir(version), "PROVENANCE.md")
		text, err := fs.ReadFile(instruments.FS, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, part := range []string{sentence, "## What it rests on", "## What is ours", "## Not verified"} {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s does not say %q", file, part)
			}
		}
	}
}

func TestEveryPublishedVersionHasEnoughVectors(t *testing.T) {
	least := map[string]int{"screen-fc": 40}
	files, err := fs.Glob(instruments.FS, "*/*/vectors.json")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(instruments.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		want := max(20, least[strings.Split(file, "/")[0]])
		if got := strings.Count(string(text), `"why":`); got < want {
			t.Errorf("%s has %d vectors, want %d", file, got, want)
		}
	}
}
