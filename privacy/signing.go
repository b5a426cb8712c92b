package privacy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
)

// SigningKey derives an ECDSA key (P-256) for a purpose and tenant. Every
// process with the same root derives the same key, so that none is stored.
//
// The scalar is drawn again when it is not one of the curve's, which happens
// once in four thousand million times.
func (k *Keys) SigningKey(p Purpose, tenant string) *ecdsa.PrivateKey {
	seed := k.derive(p, tenant).raw
	for try := byte(0); ; try++ {
		scalar := must(hkdf.Expand(sha256.New, seed, "p256\x00"+string([]byte{try}), sha256.Size))
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar); err == nil {
			return key
		}
	}
}
