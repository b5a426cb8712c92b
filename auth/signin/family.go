package signin

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"waymark/auth"
	"waymark/auth/token"
	"waymark/privacy"
)

// Family is one sign-in and all the refresh tokens that come from it, of which
// only the newest is good. It holds no token: a token is derived from the
// family's id and its number, and the key is not in the store.
type Family struct {
	// ID is random, in base64url.
	ID     string
	Tenant string
	User   auth.Ref
	// Number is that of the newest refresh token.
	Number int
	// Retry is a keyed hash of the client's idempotency key for the last
	// refresh, nil when it gave none.
	Retry []byte
	// Refreshed is when the newest token was given out.
	Refreshed time.Time
	// Expires is when an unused family ends, Ends when any does.
	Expires, Ends time.Time
	Revoked       bool
	// Key is the key that all tokens of the sign-in are bound to; "" for none.
	Key token.Thumbprint
	// Device is the enrolled device it is on; "" for none.
	Device string
	// Version counts the changes.
	Version int
}

// Families is where sign-ins are kept. Implementations MUST store the event
// with the family or neither.
type Families interface {
	// CreateFamily stores a new family.
	CreateFamily(ctx context.Context, f Family, e privacy.Event) error
	// FindFamily finds a family; fault.NotFound when there is none.
	FindFamily(ctx context.Context, tenant, id string) (Family, error)
	// ReplaceFamily stores a changed family whose Version is one more than what
	// is stored; fault.StaleVersion otherwise. e is nil for an ordinary refresh.
	ReplaceFamily(ctx context.Context, f Family, e *privacy.Event) error
	// DropFamilies removes families that ended before a moment.
	DropFamilies(ctx context.Context, before time.Time) error
}

const (
	refreshPrefix = "wmr_"
	familySize    = 16
	refreshSize   = familySize + 4 + 32
)

// refreshToken derives the refresh token of a family with a number.
func refreshToken(keys *privacy.Keys, f Family, number int) string {
	id, err := base64.RawURLEncoding.DecodeString(f.ID)
	if err != nil {
		return ""
	}
	body := binary.BigEndian.AppendUint32(id, uint32(number))
	mac := keys.MAC(privacy.ForRefresh, f.Tenant, body)
	return refreshPrefix + f.Tenant + "." + base64.RawURLEncoding.EncodeToString(append(body, mac[:]...))
}

// parseRefreshToken checks a refresh token's own integrity and gives the
// family it is from and its number.
func parseRefreshToken(keys *privacy.Keys, text string) (tenant, family string, number int, err error) {
	wrong := errors.New("not a refresh token")
	body, ok := strings.CutPrefix(text, refreshPrefix)
	if !ok || len(text) > 256 {
		return "", "", 0, wrong
	}
	tenant, encoded, ok := strings.Cut(body, ".")
	if !ok {
		return "", "", 0, wrong
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) != refreshSize {
		return "", "", 0, wrong
	}
	signed, mac := raw[:familySize+4], raw[familySize+4:]
	want := keys.MAC(privacy.ForRefresh, tenant, signed)
	if subtle.ConstantTimeCompare(mac, want[:]) != 1 {
		return "", "", 0, wrong
	}
	id := base64.RawURLEncoding.EncodeToString(signed[:familySize])
	return tenant, id, int(binary.BigEndian.Uint32(signed[familySize:])), nil
}
