package locales

import (
	"maps"
	"slices"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// pluralForms gives the plural forms that whole numbers take in a language,
// each with how many of the numbers tried take it. It asks the library that
// will choose among them, so that the two agree.
func pluralForms(l Language) map[string]int {
	const probe = "probe"
	all := &i18n.Message{ID: probe, Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	bundle := i18n.NewBundle(l.rules())
	if err := bundle.AddMessages(l.rules(), all); err != nil {
		return nil // no rule; Load says so
	}
	localizer := i18n.NewLocalizer(bundle, l.rules().String())
	taken := map[string]int{}
	try := func(n int) {
		if form, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: probe, PluralCount: n}); err == nil {
			taken[form]++
		}
	}
	for n := range 201 {
		try(n)
	}
	try(1_000_000)      // many in French and Portuguese
	taken["other"] += 2 // Text, which knows no number, takes it
	return taken
}

// saysCount says whether a plural form has to name its number: not where the
// form is of one number alone, as Arabic has a form for two.
func saysCount(l Language, form string) bool { return pluralForms(l)[form] != 1 }

func pluralNames(l Language) []string { return slices.Sorted(maps.Keys(pluralForms(l))) }
