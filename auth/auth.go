// Package auth says who acts and what they may do: principals, roles, the one
// permission table, and scopes that no query can widen.
//
// It uses only the standard library and package fault. Tokens live in
// auth/token, passwords and grants in auth/signin.
package auth

import (
	"slices"

	"waymark/fault"
)

// Role is what a person works as. A person has exactly one.
type Role string

// The roles.
const (
	Officer       Role = "officer"       // screens at a border post
	CaseWorker    Role = "case_worker"   // interviews in full, follows up
	Supervisor    Role = "supervisor"    // reviews and decides
	Administrator Role = "administrator" // users, devices and keys; no case data
	Auditor       Role = "auditor"       // the audit log and its proofs
	Analyst       Role = "analyst"       // published tables only
)

// Roles lists every role.
func Roles() []Role {
	return []Role{Officer, CaseWorker, Supervisor, Administrator, Auditor, Analyst}
}

// Action is something a principal may or may not do.
type Action string

// The actions.
const (
	ReadCatalogue    Action = "catalogue.read"
	CreateAssessment Action = "assessment.create"
	CreateSubmission Action = "submission.create"
	ReadRecord       Action = "record.read"
	ReadReview       Action = "review.read"
	DecideReview     Action = "review.decide"
)

// Reach is how far a permission goes.
type Reach int

// The reaches.
const (
	Nothing  Reach = iota
	Own            // what the principal made
	OwnSites       // what was made at the principal's sites
	Agency         // everything of the principal's agency
)

// permissions is the one table of who may do what. What is not in it is denied.
var permissions = map[Action]map[Role]Reach{
	ReadCatalogue: {
		Officer: Agency, CaseWorker: Agency, Supervisor: Agency,
		Administrator: Agency, Auditor: Agency, Analyst: Agency,
	},
	CreateAssessment: {Officer: Own, CaseWorker: Own, Supervisor: Own},
	CreateSubmission: {Officer: Own, CaseWorker: Own},
	ReadRecord:       {CaseWorker: Own, Supervisor: OwnSites},
	ReadReview:       {Supervisor: OwnSites},
	DecideReview:     {Supervisor: OwnSites},
}

// Actions lists every action.
func Actions() []Action {
	return []Action{ReadCatalogue, CreateAssessment, CreateSubmission, ReadRecord, ReadReview, DecideReview}
}

// Allows says how far a role reaches with an action.
func Allows(r Role, a Action) Reach { return permissions[a][r] }

// Ref is a random reference to a person who acts, unique within an agency.
// Records and audit events name people only by it; it is never exported.
type Ref string

// Principal is who acts in a request. It is built from the user store, never
// from what a token claims about a role.
type Principal struct {
	Tenant string
	Ref    Ref
	Role   Role
	// Sites are the places of the principal; officers and case workers have
	// exactly one, where what they submit is recorded.
	Sites []string
}

// Site is where the principal's submissions are recorded.
func (p Principal) Site() string {
	if len(p.Sites) == 0 {
		return ""
	}
	return p.Sites[0]
}

// May checks the permission for an action and gives the scope it reaches. The
// error is fault.Forbidden.
func (p Principal) May(a Action) (Scope, error) {
	reach := Allows(p.Role, a)
	if reach == Nothing || p.Tenant == "" || p.Ref == "" {
		return Scope{}, fault.New(fault.Forbidden)
	}
	return Scope{tenant: p.Tenant, reach: reach, actor: p.Ref, sites: slices.Clone(p.Sites)}, nil
}

// Scope is the part of the data a query may see. Only Principal.May makes one;
// the zero Scope sees nothing. Every method of a store that reads case data
// takes a Scope and MUST apply all of it.
type Scope struct {
	tenant string
	reach  Reach
	actor  Ref
	sites  []string
}

// Tenant is the agency; "" for the zero scope, which matches nothing.
func (s Scope) Tenant() string { return s.tenant }

// Sites lists the sites in scope. It reports false when the scope is not
// limited by site.
func (s Scope) Sites() ([]string, bool) {
	return s.sites, s.reach == OwnSites || s.reach == Nothing
}

// Author is the only person whose work is in scope. It reports false when the
// scope is not limited to one person.
func (s Scope) Author() (Ref, bool) {
	return s.actor, s.reach == Own || s.reach == Nothing
}

// Covers reports whether something made by a person at a site of an agency is
// in scope.
func (s Scope) Covers(tenant, site string, author Ref) bool {
	if s.tenant == "" || tenant != s.tenant {
		return false
	}
	switch s.reach {
	case Own:
		return author == s.actor
	case OwnSites:
		return slices.Contains(s.sites, site)
	case Agency:
		return true
	case Nothing:
		return false
	default:
		return false
	}
}
