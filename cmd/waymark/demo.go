package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"waymark/auth/device"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/rehearsal"
	"waymark/screening"
)

// demoCommand replays a release.
type demoCommand struct {
	People  int    `help:"How many people; the default is the release of February 2025." default:"7141"`
	Seed    uint64 `help:"The same seed gives the same people and answers." default:"1"`
	URL     string `name:"url" help:"Address of a server to use. Without it the demo starts one of its own, on data that it throws away." placeholder:"URL"`
	Tablets int    `help:"How many tablets work at once." default:"8"`
	Batch   int    `help:"How many interviews a tablet sends at a time; 100 at the most." default:"100"`
	Full    int    `help:"Percentage of the people who are interviewed in full after the triage." default:"15"`
	Lost    int    `help:"Percentage of the replies to batches that get lost on the way." default:"5"`
	Decide  int    `help:"How many reviews from the top of the queue are decided." default:"30"`

	Agency     string `help:"Agency to sign in to." default:"demo"`
	Officer    string `help:"Name of an officer of the agency." default:"officer"`
	Supervisor string `help:"Name of a supervisor of the officer's site." default:"supervisor"`
	Second     string `help:"Name of another supervisor of that site." default:"supervisor2"`
	Passwords  string `help:"File with a line \"name password\" for each of the three; not needed for the demo agency." type:"existingfile" placeholder:"FILE"`
}

// Run plays the release and prints what came of it. It fails when an interview
// was lost or doubled.
func (d *demoCommand) Run(c *console) error {
	logins, err := d.logins()
	if err != nil {
		return err
	}
	plan := rehearsal.Plan{
		Base:    strings.TrimSuffix(d.URL, "/"),
		Officer: logins[0], Supervisor: logins[1], Second: logins[2],
		People: d.People, Seed: d.Seed, Tablets: d.Tablets, Batch: d.Batch,
		FullPercent: d.Full, LostPercent: d.Lost, Decide: d.Decide,
		Today: privacy.DayOf(c.now()), Now: c.now,
	}
	if err := plan.Check(); err != nil {
		return err
	}
	return d.withServer(c, &plan, func() error {
		tally, err := d.play(c, plan)
		if err != nil {
			return err
		}
		if err := printTally(c.out, tally); err != nil {
			return err
		}
		if tally.Doubled+tally.Missing > 0 {
			return errors.New("interviews were lost or doubled")
		}
		return nil
	})
}

