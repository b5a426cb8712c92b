package handlers

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"waymark/locales"
	"waymark/openapi"
	"waymark/screening/catalog"
)

// toPerson begins those of the app's own texts that are said to the person. All
// others are the officer's.
const toPerson = "person."

// serverOnly begins the messages that only the server says, with its answers.
var serverOnly = []string{"error.", "field.", "wait."}

// languageParts are the texts of the bundle in one language. A part is nil where
// the language has no such texts: half of them would be worse than none.
type languageParts struct {
	catalog *catalog.Catalog
	files   fs.FS
	tag     string
	parts   map[openapi.GetBundlePartParamsPart]func() (*representation, error)
}

func newLanguageParts(c *catalog.Catalog, edition *locales.Edition, tag string) *languageParts {
	l := &languageParts{catalog: c, files: edition.Files(), tag: tag}
	l.parts = map[openapi.GetBundlePartParamsPart]func() (*representation, error){
		openapi.GetBundlePartParamsPartInterview: sync.OnceValues(l.interview),
		openapi.GetBundlePartParamsPartInterface: sync.OnceValues(l.officers),
	}
	return l
}

// interview makes what the person is asked and told.
func (l *languageParts) interview() (*representation, error) {
	out := openapi.BundleInterview{Language: l.tag, Instruments: map[string][]openapi.Text{}}
	app, ok, err := l.app()
	if err != nil || !ok {
		return nil, err
	}
	out.Messages = keep(app, func(id string) bool { return strings.HasPrefix(id, toPerson) })
	for _, e := range l.catalog.All() {
		texts, ok, err := e.RawTexts(l.files, l.tag)
		if err != nil {
			return nil, err
		}
		if ok {
			out.Instruments[e.Instrument.Ref().String()] = texts
		}
	}
	if len(out.Instruments) == 0 {
		return nil, nil
	}
	if out.Words, err = catalog.OfficerWords(l.files, l.tag); err != nil {
		return nil, err
	}
	return represent(out, l.tag)
}

// officers makes what the officer reads: the app's own texts, and the words of
// whatever the program finds.
func (l *languageParts) officers() (*representation, error) {
	app, ok, err := l.app()
	if err != nil || !ok {
		return nil, err
	}
	messages, ok, err := l.messages(locales.MessagesUnit)
	if err != nil || !ok {
		return nil, err
	}
	out := openapi.BundleInterface{Language: l.tag, Messages: keep(messages, told)}
	for id, text := range keep(app, func(id string) bool { return !strings.HasPrefix(id, toPerson) }) {
		if _, taken := out.Messages[id]; taken {
			return nil, fmt.Errorf("message %s is both the app's and the server's", id)
		}
		out.Messages[id] = text
	}
	return represent(out, l.tag)
}

// told says whether a message of the server is an officer's to read.
func told(id string) bool {
	for _, prefix := range serverOnly {
		if strings.HasPrefix(id, prefix) {
			return false
		}
	}
	return true
}

// app gives the app's own texts. They are missing in a language that lacks them
// although there are some; where English has none, none are needed.
func (l *languageParts) app() (map[string]jsontext.Value, bool, error) {
	texts, ok, err := l.messages(locales.AppUnit)
	if err != nil || ok {
		return texts, ok, err
	}
	_, err = fs.Stat(l.files, locales.AppUnit+"/"+locales.Default+".json")
	return nil, errors.Is(err, fs.ErrNotExist), nil
}

// messages reads one file of texts as it is. It reports false when there is
// none that is served.
func (l *languageParts) messages(folder string) (map[string]jsontext.Value, bool, error) {
	file := folder + "/" + l.tag + ".json"
	data, err := fs.ReadFile(l.files, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	var texts map[string]jsontext.Value
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", file, err)
	}
	return texts, true, nil
}

// keep gives the texts whose ids are wanted; never nil.
func keep(texts map[string]jsontext.Value, wanted func(id string) bool) map[string]jsontext.Value {
	out := map[string]jsontext.Value{}
	for id, text := range texts {
		if wanted(id) {
			out[id] = text
		}
	}
	return out
}
