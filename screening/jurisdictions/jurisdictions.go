// Package jurisdictions holds the country packs that ship with Waymark, as
// data: one file a country, and one that says which leaves a pack has and
// which of them are shown with which outcome. Adding a country means adding a
// file; this one stays as it is.
package jurisdictions

import "embed"

// FS holds leaves.json and, for every country, <iso>.json with the ISO 3166-1
// alpha-2 code in small letters.
//
//go:embed *.json
var FS embed.FS
