// Command benchmarks measures Waymark beside named limits, in one run, and
// prints ratios. A figure alone says more about the machine and the moment
// than about the program; what is comparable is how far it stays behind the
// least that the same work could cost on the same machine at the same time.
//
// Run it with "make bench". Every pair is measured three times in turn, and the
// medians are compared.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is one line of the table.
type row struct {
	name, ours, limit, ratio, target string
	met                              bool
}

// bench is everything a row may need.
type bench struct {
	rounds  int
	records int
	program string // the built program
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == bareServer {
		if err := serveBare(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "benchmarks:", err)
			os.Exit(1)
		}
		return
	}
	rounds := flag.Int("rounds", 3, "how often each pair is measured; the medians are compared")
	records := flag.Int("records", 1_000_000, "the larger number of records for the queue")
	only := flag.String("only", "", "measure only the rows whose name contains this")
	flag.Parse()
	if err := run(*rounds, *records, *only); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// measurements lists the rows in the order of the design's table of targets.
func (b *bench) measurements() []struct {
	name string
	run  func() ([]row, error)
} {
	return []struct {
		name string
		run  func() ([]row, error)
	}{
		{"engine", b.engine},
		{"questionnaire", b.questionnaire},
		{"bundle", b.bundle},
		{"decode", b.decode},
		{"batches", b.batches},
		{"single", b.single},
		{"release", b.release},
		{"queue", b.queue},
		{"start", b.start},
	}
}

func run(rounds, records int, only string) error {
	program, clean, err := build()
	if err != nil {
		return err
	}
	defer clean()
	b := &bench{rounds: rounds, records: records, program: program}

	fmt.Printf("%s, %s, %d cores, %d rounds\n\n", runtime.Version(), runtime.GOARCH, runtime.NumCPU(), rounds)
	var rows []row
	for _, m := range b.measurements() {
		if !strings.Contains(m.name, only) {
			continue
		}
		begin := time.Now()
		measured, err := m.run()
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintf(os.Stderr, "measured %s in %v\n", m.name, time.Since(begin).Round(time.Second))
		rows = append(rows, measured...)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tours\tlimit\tratio\ttarget\t")
	for _, r := range rows {
		mark := "missed"
		if r.met {
			mark = "met"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.name, r.ours, r.limit, r.ratio, r.target, mark)
	}
	return w.Flush()
}

// pair measures two things in turn and gives the medians.
func (b *bench) pair(ours, limit func() (float64, error)) (o, l float64, err error) {
	var os, ls []float64
	for range b.rounds {
		for _, m := range []struct {
			measure func() (float64, error)
			into    *[]float64
		}{{ours, &os}, {limit, &ls}} {
			v, err := m.measure()
			if err != nil {
				return 0, 0, err
			}
			*m.into = append(*m.into, v)
		}
	}
	return median(os), median(ls), nil
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}

// rate writes a figure per second.
func rate(v float64) string { return fmt.Sprintf("%.0f/s", v) }
