package main

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"waymark/screening/catalog"
	"waymark/screening/conformance"
	"waymark/screening/instruments"
)

type instrumentVectorsCommand struct {
	Check      bool   `help:"Print a line for each instrument and what differs, not every vector."`
	Instrument string `arg:"" optional:"" help:"Id of the instrument, or id@version; every one when absent."`
}

// Run runs the vectors and fails when a result differs from what is expected.
func (v *instrumentVectorsCommand) Run(c *console) error {
	entries, err := v.entries()
	if err != nil {
		return err
	}
	failed := false
	for _, e := range entries {
		differ, err := v.run(c, e)
		if err != nil {
			return err
		}
		failed = failed || differ > 0
	}
	if failed {
		return errSilent
	}
	return nil
}

func (v *instrumentVectorsCommand) entries() ([]*catalog.Entry, error) {
	if v.Instrument != "" {
		e, err := instrumentName{v.Instrument}.entry()
		return []*catalog.Entry{e}, err
	}
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, err
	}
	return c.All(), nil
}

// run runs the vectors of one instrument and counts those that differ.
func (v *instrumentVectorsCommand) run(c *console, e *catalog.Entry) (differ int, err error) {
	ref := e.Instrument.Ref()
	data, err := fs.ReadFile(instruments.FS, path.Join(ref.ID, ref.Version, "vectors.json"))
	if err != nil {
		return 0, err
	}
	vectors, err := conformance.ParseVectors(data)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", ref, err)
	}
	for _, vector := range vectors {
		wrong := vector.Run(e.Program)
		if wrong != nil {
			differ++
			fmt.Fprintf(c.out, "%-15s DIFFERS  %v\n", ref.ID, wrong)
			continue
		}
		if !v.Check {
			fmt.Fprintf(c.out, "%-15s as wanted  %-60s %s\n", ref.ID, vector.Name, expectation(vector))
		}
	}
	fmt.Fprintf(c.out, "%s: %d vectors, %d differ\n", ref, len(vectors), differ)
	return differ, nil
}

// expectation is the one thing a vector says.
func expectation(v conformance.Vector) string {
	var out []string
	for name, value := range v.Want {
		out = append(out, fmt.Sprintf("%s %s", name, value))
	}
	return strings.Join(out, ", ")
}
