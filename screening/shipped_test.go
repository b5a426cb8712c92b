package screening_test

import (
	"io/fs"
	"path"
	"testing"

	"waymark/screening"
	"waymark/screening/instruments"
)

// shippedIDs lists every instrument that ships.
func shippedIDs(tb testing.TB) []string {
	tb.Helper()
	files, err := fs.Glob(instruments.FS, "*/1.0.0/instrument.json")
	if err != nil || len(files) < 4 {
		tb.Fatalf("%d instruments: %v", len(files), err)
	}
	var ids []string
	for _, file := range files {
		ids = append(ids, path.Dir(path.Dir(file)))
	}
	return ids
}

// shipped is one instrument that ships with Waymark, with everything made of it.
type shipped struct {
	in      *screening.Instrument
	rules   *screening.Rules
	book    *screening.Codebook
	program *screening.Program
	explain *screening.Explainer
}

func codebook(tb testing.TB) *screening.Codebook {
	tb.Helper()
	const file = "codebook/1.0.0.json"
	data, err := fs.ReadFile(instruments.FS, file)
	if err != nil {
		tb.Fatal(err)
	}
	book, err := screening.ParseCodebook(file, data)
	if err != nil {
		tb.Fatal(err)
	}
	return book
}

func load(tb testing.TB, id string) shipped {
	tb.Helper()
	read := func(name string) (string, []byte) {
		file := path.Join(id, "1.0.0", name)
		data, err := fs.ReadFile(instruments.FS, file)
		if err != nil {
			tb.Fatal(err)
		}
		return file, data
	}
	s := shipped{book: codebook(tb)}
	var err error
	file, data := read("instrument.json")
	if s.in, err = screening.ParseInstrument(file, data, s.book); err != nil {
		tb.Fatal(err)
	}
	file, data = read("rules.json")
	if s.rules, err = screening.ParseRules(file, data, s.book); err != nil {
		tb.Fatal(err)
	}
	if s.program, err = screening.Compile(s.in, s.rules, s.book); err != nil {
		tb.Fatal(err)
	}
	s.explain = screening.NewExplainer(s.program, s.rules, s.book)
	return s
}

func (s shipped) responses(tb testing.TB, answers screening.Answers, facts ...screening.Fact) *screening.Responses {
	tb.Helper()
	r, err := s.program.Responses(answers, nil, facts...)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func (s shipped) assess(tb testing.TB, answers screening.Answers, facts ...screening.Fact) screening.Assessment {
	tb.Helper()
	return s.program.Assess(s.responses(tb, answers, facts...))
}
