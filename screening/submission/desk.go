package submission

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"waymark/auth"
	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
)

const (
	// clockSlack and oldest bound how far a tablet's day is believed. Tablet
	// clocks are wrong often; a day outside is replaced by the day of arrival.
	clockSlack privacy.Day = 1
	oldest     privacy.Day = 60
)

// Desk takes submissions in and gives records out.
type Desk struct {
	catalog   *catalog.Catalog
	store     Store
	vault     Vault
	keys      *privacy.Keys
	vaultKeys *privacy.Keys
	safe      *Safe
	holders   Holders
	read      func([]byte) Offer
	retention privacy.Retention
	random    io.Reader
	now       func() time.Time
}

// Config is what a Desk needs. All fields are required.
type Config struct {
	Catalog *catalog.Catalog
	Store   Store
	Vault   Vault
	// Safe keeps the answers for a review.
	Safe *Safe
	// Holders knows who has worked on which tablet.
	Holders Holders
	// Read reads an element of a batch as the contract writes it. It is the same
	// that read the offers of Accept.
	Read func(body []byte) Offer
	// Keys are those of the records, VaultKeys those of the vault.
	Keys, VaultKeys *privacy.Keys
	Retention       privacy.Retention
	Random          io.Reader
	Now             func() time.Time
}

// NewDesk makes a Desk.
func NewDesk(c Config) *Desk {
	return &Desk{
		catalog: c.Catalog, store: c.Store, vault: c.Vault, keys: c.Keys, vaultKeys: c.VaultKeys,
		safe: c.Safe, holders: c.Holders, read: c.Read, retention: c.Retention, random: c.Random, now: c.Now,
	}
}

// Accept takes a batch and gives a receipt for each offer, in order. A bad
// offer never fails its batch. When the error is nil, every receipt that is
// not "rejected" stands for something durable; with an error nothing is
// promised, and the same batch may be sent again. The fault is Forbidden,
// Unavailable or Timeout.
func (d *Desk) Accept(ctx context.Context, who auth.Principal, offers []Offer) ([]Receipt, error) {
	if _, err := who.May(auth.CreateSubmission); err != nil {
		return nil, err
	}
	receipts := make([]Receipt, len(offers))
	var (
		deposits   []Deposit
		interviews []*Interview
		places     []int // of the deposits among the offers
	)
	for i, offer := range offers {
		interview, deposit, err := d.deposit(ctx, who, offer)
		if isMachine(err) {
			return nil, err
		}
		if err != nil {
			receipts[i] = Receipt{ID: offer.ID, Status: Rejected, Problem: err}
			continue
		}
		deposits, interviews, places = append(deposits, deposit), append(interviews, interview), append(places, i)
	}
	if len(deposits) == 0 {
		return receipts, nil
	}
	if err := d.safe.seal(ctx, who.Tenant, deposits, interviews); err != nil {
		return nil, err
	}
	kept, err := d.store.Keep(ctx, deposits)
	if err != nil {
		return nil, err
	}
	for i, k := range kept {
		receipt := d.receipt(offers[places[i]].ID, deposits[i].Record, k)
		if deposits[i].Record.Author != who.Ref {
			receipt = receipt.withheld()
		}
		receipts[places[i]] = receipt
	}
	return receipts, nil
}

// isMachine says whether an error is none of the offer's, so that the whole
// batch is better sent again.
func isMachine(err error) bool {
	code := fault.CodeOf(err) // Internal for no error
	return code == fault.Unavailable || code == fault.Timeout
}

// deposit makes what is stored of an offer, and gives the interview it was made
// of; nil for one that cannot be opened yet. The fault says why it is rejected.
func (d *Desk) deposit(ctx context.Context, who auth.Principal, offer Offer) (*Interview, Deposit, error) {
	v, author, err := d.open(ctx, who, offer)
	if err != nil {
		return nil, Deposit{}, err
	}
	record, err := d.record(who, offer, v)
	if err != nil {
		return nil, Deposit{}, err
	}
	record.Author = author
	var reference privacy.CaseReference
	if v != nil {
		reference = v.CaseReference
	}
	if record.Subject, err = d.subject(ctx, who.Tenant, reference); err != nil {
		return nil, Deposit{}, err
	}
	act := privacy.ActStored
	if record.Status == Quarantined {
		act = privacy.ActQuarantined
	}
	return v, Deposit{
		Record:   record,
		Stored:   d.event(who, act, record.ID),
		Conflict: d.event(who, privacy.ActConflict, record.ID),
	}, nil
}

