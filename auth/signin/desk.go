package signin

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

const (
	// familyIdle ends a sign-in that is not used; familyEnd ends any.
	familyIdle = 7 * 24 * time.Hour
	familyEnd  = 30 * 24 * time.Hour
	// retryWindow is how long a lost refresh reply can be asked for again.
	retryWindow = 10 * time.Minute
)

// Desk signs people in and out, and says who a token belongs to.
type Desk struct {
	users     Users
	families  Families
	devices   *device.Desk
	proofs    *proof.Checker
	tokens    *token.Tokens
	keys      *privacy.Keys
	random    io.Reader
	now       func() time.Time
	demo      bool
	bearer    bool
	passwords *passwords
	attempts  *attempts
	known     sync.Map // SHA-256 of an access token → seen
}

// Config is what a Desk needs. All fields but the last two are required.
type Config struct {
	Users    Users
	Families Families
	Devices  *device.Desk
	Proofs   *proof.Checker
	Tokens   *token.Tokens
	Keys     *privacy.Keys
	Hashing  Hashing
	Random   io.Reader
	Now      func() time.Time
	// Demo lets demo users sign in.
	Demo bool
	// BearerTokens gives and takes tokens that are bound to no key, which are
	// good in anybody's hands.
	BearerTokens bool
}

// NewDesk makes a Desk.
func NewDesk(c Config) *Desk {
	return &Desk{
		users: c.Users, families: c.Families, devices: c.Devices, proofs: c.Proofs, tokens: c.Tokens, keys: c.Keys,
		random: c.Random, now: c.Now, demo: c.Demo, bearer: c.BearerTokens,
		passwords: newPasswords(c.Hashing, c.Random), attempts: newAttempts(c.Now),
	}
}

// Grant is what a successful sign-in or refresh gives.
type Grant struct {
	AccessToken string
	ExpiresIn   time.Duration
	// RefreshToken is "" for a device's own token.
	RefreshToken string
	Principal    auth.Principal
	// Bound says that the tokens are good beside a proof of the client's key
	// only.
	Bound bool
}

// SignIn checks a password. With a proof, the tokens are bound to its key, and
// officers and case workers sign in on an enrolled device only. The fault is
// WrongCredentials whether the agency, the name or the password is wrong,
// TooManyAttempts after repeated failures for one name, ProofNeeded where tokens
// without a key are not given, or says how the device stands.
func (d *Desk) SignIn(ctx context.Context, tenant, name, password string, s proof.Shown) (Grant, error) {
	v, err := d.held(s)
	if err != nil {
		return Grant{}, err
	}
	tenant, name = foldName(tenant), foldName(name)
	if wait := d.attempts.wait(tenant, name); wait > 0 {
		return Grant{}, fault.New(fault.TooManyAttempts).After(wait)
	}
	u, err := d.users.UserByName(ctx, tenant, name)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return Grant{}, err
	}
	ok, err := d.passwords.matches(ctx, password, u.Password)
	if err != nil {
		return Grant{}, err
	}
	if !ok || !d.admits(u) {
		d.attempts.failed(tenant, name)
		return Grant{}, fault.New(fault.WrongCredentials)
	}
	d.attempts.succeeded(tenant, name)
	return d.open(ctx, u, v)
}

// held checks the proof that a client shows for itself. Without one it holds no
// key, where that is allowed.
func (d *Desk) held(s proof.Shown) (proof.Verified, error) {
	if s.Text != "" {
		return d.proofs.Check(s, "")
	}
	if !d.bearer {
		return proof.Verified{}, fault.New(fault.ProofNeeded)
	}
	return proof.Verified{}, nil
}

func (d *Desk) admits(u User) bool { return !u.Disabled && (d.demo || !u.Demo) }

