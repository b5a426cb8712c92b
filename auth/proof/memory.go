package proof

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Memory remembers spent proofs in this process. The zero Memory is empty and
// ready.
type Memory struct {
	mu sync.Mutex
	// spent has the proofs by the moment until which they are remembered, of
	// which there are few, so that they are forgotten together.
	spent map[time.Time]map[[sha256.Size]byte]struct{}
}

var _ Proofs = (*Memory)(nil)

// SpendProof remembers a proof, and reports whether it was new.
func (m *Memory) SpendProof(_ context.Context, id [sha256.Size]byte, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, ids := range m.spent {
		if _, known := ids[id]; known {
			return false, nil
		}
	}
	if m.spent[until] == nil {
		m.drop(until.Add(-Life)) // a new window begins, so the moment is later than that
		if m.spent == nil {
			m.spent = map[time.Time]map[[sha256.Size]byte]struct{}{}
		}
		m.spent[until] = map[[sha256.Size]byte]struct{}{}
	}
	m.spent[until][id] = struct{}{}
	return true, nil
}

// DropProofs forgets proofs that are remembered until a moment before.
func (m *Memory) DropProofs(_ context.Context, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(before)
	return nil
}

func (m *Memory) drop(before time.Time) {
	for until := range m.spent {
		if !until.After(before) {
			delete(m.spent, until)
		}
	}
}

// ProofsShared reports that no other process remembers with this one.
func (*Memory) ProofsShared() bool { return false }
