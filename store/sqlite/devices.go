package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/token"
	"waymark/privacy"
)

// CreateEnrolment stores a new enrolment.
func (s *Store) CreateEnrolment(ctx context.Context, e device.Enrolment, ev privacy.Event) error {
	event, err := s.box.Event(e.Tenant, e.ID, ev)
	if err != nil {
		return err
	}
	return s.swap(ctx, `INSERT INTO enrolments (id, tenant, site, country, label, made_by, expires, used_by, demo, version, audit)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, e.Tenant, e.Site, e.Country, e.Label, string(e.MadeBy), e.Expires.Unix(), string(e.UsedBy), e.Demo, e.Version, framed(event))
}

// FindEnrolment finds an enrolment.
func (s *Store) FindEnrolment(ctx context.Context, id string) (device.Enrolment, error) {
	var (
		e       device.Enrolment
		expires int64
	)
	err := s.db.read.QueryRowContext(ctx, `SELECT id, tenant, site, country, label, made_by, expires, used_by, demo, version
		FROM enrolments WHERE id = ?`, id).
		Scan(&e.ID, &e.Tenant, &e.Site, &e.Country, &e.Label, &e.MadeBy, &expires, &e.UsedBy, &e.Demo, &e.Version)
	if err != nil {
		return device.Enrolment{}, found(err)
	}
	e.Expires = moment(expires)
	return e, nil
}

// ReplaceEnrolment stores a changed enrolment over the version before it. What a
// code was made for never changes; only who used it up does.
func (s *Store) ReplaceEnrolment(ctx context.Context, e device.Enrolment) error {
	return s.swap(ctx, "UPDATE enrolments SET used_by = ?, version = ? WHERE id = ? AND version = ?",
		string(e.UsedBy), e.Version, e.ID, e.Version-1)
}

// DropEnrolments removes enrolments that ended before a moment.
func (s *Store) DropEnrolments(ctx context.Context, before time.Time) error {
	return s.db.writer.do(ctx, func(ctx context.Context, tx execer) error {
		_, err := tx.exec(ctx, "DELETE FROM enrolments WHERE expires < ?", before.Unix())
		return err
	})
}

// healthColumn is what a device told, as the table has it.
type healthColumn struct {
	Waiting    int         `json:"waiting"`
	Oldest     privacy.Day `json:"oldest,omitzero"`
	Rejected   int         `json:"rejected"`
	Persistent bool        `json:"persistent"`
	Free       int         `json:"free,omitzero"`
	App        string      `json:"app"`
	Languages  []string    `json:"languages,omitempty"`
}

func toHealthColumn(h *device.Health) (sql.NullString, error) {
	if h == nil {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(healthColumn(*h))
	return sql.NullString{String: string(text), Valid: true}, err
}

func fromHealthColumn(column sql.NullString) (*device.Health, error) {
	if !column.Valid {
		return nil, nil //nolint:nilnil // a device that told nothing is no error
	}
	var c healthColumn
	if err := json.Unmarshal([]byte(column.String), &c); err != nil {
		return nil, errors.New("the health of a device is damaged")
	}
	h := device.Health(c)
	return &h, nil
}

// optional is a moment as a column has it; NULL for none.
func optional(t time.Time) sql.NullInt64 { return sql.NullInt64{Int64: t.Unix(), Valid: !t.IsZero()} }

func fromOptional(column sql.NullInt64) time.Time {
	if !column.Valid {
		return time.Time{}
	}
	return moment(column.Int64)
}

func joinRefs(refs []auth.Ref) string {
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = string(ref)
	}
	return strings.Join(names, ",")
}

const selectDevice = `SELECT tenant, id, site, country, label, key, state, enrolled_by, confirmed_by, enrolled_on,
	last_contact, health, users, drain_until, demo, version FROM devices`

func scanDevice(row scanner) (device.Device, error) {
	var (
		d              device.Device
		contact, drain sql.NullInt64
		health         sql.NullString
		users          string
	)
	err := row.Scan(&d.Tenant, &d.ID, &d.Site, &d.Country, &d.Label, &d.Key, &d.State, &d.EnrolledBy, &d.ConfirmedBy, &d.EnrolledOn,
		&contact, &health, &users, &drain, &d.Demo, &d.Version)
	if err != nil {
		return device.Device{}, err
	}
	if d.Health, err = fromHealthColumn(health); err != nil {
		return device.Device{}, err
	}
	d.LastContact, d.DrainUntil = fromOptional(contact), fromOptional(drain)
	if users != "" {
		for name := range strings.SplitSeq(users, ",") {
			d.Users = append(d.Users, auth.Ref(name))
		}
	}
	return d, nil
}

// CreateDevice stores a new device.
func (s *Store) CreateDevice(ctx context.Context, d device.Device, ev privacy.Event) error {
	event, err := s.box.Event(d.Tenant, d.ID, ev)
	if err != nil {
		return err
	}
	health, err := toHealthColumn(d.Health)
	if err != nil {
		return err
	}
	return s.swap(ctx, `INSERT INTO devices (tenant, id, site, country, label, key, state, enrolled_by, confirmed_by, enrolled_on,
		last_contact, health, users, drain_until, demo, version, audit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.Tenant, d.ID, d.Site, d.Country, d.Label, string(d.Key), string(d.State), string(d.EnrolledBy), string(d.ConfirmedBy), int64(d.EnrolledOn),
		optional(d.LastContact), health, joinRefs(d.Users), optional(d.DrainUntil), d.Demo, d.Version, framed(event))
}

// FindDevice finds a device.
func (s *Store) FindDevice(ctx context.Context, tenant, id string) (device.Device, error) {
	d, err := scanDevice(s.db.read.QueryRowContext(ctx, selectDevice+" WHERE tenant = ? AND id = ?", tenant, id))
	return d, found(err)
}

// DeviceByKey finds the device of a key.
func (s *Store) DeviceByKey(ctx context.Context, key token.Thumbprint) (device.Device, error) {
	d, err := scanDevice(s.db.read.QueryRowContext(ctx, selectDevice+" WHERE key = ?", string(key)))
	return d, found(err)
}

// ListDevices gives the devices in scope. An agency has few.
func (s *Store) ListDevices(ctx context.Context, scope auth.Scope) ([]device.Device, error) {
	all, err := collect(ctx, s.db.read, scanDevice, selectDevice+" WHERE tenant = ? ORDER BY id", scope.Tenant())
	return slices.DeleteFunc(all, func(d device.Device) bool { return !scope.Covers(d.Tenant, d.Site, "") }), err
}

// ReplaceDevice stores a changed device over the version before it. What it was
// enrolled as never changes.
func (s *Store) ReplaceDevice(ctx context.Context, d device.Device, ev *privacy.Event) error {
	events := []byte{}
	if ev != nil {
		event, err := s.box.Event(d.Tenant, d.ID, *ev)
		if err != nil {
			return err
		}
		events = framed(event)
	}
	health, err := toHealthColumn(d.Health)
	if err != nil {
		return err
	}
	return s.swap(ctx, `UPDATE devices SET state = ?, confirmed_by = ?, last_contact = ?, health = ?, users = ?, drain_until = ?, version = ?,
		audit = CAST(audit || ? AS BLOB) WHERE tenant = ? AND id = ? AND version = ?`,
		string(d.State), string(d.ConfirmedBy), optional(d.LastContact), health, joinRefs(d.Users), optional(d.DrainUntil), d.Version,
		events, d.Tenant, d.ID, d.Version-1)
}
