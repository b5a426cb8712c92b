package rescoring

import (
	"cmp"
	"maps"
	"slices"

	"waymark/screening"
	"waymark/screening/submission"
)

// Move is an outcome under old rules and under new ones.
type Move struct {
	Instrument screening.Ref     `json:"instrument"`
	OldRules   string            `json:"old_rules"`
	From       screening.Outcome `json:"from"`
	To         screening.Outcome `json:"to"`
	Direction  Direction         `json:"direction"`
}

// Moved is how many records make a move.
type Moved struct {
	Move
	Records int `json:"records"`
}

// Lowering is a record whose outcome the new rules would lower. It names the
// record and its agency, nothing of the person.
type Lowering struct {
	Agency string              `json:"agency"`
	Record submission.RecordID `json:"record"`
	From   screening.Outcome   `json:"from"`
	To     screening.Outcome   `json:"to"`
	// Waiting says that supervisors had it before them already.
	Waiting bool `json:"waiting"`
}

// Report is what a run found, and did unless it was a dry run.
type Report struct {
	Applied bool `json:"applied"`
	// Seen counts the records that were looked at.
	Seen int `json:"seen"`
	// Unmoved counts those to which the new rules come out the same, or which
	// have their result already.
	Unmoved int `json:"unmoved"`
	// Moves lists the others, those that would protect less first.
	Moves []Moved `json:"moves"`
	// Lowerings lists the records that would protect less.
	Lowerings []Lowering `json:"lowerings"`
	// Left counts the records that were left alone, by reason.
	Left map[Left]int `json:"left"`
	// Limited counts the records with a code that an answer may have shown, or
	// only a derivation of the old rules. It was taken for an answer.
	Limited int `json:"limited"`

	moves map[Move]int
}

func newReport(applied bool) *Report {
	return &Report{Applied: applied, Moves: []Moved{}, Lowerings: []Lowering{}, Left: map[Left]int{}, moves: map[Move]int{}}
}

func (r *Report) add(record submission.Record, v verdict) {
	if v.left != "" {
		r.Left[v.left]++
		return
	}
	if v.limited {
		r.Limited++
	}
	if v.direction == Down {
		r.Lowerings = append(r.Lowerings, Lowering{record.Tenant, record.ID, record.Outcome, v.result.Outcome, v.waiting})
	}
	if v.direction == Unmoved || v.waiting {
		r.Unmoved++
		return
	}
	r.moves[Move{record.Instrument, record.Rules.Version, record.Outcome, v.result.Outcome, v.direction}]++
}

// sort brings the moves into their order.
func (r *Report) sort() {
	for _, move := range slices.SortedFunc(maps.Keys(r.moves), compareMoves) {
		r.Moves = append(r.Moves, Moved{move, r.moves[move]})
	}
}

func compareMoves(a, b Move) int {
	place := func(d Direction) int { return slices.Index(Directions(), d) }
	outcome := func(o screening.Outcome) int { return slices.Index(screening.Outcomes(), o) }
	return cmp.Or(
		cmp.Compare(place(a.Direction), place(b.Direction)),
		cmp.Compare(a.Instrument.String(), b.Instrument.String()),
		screening.CompareVersions(a.OldRules, b.OldRules),
		cmp.Compare(outcome(b.From), outcome(a.From)),
		cmp.Compare(outcome(b.To), outcome(a.To)),
	)
}
