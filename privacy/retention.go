package privacy

// Retention says how long a record is kept, and why. The periods are a
// deployment's to set with its data-protection officer.
type Retention struct {
	// NoIndication is the number of days a record without an indication is kept.
	NoIndication int
	// Indication is the number of days a record with an indication is kept
	// while no case is opened.
	Indication int
	// Quarantined is the number of days something that could not be scored is
	// kept for a supervisor.
	Quarantined int
}

// DefaultRetention holds the periods proposed by our design.
func DefaultRetention() Retention {
	return Retention{NoIndication: 30, Indication: 365, Quarantined: 90}
}

// RetentionReason says why a record is kept until its day.
type RetentionReason string

// The reasons.
const (
	NoIndication RetentionReason = "no_indication"
	Indication   RetentionReason = "indication"
	Quarantined  RetentionReason = "quarantined"
)

// Until is the last day of a record received on a day, for a reason.
func (r Retention) Until(received Day, reason RetentionReason) Day {
	days := map[RetentionReason]int{
		NoIndication: r.NoIndication, Indication: r.Indication, Quarantined: r.Quarantined,
	}[reason]
	return received + Day(days)
}
