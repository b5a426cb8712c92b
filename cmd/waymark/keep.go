package main

import (
	"errors"

	"waymark/privacy"
)

// keepFlags say how long records are kept.
type keepFlags struct {
	KeepNoIndication int `help:"Days to keep a record without an indication." default:"30" env:"WAYMARK_KEEP_NO_INDICATION"`
	KeepIndication   int `help:"Days to keep a record with an indication." default:"365" env:"WAYMARK_KEEP_INDICATION"`
	KeepQuarantined  int `help:"Days to keep an interview that could not be scored." default:"90" env:"WAYMARK_KEEP_QUARANTINED"`
}

const minimumKeepDays = 1

func (f keepFlags) check() error {
	if min(f.KeepNoIndication, f.KeepIndication, f.KeepQuarantined) < minimumKeepDays {
		return errors.New("records are kept for one day at the least; mend the --keep flags")
	}
	return nil
}

func (f keepFlags) retention() privacy.Retention {
	return privacy.Retention{NoIndication: f.KeepNoIndication, Indication: f.KeepIndication, Quarantined: f.KeepQuarantined}
}
