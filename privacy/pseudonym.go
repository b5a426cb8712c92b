package privacy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Pseudonym is a random stand-in for a person within one tenant: 128 random
// bits that carry nothing. It does not print; Encode writes it where it is
// meant to be seen.
type Pseudonym struct{ bits [16]byte }

// NewPseudonym reads a pseudonym from a random source.
func NewPseudonym(random io.Reader) (Pseudonym, error) {
	var p Pseudonym
	_, err := io.ReadFull(random, p.bits[:])
	return p, err
}

// IsZero reports whether there is no pseudonym.
func (p Pseudonym) IsZero() bool { return p == Pseudonym{} }

// Format hides the pseudonym from logs and errors.
func (Pseudonym) Format(f fmt.State, _ rune) { hide(f, "[pseudonym]") }

const (
	pseudonymPrefix = "per_"
	// alphabet is Crockford's base 32: no letter that is mistaken for a digit.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// checkAlphabet adds the five check symbols to it.
	checkAlphabet = alphabet + "*~$=U"
)

// Encode writes the pseudonym as "per_", 26 characters and a check character
// that catches a mistyped one.
func (p Pseudonym) Encode() string {
	return pseudonymPrefix + encode128(p.bits) + string(checkAlphabet[mod37(p.bits)])
}

// ParsePseudonym reads what Encode wrote.
func ParsePseudonym(s string) (Pseudonym, error) {
	body, ok := strings.CutPrefix(s, pseudonymPrefix)
	if !ok || len(body) != 27 {
		return Pseudonym{}, errors.New("not a pseudonym")
	}
	bits, ok := decode128(body[:26])
	if !ok || checkAlphabet[mod37(bits)] != body[26] {
		return Pseudonym{}, errors.New("not a pseudonym: the check character does not fit")
	}
	return Pseudonym{bits}, nil
}

// encode128 writes 128 bits as 26 characters, the first of them 0 to 7.
func encode128(b [16]byte) string {
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = alphabet[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(out[:])
}

func decode128(s string) (b [16]byte, ok bool) {
	if s[0] > '7' {
		return b, false
	}
	var high, low uint64
	for i := range len(s) {
		v := strings.IndexByte(alphabet, s[i])
		if v < 0 {
			return b, false
		}
		high = high<<5 | low>>59
		low = low<<5 | uint64(v)
	}
	binary.BigEndian.PutUint64(b[:8], high)
	binary.BigEndian.PutUint64(b[8:], low)
	return b, true
}

func mod37(b [16]byte) int {
	r := 0
	for _, v := range b {
		r = (r<<8 | int(v)) % 37
	}
	return r
}

// CaseReference is an agency's own name for a case. It is never stored and
// does not print.
type CaseReference string

// Format hides the reference from logs and errors.
func (CaseReference) Format(f fmt.State, _ rune) { hide(f, "[case reference]") }

// BlindIndex is what a vault keeps of a case reference: it recognises a
// reference that is brought back and cannot give one out.
type BlindIndex [16]byte

// BlindIndex makes the index of a reference for one tenant. Case, spacing,
// punctuation and compatibility forms of letters make no difference.
func (k *Keys) BlindIndex(tenant string, ref CaseReference) BlindIndex {
	mac := k.MAC(ForBlindIndex, tenant, fields("case-reference", canonical(string(ref))))
	return BlindIndex(mac[:16])
}

// canonical brings writings of one reference together.
func canonical(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// fields joins values so that no two lists of values give the same bytes.
func fields(values ...string) []byte {
	var out []byte
	for _, v := range values {
		out = binary.AppendUvarint(out, uint64(len(v)))
		out = append(out, v...)
	}
	return out
}

// RecordID derives the id of a record from the id a tablet gave its interview.
// The tablet's id holds the exact time and is not stored; the derivation lets a
// repeated submission find its record all the same.
func (k *Keys) RecordID(tenant, item string) [16]byte {
	mac := k.MAC(ForRecordIDs, tenant, []byte(item))
	return [16]byte(mac[:16])
}

// EncodeID writes 128 bits behind a prefix, such as "rec_".
func EncodeID(prefix string, id [16]byte) string { return prefix + encode128(id) }

// ParseID reads what EncodeID wrote.
func ParseID(prefix, s string) ([16]byte, bool) {
	body, ok := strings.CutPrefix(s, prefix)
	if !ok || len(body) != 26 {
		return [16]byte{}, false
	}
	return decode128(body)
}

// Fingerprint recognises a body that is sent again without keeping it. It is
// keyed, because an unkeyed hash of a few closed answers could be searched.
func (k *Keys) Fingerprint(tenant string, body []byte) [16]byte {
	mac := k.MAC(ForFingerprint, tenant, body)
	return [16]byte(mac[:16])
}
