package sqlite

import (
	"context"
	"strings"
	"time"

	"waymark/auth"
	"waymark/auth/signin"
	"waymark/privacy"
)

const selectUser = "SELECT tenant, name, ref, role, sites, password, disabled, demo, version FROM users"

func scanUser(row scanner) (signin.User, error) {
	var (
		u     signin.User
		sites string
	)
	err := row.Scan(&u.Tenant, &u.Name, &u.Ref, &u.Role, &sites, &u.Password, &u.Disabled, &u.Demo, &u.Version)
	if sites != "" {
		u.Sites = strings.Split(sites, ",")
	}
	return u, err
}

// UserByName finds a user by login.
func (s *Store) UserByName(ctx context.Context, tenant, name string) (signin.User, error) {
	u, err := scanUser(s.db.read.QueryRowContext(ctx, selectUser+" WHERE tenant = ? AND name = ?", tenant, name))
	return u, found(err)
}

// UserByRef finds a user by reference.
func (s *Store) UserByRef(ctx context.Context, tenant string, ref auth.Ref) (signin.User, error) {
	u, err := scanUser(s.db.read.QueryRowContext(ctx, selectUser+" WHERE tenant = ? AND ref = ?", tenant, string(ref)))
	return u, found(err)
}

// ListUsers gives the users of one tenant or of all.
func (s *Store) ListUsers(ctx context.Context, tenant string) ([]signin.User, error) {
	return collect(ctx, s.db.read, scanUser, selectUser+" WHERE ? IN ('', tenant) ORDER BY tenant, name", tenant)
}

// SaveUser stores a user over the version before it.
func (s *Store) SaveUser(ctx context.Context, u signin.User, e privacy.Event) error {
	event, err := s.box.Event(u.Tenant, string(u.Ref), e)
	if err != nil {
		return err
	}
	sites := strings.Join(u.Sites, ",")
	if u.Version == 1 {
		return s.swap(ctx, `INSERT INTO users (tenant, name, ref, role, sites, password, disabled, demo, version, audit)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			u.Tenant, u.Name, string(u.Ref), string(u.Role), sites, u.Password, u.Disabled, u.Demo, u.Version, framed(event))
	}
	return s.swap(ctx, `UPDATE users SET role = ?, sites = ?, password = ?, disabled = ?, demo = ?, version = ?,
		audit = CAST(audit || ? AS BLOB) WHERE tenant = ? AND name = ? AND version = ?`,
		string(u.Role), sites, u.Password, u.Disabled, u.Demo, u.Version, framed(event), u.Tenant, u.Name, u.Version-1)
}

// CreateFamily stores a new sign-in.
func (s *Store) CreateFamily(ctx context.Context, f signin.Family, e privacy.Event) error {
	event, err := s.box.Event(f.Tenant, f.ID, e)
	if err != nil {
		return err
	}
	return s.swap(ctx, `INSERT INTO families (tenant, id, user, number, retry, refreshed, expires, ends, revoked, key, device, version, audit)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.Tenant, f.ID, string(f.User), f.Number, f.Retry, f.Refreshed.Unix(), f.Expires.Unix(), f.Ends.Unix(),
		f.Revoked, string(f.Key), f.Device, f.Version, framed(event))
}

// FindFamily finds a sign-in.
func (s *Store) FindFamily(ctx context.Context, tenant, id string) (signin.Family, error) {
	var (
		f                        signin.Family
		refreshed, expires, ends int64
	)
	err := s.db.read.QueryRowContext(ctx, `SELECT tenant, id, user, number, retry, refreshed, expires, ends, revoked, key, device, version
		FROM families WHERE tenant = ? AND id = ?`, tenant, id).
		Scan(&f.Tenant, &f.ID, &f.User, &f.Number, &f.Retry, &refreshed, &expires, &ends, &f.Revoked, &f.Key, &f.Device, &f.Version)
	if err != nil {
		return signin.Family{}, found(err)
	}
	f.Refreshed, f.Expires, f.Ends = moment(refreshed), moment(expires), moment(ends)
	return f, nil
}

func moment(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// ReplaceFamily stores a changed sign-in over the version before it. What it is
// bound to never changes.
func (s *Store) ReplaceFamily(ctx context.Context, f signin.Family, e *privacy.Event) error {
	var events []byte
	if e != nil {
		event, err := s.box.Event(f.Tenant, f.ID, *e)
		if err != nil {
			return err
		}
		events = framed(event)
	}
	return s.swap(ctx, `UPDATE families SET number = ?, retry = ?, refreshed = ?, expires = ?, ends = ?, revoked = ?, version = ?,
		audit = CAST(audit || ? AS BLOB) WHERE tenant = ? AND id = ? AND version = ?`,
		f.Number, f.Retry, f.Refreshed.Unix(), f.Expires.Unix(), f.Ends.Unix(), f.Revoked, f.Version,
		append([]byte{}, events...), f.Tenant, f.ID, f.Version-1)
}

// DropFamilies removes sign-ins that have ended.
func (s *Store) DropFamilies(ctx context.Context, before time.Time) error {
	return s.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		_, err := tx.exec(ctx, "DELETE FROM families WHERE expires < ?", before.Unix())
		return err
	})
}
