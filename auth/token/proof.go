package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

const (
	proofType = "dpop+jwt"
	// maxProof and maxProofID bound what is looked at and what is remembered.
	maxProof   = 4 << 10
	maxProofID = 128
)

// Proof is what a DPoP proof (RFC 9449) says, once its own signature holds. What
// it is good for, Fits says; that its nonce is fresh and that it was not used
// before is for package proof to say.
//
// The time in it is required and not looked at: tablets' clocks are wrong, and
// freshness is the nonce's.
type Proof struct {
	// Key is the thumbprint of the key that signed.
	Key Thumbprint
	// ID makes each proof different.
	ID string
	// Nonce is the server's; "" for none.
	Nonce string

	method, url, tokenHash string
}

// proofHeader and proofClaims are all that a proof may hold. There is no room
// for the private half of a key, nor for crit, jku or x5u.
type proofHeader struct {
	Algorithm string   `json:"alg"`
	Type      string   `json:"typ"`
	Key       proofKey `json:"jwk"`
}

type proofKey struct {
	KeyType string `json:"kty"`
	Curve   string `json:"crv"`
	X       string `json:"x"`
	Y       string `json:"y"`
}

type proofClaims struct {
	Method    string `json:"htm"`
	URL       string `json:"htu"`
	ID        string `json:"jti"`
	IssuedAt  *int64 `json:"iat"`
	Nonce     string `json:"nonce"`
	TokenHash string `json:"ath"`
}

// ParseProof reads a proof and verifies its signature with the key in it. The
// error says what was wrong for the log and never holds any of the proof.
func ParseProof(text string) (Proof, error) {
	if len(text) > maxProof {
		return Proof{}, errors.New("proof: too long")
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Proof{}, errors.New("proof: not three parts")
	}
	var (
		h proofHeader
		c proofClaims
	)
	if decode(parts[0], &h) != nil || decode(parts[1], &c) != nil {
		return Proof{}, errors.New("proof: not the expected header and claims")
	}
	if h.Type != proofType || h.Algorithm != es256 || h.Key.KeyType != "EC" || h.Key.Curve != "P-256" {
		return Proof{}, errors.New("proof header: wrong typ, alg or kind of key")
	}
	if c.Method == "" || c.URL == "" || c.ID == "" || len(c.ID) > maxProofID || c.IssuedAt == nil {
		return Proof{}, errors.New("proof claims: one is missing or too long")
	}
	if err := verifyProof(parts, h.Key); err != nil {
		return Proof{}, err
	}
	return Proof{
		Key: thumbprint(h.Key.X, h.Key.Y), ID: c.ID, Nonce: c.Nonce,
		method: c.Method, url: c.URL, tokenHash: c.TokenHash,
	}, nil
}

func verifyProof(parts []string, k proofKey) error {
	key, err := parseCoordinates(k.X, k.Y)
	if err != nil {
		return errors.New("proof key: " + err.Error())
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return errors.New("proof signature: not base64url")
	}
	if jwt.SigningMethodES256.Verify(parts[0]+"."+parts[1], signature, key) != nil {
		return errors.New("proof signature: does not hold")
	}
	return nil
}

// Fits says whether a proof is for a request: its method, its address without
// query and fragment, and the access token beside it, "" for none.
func (p Proof) Fits(method, address, accessToken string) error {
	if p.method != method {
		return errors.New("proof: for another method")
	}
	got, ok := canonicalAddress(p.url)
	want, known := canonicalAddress(address)
	if !ok || !known || got != want {
		return errors.New("proof: for another address")
	}
	if accessToken == "" {
		if p.tokenHash != "" {
			return errors.New("proof: for an access token that is not there")
		}
		return nil
	}
	sum := sha256.Sum256([]byte(accessToken))
	want = base64.RawURLEncoding.EncodeToString(sum[:])
	if subtle.ConstantTimeCompare([]byte(p.tokenHash), []byte(want)) != 1 {
		return errors.New("proof: for another access token")
	}
	return nil
}

// canonicalAddress brings writings of one address together (RFC 3986, 6.2.2 and
// 6.2.3) and leaves out query and fragment.
func canonicalAddress(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Host == "" || u.Opaque != "" {
		return "", false
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme { // url.Parse writes it in small letters
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	default:
		return "", false
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return u.Scheme + "://" + host + path, true
}
