package screening_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"waymark/screening"
)

func TestProgramComesBackFromItsEncoding(t *testing.T) {
	for _, id := range []string{"triage-border", "screen-fc"} {
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

// broken changes one thing in an encoded program.
func broken(t *testing.T, change func(map[string]any, []byte) []byte) []byte {
	t.Helper()
	var wire map[string]any
	if err := json.Unmarshal(load(t, "triage-border").program.Encode(), &wire); err != nil {
		t.Fatal(err)
	}
	text, ok := wire["code"].(string)
	if !ok {
		t.Fatal("the program has no code")
	}
	code, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	wire["code"] = base64.StdEncoding.EncodeToString(change(wire, code))
	data, err := json.Marshal(wire)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// spectrum is one with one position and one element, which has one word of
// codes.
func spectrum(at, position, element, lastWord int) map[string]any {
	return map[string]any{
		"at": at, "position": position, "positions": []string{"none"},
		"elements": []map[string]any{{"id": "act", "register": element, "codes": []int{0, 0, 0, lastWord}}},
	}
}

func TestProgramsThatCouldNotRunToTheirEndAreRefused(t *testing.T) {
	tests := map[string]struct {
		change func(wire map[string]any, code []byte) []byte
		want   string
	}{
		"a jump back": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{1, 0, 0, 0, 0, 0, 0, 0}, c...)
		}, "a jump must go forward"},
		"a jump out": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{1, 0, 255, 255, 0, 0, 0, 0}, c...)
		}, "a jump must go forward"},
		"an unknown instruction": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{200, 0, 0, 0, 0, 0, 0, 0}, c...)
		}, "unknown instruction"},
		"an unknown item": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{13, 99, 0, 0, 0, 0, 0, 0}, c...)
		}, "no such item"},
		"an unknown row of evidence": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{14, 0, 255, 0, 0, 0, 0, 0}, c...)
		}, "no such item or evidence"},
		"an outcome that is not in the table": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{18, 1, 0, 0, 99, 0, 0, 0}, c...)
		}, "out of range"},
		"no end":              {func(_ map[string]any, c []byte) []byte { return c[:len(c)-8] }, "no end"},
		"half an instruction": {func(_ map[string]any, c []byte) []byte { return c[:len(c)-3] }, "whole instructions"},
		"rules outside": {func(w map[string]any, c []byte) []byte {
			w["decide"] = 100_000
			return c
		}, "outside the code"},
		"another engine": {func(w map[string]any, c []byte) []byte {
			w["engine"] = "99"
			return c
		}, "engine"},
		"a count in a register of the decision": {func(_ map[string]any, c []byte) []byte {
			return append([]byte{17, 1, 0, 0, 255, 0, 0, 0}, c...)
		}, "no such register for a count"},
		"a count in the register of the position": {func(w map[string]any, c []byte) []byte {
			w["spectrum"] = spectrum(0, 40, 41, 0)
			return append([]byte{17, 40, 0, 0, 255, 0, 0, 0}, c...)
		}, "no such register for a count"},
		"a position that is not in the table": {func(w map[string]any, c []byte) []byte {
			w["spectrum"] = spectrum(0, 40, 41, 0)
			return append([]byte{18, 40, 0, 0, 1, 0, 0, 0}, c...)
		}, "out of range"},
		"a state of an element that there is not": {func(w map[string]any, c []byte) []byte {
			w["spectrum"] = spectrum(0, 40, 41, 0)
			return append([]byte{18, 41, 0, 0, 3, 0, 0, 0}, c...)
		}, "out of range"},
		"a spectrum outside": {func(w map[string]any, c []byte) []byte {
			w["spectrum"] = spectrum(100_000, 40, 41, 0)
			return c
		}, "the spectrum begins outside"},
		"an element in a register of the decision": {func(w map[string]any, c []byte) []byte {
			w["spectrum"] = spectrum(0, 40, 3, 0)
			return c
		}, "an element stands in another register"},
		"an element of an unknown code": {func(w map[string]any, c []byte) []byte {
			w["spectrum"] = spectrum(0, 40, 41, 1<<31)
			return c
		}, "an element names a code"},
		"no items": {func(w map[string]any, c []byte) []byte {
			w["items"] = []any{}
			return c
		}, "0 items"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := screening.ParseProgram(broken(t, tt.change))
			if p != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := screening.ParseProgram(broken(t, func(_ map[string]any, c []byte) []byte { return c })); err != nil {
		t.Errorf("the unbroken program is refused too: %v", err)
	}
}

func FuzzParseProgram(f *testing.F) {
	for _, id := range []string{"triage-border", "screen-fc"} {
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
