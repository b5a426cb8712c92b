package main_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"waymark/openapi"
	"waymark/rehearsal"
)

// CRA-4: a disk that is full. The server says 503 and when to come back,
// acknowledges nothing, and goes on by itself when there is room again. The
// read-only disk is tried in store/sqlite, because a disk with files that are
// open for writing cannot be made read-only from outside.
func TestCRA4FullDiskGives503AndRecovers(t *testing.T) {
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=6m"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a disk of our own is needed: %v", err)
		}
		t.Skipf("a disk of our own is needed, which takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(mount, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	data := filepath.Join(mount, "data")
	server := serve(t, data, "--demo")
	acked := map[string]string{}
	n := 0
	// submit sends a batch and says whether it was acknowledged.
	submit := func() bool {
		t.Helper()
		var batch []offered
		for range 50 {
			batch = append(batch, offer(t, n))
			n++
		}
		receipts, err := send(t.Context(), server.base, batch)
		if err != nil {
			problem, ok := errors.AsType[*rehearsal.ProblemError](err)
			if !ok || problem.Status != http.StatusServiceUnavailable || problem.Code != "unavailable" {
				t.Fatalf("got %v, want 503 unavailable", err)
			}
			if strings.Contains(problem.Detail, mount) || strings.Contains(problem.Detail, "sqlite") {
				t.Errorf("the problem tells internals: %s", problem.Detail)
			}
			return false
		}
		for i, r := range receipts {
			if r.Status != openapi.ReceiptStatusStored {
				t.Fatalf("a receipt says %s", r.Status)
			}
			acked[batch[i].id] = r.Record
		}
		return true
	}
	if !submit() {
		t.Fatal("nothing is acknowledged while there is room")
	}

	ballast := filepath.Join(mount, "ballast")
	fill(t, ballast)
	full := 0
	for range 200 {
		if !submit() {
			full++
			if full == 3 {
				break
			}
		}
	}
	if full == 0 {
		t.Fatal("the disk never became full")
	}
	if got := status(t, server.base+"/healthz"); got != http.StatusOK {
		t.Errorf("healthz on a full disk: %d", got)
	}
	remove(t, ballast)
	recovered(t, submit, "room again")

	server.stop(t)
	verify(t, data, acked)
}

// fill takes all the room that is left, and gives back so little that a few
// batches fit at the most.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for chunk := make([]byte, 64<<10); ; {
		n, err := f.Write(chunk)
		size += int64(n)
		if err != nil {
			break
		}
	}
	if err := f.Truncate(max(0, size-64<<10)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// recovered waits until something is acknowledged again.
func recovered(t *testing.T, submit func() bool, when string) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if submit() {
			return
		}
	}
	t.Errorf("nothing is acknowledged with the disk %s", when)
}

// A data directory that cannot be written refuses the start in one line.
func TestReadOnlyDataDirectoryRefusesTheStart(t *testing.T) {
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("a disk of our own is needed, which takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(mount, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	data := filepath.Join(mount, "data")
	serve(t, data).stop(t)
	if err := syscall.Mount("tmpfs", mount, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	oneLine(t, refused(t, "serve", "--data", data, "--addr", "127.0.0.1:0"), "read-only file system")
}
