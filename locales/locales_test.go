package locales_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"waymark/locales"
)

func TestShippedMessagesLoadAndNoneIsEmpty(t *testing.T) {
	m, err := locales.Load(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if len(m.IDs()) < 200 {
		t.Fatalf("only %d messages", len(m.IDs()))
	}
	for _, language := range m.Languages() {
		for _, id := range m.IDs() {
			if text := m.Text(language, id); strings.TrimSpace(text) == "" || strings.HasPrefix(text, "[") {
				t.Errorf("%s %s: %q", language, id, text)
			}
		}
	}
	if got := m.Text("en", "no.such.message"); got != "[no.such.message]" {
		t.Errorf("a missing message comes out as %q", got)
	}
	if got := m.Text("xx", "clock.now"); got != "now" {
		t.Errorf("in an unknown language: %q, want English", got)
	}
}

func TestLanguageThatIsNotWholeIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"no English":        {fstest.MapFS{"messages/th.json": {Data: []byte(`{"a":"ก"}`)}}, "no English"},
		"a missing message": {fstest.MapFS{"messages/en.json": {Data: []byte(`{"a":"x","b":"y"}`)}, "messages/th.json": {Data: []byte(`{"a":"ก"}`)}}, `th has no message "b"`},
		"a message too many": {
			fstest.MapFS{"messages/en.json": {Data: []byte(`{"a":"x"}`)}, "messages/th.json": {Data: []byte(`{"a":"ก","b":"ข"}`)}},
			`th has a message "b"`,
		},
		"not JSON": {fstest.MapFS{"messages/en.json": {Data: []byte(`{`)}}, "en.json"},
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := locales.Load(tt.files); m != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// The tags of the design, as issue by issue they come; the table holds the
// traps of matching that were met.
func TestAcceptLanguageIsMatched(t *testing.T) {
	m := locales.NewMatcher([]string{"zh-Hant", "th", "en", "fil", "id", "zh-Hans", "pt", "dv", "ar", "ms", "fa"})
	for header, want := range map[string]string{
		"":                                 "en",
		"th":                               "th",
		"TH":                               "th",
		"th-TH":                            "th",
		"th;q=0.5, en;q=0.9":               "en",
		"km, th;q=0.5":                     "th",
		"km":                               "en",
		"*":                                "en",
		"*, th;q=0.5":                      "en",
		"th;q=0":                           "en",
		"und":                              "en",
		"zh":                               "zh-Hans",
		"zh-CN":                            "zh-Hans",
		"zh-SG":                            "zh-Hans",
		"zh-TW":                            "zh-Hant",
		"zh-HK":                            "zh-Hant",
		"zh-Hant-MO":                       "zh-Hant",
		"tl":                               "fil",
		"fil-PH":                           "fil",
		"in":                               "id",
		"id-ID":                            "id",
		"pt-TL":                            "pt",
		"pt-BR":                            "pt",
		"dv-MV":                            "dv",
		"ar-MA":                            "ar",
		"prs, en;q=0.1":                    "en",
		"xx, yy, th":                       "th",
		"th, en-US;q=0.9, en;q=0.8":        "th",
		"not a header!!":                   "en",
		strings.Repeat("km,", 2000) + "th": "en",
	} {
		if got := m.Match(header); got != want {
			t.Errorf("%.40q: got %s, want %s", header, got, want)
		}
	}
	if tags := m.Tags(); tags[0] != "en" {
		t.Errorf("the default is not first: %v", tags)
	}
}

func FuzzMatch(f *testing.F) {
	m := locales.NewMatcher([]string{"en", "th", "zh-Hans"})
	f.Add("th;q=0.5, zh-TW")
	f.Fuzz(func(t *testing.T, header string) {
		switch m.Match(header) {
		case "en", "th", "zh-Hans":
		default:
			t.Fatal("a language that is not there")
		}
	})
}
