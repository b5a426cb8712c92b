package handlers

import (
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"waymark/auth"
	"waymark/fault"
	"waymark/locales"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
	"waymark/screening/jurisdiction"
	"waymark/screening/submission"
)

// bundleFormat is the form of the bundle. A tablet refuses another.
const bundleFormat = 1

// bundleShelf holds what tablets take with them, ready to be sent. All of it is
// made when it is first asked for. Only the statement of the intake key differs
// between agencies, and from one quarter to the next.
type bundleShelf struct {
	catalog   *catalog.Catalog
	edition   *locales.Edition
	packs     *jurisdiction.Packs
	desk      *submission.Desk
	sign      func(tenant string, payload []byte) (string, error)
	common    func() (openapi.Bundle, error)
	languages map[string]*languageParts

	bundles sync.Map // by agency: an *agencyBundle
}

// agencyBundle is the bundle of one agency in one quarter.
type agencyBundle struct {
	quarter privacy.Quarter
	doc     func() (*representation, error)
}

func newBundleShelf(u UseCases) *bundleShelf {
	s := &bundleShelf{
		catalog: u.Catalog, edition: u.Languages, packs: u.Jurisdictions, desk: u.Submissions, sign: u.SignStatement,
		languages: map[string]*languageParts{},
	}
	for _, l := range u.Languages.Languages() {
		s.languages[l.Tag] = newLanguageParts(u.Catalog, u.Languages, l.Tag)
	}
	s.common = sync.OnceValues(s.makeCommon)
	return s
}

// bundle gives the bundle of an agency.
func (s *bundleShelf) bundle(tenant string) func() (*representation, error) {
	quarter := s.desk.IntakeQuarter()
	for {
		known, _ := s.bundles.Load(tenant)
		if b, ok := known.(*agencyBundle); ok && b.quarter == quarter {
			return b.doc
		}
		made := &agencyBundle{quarter, sync.OnceValues(func() (*representation, error) { return s.make(tenant) })}
		if known == nil {
			s.bundles.LoadOrStore(tenant, made)
		} else {
			s.bundles.CompareAndSwap(tenant, known, made)
		}
	}
}

