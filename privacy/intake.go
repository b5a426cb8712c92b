package privacy

import "errors"

// Envelope is an interview that a tablet sealed when it was finished. From then
// on the tablet itself cannot read it.
type Envelope struct {
	// Key names the intake key, such as 2026q4.
	Key string
	// Encapsulated and Ciphertext are those of HPKE.
	Encapsulated, Ciphertext []byte
}

// IntakeKey is what the tablets of one tenant seal to in one quarter.
type IntakeKey struct {
	ID     string
	Public PublicKey
	// Expires is the last day on which a tablet seals to it. Tablets that were
	// offline when the quarter ended go on with it for one more.
	Expires Day
}

// IntakeKey gives a tenant's intake key of a day.
func (k *Keys) IntakeKey(tenant string, today Day) IntakeKey {
	q := QuarterOf(today)
	return IntakeKey{
		ID: q.String(), Public: k.intake(tenant, q).public, Expires: (q + 1).Last(),
	}
}

// ErrUnknownKey says that something is sealed to a key that is not there, or
// not yet.
var ErrUnknownKey = errors.New("sealed to a key that is not known")

const (
	// firstIntake is the quarter of the first intake keys.
	firstIntake Quarter = 2026 * 4
	// ahead is how many quarters a key may be ahead of our day: another
	// server's clock may be past midnight before ours.
	ahead Quarter = 1
)

// OpenEnvelope opens what a tablet of the tenant sealed under the id of its
// interview. Keys of the past open always. The error is ErrUnknownKey, or
// ErrSealed for an envelope that was changed, or sealed for another tenant or
// interview.
func (k *Keys) OpenEnvelope(tenant, interview string, e Envelope, today Day) ([]byte, error) {
	q, ok := ParseQuarter(e.Key)
	if !ok || q < firstIntake || q > QuarterOf(today)+ahead {
		return nil, ErrUnknownKey
	}
	recipient, err := k.intake(tenant, q).recipient(intakeInfo(tenant, e.Key), e.Encapsulated)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := recipient.Open([]byte(interview), e.Ciphertext)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Seal seals a finished interview as a tablet does.
func (i IntakeKey) Seal(tenant, interview string, plain []byte) (Envelope, error) {
	encapsulated, sender, err := i.Public.sender(intakeInfo(tenant, i.ID))
	if err != nil {
		return Envelope{}, err
	}
	ciphertext, err := sender.Seal([]byte(interview), plain)
	return Envelope{Key: i.ID, Encapsulated: encapsulated, Ciphertext: ciphertext}, err
}

func (k *Keys) intake(tenant string, q Quarter) *pair {
	return k.pair(forIntake, tenant+"\x00"+q.String())
}

// intakeInfo is what tablet and server agree on about every envelope.
func intakeInfo(tenant, key string) string { return "waymark/outbox/1\x00" + tenant + "\x00" + key }
