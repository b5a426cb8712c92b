package privacy

import (
	"crypto/ecdh"
	"crypto/hpke"
)

// What is sealed to a key pair is sealed with HPKE (RFC 9180) in base mode:
// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. It is the suite that a
// browser can do with WebCrypto alone, and that a tablet does.

// PublicKey is the half of a key pair that seals: a point of P-256,
// uncompressed.
type PublicKey [65]byte

// X and Y are the coordinates of the point, as a JWK has them.
func (p PublicKey) X() []byte { return p[1:33] }

// Y is the other coordinate.
func (p PublicKey) Y() []byte { return p[33:] }

// sender begins to seal to the key. info says what for.
func (p PublicKey) sender(info string) (encapsulated []byte, s *hpke.Sender, err error) {
	key, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(p[:])
	if err != nil {
		return nil, nil, err
	}
	return hpke.NewSender(key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
}

// pair is a key pair that is derived from a root.
type pair struct {
	private hpke.PrivateKey
	public  PublicKey
}

// pair derives the key pair of a purpose and tenant. It is the same every time.
func (k *Keys) pair(p Purpose, tenant string) *pair {
	id := string(p) + "\x00" + tenant
	if found, ok := k.pairs.Load(id); ok {
		return found.(*pair) //nolint:forcetypeassert // only pair stores into the map
	}
	// Deriving from 32 bytes does not fail.
	private := must(hpke.DHKEM(ecdh.P256()).DeriveKeyPair(k.derive(p, tenant).raw))
	made := &pair{private: private, public: PublicKey(private.PublicKey().Bytes())}
	stored, _ := k.pairs.LoadOrStore(id, made)
	return stored.(*pair) //nolint:forcetypeassert // only pair stores into the map
}

// recipient begins to open what was sealed to the pair for the same info.
func (p *pair) recipient(info string, encapsulated []byte) (*hpke.Recipient, error) {
	return hpke.NewRecipient(encapsulated, p.private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
}
