package handlers

import (
	"context"
	"errors"
	"mime"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"

	"waymark/auth"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/fault"
)

// request is one request on its way through a handler. The Fiber context in it
// does not leave this package.
type request struct {
	*fiber.Ctx
	// who asks, on routes that need a token.
	who auth.Principal
	// held is the proof of the device that asks, on routes that need one.
	held proof.Verified
	// language is the language to answer in.
	language string
	// scheme is that of the addresses that clients call the server by.
	scheme string
}

// ctx is the context for use cases: it ends with the request's deadline, and
// never is Fiber's own, which is used again for the next request.
func (r *request) ctx() context.Context { return r.UserContext() }

// Headers and the scheme of RFC 9449.
const (
	proofHeader = "DPoP"
	nonceHeader = "DPoP-Nonce"
	boundScheme = "DPoP"
)

// credentials is what the request shows of who sends it.
func (r *request) credentials() signin.Credentials {
	scheme, token := authorization(r.Ctx)
	switch {
	case strings.EqualFold(scheme, boundScheme):
		return signin.Credentials{AccessToken: token, Bound: true, Proof: r.shown()}
	case strings.EqualFold(scheme, "Bearer"):
		return signin.Credentials{AccessToken: token}
	default:
		return signin.Credentials{}
	}
}

func authorization(c *fiber.Ctx) (scheme, token string) {
	scheme, token, _ = strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	return scheme, token
}

// shown is the proof of the request, if there is one, with what it has to fit.
func (r *request) shown() proof.Shown {
	address := r.scheme + "://" + string(r.Request().Host()) + r.Path()
	return proof.Shown{Text: r.Get(proofHeader), Method: r.Method(), Address: address}
}

// showsKey says whether a request is of a client that holds a key.
func showsKey(c *fiber.Ctx) bool {
	scheme, _ := authorization(c)
	return c.Get(proofHeader) != "" || strings.EqualFold(scheme, boundScheme)
}

// decode reads the body into v. It is the one decoder of the API: exactly
// application/json, UTF-8, no unknown, repeated or differently-cased names,
// nothing after the value.
func (r *request) decode(v any) error {
	kind, params, err := mime.ParseMediaType(r.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON || !utf8Only(params) {
		return fault.New(fault.UnsupportedMediaType)
	}
	return decodeStrict(r.Body(), v)
}

func utf8Only(params map[string]string) bool {
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}

// decodeStrict reads JSON and says, by field, what does not fit.
func decodeStrict(data []byte, v any) error {
	err := json.Unmarshal(data, v, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		code := fault.WrongType
		if errors.Is(err, json.ErrUnknownName) {
			code = fault.UnknownName
		}
		return fault.New(fault.Invalid, fault.Field{Pointer: string(semantic.JSONPointer), Code: code})
	}
	return fault.New(fault.MalformedJSON, syntaxFields(err)...)
}

// syntaxFields says where the JSON itself is broken, when that is known.
func syntaxFields(err error) []fault.Field {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok || syntax.JSONPointer == "" {
		return nil
	}
	code := fault.WrongType
	if errors.Is(err, jsontext.ErrDuplicateName) {
		code = fault.RepeatedName
	}
	return []fault.Field{{Pointer: string(syntax.JSONPointer), Code: code}}
}

// reply writes a JSON response.
func (r *request) reply(v any) error {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fault.Wrap(fault.Internal, err)
	}
	r.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return r.Send(body)
}

// localised writes a JSON response with texts in the request's language.
func (r *request) localised(v any) error {
	r.Set(fiber.HeaderContentLanguage, r.language)
	r.Vary(fiber.HeaderAcceptLanguage)
	return r.reply(v)
}

// limit reads the "limit" parameter.
func (r *request) limit(most int) (int, error) {
	text := r.Query("limit", "50")
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fault.New(fault.BadRequest, fault.Field{Pointer: "limit", Code: fault.NotANumber})
	}
	return n, nil
}

// version reads the version of a review from If-Match.
func (r *request) version() (int, error) {
	tag := r.Get(fiber.HeaderIfMatch)
	if tag == "" {
		return 0, fault.New(fault.PreconditionRequired)
	}
	n, err := strconv.Atoi(strings.Trim(tag, `"`))
	if err != nil || n < 1 || tag != versionTag(n) {
		return 0, fault.New(fault.BadRequest, fault.Field{Pointer: "If-Match", Code: fault.NotAnETag})
	}
	return n, nil
}

// versionTag is the ETag of a version.
func versionTag(version int) string { return strconv.Quote(strconv.Itoa(version)) }
