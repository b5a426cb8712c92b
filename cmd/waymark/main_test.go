package main_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	waymark "waymark/cmd/waymark"
)

// asProgram makes the test binary behave as the program itself, so that tests
// can start and kill it as a process of its own.
const asProgram = "WAYMARK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		waymark.Main()
		return
	}
	testscript.Main(m, map[string]func(){"waymark": waymark.Main})
}

func TestCommandLine(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts found: %v", err)
	}
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true})
}

// process is a server running as a process of its own.
type process struct {
	cmd       *exec.Cmd
	base      string
	announced string // what it said when it was ready
	out       *strings.Builder
}

var address = regexp.MustCompile(`https?://[0-9.:]+`)

// serve starts a server on a data directory and waits until it is ready.
func serve(t *testing.T, data string, flags ...string) *process {
	t.Helper()
	p := &process{out: &strings.Builder{}}
	p.cmd = program(t, append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--log-level", "error"}, flags...)...)
	p.cmd.Stderr = p.out
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			p.kill(t)
		}
	})
	lines := bufio.NewScanner(stdout)
	for !strings.Contains(p.announced, "Stop with") && lines.Scan() {
		p.announced += lines.Text() + "\n"
	}
	if p.base = address.FindString(p.announced); p.base == "" {
		t.Fatalf("the server did not start: %v\n%s", p.cmd.Wait(), p.out)
	}
	return p
}

// program is the program with arguments, not started yet.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// kill ends the process as a power cut would.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // it says "killed"
}

// stop asks the process to end and waits.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the server ended with %v: %s", err, p.out)
		}
	case <-time.After(30 * time.Second):
		t.Error("the server did not stop")
		p.kill(t)
	}
}

// refused runs a command that must fail, and gives what it wrote to standard
// error.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	plain := program(t, args...)
	cmd := exec.CommandContext(ctx, plain.Path, plain.Args[1:]...)
	cmd.Env = plain.Env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err == nil {
		t.Fatalf("%v was not refused", args)
	}
	return stderr.String()
}

func status(t *testing.T, url string) int {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}
