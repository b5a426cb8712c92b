package mongo

import (
	"context"
	"encoding/base64"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"waymark/auth"
	"waymark/auth/device"
	"waymark/auth/token"
	"waymark/privacy"
)

// enrolmentDocument is an enrolment. Its _id does not begin with the tenant: a
// tablet shows its code and says nothing else.
type enrolmentDocument struct {
	ID      string    `bson:"_id"`
	Tenant  string    `bson:"tenant"`
	Site    string    `bson:"site"`
	Country string    `bson:"country"`
	Label   string    `bson:"label"`
	MadeBy  string    `bson:"made_by"`
	Expires time.Time `bson:"expires"`
	UsedBy  string    `bson:"used_by"`
	Demo    bool      `bson:"demo"`
	Version int32     `bson:"v"`
	Audit   [][]byte  `bson:"au"`
}

func (s *Store) enrolments() *mongo.Collection { return s.db.Collection("enrolments") }

// CreateEnrolment stores a new enrolment.
func (s *Store) CreateEnrolment(ctx context.Context, e device.Enrolment, ev privacy.Event) error {
	event, err := s.box.Event(e.Tenant, e.ID, ev)
	if err != nil {
		return err
	}
	_, err = s.enrolments().InsertOne(ctx, enrolmentDocument{
		ID: e.ID, Tenant: e.Tenant, Site: e.Site, Country: e.Country, Label: e.Label, MadeBy: string(e.MadeBy),
		Expires: e.Expires, UsedBy: string(e.UsedBy), Demo: e.Demo, Version: int32(e.Version), Audit: [][]byte{event},
	})
	return inserted(err)
}

// FindEnrolment finds an enrolment.
func (s *Store) FindEnrolment(ctx context.Context, id string) (device.Enrolment, error) {
	var d enrolmentDocument
	if err := s.enrolments().FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&d); err != nil {
		return device.Enrolment{}, found(err)
	}
	return device.Enrolment{
		ID: d.ID, Tenant: d.Tenant, Site: d.Site, Country: d.Country, Label: d.Label, MadeBy: auth.Ref(d.MadeBy),
		Expires: d.Expires.UTC(), UsedBy: token.Thumbprint(d.UsedBy), Demo: d.Demo, Version: int(d.Version),
	}, nil
}

// ReplaceEnrolment stores a changed enrolment over the version before it. What a
// code was made for never changes; only who used it up does.
func (s *Store) ReplaceEnrolment(ctx context.Context, e device.Enrolment) error {
	seen := bson.D{{Key: "_id", Value: e.ID}, {Key: "v", Value: int32(e.Version - 1)}}
	return swapped(s.enrolments().UpdateOne(ctx, seen, bson.D{set(
		bson.E{Key: "used_by", Value: string(e.UsedBy)},
		bson.E{Key: "v", Value: int32(e.Version)},
	)}))
}

// DropEnrolments removes enrolments that ended before a moment.
func (s *Store) DropEnrolments(ctx context.Context, before time.Time) error {
	_, err := s.enrolments().DeleteMany(ctx, endedBefore("expires", before))
	return unavailable(err)
}

func endedBefore(field string, before time.Time) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: "$lt", Value: before}}}}
}

// deviceDocument is a device. Its _id is tenant and device id; the id is derived
// from the tenant and the key, which keeps keys unique within one.
type deviceDocument struct {
	ID          string          `bson:"_id"`
	Tenant      string          `bson:"tenant"`
	Device      string          `bson:"device"`
	Site        string          `bson:"site"`
	Country     string          `bson:"country"`
	Label       string          `bson:"label"`
	Key         string          `bson:"key"`
	State       string          `bson:"state"`
	EnrolledBy  string          `bson:"enrolled_by"`
	ConfirmedBy string          `bson:"confirmed_by"`
	EnrolledOn  int32           `bson:"enrolled_on"`
	LastContact *time.Time      `bson:"last_contact"`
	Health      *healthDocument `bson:"health"`
	Users       []string        `bson:"users"`
	DrainUntil  *time.Time      `bson:"drain_until"`
	Demo        bool            `bson:"demo"`
	Version     int32           `bson:"v"`
	Audit       [][]byte        `bson:"au"`
}

type healthDocument struct {
	Waiting    int64    `bson:"waiting"`
	Oldest     int32    `bson:"oldest"`
	Rejected   int64    `bson:"rejected"`
	Persistent bool     `bson:"persistent"`
	Free       int64    `bson:"free"`
	App        string   `bson:"app"`
	Languages  []string `bson:"languages"`
}

func toHealth(h *device.Health) *healthDocument {
	if h == nil {
		return nil
	}
	return &healthDocument{
		Waiting: int64(h.Waiting), Oldest: int32(h.Oldest), Rejected: int64(h.Rejected), Persistent: h.Persistent,
		Free: int64(h.Free), App: h.App, Languages: h.Languages,
	}
}

func fromHealth(d *healthDocument) *device.Health {
	if d == nil {
		return nil
	}
	return &device.Health{
		Waiting: int(d.Waiting), Oldest: privacy.Day(d.Oldest), Rejected: int(d.Rejected), Persistent: d.Persistent,
		Free: int(d.Free), App: d.App, Languages: d.Languages,
	}
}

