package privacy

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Code is 128 random bits that somebody types or scans once to show that they
// were given it. It does not print; Encode writes it where it is meant to be
// seen.
type Code struct{ bits [16]byte }

const (
	codeGroup = 4
	// maxCode bounds what is looked at: a code with a separator after each
	// character.
	maxCode = 64
)

// NewCode reads a code from a random source. One whose check character would be
// a sign is drawn again: tablets hide signs behind a second keyboard, and links
// lose them at their end.
func NewCode(random io.Reader) (Code, error) {
	for {
		var c Code
		if _, err := io.ReadFull(random, c.bits[:]); err != nil {
			return Code{}, fmt.Errorf("random source: %w", err)
		}
		if check := c.check(); '0' <= check && check <= '9' || 'A' <= check && check <= 'Z' {
			return c, nil
		}
	}
}

func (c Code) check() byte { return checkAlphabet[mod37(c.bits)] }

// Format hides the code from logs and errors.
func (Code) Format(f fmt.State, _ rune) { hide(f, "[code]") }

// Encode writes the code as 26 characters of Crockford's base 32 and a check
// character, in groups of four.
func (c Code) Encode() string {
	text := encode128(c.bits) + string(c.check())
	var b strings.Builder
	for i := range len(text) {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// looksLike has the letters that Crockford's base 32 leaves out because they are
// mistaken for digits.
var looksLike = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "")

// ParseCode reads a code as somebody typed it. Case, spaces and hyphens make no
// difference. The error never holds any of it.
func ParseCode(s string) (Code, error) {
	wrong := errors.New("not a code, or mistyped")
	if len(s) > maxCode {
		return Code{}, wrong
	}
	s = looksLike.Replace(strings.ToUpper(s))
	if len(s) != 27 {
		return Code{}, wrong
	}
	bits, ok := decode128(s[:26])
	if c := (Code{bits}); ok && c.check() == s[26] {
		return c, nil
	}
	return Code{}, wrong
}

// CodeID is what is kept of a code: it recognises the code and cannot give it
// out.
func (k *Keys) CodeID(c Code) [16]byte {
	mac := k.MAC(ForDevices, "", fields("code", string(c.bits[:])))
	return [16]byte(mac[:16])
}

// DeviceID derives the id of a device from its agency and the key it holds, so
// that enrolling again with the same key finds the same device.
func (k *Keys) DeviceID(tenant, key string) [16]byte {
	mac := k.MAC(ForDevices, tenant, fields("id", key))
	return [16]byte(mac[:16])
}
