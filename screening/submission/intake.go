package submission

import (
	"encoding/base64"

	"waymark/privacy"
)

// Intake is what the tablets of an agency are told of the key to seal finished
// interviews to. It reaches them signed, so that nobody on the way can put a
// key of their own in its place.
type Intake struct {
	KeyID  string    `json:"kid"`
	Agency string    `json:"agency"`
	Key    intakeJWK `json:"jwk"`
	// Expires is the last day on which an interview is sealed to it.
	Expires privacy.Day `json:"expires"`
}

// intakeJWK is the public half of the key (RFC 7517, 7518).
type intakeJWK struct {
	KeyType string `json:"kty"`
	Curve   string `json:"crv"`
	X       string `json:"x"`
	Y       string `json:"y"`
}

// IntakeQuarter says which quarter's intake key is the newest. It costs nothing,
// so that what is made of a key can be kept until there is another.
func (d *Desk) IntakeQuarter() privacy.Quarter { return privacy.QuarterOf(privacy.DayOf(d.now())) }

// Intake gives the intake key of an agency today.
func (d *Desk) Intake(tenant string) Intake {
	key := d.keys.IntakeKey(tenant, privacy.DayOf(d.now()))
	enc := base64.RawURLEncoding
	return Intake{
		KeyID: key.ID, Agency: tenant, Expires: key.Expires,
		Key: intakeJWK{"EC", "P-256", enc.EncodeToString(key.Public.X()), enc.EncodeToString(key.Public.Y())},
	}
}
