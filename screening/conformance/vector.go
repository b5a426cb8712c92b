package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"waymark/screening"
)

// Vector is one interview with one expectation, written from the rules or from
// a real situation, and the reason why it must come out so.
type Vector struct {
	Name    string                   `json:"name"`
	Why     string                   `json:"why"`
	Answers screening.Answers        `json:"answers"`
	Missing screening.MissingAnswers `json:"missing,omitempty"`
	Refused bool                     `json:"consent_refused,omitempty"`
	// Want has exactly one name of Scored, with the value it must have; or
	// "error" with the code of the line's error.
	Want map[string]json.RawMessage `json:"want"`
}

// ErrNoVectors says that a file of vectors is empty, which would pass any
// evaluator.
var ErrNoVectors = errors.New("there are no vectors")

// ParseVectors reads a vectors.json. Every vector has a name of its own, a
// reason and exactly one expectation.
func ParseVectors(data []byte) ([]Vector, error) {
	var file struct {
		Vectors []Vector `json:"vectors"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	if len(file.Vectors) == 0 {
		return nil, ErrNoVectors
	}
	var names []string
	for _, v := range file.Vectors {
		switch {
		case v.Name == "" || slices.Contains(names, v.Name):
			return nil, fmt.Errorf("vectors: name %q is empty or taken", v.Name)
		case v.Why == "":
			return nil, fmt.Errorf("vectors: %s has no reason", v.Name)
		case len(v.Want) != 1:
			return nil, fmt.Errorf("vectors: %s has %d expectations; exactly one", v.Name, len(v.Want))
		}
		names = append(names, v.Name)
	}
	return file.Vectors, nil
}

// Line is the vector as a line to score.
func (v Vector) Line() Line {
	return Line{ID: v.Name, Answers: v.Answers, Missing: v.Missing, Refused: v.Refused}
}

// Run scores the vector's line with a program of the Go engine and checks the
// result.
func (v Vector) Run(p *screening.Program) error {
	line := v.Line()
	var result any
	result, err := Score(p, line)
	if bad, ok := errors.AsType[*screening.ResponseError](err); ok {
		result = Failed{ID: &line.ID, Error: LineError{Code: string(bad.Faults[0].Code), Detail: bad.Error()}}
	} else if err != nil {
		return err
	}
	written, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return v.Check(written)
}

// Check compares what an evaluator wrote for the vector's line, as JSON, with
// the expectation. The error says what differs.
func (v Vector) Check(written []byte) error {
	var got map[string]json.RawMessage
	if err := json.Unmarshal(written, &got); err != nil {
		return fmt.Errorf("%s: the evaluator wrote no JSON object: %w", v.Name, err)
	}
	for name, want := range v.Want {
		value, ok := got[name]
		if name == "error" {
			var failure LineError
			if err := json.Unmarshal(value, &failure); err != nil {
				return fmt.Errorf("%s: there is no error", v.Name)
			}
			value = json.RawMessage(`"` + failure.Code + `"`)
		} else if !ok {
			return fmt.Errorf("%s: the result has no %q", v.Name, name)
		}
		same, err := equal(value, want)
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		if !same {
			return fmt.Errorf("%s: %s is %s, want %s (%s)", v.Name, name, value, want, v.Why)
		}
	}
	return nil
}

// equal compares two JSON values whatever their spacing and order of names.
func equal(a, b json.RawMessage) (bool, error) {
	var forms [2][]byte
	for i, raw := range []json.RawMessage{a, b} {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return false, err
		}
		form, err := json.Marshal(value)
		if err != nil {
			return false, err
		}
		forms[i] = form
	}
	return bytes.Equal(forms[0], forms[1]), nil
}
