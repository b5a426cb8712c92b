package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
	"waymark/store/sealed"
	"waymark/store/sqlite"
)

func deposit(keys *privacy.Keys, n int) submission.Deposit {
	id := submission.RecordID(privacy.EncodeID(submission.RecordPrefix, keys.RecordID("alpha", strconv.Itoa(n))))
	return submission.Deposit{
		Record: submission.Record{
			ID: id, Tenant: "alpha", Site: "north", Author: "usr_1", Status: submission.Scored, Clock: screening.Now,
			Instrument: screening.Ref{ID: "x", Version: "1.0.0"}, Rules: screening.Ref{ID: "x", Version: "1.0.0"},
			Codes: []screening.Code{"CANARY_CODE"}, Fingerprint: [16]byte{1}, RetainUntil: 30_000,
		},
		Stored: privacy.Event{At: time.Unix(0, 0), Actor: "usr_1", Action: privacy.ActStored, Object: string(id)},
	}
}

// CRA-4 at the store: what the disk refuses is Unavailable, nothing of it is
// stored, and the store goes on when the disk does.
func TestDiskThatRefusesIsUnavailableAndTheStoreRecovers(t *testing.T) {
	for name, tt := range map[string]struct{ breaks, mends string }{
		"read-only": {"PRAGMA query_only = ON", "PRAGMA query_only = OFF"},
		"full":      {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"},
	} {
		t.Run(name, func(t *testing.T) {
			keys := newKeys(t)
			s := openStore(t, filepath.Join(t.TempDir(), "records.db"), keys)
			keep := func(n int) error {
				var deposits []submission.Deposit
				for i := range 50 {
					deposits = append(deposits, deposit(keys, 100*n+i))
				}
				_, err := s.Keep(t.Context(), deposits)
				return err
			}
			if err := keep(1); err != nil {
				t.Fatal(err)
			}
			if err := s.Pragma(t.Context(), tt.breaks); err != nil {
				t.Fatal(err)
			}
			var err error
			for n := 2; n < 50 && err == nil; n++ {
				err = keep(n)
			}
			if fault.CodeOf(err) != fault.Unavailable {
				t.Fatalf("got %v, want unavailable", err)
			}
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Retry <= 0 {
				t.Error("the client is not told when to come back")
			}
			if err := s.Ready(t.Context()); err != nil {
				t.Errorf("reading fails too: %v", err)
			}
			if err := s.Pragma(t.Context(), tt.mends); err != nil {
				t.Fatal(err)
			}
			if err := keep(60); err != nil {
				t.Errorf("after the disk was mended: %v", err)
			}
		})
	}
}

func TestOneFailingJobDoesNotFailItsGroup(t *testing.T) {
	keys := newKeys(t)
	s := openStore(t, filepath.Join(t.TempDir(), "records.db"), keys)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed int
	)
	for n := range 64 {
		wg.Go(func() {
			d := deposit(keys, n)
			if n%8 == 0 {
				d.Record.Site = strings.Repeat("x", 1<<20) + "\x00"
				d.Record.RetainUntil = 1
			}
			ctx := t.Context()
			if n%8 == 1 { // somebody who has hung up already
				cancelled, cancel := context.WithCancel(ctx)
				cancel()
				ctx = cancelled
			}
			if _, err := s.Keep(ctx, []submission.Deposit{d}); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed++
				if n%8 != 1 {
					t.Errorf("deposit %d failed with its neighbours: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if failed > 8 {
		t.Errorf("%d of 64 failed", failed)
	}
}

func TestClosedStoreRefusesAndClosesOnce(t *testing.T) {
	keys := newKeys(t)
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "records.db"), keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(t.Context(), []submission.Deposit{deposit(keys, 1)}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v, want unavailable", err)
	}
}

func TestAnotherKeyAndANewerSchemaAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "records.db")
	keys := newKeys(t)
	s, err := sqlite.Open(t.Context(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Pragma(t.Context(), "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), file, newKeys(t)); !isA[*sealed.KeyMismatchError](err) {
		t.Errorf("another key: %v", err)
	}
	s, err = sqlite.Open(t.Context(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Pragma(t.Context(), "PRAGMA user_version = 9"), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), file, keys); !isA[*sealed.NewerSchemaError](err) {
		t.Errorf("a newer schema: %v", err)
	}
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// ENC-2: what was sealed for one record does not open in another's row.
func TestSealedBytesMovedToAnotherRowDoNotOpen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "records.db")
	keys := newKeys(t)
	s := openStore(t, file, keys)
	one, two := deposit(keys, 1), deposit(keys, 2)
	if _, err := s.Keep(t.Context(), []submission.Deposit{one, two}); err != nil {
		t.Fatal(err)
	}
	if err := s.Pragma(t.Context(), "UPDATE records SET record = (SELECT record FROM records LIMIT 1)"); err != nil {
		t.Fatal(err)
	}
	scope, err := auth.Principal{Tenant: "alpha", Ref: "x", Role: auth.Supervisor, Sites: []string{"north"}}.May(auth.ReadRecord)
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, d := range []submission.Deposit{one, two} {
		if _, err := s.Record(t.Context(), scope, d.Record.ID); err == nil {
			opened++
		} else if !errors.Is(err, privacy.ErrSealed) {
			t.Errorf("got %v, want ErrSealed", err)
		}
	}
	if opened != 1 {
		t.Errorf("%d of 2 records open after the swap, want 1", opened)
	}
}

// ENC-1: the files hold nothing of a record in clear.
func TestFilesHoldNoCodesInClear(t *testing.T) {
	dir := t.TempDir()
	keys := newKeys(t)
	s := openStore(t, filepath.Join(dir, "records.db"), keys)
	if _, err := s.Keep(t.Context(), []submission.Deposit{deposit(keys, 1)}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v: %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "CANARY_CODE") || strings.Contains(string(data), string(privacy.ActStored)) {
			t.Errorf("%s holds a code or an audit event in clear", filepath.Base(file))
		}
	}
}

// ENC-3: after the sweep the bytes of an erased record are in no file, while
// the store stays open.
func TestErasedRecordsLeaveTheFiles(t *testing.T) {
	dir := t.TempDir()
	keys := newKeys(t)
	s := openStore(t, filepath.Join(dir, "records.db"), keys)
	const records = 700 // more than one group
	ids := make([]string, records)
	for i := range ids {
		id := keys.RecordID("alpha", strconv.Itoa(i)) // as the file has it
		ids[i] = string(id[:])
		if _, err := s.Keep(t.Context(), []submission.Deposit{deposit(keys, i)}); err != nil {
			t.Fatal(err)
		}
	}
	found := func() int {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) < 2 {
			t.Fatalf("files %v: %v", files, err)
		}
		n := 0
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				if strings.Contains(string(data), id) {
					n++
				}
			}
		}
		return n
	}
	if found() < records {
		t.Fatal("the ids are not in the files; the test proves nothing")
	}
	erased, err := s.EraseExpired(t.Context(), 30_001)
	if err != nil || erased != records {
		t.Fatalf("%d records erased: %v", erased, err)
	}
	if n := found(); n != 0 {
		t.Errorf("%d ids of erased records are still in the files", n)
	}
}
