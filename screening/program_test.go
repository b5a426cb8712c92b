package screening_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"waymark/screening"
)

func TestProgramComesBackFromItsEncoding(t *testing.T) {
	for _, id := range shippedIDs(t) {
		s := load(t, id)
		again, err := screening.ParseProgram(s.program.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if again.Digest() != s.program.Digest() || !bytes.Equal(again.Encode(), s.program.Encode()) {
			t.Errorf("%s: the program changed on the way", id)
		}
		for _, answers := range interviews(s, 200) {
			r, err := again.Responses(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := again.Assess(r), s.assess(t, answers); got.Outcome != want.Outcome || !slices.Equal(got.Codes, want.Codes) {
				t.Fatalf("%s: got %s, want %s", id, got.Outcome, want.Outcome)
			}
		}
	}
}

func TestCompilingTwiceGivesTheSameDigest(t *testing.T) {
	if a, b := load(t, "screen-fc").program.Digest(), load(t, "screen-fc").program.Digest(); a != b {
		t.Errorf("got %s and %s", a, b)
	}
}

// broken changes one thing in an encoded program: its text or its code.
func broken(t *testing.T, change func(text string, code []byte) (string, []byte)) []byte {
	t.Helper()
	const opening, closing = `"code":"`, `"}`
	text := string(load(t, "screen-fc").program.Encode())
	at := strings.LastIndex(text, opening)
	if at < 0 {
		t.Fatal("the program has no code")
	}
	before := text[:at]
	code, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text[at+len(opening):], closing))
	if err != nil {
		t.Fatal(err)
	}
	before, code = change(before, code)
	return []byte(before + opening + base64.StdEncoding.EncodeToString(code) + closing)
}

// replace changes the first place in the text that holds old.
func replace(old, changed string) func(string, []byte) (string, []byte) {
	return func(text string, code []byte) (string, []byte) {
		return strings.Replace(text, old, changed, 1), code
	}
}

// withSpectrum puts another spectrum into a program's text: one position, and
// one element that has one word of codes.
func withSpectrum(text string, at, position, element, lastWord int) string {
	before, rest, _ := strings.Cut(text, `"spectrum":`)
	_, after, _ := strings.Cut(rest, `,"contradictions"`)
	return fmt.Sprintf(`%s"spectrum":{"at":%d,"position":%d,"positions":["none"],"elements":[{"id":"act","register":%d,"codes":[0,0,0,%d]}]},"contradictions"%s`,
		before, at, position, element, lastWord, after)
}

func TestProgramsThatCouldNotRunToTheirEndAreRefused(t *testing.T) {
	tests := map[string]struct {
		change func(text string, code []byte) (string, []byte)
		want   string
	}{
		"a jump back": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{1, 0, 0, 0, 0, 0, 0, 0}, c...)
		}, "a jump must go forward"},
		"a jump out": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{1, 0, 255, 255, 0, 0, 0, 0}, c...)
		}, "a jump must go forward"},
		"an unknown instruction": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{200, 0, 0, 0, 0, 0, 0, 0}, c...)
		}, "unknown instruction"},
		"an unknown item": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{13, 99, 0, 0, 0, 0, 0, 0}, c...)
		}, "no such item"},
		"an unknown row of evidence": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{14, 0, 255, 255, 0, 0, 0, 0}, c...)
		}, "no such item or evidence"},
		"an outcome that is not in the table": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{18, 1, 0, 0, 99, 0, 0, 0}, c...)
		}, "out of range"},
		"no end":              {func(text string, c []byte) (string, []byte) { return text, c[:len(c)-8] }, "no end"},
		"half an instruction": {func(text string, c []byte) (string, []byte) { return text, c[:len(c)-3] }, "whole instructions"},
		"rules outside":       {replace(`"decide":`, `"decide":999`), "outside the code"},
		"another engine":      {replace(`"engine":"1"`, `"engine":"99"`), "engine"},
		"no items":            {replace(`"items":[`, `"items":[],"items_":[`), "0 items"},
		"no lines":            {replace(`"lines":[`, `"lines":null,"lines_":[`), "a table is not there"},
		"no outcomes":         {replace(`"outcomes":[`, `"outcomes":[],"outcomes_":[`), "a table is not there"},
		"a count in the place of an outcome": {func(text string, c []byte) (string, []byte) {
			return text, append([]byte{17, 1, 0, 0, 255, 255, 255, 255}, c...)
		}, "no such register for a count"},
		"a list without codes":        {replace(`"codes":["AD"`, `"codes":null,"codes_":["AD"`), "a code list"},
		"a name written with escapes": {replace(`"D1"`, `"\u0044\u0031"`), "the one form"},
		"a name that needs escapes":   {replace(`"D1"`, `"D<"`), "not plain ASCII"},
		"a name in capitals":          {replace(`"engine"`, `"Engine"`), "the one form"},
		"a name given twice":          {replace(`{`, `{"engine":"1",`), "the one form"},
		"a space":                     {replace(`{`, `{ `), "the one form"},
		"a count in the register of the position": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 0, 40, 41, 0), append([]byte{17, 40, 0, 0, 255, 0, 0, 0}, c...)
		}, "no such register for a count"},
		"a position that is not in the table": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 0, 40, 41, 0), append([]byte{18, 40, 0, 0, 1, 0, 0, 0}, c...)
		}, "out of range"},
		"a state of an element that there is not": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 0, 40, 41, 0), append([]byte{18, 41, 0, 0, 3, 0, 0, 0}, c...)
		}, "out of range"},
		"a spectrum outside": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 100_000, 40, 41, 0), c
		}, "the spectrum begins outside"},
		"an element in a register of the decision": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 0, 40, 3, 0), c
		}, "an element stands in another register"},
		"an element in the register of the position": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 0, 40, 40, 0), c
		}, "an element stands in another register"},
		"no list of elements": {func(text string, c []byte) (string, []byte) {
			return strings.Replace(withSpectrum(text, 0, 40, 41, 0), `"elements":[`, `"elements":null,"elements_":[`, 1), c
		}, "no list of elements"},
		"an element of an unknown code": {func(text string, c []byte) (string, []byte) {
			return withSpectrum(text, 0, 40, 41, 1<<31), c
		}, "an element names a code"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := screening.ParseProgram(broken(t, tt.change))
			if p != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := screening.ParseProgram(broken(t, func(text string, c []byte) (string, []byte) { return text, c })); err != nil {
		t.Errorf("the unbroken program is refused too: %v", err)
	}
}

func FuzzParseProgram(f *testing.F) {
	for _, id := range shippedIDs(f) {
		f.Add(load(f, id).program.Encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := screening.ParseProgram(data)
		if err != nil {
			if p != nil {
				t.Fatal("a program came with an error")
			}
			return
		}
		r := &screening.Responses{}
		p.Assess(r) // whatever is accepted ends, and stays inside its tables
		p.Bound(r)
		p.AskNext(r, nil)
		p.Standing(r)
		p.StandingOfCodes([]screening.Code{"CD01"}, screening.Coverage{}, nil)
		p.Contradictions(r)
	})
}
