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
// language it is complete in, encoded and compressed once. Nothing on it ever
// changes while the server runs.
type shelf struct {
	lists          map[string]*representation
	languages      *locales.Matcher
	questionnaires map[screening.Ref]map[string]*representation
	matchers       map[screening.Ref]*locales.Matcher
}

func newShelf(c *catalog.Catalog) (*shelf, error) {
	s := &shelf{
		lists:          map[string]*representation{},
		questionnaires: map[screening.Ref]map[string]*representation{},
		matchers:       map[screening.Ref]*locales.Matcher{},
	}
	var languages []string
	for _, e := range c.All() {
		ref := e.Instrument.Ref()
		s.questionnaires[ref] = map[string]*representation{}
		s.matchers[ref] = locales.NewMatcher(e.Languages())
		for _, language := range e.Languages() {
			in, _ := e.In(language)
			r, err := represent(in, language)
			if err != nil {
				return nil, fmt.Errorf("%s in %s: %w", ref, language, err)
			}
			s.questionnaires[ref][language] = r
			if !slices.Contains(languages, language) {
				languages = append(languages, language)
			}
		}
	}
	s.languages = locales.NewMatcher(languages)
	for _, language := range languages {
		r, err := represent(summaries(c, language), language)
		if err != nil {
			return nil, fmt.Errorf("catalogue in %s: %w", language, err)
		}
		s.lists[language] = r
	}
	return s, nil
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
func summaries(c *catalog.Catalog, language string) openapi.InstrumentList {
	var out openapi.InstrumentList
	for _, e := range c.All() {
		in, ok := e.In(language)
		if !ok {
			in = e.Instrument
		}
		out.Instruments = append(out.Instruments, openapi.InstrumentSummary{
			ID: in.ID, Version: in.Version, Title: in.Title, About: in.About, Minutes: in.Minutes,
			Items: len(in.Items), Languages: e.Languages(),
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

// getInstrument gives one questionnaire.
func (s *Server) getInstrument(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	ref := screening.Ref{ID: r.Params("id"), Version: r.Params("version")}
	matcher, ok := s.shelf.matchers[ref]
	if !ok {
		return fault.New(fault.NotFound)
	}
	return r.represent(s.shelf.questionnaires[ref][matcher.Match(r.Get("Accept-Language"))])
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
