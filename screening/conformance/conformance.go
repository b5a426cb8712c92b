// Package conformance is the contract that every implementation of the engine
// is held to: the lines that go in and come out, and the vectors that say what
// must come out.
//
// The lines are those of "waymark instrument score" and are stable. Of this
// module the package imports only the engine; it judges any evaluator it is
// given as a function, so that the Go engine and the tablet's interpreter are
// held to the same vectors.
package conformance

import (
	"waymark/screening"
)

// Line is one interview to score.
type Line struct {
	ID      string                   `json:"id"`
	Answers screening.Answers        `json:"answers"`
	Missing screening.MissingAnswers `json:"missing,omitempty"`
	// Refused says that the person did not agree to the interview.
	Refused bool `json:"consent_refused,omitempty"`
	// Earlier is what the person answered to another instrument before. It is
	// looked at when a line is explained, and has no part in the scoring.
	Earlier *Earlier `json:"earlier,omitempty"`
}

// Earlier is an answered instrument, "triage-border" or "triage-border@1.0.0".
type Earlier struct {
	Instrument string            `json:"instrument"`
	Answers    screening.Answers `json:"answers"`
}

// Facts lists what is known of the interview besides its answers.
func (l Line) Facts() []screening.Fact {
	if l.Refused {
		return []screening.Fact{screening.FactConsentRefused}
	}
	return nil
}

// Scored is the result of a line. Lists are sorted and never null.
type Scored struct {
	ID         string                       `json:"id"`
	Outcome    screening.Outcome            `json:"outcome"`
	Strict     screening.Outcome            `json:"outcome_strict"`
	Urgent     []screening.Code             `json:"urgent"`
	Indicators []screening.Code             `json:"indicators"`
	Dimensions map[string]screening.Finding `json:"dimensions"`
	Role       screening.Role               `json:"role"`
	// Open and Settling are those of screening.Bound.
	Open     bool               `json:"open"`
	Settling []string           `json:"settling"`
	Coverage screening.Coverage `json:"coverage"`
	// Ignored lists items that were answered although they did not apply.
	Ignored []string `json:"ignored"`
	// Needs is there only for an instrument whose rules note needs.
	Needs []screening.Need `json:"needs,omitzero"`
}

// Failed is what a line that cannot be scored gives.
type Failed struct {
	// ID is nil when the line's id could not be read.
	ID    *string   `json:"id"`
	Error LineError `json:"error"`
}

// LineError says why a line cannot be scored.
type LineError struct {
	// Code is "malformed_line" or a screening.FaultCode.
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// MalformedLine is the code of a line that is not the expected JSON.
const MalformedLine = "malformed_line"

// Score scores a line. The error is a *screening.ResponseError.
func Score(p *screening.Program, line Line) (Scored, error) {
	r, err := p.Responses(line.Answers, line.Missing, line.Facts()...)
	if err != nil {
		return Scored{}, err
	}
	a, bound := p.Assess(r), p.Bound(r)
	return Scored{
		ID: line.ID, Outcome: a.Outcome, Strict: a.Strict, Urgent: a.Urgent, Indicators: a.Indicators,
		Dimensions: a.Dimensions, Role: a.Role, Open: bound.Open, Settling: bound.Settling,
		Coverage: a.Coverage, Ignored: a.Ignored, Needs: a.Needs,
	}, nil
}
