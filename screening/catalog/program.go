package catalog

import "encoding/json"

// ProgramDocument is all that a tablet needs to score an instrument by itself.
// The program holds the ids of items, the codes of options and the outside
// lists they stand for, so answers are encoded and results named by the same
// bytes that decide; wording is no part of it.
type ProgramDocument struct {
	// Digest is the SHA-256 of Program, in hexadecimal. A tablet refuses a
	// program with another one, and names it with every result.
	Digest string `json:"digest"`
	// Program is the program exactly as screening.Program.Encode gives it. It
	// has one encoding only, which writing the parsed value again gives back,
	// so the digest can be checked after the document was parsed.
	Program json.RawMessage `json:"program"`
}

// ProgramDocument gives the entry's program as a tablet receives it.
func (e *Entry) ProgramDocument() ProgramDocument {
	return ProgramDocument{Digest: e.Program.Digest(), Program: e.Program.Encode()}
}
