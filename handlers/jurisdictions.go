package handlers

import (
	"slices"
	"sync"

	"waymark/auth"
	"waymark/fault"
	"waymark/locales"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/jurisdiction"
)

// packShelf holds the country packs ready to be sent. Each document is made
// when it is first asked for: there is one for every country, outcome and
// language, and few of them are ever read at one place.
type packShelf struct {
	lists map[string]func() (*representation, error) // by language
	packs map[packKey]func() (*representation, error)
}

// packKey names one document; the outcome is "" for a whole pack.
type packKey struct {
	iso      string
	outcome  screening.Outcome
	language string
}

func newPackShelf(packs *jurisdiction.Packs, messages *locales.Messages) *packShelf {
	s := &packShelf{lists: map[string]func() (*representation, error){}, packs: map[packKey]func() (*representation, error){}}
	for _, language := range messages.Languages() {
		w := packWriter{packs.Layout(), func(id string) string { return messages.Text(language, id) }}
		s.lists[language] = sync.OnceValues(func() (*representation, error) { return represent(w.list(packs), language) })
		for _, p := range packs.All() {
			for _, o := range append(screening.Outcomes(), "") {
				s.packs[packKey{p.ISO, o, language}] = sync.OnceValues(func() (*representation, error) {
					return represent(w.pack(p, o), language)
				})
			}
		}
	}
	return s
}

// packWriter writes packs for the wire, in one language.
type packWriter struct {
	layout  *jurisdiction.Layout
	message func(id string) string
}

func (w packWriter) list(packs *jurisdiction.Packs) openapi.JurisdictionList {
	out := openapi.JurisdictionList{Notice: w.message("jurisdiction.notice")}
	for _, p := range packs.All() {
		from, to := p.AsOf()
		out.Jurisdictions = append(out.Jurisdictions, openapi.JurisdictionSummary{
			Iso: p.ISO, Name: p.Name, AsOf: openapi.DayRange{From: from, To: to},
			Verified: p.Count(jurisdiction.Verified), Unverified: p.Count(jurisdiction.Unverified), Unknown: p.Count(jurisdiction.Unknown),
		})
	}
	return out
}

// pack writes a pack, or what of it is shown with an outcome. Gaps are shown
// always.
func (w packWriter) pack(p *jurisdiction.Pack, o screening.Outcome) openapi.Jurisdiction {
	out := openapi.Jurisdiction{
		Iso: p.ISO, Name: p.Name, Language: p.Language, Notice: w.message("jurisdiction.notice"), Outcome: o,
		Groups: []openapi.JurisdictionGroup{}, Gaps: []openapi.JurisdictionLeaf{},
	}
	shown, ok := w.layout.Shown(o)
	if !ok {
		shown = w.layout.Leaves
	}
	for _, group := range w.layout.Groups {
		g := openapi.JurisdictionGroup{ID: group, Label: w.message("jurisdiction.group." + group)}
		for _, k := range shown {
			if k.Group == group {
				g.Leaves = append(g.Leaves, w.leaf(k, p.Leaves[k.ID]))
			}
		}
		if len(g.Leaves) > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	for _, gap := range p.Gaps {
		out.Gaps = append(out.Gaps, w.leaf(jurisdiction.LeafKind{}, gap))
	}
	return out
}

func (w packWriter) leaf(k jurisdiction.LeafKind, l jurisdiction.Leaf) openapi.JurisdictionLeaf {
	out := openapi.JurisdictionLeaf{
		ID: k.ID, Label: l.About, Text: k.Text(l, w.message),
		Status: l.Status, StatusText: w.message("jurisdiction.status." + string(l.Status)),
		Confidence: l.Confidence, ConfidenceText: w.message("jurisdiction.confidence." + string(l.Confidence)),
		Source: l.Source, AsOf: l.AsOf, ReviewedBy: l.ReviewedBy,
	}
	if k.ID != "" {
		out.Label = w.message("jurisdiction.leaf." + k.ID)
	}
	if len(k.Codes) > 0 {
		out.Code = l.Value
	}
	return out
}

// listJurisdictions gives the countries that have a pack.
func (s *Server) listJurisdictions(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	return r.made(s.packs.lists[r.language])
}

// getJurisdiction gives one country pack, or what is shown with an outcome.
func (s *Server) getJurisdiction(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	outcome, err := r.outcome()
	if err != nil {
		return err
	}
	iso := r.Params("iso")
	doc, ok := s.packs.packs[packKey{iso, outcome, r.language}]
	if !ok {
		return fault.New(fault.NotFound, fault.Field{Pointer: "iso", Code: fault.NoPack, Allowed: s.Jurisdictions.ISOs()})
	}
	return r.made(doc)
}

// made sends a document that is made when it is first asked for.
func (r *request) made(doc func() (*representation, error)) error {
	made, err := doc()
	if err != nil {
		return fault.Wrap(fault.Internal, err)
	}
	return r.represent(made)
}

// outcome reads the "outcome" parameter; "" when it is absent.
func (r *request) outcome() (screening.Outcome, error) {
	if !r.Context().QueryArgs().Has("outcome") {
		return "", nil
	}
	o, all := screening.Outcome(r.Query("outcome")), screening.Outcomes()
	if slices.Contains(all, o) {
		return o, nil
	}
	field := fault.Field{Pointer: "outcome", Code: fault.UnknownOutcome}
	for _, o := range all {
		field.Allowed = append(field.Allowed, string(o))
	}
	return "", fault.New(fault.BadRequest, field)
}
