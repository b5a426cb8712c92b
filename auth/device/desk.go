package device

import (
	"context"
	"io"
	"slices"
	"time"

	"waymark/auth"
	"waymark/auth/proof"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

const (
	// contactEvery is how often a contact is written down at the most, so that a
	// poll costs a read.
	contactEvery = time.Minute
	// drainLife is how long a revoked device may deliver from when it first asks.
	drainLife = time.Hour
	// maxTries is how often a change is tried again when somebody else was faster.
	maxTries = 16
)

// Policy is how long a tablet may hold on by itself. The deployment sets it and
// the tablet keeps to it.
type Policy struct {
	// Lease is how long it may go without contact.
	Lease time.Duration
	// Draft is how long an unfinished interview lives.
	Draft time.Duration
	// Idle is how long it waits for a touch before it locks.
	Idle time.Duration
}

// DefaultPolicy holds the times proposed by our design.
func DefaultPolicy() Policy {
	return Policy{Lease: 7 * 24 * time.Hour, Draft: 12 * time.Hour, Idle: 2 * time.Minute}
}

// Desk enrols, confirms and revokes devices, and says how they stand.
type Desk struct {
	devices Devices
	proofs  *proof.Checker
	trust   *token.Trust
	keys    *privacy.Keys
	policy  Policy
	random  io.Reader
	now     func() time.Time
	demo    bool
}

// Config is what a Desk needs. All fields but Demo are required.
type Config struct {
	Devices Devices
	Proofs  *proof.Checker
	Trust   *token.Trust
	Keys    *privacy.Keys
	Policy  Policy
	Random  io.Reader
	Now     func() time.Time
	// Demo lets devices of the demo agency in.
	Demo bool
}

// NewDesk makes a Desk.
func NewDesk(c Config) *Desk {
	return &Desk{
		devices: c.Devices, proofs: c.Proofs, trust: c.Trust, keys: c.Keys, policy: c.Policy,
		random: c.Random, now: c.Now, demo: c.Demo,
	}
}

// Policy is what tablets keep to.
func (d *Desk) Policy() Policy { return d.policy }

// Trust is the key that the tablets of an agency keep.
func (d *Desk) Trust(tenant string) token.JWK { return d.trust.Public(tenant) }

// LeaseUntil is when the lease of a device ends that has contact now. One that
// is not active has none.
func (d *Desk) LeaseUntil(dev Device) time.Time {
	if dev.State != Active {
		return d.now()
	}
	return d.now().Add(d.policy.Lease)
}

// LeaseOver says whether an active device has had no contact for so long that it
// starts no interview.
func (d *Desk) LeaseOver(dev Device) bool {
	return dev.State == Active && !dev.LastContact.IsZero() && d.now().After(dev.LastContact.Add(d.policy.Lease))
}

// Current says how the device stands that holds the key of a proof. It is a
// contact. The fault is DeviceUnknown.
func (d *Desk) Current(ctx context.Context, v proof.Verified) (Device, error) {
	dev, err := d.own(ctx, v)
	if err != nil {
		return Device{}, err
	}
	return d.contact(ctx, dev, nil)
}

// Report notes what an active device tells of itself. It is a contact. The fault
// is Invalid, by field, or says how the device stands.
func (d *Desk) Report(ctx context.Context, v proof.Verified, h Health) error {
	if err := h.check(); err != nil {
		return err
	}
	dev, err := d.own(ctx, v)
	if err == nil {
		err = dev.usable()
	}
	if err == nil {
		_, err = d.contact(ctx, dev, &h)
	}
	return err
}

// usable says whether a device is active, or how it stands instead.
func (d Device) usable() error {
	switch d.State {
	case Active:
		return nil
	case Pending:
		return fault.New(fault.DevicePending)
	case Revoked:
		return fault.New(fault.DeviceRevoked)
	default:
		return fault.New(fault.DeviceUnknown)
	}
}

// own finds the device of a proof, and spends the proof.
func (d *Desk) own(ctx context.Context, v proof.Verified) (Device, error) {
	dev, err := d.byKey(ctx, v.Key())
	if fault.CodeOf(err) == fault.NotFound {
		return Device{}, fault.New(fault.DeviceUnknown)
	}
	if err != nil {
		return Device{}, err
	}
	return dev, d.proofs.Spend(ctx, v)
}

func (d *Desk) byKey(ctx context.Context, key token.Thumbprint) (Device, error) {
	return d.admitted(d.devices.DeviceByKey(ctx, key))
}

func (d *Desk) byID(ctx context.Context, tenant, id string) (Device, error) {
	return d.admitted(d.devices.FindDevice(ctx, tenant, id))
}

// admitted hides the devices of the demo agency outside demo mode.
func (d *Desk) admitted(dev Device, err error) (Device, error) {
	if err == nil && dev.Demo && !d.demo {
		return Device{}, fault.New(fault.NotFound)
	}
	return dev, err
}

// contact notes that a device was heard of, and what it told.
func (d *Desk) contact(ctx context.Context, dev Device, h *Health) (Device, error) {
	return d.change(ctx, dev, func(dev *Device) (*privacy.Event, bool) {
		now := d.now()
		if h == nil && now.Sub(dev.LastContact) < contactEvery {
			return nil, false
		}
		dev.LastContact = now
		if h != nil {
			dev.Health = h
		}
		return nil, true
	})
}

// change edits a device and stores it, again from its newest state when somebody
// else was faster. edit says whether there is anything to store.
func (d *Desk) change(ctx context.Context, dev Device, edit func(*Device) (*privacy.Event, bool)) (Device, error) {
	for try := 1; ; try++ {
		dev.Users = slices.Clone(dev.Users)
		event, changed := edit(&dev)
		if !changed {
			return dev, nil
		}
		dev.Version++
		err := d.devices.ReplaceDevice(ctx, dev, event)
		if fault.CodeOf(err) != fault.StaleVersion || try == maxTries {
			return dev, err
		}
		if dev, err = d.devices.FindDevice(ctx, dev.Tenant, dev.ID); err != nil {
			return Device{}, err
		}
	}
}

func (d *Desk) event(actor string, role auth.Role, act privacy.Act, object string) privacy.Event {
	return privacy.Event{At: d.now(), Actor: actor, Role: string(role), Action: act, Object: object}
}

// Sweep forgets codes that nobody can ask about any more, and spent proofs.
func (d *Desk) Sweep(ctx context.Context) error {
	if err := d.devices.DropEnrolments(ctx, d.now().Add(-enrolmentMemory)); err != nil {
		return err
	}
	return d.proofs.Sweep(ctx)
}
