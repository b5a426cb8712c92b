package web_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/screening/conformance"
	"waymark/screening/instruments"
)

func TestTabletsInterpreterPassesEveryVector(t *testing.T) {
	needNode(t)
	for _, e := range shipped(t) {
		ref := e.Instrument.Ref()
		t.Run(ref.String(), func(t *testing.T) {
			data, err := fs.ReadFile(instruments.FS, ref.ID+"/"+ref.Version+"/vectors.json")
			if err != nil {
				t.Fatal(err)
			}
			vectors, err := conformance.ParseVectors(data)
			if err != nil {
				t.Fatal(err)
			}
			var input bytes.Buffer
			for _, v := range vectors {
				writeJSONLine(t, &input, v.Line())
			}
			got, _ := start(t, &input, "score.js", document(t, e)).lines(t)
			if len(got) != len(vectors) {
				t.Fatalf("got %d results, want %d", len(got), len(vectors))
			}
			for i, v := range vectors {
				if err := v.Check([]byte(got[i])); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// interviewCount is how many interviews both interpreters score, over all
// instruments.
const interviewCount = 50_000

func TestBothInterpretersWriteTheSameBytes(t *testing.T) {
	needNode(t)
	entries := shipped(t)
	for i, e := range entries {
		t.Run(e.Instrument.Ref().String(), func(t *testing.T) {
			r := interviewer{rand.New(rand.NewPCG(7141, uint64(i))), e}
			input := *bytes.NewBuffer(r.edges())
			for n := range interviewCount/len(entries) + 1 {
				input.Write(append(r.line(t, n), '\n'))
			}
			inNode := start(t, bytes.NewReader(input.Bytes()), "score.js", document(t, e))
			var inGo bytes.Buffer
			if err := scoreInGo(e.Program, &input, &inGo); !errors.Is(err, conformance.ErrLines) {
				t.Fatalf("got %v, want an error: some of the lines are damaged", err)
			}
			got, status := inNode.lines(t)
			want := split(inGo.String())
			failed := 0
			for n, line := range want {
				if n >= len(got) || got[n] != line {
					t.Fatalf("line %d of %d and %d:\n  Go   %s\n  Node %s", n, len(want), len(got), line, slices.Concat(got, []string{""})[min(n, len(got))])
				}
				if strings.Contains(line, `"error":`) {
					failed++
				}
			}
			if len(got) != len(want) || status != 1 {
				t.Errorf("got %d lines and exit status %d, want %d and 1", len(got), status, len(want))
			}
			if failed < len(want)/50 || failed > len(want)/4 {
				t.Errorf("%d of %d lines could not be scored; the draw says too little", failed, len(want))
			}
		})
	}
}

func FuzzBothInterpretersWriteTheSameBytes(f *testing.F) {
	needNode(f)
	e := shipped(f)[0]
	r := interviewer{rand.New(rand.NewPCG(1, 2)), e}
	for n := range 20 {
		f.Add(r.line(f, n))
	}
	for line := range bytes.Lines(r.edges()) {
		if len(line) < 1<<10 { // the fuzzer would spend its time on the long ones
			f.Add(bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	in, out := serve(f, document(f, e))
	f.Fuzz(func(t *testing.T, line []byte) {
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 || bytes.ContainsRune(line, '\n') {
			t.Skip("not one line")
		}
		line = append(line, '\n')
		var want bytes.Buffer
		if err := scoreInGo(e.Program, bytes.NewReader(line), &want); err != nil && !errors.Is(err, conformance.ErrLines) {
			t.Fatal(err)
		}
		if _, err := in.Write(line); err != nil {
			t.Fatal(err)
		}
		got, err := out.ReadString('\n')
		if err != nil || got != want.String() {
			t.Fatalf("Go   %sNode %s%v", want.String(), got, err)
		}
	})
}

// serve keeps the tablet's interpreter running: a line in, a line out.
func serve(f *testing.F, document string) (io.Writer, *bufio.Reader) {
	f.Helper()
	cmd := exec.Command("node", filepath.Join(dist, "score.js"), document)
	in, err := cmd.StdinPipe()
	if err != nil {
		f.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		f.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return in, bufio.NewReader(out)
}
