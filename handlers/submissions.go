package handlers

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/language"

	"waymark/auth"
	"waymark/fault"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
)

// createSubmissions takes a batch of finished interviews.
func (s *Server) createSubmissions(r *request) error {
	var batch openapi.SubmissionBatch
	if err := r.decode(&batch); err != nil {
		return err
	}
	if n := len(batch.Items); n == 0 || n > submission.MaxBatch {
		code := fault.Required
		if n > 0 {
			code = fault.TooMany
		}
		return fault.New(fault.Invalid, fault.Field{Pointer: "/items", Code: code})
	}
	offers := make([]submission.Offer, len(batch.Items))
	for i, item := range batch.Items {
		offers[i] = ReadOffer(item)
	}
	receipts, err := s.Submissions.Accept(r.ctx(), r.who, offers)
	if err != nil {
		return err
	}
	return r.localised(s.receiptList(r, receipts))
}

// ReadOffer reads one element of a batch as the contract writes it. What is
// wrong with it is its own affair and not the batch's.
func ReadOffer(item []byte) submission.Offer {
	body := jsontext.Value(item)
	if err := body.Canonicalize(); err != nil {
		return submission.Offer{Fault: fault.Wrap(fault.MalformedJSON, err)}
	}
	o := submission.Offer{Body: body}
	if isSealed(body) {
		o.Sealed, o.Fault = decodeSealed(body)
	} else {
		o.Interview, o.Fault = DecodeInterview(body)
	}
	switch {
	case o.Interview != nil:
		o.ID = o.Interview.ID
	case o.Sealed != nil:
		o.ID = o.Sealed.ID
	default:
		var named struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(body, &named) == nil {
			o.ID = named.ID
		}
	}
	return o
}

// isSealed tells the two kinds of elements apart by the member that only one of
// them has.
func isSealed(body []byte) bool {
	if !bytes.Contains(body, []byte(`"sealed":`)) { // in canonical form: nearly always the end of it
		return false
	}
	var w struct {
		Sealed jsontext.Value `json:"sealed"`
	}
	return json.Unmarshal(body, &w) == nil && w.Sealed != nil
}

// maxKeyID bounds the id of an intake key; ours take six bytes.
const maxKeyID = 40

// decodeSealed reads a sealed interview as the contract writes it. The fault is
// Invalid, by field.
func decodeSealed(body []byte) (*submission.Sealed, error) {
	var w openapi.SealedSubmission
	if err := decodeStrict(body, &w); err != nil {
		return nil, err
	}
	err := require(
		part{"/id", w.ID != ""}, part{"/author", w.Author != ""}, part{"/sealed/key", w.Sealed.Key != ""},
		part{"/sealed/encapsulated", w.Sealed.Encapsulated != ""}, part{"/sealed/ciphertext", w.Sealed.Ciphertext != ""},
	)
	if err != nil {
		return nil, err
	}
	if len(w.Sealed.Key) > maxKeyID {
		return nil, fault.New(fault.Invalid, fault.Field{Pointer: "/sealed/key", Code: fault.TooLong})
	}
	s := &submission.Sealed{ID: w.ID, Author: auth.Ref(w.Author), Envelope: privacy.Envelope{Key: w.Sealed.Key}}
	for _, field := range []struct {
		pointer, text string
		into          *[]byte
	}{
		{"/sealed/encapsulated", w.Sealed.Encapsulated, &s.Envelope.Encapsulated},
		{"/sealed/ciphertext", w.Sealed.Ciphertext, &s.Envelope.Ciphertext},
	} {
		if *field.into, err = base64.RawURLEncoding.Strict().DecodeString(field.text); err != nil {
			return nil, fault.New(fault.Invalid, fault.Field{Pointer: field.pointer, Code: fault.NotBase64})
		}
	}
	return s, nil
}

// DecodeInterview reads an interview as the contract writes it. The fault is
// Invalid, by field.
func DecodeInterview(body []byte) (*submission.Interview, error) {
	var w openapi.Submission
	if err := decodeStrict(body, &w); err != nil {
		return nil, err
	}
	err := require(
		part{"/id", w.ID != ""}, part{"/instrument", w.Instrument != ""}, part{"/version", w.Version != ""},
		part{"/language", w.Language != ""}, part{"/finished_on", w.FinishedOn != ""}, part{"/answers", w.Answers != nil},
	)
	if err != nil {
		return nil, err
	}
	day, err := privacy.ParseDay(w.FinishedOn)
	if err != nil {
		return nil, fault.New(fault.Invalid, fault.Field{Pointer: "/finished_on", Code: fault.NotADay})
	}
	tag, err := language.Parse(w.Language)
	if err != nil {
		return nil, fault.New(fault.Invalid, fault.Field{Pointer: "/language", Code: fault.NotALanguage})
	}
	v := &submission.Interview{
		ID: w.ID, Instrument: w.Instrument, Version: w.Version, Language: tag.String(), Interpreter: w.Interpreter,
		Consent: submission.Consent{Interview: w.Consent.Interview, Data: w.Consent.Data}, Address: screening.Variant(w.Address),
		Nationality: w.Nationality, FinishedOn: day, Answers: w.Answers, Missing: w.Missing,
		CaseReference: w.CaseReference,
	}
	if w.Claimed != nil {
		v.Claimed = w.Claimed.Outcome
	}
	if w.Earlier != nil {
		v.Earlier = &submission.Earlier{Instrument: w.Earlier.Instrument, Version: w.Earlier.Version, Answers: w.Earlier.Answers}
	}
	return v, nil
}

func (s *Server) receiptList(r *request, receipts []submission.Receipt) openapi.ReceiptList {
	out := openapi.ReceiptList{Receipts: make([]openapi.Receipt, len(receipts))}
	for i, receipt := range receipts {
		s.metrics.receipt(receipt.Status)
		out.Receipts[i] = s.receipt(r, i, receipt)
	}
	return out
}

func (s *Server) receipt(r *request, i int, receipt submission.Receipt) openapi.Receipt {
	out := openapi.Receipt{
		ID: receipt.ID, Status: openapi.ReceiptStatus(receipt.Status),
		Record: string(receipt.Record), Outcome: receipt.Outcome, Review: string(receipt.Review),
		Agreed: agreed(receipt.Claimed),
	}
	if receipt.Next != nil {
		step := s.nextStep(r.language, *receipt.Next)
		out.NextStep = &step
	}
	if receipt.Problem != nil {
		out.Problem = s.problem(within("/items/"+strconv.Itoa(i), receipt.Problem), r.language, requestID(r.Ctx))
	}
	return out
}

// agreed tells whether two outcomes were the same; nil when there was only one.
func agreed(a submission.Agreement) *bool {
	if a == submission.NotClaimed {
		return nil
	}
	same := a == submission.Agreed
	return &same
}

// within moves the fields of a fault below a place in the body.
func within(pointer string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	moved := make([]fault.Field, len(f.Fields))
	for i, field := range f.Fields {
		field.Pointer = pointer + field.Pointer
		moved[i] = field
	}
	return fault.New(f.Code, moved...)
}
