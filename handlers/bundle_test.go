package handlers_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"maps"
	"math/big"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"

	"waymark/auth/token"
	"waymark/locales"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
	"waymark/screening/instruments"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
)

// wholeMessages are the shipped texts with every language's messages whole: what
// translators have still to do is in English.
func wholeMessages(t testing.TB) fstest.MapFS {
	t.Helper()
	files, english := fstest.MapFS{}, map[string]any{}
	err := fs.WalkDir(locales.Shipped(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(locales.Shipped(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err == nil {
		err = json.Unmarshal(files["messages/en.json"].Data, &english)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range files {
		if path.Dir(name) != "messages" {
			continue
		}
		whole := maps.Clone(english)
		if err := json.Unmarshal(file.Data, &whole); err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: must(json.Marshal(whole))}
	}
	return files
}

// everyLanguage is an edition and a catalogue of everything that ships, whatever
// its status.
func everyLanguage(t testing.TB) (*locales.Edition, *catalog.Catalog) {
	t.Helper()
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	var units []locales.Unit
	for _, e := range c.All() {
		ref, source, keys := e.Instrument.Ref(), map[string]locales.Text{}, []string{}
		for _, keyed := range catalog.Texts(e) {
			keys = append(keys, keyed.Key)
			source[keyed.Key] = locales.Plain(keyed.Text.Default)
		}
		units = append(units, locales.InstrumentUnit(ref.ID, ref.Version, true, keys, source))
	}
	library, err := locales.Read(wholeMessages(t), units)
	if err != nil {
		t.Fatal(err)
	}
	edition, err := library.Choose(locales.Policy{Least: locales.Draft, AllowStale: true})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Translated(edition.Files()); err != nil {
		t.Fatal(err)
	}
	return edition, c
}

func (h *harness) bundle(t testing.TB, who string) openapi.Bundle {
	t.Helper()
	return decode[openapi.Bundle](t, h.do(t, who, "GET", "/v1/bundle", nil))
}

func TestBundleHasEverythingToWorkWithoutANetwork(t *testing.T) {
	useContract(t)
	edition, c := everyLanguage(t)
	h := start(t, options{catalog: c, edition: edition})
	h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	b := h.bundle(t, "alpha/tablet")
	if b.Format != 1 || len(b.Instruments) != len(c.All()) || len(b.Languages) != len(edition.Languages()) || b.Languages[0].Language != "en" {
		t.Fatalf("format %d, %d instruments, languages %+v", b.Format, len(b.Instruments), b.Languages)
	}
	for i, e := range c.All() {
		got := b.Instruments[i]
		if ref := got.Questionnaire.ID + "@" + got.Questionnaire.Version; ref != e.Instrument.Ref().String() || got.Questionnaire.Language != "en" {
			t.Errorf("instrument %d is %s", i, ref)
		}
		program, err := screening.ParseProgram(got.Program.Program)
		if err != nil || program.Digest() != e.Program.Digest() || got.Program.Digest != e.Program.Digest() {
			t.Errorf("%s: the program is another one: %v", e.Instrument.Ref(), err)
		}
		vectors, err := conformance.ParseVectors(got.Vectors)
		shipped, shippedErr := fs.ReadFile(instruments.FS, e.Instrument.ID+"/"+e.Instrument.Version+"/vectors.json")
		if err != nil || shippedErr != nil {
			t.Fatal(err, shippedErr)
		}
		if all, err := conformance.ParseVectors(shipped); err != nil || len(all) != len(vectors) {
			t.Errorf("%s: %d of %d vectors, %v", e.Instrument.Ref(), len(vectors), len(all), err)
		}
		if !slices.Equal(got.Keys, e.Keys()) || len(got.Keys) < 50 {
			t.Errorf("%s: %d keys", e.Instrument.Ref(), len(got.Keys))
		}
		if len(got.Sectors) != len(e.Sectors) {
			t.Errorf("%s: %d sectors, want %d", e.Instrument.Ref(), len(got.Sectors), len(e.Sectors))
		}
	}
	packs, err := jurisdiction.Load(jurisdictions.FS)
	if err != nil || len(b.Jurisdictions) != len(packs.All()) {
		t.Fatalf("%d country packs, %v", len(b.Jurisdictions), err)
	}
	for i, p := range packs.All() {
		got := b.Jurisdictions[i]
		if got.Country != p.ISO || len(got.Leaves) != len(packs.Layout().Leaves) || len(got.Gaps) != len(p.Gaps) {
			t.Errorf("%s: %d leaves and %d gaps", got.Country, len(got.Leaves), len(got.Gaps))
		}
	}
	if shown, _ := packs.Layout().Shown(screening.Red); len(b.Shown) != len(screening.Outcomes()) || len(b.Shown["RED"]) != len(shown) {
		t.Errorf("leaves are shown with %d outcomes, %v with RED", len(b.Shown), b.Shown["RED"])
	}
}

// What the tablet takes from the bundle is what the server does itself.
func TestStepsOfTheBundleAreTheServersOwn(t *testing.T) {
	h := start(t, options{})
	b := h.bundle(t, "alpha/officer")
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range c.All() {
		steps := b.Instruments[i].Steps
		for _, o := range screening.Outcomes() {
			if got, want := steps.Outcomes[o], e.Rules.Steps.Outcomes[o]; got != want {
				t.Errorf("%s: the clock of %s is %q, want %q", e.Instrument.ID, o, got, want)
			}
		}
		for _, rule := range e.Rules.Opens {
			asks := e.Rules.NextStep(screening.Assessment{Opens: []string{rule.Instrument}}).Opens[0].Ask
			if slices.Contains(steps.Asks, rule.Instrument) != asks {
				t.Errorf("%s: %s is opened only if the person agrees: want %t", e.Instrument.ID, rule.Instrument, asks)
			}
		}
		// Every sign that an explanation tells comes in the order of the list.
		vectors, err := conformance.ParseVectors(b.Instruments[i].Vectors)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			r, err := e.Program.Responses(v.Answers, v.Missing, v.Line().Facts()...)
			if err != nil {
				continue
			}
			a, x := e.Explainer.Explain(r)
			if a.Profile != screening.Adult {
				continue
			}
			last := -1
			for _, line := range x.Evidence {
				if line.Class != screening.ClassIndicator && line.Class != screening.ClassPurpose {
					continue
				}
				at := slices.Index(steps.Plain, line.Code)
				if at <= last {
					t.Fatalf("%s, %s: %s is told out of the list's order %v", e.Instrument.ID, v.Name, line.Code, steps.Plain)
				}
				last = at
			}
			if !slices.Equal(steps.Second[a.Outcome], x.Second) {
				t.Errorf("%s: %s names %v for a second screening, want %v", e.Instrument.ID, a.Outcome, steps.Second[a.Outcome], x.Second)
			}
		}
	}
}

// A deployment that leaves questions out has another program; a vector that does
// not hold there would keep every tablet from scoring.
func TestVectorsOfTheBundleHoldForItsPrograms(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil, catalog.LeaveOut("role"))
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, options{catalog: c})
	fewer := false
	for i, e := range c.All() {
		got := h.bundle(t, "alpha/officer").Instruments[i]
		vectors, err := conformance.ParseVectors(got.Vectors)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			if err := v.Run(e.Program); err != nil {
				t.Errorf("%s: %v", e.Instrument.ID, err)
			}
		}
		for _, left := range got.LeftOut {
			fewer = true
			if slices.ContainsFunc(got.Questionnaire.Items, func(it screening.Item) bool { return it.ID == left }) {
				t.Errorf("%s is left out and asked", left)
			}
		}
	}
	if !fewer {
		t.Fatal("nothing is left out; the test proves nothing")
	}
}