func (d *Desk) event(who auth.Principal, act privacy.Act, id RecordID) privacy.Event {
	return privacy.Event{At: d.now(), Actor: string(who.Ref), Role: string(who.Role), Action: act, Object: string(id)}
}

// countries lists the nationalities that can be given.
func (d *Desk) countries() []string {
	for _, list := range d.catalog.All()[0].Codebook.Lists {
		if list.ID == "iso-3166-1" {
			return list.Codes
		}
	}
	return nil
}

// record scores an interview and keeps what may be kept of it. v is nil when
// the offer cannot be opened yet.
func (d *Desk) record(who auth.Principal, offer Offer, v *Interview) (Record, error) {
	today := privacy.DayOf(d.now())
	r := Record{
		ID:          RecordID(privacy.EncodeID(RecordPrefix, d.keys.RecordID(who.Tenant, offer.ID))),
		Tenant:      who.Tenant,
		Site:        who.Site(),
		Device:      who.Device,
		Day:         today,
		Received:    today,
		Fingerprint: d.keys.Fingerprint(who.Tenant, offer.Body),
	}
	if v == nil {
		return d.quarantine(r, offer, UnknownKey), nil
	}
	r.Day = believable(v.FinishedOn, today)
	r.Instrument = screening.Ref{ID: v.Instrument, Version: v.Version}
	entry, ok := d.catalog.Find(r.Instrument)
	if !ok {
		return d.quarantine(r, offer, UnknownVersion), nil
	}
	err := d.score(&r, entry, v)
	if bad, ok := errors.AsType[*screening.ResponseError](err); ok {
		if bad.FromAnotherVersion() {
			return d.quarantine(r, offer, UnknownAnswer), nil
		}
		return Record{}, responseFault(bad)
	}
	return r, err
}

// believable is the day a tablet gave, or the day of arrival when its clock
// cannot be right.
func believable(finished, today privacy.Day) privacy.Day {
	if finished > today+clockSlack || finished < today-oldest {
		return today
	}
	return min(finished, today)
}

// score fills in a record from the answers. The error is the engine's.
func (d *Desk) score(r *Record, entry *catalog.Entry, v *Interview) error {
	responses, err := entry.Program.Responses(v.Answers, v.Missing, v.Consent.facts()...)
	if err != nil {
		return err
	}
	a := entry.Program.Assess(responses)
	r.Status = Scored
	r.Language, r.Interpreter, r.Consent = v.Language, v.Interpreter, v.Consent
	r.Address, r.Nationality = v.Address, v.Nationality
	r.AgeBand = entry.Program.Attribute(entry.Instrument, responses, screening.AttributeAgeBand)
	r.Coverage, r.Claimed = a.Coverage, compare(v.Claimed, a.Outcome)
	r.ReAsk = d.reAsk(entry, responses, v.Earlier)
	*r = r.under(ResultOf(a, entry, r.Claimed))
	r.RetentionReason = privacy.NoIndication
	if r.Clock != screening.NoClock || entry.Rules.NextStep(a).Clock != screening.NoClock {
		r.RetentionReason = privacy.Indication
	}
	r.RetainUntil = d.retention.Until(r.Received, r.RetentionReason)
	r.AnswersUntil = d.retention.AnswersUntil(v.Instrument, r.Received, r.RetainUntil)
	return nil
}

// reAsk names the pairs of answers to ask about again. Earlier answers that fit
// no published version are left out: they are context, and a finished interview
// is not sent back for them.
func (d *Desk) reAsk(entry *catalog.Entry, r *screening.Responses, e *Earlier) []string {
	var earlier []screening.Earlier
	if e != nil {
		known, err := e.Responses(d.catalog)
		if err == nil {
			earlier = append(earlier, known)
		}
	}
	var out []string
	for _, c := range entry.Program.Contradictions(r, earlier...) {
		out = append(out, c.ID())
	}
	return out
}

// Responses checks answers that are to be scored and not kept. The fault is
// UnscorableAnswers, by field.
func Responses(entry *catalog.Entry, answers screening.Answers, missing screening.MissingAnswers, consent Consent) (*screening.Responses, error) {
	r, err := entry.Program.Responses(answers, missing, consent.facts()...)
	if bad, ok := errors.AsType[*screening.ResponseError](err); ok {
		return nil, responseFault(bad)
	}
	return r, err
}

func compare(claimed, ours screening.Outcome) Agreement {
	if claimed == "" {
		return NotClaimed
	}
	if claimed == ours {
		return Agreed
	}
	return Differed
}

