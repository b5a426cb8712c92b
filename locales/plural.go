package locales

import (
	"maps"
	"slices"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// pluralForms lists the plural forms that whole numbers take in a language. It
// asks the library that will choose among them, so that the two agree.
func pluralForms(l Language) []string {
	const probe = "probe"
	all := &i18n.Message{ID: probe, Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	bundle := i18n.NewBundle(l.rules())
	if err := bundle.AddMessages(l.rules(), all); err != nil {
		return nil // no rule; Load says so
	}
	localizer := i18n.NewLocalizer(bundle, l.rules().String())
	seen := map[string]bool{}
	for n := range 202 {
		if n == 201 {
			n = 1_000_000 // many in French and Portuguese
		}
		if text, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: probe, PluralCount: n}); err == nil {
			seen[text] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
