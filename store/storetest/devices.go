package storetest

import (
	"sync"
	"testing"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/fault"
	"waymark/privacy"
)

func enrolments(t *testing.T, o Opened) {
	e := device.Enrolment{
		ID: "enr_1", Tenant: agency, Site: north, Country: "TH", Label: "tablet 7", MadeBy: "usr_admin",
		Expires: noon, Demo: true, Version: 1,
	}
	made := privacy.Event{At: noon, Actor: "usr_admin", Action: privacy.ActEnrolmentMade, Object: "enr_1"}
	if err := o.Store.CreateEnrolment(t.Context(), e, made); err != nil {
		t.Fatal(err)
	}
	wantCode(t, o.Store.CreateEnrolment(t.Context(), e, made), fault.StaleVersion)
	used := e
	used.UsedBy, used.Version = "thumbprint", 2
	if err := o.Store.ReplaceEnrolment(t.Context(), used); err != nil {
		t.Fatal(err)
	}
	second := e
	second.UsedBy, second.Version = "another", 2
	wantCode(t, o.Store.ReplaceEnrolment(t.Context(), second), fault.StaleVersion)
	got, err := o.Store.FindEnrolment(t.Context(), "enr_1")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the enrolment", got, used)
	_, err = o.Store.FindEnrolment(t.Context(), "enr_2")
	wantCode(t, err, fault.NotFound)

	for _, step := range []struct {
		before time.Time
		want   fault.Code
	}{{e.Expires, ""}, {e.Expires.Add(time.Second), fault.NotFound}} {
		if err := o.Store.DropEnrolments(t.Context(), step.before); err != nil {
			t.Fatal(err)
		}
		_, err := o.Store.FindEnrolment(t.Context(), "enr_1")
		if step.want == "" && err != nil || step.want != "" && fault.CodeOf(err) != step.want {
			t.Errorf("after dropping what ended before %v: %v", step.before, err)
		}
	}
}

// tablet is a device as it is when it is new.
func tablet(id string, change ...func(*device.Device)) device.Device {
	d := device.Device{
		ID: id, Tenant: agency, Site: north, Country: "TH", Label: "tablet 7", Key: "thumbprint",
		State: device.Pending, EnrolledBy: "usr_admin", EnrolledOn: 20_000, Version: 1,
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func devices(t *testing.T, o Opened) {
	d := tablet("dev_1")
	enrolled := privacy.Event{At: noon, Actor: "dev_1", Action: privacy.ActDeviceEnrolled, Object: "dev_1"}
	if err := o.Store.CreateDevice(t.Context(), d, enrolled); err != nil {
		t.Fatal(err)
	}
	wantCode(t, o.Store.CreateDevice(t.Context(), d, enrolled), fault.StaleVersion)
	same := func(what string, want device.Device) {
		t.Helper()
		for how, find := range map[string]func() (device.Device, error){
			"by id":  func() (device.Device, error) { return o.Store.FindDevice(t.Context(), agency, "dev_1") },
			"by key": func() (device.Device, error) { return o.Store.DeviceByKey(t.Context(), d.Key) },
		} {
			got, err := find()
			if err != nil {
				t.Fatalf("%s, %s: %v", what, how, err)
			}
			wantSame(t, what+", "+how, got, want)
		}
	}
	same("a new device", d)

	full := d
	full.State, full.ConfirmedBy, full.LastContact, full.DrainUntil = device.Revoked, "usr_sup", noon, noon.Add(time.Hour)
	full.Health = &device.Health{Waiting: 3, Oldest: 20_001, Rejected: 1, Persistent: true, Free: 900, App: "1.0.0", Languages: []string{"am", "en"}}
	full.Users = []auth.Ref{"usr_1", "usr_2"}
	full.Version = 2
	if err := o.Store.ReplaceDevice(t.Context(), full, &enrolled); err != nil {
		t.Fatal(err)
	}
	same("a device with everything", full)
	wantCode(t, o.Store.ReplaceDevice(t.Context(), full, nil), fault.StaleVersion)
	bare := d
	bare.Version = 3
	if err := o.Store.ReplaceDevice(t.Context(), bare, nil); err != nil {
		t.Fatal(err)
	}
	same("a device with nothing again", bare)

	_, err := o.Store.FindDevice(t.Context(), other, "dev_1")
	wantCode(t, err, fault.NotFound)
	_, err = o.Store.DeviceByKey(t.Context(), "another")
	wantCode(t, err, fault.NotFound)
}

func listedDevices(t *testing.T, o Opened) {
	for id, change := range map[string]func(*device.Device){
		"dev_3": func(d *device.Device) { d.Key = "3" },
		"dev_1": func(d *device.Device) { d.Key = "1" },
		"dev_2": func(d *device.Device) { d.Key, d.Site = "2", south },
		"dev_4": func(d *device.Device) { d.Key, d.Tenant = "4", other },
	} {
		if err := o.Store.CreateDevice(t.Context(), tablet(id, change), privacy.Event{At: noon, Action: privacy.ActDeviceEnrolled, Object: id}); err != nil {
			t.Fatal(err)
		}
	}
	scope := func(role auth.Role, tenant string, sites ...string) auth.Scope {
		return must(auth.Principal{Tenant: tenant, Ref: "usr_1", Role: role, Sites: sites}.May(auth.ReadDevices))
	}
	for name, tt := range map[string]struct {
		scope auth.Scope
		want  []string
	}{
		"one site":       {scope(auth.Supervisor, agency, north), []string{"dev_1", "dev_3"}},
		"both sites":     {scope(auth.Supervisor, agency, north, south), []string{"dev_1", "dev_2", "dev_3"}},
		"the agency":     {scope(auth.Administrator, agency), []string{"dev_1", "dev_2", "dev_3"}},
		"another agency": {scope(auth.Administrator, other), []string{"dev_4"}},
		"nothing":        {auth.Scope{}, nil},
	} {
		list, err := o.Store.ListDevices(t.Context(), tt.scope)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []string
		for _, d := range list {
			got = append(got, d.ID)
		}
		wantSame(t, name, got, tt.want)
	}
}

// TOK-9: whichever process is asked, and however many at once.
func proofs(t *testing.T, o Opened) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		first int
	)
	id := [32]byte{1, 2, 3}
	for range 8 {
		wg.Go(func() {
			isNew, err := o.Store.SpendProof(t.Context(), id, noon.Add(proof.Life))
			if err != nil {
				t.Errorf("SpendProof: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if isNew {
				first++
			}
		})
	}
	wg.Wait()
	if first != 1 {
		t.Errorf("%d were told that the proof is new, want 1", first)
	}
	spend := func(id [32]byte) bool {
		t.Helper()
		isNew, err := o.Store.SpendProof(t.Context(), id, noon.Add(proof.Life))
		if err != nil {
			t.Fatal(err)
		}
		return isNew
	}
	if !spend([32]byte{4}) {
		t.Error("another proof is taken for a spent one")
	}
	for _, step := range []struct {
		before time.Time
		want   bool // that the proof is new, because it was forgotten
	}{{noon, false}, {noon.Add(proof.Life - time.Second), false}, {noon.Add(proof.Life + time.Second), true}} {
		if err := o.Store.DropProofs(t.Context(), step.before); err != nil {
			t.Fatal(err)
		}
		if got := spend(id); got != step.want {
			t.Errorf("after dropping until %v: new %t, want %t", step.before, got, step.want)
		}
	}
}
