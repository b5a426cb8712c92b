package submission

import (
	"context"

	"waymark/auth"
	"waymark/privacy"
	"waymark/screening"
)

// RecordID names a record: 128 bits derived with a key, written "rec_…". A
// review has the id of its record.
type RecordID string

// RecordPrefix begins every record id.
const RecordPrefix = "rec_"

// Status says what a record holds.
type Status string

// The statuses.
const (
	// Scored: the result of an interview.
	Scored Status = "scored"
	// Quarantined: an interview that could not be scored, sealed as it came.
	Quarantined Status = "quarantined"
)

// Record is all that is kept of an interview in the open. It is the only thing a
// store takes, besides sealed bytes, and it has no room for a name, an answer, a time of day or a word that
// somebody said. Adding a field is a decision about people's safety and needs
// an ADR.
type Record struct {
	ID     RecordID
	Tenant string
	// Site is where it was recorded: of the device or user, at district level.
	Site string
	// Author is who held the interview, by reference.
	Author auth.Ref
	// Device is the tablet it came from; "" for none.
	Device string
	Status Status
	// Day is when the interview was finished, Received when it arrived. Days,
	// not times.
	Day, Received privacy.Day

	Instrument screening.Ref
	Rules      screening.Ref
	// Engine and Program say what computed the result.
	Engine, Program string
	Language        string
	Interpreter     bool
	Consent         Consent
	Address         screening.Variant
	Nationality     string
	// AgeBand is an option code of the instrument, "" when not answered.
	AgeBand string
	// Subject stands for the person within the agency.
	Subject privacy.Pseudonym

	Codes           []screening.Code
	Outcome, Strict screening.Outcome
	Role            screening.Role
	Coverage        screening.Coverage
	// ReAsk names pairs of questions whose answers did not fit together, such
	// as "F01/F07": which questions, never what was answered.
	ReAsk []string
	// Claimed says whether the tablet's own result agreed with ours.
	Claimed Agreement
	// Clock is when a supervisor should have looked; NoClock for never.
	Clock screening.Clock

	RetainUntil     privacy.Day
	RetentionReason privacy.RetentionReason
	// AnswersUntil is the last day on which a review can open the answers, which
	// are kept sealed beside the record; 0 when they are not kept.
	AnswersUntil privacy.Day

	// Earlier holds the results that those of newer rules replaced, oldest
	// first. They stay readable.
	Earlier []Result
	// Offered is the result of newer rules that would take protection away. It
	// is not in force: people decide, in the review. nil for none.
	Offered *Result
	// Revision counts how often the record was changed after it was stored.
	Revision int

	// Quarantine is set for a quarantined record and nil for any other.
	Quarantine *Quarantine
	// Fingerprint recognises the same body sent again.
	Fingerprint [16]byte
}

// Quarantine is an interview kept as it came, sealed.
type Quarantine struct {
	Reason QuarantineReason
	Sealed []byte
}

// QuarantineReason says why an interview could not be scored.
type QuarantineReason string

// The reasons.
const (
	// UnknownVersion: the server does not have that instrument or version.
	UnknownVersion QuarantineReason = "unknown_version"
	// UnknownAnswer: the instrument has no such item or option.
	UnknownAnswer QuarantineReason = "unknown_answer"
	// UnknownKey: a tablet sealed it to an intake key that is not there, or not
	// yet.
	UnknownKey QuarantineReason = "unknown_key"
)

// Agreement says how the tablet's result compares with the server's.
type Agreement string

// The agreements.
const (
	NotClaimed Agreement = ""
	Agreed     Agreement = "agreed"
	Differed   Agreement = "differed"
)

// Deposit is a record on its way into a store, with its audit events.
type Deposit struct {
	Record Record
	// Stored is the event of storing it.
	Stored privacy.Event
	// Conflict is the event to add to the record that is already there, when
	// it was made from another body.
	Conflict privacy.Event
	// Answers are those of the interview, sealed for a review; nil when they are
	// not kept. Their key is kept elsewhere, and is durable before.
	Answers []byte
}

// Kept says what became of a deposit.
type Kept struct {
	// Known is nil when the deposit was stored. Otherwise it is the record that
	// was there before; nothing of the deposit was stored.
	Known *Record
	// Same says that Known was made from the same body.
	Same bool
}

// Store keeps records.
type Store interface {
	// Keep stores every deposit whose record id is new to its tenant, opens its
	// review if it has a clock, and reports on each deposit in order. When it
	// returns without error, what it reports MUST survive a crash of the
	// process and a loss of power. With an error nothing is promised, and the
	// same deposits may be given again. The fault is Unavailable.
	Keep(ctx context.Context, deposits []Deposit) ([]Kept, error)
	// Record gives one record in scope; fault.NotFound for none.
	Record(ctx context.Context, scope auth.Scope, id RecordID) (Record, error)
	// Records gives records in scope, newest day first and then by id.
	Records(ctx context.Context, scope auth.Scope, page Page) ([]Record, error)
	// Quarantined gives up to limit quarantined records of all tenants after a
	// place, by tenant and id.
	Quarantined(ctx context.Context, after Record, limit int) ([]Record, error)
	// Release replaces a quarantined record by its scored form; fault.NotFound
	// when it is no longer quarantined.
	Release(ctx context.Context, d Deposit) error
	// Discard removes a quarantined record; fault.NotFound when it is no longer
	// quarantined.
	Discard(ctx context.Context, tenant string, id RecordID) error
	// EraseExpired removes records whose RetainUntil is before a day, and the
	// answers beside others whose AnswersUntil is. It reports how many records.
	EraseExpired(ctx context.Context, today privacy.Day) (int, error)
}

// Page says which part of a list to give.
type Page struct {
	// Limit is the greatest number of records, from 1 to MaxPage.
	Limit int
	// After is where the page before ended; the zero value begins the list.
	After Place
}

// MaxPage is the largest page.
const MaxPage = 200

// Place is a place in the list of records.
type Place struct {
	Day privacy.Day
	ID  RecordID
}

// Vault keeps the link between an agency's case references and its subjects.
// It knows blind indexes only, and lives apart from the records.
type Vault interface {
	// Subject gives the subject a blind index stands for. When there is none it
	// stores the proposed one, durably, and gives that.
	Subject(ctx context.Context, tenant string, index privacy.BlindIndex, proposed privacy.Pseudonym) (privacy.Pseudonym, error)
}
