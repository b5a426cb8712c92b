// Package signin turns credentials into access: users and their passwords,
// rotating refresh tokens, and the check of who a request comes from.
//
// It imports auth, auth/token, fault and privacy. Stores implement its
// interfaces; handlers call Desk.
package signin

import (
	"context"
	"slices"
	"strings"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
)

// User is a person who may sign in. Nothing in it names the person outside the
// agency: the name is a login, the reference is random.
type User struct {
	Tenant string
	// Name is the login, unique within the tenant, in lower case.
	Name string
	Ref  auth.Ref
	Role auth.Role
	// Sites are the user's places; an officer or case worker has exactly one.
	Sites []string
	// Password is an argon2id hash in PHC form.
	Password string
	Disabled bool
	// Demo marks a user that exists only for trying Waymark out. Such a user
	// signs in only while the server runs in demo mode.
	Demo bool
	// Version counts the saves.
	Version int
}

// Users is where users are kept. Implementations MUST keep (Tenant, Name) and
// (Tenant, Ref) unique, and MUST store the event with the user or neither.
type Users interface {
	// UserByName finds a user; fault.NotFound when there is none.
	UserByName(ctx context.Context, tenant, name string) (User, error)
	// UserByRef finds a user; fault.NotFound when there is none.
	UserByRef(ctx context.Context, tenant string, ref auth.Ref) (User, error)
	// ListUsers gives the users of a tenant by name; of all tenants when tenant is "".
	ListUsers(ctx context.Context, tenant string) ([]User, error)
	// SaveUser stores a user whose Version is one more than what is stored, 1
	// for a new one; fault.StaleVersion otherwise.
	SaveUser(ctx context.Context, u User, e privacy.Event) error
}

// minPassword is the least length of a password in characters.
const minPassword = 12

// Check says what is wrong with a user before it is saved.
func (u User) Check() error {
	var wrong []fault.Field
	bad := func(pointer string, code fault.FieldCode, allowed ...string) {
		wrong = append(wrong, fault.Field{Pointer: pointer, Code: code, Allowed: allowed})
	}
	if !auth.IsCode(u.Tenant) {
		bad("/agency", fault.NotACode)
	}
	if !auth.IsCode(u.Name) {
		bad("/name", fault.NotACode)
	}
	if !slices.Contains(auth.Roles(), u.Role) {
		var roles []string
		for _, r := range auth.Roles() {
			roles = append(roles, string(r))
		}
		bad("/role", fault.NotAllowed, roles...)
	}
	for _, site := range u.Sites {
		if !auth.IsCode(site) {
			bad("/sites", fault.NotACode)
		}
	}
	switch u.Role {
	case auth.Officer, auth.CaseWorker:
		if len(u.Sites) != 1 {
			bad("/sites", fault.OneSite)
		}
	case auth.Supervisor:
		if len(u.Sites) == 0 {
			bad("/sites", fault.Required)
		}
	case auth.Administrator, auth.Auditor, auth.Analyst, auth.Tablet: // the last has been refused above
	}
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, wrong...)
	}
	return nil
}

// principal is who the user acts as.
func (u User) principal() auth.Principal {
	return auth.Principal{Tenant: u.Tenant, Ref: u.Ref, Role: u.Role, Sites: u.Sites}
}

// foldName brings writings of a login together.
func foldName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
