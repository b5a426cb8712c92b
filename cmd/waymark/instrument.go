package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// instrumentCommand is for those who write and check instruments.
type instrumentCommand struct {
	List    instrumentListCommand    `cmd:"" help:"List the published instruments."`
	Lint    instrumentLintCommand    `cmd:"" help:"Check definitions and print every problem with file, line and what to change."`
	Score   instrumentScoreCommand   `cmd:"" help:"Score interviews: one JSON object a line on standard input, one result a line on standard output."`
	Explain instrumentExplainCommand `cmd:"" help:"Explain the scoring of interviews, one JSON object a line on standard input."`
	Rescore instrumentRescoreCommand `cmd:"" help:"Run rules over stored records: see what would move, then apply it."`
}

// instrumentName names an instrument to work with.
type instrumentName struct {
	Instrument string `arg:"" help:"Id of the instrument, or id@version; the newest version when it has none."`
}

func (n instrumentName) entry() (*catalog.Entry, error) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, err
	}
	e, ok := c.Lookup(n.Instrument)
	if ok {
		return e, nil
	}
	var known []string
	for _, e := range c.All() {
		known = append(known, e.Instrument.Ref().String())
	}
	return nil, fmt.Errorf("there is no instrument %q; there are %s", n.Instrument, strings.Join(known, ", "))
}

type instrumentListCommand struct{}

// Run lists the catalogue.
func (instrumentListCommand) Run(c *console) error {
	cat, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return err
	}
	for _, e := range cat.All() {
		if _, err := fmt.Fprintln(c.out, describe(e.Instrument, e.Rules, e.Program)); err != nil {
			return err
		}
	}
	return nil
}

func describe(in *screening.Instrument, r *screening.Rules, p *screening.Program) string {
	return fmt.Sprintf("%s  %s: %d items, rules %s, program %.12s", in.Ref(), in.Title, len(in.Items), r.Version, p.Digest())
}

type instrumentLintCommand struct {
	Codebook string   `help:"Codebook file; the one that ships with Waymark when absent." type:"existingfile" placeholder:"FILE"`
	Folders  []string `arg:"" optional:"" help:"Folders with instrument.json and rules.json; what ships with Waymark when absent." type:"existingdir"`
}

// Run checks definitions and fails when any has a problem.
func (l *instrumentLintCommand) Run(c *console) error {
	if len(l.Folders) == 0 {
		return instrumentListCommand{}.Run(c) // loading what ships checks all of it
	}
	book, err := l.codebook()
	if err != nil {
		fmt.Fprintln(c.err, err)
		return errSilent
	}
	failed := false
	for _, folder := range l.Folders {
		line, err := lint(folder, book)
		if err != nil {
			failed = true
			fmt.Fprintln(c.err, err)
			continue
		}
		fmt.Fprintln(c.out, line)
	}
	if failed {
		return errSilent
	}
	return nil
}

func (l *instrumentLintCommand) codebook() (*screening.Codebook, error) {
	if l.Codebook != "" {
		text, err := os.ReadFile(l.Codebook)
		if err != nil {
			return nil, err
		}
		return screening.ParseCodebook(l.Codebook, text)
	}
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, err
	}
	return c.All()[0].Codebook, nil
}

// lint reads all files of a folder, so that all problems of all come out. It
// describes the instrument under every version of its rules.
func lint(folder string, book *screening.Codebook) (string, error) {
	var (
		in    *screening.Instrument
		rules []*screening.Rules
		errs  []error
	)
	read := func(file string, parse func(file string, text []byte) error) {
		text, err := os.ReadFile(file)
		if err == nil {
			err = parse(file, text)
		}
		errs = append(errs, err)
	}
	read(filepath.Join(folder, "instrument.json"), func(file string, text []byte) (err error) {
		in, err = screening.ParseInstrument(file, text, book)
		return err
	})
	further, err := filepath.Glob(filepath.Join(folder, "rules", "*.json"))
	errs = append(errs, err)
	for _, file := range append([]string{filepath.Join(folder, "rules.json")}, further...) {
		read(file, func(file string, text []byte) error {
			r, err := screening.ParseRules(file, text, book)
			rules = append(rules, r)
			return err
		})
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	var lines []string
	for _, r := range rules {
		p, err := screening.Compile(in, r, book)
		if err != nil {
			return "", err
		}
		lines = append(lines, describe(in, r, p))
	}
	return strings.Join(lines, "\n"), nil
}
