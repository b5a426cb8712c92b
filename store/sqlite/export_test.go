package sqlite

import "context"

// Pragma runs a statement on the writer's connection, as something that went
// wrong with the disk would change it.
func (s *Store) Pragma(ctx context.Context, statement string) error {
	w := s.db.writer
	if err := w.connect(ctx); err != nil {
		return err
	}
	_, err := w.conn.ExecContext(ctx, statement)
	return err
}
