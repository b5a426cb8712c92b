package submission

import (
	"context"
	"errors"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
)

// Sealed is an interview as a tablet sends it: sealed when it was finished, so
// that the tablet itself cannot read it any more.
type Sealed struct {
	// ID is that of the interview inside.
	ID string
	// Author is who held the interview.
	Author   auth.Ref
	Envelope privacy.Envelope
}

// Holders knows who has worked on which tablet.
type Holders interface {
	// Holder is nil when somebody who holds interviews has signed in on a device
	// of their agency, and fault.NotFound otherwise. It is so for a device that
	// has been revoked too: what was finished on it is still delivered.
	Holder(ctx context.Context, tenant, device string, author auth.Ref) error
}

// open gives the interview of an offer, checked, and who held it. The interview
// is nil, without an error, when it is sealed to a key that is not known: it
// waits in quarantine. The fault says why the offer is rejected.
func (d *Desk) open(ctx context.Context, who auth.Principal, offer Offer) (*Interview, auth.Ref, error) {
	if offer.Sealed == nil {
		if offer.Interview == nil {
			return nil, "", offer.Fault
		}
		if who.Role == auth.Tablet {
			return nil, "", fault.New(fault.SealedOnly)
		}
		return offer.Interview, who.Ref, offer.Interview.check(d.countries())
	}
	author, err := d.author(ctx, who, offer.Sealed)
	if err != nil {
		return nil, "", err
	}
	if !isUUID7(offer.Sealed.ID) {
		return nil, "", fault.New(fault.Invalid, fault.Field{Pointer: "/id", Code: fault.NotUUID7})
	}
	v, err := d.unseal(who.Tenant, offer.Sealed)
	if errors.Is(err, privacy.ErrUnknownKey) {
		return nil, author, nil
	}
	return v, author, err
}

// author says who held a sealed interview: whoever delivers it, or somebody who
// has signed in on the same tablet.
func (d *Desk) author(ctx context.Context, who auth.Principal, s *Sealed) (auth.Ref, error) {
	if s.Author == who.Ref && who.Role != auth.Tablet {
		return s.Author, nil
	}
	if who.Device == "" {
		return "", fault.New(fault.AuthorUnknown)
	}
	err := d.holders.Holder(ctx, who.Tenant, who.Device, s.Author)
	if fault.CodeOf(err) == fault.NotFound {
		return "", fault.New(fault.AuthorUnknown)
	}
	return s.Author, err
}

// unseal opens an envelope in memory and reads what is inside as strictly as
// what comes in clear. The error is privacy.ErrUnknownKey, or a fault.
func (d *Desk) unseal(tenant string, s *Sealed) (*Interview, error) {
	plain, err := d.keys.OpenEnvelope(tenant, s.ID, s.Envelope, privacy.DayOf(d.now()))
	if errors.Is(err, privacy.ErrUnknownKey) {
		return nil, err
	}
	if err != nil {
		return nil, fault.Wrap(fault.SealedUnreadable, err)
	}
	inside := d.read(plain)
	if inside.Interview == nil { // broken, or sealed twice
		if inside.Fault == nil || fault.CodeOf(inside.Fault) == fault.MalformedJSON {
			return nil, fault.New(fault.SealedUnreadable)
		}
		return nil, inside.Fault
	}
	if inside.Interview.ID != s.ID {
		return nil, fault.New(fault.SealedUnreadable)
	}
	return inside.Interview, inside.Interview.check(d.countries())
}
