// Package privacy holds what keeps people unnamed: keys and what is derived
// from them, sealing, pseudonyms, blind indexes, retention and audit events.
//
// It uses the standard library and x/text's Unicode normalisation, knows no
// HTTP and no database, and imports nothing of this module. Types that carry
// something about a person do not print.
package privacy
