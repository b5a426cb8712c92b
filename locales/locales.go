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
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Default is the language that everything exists in.
const Default = "en"

//go:embed messages/*.json
var shipped embed.FS

// Shipped gives the message files that ship with Waymark.
func Shipped() fs.FS { return shipped }

// Messages are the messages of all languages. It is immutable after Load and
// safe for concurrent use.
type Messages struct {
	localizers map[string]*i18n.Localizer
	ids        []string
	matcher    *Matcher
}

// Load reads messages/<language>.json files. Every language must have every
// message that the default language has, and no other: a missing text would
// come out in another language, and nobody would notice until it matters.
func Load(fsys fs.FS) (*Messages, error) {
	files, err := fs.Glob(fsys, "messages/*.json")
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	var (
		bundle = i18n.NewBundle(language.MustParse(Default))
		tags   []string
		ids    = map[string][]string{}
	)
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("locales: %w", err)
		}
		loaded, err := bundle.ParseMessageFileBytes(data, path.Base(file))
		if err != nil {
			return nil, fmt.Errorf("locales: %s: %w", file, err)
		}
		tag := strings.TrimSuffix(path.Base(file), ".json")
		tags = append(tags, tag)
		for _, m := range loaded.Messages {
			ids[tag] = append(ids[tag], m.ID)
		}
	}
	if len(ids[Default]) == 0 {
		return nil, errors.New("locales: there are no English messages")
	}
	if err := sameIDs(ids); err != nil {
		return nil, err
	}
	m := &Messages{localizers: map[string]*i18n.Localizer{}, ids: ids[Default], matcher: NewMatcher(tags)}
	for _, tag := range tags {
		m.localizers[tag] = i18n.NewLocalizer(bundle, tag)
	}
	return m, nil
}

func sameIDs(ids map[string][]string) error {
	var problems []error
	for tag, list := range ids {
		for _, id := range ids[Default] {
			if !slices.Contains(list, id) {
				problems = append(problems, fmt.Errorf("locales: %s has no message %q", tag, id))
			}
		}
		for _, id := range list {
			if !slices.Contains(ids[Default], id) {
				problems = append(problems, fmt.Errorf("locales: %s has a message %q that English has not", tag, id))
			}
		}
	}
	return errors.Join(problems...)
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
	localizer, ok := m.localizers[tag]
	if !ok {
		localizer = m.localizers[Default]
	}
	text, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: id})
	if err != nil {
		return "[" + id + "]"
	}
	return text
}
