package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/alecthomas/kong"
)

// version is set by the build; a build without it says which commit it is.
var version = "development"

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line: the one table of subcommands, flags, defaults
// and environment variables.
type commands struct {
	Serve      serveCommand      `cmd:"" help:"Run the server."`
	Demo       demoCommand       `cmd:"" help:"Replay a release the size of February 2025, as tablets would."`
	Instrument instrumentCommand `cmd:"" help:"Check, score and explain instruments."`
	Language   languageCommand   `cmd:"" help:"Translate, check and review texts in other languages."`
	User       userCommand       `cmd:"" help:"Add and change users."`
	Device     deviceCommand     `cmd:"" help:"Enrol and revoke tablets."`
	Version    versionCommand    `cmd:"" help:"Print the version."`

	Jurisdiction jurisdictionCommand `cmd:"" help:"List, show and check country packs."`
}

// console is what a subcommand works with besides its flags.
type console struct {
	ctx      context.Context //nolint:containedctx // the life of one command
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	random   io.Reader
}

// errSilent ends a command with exitFailed when it has said why already.
var errSilent = errors.New("failed")

// run runs one command and gives the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	exited := -1
	var cli commands
	parser, err := kong.New(&cli,
		kong.Name("waymark"),
		kong.Description("Screening of people who come out of cyber-scam centres: an indication with its reasons and a next step, never a status."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(stderr, "waymark:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // help was asked for and printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "waymark: %v\nRun \"waymark --help\" for the commands, or \"waymark <command> --help\" for its flags.\n", err)
		return exitUsage
	}
	c := &console{ctx: ctx, in: stdin, out: stdout, err: stderr, now: time.Now, random: rand.Reader}
	if err := parsed.Run(c); err != nil {
		if !errors.Is(err, errSilent) {
			fmt.Fprintln(stderr, "waymark:", err)
		}
		return exitFailed
	}
	return exitOK
}

type versionCommand struct{}

// Run prints the version and the commit it was built from.
func (versionCommand) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, "waymark", buildVersion())
	return err
}

func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return version + " (" + s.Value[:12] + ")"
		}
	}
	return version
}
