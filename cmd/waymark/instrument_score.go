package main

import (
	"errors"

	"waymark/screening/conformance"
)

type instrumentScoreCommand struct {
	instrumentName
}

// Run scores every line. A line that cannot be scored gives an error line, and
// the run goes on; it fails in the end.
func (s *instrumentScoreCommand) Run(c *console) error {
	e, err := s.entry()
	if err != nil {
		return err
	}
	return eachLine(c, func(line conformance.Line) (any, error) {
		return conformance.Score(e.Program, line)
	})
}

// eachLine scores the lines of standard input.
func eachLine(c *console, score func(conformance.Line) (any, error)) error {
	err := conformance.Lines(c.in, c.out, score)
	if errors.Is(err, conformance.ErrLines) { // the error lines have said why
		return errSilent
	}
	return err
}
