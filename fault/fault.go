// Package fault is how every use case says that it could not do what was asked.
//
// A fault has a code from one closed list. The code is the contract: clients
// branch on it, handlers turn it into a status with one table, and locales
// hold its text in every language. The text of an error never reaches a
// client, so it may name internals; it must not hold personal data all the
// same, because logs are read too.
//
// The package uses only the standard library and imports nothing of this
// module. The engine has errors of its own and does not import it.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Code names a kind of failure. The list is append-only.
type Code string

// The codes.
const (
	// What was sent cannot be read.

	BadRequest           Code = "bad_request"
	MalformedJSON        Code = "malformed_json"
	UnsupportedMediaType Code = "unsupported_media_type"
	EncodedRequest       Code = "encoded_request"
	TooLarge             Code = "too_large"
	HeaderTooLarge       Code = "header_too_large"
	Invalid              Code = "invalid"
	NotAcceptable        Code = "not_acceptable"
	RequestTimeout       Code = "request_timeout"

	// Who asks.

	Unauthenticated   Code = "unauthenticated"
	WrongCredentials  Code = "wrong_credentials" //nolint:gosec // G101: a code, not a credential
	WrongRefreshToken Code = "wrong_refresh_token"
	Forbidden         Code = "forbidden"
	TooManyAttempts   Code = "too_many_attempts"
	ProofNeeded       Code = "dpop_proof_needed"
	NonceNeeded       Code = "dpop_nonce_needed"

	// Which tablet asks. The first three say how the device stands that the
	// request comes from, and nothing else does: a tablet acts on them.

	DeviceUnknown      Code = "device_unknown"
	DevicePending      Code = "device_pending"
	DeviceRevoked      Code = "device_revoked"
	DeviceElsewhere    Code = "device_elsewhere"
	WrongEnrolmentCode Code = "wrong_enrolment_code"
	DeviceNotPending   Code = "device_not_pending"
	SelfConfirmation   Code = "self_confirmation"

	// What is asked for.

	NotFound         Code = "not_found"
	MethodNotAllowed Code = "method_not_allowed"

	// Answers and interviews.

	UnscorableAnswers   Code = "unscorable_answers"
	UnknownInstrument   Code = "unknown_instrument"
	DataConsentMissing  Code = "data_consent_missing"
	SubmissionConflict  Code = "submission_conflict"
	OtherVersionUnknown Code = "other_version"
	IntakeKeyUnknown    Code = "intake_key_unknown"
	SealedUnreadable    Code = "sealed_unreadable"
	AuthorUnknown       Code = "author_unknown"
	SealedOnly          Code = "sealed_only"

	// Reviews.

	PreconditionRequired Code = "precondition_required"
	StaleVersion         Code = "stale_version"
	ReviewClaimed        Code = "review_claimed"
	ReviewNotClaimed     Code = "review_not_claimed"
	ReviewClosed         Code = "review_closed"
	SelfReview           Code = "self_review"
	SecondReviewerNeeded Code = "second_reviewer_needed"
	DecisionNotPossible  Code = "decision_not_possible"
	ReasonNeeded         Code = "reason_needed"

	// The machine.

	Unavailable Code = "unavailable"
	Timeout     Code = "timeout"
	Internal    Code = "internal"
)

// Codes lists every code.
func Codes() []Code {
	return []Code{
		BadRequest, MalformedJSON, UnsupportedMediaType, EncodedRequest, TooLarge, HeaderTooLarge, Invalid, NotAcceptable, RequestTimeout,
		Unauthenticated, WrongCredentials, WrongRefreshToken, Forbidden, TooManyAttempts, ProofNeeded, NonceNeeded,
		DeviceUnknown, DevicePending, DeviceRevoked, DeviceElsewhere, WrongEnrolmentCode, DeviceNotPending, SelfConfirmation,
		NotFound, MethodNotAllowed,
		UnscorableAnswers, UnknownInstrument, DataConsentMissing, SubmissionConflict, OtherVersionUnknown,
		IntakeKeyUnknown, SealedUnreadable, AuthorUnknown, SealedOnly,
		PreconditionRequired, StaleVersion, ReviewClaimed, ReviewNotClaimed, ReviewClosed, SelfReview,
		SecondReviewerNeeded, DecisionNotPossible, ReasonNeeded,
		Unavailable, Timeout, Internal,
	}
}

// Field is one part of a request that is wrong.
type Field struct {
	// Pointer is the JSON pointer (RFC 6901) into the request body, or a
	// parameter's name.
	Pointer string
	Code    FieldCode
	// Allowed lists what would be right, where that is a short closed list.
	Allowed []string
}

// FieldCode says what is wrong with one part of a request. The list is
// append-only; the faults of the engine's answers (screening.FaultCode) are
// field codes too.
type FieldCode string

// The field codes.
const (
	Required       FieldCode = "required"
	NotAllowed     FieldCode = "not_allowed"
	NotHere        FieldCode = "not_here"
	NotACode       FieldCode = "not_a_code"
	OneSite        FieldCode = "one_site"
	PasswordLength FieldCode = "password_length"
	NotUUID7       FieldCode = "not_uuid7"
	NotACountry    FieldCode = "not_a_country"
	NotALanguage   FieldCode = "not_a_language"
	NotADay        FieldCode = "not_a_day"
	NotANumber     FieldCode = "not_a_number"
	NotACursor     FieldCode = "not_a_cursor"
	NotAnETag      FieldCode = "not_an_etag"
	UnknownOutcome FieldCode = "unknown_outcome"
	AnotherOutcome FieldCode = "another_outcome"
	ConsentNeeded  FieldCode = "consent_needed"
	WrongType      FieldCode = "wrong_type"
	UnknownName    FieldCode = "unknown_name"
	RepeatedName   FieldCode = "repeated_name"
	TooMany        FieldCode = "too_many"
	TooLong        FieldCode = "too_long"
	NoPack         FieldCode = "no_pack"
	NotBase64      FieldCode = "not_base64"

	OtherFingerprint FieldCode = "other_fingerprint"
)

// FieldCodes lists every field code of this package.
func FieldCodes() []FieldCode {
	return []FieldCode{
		Required, NotAllowed, NotHere, NotACode, OneSite, PasswordLength, NotUUID7, NotACountry, NotALanguage, NotADay, NotANumber, NotACursor, NotAnETag, UnknownOutcome, AnotherOutcome, ConsentNeeded, WrongType, UnknownName, RepeatedName, TooMany, TooLong, NoPack, NotBase64, OtherFingerprint,
	}
}

// Error is a fault.
type Error struct {
	Code   Code
	Fields []Field
	// Retry is how long a client should wait before it tries again; 0 says nothing.
	Retry time.Duration
	cause error
}

// New makes a fault with its wrong fields.
func New(code Code, fields ...Field) *Error { return &Error{Code: code, Fields: fields} }

// Wrap makes a fault of an error. The error's own text stays inside.
func Wrap(code Code, cause error) *Error { return &Error{Code: code, cause: cause} }

// After says how long a client should wait before it tries again.
func (e *Error) After(d time.Duration) *Error {
	e.Retry = d
	return e
}

// Error gives the code, the wrong fields and the cause, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Pointer, f.Code)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is a fault with the same code, so that
// errors.Is(err, fault.New(fault.NotFound)) asks for the code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && len(t.Fields) == 0 && t.cause == nil
}

// CodeOf gives the code of an error; Internal for one that is no fault.
func CodeOf(err error) Code {
	if f, ok := errors.AsType[*Error](err); ok && slices.Contains(Codes(), f.Code) {
		return f.Code
	}
	return Internal
}
