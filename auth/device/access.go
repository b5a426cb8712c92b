package device

import (
	"context"
	"slices"
	"time"

	"waymark/auth"
	"waymark/auth/proof"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

// needed says whether a role works on an enrolled device only. The others have
// no interviews on what they hold, and may use any browser.
func needed(r auth.Role) bool { return r == auth.Officer || r == auth.CaseWorker }

// Admit says which device somebody signs in on who holds a key, "" for none, and
// remembers officers and case workers on it. The fault says how the device
// stands: DeviceUnknown, DevicePending, DeviceRevoked or DeviceElsewhere.
func (d *Desk) Admit(ctx context.Context, p auth.Principal, key token.Thumbprint) (string, error) {
	dev, err := d.byKey(ctx, key)
	if fault.CodeOf(err) == fault.NotFound {
		if needed(p.Role) {
			return "", fault.New(fault.DeviceUnknown)
		}
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if err := admits(dev, p); err != nil || !needed(p.Role) {
		return dev.ID, err
	}
	dev, err = d.change(ctx, dev, func(dev *Device) (*privacy.Event, bool) {
		if dev.State != Active || slices.Contains(dev.Users, p.Ref) {
			return nil, false
		}
		dev.Users = append(dev.Users, p.Ref)
		return nil, true
	})
	if err == nil {
		err = dev.usable() // it may have been revoked meanwhile
	}
	return dev.ID, err
}

// StillAdmits says whether somebody who signed in on a device may still act on
// it. The fault is as that of Admit.
func (d *Desk) StillAdmits(ctx context.Context, p auth.Principal, id string) error {
	dev, err := d.byID(ctx, p.Tenant, id)
	if fault.CodeOf(err) == fault.NotFound {
		return fault.New(fault.DeviceUnknown)
	}
	if err != nil {
		return err
	}
	return admits(dev, p)
}

// admits says whether somebody may act on a device. A revoked one lets nobody
// in; for the rest it matters to those who interview only.
func admits(dev Device, p auth.Principal) error {
	if dev.State == Revoked {
		return dev.usable()
	}
	if dev.Tenant != p.Tenant {
		return fault.New(fault.DeviceElsewhere)
	}
	if !needed(p.Role) {
		return nil
	}
	if !slices.Contains(p.Sites, dev.Site) {
		return fault.New(fault.DeviceElsewhere)
	}
	return dev.usable()
}

// Own lets a device act for itself, and says until when: the zero time for as
// long as it is active. A revoked device that was active once may deliver what
// it has sealed for an hour from when it first asks. It is a contact. The fault
// says how the device stands.
func (d *Desk) Own(ctx context.Context, v proof.Verified) (p auth.Principal, until time.Time, err error) {
	dev, err := d.own(ctx, v)
	if err != nil {
		return auth.Principal{}, time.Time{}, err
	}
	if dev.State == Revoked {
		dev, err = d.drain(ctx, dev)
	} else if err = dev.usable(); err == nil {
		dev, err = d.contact(ctx, dev, nil)
	}
	if err != nil {
		return auth.Principal{}, time.Time{}, err
	}
	p, err = d.acting(dev)
	return p, dev.DrainUntil, err
}

// drain begins the one time in which a revoked device may deliver. A device that
// nobody ever confirmed has nothing to.
func (d *Desk) drain(ctx context.Context, dev Device) (Device, error) {
	return d.change(ctx, dev, func(dev *Device) (*privacy.Event, bool) {
		if dev.State != Revoked || dev.ConfirmedBy == "" || !dev.DrainUntil.IsZero() {
			return nil, false
		}
		dev.LastContact = d.now()
		dev.DrainUntil = d.now().Add(drainLife)
		e := d.event(dev.ID, auth.Tablet, privacy.ActDeviceDrained, dev.ID)
		return &e, true
	})
}

// Acting is what a device acts as that has a token of its own. The fault says
// how the device stands.
func (d *Desk) Acting(ctx context.Context, tenant, id string) (auth.Principal, error) {
	dev, err := d.byID(ctx, tenant, id)
	if fault.CodeOf(err) == fault.NotFound {
		return auth.Principal{}, fault.New(fault.DeviceUnknown)
	}
	if err != nil {
		return auth.Principal{}, err
	}
	return d.acting(dev)
}

func (d *Desk) acting(dev Device) (auth.Principal, error) {
	now := d.now()
	if err := dev.usable(); err != nil && !dev.draining(now) {
		return auth.Principal{}, err
	}
	return dev.principal(now), nil
}

// Holder says whether a device may deliver the work of somebody: an officer or
// case worker who has signed in on it. The fault is NotFound otherwise.
func (d *Desk) Holder(ctx context.Context, tenant, id string, author auth.Ref) error {
	dev, err := d.byID(ctx, tenant, id)
	if err == nil && !slices.Contains(dev.Users, author) {
		return fault.New(fault.NotFound)
	}
	return err
}
