package token

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"waymark/privacy"
)

// KeySet holds the signing key and every key that tokens are still verified
// with. It does not print.
type KeySet struct {
	signing key
	all     []key
}

type key struct {
	id      string
	private ed25519.PrivateKey
}

// Format hides the keys.
func (*KeySet) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "[token keys]") //nolint:errcheck // a fmt.State never fails, and a formatter has nowhere to report to
}

// NewKeySet makes a set that signs with the first key and verifies with all.
func NewKeySet(signing ed25519.PrivateKey, others ...ed25519.PrivateKey) *KeySet {
	s := &KeySet{signing: newKey(signing)}
	s.all = append(s.all, s.signing)
	for _, other := range others {
		s.all = append(s.all, newKey(other))
	}
	return s
}

// newKey names a key by a hash of its public half, so that a name never stands
// for two keys.
func newKey(private ed25519.PrivateKey) key {
	sum := sha256.Sum256(publicOf(private))
	return key{id: base64.RawURLEncoding.EncodeToString(sum[:12]), private: private}
}

func publicOf(private ed25519.PrivateKey) ed25519.PublicKey {
	return private.Public().(ed25519.PublicKey) //nolint:forcetypeassert // documented by crypto/ed25519
}

func (s *KeySet) public(id string) (ed25519.PublicKey, bool) {
	for _, k := range s.all {
		if k.id == id {
			return publicOf(k.private), true
		}
	}
	return nil, false
}

// JWK is the public half of a key as RFC 7517, 7518 and 8037 write it.
type JWK struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	Y         string `json:"y,omitempty"` // of keys on P-256
	KeyID     string `json:"kid"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
}

// Public lists the public halves of all keys.
func (s *KeySet) Public() []JWK {
	out := make([]JWK, 0, len(s.all))
	for _, k := range s.all {
		out = append(out, JWK{
			KeyType: "OKP", Curve: "Ed25519", KeyID: k.id, Algorithm: "EdDSA", Use: "sig",
			X: base64.RawURLEncoding.EncodeToString(publicOf(k.private)),
		})
	}
	return out
}

// LoadOrCreateKeySet reads the signing key from a PKCS #8 PEM file, or makes
// one when there is none. It reports whether it made one.
func LoadOrCreateKeySet(path string, random io.Reader) (set *KeySet, created bool, err error) {
	set, err = loadKeySet(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return set, false, err
	}
	_, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, false, fmt.Errorf("random source: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, false, fmt.Errorf("encode token key: %w", err)
	}
	err = privacy.CreateSecret(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if errors.Is(err, fs.ErrExist) { // another process was first: use its key
		set, err = loadKeySet(path)
		return set, false, err
	}
	if err != nil {
		return nil, false, err
	}
	return NewKeySet(private), true, nil
}

func loadKeySet(path string) (*KeySet, error) {
	text, err := privacy.ReadSecret(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("%s: not a PEM private key", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: the key is damaged", path)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: not an Ed25519 key", path)
	}
	return NewKeySet(private), nil
}
