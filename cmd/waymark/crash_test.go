package main_test

import (
	"context"
	crand "crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"waymark/auth"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/rehearsal"
	"waymark/screening/submission"
	"waymark/store/sqlite"
)

const (
	crashRounds  = 20
	crashItems   = 500
	crashWorkers = 8
	crashBatch   = 5
)

// offered is an interview on a tablet that has not settled yet.
type offered struct {
	id   string
	body jsontext.Value
}

func offer(t *testing.T, n int) offered {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(openapi.Submission{
		ID: id.String(), Instrument: "triage-border", Version: "1.0.0", Language: "en",
		Consent: openapi.Consent{Interview: true, Data: true}, FinishedOn: privacy.DayOf(time.Now()).String(),
		Answers: map[string][]string{"T05": {"taken"}, "T06": {[]string{"free", "locked"}[n%2]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return offered{id.String(), text}
}

// CRA-1: the process is killed at a random moment of a sync, started again,
// and the tablets retry; many times over. Nothing that was acknowledged is
// lost, and nothing is there twice.
func TestCRA1KilledServerLosesNothingAcknowledgedAndDoublesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serve(t, data, "--demo")

	var (
		mu    sync.Mutex
		queue []offered
		acked = map[string]string{} // record by interview
		base  = server.base
		done  = make(chan struct{})
		wg    sync.WaitGroup
	)
	for n := range crashItems {
		queue = append(queue, offer(t, n))
	}
	take := func() []offered {
		mu.Lock()
		defer mu.Unlock()
		n := min(crashBatch, len(queue))
		batch := queue[:n:n]
		queue = queue[n:]
		return batch
	}
	work := func() {
		for range crashWorkers {
			wg.Go(func() { drain(t, take, &mu, &base, acked) })
		}
	}
	work()
	go func() {
		wg.Wait()
		close(done)
	}()

	kills := 0
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for kills < crashRounds {
		select {
		case <-done: // the tablets have finished: give them something more to send
			mu.Lock()
			for n := range 100 {
				queue = append(queue, offer(t, n))
			}
			mu.Unlock()
			done = make(chan struct{})
			work()
			go func(finished chan struct{}) {
				wg.Wait()
				close(finished)
			}(done)
		case <-time.After(time.Duration(random.IntN(60)) * time.Millisecond):
		}
		server.kill(t)
		kills++
		server = serve(t, data, "--demo")
		mu.Lock()
		base = server.base
		mu.Unlock()
	}
	<-done
	server.stop(t)
	verify(t, data, acked)
}

// drain is one tablet's work: it sends what there is until everything has a
// receipt.
func drain(t *testing.T, take func() []offered, mu *sync.Mutex, base *string, acked map[string]string) {
	for batch := take(); len(batch) > 0; batch = take() {
		receipts, err := []openapi.Receipt(nil), errors.New("not sent yet")
		for err != nil {
			mu.Lock()
			at := *base
			mu.Unlock()
			if receipts, err = send(t.Context(), at, batch); err != nil {
				time.Sleep(5 * time.Millisecond)
			}
		}
		mu.Lock()
		for i, r := range receipts {
			if r.Status != openapi.ReceiptStatusStored && r.Status != openapi.ReceiptStatusDuplicate {
				t.Errorf("a receipt says %s: %+v", r.Status, r.Problem)
			}
			if before, twice := acked[batch[i].id]; twice && before != r.Record {
				t.Errorf("one interview has records %s and %s", before, r.Record)
			}
			acked[batch[i].id] = r.Record
		}
		mu.Unlock()
	}
}

var (
	clientsMu sync.Mutex
	clients   = map[string]*rehearsal.Client{}
)

// send submits a batch to whichever server is there now.
func send(ctx context.Context, base string, batch []offered) ([]openapi.Receipt, error) {
	clientsMu.Lock()
	c := clients[base]
	clientsMu.Unlock()
	if c == nil {
		var err error
		c, err = rehearsal.SignIn(ctx, base, "demo", "officer", "demo-officer-password", &http.Transport{})
		if err != nil {
			return nil, err
		}
		clientsMu.Lock()
		clients[base] = c
		clientsMu.Unlock()
	}
	var items []jsontext.Value
	for _, o := range batch {
		items = append(items, o.body)
	}
	var list openapi.ReceiptList
	_, err := c.Call(ctx, http.MethodPost, "/v1/submissions", nil, openapi.SubmissionBatch{Items: items}, &list)
	if err == nil && len(list.Receipts) != len(batch) {
		err = errors.New("not every interview has a receipt")
	}
	return list.Receipts, err
}

// answersOf opens the keys of answers and gives a function that opens the
// answers of a record: their key was durable before the record was.
func answersOf(t *testing.T, data string, store *sqlite.Store, scope auth.Scope) func(submission.Record) error {
	t.Helper()
	root, err := privacy.LoadKeys(filepath.Join(data, "keys", "answers.key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := sqlite.OpenAnswerKeys(t.Context(), filepath.Join(data, "answers.db"), root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := keys.Close(); err != nil {
			t.Error(err)
		}
	})
	safe := submission.NewSafe(root, keys, crand.Reader)
	return func(r submission.Record) error {
		sealed, err := store.Answers(t.Context(), scope, r.ID)
		if err != nil {
			return err
		}
		sheet, err := safe.Open(t.Context(), r, sealed)
		if err == nil && len(sheet.Answers) == 0 {
			err = errors.New("there are none")
		}
		return err
	}
}

// verify holds what is on the disk against what was acknowledged.
func verify(t *testing.T, data string, acked map[string]string) {
	t.Helper()
	keys, err := privacy.LoadKeys(filepath.Join(data, "keys", "records.key"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "records.db")
	store, err := sqlite.Open(t.Context(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	scope, err := auth.Principal{Tenant: "demo", Ref: "x", Role: auth.Supervisor, Sites: []string{"mae-sot"}}.May(auth.ReadRecord)
	if err != nil {
		t.Fatal(err)
	}
	openAnswers := answersOf(t, data, store, scope)
	kept := map[string]int{}
	page := submission.Page{Limit: submission.MaxPage}
	for {
		records, err := store.Records(t.Context(), scope, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			kept[string(r.ID)]++
			if err := openAnswers(r); err != nil {
				t.Errorf("the answers of %s do not open: %v", r.ID, err)
			}
			events, err := store.Events(t.Context(), "demo", r.ID)
			if err != nil || len(events) != 1 || events[0].Action != privacy.ActStored {
				t.Errorf("%s has events %+v, %v; want exactly one, of storing it", r.ID, events, err)
			}
		}
		if len(records) < page.Limit {
			break
		}
		last := records[len(records)-1]
		page.After = submission.Place{Day: last.Day, ID: last.ID}
	}
	lost := 0
	for _, record := range acked {
		if kept[record] != 1 {
			lost++
		}
	}
	if lost != 0 || len(kept) != len(acked) {
		t.Errorf("%d acknowledged interviews, %d records, %d lost or doubled", len(acked), len(kept), lost)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var check string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity_check: %s, %v", check, err)
	}
	t.Logf("%d interviews acknowledged, %d records", len(acked), len(kept))
}

// CRA-3: asked to stop in the middle of the work, the server answers what it
// has taken and leaves nothing half done.
func TestCRA3StoppingServerAnswersWhatItHasTaken(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := serve(t, data, "--demo")
	if _, err := send(t.Context(), server.base, []offered{offer(t, 0)}); err != nil {
		t.Fatal(err)
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		acked = map[string]string{}
	)
	for range 20 {
		batch := []offered{offer(t, 1), offer(t, 2), offer(t, 3)}
		wg.Go(func() {
			receipts, err := send(t.Context(), server.base, batch)
			if err != nil {
				return // refused: the tablet will try again
			}
			mu.Lock()
			defer mu.Unlock()
			for i, r := range receipts {
				acked[batch[i].id] = r.Record
			}
		})
	}
	half, err := net.Dial("tcp", strings.TrimPrefix(server.base, "http://")) // a request that never arrives in full
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	if _, err := half.Write([]byte("POST /v1/submissions HTTP/1.1\r\nHost: x\r\n")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Millisecond)
	begin := time.Now()
	server.stop(t)
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("stopping took %v", took)
	}
	wg.Wait()

	again := serve(t, data, "--demo")
	for id, record := range acked {
		if record == "" {
			t.Errorf("%s was acknowledged without a record", id)
		}
	}
	again.stop(t)
}
