package handlers

import (
	"cmp"
	"fmt"
	"maps"
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
	questionnaires map[edition]*questionnaire
}

// edition is one wording of a version: the general one, or that of a sector.
type edition struct {
	ref    screening.Ref
	sector string
}

// questionnaire is an edition in its languages.
type questionnaire struct {
	matcher  *locales.Matcher
	document map[string]*representation
}

func newQuestionnaire(languages map[string]*screening.Instrument) (*questionnaire, error) {
	q := &questionnaire{document: map[string]*representation{}}
	for language, in := range languages {
		r, err := represent(in, language)
		if err != nil {
			return nil, fmt.Errorf("%s in %s: %w", in.Ref(), language, err)
		}
		q.document[language] = r
	}
	q.matcher = locales.NewMatcher(slices.Sorted(maps.Keys(languages)))
	return q, nil
}

func newShelf(c *catalog.Catalog) (*shelf, error) {
	s := &shelf{
		lists:          map[string]*representation{},
		questionnaires: map[edition]*questionnaire{},
	}
	var languages []string
	for _, e := range c.All() {
		general := map[string]*screening.Instrument{}
		for _, language := range e.Languages() {
			general[language], _ = e.In(language)
			if !slices.Contains(languages, language) {
				languages = append(languages, language)
			}
		}
		var err error
		if s.questionnaires[edition{ref: e.Instrument.Ref()}], err = newQuestionnaire(general); err != nil {
			return nil, err
		}
		for _, sector := range e.Sectors {
			if s.questionnaires[edition{e.Instrument.Ref(), sector.ID}], err = newQuestionnaire(e.ForSector(sector.ID)); err != nil {
				return nil, err
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
		summary := openapi.InstrumentSummary{
			ID: in.ID, Version: in.Version, Title: in.Title, About: in.About, Minutes: in.Minutes,
			Items: len(in.Items), Languages: e.Languages(),
			Rules: e.Rules.Version, Program: e.Program.Digest(), LeftOut: e.LeftOut,
		}
		for _, sector := range e.Sectors {
			summary.Sectors = append(summary.Sectors, openapi.SectorSummary{ID: sector.ID, Title: e.SectorTitle(sector.ID, language)})
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

// getInstrument gives one questionnaire.
func (s *Server) getInstrument(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	ref := screening.Ref{ID: r.Params("id"), Version: r.Params("version")}
	e, ok := s.Catalog.Find(ref)
	if !ok {
		return fault.New(fault.NotFound)
	}
	q, ok := s.shelf.questionnaires[edition{ref, r.Query("sector")}]
	if !ok {
		return fault.New(fault.BadRequest, fault.Field{Pointer: "sector", Code: fault.NotAllowed, Allowed: sectors(e)})
	}
	return r.represent(q.document[q.matcher.Match(r.Get("Accept-Language"))])
}

func sectors(e *catalog.Entry) []string {
	var out []string
	for _, sector := range e.Sectors {
		out = append(out, sector.ID)
	}
	return out
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
