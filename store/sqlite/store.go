package sqlite

import (
	"context"
	"errors"

	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/privacy"
	"waymark/screening/rescoring"
	"waymark/screening/review"
	"waymark/screening/submission"
	"waymark/store/sealed"
)

// Store keeps records, reviews, users, sign-ins and devices in one file.
type Store struct {
	// Memory remembers spent proofs, in this process only: no other serves the
	// same file.
	proof.Memory
	db  *database
	box sealed.Box
}

var (
	_ submission.Store = (*Store)(nil)
	_ review.Store     = (*Store)(nil)
	_ rescoring.Store  = (*Store)(nil)
	_ signin.Users     = (*Store)(nil)
	_ signin.Families  = (*Store)(nil)
	_ device.Devices   = (*Store)(nil)
	_ proof.Proofs     = (*Store)(nil)
)

// Open opens or creates the file. The errors that an operator can mend are
// *sealed.KeyMismatchError and *sealed.NewerSchemaError.
func Open(ctx context.Context, file string, keys *privacy.Keys) (*Store, error) {
	db, err := open(ctx, file, "records", keys.Check(), durable)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, box: sealed.NewBox(keys)}, nil
}

// Close waits for what is being written and closes the file.
func (s *Store) Close() error { return s.db.close() }

// Events gives the audit events of a record, oldest first.
func (s *Store) Events(ctx context.Context, tenant string, id submission.RecordID) ([]privacy.Event, error) {
	b, err := bits(id)
	if err != nil {
		return nil, err
	}
	var column []byte
	row := s.db.read.QueryRowContext(ctx, "SELECT audit FROM records WHERE tenant = ? AND id = ?", tenant, b)
	if err := row.Scan(&column); err != nil {
		return nil, found(err)
	}
	frames, err := unframed(column)
	if err != nil {
		return nil, err
	}
	events := make([]privacy.Event, len(frames))
	for i, frame := range frames {
		if events[i], err = s.box.OpenEvent(tenant, string(id), frame); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// Ready says whether the store can be read.
func (s *Store) Ready(ctx context.Context) error { return s.db.ping(ctx) }

// Vault keeps the link between case references and subjects in a file of its
// own, with a key of its own.
type Vault struct {
	db   *database
	keys *privacy.Keys
}

var _ submission.Vault = (*Vault)(nil)

// OpenVault opens or creates the file, as Open does.
func OpenVault(ctx context.Context, file string, keys *privacy.Keys) (*Vault, error) {
	db, err := open(ctx, file, "vault", keys.Check(), durable)
	if err != nil {
		return nil, err
	}
	return &Vault{db, keys}, nil
}

// Close closes the file.
func (v *Vault) Close() error { return v.db.close() }

// Ready says whether the vault can be read.
func (v *Vault) Ready(ctx context.Context) error { return v.db.ping(ctx) }

// Subject gives the subject a blind index stands for, or stores the proposed
// one and gives that.
func (v *Vault) Subject(ctx context.Context, tenant string, index privacy.BlindIndex, proposed privacy.Pseudonym) (privacy.Pseudonym, error) {
	const query = "SELECT subject FROM subjects WHERE tenant = ? AND blind = ?"
	var bytes []byte
	err := found(v.db.read.QueryRowContext(ctx, query, tenant, index[:]).Scan(&bytes))
	if err == nil {
		return v.open(tenant, index, bytes)
	}
	if !isNotFound(err) {
		return privacy.Pseudonym{}, err
	}
	mine := v.keys.Seal(privacy.ForSubjects, tenant, vaultContext(index), []byte(proposed.Encode()))
	err = v.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		_, err := tx.exec(ctx, "INSERT INTO subjects (tenant, blind, subject) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", tenant, index[:], mine)
		if err != nil {
			return err
		}
		return tx.row(ctx, query, tenant, index[:]).Scan(&bytes)
	})
	if err != nil {
		return privacy.Pseudonym{}, err
	}
	return v.open(tenant, index, bytes)
}

func vaultContext(index privacy.BlindIndex) string { return "subject\x00" + string(index[:]) }

func (v *Vault) open(tenant string, index privacy.BlindIndex, bytes []byte) (privacy.Pseudonym, error) {
	plain, err := v.keys.Open(privacy.ForSubjects, tenant, vaultContext(index), bytes)
	if err != nil {
		return privacy.Pseudonym{}, errors.Join(errors.New("vault"), err)
	}
	return privacy.ParsePseudonym(string(plain))
}
