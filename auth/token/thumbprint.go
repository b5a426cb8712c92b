package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

const (
	es256 = "ES256"
	// coordinate is the size of a coordinate and of half a signature on P-256.
	coordinate = 32
)

// Thumbprint names a key by RFC 7638: a hash of its public half, in base64url.
// It is what tokens are bound to and devices are known by.
type Thumbprint string

// thumbprint hashes the required members of a P-256 key in the order that RFC
// 7638 asks for. Coordinates are in base64url, so nothing needs escaping.
func thumbprint(x, y string) Thumbprint {
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`))
	return Thumbprint(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// coordinates writes a P-256 key as a JWK does.
func coordinates(key *ecdsa.PublicKey) (x, y string) {
	point, err := key.Bytes()
	if err != nil { // only a key that is not on its curve
		panic("token: " + err.Error())
	}
	enc := base64.RawURLEncoding
	return enc.EncodeToString(point[1 : 1+coordinate]), enc.EncodeToString(point[1+coordinate:])
}

// parseCoordinates reads a P-256 key and checks that it is on the curve.
func parseCoordinates(x, y string) (*ecdsa.PublicKey, error) {
	point := []byte{4} // SEC 1, uncompressed
	for _, part := range []string{x, y} {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || len(raw) != coordinate {
			return nil, errors.New("a coordinate is not 32 bytes of base64url")
		}
		point = append(point, raw...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, errors.New("not a point of P-256")
	}
	return key, nil
}
