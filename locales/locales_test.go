package locales_test

import (
	"io/fs"
	"slices"
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

// languageList is a languages.json of a few languages.
const languageList = `[
	{"tag": "en", "name": "English", "english": "English", "script": "Latn", "direction": "ltr"},
	{"tag": "th", "name": "ไทย", "english": "Thai", "script": "Thai", "direction": "ltr"},
	{"tag": "tet", "name": "Tetun", "english": "Tetum", "script": "Latn", "direction": "ltr", "plural_rule_of": "id"}
]`

func messageFiles(english string, others ...string) fstest.MapFS {
	files := fstest.MapFS{"languages.json": {Data: []byte(languageList)}, "messages/en.json": {Data: []byte(english)}}
	for i := 0; i < len(others); i += 2 {
		files["messages/"+others[i]+".json"] = &fstest.MapFile{Data: []byte(others[i+1])}
	}
	return files
}

func TestLanguageThatIsNotWholeIsLeftOutAndNeverMixedWithEnglish(t *testing.T) {
	m, err := locales.Load(messageFiles(`{"a":"x","b":"y"}`, "th", `{"a":"ก"}`, "tet", `{"a":"u","b":"v"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Languages(); !slices.Equal(got, []string{"en", "tet"}) {
		t.Errorf("got %v, want Thai left out", got)
	}
	if got := m.Match("th"); got != "en" {
		t.Errorf("Thai is answered in %s", got)
	}
}

func TestMessagesThatCannotBeReadAreRefused(t *testing.T) {
	broken := messageFiles(`{"a":"x"}`)
	delete(broken, "messages/en.json")
	for name, tt := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"no English":       {broken, "no English"},
		"English not JSON": {messageFiles(`{`), "en.json"},
		"Thai not JSON":    {messageFiles(`{"a":"x"}`, "th", `{`), "th.json"},
		"no languages":     {fstest.MapFS{}, "languages.json"},
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := locales.Load(tt.files); m != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLanguageListIsChecked(t *testing.T) {
	const good = `{"tag": "en", "name": "English", "english": "English", "script": "Latn", "direction": "ltr"}`
	for name, tt := range map[string]struct{ list, want string }{
		"empty":           {`[]`, `"en" must be first`},
		"English missing": {`[{"tag": "th", "name": "ไทย", "english": "Thai", "script": "Thai", "direction": "ltr"}]`, `"en" must be first`},
		"twice":           {`[` + good + `,` + good + `]`, "is listed already"},
		"an alias twice":  {`[` + good + `,{"tag": "fil", "name": "F", "english": "F", "script": "Latn", "direction": "ltr"},{"tag": "tl", "name": "F", "english": "F", "script": "Latn", "direction": "ltr"}]`, "is listed already"},
		"no tag":          {`[` + good + `,{"tag": "thai language"}]`, "is not a language tag"},
		"no name":         {`[` + good + `,{"tag": "th"}]`, "needs a name"},
		"script":          {`[` + good + `,{"tag": "th", "name": "T", "english": "T", "script": "Xxxx"}]`, "is not the code of a script"},
		"direction":       {`[` + good + `,{"tag": "th", "name": "T", "english": "T", "script": "Thai", "direction": "up"}]`, "must be ltr or rtl"},
		"no reason":       {`[` + good + `,{"tag": "th", "name": "T", "english": "T", "script": "Thai", "direction": "ltr", "default": "excluded"}]`, "with a reason"},
		"unknown key":     {`[{"tagg": "en"}]`, "tagg"},
	} {
		if _, err := locales.Languages(fstest.MapFS{"languages.json": {Data: []byte(tt.list)}}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

// Every language answers in its own texts, whatever go-i18n takes for related,
// and with its own plural forms.
func TestEveryLanguageAnswersInItsOwnWordsAndPlurals(t *testing.T) {
	languages, err := locales.Languages(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if len(languages) != 27 {
		t.Errorf("%d languages, want 27", len(languages))
	}
	list, err := fs.ReadFile(locales.Shipped(), "languages.json")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"languages.json": {Data: list}}
	for _, l := range languages {
		forms := `"zero":"zero","one":"one","two":"two","few":"few","many":"many","other":"{{.Count}} other"`
		files["messages/"+l.Tag+".json"] = &fstest.MapFile{Data: []byte(`{"a":"in ` + l.Tag + `","n":{` + forms + `}}`)}
	}
	m, err := locales.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range languages {
		if got := m.Text(l.Tag, "a"); got != "in "+l.Tag {
			t.Errorf("%s answers %q", l.Tag, got)
		}
	}
	for tag, want := range map[string]map[int]string{
		"en": {0: "0 other", 1: "one", 5: "5 other"}, "ar": {0: "zero", 1: "one", 2: "two", 3: "few", 11: "many", 100: "100 other"},
		"ru": {1: "one", 3: "few", 5: "many", 21: "one"}, "fr": {0: "one", 1_000_000: "many"}, "hi": {0: "one"}, "ne": {0: "0 other"},
		"zh-Hans": {1: "1 other"}, "tet": {1: "1 other", 2: "2 other"}, "dv": {1: "one", 2: "2 other"}, "uz": {1: "one", 2: "2 other"},
	} {
		for n, want := range want {
			if got := m.Count(tag, "n", n); got != want {
				t.Errorf("%s, %d: got %q, want %q", tag, n, got, want)
			}
		}
	}
}

// A message that counts says its number; the shipped ones do in English.
func TestWaitIsTold(t *testing.T) {
	m, err := locales.Load(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "Time left: 1 minute.", 2: "Time left: 2 minutes."} {
		if got := m.Count("en", "wait.minutes", n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The table holds the traps of matching that were met, with all the languages
// that Waymark knows.
func TestAcceptLanguageIsMatched(t *testing.T) {
	languages, err := locales.Languages(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, l := range languages {
		tags = append(tags, l.Tag)
	}
	slices.Reverse(tags)
	m := locales.NewMatcher(tags)
	for _, tag := range tags {
		if got := m.Match(tag); got != tag {
			t.Errorf("%s is answered in %s", tag, got)
		}
	}
	for header, want := range map[string]string{
		"":                                 "en",
		"TH":                               "th",
		"th-TH":                            "th",
		"th;q=0.5, en;q=0.9":               "en",
		"th;q=0.5, my;q=0.9, km;q=0.7":     "my",
		"fa, th;q=0.5":                     "th",
		"fa":                               "en",
		"*":                                "en",
		"*, th;q=0.5":                      "en",
		"th;q=0":                           "en",
		"th;q=0, km;q=0.1":                 "km",
		"th;q=2, km":                       "km",
		"th;q=, km;q=0.001":                "km",
		"und":                              "en",
		"und-Thai":                         "th", // the script says it
		"zh":                               "zh-Hans",
		"zh-CN":                            "zh-Hans",
		"zh-SG":                            "zh-Hans",
		"cmn":                              "zh-Hans",
		"zh-TW":                            "zh-Hant",
		"zh-HK":                            "zh-Hant",
		"zh-Hant-MO":                       "zh-Hant",
		"yue":                              "zh-Hant",
		"tl":                               "fil",
		"fil-PH":                           "fil",
		"in":                               "id",
		"id-ID":                            "id",
		"ms":                               "ms",
		"ms-MY":                            "ms",
		"zsm":                              "ms",
		"ms-Arab":                          "en", // Jawi is not what we have
		"pt-TL":                            "pt",
		"pt-BR":                            "pt",
		"tet-TL":                           "tet",
		"tet, pt;q=0.8":                    "tet",
		"dv-MV":                            "dv",
		"ar-MA":                            "ar",
		"ur-IN":                            "ur",
		"ur-PK":                            "ur",
		"hi-Latn":                          "en",
		"sw-KE":                            "sw",
		"sw-CD":                            "sw",
		"swh":                              "sw",
		"uz":                               "uz",
		"uz-Latn-UZ":                       "uz",
		"uz-Cyrl":                          "en",
		"uz-Cyrl, ru;q=0.5":                "ru",
		"uz-AF":                            "en", // written in Arabic script there
		"npi":                              "ne",
		"bn-IN":                            "bn",
		"fr-CM":                            "fr",
		"km":                               "km",
		"prs, en;q=0.1":                    "en",
		"mai":                              "en",
		"xx, yy, th":                       "th",
		"th, en-US;q=0.9, en;q=0.8":        "th",
		"not a header!!":                   "en",
		strings.Repeat("fa,", 2000) + "th": "en",
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
