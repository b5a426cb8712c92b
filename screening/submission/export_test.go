package submission

import (
	"context"

	"waymark/privacy"
)

// Take takes keys out of a pool of the safe.
func (s *Safe) Take(ctx context.Context, tenant string, until privacy.Day, n int) ([]privacy.UnusedAnswerKey, error) {
	return s.take(ctx, poolKey{tenant, until}, n)
}

// Pools says how many pools the safe has.
func (s *Safe) Pools() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pools)
}
