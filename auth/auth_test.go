package auth_test

import (
	"slices"
	"testing"

	"waymark/auth"
	"waymark/fault"
)

// want is the permission table as the security reference has it, written down
// a second time: a change of either has to be made on purpose in both.
var want = map[auth.Action]map[auth.Role]auth.Reach{
	auth.ReadCatalogue: {
		auth.Officer: auth.Agency, auth.CaseWorker: auth.Agency, auth.Supervisor: auth.Agency,
		auth.Administrator: auth.Agency, auth.Auditor: auth.Agency, auth.Analyst: auth.Agency, auth.Tablet: auth.Agency,
	},
	auth.CreateAssessment: {auth.Officer: auth.Own, auth.CaseWorker: auth.Own, auth.Supervisor: auth.Own},
	auth.CreateSubmission: {auth.Officer: auth.Own, auth.CaseWorker: auth.Own, auth.Tablet: auth.Own},
	auth.ReadRecord:       {auth.CaseWorker: auth.Own, auth.Supervisor: auth.OwnSites},
	auth.ReadReview:       {auth.Supervisor: auth.OwnSites},
	auth.DecideReview:     {auth.Supervisor: auth.OwnSites},
	auth.OpenAnswers:      {auth.Supervisor: auth.OwnSites},
	auth.EnrolDevice:      {auth.Administrator: auth.Agency},
	auth.ConfirmDevice:    {auth.Supervisor: auth.OwnSites},
	auth.ReadDevices:      {auth.Administrator: auth.Agency, auth.Supervisor: auth.OwnSites},
	auth.RevokeDevice:     {auth.Administrator: auth.Agency, auth.Supervisor: auth.OwnSites},
}

func TestPermissionTable(t *testing.T) {
	if len(want) != len(auth.Actions()) {
		t.Fatalf("the table here has %d actions, there are %d", len(want), len(auth.Actions()))
	}
	for _, action := range append(auth.Actions(), "invented.action") {
		for _, role := range append(auth.Roles(), auth.Tablet, "invented", "") {
			p := auth.Principal{Tenant: "alpha", Ref: "usr_1", Role: role, Sites: []string{"north"}}
			_, err := p.May(action)
			if got, want := auth.Allows(role, action), want[action][role]; got != want {
				t.Errorf("%s %s: got reach %d, want %d", role, action, got, want)
			}
			if allowed := want[action][role] != auth.Nothing; (err == nil) != allowed {
				t.Errorf("%s %s: got %v, want allowed %t", role, action, err, allowed)
			}
		}
	}
}

func TestAdministratorsSeeNoCaseData(t *testing.T) {
	for _, action := range []auth.Action{auth.CreateSubmission, auth.ReadRecord, auth.ReadReview, auth.DecideReview} {
		p := auth.Principal{Tenant: "alpha", Ref: "usr_1", Role: auth.Administrator, Sites: []string{"north"}}
		if _, err := p.May(action); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s: got %v, want forbidden", action, err)
		}
	}
}

func TestTabletIsNoRoleOfAPerson(t *testing.T) {
	if slices.Contains(auth.Roles(), auth.Tablet) {
		t.Error("a person can be given the role of a tablet")
	}
}

// TAB-6: what a revoked device may still do.
func TestDrainingPrincipalMaySubmitAndNothingElse(t *testing.T) {
	for _, role := range append(auth.Roles(), auth.Tablet) {
		p := auth.Principal{Tenant: "alpha", Ref: "dev_1", Role: role, Sites: []string{"north"}, Device: "dev_1", Draining: true}
		for _, action := range auth.Actions() {
			_, err := p.May(action)
			allowed := action == auth.CreateSubmission && want[action][role] != auth.Nothing
			if (err == nil) != allowed {
				t.Errorf("%s %s: got %v, want allowed %t", role, action, err, allowed)
			}
		}
	}
}

func TestNobodyWithoutAgencyOrReferenceMayDoAnything(t *testing.T) {
	for _, p := range []auth.Principal{{}, {Tenant: "alpha", Role: auth.Supervisor}, {Ref: "usr_1", Role: auth.Supervisor}} {
		for _, action := range auth.Actions() {
			if _, err := p.May(action); fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%+v %s: got %v, want forbidden", p, action, err)
			}
		}
	}
}

func TestScopeCoversWhatItReachesAndNothingElse(t *testing.T) {
	of := func(role auth.Role, action auth.Action) auth.Scope {
		s, err := auth.Principal{Tenant: "alpha", Ref: "usr_me", Role: role, Sites: []string{"north"}}.May(action)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	own, sites, agency := of(auth.CaseWorker, auth.ReadRecord), of(auth.Supervisor, auth.ReadRecord), of(auth.Officer, auth.ReadCatalogue)
	tests := []struct {
		name                 string
		tenant, site         string
		author               auth.Ref
		own, sites, agencies bool
	}{
		{"mine, at my site", "alpha", "north", "usr_me", true, true, true},
		{"mine, elsewhere", "alpha", "south", "usr_me", true, false, true},
		{"another's, at my site", "alpha", "north", "usr_you", false, true, true},
		{"another's, elsewhere", "alpha", "south", "usr_you", false, false, true},
		{"another agency's", "beta", "north", "usr_me", false, false, false},
		{"nobody's", "", "", "", false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range []struct {
				scope auth.Scope
				want  bool
			}{{own, tt.own}, {sites, tt.sites}, {agency, tt.agencies}, {auth.Scope{}, false}} {
				if got := c.scope.Covers(tt.tenant, tt.site, tt.author); got != c.want {
					t.Errorf("got %t, want %t", got, c.want)
				}
			}
		})
	}
}

func TestZeroScopeMatchesNothingHoweverAStoreReadsIt(t *testing.T) {
	var s auth.Scope
	if s.Tenant() != "" {
		t.Error("the zero scope has a tenant")
	}
	if sites, limited := s.Sites(); !limited || len(sites) != 0 {
		t.Error("the zero scope is not limited to no sites")
	}
	if author, limited := s.Author(); !limited || author != "" {
		t.Error("the zero scope is not limited to nobody")
	}
}
