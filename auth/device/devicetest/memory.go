// Package devicetest keeps devices in memory, for tests of what stands on them.
package devicetest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

// Memory is a device.Devices that also remembers which acts were done. The zero
// Memory is empty and ready.
type Memory struct {
	mu         sync.Mutex
	enrolments map[string]device.Enrolment
	devices    map[string]device.Device
	acts       []privacy.Event
	writes     int
	before     func()
}

var _ device.Devices = (*Memory)(nil)

// Acts gives the events of everything that was done.
func (m *Memory) Acts() []privacy.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.acts)
}

// Writes is how often a device was changed.
func (m *Memory) Writes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.writes
}

// Before has something done just before the next change of a device or an
// enrolment, as by somebody who is faster.
func (m *Memory) Before(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = do
}

func (m *Memory) lock() func() {
	m.mu.Lock()
	do := m.before
	m.before = nil
	if do != nil {
		m.mu.Unlock()
		do()
		m.mu.Lock()
	}
	return m.mu.Unlock
}

// CreateEnrolment stores a new enrolment.
func (m *Memory) CreateEnrolment(_ context.Context, e device.Enrolment, ev privacy.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.enrolments == nil {
		m.enrolments = map[string]device.Enrolment{}
	}
	m.enrolments[e.ID] = e
	m.acts = append(m.acts, ev)
	return nil
}

// FindEnrolment finds an enrolment.
func (m *Memory) FindEnrolment(_ context.Context, id string) (device.Enrolment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.enrolments[id]; ok {
		return e, nil
	}
	return device.Enrolment{}, fault.New(fault.NotFound)
}

// ReplaceEnrolment stores a changed enrolment over the version before it.
func (m *Memory) ReplaceEnrolment(_ context.Context, e device.Enrolment) error {
	defer m.lock()()
	if m.enrolments[e.ID].Version != e.Version-1 {
		return fault.New(fault.StaleVersion)
	}
	m.enrolments[e.ID] = e
	return nil
}

// DropEnrolments removes enrolments that ended before a moment.
func (m *Memory) DropEnrolments(_ context.Context, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, e := range m.enrolments {
		if e.Expires.Before(before) {
			delete(m.enrolments, id)
		}
	}
	return nil
}

// CreateDevice stores a new device.
func (m *Memory) CreateDevice(_ context.Context, d device.Device, ev privacy.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.devices == nil {
		m.devices = map[string]device.Device{}
	}
	if _, taken := m.devices[d.ID]; taken {
		return fault.New(fault.StaleVersion)
	}
	m.devices[d.ID] = d
	m.acts = append(m.acts, ev)
	return nil
}

// FindDevice finds a device.
func (m *Memory) FindDevice(_ context.Context, tenant, id string) (device.Device, error) {
	return m.find(func(d device.Device) bool { return d.Tenant == tenant && d.ID == id })
}

// DeviceByKey finds the device of a key.
func (m *Memory) DeviceByKey(_ context.Context, key token.Thumbprint) (device.Device, error) {
	return m.find(func(d device.Device) bool { return d.Key == key })
}

func (m *Memory) find(is func(device.Device) bool) (device.Device, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.devices {
		if is(d) {
			return d, nil
		}
	}
	return device.Device{}, fault.New(fault.NotFound)
}

// ListDevices gives the devices in scope by id.
func (m *Memory) ListDevices(_ context.Context, scope auth.Scope) ([]device.Device, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []device.Device
	for _, d := range m.devices {
		if scope.Covers(d.Tenant, d.Site, "") {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b device.Device) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// ReplaceDevice stores a changed device over the version before it.
func (m *Memory) ReplaceDevice(_ context.Context, d device.Device, ev *privacy.Event) error {
	defer m.lock()()
	if m.devices[d.ID].Version != d.Version-1 {
		return fault.New(fault.StaleVersion)
	}
	m.devices[d.ID] = d
	m.writes++
	if ev != nil {
		m.acts = append(m.acts, *ev)
	}
	return nil
}
