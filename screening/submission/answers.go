package submission

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

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

// AnswerKey is the sealed key of some answers with the last day of both.
type AnswerKey struct {
	privacy.AnswerKey
	Until privacy.Day
}

// AnswerKeys keeps the keys of answers, apart from the records and their
// answers. It MUST NOT share a file, a journal or a backup with those: taking
// the key away is what erases the answers, in every copy of the records.
type AnswerKeys interface {
	// KeepKeys stores keys durably. The fault is Unavailable.
	KeepKeys(ctx context.Context, tenant string, keys []AnswerKey) error
	// Key gives the key with an id and a last day; fault.NotFound for none.
	Key(ctx context.Context, tenant string, id privacy.AnswerKeyID, until privacy.Day) (privacy.AnswerKey, error)
	// DropKeys removes keys, which need an id and a day only; those that are not
	// there do not matter.
	DropKeys(ctx context.Context, tenant string, keys []AnswerKey) error
	// EraseKeys removes the keys whose Until is before a day, and reports how
	// many.
	EraseKeys(ctx context.Context, today privacy.Day) (int, error)
}

// Safe keeps the answers of scored interviews for a review. They lie beside
// their record, sealed with a key of their own; the key lies elsewhere, sealed
// to the review key.
type Safe struct {
	keys   *privacy.Keys
	store  AnswerKeys
	random io.Reader
}

// NewSafe makes a Safe. keys are those of the answers and of nothing else.
func NewSafe(keys *privacy.Keys, store AnswerKeys, random io.Reader) *Safe {
	return &Safe{keys, store, random}
}

// seal seals the answers of the deposits that keep theirs, and gives the keys.
func (s *Safe) seal(tenant string, deposits []Deposit, interviews []*Interview) ([]AnswerKey, error) {
	var (
		sealer *privacy.AnswerSealer
		keys   []AnswerKey
		err    error
	)
	for i, v := range interviews {
		r := deposits[i].Record
		if r.AnswersUntil == 0 {
			continue
		}
		if sealer == nil {
			if sealer, err = s.keys.AnswerSealer(tenant, s.random); err != nil {
				return nil, fmt.Errorf("seal answers: %w", err)
			}
		}
		plain, err := json.Marshal(AnswerSheet{Instrument: r.Instrument, Language: v.Language, Answers: v.Answers, Missing: v.Missing})
		if err != nil {
			return nil, fmt.Errorf("answers of %s: %w", r.ID, err)
		}
		key, sealed, err := sealer.Seal(string(r.ID), plain)
		if err != nil {
			return nil, fmt.Errorf("seal answers: %w", err)
		}
		deposits[i].Answers = sealed
		keys = append(keys, AnswerKey{key, r.AnswersUntil})
	}
	return keys, nil
}

func (s *Safe) keep(ctx context.Context, tenant string, keys []AnswerKey) error {
	if len(keys) == 0 {
		return nil
	}
	return s.store.KeepKeys(ctx, tenant, keys)
}

// drop takes away the keys of deposits that were not stored. One that stays
// opens nothing, and ends on its day.
func (s *Safe) drop(ctx context.Context, tenant string, deposits []Deposit) {
	var keys []AnswerKey
	for _, d := range deposits {
		if id, err := privacy.KeyOfAnswers(d.Answers); err == nil {
			keys = append(keys, AnswerKey{privacy.AnswerKey{ID: id}, d.Record.AnswersUntil})
		}
	}
	if len(keys) > 0 {
		_ = s.store.DropKeys(ctx, tenant, keys) //nolint:errcheck // the sweep comes to them
	}
}

// Open opens the answers that lie beside a record. Whoever calls it MUST have
// put on record before who opens them and why. The fault is NotFound when their
// key is gone.
func (s *Safe) Open(ctx context.Context, r Record, sealed []byte) (AnswerSheet, error) {
	id, err := privacy.KeyOfAnswers(sealed)
	if err != nil {
		return AnswerSheet{}, fault.Wrap(fault.Internal, err)
	}
	key, err := s.store.Key(ctx, r.Tenant, id, r.AnswersUntil)
	if err != nil {
		return AnswerSheet{}, err
	}
	plain, err := s.keys.OpenAnswers(r.Tenant, string(r.ID), key, sealed)
	if err != nil {
		return AnswerSheet{}, fault.Wrap(fault.Internal, fmt.Errorf("answers of %s: %w", r.ID, err))
	}
	var sheet AnswerSheet
	if err := json.Unmarshal(plain, &sheet); err != nil {
		return AnswerSheet{}, fault.Wrap(fault.Internal, fmt.Errorf("answers of %s: %w", r.ID, err))
	}
	return sheet, nil
}

// Sweep removes the keys of answers whose day has passed. It comes before
// whatever else is erased on that day.
func (s *Safe) Sweep(ctx context.Context, today privacy.Day) (int, error) {
	return s.store.EraseKeys(ctx, today)
}
