// Package sealed turns records, reviews and audit events into the sealed bytes
// that both stores keep, and back.
//
// What is left in clear beside the bytes is what a store has to search by:
// tenant, id, site, author, day, place in the queue, version and the day of
// erasure. Everything that says something about a person is sealed, bound to
// its tenant, its record and its kind, so that bytes moved to another place do
// not open.
package sealed

import (
	"encoding/json"
	"fmt"
	"strconv"

	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// Box seals and opens with the keys of the records.
type Box struct{ keys *privacy.Keys }

// NewBox makes a Box.
func NewBox(keys *privacy.Keys) Box { return Box{keys} }

// recordBody is the sealed part of a record. Names are short because there are
// millions; they are append-only.
type recordBody struct {
	Status      submission.Status           `json:"st"`
	Received    privacy.Day                 `json:"re"`
	Instrument  *screening.Ref              `json:"in,omitempty"`
	Rules       *screening.Ref              `json:"ru,omitempty"`
	Engine      string                      `json:"en,omitempty"`
	Program     string                      `json:"pr,omitempty"`
	Language    string                      `json:"la,omitempty"`
	Interpreter bool                        `json:"ip,omitempty"`
	Consent     submission.Consent          `json:"co,omitzero"`
	Address     screening.Variant           `json:"ad,omitempty"`
	Nationality string                      `json:"na,omitempty"`
	AgeBand     string                      `json:"ag,omitempty"`
	Subject     string                      `json:"su,omitempty"`
	Codes       []screening.Code            `json:"cs,omitempty"`
	Outcome     screening.Outcome           `json:"ou,omitempty"`
	Strict      screening.Outcome           `json:"os,omitempty"`
	Role        screening.Role              `json:"ro,omitempty"`
	Coverage    screening.Coverage          `json:"cv,omitzero"`
	ReAsk       []string                    `json:"ra,omitempty"`
	Claimed     submission.Agreement        `json:"cl,omitempty"`
	Clock       screening.Clock             `json:"ck"`
	Reason      privacy.RetentionReason     `json:"rr"`
	Quarantine  submission.QuarantineReason `json:"qr,omitempty"`
	Sealed      []byte                      `json:"qs,omitempty"`
	Earlier     []submission.Result         `json:"er,omitempty"`
	Offered     *submission.Result          `json:"of,omitempty"`
	Device      string                      `json:"de,omitempty"`
	Answers     privacy.Day                 `json:"au,omitzero"` // until when they are kept
}

// Record seals a record.
func (b Box) Record(r submission.Record) ([]byte, error) {
	body := recordBody{
		Status: r.Status, Received: r.Received, Engine: r.Engine, Program: r.Program,
		Language: r.Language, Interpreter: r.Interpreter, Consent: r.Consent, Address: r.Address,
		Nationality: r.Nationality, AgeBand: r.AgeBand, Subject: r.Subject.Encode(),
		Codes: r.Codes, Outcome: r.Outcome, Strict: r.Strict, Role: r.Role, Coverage: r.Coverage, ReAsk: r.ReAsk,
		Claimed: r.Claimed, Clock: r.Clock, Reason: r.RetentionReason,
		Earlier: r.Earlier, Offered: r.Offered, Device: r.Device, Answers: r.AnswersUntil,
	}
	if r.Status == submission.Scored {
		body.Instrument, body.Rules = &r.Instrument, &r.Rules
	}
	if r.Quarantine != nil {
		body.Quarantine, body.Sealed = r.Quarantine.Reason, r.Quarantine.Sealed
	}
	return b.seal(privacy.ForRecords, r.Tenant, "record", r.ID, r.Revision, body)
}

// Written seals a record together with the event of writing it: neither is ever
// stored without the other.
func (b Box) Written(r submission.Record, e privacy.Event) (record, event []byte, err error) {
	if record, err = b.Record(r); err != nil {
		return nil, nil, err
	}
	event, err = b.Event(r.Tenant, string(r.ID), e)
	return record, event, err
}

// OpenRecord fills in the sealed part of a record whose clear part was read.
func (b Box) OpenRecord(known submission.Record, bytes []byte) (submission.Record, error) {
	var body recordBody
	if err := b.open(privacy.ForRecords, known.Tenant, "record", known.ID, known.Revision, bytes, &body); err != nil {
		return submission.Record{}, err
	}
	r := known
	r.Status, r.Received, r.Engine, r.Program = body.Status, body.Received, body.Engine, body.Program
	r.Language, r.Interpreter, r.Consent, r.Address = body.Language, body.Interpreter, body.Consent, body.Address
	r.Nationality, r.AgeBand, r.Codes = body.Nationality, body.AgeBand, body.Codes
	r.Outcome, r.Strict, r.Role, r.Coverage = body.Outcome, body.Strict, body.Role, body.Coverage
	r.ReAsk, r.Claimed, r.Clock, r.RetentionReason = body.ReAsk, body.Claimed, body.Clock, body.Reason
	r.Earlier, r.Offered = body.Earlier, body.Offered
	r.Device, r.AnswersUntil = body.Device, body.Answers
	if body.Instrument != nil && body.Rules != nil {
		r.Instrument, r.Rules = *body.Instrument, *body.Rules
	}
	if body.Quarantine != "" {
		r.Quarantine = &submission.Quarantine{Reason: body.Quarantine, Sealed: body.Sealed}
	}
	subject, err := privacy.ParsePseudonym(body.Subject)
	if err != nil {
		return submission.Record{}, fmt.Errorf("record %s: %w", known.ID, err)
	}
	r.Subject = subject
	return r, nil
}

// reviewBody is the sealed part of a review.
type reviewBody struct {
	Outcome  screening.Outcome `json:"ou,omitempty"`
	Claim    *review.Claim     `json:"cl,omitempty"`
	Proposed *review.Proposal  `json:"pr,omitempty"`
	History  []review.Step     `json:"hi,omitempty"`
}

// Review seals a review.
func (b Box) Review(v review.Review) ([]byte, error) {
	body := reviewBody{Outcome: v.Outcome, Claim: v.Claim, Proposed: v.Proposed, History: v.History}
	return b.seal(privacy.ForReviews, v.Tenant, "review", v.ID, v.Version, body)
}

// OpenReview fills in the sealed part of a review whose clear part was read.
func (b Box) OpenReview(known review.Review, bytes []byte) (review.Review, error) {
	var body reviewBody
	if err := b.open(privacy.ForReviews, known.Tenant, "review", known.ID, known.Version, bytes, &body); err != nil {
		return review.Review{}, err
	}
	v := known
	v.Outcome, v.Claim, v.Proposed, v.History = body.Outcome, body.Claim, body.Proposed, body.History
	return v, nil
}

// Event seals an audit event of a record.
func (b Box) Event(tenant, object string, e privacy.Event) ([]byte, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("audit event: %w", err)
	}
	return b.keys.Seal(privacy.ForAudit, tenant, "event\x00"+object, plain), nil
}

