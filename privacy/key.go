package privacy

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

const (
	rootSize = 32
	// keyLabel begins every key file, so that another file put in its place is
	// noticed.
	keyLabel = "waymark-key-1 "
)

// Purpose says what a derived key is for. Keys of two purposes, tenants or
// roots have nothing in common.
type Purpose string

// The purposes.
const (
	ForRecords     Purpose = "record"      // seals what is stored of an interview
	ForReviews     Purpose = "review"      // seals the state of a review
	ForAudit       Purpose = "audit"       // seals audit events
	ForQuarantine  Purpose = "quarantine"  // seals what could not be scored
	ForRecordIDs   Purpose = "record-id"   // turns a tablet's item id into a record id
	ForFingerprint Purpose = "fingerprint" // recognises a body that is sent again
	ForBlindIndex  Purpose = "blind-index" // recognises a case reference that is brought back
	ForSubjects    Purpose = "subject"     // seals the subject a case reference stands for
	ForRefresh     Purpose = "refresh"     // makes refresh tokens
	ForTrust       Purpose = "trust"       // signs what tablets believe of this deployment
	ForDevices     Purpose = "device"      // recognises enrolment codes, and names devices
	ForNonces      Purpose = "nonce"       // makes the nonces of proofs
	forIntake      Purpose = "intake"      // opens interviews that tablets sealed, by quarter
	forAnswers     Purpose = "answers"     // opens answers that are kept for a review
	forCheck       Purpose = "check"       // recognises the root itself
)

// Keys derives every key from one root secret (HKDF-SHA-256). It is safe for
// concurrent use. It does not print, and two Keys are compared by Check.
type Keys struct {
	root    []byte
	derived sync.Map // "purpose\x00tenant" → *derivedKey
	pairs   sync.Map // "purpose\x00tenant" → *pair
}

type derivedKey struct {
	raw  []byte
	aead cipher.AEAD
}

// NewKeys makes keys from a root secret of 32 bytes.
func NewKeys(root []byte) (*Keys, error) {
	if len(root) != rootSize {
		return nil, fmt.Errorf("a root key has %d bytes, this one %d", rootSize, len(root))
	}
	return &Keys{root: append([]byte(nil), root...)}, nil
}

// GenerateKeys makes keys with a new root secret read from random.
func GenerateKeys(random io.Reader) (*Keys, error) {
	root := make([]byte, rootSize)
	if _, err := io.ReadFull(random, root); err != nil {
		return nil, fmt.Errorf("random source: %w", err)
	}
	return NewKeys(root)
}

// ParseKeys reads the text of a key file. The error never holds any of it.
func ParseKeys(text string) (*Keys, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), keyLabel)
	if !ok {
		return nil, errors.New("not a Waymark key")
	}
	root, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("the key is damaged")
	}
	return NewKeys(root)
}

// FileText is what a key file holds.
func (k *Keys) FileText() string {
	return keyLabel + base64.StdEncoding.EncodeToString(k.root) + "\n"
}

// Format hides the root.
func (k *Keys) Format(f fmt.State, _ rune) { hide(f, "[keys]") }

// Check is a short value that tells one root from another and says nothing
// about it. Stores keep it, so that a wrong key is noticed at start.
func (k *Keys) Check() string {
	sum := k.MAC(forCheck, "", nil)
	return hex.EncodeToString(sum[:8])
}

func (k *Keys) derive(p Purpose, tenant string) *derivedKey {
	id := string(p) + "\x00" + tenant
	if found, ok := k.derived.Load(id); ok {
		return found.(*derivedKey) //nolint:forcetypeassert // only derive stores into the map
	}
	// HKDF, AES and GCM fail only on lengths, which are constants here.
	raw := must(hkdf.Key(sha256.New, k.root, nil, "waymark/v1\x00"+id, sha256.Size))
	d := &derivedKey{raw: raw, aead: must(cipher.NewGCMWithRandomNonce(must(aes.NewCipher(raw))))}
	stored, _ := k.derived.LoadOrStore(id, d)
	return stored.(*derivedKey) //nolint:forcetypeassert // only derive stores into the map
}

func must[T any](v T, err error) T {
	if err != nil {
		panic("privacy: " + err.Error())
	}
	return v
}

// MAC is HMAC-SHA-256 of the message under the key of a purpose and tenant.
func (k *Keys) MAC(p Purpose, tenant string, message []byte) [sha256.Size]byte {
	mac := hmac.New(sha256.New, k.derive(p, tenant).raw)
	mac.Write(message)
	var out [sha256.Size]byte
	mac.Sum(out[:0])
	return out
}

// Seal encrypts and authenticates (AES-256-GCM, random nonce, 28 bytes longer).
// The context says what the value is and where it stands; Open with any other
// context fails, so that a sealed value cannot be moved.
func (k *Keys) Seal(p Purpose, tenant, context string, plain []byte) []byte {
	d := k.derive(p, tenant)
	out := make([]byte, 0, len(plain)+d.aead.Overhead())
	return d.aead.Seal(out, nil, plain, []byte(context)) //nolint:gosec // G407: nil makes this AEAD draw a random nonce
}

// ErrSealed says that a sealed value was changed, moved or made with another
// key.
var ErrSealed = errors.New("the sealed value does not open: it was changed, moved, or sealed with another key")

// Open gives back what was sealed in the same context.
func (k *Keys) Open(p Purpose, tenant, context string, sealed []byte) ([]byte, error) {
	plain, err := k.derive(p, tenant).aead.Open(nil, nil, sealed, []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func hide(w io.Writer, s string) {
	_, _ = io.WriteString(w, s) //nolint:errcheck // a fmt.State never fails, and a formatter has nowhere to report to
}
