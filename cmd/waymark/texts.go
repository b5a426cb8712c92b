package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"waymark/locales"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// library reads every translation of everything that is translated, and the
// catalogue in its source language.
func library(translations fs.FS, chosen ...catalog.Option) (*locales.Library, *catalog.Catalog, error) {
	c, err := catalog.Load(instruments.FS, nil, chosen...)
	if err != nil {
		return nil, nil, err
	}
	var units []locales.Unit
	for _, e := range c.All() {
		ref := e.Instrument.Ref()
		newest, _ := c.Newest(ref.ID)
		keys, source := sourceTexts(e)
		units = append(units, locales.InstrumentUnit(ref.ID, ref.Version, newest == e, keys, source))
	}
	l, err := locales.Read(translations, units)
	return l, c, err
}

// sourceTexts gives the texts of an instrument as translators write them.
func sourceTexts(e *catalog.Entry) (keys []string, source map[string]locales.Text) {
	source = map[string]locales.Text{}
	for _, keyed := range catalog.Texts(e) {
		text := locales.Plain(keyed.Text.Default)
		for v, wording := range keyed.Text.Variants {
			text[string(v)] = wording
		}
		keys = append(keys, keyed.Key)
		source[keyed.Key] = text
	}
	return keys, source
}

// textFlags say which translations a deployment serves.
type textFlags struct {
	LeastStatus string   `help:"Least status of translations to serve: draft, reviewed or field_tested. The default is reviewed; with --demo it is draft." enum:",draft,reviewed,field_tested" default:"" env:"WAYMARK_LEAST_STATUS"`
	AllowStale  bool     `help:"Serve translations whose English has changed since." env:"WAYMARK_ALLOW_STALE"`
	Languages   []string `help:"Languages to serve besides English; all that do not ship excluded, when absent." env:"WAYMARK_LANGUAGES" placeholder:"TAG"`
}

// texts are what is said to people, in the languages that are served.
type texts struct {
	catalog  *catalog.Catalog
	messages *locales.Messages
	edition  *locales.Edition
}

// open chooses what to serve. A deployment that says nothing serves nothing
// that nobody has reviewed; the demo shows drafts, marked as drafts.
func (f textFlags) open(translations fs.FS, demo bool, chosen ...catalog.Option) (texts, error) {
	least := locales.Status(f.LeastStatus)
	switch {
	case least == "" && demo:
		least = locales.Draft
	case least == "":
		least = locales.Reviewed
	}
	l, c, err := library(translations, chosen...)
	if err != nil {
		return texts{}, err
	}
	t := texts{}
	if t.edition, err = l.Choose(locales.Policy{Least: least, AllowStale: f.AllowStale, Only: f.Languages}); err != nil {
		return texts{}, err
	}
	var (
		both   sync.WaitGroup
		failed error
	)
	both.Go(func() { t.catalog, failed = c.Translated(t.edition.Files()) })
	t.messages, err = locales.Load(t.edition.Files())
	both.Wait()
	return t, errors.Join(err, failed)
}

// served tells an operator which languages are served, and how many are there
// and are not served in full.
func (t texts) served() string {
	var tags []string
	for _, l := range t.edition.Languages() {
		tags = append(tags, l.Tag)
	}
	left := map[string]bool{}
	for _, l := range t.edition.LeftOut() {
		left[l.Translation.Language] = true
	}
	line := strings.Join(tags, " ")
	if len(left) > 0 {
		line += fmt.Sprintf(" (%d more are not served in full: see waymark language list, and --least-status)", len(left))
	}
	return line
}
