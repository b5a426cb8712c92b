// Package ferrettest starts a MongoDB-compatible server for tests: FerretDB,
// built from the module in itest/ and run as a process of its own.
package ferrettest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// build builds the server into a directory.
func build(dir string) (string, error) {
	_, here, _, _ := runtime.Caller(0)
	binary := filepath.Join(dir, "ferret")
	cmd := exec.Command("go", "build", "-o", binary, "./ferret")
	cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..", "itest")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
}

// Start runs an empty server until the test ends and gives its URI. Where the
// server cannot be built, the test is skipped; under CI it fails.
func Start(t testing.TB) string {
	t.Helper()
	binary, err := build(t.TempDir())
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the MongoDB-compatible server cannot be built: %v", err)
		}
		t.Skipf("the MongoDB-compatible server cannot be built: %v", err)
	}
	cmd := exec.Command(binary, t.TempDir())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stdin.Close(); err != nil { // the server ends with its input
			t.Errorf("stop the server: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			t.Logf("the server ended: %v", err)
		}
	})
	uri, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(uri)
}