// open starts a new family of refresh tokens, bound to the key that the client
// holds.
func (d *Desk) open(ctx context.Context, u User, v proof.Verified) (Grant, error) {
	dev := ""
	if v.Key() != "" {
		err := d.proofs.Spend(ctx, v)
		if err == nil {
			dev, err = d.devices.Admit(ctx, u.principal(), v.Key())
		}
		if err != nil {
			return Grant{}, err
		}
	}
	id := make([]byte, familySize)
	if _, err := io.ReadFull(d.random, id); err != nil {
		return Grant{}, fmt.Errorf("random source: %w", err)
	}
	now := d.now()
	f := Family{
		ID: base64.RawURLEncoding.EncodeToString(id), Tenant: u.Tenant, User: u.Ref, Number: 1,
		Refreshed: now, Expires: now.Add(familyIdle), Ends: now.Add(familyEnd),
		Key: v.Key(), Device: dev, Version: 1,
	}
	if err := d.families.CreateFamily(ctx, f, d.event(u, privacy.ActSignedIn)); err != nil {
		return Grant{}, err
	}
	return d.grant(u, f)
}

func (d *Desk) grant(u User, f Family) (Grant, error) {
	access, err := d.tokens.Issue(token.Bearer{Tenant: u.Tenant, Ref: u.Ref, Grant: f.ID, Key: f.Key}, uuid.NewString())
	if err != nil {
		return Grant{}, err
	}
	return Grant{
		AccessToken:  access,
		ExpiresIn:    d.tokens.Life(),
		RefreshToken: refreshToken(d.keys, f, f.Number),
		Principal:    on(u, f),
		Bound:        f.Key != "",
	}, nil
}

// on is who a user acts as in a sign-in.
func on(u User, f Family) auth.Principal {
	p := u.principal()
	p.Device = f.Device
	return p
}

func (d *Desk) event(u User, act privacy.Act) privacy.Event {
	return privacy.Event{At: d.now(), Actor: string(u.Ref), Role: string(u.Role), Action: act, Object: string(u.Ref)}
}

// Refresh changes a refresh token for the next one. A token that was used
// before ends the whole sign-in, because one of its two holders stole it; the
// one exception is a client that lost the reply and asks again with the same
// idempotency key while the successor is unused.
//
// A bound token needs a proof of its key. Shown with another key or none it is
// refused and ends nothing: it is worth nothing without the key, and whoever
// picked it up must not be able to sign its owner out. The fault is
// WrongRefreshToken, or says how the device stands.
func (d *Desk) Refresh(ctx context.Context, text, idempotencyKey string, s proof.Shown) (Grant, error) {
	v, err := d.held(s)
	if err != nil {
		return Grant{}, err
	}
	u, f, _, err := d.presented(ctx, text)
	if err != nil {
		return Grant{}, err
	}
	if f.Key != v.Key() {
		return Grant{}, fault.Wrap(fault.WrongRefreshToken, errors.New("not shown with its own key"))
	}
	if f.Key != "" {
		if err := d.proofs.Spend(ctx, v); err != nil {
			return Grant{}, err
		}
	}
	if err := d.stillOn(ctx, u, f); err != nil {
		return Grant{}, err
	}
	return d.rotate(ctx, text, idempotencyKey)
}

// stillOn says whether a user may still act on the device of a sign-in.
func (d *Desk) stillOn(ctx context.Context, u User, f Family) error {
	if f.Device == "" {
		return nil
	}
	return d.devices.StillAdmits(ctx, u.principal(), f.Device)
}

// rotate changes a refresh token for the next one, for a client that may.
func (d *Desk) rotate(ctx context.Context, text, idempotencyKey string) (Grant, error) {
	u, f, number, err := d.presented(ctx, text)
	if err != nil {
		return Grant{}, err
	}
	retry := d.retryHash(f, idempotencyKey)
	now := d.now()
	switch {
	case number == f.Number:
		f.Number++
		f.Retry = retry
		f.Refreshed, f.Expires = now, now.Add(familyIdle)
		f.Version++
		err := d.families.ReplaceFamily(ctx, f, nil)
		if fault.CodeOf(err) == fault.StaleVersion { // another request was first with the same token
			return d.rotate(ctx, text, idempotencyKey)
		}
		if err != nil {
			return Grant{}, err
		}
		return d.grant(u, f)
	case number == f.Number-1 && retry != nil && bytes.Equal(retry, f.Retry) && now.Sub(f.Refreshed) < retryWindow:
		return d.grant(u, f)
	default:
		if err := d.revoke(ctx, u, f, privacy.ActRefreshReuse); err != nil {
			return Grant{}, err
		}
		return Grant{}, fault.New(fault.WrongRefreshToken)
	}
}

