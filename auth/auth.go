// Package auth says who acts and what they may do: principals, roles, the one
// permission table, and scopes that no query can widen.
//
// It uses only the standard library and package fault. Tokens live in
// auth/token, passwords and grants in auth/signin.
package auth

import (
	"regexp"
	"slices"

	"waymark/fault"
)

// Role is what a person works as. A person has exactly one. A tablet on its own
// has one too.
type Role string

// The roles.
const (
	Officer       Role = "officer"       // screens at a border post
	CaseWorker    Role = "case_worker"   // interviews in full, follows up
	Supervisor    Role = "supervisor"    // reviews and decides
	Administrator Role = "administrator" // users, devices and keys; no case data
	Auditor       Role = "auditor"       // the audit log and its proofs
	Analyst       Role = "analyst"       // published tables only

	// Tablet is an enrolled device on its own, whoever holds it: it fetches what
	// it works with and delivers what it has sealed. No user has it.
	Tablet Role = "tablet"
)

// Roles lists every role that a person can have.
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
	OpenAnswers      Action = "answers.open"
	EnrolDevice      Action = "device.enrol"
	ConfirmDevice    Action = "device.confirm"
	ReadDevices      Action = "device.read"
	RevokeDevice     Action = "device.revoke"
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
		Administrator: Agency, Auditor: Agency, Analyst: Agency, Tablet: Agency,
	},
	CreateAssessment: {Officer: Own, CaseWorker: Own, Supervisor: Own},
	CreateSubmission: {Officer: Own, CaseWorker: Own, Tablet: Own},
	ReadRecord:       {CaseWorker: Own, Supervisor: OwnSites},
	ReadReview:       {Supervisor: OwnSites},
	DecideReview:     {Supervisor: OwnSites},
	OpenAnswers:      {Supervisor: OwnSites},
	EnrolDevice:      {Administrator: Agency},
	ConfirmDevice:    {Supervisor: OwnSites},
	ReadDevices:      {Administrator: Agency, Supervisor: OwnSites},
	RevokeDevice:     {Administrator: Agency, Supervisor: OwnSites},
}

// Actions lists every action.
func Actions() []Action {
	return []Action{
		ReadCatalogue, CreateAssessment, CreateSubmission, ReadRecord, ReadReview, DecideReview, OpenAnswers,
		EnrolDevice, ConfirmDevice, ReadDevices, RevokeDevice,
	}
}

// Allows says how far a role reaches with an action.
func Allows(r Role, a Action) Reach { return permissions[a][r] }

// Ref is a random reference to a person who acts, unique within an agency.
// Records and audit events name people only by it; it is never exported. A
// device that acts on its own is named by its id.
type Ref string

// codePattern is what agencies, sites and logins look like: short, and safe in
// a file, a key, a URL and a log line.
var codePattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$`)

// IsCode says whether a text can name an agency, a site or a login.
func IsCode(s string) bool { return codePattern.MatchString(s) }

// Principal is who acts in a request. It is built from the user store, never
// from what a token claims about a role.
type Principal struct {
	Tenant string
	Ref    Ref
	Role   Role
	// Sites are the places of the principal; officers, case workers and tablets
	// have exactly one, where what they submit is recorded.
	Sites []string
	// Device is the enrolled device the principal acts on, or is; "" for none.
	Device string
	// Draining marks a revoked device that may deliver once what it has sealed,
	// and do nothing else.
	Draining bool
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
	if p.Draining && a != CreateSubmission {
		reach = Nothing
	}
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
