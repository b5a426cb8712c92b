package submission

import (
	"waymark/fault"
	"waymark/screening"
)

// ReceiptStatus says what became of an offer.
type ReceiptStatus string

// The statuses of a receipt.
const (
	// Stored: a record was made, durably.
	Stored ReceiptStatus = "stored"
	// Duplicate: the same body was stored before; this is its receipt again.
	Duplicate ReceiptStatus = "duplicate"
	// Conflict: another body was stored under the same id, and stays.
	Conflict ReceiptStatus = "conflict"
	// InQuarantine: it could not be scored and is kept sealed for a supervisor.
	InQuarantine ReceiptStatus = "quarantined"
	// Rejected: nothing was stored; the problem says what to change.
	Rejected ReceiptStatus = "rejected"
)

// Receipt answers one offer.
type Receipt struct {
	ID     string
	Status ReceiptStatus
	// Record, Outcome, Claimed and Next are set when a record exists that was
	// made from this very body.
	Record  RecordID
	Outcome screening.Outcome
	Claimed Agreement
	Next    *screening.NextStep
	// Review is set when a supervisor will look at the record.
	Review RecordID
	// Problem is set for a conflict and a rejection.
	Problem error
}

// receipt turns what the store did into a receipt. A conflict tells nothing of
// the record that is there.
func (d *Desk) receipt(id string, offered Record, k Kept) Receipt {
	switch {
	case k.Known == nil && offered.Status == Quarantined:
		return d.receiptFor(id, InQuarantine, offered)
	case k.Known == nil:
		return d.receiptFor(id, Stored, offered)
	case !k.Same:
		return Receipt{ID: id, Status: Conflict, Problem: fault.New(fault.SubmissionConflict)}
	case k.Known.Status == Quarantined:
		return d.receiptFor(id, InQuarantine, *k.Known)
	default:
		return d.receiptFor(id, Duplicate, *k.Known)
	}
}

// withheld leaves of a receipt only what settles the interview. Whoever delivers
// for others, a tablet or a colleague, is told no result: the tablet that holds
// sealed interviews must not be a way to read them.
func (r Receipt) withheld() Receipt {
	return Receipt{ID: r.ID, Status: r.Status, Problem: r.Problem}
}

func (d *Desk) receiptFor(id string, status ReceiptStatus, r Record) Receipt {
	receipt := Receipt{ID: id, Status: status, Record: r.ID}
	if r.Clock != screening.NoClock {
		receipt.Review = r.ID
	}
	if r.Status == Quarantined {
		receipt.Problem = fault.New(fault.OtherVersionUnknown)
		if r.Quarantine.Reason == UnknownKey {
			receipt.Problem = fault.New(fault.IntakeKeyUnknown)
		}
		return receipt
	}
	receipt.Outcome, receipt.Claimed = r.Outcome, r.Claimed
	if entry, ok := d.catalog.Scored(r.Instrument, r.Rules); ok {
		a := r.Assessment(entry)
		a.Outcome = r.Outcome // as it was scored then
		step := entry.Rules.NextStep(a)
		receipt.Next = &step
	}
	return receipt
}