// quarantine keeps an interview that cannot be scored, sealed as it came.
// Nothing in it is in clear, and a supervisor is asked to look the same day.
func (d *Desk) quarantine(r Record, offer Offer, reason QuarantineReason) Record {
	r.Status = Quarantined
	r.Instrument = screening.Ref{}
	r.Clock = screening.SameDay
	r.RetentionReason = privacy.Quarantined
	r.RetainUntil = d.retention.Until(r.Received, r.RetentionReason)
	r.Quarantine = &Quarantine{
		Reason: reason,
		Sealed: d.keys.Seal(privacy.ForQuarantine, r.Tenant, string(r.ID), offer.Body),
	}
	return r
}

// responseFault turns the engine's faults into fields of the interview.
func responseFault(bad *screening.ResponseError) error {
	var wrong []fault.Field
	for _, f := range bad.Faults {
		pointer := "/answers"
		if f.InMissing {
			pointer = "/missing"
		}
		if f.Code != screening.UnknownItem { // what stands in the place of an item may be anything
			pointer += "/" + f.Item
		}
		wrong = append(wrong, fault.Field{Pointer: pointer, Code: fault.FieldCode(f.Code), Allowed: f.Allowed})
	}
	return fault.New(fault.UnscorableAnswers, wrong...)
}

// subject gives the pseudonym of the person: the one the agency's case
// reference stands for, or a new one.
func (d *Desk) subject(ctx context.Context, tenant string, ref privacy.CaseReference) (privacy.Pseudonym, error) {
	proposed, err := privacy.NewPseudonym(d.random)
	if err != nil {
		return privacy.Pseudonym{}, fmt.Errorf("random source: %w", err)
	}
	if ref == "" {
		return proposed, nil
	}
	return d.vault.Subject(ctx, tenant, d.vaultKeys.BlindIndex(tenant, ref), proposed)
}

// Record gives one record that the principal may see.
func (d *Desk) Record(ctx context.Context, who auth.Principal, id RecordID) (Record, error) {
	scope, err := who.May(auth.ReadRecord)
	if err != nil {
		return Record{}, err
	}
	return d.store.Record(ctx, scope, id)
}

// Records lists the records that the principal may see.
func (d *Desk) Records(ctx context.Context, who auth.Principal, page Page) ([]Record, error) {
	scope, err := who.May(auth.ReadRecord)
	if err != nil {
		return nil, err
	}
	return d.store.Records(ctx, scope, page)
}

// Explained is a record's result with its explanation.
type Explained struct {
	Record     Record
	Entry      *catalog.Entry // the instrument under the rules that gave the result
	Assessment screening.Assessment
	screening.Explanation
}

// Explain explains a record from its codes, under the rules that scored it; its
// answers are gone. rules asks for the result of other rules that the record
// holds, "" for the one in force. The fault is NotFound for a quarantined
// record, which has nothing to explain yet, and for rules that gave the record
// no result.
func (d *Desk) Explain(ctx context.Context, who auth.Principal, id RecordID, rules string) (Explained, error) {
	r, err := d.Record(ctx, who, id)
	if err != nil {
		return Explained{}, err
	}
	result, ok := r.resultUnder(rules)
	if r.Status != Scored || !ok {
		return Explained{}, fault.New(fault.NotFound)
	}
	entry, ok := d.catalog.Scored(r.Instrument, result.Rules)
	if !ok {
		return Explained{}, fault.New(fault.NotFound)
	}
	a := entry.Program.AssessCodes(result.Codes, r.Coverage, r.Facts())
	return Explained{r, entry, a, entry.Explainer.ExplainCodes(a, r.Facts(), r.ReAsk)}, nil
}

// resultUnder gives the newest result of a version of the rules.
func (r Record) resultUnder(rules string) (Result, bool) {
	if rules == "" || rules == r.Rules.Version {
		return r.Result(), true
	}
	if r.Offered != nil && r.Offered.Rules.Version == rules {
		return *r.Offered, true
	}
	for _, e := range slices.Backward(r.Earlier) {
		if e.Rules.Version == rules {
			return e, true
		}
	}
	return Result{}, false
}

// Assessment repeats the assessment of the result in force from its codes, under
// the rules of entry.
func (r Record) Assessment(entry *catalog.Entry) screening.Assessment {
	return entry.Program.AssessCodes(r.Codes, r.Coverage, r.Facts())
}

// Facts lists what the record says to the engine besides codes and coverage.
func (r Record) Facts() []screening.Fact { return r.Consent.facts() }

// Urgent lists those of some codes that are urgent.
func Urgent(codes []screening.Code, book *screening.Codebook) []screening.Code {
	return slices.DeleteFunc(slices.Clone(codes), func(c screening.Code) bool {
		return book.Class(c) != screening.ClassUrgent
	})
}
