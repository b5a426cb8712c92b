package screening_test

import (
	"testing"

	"waymark/screening"
)

// fullInterview answers every question of the full screening, the evidence as
// well as the quiet ones, which is the most a run has to do.
func fullInterview(s shipped) screening.Answers {
	answers := screening.Answers{}
	for i, it := range s.in.Items {
		answers[it.ID] = []string{it.Options[i%len(it.Options)].Code}
	}
	if s.in.ID == "screen-fc" {
		answers["B01"] = []string{"30_47"} // the adult profile counts both modes
	}
	return answers
}

func BenchmarkRunFullScreening(b *testing.B) {
	s := load(b, "screen-fc")
	r := s.responses(b, fullInterview(s))
	var result screening.Result
	b.ReportAllocs()
	for b.Loop() {
		s.program.Run(r, &result)
	}
}

func BenchmarkRunTriage(b *testing.B) {
	s := load(b, "triage-border")
	r := s.responses(b, fullInterview(s))
	var result screening.Result
	b.ReportAllocs()
	for b.Loop() {
		s.program.Run(r, &result)
	}
}

func BenchmarkAssessFullScreening(b *testing.B) {
	s := load(b, "screen-fc")
	answers := fullInterview(s)
	b.ReportAllocs()
	for b.Loop() {
		s.assess(b, answers)
	}
}

func BenchmarkBoundOfAnEarlyInterview(b *testing.B) {
	s := load(b, "screen-fc")
	r := s.responses(b, screening.Answers{"B01": {"30_47"}, "C04": {"same"}, "C06": {"none"}, "E01": {"chat"}, "F01": {"free"}})
	b.ReportAllocs()
	for b.Loop() {
		s.program.Bound(r)
	}
}

func BenchmarkAskNextOfAnEarlyInterview(b *testing.B) {
	s := load(b, "screen-fc")
	r := s.responses(b, screening.Answers{"B01": {"30_47"}, "C04": {"same"}, "C06": {"none"}, "E01": {"chat"}, "F01": {"free"}})
	b.ReportAllocs()
	for b.Loop() {
		s.program.AskNext(r, nil)
	}
}

func BenchmarkExplainFullScreening(b *testing.B) {
	s := load(b, "screen-fc")
	r := s.responses(b, fullInterview(s))
	b.ReportAllocs()
	for b.Loop() {
		s.explain.Explain(r)
	}
}

func BenchmarkCompileFullScreening(b *testing.B) {
	s := load(b, "screen-fc")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := screening.Compile(s.in, s.rules, s.book); err != nil {
			b.Fatal(err)
		}
	}
}
