// Package jurisdiction holds country packs: what a country's law and practice
// offer a person who was trafficked or forced, leaf by leaf, each with how far
// it can be relied on.
//
// A pack is information for the officer and never an input of scoring: an
// outcome follows Palermo Protocol art. 3 wherever the interview is held, and
// a gap in a national law lowers nothing. The engine does not import this
// package, and this package takes no answers. It says what to show beside an
// outcome, and hides nothing because it is unknown.
//
// It imports only the engine, for its outcomes and its strict reader. Packs
// come in as a file system, so a deployment can bring its own.
package jurisdiction

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Notice stands in every pack: whoever opens the file reads it first.
const Notice = "This is information, not legal advice."

// Status says how far a leaf was checked.
type Status string

// The statuses.
const (
	Verified   Status = "verified"   // the text was read in a primary or reliable source
	Unverified Status = "unverified" // believed, and still to be checked
	Unknown    Status = "unknown"    // not found and not guessed; a national lawyer has to say
)

// Statuses lists every status, the most reliable first.
func Statuses() []Status { return []Status{Verified, Unverified, Unknown} }

// Confidence says how sure whoever wrote a leaf is of it.
type Confidence string

// The confidences. An unknown leaf always has Low.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Confidences lists every confidence, the surest first.
func Confidences() []Confidence { return []Confidence{High, Medium, Low} }

// Leaf is one statement about a country.
type Leaf struct {
	// About names a gap; empty for a leaf of the layout, which its id names.
	About string
	// Value is the statement: a sentence or two in the pack's language, or one
	// of the layout's codes. Empty exactly when Status is Unknown.
	Value      string
	Status     Status
	Confidence Confidence
	// Source says where it was read. A leaf that is not verified may have none.
	Source string
	// AsOf is the day for which the source speaks; without such a day, the one
	// on which the leaf was last looked at: 2026-11-20.
	AsOf string
	// ReviewedBy is the national counsel who signed the leaf off, as an office
	// and not as a person; empty until one has.
	ReviewedBy string
}

// MarshalJSON writes the leaf as it stands in a pack: null for what is not there.
func (l Leaf) MarshalJSON() ([]byte, error) {
	orNull := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return json.Marshal(struct {
		About      string     `json:"about,omitempty"`
		Value      *string    `json:"value"`
		Status     Status     `json:"status"`
		Confidence Confidence `json:"confidence"`
		Source     *string    `json:"source"`
		AsOf       string     `json:"as_of"`
		ReviewedBy string     `json:"reviewed_by,omitempty"`
	}{l.About, orNull(l.Value), l.Status, l.Confidence, orNull(l.Source), l.AsOf, l.ReviewedBy})
}

// Pack is what is known of one country.
type Pack struct {
	// ISO is the ISO 3166-1 alpha-2 code, in capitals.
	ISO string `json:"iso"`
	// Name is the country's short name in the pack's language.
	Name string `json:"name"`
	// Language is the BCP 47 tag of names, values and sources.
	Language string `json:"language"`
	Notice   string `json:"notice"`
	// Leaves holds a leaf for every id of the layout.
	Leaves map[string]Leaf `json:"leaves"`
	// Gaps are what a national reader must know besides. They are shown with
	// every outcome.
	Gaps []Leaf `json:"gaps,omitempty"`
}

// all lists the leaves and the gaps.
func (p *Pack) all() []Leaf {
	out := slices.Clone(p.Gaps)
	for _, l := range p.Leaves {
		out = append(out, l)
	}
	return out
}

// Count gives how many leaves and gaps have a status.
func (p *Pack) Count(s Status) int {
	n := 0
	for _, l := range p.all() {
		if l.Status == s {
			n++
		}
	}
	return n
}

// AsOf gives the earliest and the latest day of the pack's leaves and gaps.
func (p *Pack) AsOf() (from, to string) {
	for _, l := range p.all() {
		if from == "" || l.AsOf < from {
			from = l.AsOf
		}
		to = max(to, l.AsOf)
	}
	return from, to
}

// DatedAfter names the leaves and gaps that are dated after a day. What is
// dated after today is a slip; the caller owns the clock.
func (p *Pack) DatedAfter(day time.Time) []string {
	last := day.UTC().Format(time.DateOnly)
	var out []string
	for _, id := range slices.Sorted(maps.Keys(p.Leaves)) {
		if p.Leaves[id].AsOf > last {
			out = append(out, id)
		}
	}
	for _, l := range p.Gaps {
		if l.AsOf > last {
			out = append(out, l.About)
		}
	}
	return out
}
