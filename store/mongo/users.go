package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"waymark/auth"
	"waymark/auth/signin"
	"waymark/auth/token"
	"waymark/fault"
	"waymark/privacy"
)

// userDocument is a user. Its _id is tenant and name.
type userDocument struct {
	ID       string   `bson:"_id"`
	Tenant   string   `bson:"tenant"`
	Name     string   `bson:"name"`
	Ref      string   `bson:"ref"`
	Role     string   `bson:"role"`
	Sites    []string `bson:"sites"`
	Password string   `bson:"password"`
	Disabled bool     `bson:"disabled"`
	Demo     bool     `bson:"demo"`
	Version  int32    `bson:"v"`
	Audit    [][]byte `bson:"au"`
}

func (s *Store) users() *mongo.Collection { return s.db.Collection("users") }

func fromUser(d userDocument) (signin.User, error) {
	return signin.User{
		Tenant: d.Tenant, Name: d.Name, Ref: auth.Ref(d.Ref), Role: auth.Role(d.Role), Sites: d.Sites,
		Password: d.Password, Disabled: d.Disabled, Demo: d.Demo, Version: int(d.Version),
	}, nil
}

func (s *Store) user(ctx context.Context, filter bson.D) (signin.User, error) {
	var d userDocument
	if err := s.users().FindOne(ctx, filter).Decode(&d); err != nil {
		return signin.User{}, found(err)
	}
	return fromUser(d)
}

// UserByName finds a user by login.
func (s *Store) UserByName(ctx context.Context, tenant, name string) (signin.User, error) {
	return s.user(ctx, byID(tenant, name))
}

// UserByRef finds a user by reference.
func (s *Store) UserByRef(ctx context.Context, tenant string, ref auth.Ref) (signin.User, error) {
	return s.user(ctx, bson.D{{Key: "tenant", Value: tenant}, {Key: "ref", Value: string(ref)}})
}

// ListUsers gives the users of one tenant or of all.
func (s *Store) ListUsers(ctx context.Context, tenant string) ([]signin.User, error) {
	filter := bson.D{}
	if tenant != "" {
		filter = bson.D{{Key: "tenant", Value: tenant}}
	}
	return collect(ctx, s.users(), filter, options.Find().SetSort(keys("tenant", "name")), fromUser)
}

// SaveUser stores a user over the version before it. References are random,
// so their uniqueness needs no index.
func (s *Store) SaveUser(ctx context.Context, u signin.User, e privacy.Event) error {
	event, err := s.box.Event(u.Tenant, string(u.Ref), e)
	if err != nil {
		return err
	}
	if u.Version == 1 {
		_, err := s.users().InsertOne(ctx, userDocument{
			ID: documentID(u.Tenant, u.Name), Tenant: u.Tenant, Name: u.Name, Ref: string(u.Ref), Role: string(u.Role),
			Sites: u.Sites, Password: u.Password, Disabled: u.Disabled, Demo: u.Demo, Version: 1, Audit: [][]byte{event},
		})
		return inserted(err)
	}
	seen := append(byID(u.Tenant, u.Name), bson.E{Key: "v", Value: int32(u.Version - 1)})
	return swapped(s.users().UpdateOne(ctx, seen, bson.D{set(
		bson.E{Key: "role", Value: string(u.Role)},
		bson.E{Key: "sites", Value: u.Sites},
		bson.E{Key: "password", Value: u.Password},
		bson.E{Key: "disabled", Value: u.Disabled},
		bson.E{Key: "demo", Value: u.Demo},
		bson.E{Key: "v", Value: int32(u.Version)},
	), push(event)}))
}

// inserted turns a taken _id into StaleVersion.
func inserted(err error) error {
	if mongo.IsDuplicateKeyError(err) {
		return fault.New(fault.StaleVersion)
	}
	return unavailable(err)
}

// familyDocument is a sign-in. Its _id is tenant and family id.
type familyDocument struct {
	ID        string    `bson:"_id"`
	Tenant    string    `bson:"tenant"`
	Family    string    `bson:"family"`
	User      string    `bson:"user"`
	Number    int32     `bson:"number"`
	Retry     []byte    `bson:"retry"`
	Refreshed time.Time `bson:"refreshed"`
	Expires   time.Time `bson:"expires"`
	Ends      time.Time `bson:"ends"`
	Revoked   bool      `bson:"revoked"`
	Key       string    `bson:"key"`
	Device    string    `bson:"device"`
	Version   int32     `bson:"v"`
	Audit     [][]byte  `bson:"au"`
}

func (s *Store) families() *mongo.Collection { return s.db.Collection("families") }

// CreateFamily stores a new sign-in.
func (s *Store) CreateFamily(ctx context.Context, f signin.Family, e privacy.Event) error {
	event, err := s.box.Event(f.Tenant, f.ID, e)
	if err != nil {
		return err
	}
	_, err = s.families().InsertOne(ctx, familyDocument{
		ID: documentID(f.Tenant, f.ID), Tenant: f.Tenant, Family: f.ID, User: string(f.User), Number: int32(f.Number),
		Retry: f.Retry, Refreshed: f.Refreshed, Expires: f.Expires, Ends: f.Ends, Revoked: f.Revoked,
		Key: string(f.Key), Device: f.Device, Version: int32(f.Version), Audit: [][]byte{event},
	})
	return inserted(err)
}

// FindFamily finds a sign-in.
func (s *Store) FindFamily(ctx context.Context, tenant, id string) (signin.Family, error) {
	var d familyDocument
	if err := s.families().FindOne(ctx, byID(tenant, id)).Decode(&d); err != nil {
		return signin.Family{}, found(err)
	}
	return signin.Family{
		ID: d.Family, Tenant: d.Tenant, User: auth.Ref(d.User), Number: int(d.Number), Retry: d.Retry,
		Refreshed: d.Refreshed.UTC(), Expires: d.Expires.UTC(), Ends: d.Ends.UTC(), Revoked: d.Revoked,
		Key: token.Thumbprint(d.Key), Device: d.Device, Version: int(d.Version),
	}, nil
}

// ReplaceFamily stores a changed sign-in over the version before it. What it is
// bound to never changes.
func (s *Store) ReplaceFamily(ctx context.Context, f signin.Family, e *privacy.Event) error {
	events := [][]byte{}
	if e != nil {
		event, err := s.box.Event(f.Tenant, f.ID, *e)
		if err != nil {
			return err
		}
		events = append(events, event)
	}
	seen := append(byID(f.Tenant, f.ID), bson.E{Key: "v", Value: int32(f.Version - 1)})
	return swapped(s.families().UpdateOne(ctx, seen, bson.D{set(
		bson.E{Key: "number", Value: int32(f.Number)},
		bson.E{Key: "retry", Value: f.Retry},
		bson.E{Key: "refreshed", Value: f.Refreshed},
		bson.E{Key: "expires", Value: f.Expires},
		bson.E{Key: "ends", Value: f.Ends},
		bson.E{Key: "revoked", Value: f.Revoked},
		bson.E{Key: "v", Value: int32(f.Version)},
	), push(events...)}))
}

// DropFamilies removes sign-ins that have ended.
func (s *Store) DropFamilies(ctx context.Context, before time.Time) error {
	_, err := s.families().DeleteMany(ctx, endedBefore("expires", before))
	return unavailable(err)
}
