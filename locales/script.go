package locales

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const latin = "Latn"

// scripts are the letters of each script, by ISO 15924 code.
var scripts = map[string][]*unicode.RangeTable{
	"Arab": {unicode.Arabic},
	"Beng": {unicode.Bengali},
	"Cyrl": {unicode.Cyrillic},
	"Deva": {unicode.Devanagari},
	"Ethi": {unicode.Ethiopic},
	"Hans": {unicode.Han},
	"Hant": {unicode.Han},
	"Khmr": {unicode.Khmer},
	"Kore": {unicode.Hangul, unicode.Han},
	"Laoo": {unicode.Lao},
	latin:  {unicode.Latin},
	"Mymr": {unicode.Myanmar},
	"Sinh": {unicode.Sinhala},
	"Taml": {unicode.Tamil},
	"Thaa": {unicode.Thaana},
	"Thai": {unicode.Thai},
}

// leastShare is the share, in percent, of the letters of a text that have to
// be in the language's script, names and codes kept from English aside.
const leastShare = 70

// foreign says that a text is not in the language's script. What is listed to
// stay as in English does not count.
func foreign(script, source, wording string, unchanged []string) string {
	rest := placeholder.ReplaceAllString(wording, "")
	if script != latin { // there, they are in the script anyway
		for _, word := range slices.Concat(unchanged, codes(source)) {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	own, all := 0, 0
	for _, r := range rest {
		if !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
			continue
		}
		all++
		if unicode.In(r, scripts[script]...) {
			own++
		}
	}
	if own*100 < all*leastShare || all == 0 && hasLetters(wording) {
		return fmt.Sprintf("%d of %d letters are in the script %s; at least %d %% have to be", own, all, script, leastShare)
	}
	if i := strings.IndexAny(wording, chinese[script]); i >= 0 {
		r := []rune(wording[i:])[0]
		return fmt.Sprintf("%q is not written so in the script %s", string(r), script)
	}
	return ""
}

// codes lists what a translation keeps of the English: what is written as no
// plain word is, and names within a sentence; the longest first.
func codes(source string) []string {
	var out []string
	for i, word := range words(source) {
		word = strings.Trim(word, ".,;:!?()\"")
		upper := strings.IndexFunc(word, unicode.IsUpper)
		other := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
		if other >= 0 || upper > 0 || upper == 0 && (i > 0 || word == strings.ToUpper(word)) && len(word) > 1 {
			out = append(out, word)
		}
	}
	for _, quoted := range quotation.FindAllString(source, -1) {
		out = append(out, strings.Trim(quoted, `"`))
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return slices.DeleteFunc(out, func(word string) bool { return word == "" })
}

var quotation = regexp.MustCompile(`"[^"]*"`)

func hasLetters(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// chinese holds, for each of the two scripts, frequent characters that are only
// written so in the other one.
var chinese = map[string]string{
	"Hans": "們國這說時對沒會為來個過還問樣從後請嗎讓誰錢車門開關電話語認識見覺點樓區醫護應該聽寫讀邊遠進現發報務員動們給傷隊長員辦負責單獨選擇",
	"Hant": "们国这说时对没会为来个过还问样从请吗让谁钱车门开关电话语认识见觉点楼区医护应该听写读边远进现发报务员动给伤队长办负责单独选择",
}

// pairs are the brackets and quotes that have to come in twos.
var pairs = []string{"()", "[]", "{}", "（）", "【】", "「」", "『』", "《》", "«»", "“”"}

// wrongCharacters says what is wrong with the characters of a text in any
// language.
func wrongCharacters(wording string) []string {
	var out []string
	for _, r := range wording {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
			out = append(out, fmt.Sprintf("the bidi control character %U is not allowed: the tablet sets the direction", r))
		case r == unicode.ReplacementChar, r == 0xAD, r == 0xFEFF, unicode.IsControl(r) && r != '\n', unicode.Is(unicode.Co, r):
			out = append(out, fmt.Sprintf("the character %U is not allowed", r))
		}
	}
	if !norm.NFC.IsNormalString(wording) {
		out = append(out, "is not in Unicode normal form C")
	}
	if strings.TrimSpace(wording) != wording {
		out = append(out, "begins or ends with a space")
	}
	for _, pair := range pairs {
		if message := unbalanced(wording, []rune(pair)); message != "" {
			out = append(out, message)
		}
	}
	if strings.Count(wording, `"`)%2 != 0 {
		out = append(out, `the quotes " are not closed`)
	}
	return out
}

func unbalanced(wording string, pair []rune) string {
	depth := 0
	for _, r := range wording {
		switch r {
		case pair[0]:
			depth++
		case pair[1]:
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		return fmt.Sprintf("%q and %q are not balanced", string(pair[0]), string(pair[1]))
	}
	return ""
}
