package privacy_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waymark/privacy"
)

func newKeys(t testing.TB) *privacy.Keys {
	t.Helper()
	keys, err := privacy.GenerateKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSealedValueOpensOnlyWhereItWasSealed(t *testing.T) {
	keys, others := newKeys(t), newKeys(t)
	plain := []byte("CANARY")
	sealed := keys.Seal(privacy.ForRecords, "alpha", "record 1", plain)
	if bytes.Contains(sealed, plain) {
		t.Fatal("the sealed value holds the plain one")
	}
	got, err := keys.Open(privacy.ForRecords, "alpha", "record 1", sealed)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("got %q, %v", got, err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another context": func() ([]byte, error) { return keys.Open(privacy.ForRecords, "alpha", "record 2", sealed) },
		"another tenant":  func() ([]byte, error) { return keys.Open(privacy.ForRecords, "beta", "record 1", sealed) },
		"another purpose": func() ([]byte, error) { return keys.Open(privacy.ForReviews, "alpha", "record 1", sealed) },
		"another root":    func() ([]byte, error) { return others.Open(privacy.ForRecords, "alpha", "record 1", sealed) },
		"a flipped bit":   func() ([]byte, error) { return keys.Open(privacy.ForRecords, "alpha", "record 1", flipped) },
		"cut short":       func() ([]byte, error) { return keys.Open(privacy.ForRecords, "alpha", "record 1", sealed[:10]) },
		"nothing":         func() ([]byte, error) { return keys.Open(privacy.ForRecords, "alpha", "record 1", nil) },
	} {
		if got, err := open(); got != nil || !errors.Is(err, privacy.ErrSealed) {
			t.Errorf("%s: got %q, %v; want ErrSealed", name, got, err)
		}
	}
	if bytes.Equal(sealed, keys.Seal(privacy.ForRecords, "alpha", "record 1", plain)) {
		t.Error("sealing twice gives the same bytes, so equal records can be told")
	}
}

func TestDerivedValuesDifferByRootTenantAndPurpose(t *testing.T) {
	keys, others := newKeys(t), newKeys(t)
	const ref = "MS-2026-0412"
	seen := map[string]string{}
	for name, value := range map[string][]byte{
		"blind index, alpha":       slice(keys.BlindIndex("alpha", ref)),
		"blind index, beta":        slice(keys.BlindIndex("beta", ref)),
		"blind index, other root":  slice(others.BlindIndex("alpha", ref)),
		"record id":                slice(keys.RecordID("alpha", ref)),
		"record id, beta":          slice(keys.RecordID("beta", ref)),
		"fingerprint":              slice(keys.Fingerprint("alpha", []byte(ref))),
		"fingerprint, another one": slice(keys.Fingerprint("alpha", []byte(ref+"x"))),
	} {
		if other, taken := seen[string(value)]; taken {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[string(value)] = name
	}
	if first, second := keys.BlindIndex("alpha", ref), keys.BlindIndex("alpha", ref); first != second {
		t.Error("the same reference gives two blind indexes")
	}
	if first, second := keys.Check(), keys.Check(); first != second || first == others.Check() {
		t.Error("Check does not tell one root from another")
	}
}

func slice[T ~[16]byte](v T) []byte { return v[:] }

func TestWritingsOfOneReferenceAreOneAndOthersAreNot(t *testing.T) {
	keys := newKeys(t)
	index := func(s string) privacy.BlindIndex { return keys.BlindIndex("alpha", privacy.CaseReference(s)) }
	want := index("MS-2026-0412")
	for _, same := range []string{"ms-2026-0412", " MS 2026 0412 ", "MS/2026/0412", "ＭＳ－２０２６－０４１２", "MS–2026–0412", "ms20260412"} {
		if index(same) != want {
			t.Errorf("%q is taken for another reference", same)
		}
	}
	for _, other := range []string{"MS-2026-0413", "MS-2026-041", "M-S2026-04122", "", "МS-2026-0412"} { // the last begins with a Cyrillic letter
		if index(other) == want {
			t.Errorf("%q is taken for the same reference", other)
		}
	}
}

func TestPseudonymComesBackAndACheckCharacterCatchesMistakes(t *testing.T) {
	for range 200 {
		p, err := privacy.NewPseudonym(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text := p.Encode()
		if got, err := privacy.ParsePseudonym(text); err != nil || got != p {
			t.Fatalf("%d characters: %v", len(text), err)
		}
		mistyped := []byte(text)
		at := 5 + int(mistyped[10])%20
		mistyped[at] = map[bool]byte{true: 'Z', false: '7'}[mistyped[at] != 'Z']
		if _, err := privacy.ParsePseudonym(string(mistyped)); err == nil && string(mistyped) != text {
			t.Error("a mistyped pseudonym was read")
		}
	}
	for _, wrong := range []string{"", "per_", "per_0000000000000000000000000", "rec_00000000000000000000000000*", "per_8ZZZZZZZZZZZZZZZZZZZZZZZZZ0", "per_uuuuuuuuuuuuuuuuuuuuuuuuuu0"} {
		if _, err := privacy.ParsePseudonym(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestIDsKeepTheOrderOfTheirBits(t *testing.T) {
	low, high := [16]byte{15: 1}, [16]byte{0: 255}
	if a, b := privacy.EncodeID("rec_", low), privacy.EncodeID("rec_", high); a >= b {
		t.Errorf("%s is not before %s", a, b)
	}
	if got, ok := privacy.ParseID("rec_", privacy.EncodeID("rec_", high)); !ok || got != high {
		t.Errorf("got %v, %t", got, ok)
	}
	if _, ok := privacy.ParseID("rec_", privacy.EncodeID("usr_", high)); ok {
		t.Error("another prefix was read")
	}
}

func TestWhatStandsForAPersonDoesNotPrint(t *testing.T) {
	keys := newKeys(t)
	p, err := privacy.NewPseudonym(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ref := privacy.CaseReference("CANARY")
	secret := strings.TrimSpace(strings.TrimPrefix(keys.FileText(), "waymark-key-1 "))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, v := range []any{p, &p, ref, keys, []any{p, ref, keys}} {
			text := fmt.Sprintf(verb, v)
			for _, forbidden := range []string{"CANARY", p.Encode(), secret} {
				if strings.Contains(text, forbidden) {
					t.Errorf("%s of %T prints it", verb, v)
				}
			}
		}
	}
}

func TestDaysAreWrittenAndReadInUTC(t *testing.T) {
	bangkok := time.FixedZone("ICT", 7*3600)
	d := privacy.DayOf(time.Date(2026, 11, 21, 3, 0, 0, 0, bangkok)) // still the 20th in UTC
	if got := d.String(); got != "2026-11-20" {
		t.Errorf("got %s, want 2026-11-20", got)
	}
	if got, err := privacy.ParseDay("2026-11-20"); err != nil || got != d {
		t.Errorf("got %v, %v", got, err)
	}
	for _, wrong := range []string{"", "2026-13-01", "20.11.2026", "2026-11-20T00:00:00Z", "2026-2-3"} {
		if _, err := privacy.ParseDay(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestEveryRetentionReasonHasAPeriod(t *testing.T) {
	r := privacy.DefaultRetention()
	for _, reason := range []privacy.RetentionReason{privacy.NoIndication, privacy.Indication, privacy.Quarantined} {
		if got := r.Until(100, reason); got <= 100 {
			t.Errorf("%s: kept until day %d of 100", reason, got)
		}
	}
}

func TestKeyFileIsMadeOnceWithStrictModes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "records.key")
	first, created, err := privacy.LoadOrCreateKeys(path, rand.Reader)
	if err != nil || !created {
		t.Fatalf("created %t, %v", created, err)
	}
	again, created, err := privacy.LoadOrCreateKeys(path, rand.Reader)
	if err != nil || created || again.Check() != first.Check() {
		t.Errorf("created again %t, %v", created, err)
	}
	for path, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", filepath.Base(path), got, want)
		}
	}
	if err := privacy.CreateSecret(path, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a key file was overwritten: %v", err)
	}
}

func TestKeyFilesThatCannotBeTrustedAreRefusedWithoutTheirContent(t *testing.T) {
	good := newKeys(t).FileText()
	for name, tt := range map[string]struct {
		content string
		mode    fs.FileMode
		want    string
	}{
		"readable by others": {good, 0o644, "chmod 600"},
		"another file":       {"root:x:0:0:SECRET", 0o600, "not a Waymark key"},
		"damaged":            {"waymark-key-1 SECRET!!", 0o600, "damaged"},
		"cut short":          {good[:len(good)-12] + "\n", 0o600, ""},
		"empty":              {"", 0o600, "not a Waymark key"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "records.key")
			if err := os.WriteFile(path, []byte(tt.content), tt.mode); err != nil {
				t.Fatal(err)
			}
			keys, err := privacy.LoadKeys(path)
			if keys != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "SECRET") || len(good) > 30 && strings.Contains(err.Error(), good[14:30]) {
				t.Errorf("the error holds the key: %v", err)
			}
		})
	}
}

func FuzzParsePseudonym(f *testing.F) {
	f.Add("per_00000000000000000000000000" + "0")
	f.Add("per_7ZZZZZZZZZZZZZZZZZZZZZZZZZ*")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := privacy.ParsePseudonym(text); err == nil && p.Encode() != text {
			t.Fatalf("%q comes back as %q", text, p.Encode())
		}
	})
}
