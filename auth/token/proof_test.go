package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"waymark/auth/token"
)

// prover makes proofs, right ones and wrong ones.
type prover struct{ key *ecdsa.PrivateKey }

func newProver(t testing.TB) prover {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return prover{key}
}

func (p prover) jwk(t testing.TB) map[string]any {
	t.Helper()
	point, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding
	return map[string]any{"kty": "EC", "crv": "P-256", "x": enc.EncodeToString(point[1:33]), "y": enc.EncodeToString(point[33:])}
}

func (p prover) header(t testing.TB, change ...func(map[string]any)) map[string]any {
	h := map[string]any{"alg": "ES256", "typ": "dpop+jwt", "jwk": p.jwk(t)}
	for _, c := range change {
		c(h)
	}
	return h
}

const address = "https://waymark.example/v1/submissions"

func proofClaims(change ...func(map[string]any)) map[string]any {
	c := map[string]any{"htm": "POST", "htu": address, "jti": "j-1", "iat": 1, "nonce": "n-1"}
	for _, ch := range change {
		ch(c)
	}
	return c
}

func (p prover) sign(t testing.TB, header, claims any) string {
	t.Helper()
	text := segment(t, header) + "." + segment(t, claims)
	signature, err := jwt.SigningMethodES256.Sign(text, p.key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestProofGivesTheThumbprintOfItsKey(t *testing.T) {
	p := newProver(t)
	got, err := token.ParseProof(p.sign(t, p.header(t), proofClaims()))
	if err != nil || got.ID != "j-1" || got.Nonce != "n-1" {
		t.Fatalf("got %+v, %v", got, err)
	}
	k := p.jwk(t)
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k["x"].(string) + `","y":"` + k["y"].(string) + `"}`))
	if want := token.Thumbprint(base64.RawURLEncoding.EncodeToString(sum[:])); got.Key != want {
		t.Errorf("got %s, want %s", got.Key, want)
	}
}

// The key, and the thumbprint of it, that RFC 9449 has in its examples.
func TestThumbprintIsThatOfTheRFC(t *testing.T) {
	const proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
	got, err := token.ParseProof(proof)
	if err != nil {
		t.Fatal(err)
	}
	if want := token.Thumbprint("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"); got.Key != want {
		t.Errorf("got %s, want %s", got.Key, want)
	}
	if err := got.Fits("POST", "https://server.example.com/token", ""); err != nil {
		t.Error(err)
	}
}

func TestProofsMustBeExactlyRight(t *testing.T) {
	p := newProver(t)
	header := func(change func(map[string]any)) string { return p.sign(t, p.header(t, change), proofClaims()) }
	key := func(change func(map[string]any)) string {
		return header(func(h map[string]any) { change(h["jwk"].(map[string]any)) })
	}
	claim := func(change func(map[string]any)) string { return p.sign(t, p.header(t), proofClaims(change)) }
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	good := p.sign(t, p.header(t), proofClaims())
	parts := strings.Split(good, ".")
	hmacSigned := func(alg string) string {
		signing := segment(t, p.header(t, set("alg", alg))) + "." + parts[1]
		sum := sha256.Sum256([]byte(signing))
		return signing + "." + base64.RawURLEncoding.EncodeToString(sum[:])
	}
	other := newProver(t)
	x, y := p.jwk(t)["x"].(string), p.jwk(t)["y"].(string)
	for name, proof := range map[string]string{
		"empty":                   "",
		"two parts":               parts[0] + "." + parts[1],
		"four parts":              good + ".x",
		"a million dots":          strings.Repeat(".", 1<<20),
		"no signature":            parts[0] + "." + parts[1] + ".",
		"trailing bits changed":   malleated(good),
		"signed by another key":   other.sign(t, p.header(t), proofClaims()),
		"claims of another proof": parts[0] + "." + segment(t, proofClaims(set("jti", "j-2"))) + "." + parts[2],
		"alg none":                segment(t, p.header(t, set("alg", "none"))) + "." + parts[1] + ".",
		"alg HS256":               hmacSigned("HS256"),
		"alg ES384":               header(set("alg", "ES384")),
		"alg in small letters":    header(set("alg", "es256")),
		"typ of a token":          header(set("typ", "at+jwt")),
		"typ of a statement":      header(set("typ", "statement+jws")),
		"no typ":                  header(without("typ")),
		"no jwk":                  header(without("jwk")),
		"crit":                    header(set("crit", []string{"exp"})),
		"kid":                     header(set("kid", "x")),
		"jku":                     header(set("jku", "https://evil.example/")),
		"typ twice":               p.sign(t, []byte(strings.Replace(text(p.header(t)), "{", `{"typ":"dpop+jwt",`, 1)), proofClaims()),
		"TYP beside typ":          header(set("TYP", "dpop+jwt")),
		"a private key":           key(set("d", "AAAA")),
		"a symmetric key":         key(set("k", "AAAA")),
		"kty OKP":                 key(set("kty", "OKP")),
		"kty RSA":                 key(set("kty", "RSA")),
		"kty oct":                 key(set("kty", "oct")),
		"crv P-384":               key(set("crv", "P-384")),
		"crv secp256k1":           key(set("crv", "secp256k1")),
		"no y":                    key(without("y")),
		"x and y swapped":         key(func(k map[string]any) { k["x"], k["y"] = y, x }),
		"x twice as long":         key(set("x", x+x)),
		"x padded":                key(set("x", x+"=")),
		"x with trailing bits":    key(set("x", malleated(x))),
		"the point at infinity":   key(func(k map[string]any) { k["x"], k["y"] = strings.Repeat("A", 43), strings.Repeat("A", 43) }),
		"X beside x":              key(set("X", x)),
		"a key with a name":       key(set("kid", "evil")),
		"no htm":                  claim(without("htm")),
		"no htu":                  claim(without("htu")),
		"no jti":                  claim(without("jti")),
		"a jti too long":          claim(set("jti", strings.Repeat("j", 129))),
		"no iat":                  claim(without("iat")),
		"iat as text":             claim(set("iat", "now")),
		"iat with a fraction":     claim(set("iat", 1.5)),
		"nonce as a number":       claim(set("nonce", 1)),
		"an unknown claim":        claim(set("sub", "usr_1")),
		"htu twice":               p.sign(t, p.header(t), []byte(strings.Replace(text(proofClaims()), "{", `{"htu":"https://evil.example/",`, 1))),
		"HTU beside htu":          claim(set("HTU", "https://evil.example/")),
		"claims with a tail":      p.sign(t, p.header(t), []byte(text(proofClaims())+"{}")),
		"too long":                claim(set("nonce", strings.Repeat("n", 4<<10))),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := token.ParseProof(proof)
			if err == nil {
				t.Fatalf("accepted as %+v", got)
			}
			if got != (token.Proof{}) {
				t.Errorf("something came with the error: %+v", got)
			}
			if strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "j-1") {
				t.Errorf("the error repeats the proof: %v", err)
			}
		})
	}
	if _, err := token.ParseProof(good); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// A second signature that holds for the same proof is the same proof: what is
