package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"text/tabwriter"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		os.Exit(1)
	}
}

// engines are the three, with one screening.
type engines struct {
	source
	program *screening.Program
	cel     *celEngine
	opa     *opaEngine
}

func load(ctx context.Context, id string) (*engines, error) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, err
	}
	entry, ok := c.Newest(id)
	if !ok {
		return nil, fmt.Errorf("there is no %s", id)
	}
	e := &engines{source: source{entry.Instrument, entry.Rules, entry.Codebook}, program: entry.Program}
	if e.cel, err = newCEL(e.source); err != nil {
		return nil, err
	}
	e.opa, err = newOPA(ctx, e.source)
	return e, err
}

// interview answers a share of the questions at random, by options' own codes.
func (e *engines) interview(random *rand.Rand, share int) map[string][]string {
	answers := map[string][]string{}
	for _, it := range e.in.Items {
		if random.IntN(100) >= share {
			continue
		}
		first := random.IntN(len(it.Options))
		chosen := []string{it.Options[first].Code}
		if second := random.IntN(len(it.Options)); it.Type == screening.Many && second != first && random.IntN(2) == 0 {
			chosen = append(chosen, it.Options[second].Code)
		}
		answers[it.ID] = chosen
	}
	return answers
}

// differ says how another engine's result differs from ours, or nothing.
func (e *engines) differ(ctx context.Context, answers map[string][]string) (string, error) {
	responses, err := e.program.Responses(answers, nil)
	if err != nil {
		return "", err
	}
	a := e.program.Assess(responses)
	want := [3]string{string(a.Outcome), string(a.Strict), string(a.Role)}
	viaCEL, err := e.cel.score(e.cel.prepare(answers), e.rules.Modes)
	if err != nil {
		return "", fmt.Errorf("cel-go: %w", err)
	}
	viaOPA, err := e.opa.score(ctx, answers)
	if err != nil {
		return "", fmt.Errorf("OPA: %w", err)
	}
	if viaCEL != want || viaOPA != want {
		return fmt.Sprintf("ours %q, cel-go %q, OPA %q", want, viaCEL, viaOPA), nil
	}
	return "", nil
}

func run(ctx context.Context) error {
	e, err := load(ctx, "screen-fc")
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // made-up interviews
	for range 200 {
		if difference, err := e.differ(ctx, e.interview(random, 10+random.IntN(90))); err != nil || difference != "" {
			return fmt.Errorf("the engines differ, so there is nothing to compare: %s %w", difference, err)
		}
	}
	answers := e.interview(random, 100)
	responses, err := e.program.Responses(answers, nil)
	if err != nil {
		return err
	}
	var result screening.Result
	ours := nanoseconds(func() error { e.program.Run(responses, &result); return nil })
	prepared := e.cel.prepare(answers)
	viaCEL := nanoseconds(func() error { _, err := e.cel.score(prepared, e.rules.Modes); return err })
	viaOPA := nanoseconds(func() error { _, err := e.opa.score(ctx, answers); return err })

	fmt.Printf("%s, %s, %d cores; the same rules, equal results on 200 random interviews\n\n", runtime.Version(), runtime.GOARCH, runtime.NumCPU())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "engine\tone full screening\tours is faster by\ttarget\t")
	fmt.Fprintf(w, "Waymark\t%.2f µs\t\t\t\n", ours/1000)
	for _, other := range []struct {
		name       string
		ns, target float64
	}{{"cel-go", viaCEL, 20}, {"OPA", viaOPA, 400}} {
		met := "met"
		if other.ns/ours < other.target {
			met = "missed"
		}
		fmt.Fprintf(w, "%s\t%.1f µs\t%.0f×\t≥ %.0f×\t%s\n", other.name, other.ns/1000, other.ns/ours, other.target, met)
	}
	return w.Flush()
}

// nanoseconds is the time of one call. A failing call makes the time 0, which
// no ratio survives.
func nanoseconds(call func() error) float64 {
	r := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if err := call(); err != nil {
				b.Fatal(err)
			}
		}
	})
	return float64(r.T.Nanoseconds()) / float64(r.N)
}
