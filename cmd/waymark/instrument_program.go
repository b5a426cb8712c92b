package main

import "encoding/json"

type instrumentProgramCommand struct {
	instrumentName
}

// Run prints the document as one line of JSON.
func (p *instrumentProgramCommand) Run(c *console) error {
	e, err := p.entry()
	if err != nil {
		return err
	}
	return json.NewEncoder(c.out).Encode(e.ProgramDocument())
}
