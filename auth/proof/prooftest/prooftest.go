// Package prooftest holds a key as a client does, and makes proofs of it for
// tests.
package prooftest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"sync/atomic"
	"testing"

	"waymark/auth/token"
)

// Key is a client's key.
type Key struct {
	private *ecdsa.PrivateKey
	x, y    string
	proofs  atomic.Int64 // how many were made, so that each has an id of its own
}

// NewKey makes a key.
func NewKey(tb testing.TB) *Key {
	tb.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return &Key{private: private, x: encode(point[1:33]), y: encode(point[33:])}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Thumbprint names the key.
func (k *Key) Thumbprint() token.Thumbprint {
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k.x + `","y":"` + k.y + `"}`))
	return token.Thumbprint(encode(sum[:]))
}

// Request is what a proof is for.
type Request struct {
	Method, Address, Nonce string
	// AccessToken is the token beside the proof; "" for none.
	AccessToken string
	// ID is the proof's own; one that no proof had when it is "".
	ID string
}

// Prove makes a proof. Its time is one that no clock says.
func (k *Key) Prove(tb testing.TB, r Request) string {
	tb.Helper()
	if r.ID == "" {
		r.ID = "proof-" + strconv.FormatInt(k.proofs.Add(1), 10)
	}
	claims := map[string]any{"htm": r.Method, "htu": r.Address, "jti": r.ID, "iat": 1, "nonce": r.Nonce}
	if r.AccessToken != "" {
		sum := sha256.Sum256([]byte(r.AccessToken))
		claims["ath"] = encode(sum[:])
	}
	text := segment(tb, map[string]any{
		"typ": "dpop+jwt", "alg": "ES256", "jwk": map[string]string{"kty": "EC", "crv": "P-256", "x": k.x, "y": k.y},
	}) + "." + segment(tb, claims)
	digest := sha256.Sum256([]byte(text))
	r1, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	signature := make([]byte, 64)
	r1.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + encode(signature)
}

func segment(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return encode(text)
}