// withServer runs something against the server that was named, or one of the
// demo's own.
func (d *demoCommand) withServer(c *console, plan *rehearsal.Plan, do func() error) (err error) {
	if plan.Base != "" {
		return do()
	}
	dir, err := os.MkdirTemp("", "waymark-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	policy, keep := device.DefaultPolicy(), privacy.DefaultRetention()
	own := *c
	own.err = io.Discard
	server, err := (&serveCommand{
		dataFlags: dataFlags{Data: dir}, Addr: "127.0.0.1:0", Issuer: "waymark-demo", Demo: true, LogLevel: "error",
		deviceFlags: deviceFlags{DeviceLease: policy.Lease, DeviceDraft: policy.Draft, DeviceIdle: policy.Idle},
		keepFlags: keepFlags{
			KeepNoIndication: keep.NoIndication, KeepIndication: keep.Indication, KeepQuarantined: keep.Quarantined, KeepAnswers: keep.Answers,
		},
	}).open(&own)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(c.ctx)
	stopped := make(chan error, 1)
	go func() { stopped <- server.serve(ctx) }()
	defer func() {
		stop()
		err = errors.Join(err, <-stopped)
	}()
	plan.Base = "http://" + server.listener.Addr().String()
	fmt.Fprintf(c.out, "A server of its own at %s, on data that is thrown away.\n", plan.Base)
	return do()
}

func (d *demoCommand) play(c *console, plan rehearsal.Plan) (*rehearsal.Tally, error) {
	fmt.Fprintf(c.out, "%s people, %d tablets, batches of %d, %d %% of the replies lost, seed %d.\n\n", grouped(plan.People), plan.Tablets, plan.Batch, plan.LostPercent, plan.Seed)
	bar := progressBar(c, plan.People, "screened")
	plan.Progress = func(people int) {
		_ = bar.Add(people) //nolint:errcheck // a bar that cannot be drawn is no reason to stop
	}
	return rehearsal.Run(c.ctx, plan)
}

// progressBar is drawn on a terminal only.
func progressBar(c *console, total int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(c.err),
		progressbar.OptionSetVisibility(isTerminal(c.err)),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// logins gives officer, supervisor and second supervisor.
func (d *demoCommand) logins() ([3]rehearsal.Login, error) {
	passwords := map[string]string{}
	for _, u := range demoUsers() {
		passwords[u.Name] = demoPassword(u.Name)
	}
	if d.Passwords != "" {
		text, err := privacy.ReadSecret(d.Passwords)
		if err != nil {
			return [3]rehearsal.Login{}, err
		}
		for line := range strings.Lines(string(text)) {
			name, password, _ := strings.Cut(strings.TrimSpace(line), " ")
			passwords[name] = password
		}
	}
	var out [3]rehearsal.Login
	for i, name := range []string{d.Officer, d.Supervisor, d.Second} {
		password, ok := passwords[name]
		if !ok {
			return out, fmt.Errorf("there is no password for %s; name a file with --passwords", name)
		}
		out[i] = rehearsal.Login{Agency: d.Agency, Name: name, Password: password}
	}
	return out, nil
}

// printTally prints the summary.
func printTally(out io.Writer, t *rehearsal.Tally) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(label string, n int, note string) { fmt.Fprintf(w, "  %s\t%s\t%s\n", label, alignRight(n), note) }

	fmt.Fprintln(w, "Outcomes")
	for _, o := range screening.Outcomes() {
		if n := t.Outcomes[o]; n > 0 {
			row(string(o), n, "")
		}
	}
	fmt.Fprintln(w, "\nUrgent needs")
	for _, code := range slices.Sorted(maps.Keys(t.Urgent)) {
		row(code, t.Urgent[code], "")
	}
	fmt.Fprintln(w, "\nInterviews")
	row("people", t.People, fmt.Sprintf("%s men, %s women", grouped(t.People-t.Women), grouped(t.Women)))
	row("submitted", t.Interviews, "in "+grouped(t.Batches)+" batches")
	for _, status := range []openapi.ReceiptStatus{
		openapi.ReceiptStatusStored, openapi.ReceiptStatusDuplicate, openapi.ReceiptStatusQuarantined,
		openapi.ReceiptStatusConflict, openapi.ReceiptStatusRejected,
	} {
		if n := t.Receipts[status]; n > 0 || status == openapi.ReceiptStatusStored {
			row("  receipt: "+string(status), n, map[openapi.ReceiptStatus]string{
				openapi.ReceiptStatusDuplicate: "the reply was lost, and the interview recognised when sent again",
			}[status])
		}
	}
	row("replies lost", t.Lost, grouped(t.Retries)+" batches sent again")
	row("duplicates", t.Doubled, "records made twice")
	row("lost", t.Missing, "acknowledged interviews without a record")
	seconds := t.Took.Seconds()
	row("per second", int(float64(t.Interviews)/seconds), fmt.Sprintf("interviews scored and kept durably, in %.1f s", seconds))

	fmt.Fprintln(w, "\nReviews")
	for _, kind := range slices.Sorted(maps.Keys(t.Decisions)) {
		row(kind, t.Decisions[kind], "")
	}
	row("still waiting", t.Waiting, "")
	return w.Flush()
}

func alignRight(n int) string { return fmt.Sprintf("%8s", grouped(n)) }

// grouped writes a number with commas, as in 7,141.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
