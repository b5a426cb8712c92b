// Package screening is the engine: it turns a questionnaire and its rules into
// one flat program, and answers into an assessment.
//
// The stages are parse, compile and evaluate:
//
//	instrument.json, rules.json, codebook.json
//	      │ ParseInstrument, ParseRules, ParseCodebook   strict; every problem at once, with line and column
//	      ▼
//	Instrument, Rules, Codebook
//	      │ Compile                                      names become small numbers; nothing can fail after this
//	      ▼
//	Program                                              forward jumps only, so it cannot loop; has a digest
//	      │ Responses, Run, Assess, Explain, Bound, AskNext, Standing, Contradictions
//	      ▼
//	Assessment                                           an indication with its reasons, never a status
//
// The tablet runs the very same program with an interpreter of its own, so the
// rules exist once. What an interpreter has to do is written down in
// program.go, next to each instruction.
//
// # Laws
//
// A result is an indication and a next step; formal identification belongs to
// a national body. Declined, unknown and not asked are three facts and none of
// them is a no. An answer that shows an indicator never lowers an outcome.
// Nationality, sex, arrival group and site are not inputs: the package has no
// way to receive them.
//
// # Limits of this package
//
// Only the standard library, and of it nothing that reads a clock, a file, the
// network, the environment or a random source. Scores are integers. The
// package may be imported by everything and imports nothing of this module.
package screening