// OpenEvent opens what Event sealed.
func (b Box) OpenEvent(tenant, object string, bytes []byte) (privacy.Event, error) {
	var e privacy.Event
	plain, err := b.keys.Open(privacy.ForAudit, tenant, "event\x00"+object, bytes)
	if err == nil {
		err = json.Unmarshal(plain, &e)
	}
	if err != nil {
		return privacy.Event{}, fmt.Errorf("audit event of %s: %w", object, err)
	}
	return e, nil
}

// context binds sealed bytes to what they are. The version of a review and the
// revision of a record are in it so that an older state does not open under a
// newer one.
func context(kind string, id submission.RecordID, version int) string {
	return kind + "\x00" + string(id) + "\x00" + strconv.Itoa(version)
}

func (b Box) seal(p privacy.Purpose, tenant, kind string, id submission.RecordID, version int, body any) ([]byte, error) {
	plain, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, id, err)
	}
	return b.keys.Seal(p, tenant, context(kind, id, version), plain), nil
}

func (b Box) open(p privacy.Purpose, tenant, kind string, id submission.RecordID, version int, bytes []byte, body any) error {
	plain, err := b.keys.Open(p, tenant, context(kind, id, version), bytes)
	if err == nil {
		err = json.Unmarshal(plain, body)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, id, err)
	}
	return nil
}
