package main

import (
	"encoding/json"
	"fmt"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"waymark/handlers"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
)

// fullInterview answers every question of the full screening.
func fullInterview() (*catalog.Entry, screening.Answers, error) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		return nil, nil, err
	}
	e, _ := c.Newest("screen-fc")
	answers := screening.Answers{}
	for i, it := range e.Instrument.Items {
		answers[it.ID] = []string{it.Options[i%len(it.Options)].Code}
	}
	answers["B01"], answers["B03"], answers["C02"] = []string{"30_47"}, []string{"ET"}, []string{"Telegram"}
	return e, answers, nil
}

// engine measures a full screening to its outcome. The limit is the target
// itself; other engines with the same rules come beside it with the rules'
// translation for them.
func (b *bench) engine() ([]row, error) {
	e, answers, err := fullInterview()
	if err != nil {
		return nil, err
	}
	responses, err := e.Program.Responses(answers, nil)
	if err != nil {
		return nil, err
	}
	var result screening.Result
	measured := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e.Program.Run(responses, &result)
		}
	})
	ns := float64(measured.T.Nanoseconds()) / float64(measured.N)
	return []row{{
		name:   "one full screening to its outcome",
		ours:   fmt.Sprintf("%.2f µs, %d allocations", ns/1000, measured.AllocsPerOp()),
		limit:  "1 µs",
		ratio:  fmt.Sprintf("%.2f", ns/1000),
		target: "≤ 1 µs, 0 allocations",
		met:    ns <= 1000 && measured.AllocsPerOp() == 0,
	}}, nil
}

// decode measures reading one submission, strictly, beside encoding/json,
// which lets duplicate and differently-cased names pass.
func (b *bench) decode() ([]row, error) {
	_, answers, err := fullInterview()
	if err != nil {
		return nil, err
	}
	body, err := jsonv2.Marshal(openapi.Submission{
		ID: "0199aa3e-7f1c-7c3a-9d53-0a4f6a1b2c3d", Instrument: "screen-fc", Version: "1.0.0", Language: "am", Interpreter: true,
		Consent: openapi.Consent{Interview: true, Data: true}, Address: "woman", Nationality: "ET", FinishedOn: "2026-11-20",
		Answers: answers, Missing: screening.MissingAnswers{"I02": "declined"}, CaseReference: "MS-2026-0412",
	})
	if err != nil {
		return nil, err
	}
	per := func(decode func() error) func() (float64, error) {
		return func() (float64, error) {
			var failed error
			r := testing.Benchmark(func(b *testing.B) {
				for b.Loop() {
					if err := decode(); err != nil {
						failed = err
					}
				}
			})
			return float64(r.T.Nanoseconds()) / float64(r.N), failed
		}
	}
	ours, limit, err := b.pair(
		per(func() error {
			_, err := handlers.DecodeInterview(body)
			return err
		}),
		per(func() error {
			var s openapi.Submission
			return json.Unmarshal(body, &s)
		}))
	if err != nil {
		return nil, err
	}
	return []row{{
		name:   fmt.Sprintf("decode of one submission (%d bytes)", len(body)),
		ours:   fmt.Sprintf("%.1f µs, strict", ours/1000),
		limit:  fmt.Sprintf("encoding/json %.1f µs, lax", limit/1000),
		ratio:  fmt.Sprintf("%.2f× faster", limit/ours),
		target: "≥ 2×",
		met:    limit/ours >= 2,
	}}, nil
}