// optional is a moment as a document has it; nil for none.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func fromOptional(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func texts(refs []auth.Ref) []string {
	var out []string
	for _, ref := range refs {
		out = append(out, string(ref))
	}
	return out
}

func (s *Store) devices() *mongo.Collection { return s.db.Collection("devices") }

func fromDevice(d deviceDocument) (device.Device, error) {
	out := device.Device{
		ID: d.Device, Tenant: d.Tenant, Site: d.Site, Country: d.Country, Label: d.Label, Key: token.Thumbprint(d.Key),
		State: device.State(d.State), EnrolledBy: auth.Ref(d.EnrolledBy), ConfirmedBy: auth.Ref(d.ConfirmedBy),
		EnrolledOn: privacy.Day(d.EnrolledOn), LastContact: fromOptional(d.LastContact), Health: fromHealth(d.Health),
		DrainUntil: fromOptional(d.DrainUntil), Demo: d.Demo, Version: int(d.Version),
	}
	for _, user := range d.Users {
		out.Users = append(out.Users, auth.Ref(user))
	}
	return out, nil
}

// CreateDevice stores a new device.
func (s *Store) CreateDevice(ctx context.Context, d device.Device, ev privacy.Event) error {
	event, err := s.box.Event(d.Tenant, d.ID, ev)
	if err != nil {
		return err
	}
	_, err = s.devices().InsertOne(ctx, deviceDocument{
		ID: documentID(d.Tenant, d.ID), Tenant: d.Tenant, Device: d.ID, Site: d.Site, Country: d.Country, Label: d.Label,
		Key: string(d.Key), State: string(d.State), EnrolledBy: string(d.EnrolledBy), ConfirmedBy: string(d.ConfirmedBy),
		EnrolledOn: int32(d.EnrolledOn), LastContact: optional(d.LastContact), Health: toHealth(d.Health), Users: texts(d.Users),
		DrainUntil: optional(d.DrainUntil), Demo: d.Demo, Version: int32(d.Version), Audit: [][]byte{event},
	})
	return inserted(err)
}

// FindDevice finds a device.
func (s *Store) FindDevice(ctx context.Context, tenant, id string) (device.Device, error) {
	return s.device(ctx, byID(tenant, id))
}

// DeviceByKey finds the device of a key. The order is for a key that enrolled in
// two agencies at the same moment: it stands for the same device every time.
func (s *Store) DeviceByKey(ctx context.Context, key token.Thumbprint) (device.Device, error) {
	return s.device(ctx, bson.D{{Key: "key", Value: string(key)}})
}

func (s *Store) device(ctx context.Context, filter bson.D) (device.Device, error) {
	var d deviceDocument
	if err := s.devices().FindOne(ctx, filter, options.FindOne().SetSort(keys("_id"))).Decode(&d); err != nil {
		return device.Device{}, found(err)
	}
	return fromDevice(d)
}

// ListDevices gives the devices in scope. An agency has few.
func (s *Store) ListDevices(ctx context.Context, scope auth.Scope) ([]device.Device, error) {
	filter := bson.D{{Key: "tenant", Value: scope.Tenant()}}
	all, err := collect(ctx, s.devices(), filter, options.Find().SetSort(keys("_id")), fromDevice)
	return slices.DeleteFunc(all, func(d device.Device) bool { return !scope.Covers(d.Tenant, d.Site, "") }), err
}

// ReplaceDevice stores a changed device over the version before it. What it was
// enrolled as never changes.
func (s *Store) ReplaceDevice(ctx context.Context, d device.Device, ev *privacy.Event) error {
	events := [][]byte{}
	if ev != nil {
		event, err := s.box.Event(d.Tenant, d.ID, *ev)
		if err != nil {
			return err
		}
		events = append(events, event)
	}
	seen := append(byID(d.Tenant, d.ID), bson.E{Key: "v", Value: int32(d.Version - 1)})
	return swapped(s.devices().UpdateOne(ctx, seen, bson.D{set(
		bson.E{Key: "state", Value: string(d.State)},
		bson.E{Key: "confirmed_by", Value: string(d.ConfirmedBy)},
		bson.E{Key: "last_contact", Value: optional(d.LastContact)},
		bson.E{Key: "health", Value: toHealth(d.Health)},
		bson.E{Key: "users", Value: texts(d.Users)},
		bson.E{Key: "drain_until", Value: optional(d.DrainUntil)},
		bson.E{Key: "v", Value: int32(d.Version)},
	), push(events...)}))
}

// SpendProof remembers a proof, and reports whether it was new. Its _id is the
// proof's own, so of all processes one is first.
func (s *Store) SpendProof(ctx context.Context, id [32]byte, until time.Time) (bool, error) {
	_, err := s.proofs().InsertOne(ctx, bson.D{
		{Key: "_id", Value: base64.RawURLEncoding.EncodeToString(id[:])}, {Key: "until", Value: until},
	})
	if mongo.IsDuplicateKeyError(err) {
		return false, nil
	}
	return err == nil, unavailable(err)
}

func (s *Store) proofs() *mongo.Collection { return s.db.Collection("proofs") }

// DropProofs forgets proofs that are remembered until a moment before.
func (s *Store) DropProofs(ctx context.Context, before time.Time) error {
	_, err := s.proofs().DeleteMany(ctx, endedBefore("until", before))
	return unavailable(err)
}

// ProofsShared reports that all processes over the database remember together.
func (*Store) ProofsShared() bool { return true }
