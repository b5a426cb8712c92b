// Package storetest is the one suite that every store passes. A store's own
// test opens it and calls Run; what the suite asks is what the use cases rely
// on.
package storetest

import (
	"context"
	"crypto/rand"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// Store is everything a store does.
type Store interface {
	submission.Store
	review.Store
	rescoring.Store
	signin.Users
	signin.Families
	device.Devices
	proof.Proofs
	// Events gives the audit events of a record, oldest first.
	Events(ctx context.Context, tenant string, id submission.RecordID) ([]privacy.Event, error)
	Ready(ctx context.Context) error
}

// Opened is a fresh, empty store with its vault. The keys are those it was
// opened with.
type Opened struct {
	Store      Store
	Vault      submission.Vault
	AnswerKeys submission.AnswerKeys
	Keys       *privacy.Keys
	VaultKeys  *privacy.Keys
	// AnswerRoot is what AnswerKeys was opened with.
	AnswerRoot *privacy.Keys
}

// Run runs the suite. open gives a fresh store for each test and closes it
// with the test.
func Run(t *testing.T, open func(t *testing.T) Opened) {
	for name, test := range map[string]func(*testing.T, Opened){
		"a deposit is kept once":                                   keptOnce,
		"another body under the same id leaves the first alone":    conflict,
		"one batch may hold the same interview twice":              twiceInABatch,
		"a record comes back as it was kept":                       roundTrip,
		"nothing is seen outside the scope":                        scopes,
		"records are listed by day in pages":                       recordPages,
		"the queue is ordered by urgency, due day and id":          queueOrder,
		"the queue comes in pages without gaps or repeats":         queuePages,
		"a review changes only from the version that was seen":     compareAndSwap,
		"a decided review leaves the queue and can still be read":  decidedLeaves,
		"a record without a clock has no review":                   noReview,
		"every write carries its audit events":                     events,
		"a quarantined record is listed until it is released":      quarantine,
		"records end after their last day and not before":          expiry,
		"concurrent deposits of one interview make one record":     race,
		"scored records come in pages with their reviews":          scoredPages,
		"a re-scored record keeps its results and its event":       rescored,
		"a record is re-scored only as it was seen":                rescoredAsSeen,
		"a record without a review gets one when it is re-scored":  reviewOpens,
		"sealed answers come back within the scope":                answersComeBack,
		"answers end after their last day and their record stays":  answersEnd,
		"a released record keeps its answers":                      answersOfReleased,
		"only a quarantined record is discarded":                   discards,
		"an event is noted beside a review as it was seen":         notes,
		"keys of answers come back and end on their day":           answerKeys,
		"users are unique by name and change under their version":  users,
		"sign-ins change under their version and end":              families,
		"a code is used up once and forgotten after its end":       enrolments,
		"devices are unique by key and change under their version": devices,
		"devices are listed within the scope":                      listedDevices,
		"of many spenders of a proof one is first":                 proofs,
		"a case reference keeps its subject and tells nobody else": vault,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// agency and the rest are the people and places of the suite.
const (
	agency = "alpha"
	other  = "beta"
	north  = "north"
	south  = "south"
)

func supervisor(sites ...string) auth.Scope {
	return must(auth.Principal{Tenant: agency, Ref: "usr_sup", Role: auth.Supervisor, Sites: sites}.May(auth.ReadReview))
}

func caseWorker(ref auth.Ref) auth.Scope {
	return must(auth.Principal{Tenant: agency, Ref: ref, Role: auth.CaseWorker, Sites: []string{north}}.May(auth.ReadRecord))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// deposit makes a record that fills every field.
func (o Opened) deposit(n int, change ...func(*submission.Record)) submission.Deposit {
	r := submission.Record{
		ID:     submission.RecordID(privacy.EncodeID(submission.RecordPrefix, o.Keys.RecordID(agency, strconv.Itoa(n)))),
		Tenant: agency, Site: north, Author: "usr_officer", Status: submission.Scored,
		Day: 20_000, Received: 20_001,
		Instrument: screening.Ref{ID: "screen-fc", Version: "1.0.0"}, Rules: screening.Ref{ID: "screen-fc", Version: "1.0.0"},
		Engine: "1", Program: "digest", Language: "am", Interpreter: true,
		Consent: submission.Consent{Interview: true, Data: true}, Address: screening.Woman,
		Nationality: "ET", AgeBand: "30_47", Subject: must(privacy.NewPseudonym(rand.Reader)),
		Codes: []screening.Code{"CD01", "DR01"}, Outcome: screening.Possible, Strict: screening.Possible,
		Role: screening.SpecialistReview, Coverage: screening.Coverage{Answered: 31, Applicable: 38},
		ReAsk:   []string{"F01/F07"},
		Claimed: submission.Agreed, Clock: screening.Hours24,
		RetainUntil: 20_366, RetentionReason: privacy.Indication, Device: "dev_tablet",
		Fingerprint: o.Keys.Fingerprint(agency, []byte(strconv.Itoa(n))),
	}
	for _, c := range change {
		c(&r)
	}
	e := privacy.Event{At: time.Unix(1_700_000_000, 0).UTC(), Actor: string(r.Author), Role: "officer", Object: string(r.ID)}
	stored, conflict := e, e
	stored.Action, conflict.Action = privacy.ActStored, privacy.ActConflict
	return submission.Deposit{Record: r, Stored: stored, Conflict: conflict}
}

func (o Opened) keep(t *testing.T, deposits ...submission.Deposit) []submission.Kept {
	t.Helper()
	kept, err := o.Store.Keep(t.Context(), deposits)
	if err != nil {
		t.Fatalf("Keep: %v", err)
	}
	if len(kept) != len(deposits) {
		t.Fatalf("Keep reported on %d of %d deposits", len(kept), len(deposits))
	}
	return kept
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

var comparer = cmp.Options{
	cmp.AllowUnexported(privacy.Pseudonym{}),
}

func wantSame[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, comparer); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, d)
	}
}
