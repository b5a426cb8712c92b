package locales

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/language"
)

// Direction is the direction a script is written in.
type Direction string

// The directions.
const (
	LeftToRight Direction = "ltr"
	RightToLeft Direction = "rtl"
)

// Language is what is known of a language, whether it is translated or not.
type Language struct {
	// Tag is its BCP 47 tag, such as zh-Hans.
	Tag string `json:"tag"`
	// Name is what the language calls itself, English what English calls it.
	Name    string `json:"name"`
	English string `json:"english"`
	// Script is the ISO 15924 code of the script it is written in.
	Script    string    `json:"script"`
	Direction Direction `json:"direction"`
	// PersonGender says that verbs or adjectives agree with the person who is
	// asked or who answers, so that texts need a woman and a man variant.
	PersonGender bool `json:"person_gender,omitzero"`
	// PluralRuleOf names the language whose plural rule is used, for a language
	// that CLDR has no rule for.
	PluralRuleOf string `json:"plural_rule_of,omitzero"`
	// Default is "excluded" for a language that is served only where a
	// deployment names it; Reason says why.
	Default string `json:"default,omitzero"`
	Reason  string `json:"reason,omitzero"`
}

// Excluded says that only deployments that name the language serve it.
func (l Language) Excluded() bool { return l.Default == excluded }

const excluded = "excluded"

// rules is the tag whose plural rule go-i18n shall use. A language without a
// rule of its own is loaded as a private dialect of one that has it.
func (l Language) rules() language.Tag {
	if l.PluralRuleOf != "" {
		return language.Make(l.PluralRuleOf + "-x-" + l.Tag)
	}
	return language.Make(l.Tag)
}

// Languages reads languages.json.
func Languages(fsys fs.FS) ([]Language, error) {
	const file = "languages.json"
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	var list []Language
	if err := json.Unmarshal(data, &list, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("locales: %s: %w", file, err)
	}
	var problems []error
	for i, l := range list {
		if err := l.check(list[:i]); err != nil {
			problems = append(problems, fmt.Errorf("locales: %s: %q: %w", file, l.Tag, err))
		}
	}
	if len(list) == 0 || list[0].Tag != Default {
		problems = append(problems, fmt.Errorf("locales: %s: %q must be first", file, Default))
	}
	return list, errors.Join(problems...)
}

func (l Language) check(before []Language) error {
	switch f, ok := formOf(l.Tag); {
	case !ok:
		return errors.New("is not a language tag")
	case slices.ContainsFunc(before, func(o Language) bool { other, _ := formOf(o.Tag); return other == f }):
		return errors.New("is listed already")
	case l.Name == "" || l.English == "":
		return errors.New("needs a name and an English name")
	case scripts[l.Script] == nil:
		return fmt.Errorf("%q is not the code of a script known here", l.Script)
	case l.Direction != LeftToRight && l.Direction != RightToLeft:
		return errors.New(`"direction" must be ltr or rtl`)
	case l.Default != "" && l.Default != excluded || l.Excluded() != (l.Reason != ""):
		return errors.New(`"default" may be "excluded", with a reason`)
	}
	return nil
}
