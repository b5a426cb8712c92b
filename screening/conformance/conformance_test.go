package conformance_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
	"waymark/screening/instruments"
)

// evaluate is the Go engine as a conformance run sees it.
func evaluate(t *testing.T, p *screening.Program, line conformance.Line) []byte {
	t.Helper()
	var out any
	out, err := conformance.Score(p, line)
	if bad, ok := errors.AsType[*screening.ResponseError](err); ok {
		out = conformance.Failed{ID: &line.ID, Error: conformance.LineError{Code: string(bad.Faults[0].Code)}}
	} else if err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func TestGoEnginePassesEveryVector(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, newest := range c.All() {
		ref := newest.Instrument.Ref()
		versions := newest.RulesVersions()
		for i, version := range versions {
			e, _ := newest.Under(version)
			t.Run(ref.String()+" rules "+version, func(t *testing.T) {
				file := "vectors.json" // of the first rules
				if i < len(versions)-1 {
					file = "vectors/" + version + ".json"
				}
				passesVectors(t, e, ref.ID+"/"+ref.Version+"/"+file)
			})
		}
	}
}

// passesVectors checks that every vector of a file is met, and that together
// they reach every rule.
func passesVectors(t *testing.T, e *catalog.Entry, file string) {
	t.Helper()
	data, err := fs.ReadFile(instruments.FS, file)
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := conformance.ParseVectors(data)
	if err != nil {
		t.Fatal(err)
	}
	fired := map[string]bool{}
	for _, v := range vectors {
		written := evaluate(t, e.Program, v.Line())
		if err := v.Check(written); err != nil {
			t.Error(err)
		}
		if r, err := e.Program.Responses(v.Answers, v.Missing, v.Line().Facts()...); err == nil {
			fired[e.Program.Assess(r).Line] = true
		}
	}
	for _, rule := range e.Rules.Outcomes {
		if !fired[rule.Line] {
			t.Errorf("no vector reaches rule %s", rule.Line)
		}
	}
}

func TestVectorsThatProveNothingAreRefused(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"an empty file":       {`{"vectors":[]}`, "there are no vectors"},
		"no reason":           {`{"vectors":[{"name":"a","answers":{},"want":{"outcome":"RED"}}]}`, "no reason"},
		"no name":             {`{"vectors":[{"why":"x","answers":{},"want":{"outcome":"RED"}}]}`, "empty or taken"},
		"no expectation":      {`{"vectors":[{"name":"a","why":"x","answers":{},"want":{}}]}`, "0 expectations"},
		"two expectations":    {`{"vectors":[{"name":"a","why":"x","answers":{},"want":{"outcome":"RED","role":""}}]}`, "2 expectations"},
		"an unknown key":      {`{"vectors":[{"name":"a","why":"x","answers":{},"expect":{}}]}`, "unknown field"},
		"the same name twice": {`{"vectors":[{"name":"a","why":"x","want":{"role":""}},{"name":"a","why":"x","want":{"role":""}}]}`, "empty or taken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := conformance.ParseVectors([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestCheckTellsARightResultFromAWrongOne(t *testing.T) {
	v := conformance.Vector{Name: "a", Why: "because", Want: map[string]json.RawMessage{"coverage": []byte(`{"applicable":2,"answered":1}`)}}
	for written, right := range map[string]bool{
		`{"coverage":{"answered":1,"applicable":2}}`: true,
		`{"coverage":{"answered":2,"applicable":2}}`: false,
		`{}`:       false,
		`nonsense`: false,
	} {
		if err := v.Check([]byte(written)); (err == nil) != right {
			t.Errorf("%s: got %v", written, err)
		}
	}
	bad := conformance.Vector{Name: "b", Why: "because", Want: map[string]json.RawMessage{"error": []byte(`"unknown_item"`)}}
	if err := bad.Check([]byte(`{"error":{"code":"unknown_item"}}`)); err != nil {
		t.Error(err)
	}
	if err := bad.Check([]byte(`{"outcome":"RED"}`)); err == nil {
		t.Error("a result passes for the error that was wanted")
	}
}