// presented finds the living family and user of a refresh token.
func (d *Desk) presented(ctx context.Context, text string) (User, Family, int, error) {
	wrong := func(cause error) (User, Family, int, error) {
		return User{}, Family{}, 0, fault.Wrap(fault.WrongRefreshToken, cause)
	}
	tenant, id, number, err := parseRefreshToken(d.keys, text)
	if err != nil {
		return wrong(err)
	}
	u, f, err := d.living(ctx, tenant, id)
	if fault.CodeOf(err) == fault.NotFound {
		return wrong(err)
	}
	return u, f, number, err
}

// living finds a sign-in that has not ended, with its user. The fault is
// NotFound.
func (d *Desk) living(ctx context.Context, tenant, id string) (User, Family, error) {
	f, err := d.families.FindFamily(ctx, tenant, id)
	if err != nil {
		return User{}, Family{}, err
	}
	now := d.now()
	if f.Revoked || now.After(f.Expires) || now.After(f.Ends) {
		return User{}, Family{}, fault.Wrap(fault.NotFound, errors.New("the sign-in has ended"))
	}
	u, err := d.users.UserByRef(ctx, f.Tenant, f.User)
	if err != nil {
		return User{}, Family{}, err
	}
	if !d.admits(u) {
		return User{}, Family{}, fault.Wrap(fault.NotFound, errors.New("the user may not sign in"))
	}
	return u, f, nil
}

// retryHash is what a family keeps of an idempotency key; nil for none.
func (d *Desk) retryHash(f Family, idempotencyKey string) []byte {
	if idempotencyKey == "" {
		return nil
	}
	mac := d.keys.MAC(privacy.ForRefresh, f.Tenant, []byte("retry\x00"+f.ID+"\x00"+idempotencyKey))
	return mac[:]
}

func (d *Desk) revoke(ctx context.Context, u User, f Family, act privacy.Act) error {
	f.Revoked = true
	f.Version++
	e := d.event(u, act)
	err := d.families.ReplaceFamily(ctx, f, &e)
	if fault.CodeOf(err) != fault.StaleVersion {
		return err
	}
	latest, err := d.families.FindFamily(ctx, f.Tenant, f.ID)
	if err != nil || latest.Revoked {
		return err
	}
	return d.revoke(ctx, u, latest, act)
}

// SignOut ends the sign-in a refresh token belongs to. A token that is not good
// is no error (RFC 7009): what the caller wants is already so.
func (d *Desk) SignOut(ctx context.Context, text string) error {
	u, f, _, err := d.presented(ctx, text)
	if fault.CodeOf(err) == fault.WrongRefreshToken {
		return nil
	}
	if err != nil {
		return err
	}
	return d.revoke(ctx, u, f, privacy.ActSignedOut)
}

// PublicKeys are the keys that access tokens can be verified with.
func (d *Desk) PublicKeys() []token.JWK { return d.tokens.Keys().Public() }

// Sweep forgets what has ended: stored sign-ins and remembered principals.
func (d *Desk) Sweep(ctx context.Context) error {
	now := d.now()
	d.known.Range(func(key, value any) bool {
		if !now.Before(value.(seen).until) { //nolint:forcetypeassert // only owner stores into the map
			d.known.Delete(key)
		}
		return true
	})
	d.attempts.sweep()
	return d.families.DropFamilies(ctx, now)
}
