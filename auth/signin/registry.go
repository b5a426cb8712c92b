package signin

import (
	"context"
	"fmt"
	"io"
	"time"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
)

// Registry adds and changes users. It is what an administrator works with.
type Registry struct {
	users     Users
	passwords *passwords
	random    io.Reader
	now       func() time.Time
	// actor is who changes users, for the audit event.
	actor string
}

// NewRegistry makes a Registry for one acting person or tool.
func NewRegistry(users Users, cost Hashing, random io.Reader, now func() time.Time, actor string) *Registry {
	return &Registry{users: users, passwords: newPasswords(cost, random), random: random, now: now, actor: actor}
}

// Add creates a user with a password. The fault is Invalid, by field, or
// StaleVersion when the name is taken.
func (r *Registry) Add(ctx context.Context, u User, password string) (User, error) {
	u.Tenant, u.Name = foldName(u.Tenant), foldName(u.Name)
	if err := u.Check(); err != nil {
		return User{}, err
	}
	hash, err := r.passwords.hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	var bits [16]byte
	if _, err := io.ReadFull(r.random, bits[:]); err != nil {
		return User{}, fmt.Errorf("random source: %w", err)
	}
	u.Ref, u.Password, u.Version = auth.Ref(privacy.EncodeID("usr_", bits)), hash, 1
	return u, r.save(ctx, u, "added")
}

// SetPassword gives a user a new password.
func (r *Registry) SetPassword(ctx context.Context, tenant, name, password string) error {
	return r.change(ctx, tenant, name, "password", func(u *User) (err error) {
		u.Password, err = r.passwords.hash(ctx, password)
		return err
	})
}

// SetDisabled closes a user's access, or opens it again.
func (r *Registry) SetDisabled(ctx context.Context, tenant, name string, disabled bool) error {
	reason := "enabled"
	if disabled {
		reason = "disabled"
	}
	return r.change(ctx, tenant, name, reason, func(u *User) error {
		u.Disabled = disabled
		return nil
	})
}

// List gives the users of an agency, or of all when the agency is "".
func (r *Registry) List(ctx context.Context, tenant string) ([]User, error) {
	return r.users.ListUsers(ctx, tenant)
}

// Has reports whether a user exists.
func (r *Registry) Has(ctx context.Context, tenant, name string) (bool, error) {
	_, err := r.users.UserByName(ctx, foldName(tenant), foldName(name))
	if fault.CodeOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

func (r *Registry) change(ctx context.Context, tenant, name, reason string, edit func(*User) error) error {
	u, err := r.users.UserByName(ctx, foldName(tenant), foldName(name))
	if err != nil {
		return err
	}
	if err := edit(&u); err != nil {
		return err
	}
	u.Version++
	return r.save(ctx, u, reason)
}

func (r *Registry) save(ctx context.Context, u User, reason string) error {
	return r.users.SaveUser(ctx, u, privacy.Event{
		At: r.now(), Actor: r.actor, Role: string(auth.Administrator),
		Action: privacy.ActUserSaved, Object: string(u.Ref), Reason: reason,
	})
}