// remembered of a proof is its key and id, not its text.
func TestMalleatedSignatureIsTheSameProof(t *testing.T) {
	p := newProver(t)
	good := p.sign(t, p.header(t), proofClaims())
	parts := strings.Split(good, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).SetBytes(raw[32:])
	new(big.Int).Sub(elliptic.P256().Params().N, s).FillBytes(raw[32:])
	first, err := token.ParseProof(good)
	if err != nil {
		t.Fatal(err)
	}
	second, err := token.ParseProof(parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(raw))
	if err == nil && second != first {
		t.Errorf("got %+v, want %+v", second, first)
	}
}

func TestProofFitsItsOwnRequestOnly(t *testing.T) {
	p := newProver(t)
	sum := sha256.Sum256([]byte("access"))
	ath := base64.RawURLEncoding.EncodeToString(sum[:])
	alone, beside := proofClaims(), proofClaims(set("ath", ath))
	for _, tt := range []struct {
		name                   string
		claims                 map[string]any
		method, address, token string
		want                   bool
	}{
		{"alone", alone, "POST", address, "", true},
		{"beside its token", beside, "POST", address, "access", true},
		{"a query", with(alone, "htu", address+"?limit=1"), "POST", address, "", true},
		{"a fragment", with(alone, "htu", address+"#x"), "POST", address, "", true},
		{"the default port", with(alone, "htu", "https://waymark.example:443/v1/submissions"), "POST", address, "", true},
		{"scheme and host in capitals", with(alone, "htu", "HTTPS://WAYMARK.example/v1/submissions"), "POST", address, "", true},
		{"no path", with(alone, "htu", "https://waymark.example"), "POST", "https://waymark.example/", "", true},

		{"another method", alone, "GET", address, "", false},
		{"the method in small letters", with(alone, "htm", "post"), "POST", address, "", false},
		{"another path", alone, "POST", "https://waymark.example/v1/records", "", false},
		{"the path in capitals", with(alone, "htu", "https://waymark.example/V1/submissions"), "POST", address, "", false},
		{"a trailing slash", with(alone, "htu", address+"/"), "POST", address, "", false},
		{"another writing of the path", with(alone, "htu", "https://waymark.example/v1/%73ubmissions"), "POST", address, "", false},
		{"another host", alone, "POST", "https://other.example/v1/submissions", "", false},
		{"another port", alone, "POST", "https://waymark.example:8443/v1/submissions", "", false},
		{"another scheme", alone, "POST", "http://waymark.example/v1/submissions", "", false},
		{"a path alone", with(alone, "htu", "/v1/submissions"), "POST", address, "", false},
		{"a name and password", with(alone, "htu", "https://a:b@waymark.example/v1/submissions"), "POST", address, "", false},
		{"another kind of address", with(alone, "htu", "mailto:waymark.example"), "POST", address, "", false},
		{"no address", with(alone, "htu", "x"), "POST", "", "", false},
		{"another token", beside, "POST", address, "other", false},
		{"a token it does not know", alone, "POST", address, "access", false},
		{"without its token", beside, "POST", address, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			parsed, err := token.ParseProof(p.sign(t, p.header(t), tt.claims))
			if err != nil {
				t.Fatal(err)
			}
			if err := parsed.Fits(tt.method, tt.address, tt.token); (err == nil) != tt.want {
				t.Errorf("got %v, want accepted %t", err, tt.want)
			}
		})
	}
}

func with(claims map[string]any, name string, value any) map[string]any {
	out := maps.Clone(claims)
	out[name] = value
	return out
}

func FuzzParseProof(f *testing.F) {
	p := newProver(f)
	good := p.sign(f, p.header(f), proofClaims())
	f.Add(good)
	f.Add(p.sign(f, p.header(f, set("crit", 1)), proofClaims()))
	f.Add(p.sign(f, p.header(f), proofClaims(set("htu", "x"))))
	want, err := token.ParseProof(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := token.ParseProof(text)
		if err == nil && got.Key == want.Key && got.Fits("POST", address, "") == nil && (got.ID != want.ID || got.Nonce != want.Nonce) {
			t.Fatalf("another proof of the same key: %+v", got)
		}
		if err != nil && got != (token.Proof{}) {
			t.Fatalf("something came with the error: %+v", got)
		}
	})
}
