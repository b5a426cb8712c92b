package web_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	strict "github.com/go-json-experiment/json"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
)

// askCount is how many interviews both interpreters go on with, over all
// instruments. Each costs thousands of runs of its program.
const askCount = 2_000

// told is what both say of one interview.
type told struct {
	Next     next     `json:"next"`
	Withheld next     `json:"withheld"`
	Again    []string `json:"again"`
}

type next struct {
	Asks    []ask `json:"asks"`
	Settled bool  `json:"settled"`
}

type ask struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

func TestBothInterpretersAskTheSameNext(t *testing.T) {
	needNode(t)
	entries := shipped(t)
	settled, again := 0, 0
	for i, e := range entries {
		t.Run(e.Instrument.Ref().String(), func(t *testing.T) {
			r := interviewer{rand.New(rand.NewPCG(28, uint64(i))), e}
			var input bytes.Buffer
			for n := range askCount / len(entries) {
				input.Write(append(r.line(t, n), '\n'))
			}
			inNode := start(t, bytes.NewReader(input.Bytes()), "ask.js", document(t, e))
			var want []string
			for line := range bytes.Lines(input.Bytes()) {
				x := goOnInGo(e, line)
				if x != nil && x.Next.Settled {
					settled++
				}
				if x != nil && len(x.Again) > 0 {
					again++
				}
				text, err := json.Marshal(x)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, string(text))
			}
			got, _ := inNode.lines(t)
			if len(got) != len(want) {
				t.Fatalf("got %d lines, want %d", len(got), len(want))
			}
			for n := range want {
				if got[n] != want[n] {
					t.Fatalf("line %d:\n  Go   %s\n  Node %s", n, want[n], got[n])
				}
			}
		})
	}
	if settled < askCount/50 || again < askCount/50 {
		t.Errorf("%d interviews were settled and %d had a pair to ask again; the draw says too little", settled, again)
	}
}

// goOnInGo is nil for a line that cannot be scored.
func goOnInGo(e *catalog.Entry, text []byte) *told {
	var line conformance.Line
	if strict.Unmarshal(text, &line, strict.RejectUnknownMembers(true)) != nil {
		return nil
	}
	responses, err := e.Program.Responses(line.Answers, line.Missing, line.Facts()...)
	if err != nil {
		return nil
	}
	x := &told{
		Next:     nextOf(e.Program.AskNext(responses, nil)),
		Withheld: nextOf(e.Program.AskNext(responses, []string{e.Instrument.Items[0].ID})),
		Again:    []string{},
	}
	for _, c := range e.Program.Contradictions(responses) {
		x.Again = append(x.Again, c.ID())
	}
	return x
}

func nextOf(n screening.Next) next {
	out := next{Asks: make([]ask, len(n.Asks)), Settled: n.Settled}
	for i, a := range n.Asks {
		out.Asks[i] = ask{a.Item, string(a.Reason)}
	}
	return out
}
