package handlers_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"waymark/locales"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// pseudo is a language that exists in tests only: English between brackets,
// with a word at the end of every question that follows the officer's gender.
// Text that is not between brackets did not come out of a catalogue.
const pseudo = "qps"

func bracketed(s string) string { return "⟦" + s + "⟧" }

// pseudoFiles writes the pseudo-language, whole and stamped.
func pseudoFiles(t *testing.T, c *catalog.Catalog) (fstest.MapFS, []locales.Unit) {
	t.Helper()
	english, err := fs.ReadFile(locales.Shipped(), "messages/en.json")
	if err != nil {
		t.Fatal(err)
	}
	write := func(v any) *fstest.MapFile {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return &fstest.MapFile{Data: data}
	}
	messages := map[string]any{}
	if err := json.Unmarshal(english, &messages); err != nil {
		t.Fatal(err)
	}
	for id, message := range messages {
		if forms, plural := message.(map[string]any); plural {
			messages[id] = map[string]string{"other": bracketed(forms["other"].(string))}
			continue
		}
		messages[id] = bracketed(message.(string))
	}
	files := fstest.MapFS{
		"languages.json": {Data: []byte(`[{"tag": "en", "name": "English", "english": "English", "script": "Latn", "direction": "ltr"},
			{"tag": "qps", "name": "⟦⟧", "english": "Brackets", "script": "Latn", "direction": "rtl", "plural_rule_of": "id"}]`)},
		"unchanged.json": {Data: []byte(`{}`)}, "messages/en.json": {Data: english}, "messages/qps.json": write(messages),
		"officer/qps.json": {Data: []byte(`{"end": {"default": "", "woman": "WOMAN", "man": "MAN"}}`)},
	}
	var units []locales.Unit
	for _, e := range c.All() {
		ref, source, keys := e.Instrument.Ref(), map[string]locales.Text{}, []string{}
		translated := map[string]locales.Text{}
		for _, keyed := range catalog.Texts(e) {
			keys = append(keys, keyed.Key)
			source[keyed.Key], translated[keyed.Key] = locales.Plain(keyed.Text.Default), locales.Plain(bracketed(keyed.Text.Default))
			if strings.HasPrefix(keyed.Key, "items.") && strings.HasSuffix(keyed.Key, ".text") {
				translated[keyed.Key] = locales.Plain(bracketed(keyed.Text.Default + " {end}"))
			}
			for v, s := range keyed.Text.Variants {
				source[keyed.Key][string(v)], translated[keyed.Key][string(v)] = s, bracketed(s)
			}
		}
		u := locales.InstrumentUnit(ref.ID, ref.Version, true, keys, source)
		units = append(units, u)
		files[u.Folder+"/qps.json"] = write(translated)
	}
	library, err := locales.Read(files, units)
	if err != nil {
		t.Fatal(err)
	}
	name, stamps, _, err := library.Stamp(pseudo, nil)
	if err != nil {
		t.Fatal(err)
	}
	files[name] = &fstest.MapFile{Data: stamps}
	return files, units
}

// startPseudo starts a server that speaks English and the pseudo-language.
func startPseudo(t *testing.T) *harness {
	t.Helper()
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, units := pseudoFiles(t, c)
	library, err := locales.Read(files, units)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range library.Lint(pseudo) {
		t.Error(problem)
	}
	edition, err := library.Choose(locales.Policy{Least: locales.Draft})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = c.Translated(edition.Files()); err != nil {
		t.Fatal(err)
	}
	return start(t, options{catalog: c, edition: edition})
}

// wantAllBracketed looks at every string of an answer: what has a space is a
// text for people. Sources of rules and a language's English name are not.
func wantAllBracketed(t *testing.T, name string, r reply) {
	t.Helper()
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	seen := 0
	var look func(path string, v any)
	look = func(path string, v any) {
		switch v := v.(type) {
		case string:
			if strings.HasPrefix(v, "⟦") {
				seen++
			} else if strings.Contains(v, " ") {
				t.Errorf("%s %s is not in the language: %q", name, path, v)
			}
		case []any:
			for _, element := range v {
				look(path+"/-", element)
			}
		case map[string]any:
			for key, element := range v {
				if key != "source" && key != "english" {
					look(path+"/"+key, element)
				}
			}
		}
	}
	look("", v)
	if seen == 0 {
		t.Errorf("%s: no text at all in %.200s", name, r.body)
	}
}

func TestEveryTextOfAnAnswerComesFromACatalogue(t *testing.T) {
	useContract(t)
	h := startPseudo(t)
	accept := []string{"Accept-Language", pseudo}
	answers := map[string]any{"instrument": "screen-fc", "answers": map[string][]string{
		"B01": {"u15"}, "C04": {"entirely"}, "C06": {"pay", "hours"}, "E01": {"chat"}, "E02": {"punished"}, "F01": {"never"},
	}}
	stored := h.do(t, "alpha/caseworker", "POST", "/v1/submissions", batch(interview()), accept...)
	receipt := decode[openapi.ReceiptList](t, stored).Receipts[0]
	for name, r := range map[string]reply{
		"the catalogue":     h.do(t, "alpha/officer", "GET", "/v1/instruments", nil, accept...),
		"the triage":        h.do(t, "alpha/officer", "GET", "/v1/instruments/triage-border/1.0.0", nil, accept...),
		"the screening":     h.do(t, "alpha/officer", "GET", "/v1/instruments/screen-fc/1.0.0?language=qps&officer=man", nil),
		"an assessment":     h.do(t, "alpha/supervisor", "POST", "/v1/assessments", answers, accept...),
		"a receipt":         stored,
		"a rejected one":    h.do(t, "alpha/caseworker", "POST", "/v1/submissions", batch(interview(with("finished_on", "x"))), accept...),
		"an explanation":    h.do(t, "alpha/supervisor", "GET", "/v1/records/"+receipt.Record+"/explanation", nil, accept...),
		"the reviews":       h.do(t, "alpha/supervisor", "GET", "/v1/reviews", nil, accept...),
		"nothing there":     h.do(t, "alpha/officer", "GET", "/v1/records/none", nil, accept...),
		"no token":          h.do(t, "", "GET", "/v1/instruments", nil, accept...),
		"a wrong field":     h.do(t, "alpha/officer", "POST", "/v1/assessments", map[string]any{"nonsense": 1}, accept...),
		"a wrong parameter": h.do(t, "alpha/officer", "GET", "/v1/instruments/screen-fc/1.0.0?language=xx", nil, accept...),
	} {
		wantAllBracketed(t, name, r)
	}
}

