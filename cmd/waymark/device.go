package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mdp/qrterminal/v3"
	"rsc.io/qr"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/token"
	"waymark/fault"
)

// deviceCommand enrols and revokes tablets. It works beside a running server,
// which sees a change within seconds.
type deviceCommand struct {
	Enrol   deviceEnrolCommand   `cmd:"" help:"Make a code with which one tablet enrols, and show it to scan."`
	List    deviceListCommand    `cmd:"" help:"List the tablets of an agency, those first that wait to be confirmed."`
	Confirm deviceConfirmCommand `cmd:"" help:"Confirm a tablet whose fingerprint you have compared, where no supervisor can."`
	Revoke  deviceRevokeCommand  `cmd:"" help:"Revoke a tablet."`
}

// deviceActor is who the tool acts as. It cannot confirm what it made a code
// for: that takes a supervisor.
const deviceActor auth.Ref = "waymark device"

// deviceAgency names the agency whose tablets are meant.
type deviceAgency struct {
	Agency string `help:"Code of the agency." required:"" env:"WAYMARK_AGENCY"`
}

func (a deviceAgency) administrator() auth.Principal {
	return auth.Principal{Tenant: a.Agency, Ref: deviceActor, Role: auth.Administrator}
}

type deviceEnrolCommand struct {
	dataFlags
	deviceAgency
	Site    string `help:"Code of the site where the tablet will be used." required:""`
	Country string `help:"The country it is used in, as in TH." required:""`
	Label   string `help:"What the tablet is called, such as a number on its back." required:""`
	URL     string `name:"url" help:"Address of the server as the tablet calls it." default:"http://127.0.0.1:8080" placeholder:"URL"`
}

// Run makes a code. It is shown this once.
func (d *deviceEnrolCommand) Run(c *console) error {
	return withDevices(c, d.dataFlags, func(desk *device.Desk) error {
		if !auth.IsCode(d.Agency) {
			return fault.New(fault.Invalid, fault.Field{Pointer: "/agency", Code: fault.NotACode})
		}
		code, e, err := desk.MakeEnrolment(c.ctx, d.administrator(), device.Wish{Site: d.Site, Country: d.Country, Label: d.Label})
		if err != nil {
			return err
		}
		link := enrolmentLink(strings.TrimSuffix(d.URL, "/"), code.Encode())
		fmt.Fprintf(c.out, "code     %s\nlink     %s\ngood     once, until %s\n\n", code.Encode(), link, e.Expires.UTC().Format(time.RFC3339))
		qrterminal.GenerateHalfBlock(link, qr.M, c.out)
		_, err = fmt.Fprintf(c.out, "\nScan it with the tablet. Then a supervisor of %s compares the fingerprint and confirms.\n", e.Site)
		return err
	})
}

// enrolmentLink is what a tablet opens. The code stands behind the #, which no
// browser sends to a server.
func enrolmentLink(base, code string) string { return base + "/#enrol=" + code }

type deviceListCommand struct {
	dataFlags
	deviceAgency
}

// Run lists tablets with their fingerprints.
func (d *deviceListCommand) Run(c *console) error {
	return withDevices(c, d.dataFlags, func(desk *device.Desk) error {
		all, err := desk.List(c.ctx, d.administrator())
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tSITE\tCOUNTRY\tLABEL\tSTATE\tFINGERPRINT\tENROLLED\tLAST CONTACT\tWAITING")
		for _, dev := range all {
			state, contact, waiting := string(dev.State), "-", "-"
			if desk.LeaseOver(dev) {
				state += ", lease over"
			}
			if !dev.LastContact.IsZero() {
				contact = dev.LastContact.UTC().Format(time.RFC3339)
			}
			if dev.Health != nil {
				waiting = strconv.Itoa(dev.Health.Waiting)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", dev.ID, dev.Site, dev.Country, dev.Label, state,
				desk.Fingerprint(dev), dev.EnrolledOn, contact, waiting)
		}
		return w.Flush()
	})
}

type deviceConfirmCommand struct {
	dataFlags
	deviceAgency
	ID          string `arg:"" help:"Id of the tablet."`
	Fingerprint string `arg:"" help:"The twelve digits that the tablet shows."`
}

// Run confirms a tablet for a supervisor of its site.
func (d *deviceConfirmCommand) Run(c *console) error {
	return withDevices(c, d.dataFlags, func(desk *device.Desk) error {
		all, err := desk.List(c.ctx, d.administrator())
		if err != nil {
			return err
		}
		p := auth.Principal{Tenant: d.Agency, Ref: deviceActor, Role: auth.Supervisor}
		for _, dev := range all {
			if dev.ID == d.ID {
				p.Sites = []string{dev.Site}
			}
		}
		dev, err := desk.Confirm(c.ctx, p, d.ID, d.Fingerprint)
		if fault.CodeOf(err) == fault.SelfConfirmation {
			return errors.New("this tool made the code of that tablet; a supervisor of its site has to confirm it, in the console")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s at %s is %s\n", dev.Label, dev.Site, dev.State)
		return err
	})
}

type deviceRevokeCommand struct {
	dataFlags
	deviceAgency
	ID string `arg:"" help:"Id of the tablet."`
}

// Run revokes a tablet.
func (d *deviceRevokeCommand) Run(c *console) error {
	return withDevices(c, d.dataFlags, func(desk *device.Desk) error {
		if err := desk.Revoke(c.ctx, d.administrator(), d.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.out, "%s is revoked; what it has sealed it may still deliver once\n", d.ID)
		return err
	})
}

// withDevices opens the data, lends the desk and closes again. The desk sees the
// tablets of the demo too: it lets none of them in.
func withDevices(c *console, f dataFlags, do func(*device.Desk) error) (err error) {
	d, err := openData(c.ctx, f, c.random, shared)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	checker, err := proof.NewChecker(d.keys, d.stores, c.random, c.now)
	if err != nil {
		return err
	}
	err = do(newDevices(c, d, checker, device.DefaultPolicy(), true))
	if fault.CodeOf(err) == fault.NotFound {
		return errors.New("there is no such tablet")
	}
	return plain(err)
}

func newDevices(c *console, d *data, checker *proof.Checker, policy device.Policy, demo bool) *device.Desk {
	return device.NewDesk(device.Config{
		Devices: d.stores, Proofs: checker, Trust: token.NewTrust(d.keys), Keys: d.keys, Policy: policy,
		Random: c.random, Now: c.now, Demo: demo,
	})
}

// deviceFlags say how long a tablet may hold on by itself.
type deviceFlags struct {
	DeviceLease time.Duration `help:"How long a tablet may go without contact before it starts no interview." default:"168h" env:"WAYMARK_DEVICE_LEASE"`
	DeviceDraft time.Duration `help:"How long an unfinished interview lives on a tablet." default:"12h" env:"WAYMARK_DEVICE_DRAFT"`
	DeviceIdle  time.Duration `help:"How long a tablet waits for a touch before it locks." default:"2m" env:"WAYMARK_DEVICE_IDLE"`
}

const (
	leastHold = time.Hour
	leastIdle = 10 * time.Second
)

func (f deviceFlags) check() error {
	if min(f.DeviceLease, f.DeviceDraft) < leastHold || f.DeviceIdle < leastIdle {
		return fmt.Errorf("a tablet holds a lease and a draft for %v at the least, and waits %v; mend the --device flags", leastHold, leastIdle)
	}
	return nil
}

func (f deviceFlags) policy() device.Policy {
	return device.Policy{Lease: f.DeviceLease, Draft: f.DeviceDraft, Idle: f.DeviceIdle}
}
