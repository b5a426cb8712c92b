// Package locales holds the messages of the user interface in every language,
// and says which language to answer in.
//
// Instrument texts are not messages: they have variants for the person
// addressed and live with the catalogue. The package imports nothing of this
// module.
package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Default is the language that everything exists in.
const Default = "en"

//go:embed languages.json unchanged.json messages app instruments officer provenance
var shipped embed.FS

// Shipped gives the texts that ship with Waymark, in all languages and
// whatever their status; Library.Choose chooses among them.
func Shipped() fs.FS { return shipped }

// Messages are the messages of all languages. It is immutable after Load and
// safe for concurrent use.
type Messages struct {
	// localizers are made when a language is first answered in: all of them take
	// half as much memory as everything else, and most are not needed for days.
	localizers map[string]func() *i18n.Localizer
	ids        []string
	matcher    *Matcher
}

// Load reads messages/<language>.json files. A language that lacks a message is
// left out: a missing text would come out in another language, and nobody would
// notice until it matters. Lint finds what is missing.
func Load(fsys fs.FS) (*Messages, error) {
	languages, err := Languages(fsys)
	if err != nil {
		return nil, err
	}
	m := &Messages{localizers: map[string]func() *i18n.Localizer{}}
	var tags []string
	for _, l := range languages {
		_, ids, err := loadMessages(fsys, l)
		if err != nil {
			return nil, err
		}
		switch {
		case l.Tag == Default:
			m.ids = ids
		case !containsAll(ids, m.ids):
			continue
		}
		tags = append(tags, l.Tag)
		m.localizers[l.Tag] = sync.OnceValue(func() *i18n.Localizer {
			localizer, _, err := loadMessages(fsys, l)
			if err != nil {
				panic("locales: read before, and now: " + err.Error())
			}
			return localizer
		})
	}
	if len(m.ids) == 0 {
		return nil, errors.New("locales: there are no English messages")
	}
	m.matcher = NewMatcher(tags)
	return m, nil
}

// loadMessages reads one language into a bundle of its own, so that go-i18n
// can never answer in a language that it takes for a relative.
func loadMessages(fsys fs.FS, l Language) (*i18n.Localizer, []string, error) {
	file := "messages/" + l.Tag + ".json"
	data, err := fs.ReadFile(fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("locales: %w", err)
	}
	bundle := i18n.NewBundle(l.rules())
	loaded, err := i18n.ParseMessageFileBytes(data, path.Base(file), nil)
	if err == nil {
		err = bundle.AddMessages(l.rules(), loaded.Messages...)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("locales: %s: %w", file, err)
	}
	var ids []string
	for _, message := range loaded.Messages {
		ids = append(ids, message.ID)
	}
	return i18n.NewLocalizer(bundle, l.rules().String()), ids, nil
}

func containsAll(have, want []string) bool {
	set := map[string]bool{}
	for _, id := range have {
		set[id] = true
	}
	return !slices.ContainsFunc(want, func(id string) bool { return !set[id] })
}

// Has reports whether a message exists.
func (m *Messages) Has(id string) bool { return slices.Contains(m.ids, id) }

// IDs lists all messages.
func (m *Messages) IDs() []string { return slices.Clone(m.ids) }

// Languages lists the languages, the default first.
func (m *Messages) Languages() []string { return m.matcher.Tags() }

// Match gives the language to answer an Accept-Language header in.
func (m *Messages) Match(acceptLanguage string) string { return m.matcher.Match(acceptLanguage) }

// Text gives a message in one of Languages. A message that does not exist comes
// out as its id in brackets; tests keep that from happening.
func (m *Messages) Text(tag, id string) string {
	return m.localize(tag, &i18n.LocalizeConfig{MessageID: id})
}

// Count gives a message that is a plural, with its number as {{.Count}}.
func (m *Messages) Count(tag, id string, n int) string {
	return m.localize(tag, &i18n.LocalizeConfig{MessageID: id, PluralCount: n, TemplateData: map[string]int{"Count": n}})
}

func (m *Messages) localize(tag string, config *i18n.LocalizeConfig) string {
	localizer, ok := m.localizers[tag]
	if !ok {
		localizer = m.localizers[Default]
	}
	text, err := localizer().Localize(config)
	if err != nil {
		return "[" + config.MessageID + "]"
	}
	return text
}
