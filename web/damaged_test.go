package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/screening"
	"waymark/screening/conformance"
)

// damagedCount is how many damaged programs both interpreters read, over all
// instruments.
const damagedCount = 3_000

// refused is what an interpreter says of a program that it will not run.
const refused = "refused"

func TestBothInterpretersRefuseTheSameDamagedPrograms(t *testing.T) {
	needNode(t)
	entries := shipped(t)
	for i, e := range entries {
		t.Run(e.Instrument.Ref().String(), func(t *testing.T) {
			r := interviewer{rand.New(rand.NewPCG(425, uint64(i))), e}
			var input bytes.Buffer
			var want []string
			for n := range damagedCount / len(entries) {
				program := damageProgram(r.Rand, e.Program.Encode())
				line, _, _ := bytes.Cut(r.line(t, n), []byte("\n"))
				fmt.Fprintf(&input, "%s %s\n", base64.StdEncoding.EncodeToString(program), line)
				want = append(want, readInGo(t, program, line))
			}
			got, _ := start(t, &input, "read.js").lines(t)
			if len(got) != len(want) {
				t.Fatalf("got %d results, want %d", len(got), len(want))
			}
			run := 0
			for n := range want {
				if got[n] != want[n] {
					t.Fatalf("program %d:\n  Go   %s\n  Node %s", n, want[n], got[n])
				}
				if want[n] != refused {
					run++
				}
			}
			if run < len(want)/10 || run > len(want)*9/10 {
				t.Errorf("%d of %d damaged programs were run; the draw says too little", run, len(want))
			}
		})
	}
}

// readInGo gives what the tablet's interpreter has to write for a program and
// an interview.
func readInGo(t *testing.T, program, line []byte) string {
	t.Helper()
	p, err := screening.ParseProgram(program)
	if err != nil {
		return refused
	}
	var scored bytes.Buffer
	if err := scoreInGo(p, bytes.NewReader(line), &scored); err != nil && !errors.Is(err, conformance.ErrLines) {
		t.Fatal(err)
	}
	nothing := &screening.Responses{}
	a := p.Assess(nothing)
	besides, err := json.Marshal(struct {
		Line     string                       `json:"line"`
		Strict   string                       `json:"strict_line"`
		Child    bool                         `json:"child"`
		Codes    []screening.Code             `json:"codes"`
		Findings map[string]screening.Finding `json:"strict_dimensions"`
		Upper    screening.Outcome            `json:"upper"`
		Standing *standing                    `json:"standing,omitempty"`
	}{a.Line, a.StrictLine, a.Profile == screening.ChildOrUnsure, a.Codes, a.StrictDimensions, p.Bound(nothing).Upper, standingInGo(p, scored.Bytes(), line)})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(scored.String(), "\n") + "\t" + string(besides)
}

// standing is a screening.Standing as the tablet's interpreter writes it.
type standing struct {
	Position screening.Position `json:"position"`
	Elements []elementStanding  `json:"elements"`
}

type elementStanding struct {
	ID     screening.ElementID    `json:"id"`
	State  screening.ElementState `json:"state"`
	Codes  []screening.Code       `json:"codes"`
	Items  []string               `json:"items"`
	Toward screening.Position     `json:"toward,omitempty"`
}

// standingInGo is where an interview that could be scored stands; nil for any
// other, and for a program without a spectrum.
func standingInGo(p *screening.Program, scored, line []byte) *standing {
	var interview conformance.Line
	if bytes.Contains(scored, []byte(`"error":`)) || json.Unmarshal(line, &interview) != nil {
		return nil
	}
	r, err := p.Responses(interview.Answers, interview.Missing, interview.Facts()...)
	if err != nil {
		return nil
	}
	s, ok := p.Standing(r)
	if !ok {
		return nil
	}
	out := standing{s.Position, []elementStanding{}}
	for _, e := range s.Elements {
		codes, items := append([]screening.Code{}, e.Codes...), append([]string{}, e.Items...)
		out.Elements = append(out.Elements, elementStanding{e.ID, e.State, codes, items, e.Toward})
	}
	return &out
}

// damageProgram changes an encoded program in one of three ways: any bytes,
// characters for others of their kind, or instructions.
func damageProgram(r *rand.Rand, encoded []byte) []byte {
	program := bytes.Clone(encoded)
	way := r.IntN(4)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(program))
		switch way {
		case 0:
			program[at] = byte(r.IntN(256))
		case 1:
			program[at] = alike(r, program[at])
		default:
			program = damageCode(r, program)
		}
	}
	return program
}

// alike draws another character of the same kind, so that most programs keep
// their form.
func alike(r *rand.Rand, c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return byte('0' + r.IntN(10))
	case c >= 'a' && c <= 'z':
		return byte('a' + r.IntN(26))
	case c >= 'A' && c <= 'Z':
		return byte('A' + r.IntN(26))
	default:
		return c
	}
}

// damageCode changes one instruction: a byte of it, or which of two
// neighbours stands first, or whether it is there.
func damageCode(r *rand.Rand, program []byte) []byte {
	const opening, closing, size = `"code":"`, `"}`, 8
	from := bytes.LastIndex(program, []byte(opening)) + len(opening)
	code, err := base64.StdEncoding.DecodeString(string(program[from : len(program)-len(closing)]))
	if err != nil || len(code) < 2*size {
		return program
	}
	at := r.IntN(len(code)/size-1) * size
	switch r.IntN(8) {
	case 0:
		code = append(code[:at], code[at+size:]...)
	case 1:
		one := [size]byte(code[at:])
		copy(code[at:], code[at+size:at+2*size])
		copy(code[at+size:], one[:])
	case 2:
		code[at] = byte(r.IntN(20))
	case 3:
		code[at+1] = byte(r.IntN(64))
	default:
		code[at+r.IntN(size)] = byte(r.IntN(256))
	}
	return append(append(program[:from:from], base64.StdEncoding.EncodeToString(code)...), closing...)
}
