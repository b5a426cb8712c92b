package handlers

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"waymark/auth"
	"waymark/fault"
	"waymark/locales"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
)

// shelf holds the catalogue ready to be sent: every questionnaire in every
// language it is complete in, as every officer says it, encoded and compressed
// once. Nothing on it ever changes while the server runs.
type shelf struct {
	lists          map[string]*representation
	languages      *locales.Matcher
	questionnaires map[screening.Ref]map[wording]*representation
	matchers       map[screening.Ref]*locales.Matcher
}

// wording is what a client chooses of a questionnaire.
type wording struct {
	language string
	officer  screening.Variant
}

func newShelf(c *catalog.Catalog, edition *locales.Edition) (*shelf, error) {
	s := &shelf{
		lists:          map[string]*representation{},
		questionnaires: map[screening.Ref]map[wording]*representation{},
		matchers:       map[screening.Ref]*locales.Matcher{},
	}
	var languages []string
	for _, e := range c.All() {
		ref := e.Instrument.Ref()
		s.questionnaires[ref] = map[wording]*representation{}
		s.matchers[ref] = locales.NewMatcher(e.Languages())
		for _, language := range e.Languages() {
			if err := s.put(e, language, edition); err != nil {
				return nil, fmt.Errorf("%s in %s: %w", ref, language, err)
			}
			if !slices.Contains(languages, language) {
				languages = append(languages, language)
			}
		}
	}
	s.languages = locales.NewMatcher(languages)
	for _, language := range languages {
		r, err := represent(summaries(c, language, edition), language)
		if err != nil {
			return nil, fmt.Errorf("catalogue in %s: %w", language, err)
		}
		s.lists[language] = r
	}
	return s, nil
}

// put adds a questionnaire in one language. Officers for whom it is the same
// share it.
func (s *shelf) put(e *catalog.Entry, language string, edition *locales.Edition) error {
	neutral, _ := e.In(language)
	for _, officer := range catalog.Officers() {
		in, _ := e.For(language, officer)
		if officer != screening.Neutral && in == neutral {
			s.questionnaires[in.Ref()][wording{language, officer}] = s.questionnaires[in.Ref()][wording{language: language}]
			continue
		}
		r, err := represent(questionnaire(in, officer, edition), language)
		if err != nil {
			return err
		}
		s.questionnaires[in.Ref()][wording{language, officer}] = r
	}
	return nil
}

func questionnaire(in *screening.Instrument, officer screening.Variant, edition *locales.Edition) openapi.Questionnaire {
	return openapi.Questionnaire{
		ID: in.ID, Version: in.Version, Language: in.Language, Officer: string(officer),
		Translation: translation(in, edition),
		Title:       in.Title, About: in.About, Minutes: in.Minutes, Validation: in.Validation,
		Notices: in.Notices, Sections: in.Sections, Items: in.Items,
	}
}

// translation says how far an instrument's texts are. An edition that does not
// know the instrument has it in its source language only.
func translation(in *screening.Instrument, edition *locales.Edition) openapi.Translation {
	t, ok := edition.Translation(in.Ref().String(), in.Language)
	if !ok {
		t = locales.Translation{Language: in.Language, Texts: len(catalog.Texts(in))}
	}
	language, _ := edition.Language(in.Language)
	return openapi.Translation{
		Language: in.Language, Name: language.Name, English: language.English, Script: language.Script,
		Direction: openapi.TranslationDirection(language.Direction), Status: openapi.TranslationStatus(t.Status()),
		Texts: t.Texts, Draft: t.Draft, Reviewed: t.Reviewed, FieldTested: t.FieldTested, Stale: t.Stale,
	}
}

// represent encodes a value once for all requests.
func represent(v any, language string) (*representation, error) {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return newRepresentation(body, language), nil
}

// summaries lists the catalogue, with titles in a language where they exist.
func summaries(c *catalog.Catalog, language string, edition *locales.Edition) openapi.InstrumentList {
	var out openapi.InstrumentList
	for _, e := range c.All() {
		in, ok := e.In(language)
		if !ok {
			in = e.Instrument
		}
		var translations []openapi.Translation
		for _, tag := range e.Languages() {
			localised, _ := e.In(tag)
			translations = append(translations, translation(localised, edition))
		}
		out.Instruments = append(out.Instruments, openapi.InstrumentSummary{
			ID: in.ID, Version: in.Version, Title: in.Title, About: in.About, Minutes: in.Minutes,
			Items: len(in.Items), Languages: e.Languages(), Translations: translations,
			Rules: e.Rules.Version, Program: e.Program.Digest(),
		})
	}
	return out
}

// listInstruments gives the catalogue.
func (s *Server) listInstruments(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	return r.represent(s.shelf.lists[s.shelf.languages.Match(r.Get("Accept-Language"))])
}

// getInstrument gives one questionnaire. The person's language is not the
// officer's: "language" is exact and goes above Accept-Language.
func (s *Server) getInstrument(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	ref := screening.Ref{ID: r.Params("id"), Version: r.Params("version")}
	matcher, ok := s.shelf.matchers[ref]
	if !ok {
		return fault.New(fault.NotFound)
	}
	w := wording{r.Query("language"), screening.Variant(r.Query("officer"))}
	if w.language == "" {
		w.language = matcher.Match(r.Get("Accept-Language"))
	}
	doc, ok := s.shelf.questionnaires[ref][w]
	if !ok {
		return fault.New(fault.BadRequest, notOffered(w, matcher.Tags())...)
	}
	return r.represent(doc)
}

// notOffered says which part of a wording does not exist.
func notOffered(w wording, languages []string) []fault.Field {
	var fields []fault.Field
	if !slices.Contains(languages, w.language) {
		fields = append(fields, fault.Field{Pointer: "language", Code: fault.NotAllowed, Allowed: languages})
	}
	if officers := catalog.Officers(); !slices.Contains(officers, w.officer) {
		fields = append(fields, fault.Field{Pointer: "officer", Code: fault.NotAllowed, Allowed: texts(officers[1:])})
	}
	return fields
}

// entry finds the instrument a request names; the newest version when it names
// none.
func (s *Server) entry(id, version string) (*catalog.Entry, error) {
	name := id
	if version != "" {
		name = screening.Ref{ID: id, Version: version}.String()
	}
	e, ok := s.Catalog.Lookup(name)
	if !ok {
		pointer := "/instrument"
		if version != "" {
			pointer = cmp.Or(pointer, "/version")
		}
		return nil, fault.New(fault.UnknownInstrument, fault.Field{Pointer: pointer, Code: fault.NotAllowed})
	}
	return e, nil
}
