package token_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"waymark/auth/token"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

type fixture struct {
	tokens *token.Tokens
	key    ed25519.PrivateKey
	kid    string
	good   string
}

func newFixture(t testing.TB) fixture {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewKeySet(key)
	f := fixture{
		tokens: token.New(token.Config{Issuer: "waymark", Audience: "api", Life: 5 * time.Minute, Now: func() time.Time { return noon }}, set),
		key:    key, kid: set.Public()[0].KeyID,
	}
	if f.good, err = f.tokens.Issue(token.Bearer{Tenant: "alpha", Ref: "usr_1", Grant: "g"}, "jti-1"); err != nil {
		t.Fatal(err)
	}
	return f
}

func segment(t testing.TB, v any) string {
	t.Helper()
	b, ok := v.([]byte)
	if !ok {
		var err error
		if b, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// forge signs any header and claims with the right key.
func (f fixture) forge(t testing.TB, header, claims any) string {
	t.Helper()
	text := segment(t, header) + "." + segment(t, claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(f.key, []byte(text)))
}

func (f fixture) header(change ...func(map[string]any)) map[string]any {
	h := map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": f.kid}
	for _, c := range change {
		c(h)
	}
	return h
}

func claims(change ...func(map[string]any)) map[string]any {
	c := map[string]any{
		"iss": "waymark", "aud": "api", "sub": "usr_1", "ten": "alpha", "grt": "g", "jti": "x",
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(5 * time.Minute).Unix(),
	}
	for _, ch := range change {
		ch(c)
	}
	return c
}

func set(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func without(name string) func(map[string]any) {
	return func(m map[string]any) { delete(m, name) }
}

func TestIssuedTokenIsVerified(t *testing.T) {
	f := newFixture(t)
	for name, text := range map[string]string{"issued": f.good, "forged with nothing wrong": f.forge(t, f.header(), claims())} {
		got, err := f.tokens.Verify(text)
		if want := (token.Bearer{Tenant: "alpha", Ref: "usr_1", Grant: "g"}); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestTokenSaysWhichKeyItIsBoundTo(t *testing.T) {
	f := newFixture(t)
	want := token.Bearer{Tenant: "alpha", Ref: "usr_1", Grant: "g", Key: "thumbprint"}
	text, err := f.tokens.Issue(want, "j")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.tokens.Verify(text); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTokenWithAnEndOfItsOwnEndsThen(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		life time.Duration
		want bool
	}{{time.Hour, true}, {-time.Minute, false}} {
		text, err := f.tokens.IssueUntil(token.Bearer{Tenant: "alpha", Ref: "usr_1", Grant: "g"}, "j", noon.Add(tt.life))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.tokens.Verify(text); (err == nil) != tt.want {
			t.Errorf("a life of %v: %v, want accepted %t", tt.life, err, tt.want)
		}
	}
}

// TOK-1: algorithms other than EdDSA.
func TestOtherAlgorithmsAreRefused(t *testing.T) {
	f := newFixture(t)
	public := f.key.Public().(ed25519.PublicKey)
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mac := func(key []byte) func(string) []byte {
		return func(text string) []byte {
			h := hmac.New(sha256.New, key)
			h.Write([]byte(text))
			return h.Sum(nil)
		}
	}
	sign := func(method jwt.SigningMethod, key any) func(string) []byte {
		return func(text string) []byte {
			signature, err := method.Sign(text, key)
			if err != nil {
				t.Fatal(err)
			}
			return signature
		}
	}
	for alg, tt := range map[string]struct {
		alg  string
		sign func(string) []byte
	}{
		"none":                       {"none", func(string) []byte { return nil }},
		"nOnE":                       {"nOnE", func(string) []byte { return nil }},
		"empty":                      {"", func(string) []byte { return nil }},
		"HS256 with the public PEM":  {"HS256", mac(publicPEM)},
		"HS256 with the public DER":  {"HS256", mac(der)},
		"HS256 with the public key":  {"HS256", mac(public)},
		"RS256":                      {"RS256", sign(jwt.SigningMethodRS256, rsaKey)},
		"PS256":                      {"PS256", sign(jwt.SigningMethodPS256, rsaKey)},
		"ES256":                      {"ES256", sign(jwt.SigningMethodES256, ecKey)},
		"EdDSA without a signature":  {"EdDSA", func(string) []byte { return nil }},
		"EdDSA by somebody else":     {"EdDSA", sign(jwt.SigningMethodEdDSA, newFixture(t).key)},
		"EdDSA, lower case":          {"eddsa", func(s string) []byte { return ed25519.Sign(f.key, []byte(s)) }},
		"EdDSA, signature of others": {"EdDSA", func(string) []byte { return ed25519.Sign(f.key, []byte("other")) }},
	} {
		t.Run(alg, func(t *testing.T) {
			text := segment(t, f.header(set("alg", tt.alg))) + "." + segment(t, claims())
			text += "." + base64.RawURLEncoding.EncodeToString(tt.sign(text))
			if got, err := f.tokens.Verify(text); err == nil {
				t.Errorf("accepted as %+v", got)
			}
		})
	}
}

// TOK-2, TOK-3, TOK-5: headers and claims that are missing, wrong or too many.
func TestHeadersAndClaimsMustBeExactlyRight(t *testing.T) {
	f := newFixture(t)
	header := func(change func(map[string]any)) string { return f.forge(t, f.header(change), claims()) }
	claim := func(change func(map[string]any)) string { return f.forge(t, f.header(), claims(change)) }
	raw := func(text string) string { return f.forge(t, f.header(), []byte(text)) }
	body := func(change func(map[string]any)) string {
		b, err := json.Marshal(claims(change))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	hour := int64(time.Hour / time.Second)
	for name, text := range map[string]string{
		"no exp":                claim(without("exp")),
		"no iss":                claim(without("iss")),
		"another iss":           claim(set("iss", "evil")),
		"no aud":                claim(without("aud")),
		"another aud":           claim(set("aud", "other")),
		"a list of aud":         claim(set("aud", []string{"api", "other"})),
		"no nbf":                claim(without("nbf")),
		"nbf in the future":     claim(set("nbf", noon.Unix()+hour)),
		"no iat":                claim(without("iat")),
		"iat in the future":     claim(set("iat", noon.Unix()+hour)),
		"exp in the past":       claim(set("exp", noon.Unix()-hour)),
		"exp as text":           claim(set("exp", "never")),
		"exp as 1e400":          raw(strings.Replace(body(without("exp")), "{", `{"exp":1e400,`, 1)),
		"no sub":                claim(without("sub")),
		"no tenant":             claim(without("ten")),
		"no grant":              claim(without("grt")),
		"no jti":                claim(without("jti")),
		"bound to nothing":      claim(set("cnf", map[string]any{})),
		"bound in another way":  claim(set("cnf", map[string]any{"x5t#S256": "x"})),
		"bound twice":           claim(set("cnf", map[string]any{"jkt": "x", "JKT": "y"})),
		"bound to a text":       claim(set("cnf", "x")),
		"a role":                claim(set("role", "administrator")),
		"sub twice":             raw(strings.Replace(body(set("sub", "usr_2")), "{", `{"sub":"usr_1",`, 1)),
		"SUB beside sub":        claim(set("SUB", "usr_2")),
		"claims with a tail":    raw(body(set("sub", "usr_1")) + "{}"),
		"claims not an object":  raw(`["usr_1"]`),
		"crit":                  header(set("crit", []string{"exp"})),
		"an unknown header":     header(set("b64", false)),
		"jwk":                   header(set("jwk", map[string]string{"kty": "OKP"})),
		"jku":                   header(set("jku", "https://evil.example/jwks")),
		"x5u":                   header(set("x5u", "https://evil.example/cert")),
		"no typ":                header(without("typ")),
		"typ JWT":               header(set("typ", "JWT")),
		"typ of a DPoP proof":   header(set("typ", "dpop+jwt")),
		"no kid":                header(without("kid")),
		"an unknown kid":        header(set("kid", "x")),
		"kid as a path":         header(set("kid", "../../etc/passwd")),
		"kid as SQL":            header(set("kid", "' OR 1=1 --")),
		"kid as a number":       header(set("kid", 1)),
		"a kid of 1 MiB":        header(set("kid", strings.Repeat("a", 1<<20))),
		"two parts":             strings.Join(strings.Split(f.good, ".")[:2], "."),
		"four parts":            f.good + ".x",
		"a million dots":        strings.Repeat(".", 1<<20),
		"empty":                 "",
		"padded":                f.good + "=",
		"trailing bits changed": malleated(f.good),
		"a space":               " " + f.good,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := f.tokens.Verify(text)
			if err == nil {
				t.Fatalf("accepted as %+v", got)
			}
			if got != (token.Bearer{}) {
				t.Errorf("somebody came with the error: %+v", got)
			}
			if strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "usr_1") {
				t.Errorf("the error repeats the token: %v", err)
			}
		})
	}
}

// malleated changes the bits of the last character that do not carry data.
func malleated(text string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, text[len(text)-1])
	return text[:len(text)-1] + string(alphabet[last^1])
}

func TestLeewayIsThirtySeconds(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		past time.Duration
		want bool
	}{{29 * time.Second, true}, {31 * time.Second, false}} {
		_, err := f.tokens.Verify(f.forge(t, f.header(), claims(set("exp", noon.Add(-tt.past).Unix()))))
		if (err == nil) != tt.want {
			t.Errorf("%v after the end: %v, want accepted %t", tt.past, err, tt.want)
		}
	}
}

func TestOldKeyStillVerifiesAndNewOneSigns(t *testing.T) {
	f := newFixture(t)
	_, next, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rotated := token.New(token.Config{Issuer: "waymark", Audience: "api", Life: time.Minute, Now: func() time.Time { return noon }},
		token.NewKeySet(next, f.key))
	if _, err := rotated.Verify(f.good); err != nil {
		t.Errorf("a token of the old key: %v", err)
	}
	text, err := rotated.Issue(token.Bearer{Tenant: "alpha", Ref: "usr_1", Grant: "g"}, "j")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.tokens.Verify(text); err == nil {
		t.Error("the old set verifies a token of the new key")
	}
	if n := len(rotated.Keys().Public()); n != 2 {
		t.Errorf("%d keys are published, want 2", n)
	}
}

func TestPublishedKeysHoldNoPrivateHalf(t *testing.T) {
	f := newFixture(t)
	b, err := json.Marshal(f.tokens.Keys().Public())
	if err != nil {
		t.Fatal(err)
	}
	seed := base64.RawURLEncoding.EncodeToString(f.key.Seed())
	if strings.Contains(string(b), seed) || strings.Contains(string(b), `"d"`) {
		t.Error("the private half is published")
	}
	if text := fmt.Sprintf("%v %+v", f.tokens.Keys(), f.tokens.Keys()); text != "[token keys] [token keys]" {
		t.Errorf("the key set prints %s", text)
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "token.pem")
	first, created, err := token.LoadOrCreateKeySet(path, rand.Reader)
	if err != nil || !created {
		t.Fatalf("created %t, %v", created, err)
	}
	again, created, err := token.LoadOrCreateKeySet(path, rand.Reader)
	if err != nil || created || again.Public()[0] != first.Public()[0] {
		t.Errorf("created again %t, %v", created, err)
	}
}

func FuzzVerify(f *testing.F) {
	x := newFixture(f)
	f.Add(x.good)
	f.Add(x.forge(f, x.header(), claims()))
	f.Add(x.forge(f, maps.Clone(x.header(set("crit", 1))), claims()))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := x.tokens.Verify(text)
		if err == nil && got != (token.Bearer{Tenant: "alpha", Ref: "usr_1", Grant: "g"}) {
			t.Fatalf("somebody else was let in: %+v", got)
		}
	})
}
