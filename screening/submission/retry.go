package submission

import (
	"context"
	"errors"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
)

// Retried says what came of scoring quarantined interviews again.
type Retried struct{ Released, Kept int }

// retryPage is how many quarantined records are read at a time.
const retryPage = 100

// Retry scores quarantined interviews again. It runs when the server starts,
// because that is when the catalogue may have learned a version. The decoder
// is the one that first read the interview. What still cannot be scored stays
// as it is.
func (d *Desk) Retry(ctx context.Context, decode func(body []byte) (*Interview, error)) (Retried, error) {
	var (
		out   Retried
		after Record
	)
	for {
		page, err := d.store.Quarantined(ctx, after, retryPage)
		if err != nil {
			return out, err
		}
		for _, r := range page {
			released, err := d.release(ctx, r, decode)
			if err != nil {
				return out, err
			}
			if released {
				out.Released++
			} else {
				out.Kept++
			}
		}
		if len(page) < retryPage {
			return out, nil
		}
		after = page[len(page)-1]
	}
}

// release scores one quarantined record. It reports false when that is still
// not possible.
func (d *Desk) release(ctx context.Context, r Record, decode func([]byte) (*Interview, error)) (bool, error) {
	body, err := d.keys.Open(privacy.ForQuarantine, r.Tenant, string(r.ID), r.Quarantine.Sealed)
	if err != nil {
		return false, err
	}
	v, err := decode(body)
	if err != nil {
		return false, nil //nolint:nilerr // what cannot be read stays in quarantine for a supervisor
	}
	entry, ok := d.catalog.Find(screening.Ref{ID: v.Instrument, Version: v.Version})
	if !ok {
		return false, nil
	}
	r.Instrument = entry.Instrument.Ref()
	if err := d.score(&r, entry, v); err != nil {
		if _, ok := errors.AsType[*screening.ResponseError](err); ok {
			return false, nil
		}
		return false, err
	}
	r.Quarantine = nil
	event := privacy.Event{At: d.now(), Actor: "waymark", Role: "system", Action: privacy.ActRescored, Object: string(r.ID)}
	err = d.store.Release(ctx, Deposit{Record: r, Stored: event})
	if fault.CodeOf(err) == fault.NotFound { // decided or released meanwhile
		return false, nil
	}
	return err == nil, err
}
