package signin

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"waymark/fault"
)

// Hashing is the cost of argon2id. Verification uses the cost a hash was made
// with.
type Hashing struct {
	Time, MemoryKiB uint32
	Threads         uint8
}

// DefaultHashing is one of the two settings OWASP recommends at the least.
func DefaultHashing() Hashing { return Hashing{Time: 2, MemoryKiB: 19 << 10, Threads: 1} }

const (
	saltSize = 16
	hashSize = 32
	// maxHashing bounds what a stored hash may ask of this machine.
	maxTime, maxMemoryKiB = 16, 256 << 10
	// parallelHashes bounds the memory that simultaneous sign-ins take.
	parallelHashes = 2
	maxPassword    = 256
)

// passwords hashes and compares, a few at a time.
type passwords struct {
	cost   Hashing
	random io.Reader
	slots  chan struct{}
}

func newPasswords(cost Hashing, random io.Reader) *passwords {
	return &passwords{cost: cost, random: random, slots: make(chan struct{}, parallelHashes)}
}

// checkPassword says what is wrong with a new password.
func checkPassword(password string) error {
	n := utf8.RuneCountInString(password)
	if n < minPassword || len(password) > maxPassword || !utf8.ValidString(password) {
		return fault.New(fault.Invalid, fault.Field{Pointer: "/password", Code: fault.PasswordLength})
	}
	return nil
}

// hash makes the PHC form of a new password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(p.random, salt); err != nil {
		return "", fmt.Errorf("random source: %w", err)
	}
	sum, err := p.sum(ctx, password, salt, p.cost)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.cost.MemoryKiB, p.cost.Time, p.cost.Threads, enc.EncodeToString(salt), enc.EncodeToString(sum)), nil
}

// matches compares a password with a hash. With an empty hash it takes as long
// and is false, so that the time does not tell whether a user exists.
func (p *passwords) matches(ctx context.Context, password, phc string) (bool, error) {
	cost, salt, want, err := parsePHC(phc)
	if phc == "" {
		cost, salt, want, err = p.cost, make([]byte, saltSize), make([]byte, hashSize), nil
	}
	if err != nil {
		return false, err
	}
	got, err := p.sum(ctx, password, salt, cost)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && phc != "", nil
}

func (p *passwords) sum(ctx context.Context, password string, salt []byte, cost Hashing) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err())
	}
	return argon2.IDKey(norm.NFKC.Bytes([]byte(password)), salt, cost.Time, cost.MemoryKiB, cost.Threads, hashSize), nil
}

func parsePHC(phc string) (cost Hashing, salt, sum []byte, err error) {
	damaged := errors.New("a stored password hash is damaged")
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, damaged
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Time, &cost.Threads); err != nil {
		return cost, nil, nil, damaged
	}
	if cost.MemoryKiB > maxMemoryKiB || cost.Time == 0 || cost.Time > maxTime || cost.Threads == 0 {
		return cost, nil, nil, damaged
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	sum, sumErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(sum) != hashSize {
		return cost, nil, nil, damaged
	}
	return cost, salt, sum, nil
}
