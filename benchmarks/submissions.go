package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/rehearsal"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

const (
	batchSize    = 100
	batchRows    = 8000
	singleRows   = 6000
	batchClients = 4
	singles      = 16
)

// interviews prepares n different triage interviews, encoded.
func interviews(n int) ([]jsontext.Value, error) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, err
	}
	e, _ := c.Newest("triage-border")
	people, err := rehearsal.People(n, 1)
	if err != nil {
		return nil, err
	}
	out := make([]jsontext.Value, n)
	for i, p := range people {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		answers, missing := p.Answers(e.Instrument)
		out[i], err = json.Marshal(openapi.Submission{
			ID: id.String(), Instrument: "triage-border", Version: "1.0.0", Language: p.Language(),
			Consent: openapi.Consent{Interview: true, Data: true}, Address: string(p.Address()), Nationality: p.Nationality,
			FinishedOn: privacy.DayOf(now()).String(), Answers: answers, Missing: missing,
		}, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func now() time.Time { return time.Now() }

// submit sends n interviews in batches from several clients, and gives the
// interviews acknowledged per second. The bodies are made beforehand, so that
// the clients take as little of the machine as they can.
func submit(base string, n, batch, clients int) (float64, error) {
	items, err := interviews(n)
	if err != nil {
		return 0, err
	}
	token, err := signIn(base)
	if err != nil {
		return 0, err
	}
	work := make(chan []byte, n/batch+1)
	for from := 0; from < n; from += batch {
		body, err := json.Marshal(openapi.SubmissionBatch{Items: items[from:min(from+batch, n)]})
		if err != nil {
			return 0, err
		}
		work <- body
	}
	close(work)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		errs   []error
		client = &fasthttp.Client{MaxConnsPerHost: clients}
		begin  = now()
	)
	for range clients {
		wg.Go(func() {
			for body := range work {
				if err := post(client, base, token, body); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / now().Sub(begin).Seconds(), errors.Join(errs...)
}

// post sends one batch and checks that all of it was stored.
func post(client *fasthttp.Client, base, token string, body []byte) error {
	req, res := prepare(base+"/v1/submissions", token), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.Header.SetMethod(http.MethodPost)
	req.Header.SetContentType("application/json")
	req.SetBodyRaw(body)
	if err := client.Do(req, res); err != nil {
		return err
	}
	sent, stored := bytes.Count(body, []byte(`"finished_on"`)), bytes.Count(res.Body(), []byte(`"status":"stored"`))
	if res.StatusCode() != http.StatusOK || stored != sent {
		return fmt.Errorf("status %d, %d of %d stored", res.StatusCode(), stored, sent)
	}
	return nil
}

// batches measures durable storing in batches of 100, over HTTP, with
// everything that belongs to it, beside SQLite inserting rows of the same size
// with the same indexes and nothing else.
func (b *bench) batches() ([]row, error) {
	o, l, err := b.storing(func(base string) (float64, error) { return submit(base, batchRows, batchSize, batchClients) },
		func(s *bareStore) (float64, error) { return s.batches(batchRows, batchSize) })
	if err != nil {
		return nil, err
	}
	return []row{{
		name: "POST submissions, batches of 100, durable",
		ours: rate(o), limit: "bare SQLite " + rate(l), ratio: fmt.Sprintf("%.2f", o/l), target: "≥ 0.6", met: o/l >= 0.6,
	}}, nil
}

// single measures one submission at a time from 16 clients, beside 16 writers
// that share SQLite transactions.
func (b *bench) single() ([]row, error) {
	o, l, err := b.storing(func(base string) (float64, error) { return submit(base, singleRows, 1, singles) },
		func(s *bareStore) (float64, error) { return s.grouped(singleRows, singles) })
	if err != nil {
		return nil, err
	}
	return []row{{
		name: "POST one submission, 16 writers, durable",
		ours: rate(o), limit: "bare SQLite, group commit " + rate(l), ratio: fmt.Sprintf("%.2f", o/l), target: "≥ 0.7", met: o/l >= 0.7,
	}}, nil
}

// storing measures a pair on fresh data each time.
func (b *bench) storing(ours func(base string) (float64, error), limit func(*bareStore) (float64, error)) (float64, float64, error) {
	dir, err := os.MkdirTemp("", "waymark-bench-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	round := 0
	return b.pair(
		func() (float64, error) {
			round++
			p, err := b.waymark(filepath.Join(dir, fmt.Sprintf("ours-%d", round)))
			if err != nil {
				return 0, err
			}
			v, err := ours(p.base)
			return v, errors.Join(err, p.stop())
		},
		func() (float64, error) {
			s, err := openBare(filepath.Join(dir, fmt.Sprintf("bare-%d.db", round)), filepath.Join(dir, fmt.Sprintf("ours-%d", round), "records.db"))
			if err != nil {
				return 0, err
			}
			v, err := limit(s)
			return v, errors.Join(err, s.close())
		})
}

// release measures the whole of February 2025: 7,141 people in batches.
func (b *bench) release() ([]row, error) {
	dir, err := os.MkdirTemp("", "waymark-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var took []float64
	for round := range b.rounds {
		p, err := b.waymark(filepath.Join(dir, strconv.Itoa(round)))
		if err != nil {
			return nil, err
		}
		perSecond, err := submit(p.base, rehearsal.ReleaseSize, batchSize, batchClients)
		if err := errors.Join(err, p.stop()); err != nil {
			return nil, err
		}
		took = append(took, rehearsal.ReleaseSize/perSecond)
	}
	seconds := median(took)
	return []row{{
		name: "7,141 people synced, re-scored, durable",
		ours: fmt.Sprintf("%.2f s", seconds), limit: "2 s", ratio: fmt.Sprintf("%.2f", seconds/2), target: "< 2 s", met: seconds < 2,
	}}, nil
}

// codes are those of a record in the queue's measurement.
var codes = []screening.Code{"CD01", "CD03", "CD05", "DR01", "DR02", "ACT_HARBOUR"}
