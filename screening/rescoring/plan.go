// Package rescoring runs new rules over what earlier interviews evidenced: as a
// dry run that says which outcomes would move, and in earnest.
//
// A record has no answers left, so it is scored from its codes and coverage
// (screening.Rescorer). What only answers could tell is neither computed nor
// stored: what is open, which questions would settle it, what was ignored.
//
// A result that takes nothing away is put in force at once, and its review
// moves forward. One that would take protection away changes nothing: it is
// offered to supervisors in the review, and lowering takes two people as
// always. Our design, after the rule that a supervisor may not lower alone.
//
// The package imports the engine, catalog, submission, review, fault and
// privacy; stores implement its interface, cmd calls Run.
package rescoring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// Place is a place in the order of agencies and record ids; the zero value is
// before all.
type Place struct {
	Agency string
	ID     submission.RecordID
}

// Store is what re-scoring needs of a store.
type Store interface {
	// ScoredCount is how many scored records an agency has, or all agencies
	// when it is "".
	ScoredCount(ctx context.Context, agency string) (int, error)
	// Scored gives up to limit scored records after a place, with their
	// reviews, by agency and id. The review of a record without one is zero.
	Scored(ctx context.Context, agency string, after Place, limit int) ([]review.Case, error)
	// Rescore stores a changed record and its review over the ones that were
	// seen, with an event, durably and all together. The record's Revision is
	// one more than the one seen. The fault is StaleVersion when record or
	// review are no longer as they were seen; nothing is stored then.
	Rescore(ctx context.Context, seen, changed review.Case, e privacy.Event) error
}

// Plan says what to score again, under which rules.
type Plan struct {
	// Catalog explains how records were scored before.
	Catalog *catalog.Catalog
	// Under holds the instruments to score again, each under the rules to use.
	Under []*catalog.Entry
	// Agency limits the run to one agency; "" means all.
	Agency string
	// Apply is nil for a dry run.
	Apply *Apply
	Now   func() time.Time
	// Progress is told of every record that was looked at, how many of how many.
	Progress func(done, total int)
}

// Apply says why and for how long results are put in force.
type Apply struct {
	Reason    submission.RescoreReason
	Retention privacy.Retention
}

// Check refuses a plan whose rules do not go with what is stored. The error
// lists every problem.
func (p *Plan) Check() error {
	if len(p.Under) == 0 {
		return errors.New("there is no instrument to score again")
	}
	_, err := p.rescorers()
	return err
}

// scored names an instrument and the rules that scored a record.
type scored struct{ instrument, rules screening.Ref }

// rescorers makes a Rescorer from every version of the rules in the catalogue.
func (p *Plan) rescorers() (map[scored]*screening.Rescorer, error) {
	out := map[scored]*screening.Rescorer{}
	var problems []error
	for _, to := range p.Under {
		known, ok := p.Catalog.Find(to.Instrument.Ref())
		if !ok {
			problems = append(problems, fmt.Errorf("there is no instrument %s", to.Instrument.Ref()))
			continue
		}
		for _, version := range known.RulesVersions() {
			from, _ := known.Under(version)
			r, err := screening.NewRescorer(from.Program, to.Program)
			if err != nil {
				problems = append(problems, fmt.Errorf("rules %s cannot follow rules %s of %s: %w", to.Rules.Version, version, to.Instrument.Ref(), err))
				continue
			}
			out[scored{to.Instrument.Ref(), from.Rules.Ref()}] = r
		}
	}
	return out, errors.Join(problems...)
}