// make makes the bundle of an agency.
func (s *bundleShelf) make(tenant string) (*representation, error) {
	b, err := s.common()
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(s.desk.Intake(tenant), json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	if b.Intake, err = s.sign(tenant, payload); err != nil {
		return nil, err
	}
	return represent(b, locales.Default)
}

// makeCommon makes what is the same for all agencies.
func (s *bundleShelf) makeCommon() (openapi.Bundle, error) {
	b := openapi.Bundle{Format: bundleFormat, Shown: map[string][]string{}}
	for _, e := range s.catalog.All() {
		i, err := bundleInstrument(e, s.edition)
		if err != nil {
			return b, fmt.Errorf("bundle: %s: %w", e.Instrument.Ref(), err)
		}
		b.Instruments = append(b.Instruments, i)
	}
	for _, l := range s.edition.Languages() {
		described, err := s.describe(l)
		if err != nil {
			return b, fmt.Errorf("bundle: %s: %w", l.Tag, err)
		}
		b.Languages = append(b.Languages, described)
	}
	for _, p := range s.packs.All() {
		b.Jurisdictions = append(b.Jurisdictions, bundlePack(s.packs.Layout(), p))
	}
	for _, o := range screening.Outcomes() {
		shown, _ := s.packs.Layout().Shown(o)
		for _, kind := range shown {
			b.Shown[string(o)] = append(b.Shown[string(o)], kind.ID)
		}
	}
	return b, nil
}

func bundleInstrument(e *catalog.Entry, edition *locales.Edition) (openapi.BundleInstrument, error) {
	in, _ := e.In(e.Instrument.Language)
	out := openapi.BundleInstrument{
		Questionnaire: questionnaire(e, in, screening.Neutral, edition),
		LeftOut:       e.LeftOut, Keys: e.Keys(), Program: e.ProgramDocument(), Steps: e.Steps(),
	}
	for _, sector := range e.Sectors {
		out.Sectors = append(out.Sectors, openapi.BundleSector{ID: sector.ID, Title: sector.Title, Labels: sector.Labels})
	}
	var err error
	out.Vectors, err = bundleVectors(e)
	return out, err
}

// bundleVectors gives the vectors that hold for the program of this deployment.
// It has other rules than the shipped ones, or items left out, and a vector
// that our own engine does not meet would keep every tablet from scoring.
func bundleVectors(e *catalog.Entry) (jsontext.Value, error) {
	data, err := e.Vectors()
	if err != nil {
		return nil, err
	}
	all := []conformance.Vector{}
	if data != nil {
		if all, err = conformance.ParseVectors(data); err != nil {
			return nil, err
		}
	}
	hold := slices.DeleteFunc(all, func(v conformance.Vector) bool { return v.Run(e.Program) != nil })
	return json.Marshal(map[string][]conformance.Vector{"vectors": hold}, json.Deterministic(true))
}

// describe says how far a language is, and which parts it has.
func (s *bundleShelf) describe(l locales.Language) (openapi.BundleLanguage, error) {
	out := openapi.BundleLanguage{
		Language: l.Tag, Name: l.Name, English: l.English, Script: l.Script,
		Direction: openapi.BundleLanguageDirection(l.Direction),
		Status:    openapi.BundleLanguageStatus(s.status(l.Tag)),
	}
	for part, into := range map[openapi.GetBundlePartParamsPart]*string{
		openapi.GetBundlePartParamsPartInterview: &out.Interview,
		openapi.GetBundlePartParamsPartInterface: &out.Interface,
	} {
		doc, err := s.languages[l.Tag].parts[part]()
		if err != nil {
			return out, err
		}
		if doc != nil {
			*into = doc.digest
		}
	}
	return out, nil
}

// status is the least of everything that a language has here.
func (s *bundleShelf) status(tag string) locales.Status {
	if tag == locales.Default {
		return locales.Source
	}
	units := []string{locales.MessagesUnit, locales.AppUnit}
	for _, e := range s.catalog.All() {
		units = append(units, e.Instrument.Ref().String())
	}
	least := locales.FieldTested
	for _, unit := range units {
		t, ok := s.edition.Translation(unit, tag)
		if ok && slices.Index(locales.Statuses(), t.Status()) < slices.Index(locales.Statuses(), least) {
			least = t.Status()
		}
	}
	return least
}

// bundlePack writes a country pack without labels.
func bundlePack(layout *jurisdiction.Layout, p *jurisdiction.Pack) openapi.BundleJurisdiction {
	out := openapi.BundleJurisdiction{Country: p.ISO, Name: p.Name}
	for _, k := range layout.Leaves {
		l := p.Leaves[k.ID]
		out.Leaves = append(out.Leaves, openapi.BundleLeaf{
			ID: k.ID, Group: k.Group, Value: l.Value, Code: l.Value != "" && len(k.Codes) > 0,
			Status:     openapi.BundleJurisdictionLeavesStatus(l.Status),
			Confidence: openapi.BundleJurisdictionLeavesConfidence(l.Confidence),
			Source:     l.Source, AsOf: l.AsOf,
		})
	}
	for _, gap := range p.Gaps {
		out.Gaps = append(out.Gaps, openapi.BundleGap{
			About: gap.About, Value: gap.Value,
			Status:     openapi.BundleJurisdictionGapsStatus(gap.Status),
			Confidence: openapi.BundleJurisdictionGapsConfidence(gap.Confidence),
			Source:     gap.Source, AsOf: gap.AsOf,
		})
	}
	return out
}

// getBundle gives everything a tablet needs to work without a network.
func (s *Server) getBundle(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	return r.made(s.bundles.bundle(r.who.Tenant))
}

// getBundlePart gives the texts of the bundle in one language.
func (s *Server) getBundlePart(r *request) error {
	if _, err := r.who.May(auth.ReadCatalogue); err != nil {
		return err
	}
	language, ok := s.bundles.languages[r.Params("language")]
	if !ok {
		return fault.New(fault.NotFound)
	}
	part, ok := language.parts[openapi.GetBundlePartParamsPart(r.Params("part"))]
	if !ok {
		return fault.New(fault.NotFound)
	}
	doc, err := part()
	if err == nil && doc == nil { // the language is here, but has no such texts
		return fault.New(fault.NotFound)
	}
	return r.made(func() (*representation, error) { return doc, err })
}
