package locales

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Text is one wording with its forms: "default" and variants such as "woman"
// in an instrument, plural forms such as "one" and "other" in a message that
// counts.
type Text map[string]string

// neutral is the form of a text that has no other.
const neutral = "default"

// Plain makes a text that has one form.
func Plain(s string) Text { return Text{neutral: s} }

// Forms lists the forms of a text, the neutral one first.
func (t Text) Forms() []string {
	return slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		if (a == neutral) != (b == neutral) {
			if a == neutral {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
}

// digest identifies a wording: another wording has another digest.
func (t Text) digest() string {
	var b bytes.Buffer
	for _, form := range t.Forms() {
		b.WriteString(form + "\x00" + t[form] + "\x00")
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:4])
}

// Problem is one thing wrong with a translator's file, and what to change.
type Problem struct {
	File    string
	Line    int
	Key     string
	Message string
}

// String gives the problem as one line, in the form editors can jump to.
func (p Problem) String() string {
	if p.Key == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Key, p.Message)
}

// file is a file of texts as it was read.
type file struct {
	name     string
	keys     []string
	texts    map[string]Text
	lines    map[string]int
	problems []Problem
}

func (f *file) report(line int, key, format string, args ...any) {
	f.problems = append(f.problems, Problem{f.name, max(line, 1), key, fmt.Sprintf(format, args...)})
}

// readTexts reads a map of texts. What is not JSON ends the reading; anything
// else is reported and the reading goes on.
func readTexts(name string, data []byte) *file {
	f := &file{name: name, texts: map[string]Text{}, lines: map[string]int{}}
	d := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true))
	at, line := 0, 1
	here := func() int { // offsets only ever grow
		to := int(d.InputOffset())
		line += bytes.Count(data[at:to], []byte{'\n'})
		at = to
		return line
	}
	err := f.read(d, here)
	if err == nil {
		if _, err = d.ReadToken(); errors.Is(err, io.EOF) {
			return f
		}
		err = cmp.Or(err, errors.New("there is something after the end"))
	}
	f.report(here(), "", "not the JSON that is expected: %v", err)
	return f
}

var errNotMap = errors.New("a file of texts is one object")

func (f *file) read(d *jsontext.Decoder, here func() int) error {
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return cmp.Or(err, errNotMap)
	}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		key, line := token.String(), here()
		text, err := f.text(d, line, key)
		if err != nil {
			return err
		}
		if _, twice := f.texts[key]; twice {
			f.report(line, key, "is given twice; keep one")
			continue
		}
		f.keys = append(f.keys, key)
		f.texts[key], f.lines[key] = text, line
	}
	_, err := d.ReadToken()
	return err
}

// text reads a string, or an object of forms.
func (f *file) text(d *jsontext.Decoder, line int, key string) (Text, error) {
	kind := d.PeekKind()
	if kind == '{' {
		return f.object(d, line, key)
	}
	if kind != '"' {
		f.report(line, key, "must be a text, or an object of variants")
		return Text{}, d.SkipValue()
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	return Plain(token.String()), nil
}

func (f *file) object(d *jsontext.Decoder, line int, key string) (Text, error) {
	text := Text{}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		form := name.String()
		value, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		switch _, twice := text[form]; {
		case value.Kind() != '"':
			return nil, fmt.Errorf("%s of %s must be a text", form, key)
		case twice:
			f.report(line, key, "%q is given twice; keep one", form)
		default:
			text[form] = value.String()
		}
	}
	_, err := d.ReadToken()
	return text, err
}

// placeholders lists the {names} in a wording, sorted, each as often as it
// stands there.
func placeholders(wording string) []string {
	names := placeholder.FindAllString(wording, -1)
	slices.Sort(names)
	return names
}

// words splits a wording at white space.
func words(wording string) []string { return strings.Fields(wording) }
