package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"

	"waymark/auth"
	"waymark/fault"
	"waymark/locales"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
)

// shelf holds the catalogue ready to be sent. A questionnaire in a wording is
// encoded and compressed when it is first asked for; nothing on the shelf ever
// changes while the server runs.
type shelf struct {
	lists          map[string]*representation
	languages      *locales.Matcher
	questionnaires map[screening.Ref]*questionnaires
}

// questionnaires are one instrument in all its wordings.
type questionnaires struct {
	entry    *catalog.Entry
	matcher  *locales.Matcher
	wordings map[catalog.Wording]func() (*representation, error)
}

func newShelf(c *catalog.Catalog, edition *locales.Edition) (*shelf, error) {
	s := &shelf{lists: map[string]*representation{}, questionnaires: map[screening.Ref]*questionnaires{}}
	var languages []string
	for _, e := range c.All() {
		s.questionnaires[e.Instrument.Ref()] = newQuestionnaires(e, edition)
		for _, language := range e.Languages() {
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

func newQuestionnaires(e *catalog.Entry, edition *locales.Edition) *questionnaires {
	q := &questionnaires{e, locales.NewMatcher(e.Languages()), map[catalog.Wording]func() (*representation, error){}}
	for _, language := range e.Languages() {
		for _, sector := range append(sectors(e), "") {
			for _, officer := range catalog.Officers() {
				w := catalog.Wording{Language: language, Officer: officer, Sector: sector}
				q.wordings[w] = sync.OnceValues(func() (*representation, error) {
					in, _ := e.For(w)
					return represent(questionnaire(e, in, officer, edition), language)
				})
			}
		}
	}
	return q
}

func sectors(e *catalog.Entry) []string {
	var out []string
	for _, sector := range e.Sectors {
		out = append(out, sector.ID)
	}
	return out
}

func questionnaire(e *catalog.Entry, in *screening.Instrument, officer screening.Variant, edition *locales.Edition) openapi.Questionnaire {
	return openapi.Questionnaire{
		ID: in.ID, Version: in.Version, Language: in.Language, Officer: string(officer), Sector: in.Sector,
		Translation: translation(e, in.Language, edition),
		Title:       in.Title, About: in.About, Minutes: in.Minutes, Validation: in.Validation,
		Notices: in.Notices, Protocol: in.Protocol, FollowUp: in.FollowUp, Sections: in.Sections, Items: in.Items, Prefill: in.Prefill,
	}
}

// translation says how far an instrument's texts are. An edition that does not
// know the instrument has it in its source language only.
func translation(e *catalog.Entry, tag string, edition *locales.Edition) openapi.Translation {
	t, ok := edition.Translation(e.Instrument.Ref().String(), tag)
	if !ok {
		t = locales.Translation{Language: tag, Texts: len(catalog.Texts(e))}
	}
	language, _ := edition.Language(tag)
	return openapi.Translation{
		Language: tag, Name: language.Name, English: language.English, Script: language.Script,
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
			translations = append(translations, translation(e, tag, edition))
		}
		summary := openapi.InstrumentSummary{
			ID: in.ID, Version: in.Version, Title: in.Title, About: in.About, Minutes: in.Minutes,
			Items: len(in.Items), Languages: e.Languages(), Translations: translations,
			Rules: e.Rules.Version, Program: e.Program.Digest(), LeftOut: e.LeftOut,
		}
		for _, sector := range sectors(e) {
			summary.Sectors = append(summary.Sectors, openapi.SectorSummary{ID: sector, Title: e.SectorTitle(sector, language)})
		}
		out.Instruments = append(out.Instruments, summary)
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
	q, ok := s.shelf.questionnaires[screening.Ref{ID: r.Params("id"), Version: r.Params("version")}]
	if !ok {
		return fault.New(fault.NotFound)
	}
	w := catalog.Wording{Language: r.Query("language"), Officer: screening.Variant(r.Query("officer")), Sector: r.Query("sector")}
	if w.Language == "" {
		w.Language = q.matcher.Match(r.Get("Accept-Language"))
	}
	doc, ok := q.wordings[w]
	if !ok {
		return fault.New(fault.BadRequest, q.notOffered(w)...)
	}
	return r.made(doc)
}

// notOffered says which part of a wording does not exist.
func (q *questionnaires) notOffered(w catalog.Wording) []fault.Field {
	var fields []fault.Field
	check := func(parameter, value string, allowed []string) {
		if value != "" && !slices.Contains(allowed, value) {
			fields = append(fields, fault.Field{Pointer: parameter, Code: fault.NotAllowed, Allowed: allowed})
		}
	}
	check("language", w.Language, q.matcher.Tags())
	check("officer", string(w.Officer), texts(catalog.Officers()[1:]))
	check("sector", w.Sector, sectors(q.entry))
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
