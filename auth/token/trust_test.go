package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"waymark/auth/token"
	"waymark/privacy"
)

func newTrust(t testing.TB) *token.Trust {
	t.Helper()
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return token.NewTrust(keys)
}

// published reads the key that a JWK describes, as a tablet would.
func published(t testing.TB, k token.JWK) *ecdsa.PublicKey {
	t.Helper()
	point := []byte{4}
	for _, part := range []string{k.X, k.Y} {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || len(raw) != 32 {
			t.Fatalf("coordinate %q: %v", part, err)
		}
		point = append(point, raw...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// verifyStatement checks a statement with another library's ES256.
func verifyStatement(statement string, key *ecdsa.PublicKey) error {
	at := strings.LastIndexByte(statement, '.')
	signature, err := base64.RawURLEncoding.DecodeString(statement[at+1:])
	if err != nil {
		return err
	}
	return jwt.SigningMethodES256.Verify(statement[:at], signature, key)
}

func TestStatementIsVerifiedWithThePublishedKeyOfItsAgencyOnly(t *testing.T) {
	trust := newTrust(t)
	payload := []byte(`{"kid":"2026q4"}`)
	statement, err := trust.SignStatement("alpha", payload)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifyStatement(statement, published(t, trust.Public("alpha"))); err != nil {
		t.Errorf("the agency's own key: %v", err)
	}
	for name, other := range map[string]token.JWK{"another agency": trust.Public("beta"), "another deployment": newTrust(t).Public("alpha")} {
		if err := verifyStatement(statement, published(t, other)); err == nil {
			t.Errorf("the key of %s verifies the statement", name)
		}
	}
	parts := strings.Split(statement, ".")
	if got, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil || !slices.Equal(got, payload) {
		t.Errorf("the payload is %q, %v", got, err)
	}
	var header map[string]string
	if raw, err := base64.RawURLEncoding.DecodeString(parts[0]); err != nil || json.Unmarshal(raw, &header) != nil {
		t.Fatalf("the header is %q, %v", raw, err)
	}
	if header["alg"] != "ES256" || header["kid"] != trust.Public("alpha").KeyID || header["typ"] != "statement+jws" || len(header) != 3 {
		t.Errorf("the header is %v", header)
	}
}

// Processes over one database have to serve the same bytes.
func TestSameStatementIsSignedWithTheSameBytes(t *testing.T) {
	trust := newTrust(t)
	first, err := trust.SignStatement("alpha", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := trust.SignStatement("alpha", []byte("x"))
	if err != nil || first != second {
		t.Errorf("%s and %s differ, %v", first, second, err)
	}
}

func TestPublishedTrustKeyHoldsNoPrivateHalfAndIsNamedByItsThumbprint(t *testing.T) {
	key := newTrust(t).Public("alpha")
	text, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]string
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"alg", "crv", "kid", "kty", "use", "x", "y"}; !slices.Equal(names, want) {
		t.Errorf("the key has %v, want %v", names, want)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(key.KeyID); err != nil || len(raw) != 32 {
		t.Errorf("the id is %q, %v; want a thumbprint of 32 bytes", key.KeyID, err)
	}
}
