package submission

import (
	"context"
	"errors"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
)

// Retried says what came of scoring quarantined interviews again. Released ones
// are in quarantine no longer.
type Retried struct{ Released, Kept int }

// retryPage is how many quarantined records are read at a time.
const retryPage = 100

// Retry scores quarantined interviews again. It runs when the server starts,
// because that is when the catalogue may have learned a version, or a key may
// have been put back. What still cannot be scored stays as it is.
func (d *Desk) Retry(ctx context.Context) (Retried, error) {
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
			released, err := d.release(ctx, r)
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
func (d *Desk) release(ctx context.Context, r Record) (bool, error) {
	body, err := d.keys.Open(privacy.ForQuarantine, r.Tenant, string(r.ID), r.Quarantine.Sealed)
	if err != nil {
		return false, err
	}
	offer := d.read(body)
	v := offer.Interview
	if offer.Sealed != nil {
		v, err = d.unseal(r.Tenant, offer.Sealed)
		if fault.CodeOf(err) == fault.DataConsentMissing {
			return d.discard(ctx, r)
		}
	}
	if v == nil || err != nil {
		return false, nil //nolint:nilerr // what cannot be read stays in quarantine for a supervisor
	}
	entry, ok := d.catalog.Find(screening.Ref{ID: v.Instrument, Version: v.Version})
	if !ok {
		return false, nil
	}
	r.Instrument = entry.Instrument.Ref()
	if r.Quarantine.Reason == UnknownKey { // only now it can be read
		r.Day = believable(v.FinishedOn, r.Received)
		if r.Subject, err = d.subject(ctx, r.Tenant, v.CaseReference); err != nil {
			return false, err
		}
	}
	if err := d.score(&r, entry, v); err != nil {
		if _, ok := errors.AsType[*screening.ResponseError](err); ok {
			return false, nil
		}
		return false, err
	}
	r.Quarantine = nil
	event := privacy.Event{At: d.now(), Actor: "waymark", Role: "system", Action: privacy.ActRescored, Object: string(r.ID)}
	return d.replace(ctx, Deposit{Record: r, Stored: event}, v)
}

// replace puts a record's scored form in its place, with its answers. It
// reports false when somebody was faster.
func (d *Desk) replace(ctx context.Context, scored Deposit, v *Interview) (bool, error) {
	tenant, deposits := scored.Record.Tenant, []Deposit{scored}
	if deposits[0].Record.AnswersUntil < privacy.DayOf(d.now()) { // too late to open them
		deposits[0].Record.AnswersUntil = 0
	}
	if err := d.safe.seal(ctx, tenant, deposits, []*Interview{v}); err != nil {
		return false, err
	}
	err := d.store.Release(ctx, deposits[0])
	if fault.CodeOf(err) == fault.NotFound { // decided or released meanwhile
		return false, nil
	}
	return err == nil, err
}

// discard removes an interview that was kept because nobody could read it, and
// turns out to be one that must not be kept.
func (d *Desk) discard(ctx context.Context, r Record) (bool, error) {
	err := d.store.Discard(ctx, r.Tenant, r.ID)
	if fault.CodeOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}
