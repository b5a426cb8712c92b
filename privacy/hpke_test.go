package privacy_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"waymark/privacy"
)

var update = flag.Bool("update", false, "write new vectors of HPKE")

// b64 is bytes that JSON has as base64url without padding.
type b64 []byte

func (b b64) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(b)), nil
}

func (b *b64) UnmarshalText(text []byte) (err error) {
	*b, err = base64.RawURLEncoding.Strict().DecodeString(string(text))
	return err
}

// vector is one envelope with everything that opens it, for other
// implementations to be tested with. The root is not secret: it is here.
type vector struct {
	About     string `json:"about"`
	Root      b64    `json:"root"`
	Agency    string `json:"agency"`
	Interview string `json:"interview"`
	Key       string `json:"key"`
	Private   b64    `json:"private"`
	Public    b64    `json:"public"`
	Info      b64    `json:"info"`
	AAD       b64    `json:"aad"`
	Enc       b64    `json:"enc"`
	CT        b64    `json:"ct"`
	PT        b64    `json:"pt"`
}

var vectors = filepath.Join("testdata", "hpke.json")

func readVectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil || len(list) < 2 {
		t.Fatalf("%d vectors: %v", len(list), err)
	}
	return list
}

// writeVectors makes the file anew. The ephemeral keys are drawn at random, so
// the sealed bytes differ each time; what opens them stays.
func writeVectors(t *testing.T) {
	t.Helper()
	var list []vector
	for _, v := range []vector{
		{About: "a short text", Agency: "alpha", Interview: "0199b0d4-5c00-7000-8000-000000000001", PT: b64(`{"id":"0199b0d4-5c00-7000-8000-000000000001"}`)},
		{About: "more than one block, in another script", Agency: "mekong", Interview: "0199b0d4-5c00-7000-8000-000000000002", PT: b64(strings.Repeat("ไม่ทราบ ", 40))},
		{About: "nothing at all", Agency: "mekong", Interview: "0199b0d4-5c00-7000-8000-000000000003", PT: b64{}},
	} {
		v.Root = bytes.Repeat([]byte{byte(len(list) + 1)}, 32)
		keys, err := privacy.NewKeys(v.Root)
		if err != nil {
			t.Fatal(err)
		}
		intake := keys.IntakeKey(v.Agency, privacy.Day(20_780)) // in November 2026
		e, err := intake.Seal(v.Agency, v.Interview, v.PT)
		if err != nil {
			t.Fatal(err)
		}
		v.Key, v.Public, v.Private = e.Key, intake.Public[:], keys.IntakePrivate(v.Agency, intake.ID)
		v.Info, v.AAD = b64("waymark/outbox/1\x00"+v.Agency+"\x00"+e.Key), b64(v.Interview)
		v.Enc, v.CT = e.Encapsulated, e.Ciphertext
		list = append(list, v)
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectors, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An envelope that was sealed once opens for ever: with our keys, and with
// nothing but the standard's names for them.
func TestEnvelopesOfTheVectorsOpen(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	for _, v := range readVectors(t) {
		keys, err := privacy.NewKeys(v.Root)
		if err != nil {
			t.Fatal(err)
		}
		e := privacy.Envelope{Key: v.Key, Encapsulated: v.Enc, Ciphertext: v.CT}
		for _, today := range []privacy.Day{20_780, 30_000} {
			got, err := keys.OpenEnvelope(v.Agency, v.Interview, e, today)
			if err != nil || !bytes.Equal(got, v.PT) {
				t.Errorf("%s: got %q, %v", v.About, got, err)
			}
		}
		private, err := hpke.DHKEM(ecdh.P256()).NewPrivateKey(v.Private)
		if err != nil {
			t.Fatal(err)
		}
		r, err := hpke.NewRecipient(v.Enc, private, hpke.HKDFSHA256(), hpke.AES256GCM(), v.Info)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Open(v.AAD, v.CT); err != nil || !bytes.Equal(got, v.PT) {
			t.Errorf("%s, by the standard's names: got %q, %v", v.About, got, err)
		}
		if !bytes.Equal(private.PublicKey().Bytes(), v.Public) {
			t.Errorf("%s: the public key is of another pair", v.About)
		}
	}
}

func TestEnvelopeOpensOnlyForItsTenantInterviewAndKey(t *testing.T) {
	keys, others := newKeys(t), newKeys(t)
	const today privacy.Day = 20_780
	intake := keys.IntakeKey("alpha", today)
	sealed, err := intake.Seal("alpha", "interview 1", []byte("CANARY"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*privacy.Envelope)) privacy.Envelope {
		e := privacy.Envelope{Key: sealed.Key, Encapsulated: bytes.Clone(sealed.Encapsulated), Ciphertext: bytes.Clone(sealed.Ciphertext)}
		f(&e)
		return e
	}
	same := change(func(*privacy.Envelope) {})
	for name, tt := range map[string]struct {
		keys              *privacy.Keys
		tenant, interview string
		e                 privacy.Envelope
		want              error
	}{
		"as it was sealed":     {keys, "alpha", "interview 1", same, nil},
		"another interview":    {keys, "alpha", "interview 2", same, privacy.ErrSealed},
		"another tenant":       {keys, "beta", "interview 1", same, privacy.ErrSealed},
		"another root":         {others, "alpha", "interview 1", same, privacy.ErrSealed},
		"another quarter":      {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Key = "2026q3" }), privacy.ErrSealed},
		"a flipped bit":        {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Ciphertext[3] ^= 1 }), privacy.ErrSealed},
		"cut short":            {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Ciphertext = e.Ciphertext[:7] }), privacy.ErrSealed},
		"no point":             {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Encapsulated[9] ^= 1 }), privacy.ErrSealed},
		"nothing encapsulated": {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Encapsulated = nil }), privacy.ErrSealed},
		"a key of the future":  {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Key = "2027q2" }), privacy.ErrUnknownKey},
		"a key of the past":    {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Key = "2025q4" }), privacy.ErrUnknownKey},
		"no key of ours":       {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Key = "7f3a" }), privacy.ErrUnknownKey},
		"a key written oddly":  {keys, "alpha", "interview 1", change(func(e *privacy.Envelope) { e.Key = "2026q4x" }), privacy.ErrUnknownKey},
	} {
		got, err := tt.keys.OpenEnvelope(tt.tenant, tt.interview, tt.e, today)
		if !errors.Is(err, tt.want) || (string(got) == "CANARY") != (tt.want == nil) {
			t.Errorf("%s: got %q, %v; want %v", name, got, err, tt.want)
		}
	}
}

