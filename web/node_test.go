// Package web_test holds the tablet's interpreter to the Go engine: both run
// the same programs on the same interviews, the one in Node, and have to write
// the same bytes.
package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
	"waymark/screening/instruments"
)

// dist is where the interpreter is built for these tests: a folder of their
// own, as the workers of a fuzz run build beside one another.
var dist string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "waymark-web-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dist = folder
	code := m.Run()
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

// errNoNode says that the interpreter cannot be built here.
var errNoNode = errors.New("needs Node and the packages of web/; run make test-web")

// build bundles the interpreter once for all tests, from the sources as they
// are, so that no test judges an earlier one.
var build = sync.OnceValue(func() error {
	if err := readSources(); err != nil {
		return err
	}
	_, noNode := exec.LookPath("node")
	if _, err := os.Stat("node_modules"); err != nil || noNode != nil {
		return errNoNode
	}
	if out, err := exec.Command("node", "build.mjs", "--node", dist).CombinedOutput(); err != nil {
		return fmt.Errorf("node build.mjs: %w\n%s", err, out)
	}
	return nil
})

// readSources opens every source of the interpreter, so that the go command
// knows that a result of these tests depends on them and does not repeat an
// earlier one.
func readSources() error {
	read := 0
	err := filepath.WalkDir("src", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		read++
		_, err = os.ReadFile(path)
		return err
	})
	if err == nil && read == 0 {
		err = errors.New("web/src is empty")
	}
	return err
}

// needNode builds the interpreter. Without Node it skips the test; in CI it
// fails.
func needNode(tb testing.TB) {
	tb.Helper()
	switch err := build(); {
	case errors.Is(err, errNoNode) && os.Getenv("CI") == "":
		tb.Skip(err)
	case err != nil:
		tb.Fatal(err)
	}
}

// shipped lists every instrument that ships with Waymark.
func shipped(tb testing.TB) []*catalog.Entry {
	tb.Helper()
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return c.All()
}

// document writes an instrument's program document to a file.
func document(tb testing.TB, e *catalog.Entry) string {
	tb.Helper()
	written, err := json.Marshal(e.ProgramDocument())
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "program.json")
	if err := os.WriteFile(file, written, 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// node is a built entry that runs as a process of its own.
type node struct {
	cmd *exec.Cmd
	out bytes.Buffer
	err bytes.Buffer
}

// start runs an entry on an input, beside the test.
func start(t *testing.T, input io.Reader, entry string, args ...string) *node {
	t.Helper()
	n := &node{cmd: exec.CommandContext(t.Context(), "node", append([]string{filepath.Join(dist, entry)}, args...)...)}
	n.cmd.Stdin, n.cmd.Stdout, n.cmd.Stderr = input, &n.out, &n.err
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

// lines waits for the end and gives what was written, with the exit status.
func (n *node) lines(t *testing.T) ([]string, int) {
	t.Helper()
	err := n.cmd.Wait()
	if n.cmd.ProcessState == nil || n.err.Len() > 0 {
		t.Fatalf("node ended with %v: %s", err, n.err.String())
	}
	return split(n.out.String()), n.cmd.ProcessState.ExitCode()
}

func split(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// scoreInGo writes what "waymark instrument score" writes.
func scoreInGo(p *screening.Program, from io.Reader, to io.Writer) error {
	return conformance.Lines(from, to, func(line conformance.Line) (any, error) { return conformance.Score(p, line) })
}

func writeJSONLine(t *testing.T, to *bytes.Buffer, v any) {
	t.Helper()
	if err := json.NewEncoder(to).Encode(v); err != nil {
		t.Fatal(err)
	}
}
