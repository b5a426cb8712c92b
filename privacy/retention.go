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
	// Answers is the number of days the answers of a scored interview are kept
	// sealed for a review; 0 for not at all.
	Answers int
	// AnswersOf has other numbers for some instruments, by id.
	AnswersOf map[string]int
}

// DefaultRetention holds the periods proposed by our design.
func DefaultRetention() Retention {
	return Retention{NoIndication: 30, Indication: 365, Quarantined: 30, Answers: 30}
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

// AnswersUntil is the last day on which a review can open the answers of an
// interview that was received on a day and whose record ends on another; 0 when
// they are not kept.
func (r Retention) AnswersUntil(instrument string, received, recordEnds Day) Day {
	days, own := r.AnswersOf[instrument]
	if !own {
		days = r.Answers
	}
	if days <= 0 {
		return 0
	}
	return min(received+Day(days), recordEnds)
}
