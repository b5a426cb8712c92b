package device

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
)

// fingerprintLimit makes fingerprints of twelve digits, 40 bits. Whoever stands
// between tablet and server would have to try a thousand million trust keys a
// second to find one with the same fingerprint while a supervisor waits.
const fingerprintLimit = 1_000_000_000_000

// Fingerprint is what a supervisor compares: twelve digits in groups of four. It
// is a hash of the thumbprints of the device's key and of the trust key, as the
// texts that they are, so that a tablet which was handed another server's trust
// key shows another one. The tablet works it out by itself in the same way.
func (d *Desk) Fingerprint(dev Device) string {
	sum := sha256.Sum256([]byte(string(dev.Key) + string(d.trust.Thumbprint(dev.Tenant))))
	digits := fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:8])%fingerprintLimit)
	return digits[:4] + " " + digits[4:8] + " " + digits[8:]
}

// List gives the devices in scope, those first that wait to be confirmed. The
// fault is Forbidden.
func (d *Desk) List(ctx context.Context, p auth.Principal) ([]Device, error) {
	scope, err := p.May(auth.ReadDevices)
	if err != nil {
		return nil, err
	}
	all, err := d.devices.ListDevices(ctx, scope)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(dev Device) bool { return dev.Demo && !d.demo })
	order := []State{Pending, Active, Revoked}
	slices.SortFunc(all, func(a, b Device) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State)),
			cmp.Compare(a.Site, b.Site), cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID),
		)
	})
	return all, nil
}

// Confirm makes a pending device active, when its fingerprint is the one that
// the supervisor read on it. Whoever made its code may not confirm it: that
// takes two people. Confirming again changes nothing. The fault is Forbidden,
// NotFound, DeviceNotPending, SelfConfirmation, or Invalid for another
// fingerprint.
func (d *Desk) Confirm(ctx context.Context, p auth.Principal, id, fingerprint string) (Device, error) {
	dev, err := d.inScope(ctx, p, auth.ConfirmDevice, id)
	if err != nil {
		return Device{}, err
	}
	if dev.EnrolledBy == p.Ref {
		return Device{}, fault.New(fault.SelfConfirmation)
	}
	if digits(fingerprint) != digits(d.Fingerprint(dev)) {
		return Device{}, fault.New(fault.Invalid, fault.Field{Pointer: "/fingerprint", Code: fault.OtherFingerprint})
	}
	dev, err = d.change(ctx, dev, func(dev *Device) (*privacy.Event, bool) {
		if dev.State != Pending {
			return nil, false
		}
		dev.State, dev.ConfirmedBy = Active, p.Ref
		e := d.event(string(p.Ref), p.Role, privacy.ActDeviceConfirmed, dev.ID)
		return &e, true
	})
	if err == nil && dev.State == Revoked {
		return Device{}, fault.New(fault.DeviceNotPending)
	}
	return dev, err
}

// digits leaves out how a fingerprint was grouped.
func digits(s string) string { return strings.Join(strings.Fields(s), "") }

// Revoke ends a device: within seconds every token of it does. Revoking again
// changes nothing. The fault is Forbidden or NotFound.
func (d *Desk) Revoke(ctx context.Context, p auth.Principal, id string) error {
	dev, err := d.inScope(ctx, p, auth.RevokeDevice, id)
	if err != nil {
		return err
	}
	_, err = d.change(ctx, dev, func(dev *Device) (*privacy.Event, bool) {
		if dev.State == Revoked {
			return nil, false
		}
		dev.State = Revoked
		e := d.event(string(p.Ref), p.Role, privacy.ActDeviceRevoked, dev.ID)
		return &e, true
	})
	return err
}

// inScope finds a device that a principal may act on. One that is out of scope
// looks like one that is not there.
func (d *Desk) inScope(ctx context.Context, p auth.Principal, a auth.Action, id string) (Device, error) {
	scope, err := p.May(a)
	if err != nil {
		return Device{}, err
	}
	dev, err := d.byID(ctx, p.Tenant, id)
	if err == nil && !scope.Covers(dev.Tenant, dev.Site, "") {
		return Device{}, fault.New(fault.NotFound)
	}
	return dev, err
}
