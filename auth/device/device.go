// Package device enrols tablets, lets a second person confirm them, and ends
// them: how a tablet gains a credential, and how it loses it.
//
// A device is known by its key, which never leaves it. An administrator makes a
// code; the tablet uses it up with a proof of its key; a supervisor of the site
// compares a fingerprint and confirms. From then on people sign in on it, and
// the device itself can deliver what it has sealed. What a tablet may hold on
// to without contact is a Policy, which the tablet keeps to.
//
// It imports auth, auth/proof, auth/token, fault and privacy. Stores implement
// Devices; handlers and package signin call Desk.
package device

import (
	"context"
	"time"

	"waymark/auth"
	"waymark/auth/token"
	"waymark/privacy"
)

// State is how a device stands.
type State string

// The states. A device goes through them in this order, may skip Active, and
// never comes back.
const (
	Pending State = "pending" // enrolled; nobody has compared its fingerprint
	Active  State = "active"
	Revoked State = "revoked"
)

// idPrefix begins the id of a device.
const idPrefix = "dev_"

// Device is a tablet of an agency.
type Device struct {
	ID     string
	Tenant string
	// Site is where it is used, and where what comes from it is recorded.
	Site string
	// Country is the one it is used in, whose information it shows.
	Country string
	// Label is what it is called, such as a number on its back.
	Label string
	// Key is the key that it holds; no two devices have the same.
	Key   token.Thumbprint
	State State
	// EnrolledBy made the code, ConfirmedBy compared the fingerprint; never the
	// same. ConfirmedBy is "" until then.
	EnrolledBy, ConfirmedBy auth.Ref
	EnrolledOn              privacy.Day
	// LastContact is when it was last heard of, to the minute; zero for never
	// since it was enrolled.
	LastContact time.Time
	// Health is what it last told of itself; nil for nothing.
	Health *Health
	// Users are the officers and case workers who have signed in on it, and
	// whose sealed interviews it may deliver.
	Users []auth.Ref
	// DrainUntil is when a revoked device that asked to deliver what it has
	// sealed may do so no more; zero when it has not asked.
	DrainUntil time.Time
	// Demo marks a device of the demo agency. It exists only while the server
	// runs in demo mode.
	Demo bool
	// Version counts the changes.
	Version int
}

// draining says whether a revoked device may deliver at a moment.
func (d Device) draining(now time.Time) bool {
	return d.State == Revoked && now.Before(d.DrainUntil)
}

// principal is what the device itself acts as.
func (d Device) principal(now time.Time) auth.Principal {
	return auth.Principal{
		Tenant: d.Tenant, Ref: auth.Ref(d.ID), Role: auth.Tablet, Sites: []string{d.Site},
		Device: d.ID, Draining: d.draining(now),
	}
}

// Devices is where devices and enrolments are kept. Implementations MUST store
// an event with what it is about or neither.
type Devices interface {
	// CreateEnrolment stores a new enrolment.
	CreateEnrolment(ctx context.Context, e Enrolment, ev privacy.Event) error
	// FindEnrolment finds an enrolment; fault.NotFound when there is none.
	FindEnrolment(ctx context.Context, id string) (Enrolment, error)
	// ReplaceEnrolment stores a changed enrolment whose Version is one more than
	// what is stored; fault.StaleVersion otherwise.
	ReplaceEnrolment(ctx context.Context, e Enrolment) error
	// DropEnrolments removes enrolments that ended before a moment.
	DropEnrolments(ctx context.Context, before time.Time) error

	// CreateDevice stores a new device; fault.StaleVersion when its id is taken.
	CreateDevice(ctx context.Context, d Device, ev privacy.Event) error
	// FindDevice finds a device; fault.NotFound when there is none.
	FindDevice(ctx context.Context, tenant, id string) (Device, error)
	// DeviceByKey finds the device of a key, of whatever agency: a device that
	// shows its key says nothing else. fault.NotFound when there is none.
	DeviceByKey(ctx context.Context, key token.Thumbprint) (Device, error)
	// ListDevices gives the devices in scope by id.
	ListDevices(ctx context.Context, scope auth.Scope) ([]Device, error)
	// ReplaceDevice stores a changed device whose Version is one more than what
	// is stored; fault.StaleVersion otherwise. ev is nil for what is no act of
	// anybody's, such as a contact.
	ReplaceDevice(ctx context.Context, d Device, ev *privacy.Event) error
}