// Each language's part has the texts that the catalogue publishes, in the order
// of the keys, and is small.
func TestPartsOfTheBundleAreTheTextsOfTheirLanguage(t *testing.T) {
	edition, c := everyLanguage(t)
	h := start(t, options{catalog: c, edition: edition})
	const most = 15 << 10
	for _, l := range h.bundle(t, "alpha/officer").Languages {
		for part, digest := range map[string]string{"interview": l.Interview, "interface": l.Interface} {
			if digest == "" {
				t.Errorf("%s has no %s", l.Language, part)
				continue
			}
			r := h.do(t, "alpha/officer", "GET", "/v1/bundle/"+l.Language+"/"+part, nil, "Accept-Encoding", "br")
			if r.StatusCode != 200 || r.Header.Get("Content-Encoding") != "br" || r.Header.Get("Content-Language") != l.Language ||
				!strings.HasPrefix(r.Header.Get("ETag"), `"`+digest) {
				t.Errorf("%s %s: %d %v", l.Language, part, r.StatusCode, r.Header)
			}
			if len(r.body) > most {
				t.Errorf("%s %s has %d bytes, want at most %d", l.Language, part, len(r.body), most)
			}
		}
		got := decode[openapi.BundleInterview](t, h.do(t, "alpha/officer", "GET", "/v1/bundle/"+l.Language+"/interview", nil))
		for _, e := range c.All() {
			texts := got.Instruments[e.Instrument.Ref().String()]
			keys := e.Keys()
			if len(texts) != len(keys) {
				t.Fatalf("%s, %s: %d texts for %d keys", l.Language, e.Instrument.ID, len(texts), len(keys))
			}
			in, _ := e.In(l.Language)
			first := slices.Index(keys, "items."+in.Items[0].ID+".text")
			want := in.Items[0].Text
			if have := texts[first]; !strings.Contains(have.Default, "{") && have.Default != want.Default {
				t.Errorf("%s: the first question of %s is %q, want %q", l.Language, e.Instrument.ID, have.Default, want.Default)
			}
		}
	}
	th := decode[openapi.BundleInterview](t, h.do(t, "alpha/officer", "GET", "/v1/bundle/th/interview", nil))
	if th.Words["polite"]["woman"] != "ค่ะ" || !strings.Contains(string(must(json.Marshal(th.Instruments))), "{polite}") {
		t.Errorf("the officer's words are %v, or are filled in already", th.Words)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestOfficersMessagesAreInTheInterfaceAndTheServersAreNot(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	if en := decode[openapi.BundleInterview](t, h.do(t, "alpha/officer", "GET", "/v1/bundle/en/interview", nil)); len(en.Instruments) != 4 {
		t.Errorf("%d instruments in English", len(en.Instruments))
	}
	got := decode[openapi.BundleInterface](t, h.do(t, "alpha/officer", "GET", "/v1/bundle/en/interface", nil)).Messages
	for _, id := range []string{"outcome.STRONG_TIP.title", "clock.now", "urgent.U_MEDICAL.action", "indicator.CD05.plain", "missing.declined", "jurisdiction.notice", "position.unclear.title", "opens.ask"} {
		if got[id] == nil {
			t.Errorf("there is no %s", id)
		}
	}
	// The app has texts of its own that begin like the server's, such as what it
	// says without a network.
	var servers map[string]json.RawMessage
	if err := json.Unmarshal(must(fs.ReadFile(locales.Shipped(), "messages/en.json")), &servers); err != nil {
		t.Fatal(err)
	}
	only := 0
	for id := range servers {
		if strings.HasPrefix(id, "error.") || strings.HasPrefix(id, "field.") || strings.HasPrefix(id, "wait.") {
			only++
			if got[id] != nil {
				t.Errorf("%s is there, which only the server says", id)
			}
		}
	}
	if only == 0 {
		t.Error("the server says nothing that the app does not")
	}
	for id := range got {
		if strings.HasPrefix(id, "person.") {
			t.Errorf("%s is there, which is said to the person", id)
		}
	}
}

// A part is whole or not there.
func TestLanguageWithoutTheAppsTextsHasNoParts(t *testing.T) {
	edition, c := everyLanguage(t)
	files := fstest.MapFS{}
	copied := func(names ...string) {
		for _, name := range names {
			data, err := fs.ReadFile(edition.Files(), name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: data}
		}
	}
	copied("languages.json", "unchanged.json", "messages/en.json", "messages/th.json", "officer/th.json", "messages/id.json")
	for _, e := range c.All() {
		for _, tag := range []string{"th", "id"} {
			copied("instruments/" + e.Instrument.ID + "/" + e.Instrument.Version + "/" + tag + ".json")
		}
	}
	files["app/en.json"] = &fstest.MapFile{Data: []byte(`{"person.hello": "Hello.", "home.start": "Start"}`)}
	files["app/th.json"] = &fstest.MapFile{Data: []byte(`{"person.hello": "สวัสดี", "home.start": "เริ่ม"}`)}
	library, err := locales.Read(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	some, err := library.Choose(locales.Policy{Least: locales.Draft, AllowStale: true})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Translated(some.Files()); err != nil {
		t.Fatal(err)
	}
	h := start(t, options{catalog: c, edition: some})
	for _, l := range h.bundle(t, "alpha/officer").Languages {
		if want := l.Language != "id"; (l.Interview != "") != want || (l.Interface != "") != want {
			t.Errorf("%s: %+v", l.Language, l)
		}
	}
	th := decode[openapi.BundleInterview](t, h.do(t, "alpha/officer", "GET", "/v1/bundle/th/interview", nil))
	if got := string(th.Messages["person.hello"]); got != `"สวัสดี"` || len(th.Messages) != 1 {
		t.Errorf("said to the person: %v", th.Messages)
	}
	officers := decode[openapi.BundleInterface](t, h.do(t, "alpha/officer", "GET", "/v1/bundle/th/interface", nil)).Messages
	if string(officers["home.start"]) != `"เริ่ม"` || officers["person.hello"] != nil || officers["clock.now"] == nil {
		t.Errorf("the officer reads %d messages, home.start is %s", len(officers), officers["home.start"])
	}
	for _, path := range []string{"/v1/bundle/id/interview", "/v1/bundle/id/interface", "/v1/bundle/qq/interview", "/v1/bundle/th/answers", "/v1/bundle/../interview"} {
		if r := h.do(t, "alpha/officer", "GET", path, nil); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

// TAB-8, the server's half: the key to seal to comes signed by the agency's
// trust key, for that agency, and ends.
func TestTAB8IntakeKeyIsSignedForItsAgency(t *testing.T) {
	day := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return day }
	h := start(t, options{now: func() time.Time { return clock() }})
	d := h.enrol(t, "alpha/tablet").confirm(t, h, "alpha/supervisor")
	own := decode[openapi.OwnDevice](t, d.do(t, h, "GET", "/v1/devices/current", nil))
	intake := func(who string) (statement string, payload map[string]any) {
		t.Helper()
		statement = h.bundle(t, who).Intake
		return statement, verified(t, statement, own.Trust)
	}
	statement, payload := intake("alpha/tablet")
	if payload["agency"] != "alpha" || payload["kid"] != "2026q4" || payload["expires"] != "2027-03-31" || len(payload) != 4 {
		t.Errorf("the statement says %v", payload)
	}
	jwk := payload["jwk"].(map[string]any)
	public := h.keys.IntakeKey("alpha", privacy.DayOf(day)).Public
	enc := base64.RawURLEncoding
	if want := map[string]any{"kty": "EC", "crv": "P-256", "x": enc.EncodeToString(public.X()), "y": enc.EncodeToString(public.Y())}; !cmp.Equal(jwk, want) {
		t.Errorf("the key is %v, want %v", jwk, want)
	}
	if again, _ := intake("alpha/officer"); again != statement {
		t.Error("the same statement has two texts; caches would not hold")
	}
	if foreign := h.bundle(t, "beta/supervisor").Intake; verified(t, foreign, own.Trust) != nil {
		t.Error("another agency's statement holds under this agency's key")
	}
	changed := strings.Split(statement, ".")
	changed[1] = enc.EncodeToString(bytes.Replace(must(enc.DecodeString(changed[1])), []byte("2026q4"), []byte("2026q3"), 1))
	if verified(t, strings.Join(changed, "."), own.Trust) != nil {
		t.Error("a changed statement holds")
	}

	tag := h.do(t, "alpha/officer", "GET", "/v1/bundle", nil).Header.Get("ETag")
	clock = func() time.Time { return day.AddDate(0, 3, 0) }
	if _, payload := intake("alpha/tablet"); payload["kid"] != "2027q1" {
		t.Errorf("in the next quarter: %v", payload)
	}
	if r := h.do(t, "alpha/officer", "GET", "/v1/bundle", nil, "If-None-Match", tag); r.StatusCode != 200 {
		t.Errorf("the bundle with a new key is answered %d to the old one's tag", r.StatusCode)
	}
}

// verified gives the payload of a statement that a key signed; nil otherwise.
func verified(t *testing.T, statement string, key token.JWK) map[string]any {
	t.Helper()
	enc := base64.RawURLEncoding
	parts := strings.Split(statement, ".")
	signature := must(enc.DecodeString(parts[2]))
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	public := must(ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, must(enc.DecodeString(key.X)), must(enc.DecodeString(key.Y)))))
	if !ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return nil
	}
	var payload map[string]any
	if err := json.Unmarshal(must(enc.DecodeString(parts[1])), &payload); err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestBundleIsSentOnceAndCompressed(t *testing.T) {
	h := start(t, options{})
	for _, path := range []string{"/v1/bundle", "/v1/bundle/en/interview"} {
		plain := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Encoding", "identity")
		packed := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Encoding", "br")
		unpacked := new(bytes.Buffer)
		if _, err := unpacked.ReadFrom(brotli.NewReader(bytes.NewReader(packed.body))); err != nil || !bytes.Equal(unpacked.Bytes(), plain.body) {
			t.Errorf("%s: the packed form is another document: %v", path, err)
		}
		tag := packed.Header.Get("ETag")
		if r := h.do(t, "alpha/officer", "GET", path, nil, "Accept-Encoding", "br", "If-None-Match", tag); r.StatusCode != 304 || len(r.body) != 0 {
			t.Errorf("%s again: %d with %d bytes", path, r.StatusCode, len(r.body))
		}
	}
}
