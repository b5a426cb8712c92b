// Package submission is a tablet's work arriving: each finished interview is
// opened where it is sealed, checked, scored again, minimised, pseudonymised and
// stored, and gets a receipt.
//
// The only thing that can be stored is a Record, and a Record has room for
// minimised fields only. The answers may lie beside it for some days, sealed
// with a key that is not there (Safe). The package imports the engine, catalog, auth, fault
// and privacy; stores implement its interfaces, handlers call Desk.
package submission

import (
	"slices"

	"github.com/google/uuid"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
)

// MaxBatch is the largest number of interviews in one batch.
const MaxBatch = 100

// Interview is one finished interview as a tablet sends it. It lives only
// while it is scored.
type Interview struct {
	// ID is a UUIDv7 that the tablet made when the interview was finished.
	ID         string
	Instrument string
	Version    string
	// Language is the BCP 47 tag of the wording the person was asked in.
	Language    string
	Interpreter bool
	Consent     Consent
	// Address is the wording variant the person chose.
	Address screening.Variant
	// Nationality is an ISO 3166-1 alpha-2 code, "none" for a stateless
	// person, or "" when not given. It is never a scoring input.
	Nationality string
	FinishedOn  privacy.Day
	Answers     screening.Answers
	Missing     screening.MissingAnswers
	// Claimed is the outcome the tablet showed; "" when it showed none. It is
	// compared, never taken over.
	Claimed screening.Outcome
	// CaseReference is the agency's own name for the case; "" for none. It is
	// turned into a blind index and dropped.
	CaseReference privacy.CaseReference
	// Earlier is what the person answered to the triage; nil for nothing.
	Earlier *Earlier
}

// Earlier is what a person answered to another instrument before. It is looked
// at for pairs of answers to ask about again, never scored and never kept.
type Earlier struct {
	Instrument string
	// Version is "" for the newest.
	Version string
	Answers screening.Answers
}

// Responses checks the earlier answers. The fault is UnknownInstrument or
// UnscorableAnswers, by field below the place they were given in.
func (e *Earlier) Responses(c *catalog.Catalog) (screening.Earlier, error) {
	entry, ok := c.Newest(e.Instrument)
	if e.Version != "" {
		entry, ok = c.Find(screening.Ref{ID: e.Instrument, Version: e.Version})
	}
	if !ok {
		return screening.Earlier{}, fault.New(fault.UnknownInstrument)
	}
	r, err := Responses(entry, e.Answers, nil, Consent{Interview: true})
	if err != nil {
		return screening.Earlier{}, err
	}
	return screening.Earlier{Program: entry.Program, Responses: r}, nil
}

// Consent is what the person agreed to; the two are asked separately, and
// neither refusal changes the help they get.
type Consent struct {
	// Interview: the person agreed to be asked.
	Interview bool `json:"interview"`
	// Data: the person agreed that a minimised record is kept.
	Data bool `json:"data"`
}

// facts lists what the consent says to the engine.
func (c Consent) facts() []screening.Fact {
	if c.Interview {
		return nil
	}
	return []screening.Fact{screening.FactConsentRefused}
}

// Offer is one element of a batch: an interview, in clear or sealed, or what
// was wrong with it.
type Offer struct {
	// ID is the interview's id as far as it could be read.
	ID string
	// Body is the canonical form (RFC 8785) of what was sent.
	Body []byte
	// Interview is what came in clear, Sealed what did not. Both are nil when
	// Fault says why it could not be read.
	Interview *Interview
	Sealed    *Sealed
	Fault     error
}

// NoNationality is the nationality of a stateless person.
const NoNationality = "none"

// check says what is wrong with the parts of an interview that are the same in
// every instrument. Pointers are relative to the interview.
func (v *Interview) check(countries []string) error {
	var wrong []fault.Field
	bad := func(pointer string, code fault.FieldCode, allowed ...string) {
		wrong = append(wrong, fault.Field{Pointer: pointer, Code: code, Allowed: allowed})
	}
	if !isUUID7(v.ID) {
		bad("/id", fault.NotUUID7)
	}
	if v.Address != screening.Neutral && !slices.Contains(screening.Variants(), v.Address) {
		bad("/address", fault.NotAllowed, "woman", "man", "other", "child")
	}
	if v.Nationality != "" && v.Nationality != NoNationality && !slices.Contains(countries, v.Nationality) {
		bad("/nationality", fault.NotACountry)
	}
	if v.Claimed != "" && !slices.Contains(screening.Outcomes(), v.Claimed) {
		bad("/claimed/outcome", fault.UnknownOutcome)
	}
	if !v.Consent.Data {
		return fault.New(fault.DataConsentMissing, append(wrong, fault.Field{Pointer: "/consent/data", Code: fault.ConsentNeeded})...)
	}
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, wrong...)
	}
	return nil
}

func isUUID7(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.Version() == 7 && id.String() == s
}
