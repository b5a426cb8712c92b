// Package token issues and verifies access tokens. It is the only package that
// knows the JWT library.
//
// Access tokens are JWTs signed with Ed25519 (typ at+jwt, RFC 9068) that live
// for minutes. They say who someone is, never what they may do: the role is
// looked up. The library's defaults accept too much (no exp, any aud, any typ,
// unknown crit, duplicate claims); Verify states everything it requires.
//
// A token can be bound to a key of its client's; then it is good only beside a
// proof of that key (RFC 9449), which ParseProof reads. Statements are what this
// deployment signs for its tablets.
package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"

	"waymark/auth"
)

const (
	// maxLength bounds what is looked at before anything is verified.
	maxLength = 8 << 10
	tokenType = "at+jwt"
	leeway    = 30 * time.Second
)

// Tokens issues and verifies the access tokens of one issuer.
type Tokens struct {
	issuer, audience string
	life             time.Duration
	now              func() time.Time
	keys             *KeySet
	parser           *jwt.Parser
}

// Config says whose tokens they are.
type Config struct {
	// Issuer and Audience must both match on every token.
	Issuer, Audience string
	// Life is how long a token is valid; minutes.
	Life time.Duration
	// Now is the clock.
	Now func() time.Time
}

// New makes Tokens that sign with the key set's signing key.
func New(c Config, keys *KeySet) *Tokens {
	return &Tokens{
		issuer: c.Issuer, audience: c.Audience, life: c.Life, now: c.Now, keys: keys,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithIssuer(c.Issuer),
			jwt.WithAudience(c.Audience),
			jwt.WithExpirationRequired(),
			jwt.WithNotBeforeRequired(),
			jwt.WithIssuedAt(),
			jwt.WithStrictDecoding(),
			jwt.WithLeeway(leeway),
			jwt.WithTimeFunc(c.Now),
		),
	}
}

// Life is how long an access token is valid.
func (t *Tokens) Life() time.Duration { return t.life }

// Keys are the keys that tokens are signed and verified with.
func (t *Tokens) Keys() *KeySet { return t.keys }

// Bearer is what an access token says: which person of which agency, signed in
// by which grant, and who may use it.
type Bearer struct {
	Tenant string
	Ref    auth.Ref
	// Grant is the id of the sign-in the token came from.
	Grant string
	// Key is the key that the token is bound to; "" for none.
	Key Thumbprint
}

// claims are all the claims a token has, and the only ones it may have.
type claims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"`
	Tenant    string `json:"ten"`
	Grant     string `json:"grt"`
	ID        string `json:"jti"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`

	Confirmation *confirmation `json:"cnf"`
}

// confirmation binds a token to a key (RFC 7800).
type confirmation struct {
	Thumbprint Thumbprint `json:"jkt"`
}

// header is everything a token's header may hold. There is no room for crit,
// jku, jwk or x5u.
type header struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
	KeyID     string `json:"kid"`
}

// Issue makes an access token. The id makes each token different.
func (t *Tokens) Issue(b Bearer, id string) (string, error) {
	return t.IssueUntil(b, id, t.now().Add(t.life))
}

// IssueUntil makes an access token with an end of its own.
func (t *Tokens) IssueUntil(b Bearer, id string, end time.Time) (string, error) {
	now := t.now()
	claims := jwt.MapClaims{
		"iss": t.issuer, "aud": t.audience, "sub": string(b.Ref), "ten": b.Tenant, "grt": b.Grant, "jti": id,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": end.Unix(),
	}
	if b.Key != "" {
		claims["cnf"] = confirmation{b.Key}
	}
	signed := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	signed.Header["typ"] = tokenType
	signed.Header["kid"] = t.keys.signing.id
	text, err := signed.SignedString(t.keys.signing.private)
	if err != nil {
		return "", fmt.Errorf("sign access token: %w", err)
	}
	return text, nil
}

// Verify reads an access token. The error says what was wrong for the log and
// never holds any of the token.
func (t *Tokens) Verify(text string) (Bearer, error) {
	if len(text) > maxLength {
		return Bearer{}, errors.New("access token: too long")
	}
	c, err := strict(text)
	if err != nil {
		return Bearer{}, err
	}
	if _, err := t.parser.ParseWithClaims(text, jwt.MapClaims{}, t.keyFor); err != nil {
		return Bearer{}, fmt.Errorf("access token: %w", err)
	}
	if c.Subject == "" || c.Tenant == "" || c.Grant == "" || c.ID == "" || c.IssuedAt == 0 {
		return Bearer{}, errors.New("access token: a claim is missing")
	}
	b := Bearer{Tenant: c.Tenant, Ref: auth.Ref(c.Subject), Grant: c.Grant}
	if c.Confirmation != nil {
		if b.Key = c.Confirmation.Thumbprint; b.Key == "" {
			return Bearer{}, errors.New("access token: bound to nothing")
		}
	}
	return b, nil
}

// strict reads header and claims with a decoder that refuses duplicate,
// differently-cased and unknown names, all of which the library lets pass.
func strict(text string) (claims, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return claims{}, errors.New("access token: not three parts")
	}
	var (
		h header
		c claims
	)
	if err := decode(parts[0], &h); err != nil {
		return claims{}, fmt.Errorf("access token header: %w", err)
	}
	if h.Type != tokenType || h.KeyID == "" {
		return claims{}, errors.New("access token header: wrong typ, or no kid")
	}
	if err := decode(parts[1], &c); err != nil {
		return claims{}, fmt.Errorf("access token claims: %w", err)
	}
	return c, nil
}

func decode(part string, into any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return errors.New("not base64url")
	}
	if err := json.Unmarshal(raw, into, json.RejectUnknownMembers(true)); err != nil {
		return errors.New("not the expected JSON object")
	}
	return nil
}

func (t *Tokens) keyFor(parsed *jwt.Token) (any, error) {
	id, ok := parsed.Header["kid"].(string)
	if !ok {
		return nil, errors.New("no kid")
	}
	key, ok := t.keys.public(id)
	if !ok {
		return nil, errors.New("unknown kid")
	}
	return key, nil
}
