package device

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"

	"waymark/auth"
	"waymark/auth/proof"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

const (
	enrolmentPrefix = "enr_"
	// enrolmentLife is how long a code is good.
	enrolmentLife = 10 * time.Minute
	// enrolmentMemory is how much longer a tablet that lost the reply may ask
	// again.
	enrolmentMemory = 24 * time.Hour
	maxLabel        = 40
)

// Enrolment is a code with which one tablet enrols, once. It holds no code, only
// what recognises it.
type Enrolment struct {
	// ID is derived from the code under a key.
	ID string
	// Tenant, Site, Country and Label will be the device's.
	Tenant, Site, Country, Label string
	MadeBy                       auth.Ref
	Expires                      time.Time
	// UsedBy is the key that used the code up; "" for none.
	UsedBy token.Thumbprint
	Demo   bool
	// Version counts the changes.
	Version int
}

// Wish says which tablet a code is for.
type Wish struct {
	Site, Country, Label string
	// Life is how long the code is good; 0 for ten minutes.
	Life time.Duration
	// Demo marks the device as one of the demo agency.
	Demo bool
}

var countryPattern = regexp.MustCompile(`^[A-Z]{2}$`)

func (w Wish) check() error {
	var wrong []fault.Field
	bad := func(pointer string, code fault.FieldCode) {
		wrong = append(wrong, fault.Field{Pointer: pointer, Code: code})
	}
	if !auth.IsCode(w.Site) {
		bad("/site", fault.NotACode)
	}
	if !countryPattern.MatchString(w.Country) {
		bad("/country", fault.NotACountry)
	}
	switch {
	case w.Label == "":
		bad("/label", fault.Required)
	case !short(w.Label, maxLabel):
		bad("/label", fault.TooLong)
	case strings.ContainsFunc(w.Label, func(r rune) bool { return !unicode.IsPrint(r) }):
		bad("/label", fault.WrongType) // it is shown on screens and terminals
	}
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, wrong...)
	}
	return nil
}

// MakeEnrolment makes a code. It is given out this once. The fault is Forbidden
// or Invalid, by field.
func (d *Desk) MakeEnrolment(ctx context.Context, p auth.Principal, w Wish) (privacy.Code, Enrolment, error) {
	if _, err := p.May(auth.EnrolDevice); err != nil {
		return privacy.Code{}, Enrolment{}, err
	}
	w.Label = strings.TrimSpace(w.Label)
	if err := w.check(); err != nil {
		return privacy.Code{}, Enrolment{}, err
	}
	if w.Life == 0 {
		w.Life = enrolmentLife
	}
	code, err := privacy.NewCode(d.random)
	if err != nil {
		return privacy.Code{}, Enrolment{}, err
	}
	e := Enrolment{
		ID: d.enrolmentID(code), Tenant: p.Tenant, Site: w.Site, Country: w.Country, Label: w.Label,
		MadeBy: p.Ref, Expires: d.now().Add(w.Life), Demo: w.Demo, Version: 1,
	}
	err = d.devices.CreateEnrolment(ctx, e, d.event(string(p.Ref), p.Role, privacy.ActEnrolmentMade, e.ID))
	if err != nil {
		return privacy.Code{}, Enrolment{}, err
	}
	return code, e, nil
}

func (d *Desk) enrolmentID(c privacy.Code) string {
	return privacy.EncodeID(enrolmentPrefix, d.keys.CodeID(c))
}

// Enrol uses a code up and makes the device that holds the key of a proof. A
// tablet that lost the reply asks again with the same code and key and gets the
// same device; with another key, the code is not good. The fault is
// WrongEnrolmentCode, whatever is wrong with the code.
func (d *Desk) Enrol(ctx context.Context, v proof.Verified, typed string) (Device, error) {
	wrong := fault.New(fault.WrongEnrolmentCode)
	code, err := privacy.ParseCode(typed)
	if err != nil {
		return Device{}, wrong
	}
	e, err := d.enrolment(ctx, code, v.Key())
	if err != nil {
		return Device{}, err
	}
	if err := d.proofs.Spend(ctx, v); err != nil {
		return Device{}, err
	}
	for e.UsedBy == "" {
		// A key enrols once: a device that was revoked does not come back with
		// another code.
		_, err := d.devices.DeviceByKey(ctx, v.Key())
		if err == nil {
			return Device{}, wrong
		}
		if fault.CodeOf(err) != fault.NotFound {
			return Device{}, err
		}
		e.UsedBy = v.Key()
		e.Version++
		if err = d.devices.ReplaceEnrolment(ctx, e); err == nil {
			break
		}
		if fault.CodeOf(err) != fault.StaleVersion {
			return Device{}, err
		}
		if e, err = d.enrolment(ctx, code, v.Key()); err != nil { // another request was first
			return Device{}, err
		}
	}
	return d.create(ctx, e)
}

// enrolment finds the enrolment of a code that is good for a key.
func (d *Desk) enrolment(ctx context.Context, code privacy.Code, key token.Thumbprint) (Enrolment, error) {
	e, err := d.devices.FindEnrolment(ctx, d.enrolmentID(code))
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return Enrolment{}, err
	}
	mine := e.UsedBy == key
	fresh := e.UsedBy == "" && d.now().Before(e.Expires)
	if err != nil || !mine && !fresh || e.Demo && !d.demo {
		return Enrolment{}, fault.New(fault.WrongEnrolmentCode)
	}
	return e, nil
}

// create makes the device of a used enrolment, or finds it when an earlier
// request was cut off after it had made it.
func (d *Desk) create(ctx context.Context, e Enrolment) (Device, error) {
	dev := Device{
		ID: privacy.EncodeID(idPrefix, d.keys.DeviceID(e.Tenant, string(e.UsedBy))), Tenant: e.Tenant,
		Site: e.Site, Country: e.Country, Label: e.Label, Key: e.UsedBy, State: Pending,
		EnrolledBy: e.MadeBy, EnrolledOn: privacy.DayOf(d.now()), Demo: e.Demo, Version: 1,
	}
	err := d.devices.CreateDevice(ctx, dev, d.event(dev.ID, auth.Tablet, privacy.ActDeviceEnrolled, dev.ID))
	if fault.CodeOf(err) == fault.StaleVersion {
		return d.devices.FindDevice(ctx, dev.Tenant, dev.ID)
	}
	return dev, err
}