func TestIntakeKeyIsOneAQuarterAndLastsOneMore(t *testing.T) {
	keys := newKeys(t)
	day := func(s string) privacy.Day {
		d, err := privacy.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := keys.IntakeKey("alpha", day("2026-10-01"))
	if first.ID != "2026q4" || first.Expires != day("2027-03-31") {
		t.Errorf("got %s until %s, want 2026q4 until 2027-03-31", first.ID, first.Expires)
	}
	if last := keys.IntakeKey("alpha", day("2026-12-31")); last != first {
		t.Error("the key changed within its quarter")
	}
	if next := keys.IntakeKey("alpha", day("2027-01-01")); next.ID != "2027q1" || next.Public == first.Public {
		t.Errorf("the next quarter has key %s, the same: %t", next.ID, next.Public == first.Public)
	}
	if other := keys.IntakeKey("beta", day("2026-10-01")); other.Public == first.Public {
		t.Error("two tenants have one key")
	}
}

// runWebCrypto lets WebCrypto seal or open, in Node.
func runWebCrypto(t *testing.T, in, out any) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("needs Node")
	}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join("testdata", "hpke.mjs"))
	cmd.Stdin = bytes.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	answer, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
}

func TestWebCryptoOpensWhatGoSealsAndTheOtherWayRound(t *testing.T) {
	keys := newKeys(t)
	const today privacy.Day = 20_780
	intake := keys.IntakeKey("alpha", today)
	info, plain := b64("waymark/outbox/1\x00alpha\x00"+intake.ID), b64(`{"answers":{"C04":["entirely"]}}`)

	var sealed struct{ Enc, CT b64 }
	runWebCrypto(t, map[string]b64{"public": intake.Public[:], "info": info, "aad": b64("interview"), "pt": plain}, &sealed)
	e := privacy.Envelope{Key: intake.ID, Encapsulated: sealed.Enc, Ciphertext: sealed.CT}
	if got, err := keys.OpenEnvelope("alpha", "interview", e, today); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("sealed by WebCrypto: got %q, %v", got, err)
	}

	for _, v := range readVectors(t) {
		var opened struct{ PT b64 }
		runWebCrypto(t, map[string]b64{"private": v.Private, "recipient": v.Public, "info": v.Info, "aad": v.AAD, "enc": v.Enc, "ct": v.CT}, &opened)
		if !bytes.Equal(opened.PT, v.PT) {
			t.Errorf("%s: WebCrypto opened %q", v.About, opened.PT)
		}
	}
}

// FuzzOpenEnvelope holds that nothing but what was sealed comes out, whatever
// is handed in.
func FuzzOpenEnvelope(f *testing.F) {
	const today privacy.Day = 20_780
	v := readVectors(f)[0] // the same bytes for every worker
	keys, err := privacy.NewKeys(v.Root)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(v.Agency, v.Interview, v.Key, []byte(v.Enc), []byte(v.CT))
	f.Add(v.Agency, v.Interview, "2026q1", []byte(v.Enc[:64]), []byte{})
	f.Add("", "", "9999q9", []byte{4}, []byte{0})
	f.Fuzz(func(t *testing.T, tenant, interview, key string, encapsulated, ciphertext []byte) {
		e := privacy.Envelope{Key: key, Encapsulated: encapsulated, Ciphertext: ciphertext}
		plain, err := keys.OpenEnvelope(tenant, interview, e, today)
		same := tenant == v.Agency && interview == v.Interview && key == v.Key &&
			bytes.Equal(encapsulated, v.Enc) && bytes.Equal(ciphertext, v.CT)
		if (err == nil) != same || same && !bytes.Equal(plain, v.PT) {
			t.Fatalf("%q, %v", plain, err)
		}
	})
}
