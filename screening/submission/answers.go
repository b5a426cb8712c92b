package submission

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json"

	"waymark/fault"
	"waymark/privacy"
	"waymark/screening"
)

// AnswerSheet is what was answered in one interview, and nothing else of it: no
// case reference, no nationality, nobody's name. It is never stored as it is;
// a Safe keeps it sealed until its day.
type AnswerSheet struct {
	Instrument screening.Ref            `json:"in"`
	Language   string                   `json:"la"`
	Answers    screening.Answers        `json:"an"`
	Missing    screening.MissingAnswers `json:"mi,omitempty"`
}

// AnswerKeys keeps the keys of answers, apart from the records and their
// answers. It MUST NOT share a file, a journal or a backup with those: taking
// the key away is what erases the answers, in every copy of the records.
type AnswerKeys interface {
	// KeepKeys stores keys that end on a day, durably. The fault is Unavailable.
	KeepKeys(ctx context.Context, tenant string, until privacy.Day, keys []privacy.AnswerKey) error
	// Key gives the key with an id and a last day; fault.NotFound for none.
	Key(ctx context.Context, tenant string, until privacy.Day, id privacy.AnswerKeyID) (privacy.AnswerKey, error)
	// EraseKeys removes the keys whose last day is before a day, and reports how
	// many.
	EraseKeys(ctx context.Context, today privacy.Day) (int, error)
}

// Safe keeps the answers of scored interviews for a review. They lie beside
// their record, sealed with a key of their own; the key lies elsewhere, sealed
// to the review key. It is safe for concurrent use.
type Safe struct {
	keys   *privacy.Keys
	store  AnswerKeys
	random io.Reader

	mu    sync.Mutex // guards pools
	pools map[poolKey]*keyPool
}

// NewSafe makes a Safe. keys are those of the answers and of nothing else.
func NewSafe(keys *privacy.Keys, store AnswerKeys, random io.Reader) *Safe {
	return &Safe{keys: keys, store: store, random: random, pools: map[poolKey]*keyPool{}}
}

// seal adds their answers, sealed, to the deposits that keep them. When it
// returns without error, the keys are durable. The fault is Unavailable.
func (s *Safe) seal(ctx context.Context, tenant string, deposits []Deposit, interviews []*Interview) error {
	ending := map[privacy.Day]int{}
	for _, d := range deposits {
		ending[d.Record.AnswersUntil]++
	}
	delete(ending, 0)
	keys := map[privacy.Day][]privacy.UnusedAnswerKey{}
	for until, n := range ending {
		taken, err := s.take(ctx, poolKey{tenant, until}, n)
		if err != nil {
			return err
		}
		keys[until] = taken
	}
	for i := range deposits {
		d, v := &deposits[i], interviews[i]
		until := d.Record.AnswersUntil
		if until == 0 {
			continue
		}
		plain, err := json.Marshal(AnswerSheet{Instrument: d.Record.Instrument, Language: v.Language, Answers: v.Answers, Missing: v.Missing})
		if err != nil {
			return fmt.Errorf("answers of %s: %w", d.Record.ID, err)
		}
		d.Answers = keys[until][0].Seal(tenant, string(d.Record.ID), plain)
		keys[until] = keys[until][1:]
	}
	return nil
}

// Open opens the answers that lie beside a record. Whoever calls it MUST have
// put on record before who opens them and why. The fault is NotFound when their
// key is gone.
func (s *Safe) Open(ctx context.Context, r Record, sealed []byte) (AnswerSheet, error) {
	id, err := privacy.KeyOfAnswers(sealed)
	if err != nil {
		return AnswerSheet{}, fault.Wrap(fault.Internal, err)
	}
	key, err := s.store.Key(ctx, r.Tenant, r.AnswersUntil, id)
	if err != nil {
		return AnswerSheet{}, err
	}
	var sheet AnswerSheet
	plain, err := s.keys.OpenAnswers(r.Tenant, string(r.ID), key, sealed)
	if err == nil {
		err = json.Unmarshal(plain, &sheet)
	}
	if err != nil {
		return AnswerSheet{}, fault.Wrap(fault.Internal, fmt.Errorf("answers of %s: %w", r.ID, err))
	}
	return sheet, nil
}

// Sweep removes the keys of answers whose day has passed. It comes before
// whatever else is erased on that day.
func (s *Safe) Sweep(ctx context.Context, today privacy.Day) (int, error) {
	s.rest()
	return s.store.EraseKeys(ctx, today)
}
