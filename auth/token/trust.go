package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"

	"waymark/privacy"
)

// statementType keeps a statement from being taken for a token or a proof.
const statementType = "statement+jws"

// Trust signs what the tablets of an agency believe of this deployment, such as
// which key to seal interviews to. A tablet keeps the public key it was
// enrolled with and takes no other.
type Trust struct{ keys *privacy.Keys }

// NewTrust makes a Trust. The key of each agency is derived, so that every
// process has the same and none is stored.
func NewTrust(keys *privacy.Keys) *Trust { return &Trust{keys} }

func (t *Trust) key(tenant string) *ecdsa.PrivateKey {
	return t.keys.SigningKey(privacy.ForTrust, tenant)
}

// Public is the key of an agency that its tablets keep. Its id is its
// thumbprint.
func (t *Trust) Public(tenant string) JWK {
	x, y := coordinates(&t.key(tenant).PublicKey)
	return JWK{KeyType: "EC", Curve: "P-256", X: x, Y: y, KeyID: string(thumbprint(x, y)), Algorithm: es256, Use: "sig"}
}

// Thumbprint names the key of an agency.
func (t *Trust) Thumbprint(tenant string) Thumbprint {
	return thumbprint(coordinates(&t.key(tenant).PublicKey))
}

// SignStatement signs a payload as a JWS in compact form (RFC 7515, ES256) with
// the key of an agency. The same payload gives the same text (RFC 6979), so
// that every process serves the same bytes for it.
func (t *Trust) SignStatement(tenant string, payload []byte) (string, error) {
	enc := base64.RawURLEncoding
	header := `{"alg":"` + es256 + `","kid":"` + string(t.Thumbprint(tenant)) + `","typ":"` + statementType + `"}`
	text := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString(payload)
	digest := sha256.Sum256([]byte(text))
	der, err := t.key(tenant).Sign(nil, digest[:], crypto.SHA256) // without randomness: RFC 6979
	if err != nil {
		return "", fmt.Errorf("sign statement: %w", err)
	}
	signature, err := joined(der)
	if err != nil {
		return "", fmt.Errorf("sign statement: %w", err)
	}
	return text + "." + enc.EncodeToString(signature), nil
}

// joined turns the ASN.1 form of a signature into the two numbers side by side
// that a JWS has.
func joined(der []byte) ([]byte, error) {
	var s struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &s); err != nil {
		return nil, err
	}
	out := make([]byte, 2*coordinate)
	s.R.FillBytes(out[:coordinate])
	s.S.FillBytes(out[coordinate:])
	return out, nil
}