// A number is told in the language's own plural forms.
func TestHowLongToWaitIsTold(t *testing.T) {
	h := startPseudo(t)
	wrong := map[string]string{"grant_type": "password", "agency": "alpha", "name": "analyst", "password": "wrong"}
	for range 20 {
		r := h.do(t, "", "POST", "/v1/auth/token", wrong, "Accept-Language", pseudo)
		if r.StatusCode == http.StatusTooManyRequests {
			if detail := r.problem(t).Detail; !strings.Contains(detail, "⟦Time left: ") || strings.Contains(detail, "{") {
				t.Errorf("got %q", detail)
			}
			return
		}
	}
	t.Fatal("twenty wrong passwords are not too many")
}

// The person's language is asked for exactly; the officer's is negotiated.
func TestPersonsLanguageIsNotTheOfficers(t *testing.T) {
	useContract(t)
	h := startPseudo(t)
	const path = "/v1/instruments/triage-border/1.0.0"
	for query, want := range map[string]struct{ language, ending string }{
		"": {"en", "?"}, "?language=qps": {pseudo, "?⟧"}, "?language=qps&officer=woman": {pseudo, "WOMAN⟧"},
		"?language=qps&officer=man": {pseudo, "MAN⟧"}, "?language=en&officer=man": {"en", "?"},
	} {
		r := h.do(t, "alpha/officer", "GET", path+query, nil, "Accept-Language", "en")
		q := decode[openapi.Questionnaire](t, r)
		if q.Language != want.language || r.Header.Get("Content-Language") != want.language || !strings.HasSuffix(q.Items[0].Text.Default, want.ending) {
			t.Errorf("%q: got %s %q, want %+v", query, q.Language, q.Items[0].Text.Default, want)
		}
	}
	for query, field := range map[string]string{"?language=QPS": "language", "?language=en-GB": "language", "?officer=other": "officer"} {
		r := h.do(t, "alpha/officer", "GET", path+query, nil, "Accept-Language", pseudo)
		p := r.problem(t)
		if r.StatusCode != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Pointer != field || len(p.Errors[0].Allowed) != 2 {
			t.Errorf("%s: got %d %+v", query, r.StatusCode, p)
		}
		if !strings.HasPrefix(p.Detail, "⟦") || r.Header.Get("Content-Language") != pseudo {
			t.Errorf("%s: the error is not in the officer's language: %s", query, p.Detail)
		}
	}
}

// Nothing that nobody reviewed pretends to be reviewed.
func TestDraftsAreMarkedAsDrafts(t *testing.T) {
	h := startPseudo(t)
	q := decode[openapi.Questionnaire](t, h.do(t, "alpha/officer", "GET", "/v1/instruments/triage-border/1.0.0?language=qps", nil))
	if tr := q.Translation; tr.Status != openapi.TranslationStatusDraft || tr.Draft != tr.Texts || tr.Texts < 50 || tr.Stale != 0 || tr.Direction != openapi.TranslationDirectionRtl {
		t.Errorf("got %+v", tr)
	}
	list := decode[openapi.InstrumentList](t, h.do(t, "alpha/officer", "GET", "/v1/instruments", nil))
	for _, in := range list.Instruments {
		var statuses []openapi.TranslationStatus
		for _, tr := range in.Translations {
			statuses = append(statuses, tr.Status)
		}
		if !slices.Equal(statuses, []openapi.TranslationStatus{openapi.TranslationStatusSource, openapi.TranslationStatusDraft}) {
			t.Errorf("%s: got %v", in.ID, statuses)
		}
	}
}

// A questionnaire in another language has the same questions and options.
func TestTranslatedQuestionnaireAsksTheSame(t *testing.T) {
	h := startPseudo(t)
	get := func(query string) openapi.Questionnaire {
		return decode[openapi.Questionnaire](t, h.do(t, "alpha/officer", "GET", "/v1/instruments/screen-fc/1.0.0"+query, nil))
	}
	en, other := get(""), get("?language=qps&officer=woman")
	for i, it := range en.Items {
		codes := func(options []screening.Option) (out []string) {
			for _, o := range options {
				out = append(out, o.Code)
			}
			return out
		}
		if it.ID != other.Items[i].ID || !slices.Equal(codes(it.Options), codes(other.Items[i].Options)) {
			t.Errorf("%s: got %s %v", it.ID, other.Items[i].ID, codes(other.Items[i].Options))
		}
	}
}
