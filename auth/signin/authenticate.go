package signin

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"

	"waymark/auth"
	"waymark/auth/proof"
	"waymark/auth/token"
	"waymark/fault"
)

const (
	// principalAge is how stale the check of a user, sign-in and device may be.
	principalAge = 5 * time.Second
	// deviceGrant stands for the sign-in in a device's own token. No family has
	// such a short id.
	deviceGrant = "device"
)

// seen is whose an access token is, as looked up a moment ago. It never stands
// for the proof beside the token.
type seen struct {
	principal auth.Principal
	key       token.Thumbprint
	until     time.Time
}

// Credentials are what a request shows of who sends it.
type Credentials struct {
	AccessToken string
	// Bound says that the token was sent as one that is bound to a key.
	Bound bool
	Proof proof.Shown
}

// Authenticate says who a request comes from. User, sign-in and device are
// looked up at most five seconds ago, so a disabled user or a revoked device is
// out in that time and a changed role takes effect. A bound token needs its own
// proof each time. The fault is Unauthenticated, NonceNeeded, or says how the
// device stands.
func (d *Desk) Authenticate(ctx context.Context, c Credentials) (auth.Principal, error) {
	s, err := d.owner(ctx, c.AccessToken)
	if err != nil {
		return auth.Principal{}, err
	}
	if c.Bound != (s.key != "") || !c.Bound && !d.bearer {
		return auth.Principal{}, fault.Wrap(fault.Unauthenticated, errors.New("the token is sent as what it is not"))
	}
	if !c.Bound {
		return s.principal, nil
	}
	v, err := d.proofs.Check(c.Proof, c.AccessToken)
	if err == nil && v.Key() != s.key {
		err = fault.Wrap(fault.Unauthenticated, errors.New("the token is bound to another key"))
	}
	if err == nil {
		err = d.proofs.Spend(ctx, v)
	}
	if err != nil {
		return auth.Principal{}, err
	}
	return s.principal, nil
}

// BearerTokens says whether tokens are given and taken that are bound to no key.
func (d *Desk) BearerTokens() bool { return d.bearer }

// owner says whose an access token is.
func (d *Desk) owner(ctx context.Context, accessToken string) (seen, error) {
	now := d.now()
	// Verifying a signature takes longer than all the rest of a small request.
	// The very same bytes need it once in five seconds; any other writing of
	// the token is another key.
	key := sha256.Sum256([]byte(accessToken))
	if found, ok := d.known.Load(key); ok {
		if s := found.(seen); now.Before(s.until) { //nolint:forcetypeassert // only owner stores into the map
			return s, nil
		}
		d.known.Delete(key)
	}
	bearer, err := d.tokens.Verify(accessToken)
	if err != nil {
		return seen{}, fault.Wrap(fault.Unauthenticated, err)
	}
	p, err := d.principal(ctx, bearer)
	if err != nil {
		return seen{}, err
	}
	s := seen{p, bearer.Key, now.Add(principalAge)}
	d.known.Store(key, s)
	return s, nil
}

// principal looks up who the holder of a token acts as.
func (d *Desk) principal(ctx context.Context, b token.Bearer) (auth.Principal, error) {
	if b.Grant == deviceGrant {
		return d.devices.Acting(ctx, b.Tenant, string(b.Ref))
	}
	u, f, err := d.living(ctx, b.Tenant, b.Grant)
	if fault.CodeOf(err) == fault.NotFound || err == nil && (f.User != b.Ref || f.Key != b.Key) {
		return auth.Principal{}, fault.Wrap(fault.Unauthenticated, err)
	}
	if err == nil {
		err = d.stillOn(ctx, u, f)
	}
	if err != nil {
		return auth.Principal{}, err
	}
	return on(u, f), nil
}

// Tablet gives a device a token of its own, which delivers what it has sealed
// whoever is signed in. There is no refresh token: the device asks again. The
// token of a revoked device lasts for as long as it may deliver. The fault says
// how the device stands.
func (d *Desk) Tablet(ctx context.Context, s proof.Shown) (Grant, error) {
	if s.Text == "" {
		return Grant{}, fault.New(fault.ProofNeeded)
	}
	v, err := d.proofs.Check(s, "")
	if err != nil {
		return Grant{}, err
	}
	p, end, err := d.devices.Own(ctx, v)
	if err != nil {
		return Grant{}, err
	}
	now := d.now()
	if end.IsZero() {
		end = now.Add(d.tokens.Life())
	}
	access, err := d.tokens.IssueUntil(token.Bearer{Tenant: p.Tenant, Ref: p.Ref, Grant: deviceGrant, Key: v.Key()}, uuid.NewString(), end)
	if err != nil {
		return Grant{}, err
	}
	return Grant{AccessToken: access, ExpiresIn: end.Sub(now), Principal: p, Bound: true}, nil
}
