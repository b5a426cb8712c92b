package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waymark/locales"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// instrumentCommand is for those who write and check instruments.
type instrumentCommand struct {
	List    instrumentListCommand    `cmd:"" help:"List the published instruments."`
	Lint    instrumentLintCommand    `cmd:"" help:"Check definitions and print every problem with file, line and what to change."`
	Score   instrumentScoreCommand   `cmd:"" help:"Score interviews: one JSON object a line on standard input, one result a line on standard output."`
	Program instrumentProgramCommand `cmd:"" help:"Print the compiled program of an instrument, with its digest, as a tablet receives it."`
	Explain instrumentExplainCommand `cmd:"" help:"Explain the scoring of interviews, one JSON object a line on standard input."`
	Vectors instrumentVectorsCommand `cmd:"" help:"Run the interviews with a known result that ship with each instrument."`
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
	return n.among(c)
}

func (n instrumentName) among(c *catalog.Catalog) (*catalog.Entry, error) {
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
		if err := (instrumentListCommand{}).Run(c); err != nil { // loading what ships checks all of it
			return err
		}
		texts, _, err := library(locales.Shipped())
		if err != nil {
			return err
		}
		return lintTexts(c, texts, nil)
	}
	book, err := l.codebook()
	if err != nil {
		fmt.Fprintln(c.err, err)
		return errSilent
	}
	known, err := shippedInstruments()
	if err != nil {
		return err
	}
	failed := false
	for _, folder := range l.Folders {
		line, err := lint(folder, book, known)
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

// shippedInstruments lists what a folder's definitions may refer to.
func shippedInstruments() ([]*screening.Instrument, error) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, err
	}
	var out []*screening.Instrument
	for _, e := range c.All() {
		out = append(out, e.Instrument)
	}
	return out, nil
}

// lint reads all files of a folder, so that all problems of all come out. It
// describes the instrument under every version of its rules.
func lint(folder string, book *screening.Codebook, known []*screening.Instrument) (string, error) {
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
		if err == nil {
			err = screening.CheckLinks(file, text, known)
		}
		errs = append(errs, err)
	}
	read(filepath.Join(folder, "instrument.json"), func(file string, text []byte) (err error) {
		in, err = screening.ParseInstrument(file, text, book)
		return err
	})
	if in != nil {
		errs = append(errs, lintSectors(folder, in))
	}
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

func lintSectors(folder string, in *screening.Instrument) error {
	files, err := filepath.Glob(filepath.Join(folder, "sectors", "*.json"))
	errs := []error{err}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			_, err = screening.ParseSector(file, text, in)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
