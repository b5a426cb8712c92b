package handlers

import (
	"net/http"
	"time"

	"waymark/auth/device"
	"waymark/fault"
	"waymark/openapi"
	"waymark/privacy"
)

// createEnrolment makes a code with which one tablet enrols.
func (s *Server) createEnrolment(r *request) error {
	var body openapi.EnrolmentRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	code, e, err := s.Devices.MakeEnrolment(r.ctx(), r.who, device.Wish{Site: body.Site, Country: body.Country, Label: body.Label})
	if err != nil {
		return err
	}
	r.Status(http.StatusCreated)
	return r.reply(openapi.Enrolment{Code: code.Encode(), ExpiresAt: stamp(e.Expires)})
}

// enrolDevice uses a code up for the tablet that asks.
func (s *Server) enrolDevice(r *request) error {
	var body openapi.EnrolDeviceRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	dev, err := s.Devices.Enrol(r.ctx(), r.held, string(body.Code))
	if err != nil {
		return err
	}
	r.Status(http.StatusCreated)
	return r.reply(s.ownDevice(dev))
}

// getCurrentDevice tells a tablet how it stands.
func (s *Server) getCurrentDevice(r *request) error {
	dev, err := s.Devices.Current(r.ctx(), r.held)
	if err != nil {
		return err
	}
	return r.reply(s.ownDevice(dev))
}

// reportHealth notes how much waits on a tablet.
func (s *Server) reportHealth(r *request) error {
	var body openapi.DeviceHealth
	if err := r.decode(&body); err != nil {
		return err
	}
	h := device.Health{
		Waiting: body.Waiting, Rejected: body.Rejected, Persistent: body.Persistent, Free: body.Free,
		App: body.App, Languages: body.Languages,
	}
	if body.Oldest != "" {
		day, err := privacy.ParseDay(body.Oldest)
		if err != nil {
			return fault.New(fault.Invalid, fault.Field{Pointer: "/oldest", Code: fault.NotADay})
		}
		h.Oldest = day
	}
	if err := s.Devices.Report(r.ctx(), r.held, h); err != nil {
		return err
	}
	return r.SendStatus(http.StatusNoContent)
}

// listDevices gives the devices in scope.
func (s *Server) listDevices(r *request) error {
	all, err := s.Devices.List(r.ctx(), r.who)
	if err != nil {
		return err
	}
	list := openapi.DeviceList{Devices: make([]openapi.Device, len(all))}
	for i, dev := range all {
		list.Devices[i] = s.device(dev)
	}
	return r.reply(list)
}

// confirmDevice makes a tablet active whose fingerprint was compared.
func (s *Server) confirmDevice(r *request) error {
	var body openapi.ConfirmDeviceRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	dev, err := s.Devices.Confirm(r.ctx(), r.who, r.Params("id"), body.Fingerprint)
	if err != nil {
		return err
	}
	return r.reply(s.device(dev))
}

// revokeDevice ends a tablet.
func (s *Server) revokeDevice(r *request) error {
	if err := s.Devices.Revoke(r.ctx(), r.who, r.Params("id")); err != nil {
		return err
	}
	return r.SendStatus(http.StatusNoContent)
}

// ownDevice is what a tablet learns of itself.
func (s *Server) ownDevice(dev device.Device) openapi.OwnDevice {
	policy := s.Devices.Policy()
	return openapi.OwnDevice{
		ID: dev.ID, Agency: dev.Tenant, Site: dev.Site, Country: dev.Country, Label: dev.Label,
		State: openapi.OwnDeviceState(dev.State), Fingerprint: s.Devices.Fingerprint(dev),
		Now: stamp(s.config.Now()), LeaseUntil: stamp(s.Devices.LeaseUntil(dev)), Trust: s.Devices.Trust(dev.Tenant),
		Policy: openapi.DevicePolicy{
			Lease: int(policy.Lease / time.Second), Draft: int(policy.Draft / time.Second), Idle: int(policy.Idle / time.Second),
		},
	}
}

// device is what is shown of a tablet to those who look after it. Who has signed
// in on it is not.
func (s *Server) device(dev device.Device) openapi.Device {
	out := openapi.Device{
		ID: dev.ID, Site: dev.Site, Country: dev.Country, Label: dev.Label, State: openapi.DeviceState(dev.State),
		Fingerprint: s.Devices.Fingerprint(dev), EnrolledOn: dev.EnrolledOn.String(), LeaseOver: s.Devices.LeaseOver(dev),
	}
	if !dev.LastContact.IsZero() {
		out.LastContact = stamp(dev.LastContact)
	}
	if h := dev.Health; h != nil {
		out.Health = &openapi.DeviceHealth{
			Waiting: h.Waiting, Rejected: h.Rejected, Persistent: h.Persistent, Free: h.Free, App: h.App, Languages: h.Languages,
		}
		if h.Oldest != 0 {
			out.Health.Oldest = h.Oldest.String()
		}
	}
	return out
}

// stamp writes a moment to the second.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
