package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gofiber/fiber/v2"

	"waymark/fault"
	"waymark/openapi"
)

// statuses is the one table from codes to statuses.
var statuses = map[fault.Code]int{
	fault.BadRequest:           http.StatusBadRequest,
	fault.MalformedJSON:        http.StatusBadRequest,
	fault.Invalid:              http.StatusBadRequest,
	fault.UnsupportedMediaType: http.StatusUnsupportedMediaType,
	fault.EncodedRequest:       http.StatusUnsupportedMediaType,
	fault.TooLarge:             http.StatusRequestEntityTooLarge,
	fault.HeaderTooLarge:       http.StatusRequestHeaderFieldsTooLarge,
	fault.NotAcceptable:        http.StatusNotAcceptable,
	fault.RequestTimeout:       http.StatusRequestTimeout,

	fault.Unauthenticated:   http.StatusUnauthorized,
	fault.WrongCredentials:  http.StatusUnauthorized,
	fault.WrongRefreshToken: http.StatusUnauthorized,
	fault.Forbidden:         http.StatusForbidden,
	fault.TooManyAttempts:   http.StatusTooManyRequests,
	fault.ProofNeeded:       http.StatusUnauthorized,
	fault.NonceNeeded:       http.StatusUnauthorized,

	fault.DeviceUnknown:      http.StatusUnauthorized,
	fault.DevicePending:      http.StatusForbidden,
	fault.DeviceRevoked:      http.StatusUnauthorized,
	fault.DeviceElsewhere:    http.StatusForbidden,
	fault.WrongEnrolmentCode: http.StatusUnprocessableEntity,
	fault.DeviceNotPending:   http.StatusConflict,
	fault.SelfConfirmation:   http.StatusForbidden,

	fault.NotFound:         http.StatusNotFound,
	fault.MethodNotAllowed: http.StatusMethodNotAllowed,

	fault.UnscorableAnswers:   http.StatusUnprocessableEntity,
	fault.UnknownInstrument:   http.StatusUnprocessableEntity,
	fault.DataConsentMissing:  http.StatusUnprocessableEntity,
	fault.OtherVersionUnknown: http.StatusUnprocessableEntity,
	fault.SubmissionConflict:  http.StatusConflict,
	fault.IntakeKeyUnknown:    http.StatusUnprocessableEntity,
	fault.SealedUnreadable:    http.StatusUnprocessableEntity,
	fault.AuthorUnknown:       http.StatusForbidden,
	fault.SealedOnly:          http.StatusForbidden,

	fault.PreconditionRequired: http.StatusPreconditionRequired,
	fault.StaleVersion:         http.StatusPreconditionFailed,
	fault.ReviewClaimed:        http.StatusConflict,
	fault.ReviewNotClaimed:     http.StatusConflict,
	fault.ReviewClosed:         http.StatusConflict,
	fault.DecisionNotPossible:  http.StatusConflict,
	fault.SelfReview:           http.StatusForbidden,
	fault.SecondReviewerNeeded: http.StatusForbidden,
	fault.ReasonNeeded:         http.StatusUnprocessableEntity,

	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Timeout:     http.StatusGatewayTimeout,
	fault.Internal:    http.StatusInternalServerError,
}

const problemType = "application/problem+json"

// fiberCodes says what Fiber's own errors mean. Any other is BadRequest below
// 500 and Internal from there on.
var fiberCodes = map[int]fault.Code{
	http.StatusNotFound:                    fault.NotFound,
	http.StatusMethodNotAllowed:            fault.MethodNotAllowed,
	http.StatusRequestTimeout:              fault.RequestTimeout,
	http.StatusRequestEntityTooLarge:       fault.TooLarge,
	http.StatusRequestHeaderFieldsTooLarge: fault.HeaderTooLarge,
}

// asFault gives any error the form of a fault.
func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	f, ok := errors.AsType[*fiber.Error](err)
	if !ok {
		return fault.Wrap(fault.Internal, err)
	}
	if code, ok := fiberCodes[f.Code]; ok {
		return fault.New(code)
	}
	if f.Code < http.StatusInternalServerError {
		return fault.New(fault.BadRequest)
	}
	return fault.Wrap(fault.Internal, err)
}

// problem tells an error in a language. The error's own text stays behind: it
// may name what no client should see.
func (s *Server) problem(err error, language, instance string) *openapi.Problem {
	f := asFault(err)
	code := fault.CodeOf(f)
	p := &openapi.Problem{
		Type:     "about:blank",
		Title:    s.Messages.Text(language, "error."+string(code)+".title"),
		Detail:   s.Messages.Text(language, "error."+string(code)+".detail"),
		Code:     string(code),
		Status:   statuses[code],
		Instance: "urn:uuid:" + instance,
	}
	if f.Retry > 0 {
		p.Detail += " " + s.wait(language, f.Retry)
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, openapi.FieldProblem{
			Pointer: field.Pointer, Code: string(field.Code), Allowed: field.Allowed,
			Detail: s.Messages.Text(language, "field."+string(field.Code)),
		})
	}
	return p
}

// wait tells how long to wait: up to two minutes in seconds, then in minutes,
// rounded up.
func (s *Server) wait(language string, d time.Duration) string {
	if d <= 2*time.Minute {
		return s.Messages.Count(language, "wait.seconds", roundedUp(d, time.Second))
	}
	return s.Messages.Count(language, "wait.minutes", roundedUp(d, time.Minute))
}

func roundedUp(d, unit time.Duration) int { return int((d + unit - 1) / unit) }

// challenge says how to ask instead. A client that holds a key is told what is
// missing as RFC 9449 has it.
func (s *Server) challenge(c *fiber.Ctx, code fault.Code) string {
	const algorithms = `algs="ES256"`
	switch {
	case code == fault.NonceNeeded:
		return `DPoP error="use_dpop_nonce", ` + algorithms
	case code == fault.Unauthenticated && showsKey(c):
		return `DPoP error="invalid_token", ` + algorithms
	case showsKey(c) || code == fault.ProofNeeded || !s.SignIn.BearerTokens():
		return "DPoP " + algorithms
	default:
		return "Bearer"
	}
}

// answer writes an error as a problem document.
func (s *Server) answer(c *fiber.Ctx, err error) {
	language := s.Messages.Match(c.Get(fiber.HeaderAcceptLanguage))
	p := s.problem(err, language, requestID(c))
	body, failed := json.Marshal(p)
	if failed != nil { // the document is made of texts only
		body = []byte(`{}`)
	}
	if after := asFault(err).Retry; after > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(roundedUp(after, time.Second)))
	}
	if p.Status == http.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, s.challenge(c, fault.Code(p.Code)))
	}
	c.Response().ResetBody()
	c.Set(fiber.HeaderContentType, problemType)
	c.Set(fiber.HeaderContentLanguage, language)
	c.Status(p.Status).Response().SetBodyRaw(body)
}
