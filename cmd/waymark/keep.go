package main

import (
	"errors"
	"fmt"

	"waymark/privacy"
	"waymark/screening/catalog"
)

// keepFlags say how long records are kept, and the answers beside them.
type keepFlags struct {
	KeepNoIndication int `help:"Days to keep a record without an indication." default:"30" env:"WAYMARK_KEEP_NO_INDICATION"`
	KeepIndication   int `help:"Days to keep a record with an indication." default:"365" env:"WAYMARK_KEEP_INDICATION"`
	KeepQuarantined  int `help:"Days to keep an interview that could not be scored, sealed with its answers: 30 at the most, as people are told." default:"30" env:"WAYMARK_KEEP_QUARANTINED"`

	KeepAnswers   int            `help:"Days to keep the answers of a scored interview, sealed, for a review: 30 at the most, as people are told; 0 for not at all." default:"30" env:"WAYMARK_KEEP_ANSWERS"`
	KeepAnswersOf map[string]int `help:"Other numbers of days for some instruments, as in child-module=0; commas between several." mapsep:"," env:"WAYMARK_KEEP_ANSWERS_OF" placeholder:"ID=DAYS"`
}

const (
	minimumKeepDays = 1
	// maximumAnswerDays is what people are told, in every language, before they
	// agree (person.consent.data.text): a deployment may keep them for less time, and
	// not for more.
	maximumAnswerDays = 30
)

func (f keepFlags) check() error {
	if min(f.KeepNoIndication, f.KeepIndication, f.KeepQuarantined) < minimumKeepDays {
		return errors.New("records are kept for one day at the least; mend the --keep flags")
	}
	if !mayKeepAnswers(f.KeepQuarantined) {
		return fmt.Errorf("--keep-quarantined is a number of days up to %d: such an interview holds its answers, and that is what people are told", maximumAnswerDays)
	}
	if !mayKeepAnswers(f.KeepAnswers) {
		return fmt.Errorf("--keep-answers is a number of days up to %d, which is what people are told, or 0 for keeping none", maximumAnswerDays)
	}
	for id, days := range f.KeepAnswersOf {
		if !mayKeepAnswers(days) {
			return fmt.Errorf("--keep-answers-of %s=%d: give a number of days up to %d, which is what people are told, or 0 for keeping none", id, days, maximumAnswerDays)
		}
	}
	return nil
}

func mayKeepAnswers(days int) bool { return days >= 0 && days <= maximumAnswerDays }

// checkInstruments refuses numbers of days for instruments that are not there: a
// slip of the pen would otherwise keep what nobody wanted kept.
func (f keepFlags) checkInstruments(c *catalog.Catalog) error {
	for id := range f.KeepAnswersOf {
		if _, ok := c.Newest(id); !ok {
			return fmt.Errorf("--keep-answers-of: there is no instrument %q", id)
		}
	}
	return nil
}

func (f keepFlags) retention() privacy.Retention {
	return privacy.Retention{
		NoIndication: f.KeepNoIndication, Indication: f.KeepIndication, Quarantined: f.KeepQuarantined,
		Answers: f.KeepAnswers, AnswersOf: f.KeepAnswersOf,
	}
}
