// Package instruments holds the definitions that ship with Waymark, as data:
// the codebook and, for every published version of an instrument, its items,
// its rules and its provenance. Adding an instrument means adding a folder;
// this file stays as it is.
//
// A published version is never changed and never taken away: records name it.
package instruments

import "embed"

// FS holds codebook/<version>.json and, in <id>/<version>, instrument.json,
// rules.json, vectors.json, PROVENANCE.md and sectors/<sector>.json. Further
// versions of rules stand in rules/<version of the rules>.json, and their
// vectors in vectors/<version of the rules>.json.
//
//go:embed */*
var FS embed.FS
