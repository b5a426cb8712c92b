package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkedBlock is a block of the README that stands under a comment such as
// <!-- checked: walk -->.
var checkedBlock = regexp.MustCompile("(?s)<!-- checked: ([a-z]+) -->\n```[a-z]*\n(.*?)```")

// readme gives the checked blocks of one kind.
func readme(t *testing.T, kind string) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range checkedBlock.FindAllStringSubmatch(string(text), -1) {
		if m[1] == kind {
			blocks = append(blocks, m[2])
		}
	}
	if len(blocks) == 0 {
		t.Fatalf("the README has no block that is checked as %q", kind)
	}
	return blocks
}

// looksLike compares an output with one in which "…" stands for anything.
func looksLike(t *testing.T, what, got, want string) {
	t.Helper()
	pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(want)), "…", ".*?")
	if !regexp.MustCompile("(?s)^" + pattern + "$").MatchString(strings.TrimSpace(got)) {
		t.Errorf("%s\n got: %s\nwant: %s", what, got, want)
	}
}

type step struct{ command, output string }

// steps splits a console block at its commands.
func steps(block string) []step {
	var out []step
	for line := range strings.Lines(block) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			out = append(out, step{command: strings.TrimSpace(command)})
			continue
		}
		out[len(out)-1].output += line
	}
	return out
}

// walk runs all commands in one shell, as somebody would who types them.
func walk(t *testing.T, base string, all []step) {
	t.Helper()
	if len(all) == 0 {
		t.Fatal("there is no command to run")
	}
	const mark = "\x1e"
	var script strings.Builder
	for _, s := range all {
		script.WriteString("printf '" + mark + "'\n" + strings.ReplaceAll(s.command, "http://127.0.0.1:8080", base) + "\n")
	}
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "waymark")); err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("sh", "-c", script.String())
	sh.Env = append(os.Environ(), asProgram+"=1", "PATH="+bin+":"+os.Getenv("PATH"))
	printed, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	outputs := strings.Split(string(printed), mark)[1:]
	if len(outputs) != len(all) {
		t.Fatalf("%d outputs of %d commands", len(outputs), len(all))
	}
	for i, s := range all {
		looksLike(t, s.command, outputs[i], s.output)
	}
}

func TestWalkInTheREADMEPrintsWhatItSays(t *testing.T) {
	server := serve(t, t.TempDir(), "--demo")
	var all []step
	for _, block := range readme(t, "walk") {
		all = append(all, steps(block)...)
	}
	walk(t, server.base, all)
}

func TestCommandsInTheREADMEPrintWhatItSays(t *testing.T) {
	for _, block := range readme(t, "cli") {
		walk(t, "", steps(block))
	}
}

func TestStartAndDemoInTheREADMEPrintWhatItSays(t *testing.T) {
	server := serve(t, filepath.Join(t.TempDir(), "data"), "--demo")
	announced := strings.ReplaceAll(server.announced, server.base, "http://127.0.0.1:8080")
	looksLike(t, "make run", announced, readme(t, "start")[0])

	demo, err := program(t, "demo").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(demo), "\n")
	looksLike(t, "make demo", table, readme(t, "demo")[0])
}

// Every setting has a line in the README, and the README has no other.
func TestREADMEListsEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	help, err := program(t, "serve", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	variable := regexp.MustCompile(`WAYMARK_[A-Z_]+`)
	documented := variable.FindAllString(string(text), -1)
	settings := variable.FindAllString(string(help), -1)
	if len(settings) < 10 {
		t.Fatalf("the help names %d settings", len(settings))
	}
	slices.Sort(documented)
	slices.Sort(settings)
	if diff := cmp.Diff(slices.Compact(settings), slices.Compact(documented)); diff != "" {
		t.Errorf("settings and README differ:\n%s", diff)
	}
}
