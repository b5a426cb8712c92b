package main

import (
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/signin"
)

// The demo agency exists to try Waymark out. Its passwords are in this file;
// its users can sign in only while the server runs with --demo.
const (
	demoAgency  = "demo"
	demoSite    = "mae-sot"
	demoCountry = "TH"
	// demoActor makes what the demo agency has.
	demoActor = "waymark serve --demo"
	// demoEnrolmentLife is a day of trying out; a real code is good for minutes.
	demoEnrolmentLife = 24 * time.Hour
)

func demoPassword(name string) string { return "demo-" + name + "-password" }

// demoUsers has one user for each role, and a second supervisor because
// leading to less protection takes two.
func demoUsers() []signin.User {
	user := func(name string, role auth.Role, sites ...string) signin.User {
		return signin.User{Tenant: demoAgency, Name: name, Role: role, Sites: sites, Demo: true}
	}
	return []signin.User{
		user("officer", auth.Officer, demoSite),
		user("caseworker", auth.CaseWorker, demoSite),
		user("supervisor", auth.Supervisor, demoSite),
		user("supervisor2", auth.Supervisor, demoSite),
		user("administrator", auth.Administrator),
		user("auditor", auth.Auditor),
		user("analyst", auth.Analyst),
	}
}

// createDemoAgency adds the demo users that are not there yet.
func createDemoAgency(c *console, users signin.Users) error {
	registry := signin.NewRegistry(users, signin.DefaultHashing(), c.random, c.now, demoActor)
	for _, u := range demoUsers() {
		there, err := registry.Has(c.ctx, u.Tenant, u.Name)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if _, err := registry.Add(c.ctx, u, demoPassword(u.Name)); err != nil {
			return err
		}
	}
	return nil
}

// createDemoEnrolment makes a code that enrols a browser as a tablet of the demo
// agency.
func createDemoEnrolment(c *console, devices *device.Desk) (string, error) {
	p := auth.Principal{Tenant: demoAgency, Ref: demoActor, Role: auth.Administrator}
	code, _, err := devices.MakeEnrolment(c.ctx, p, device.Wish{
		Site: demoSite, Country: demoCountry, Label: "demo tablet", Life: demoEnrolmentLife, Demo: true,
	})
	return code.Encode(), err
}
