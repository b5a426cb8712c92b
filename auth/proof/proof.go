// Package proof says whether a client holds the key it shows (DPoP, RFC 9449):
// the proof fits its request, its nonce is fresh, and it was not used before.
//
// It never looks at a client's clock, because tablets' clocks are wrong;
// freshness is a nonce that this deployment gave out minutes ago. It imports
// auth/token, fault and privacy, and is imported by auth/signin, auth/device,
// handlers, the stores and cmd.
package proof

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

// Shown is the proof of a request, with the request it came with.
type Shown struct {
	// Text is the proof; "" for none.
	Text string
	// Method and Address are of the request. The address is what the client
	// calls it by, with scheme and host.
	Method, Address string
}

// Verified is a proof that holds and fits its request. Only Checker.Check makes
// one; the zero Verified is of no key. Until it is spent it may be one that was
// used before, so nothing may be done on the strength of it.
type Verified struct{ proof token.Proof }

// Key is the key that the client holds.
func (v Verified) Key() token.Thumbprint { return v.proof.Key }

// Proofs remembers which proofs were spent.
type Proofs interface {
	// SpendProof remembers a proof until a moment, and reports whether it was
	// new. Of several calls with one id, at the same time or not, exactly one
	// MUST be told that it is.
	SpendProof(ctx context.Context, id [sha256.Size]byte, until time.Time) (bool, error)
	// DropProofs may forget proofs that are remembered until a moment before.
	DropProofs(ctx context.Context, before time.Time) error
	// ProofsShared reports whether all processes of a deployment remember
	// together, and still do after they were started again.
	ProofsShared() bool
}

// Checker checks proofs.
type Checker struct {
	keys   *privacy.Keys
	proofs Proofs
	now    func() time.Time
	// salt is in every nonce; it is empty where all processes remember together.
	salt   []byte
	recent atomic.Pointer[nonces]
}

const saltSize = 16

// NewChecker makes a Checker. Where what is spent is remembered by this process
// alone, its nonces are its own too: no proof that another process has seen, or
// this one before it was started again, is good here.
func NewChecker(keys *privacy.Keys, proofs Proofs, random io.Reader, now func() time.Time) (*Checker, error) {
	c := &Checker{keys: keys, proofs: proofs, now: now}
	if !proofs.ProofsShared() {
		c.salt = make([]byte, saltSize)
		if _, err := io.ReadFull(random, c.salt); err != nil {
			return nil, fmt.Errorf("random source: %w", err)
		}
	}
	return c, nil
}

// Check says whether a proof holds and fits its request and the access token
// beside it, "" for none. The fault is NonceNeeded when only its nonce is
// missing or old, and Unauthenticated otherwise.
func (c *Checker) Check(s Shown, accessToken string) (Verified, error) {
	if s.Text == "" {
		return Verified{}, fault.Wrap(fault.Unauthenticated, errors.New("proof: none"))
	}
	p, err := token.ParseProof(s.Text)
	if err == nil {
		err = p.Fits(s.Method, s.Address, accessToken)
	}
	if err != nil {
		return Verified{}, fault.Wrap(fault.Unauthenticated, err)
	}
	if !c.fresh(p.Nonce) {
		return Verified{}, fault.New(fault.NonceNeeded)
	}
	return Verified{p}, nil
}

// Spend uses a proof up. It belongs after everything else about the client has
// been checked: what is remembered takes room, and nobody without a right to
// anything may fill it. The fault is Unauthenticated when the proof was used
// before.
func (c *Checker) Spend(ctx context.Context, v Verified) error {
	if v.proof.Key == "" {
		return fault.Wrap(fault.Unauthenticated, errors.New("proof: none"))
	}
	// A thumbprint has always the same length, so key and id cannot run into
	// each other.
	id := sha256.Sum256([]byte(string(v.proof.Key) + v.proof.ID))
	isNew, err := c.proofs.SpendProof(ctx, id, end(c.window()))
	if err != nil {
		return err
	}
	if !isNew {
		return fault.Wrap(fault.Unauthenticated, errors.New("proof: used before"))
	}
	return nil
}

// Sweep forgets what no nonce lets in any more.
func (c *Checker) Sweep(ctx context.Context) error {
	return c.proofs.DropProofs(ctx, c.now())
}
