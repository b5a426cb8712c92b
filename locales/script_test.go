package locales_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"waymark/locales"
)

// Names and codes stay as they are; anything else has to be in the language's
// own script, and in the right one of two.
func TestTextHasToBeInTheLanguagesScript(t *testing.T) {
	const english = "Send the header If-Match to Border Police, or confirm with \"later\"."
	for _, tt := range []struct {
		tag, text string
		ok        bool
	}{
		{"th", "ส่งส่วนหัว If-Match ไปยัง Border Police หรือ confirm ด้วย \"later\"", true},
		{"th", "ส่ง the header ไป or with", false},
		{"th", "Kirim kepala If-Match", false},
		{"th", "If-Match", false},
		{"tet", "Haruka If-Match ba Border Police.", true},
		{"tet", "ส่งส่วนหัว If-Match", false},
		{"tet", "If-Match, Border Police", true},
		{"zh-Hans", "请把 If-Match 发给 Border Police。", true},
		{"zh-Hans", "請把 If-Match 發給 Border Police。", false},
		{"zh-Hant", "請把 If-Match 發給 Border Police。", true},
		{"zh-Hant", "请把 If-Match 发给 Border Police。", false},
		{"ar", "أرسل If-Match إلى Border Police", true},
		{"ar", "أرسل (If-Match إلى", false},
		{"ar", "أرسل «If-Match» إلى\u200f", false},
		{"fr", "Envoyez l'en-te\u0302te If-Match.", false}, // not NFC
		{"fr", "Envoyez l’en-tête If-Match.", true},
		{"ko", "If-Match 헤더를 보내세요.", true},
	} {
		list := `[{"tag": "en", "name": "English", "english": "English", "script": "Latn", "direction": "ltr"},
			{"tag": "` + tt.tag + `", "name": "x", "english": "x", "script": "` + scriptOf(t, tt.tag) + `", "direction": "ltr"}]`
		quote := strings.NewReplacer(`"`, `\"`).Replace
		l := library(t, fstest.MapFS{
			"languages.json":                 {Data: []byte(list)},
			"unchanged.json":                 {Data: []byte(`{"*": ["confirm"]}`)},
			"messages/en.json":               {Data: []byte(`{"a": "` + quote(english) + `"}`)},
			"messages/" + tt.tag + ".json":   {Data: []byte(`{"a": "` + quote(tt.text) + `"}`)},
			"provenance/" + tt.tag + ".json": {Data: []byte(`{}`)},
		})
		got := strings.Contains(lines(l.Lint(tt.tag)), ": a: ")
		if got == tt.ok {
			t.Errorf("%s %q: fit %t, want %t: %s", tt.tag, tt.text, !got, tt.ok, lines(l.Lint(tt.tag)))
		}
	}
}

func scriptOf(t *testing.T, tag string) string {
	t.Helper()
	languages, err := locales.Languages(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range languages {
		if l.Tag == tag {
			return l.Script
		}
	}
	t.Fatalf("there is no %s", tag)
	return ""
}
