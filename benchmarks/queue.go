package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"waymark/auth"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
	"waymark/store/sqlite"
)

const (
	smallQueue = 10_000
	queuePage  = 50
	queueReads = 1000
	keepGroup  = 1000
)

// queue measures a page of the review queue at two sizes: the limit of the
// large one is the small one.
func (b *bench) queue() ([]row, error) {
	dir, err := os.MkdirTemp("", "waymark-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(dir, "records.db"), keys)
	if err != nil {
		return nil, err
	}
	rows, err := b.queueRows(ctx, s, keys)
	return rows, errors.Join(err, s.Close())
}

func (b *bench) queueRows(ctx context.Context, s *sqlite.Store, keys *privacy.Keys) ([]row, error) {
	if err := keep(ctx, s, keys, 0, smallQueue); err != nil {
		return nil, err
	}
	smallMedian, small, err := pageTimes(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := keep(ctx, s, keys, smallQueue, b.records); err != nil {
		return nil, err
	}
	largeMedian, large, err := pageTimes(ctx, s)
	if err != nil {
		return nil, err
	}
	growth := float64(large) / float64(small)
	return []row{{
		name:  fmt.Sprintf("page of %d of the review queue, %d → %d records, p99", queuePage, smallQueue, b.records),
		ours:  fmt.Sprintf("%v (median %v)", large.Round(time.Microsecond), largeMedian.Round(time.Microsecond)),
		limit: fmt.Sprintf("small queue %v (median %v)", small.Round(time.Microsecond), smallMedian.Round(time.Microsecond)),
		ratio: fmt.Sprintf("%.2f", growth), target: "< 2×", met: growth < 2,
	}}, nil
}

// keep stores records from a number to another.
func keep(ctx context.Context, s *sqlite.Store, keys *privacy.Keys, from, to int) error {
	subject, err := privacy.NewPseudonym(rand.Reader)
	if err != nil {
		return err
	}
	clocks := screening.Clocks()
	for at := from; at < to; at += keepGroup {
		var group []submission.Deposit
		for n := at; n < min(at+keepGroup, to); n++ {
			id := submission.RecordID(privacy.EncodeID(submission.RecordPrefix, keys.RecordID("alpha", strconv.Itoa(n))))
			ref := screening.Ref{ID: "screen-fc", Version: "1.0.0"}
			group = append(group, submission.Deposit{
				Record: submission.Record{
					ID: id, Tenant: "alpha", Site: "site-" + strconv.Itoa(n%20), Author: "usr_1", Status: submission.Scored,
					Day: privacy.Day(20_000 + n%365), Received: privacy.Day(20_000 + n%365), Instrument: ref, Rules: ref,
					Subject: subject, Codes: codes, Outcome: screening.StrongTIP, Strict: screening.Possible,
					Clock: clocks[n%6], RetainUntil: 30_000, RetentionReason: privacy.Indication,
				},
				Stored: privacy.Event{At: now(), Actor: "usr_1", Action: privacy.ActStored, Object: string(id)},
			})
		}
		if _, err := s.Keep(ctx, group); err != nil {
			return err
		}
	}
	return nil
}

// pageTimes reads pages of the queue of five sites, at its top and further
// down, and gives the median and the 99th percentile.
func pageTimes(ctx context.Context, s *sqlite.Store) (middle, p99 time.Duration, err error) {
	who := auth.Principal{Tenant: "alpha", Ref: "usr_2", Role: auth.Supervisor, Sites: []string{"site-0", "site-3", "site-7", "site-11", "site-16"}}
	scope, err := who.May(auth.ReadReview)
	if err != nil {
		return 0, 0, err
	}
	times := make([]time.Duration, queueReads)
	page := review.Page{Limit: queuePage}
	for i := range times {
		begin := now()
		cases, err := s.Queue(ctx, scope, page)
		times[i] = now().Sub(begin)
		if err != nil || len(cases) != queuePage {
			return 0, 0, fmt.Errorf("a page of %d: %w", len(cases), err)
		}
		page.After = nil
		if i%20 != 0 { // twenty pages, then from the top again
			at := cases[len(cases)-1].Review.Place()
			page.After = &at
		}
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*99/100], nil
}
