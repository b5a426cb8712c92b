package handlers

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"waymark/fault"
)

// guard refuses requests that two servers in a row could read differently, or
// that unpack to more than they look like, before anything reads their body.
//
// It looks at the raw header lines, because what the parser made of them is
// what an attacker plays with: it keeps one of two Content-Lengths, and lets
// Content-Length stand beside Transfer-Encoding. fasthttp unpacks a body
// without any limit, so a Content-Encoding is refused whatever it is.
func guard(c *fiber.Ctx) error {
	if !unambiguous(c.Request().Header.RawHeaders()) {
		c.Context().SetConnectionClose()
		return fault.New(fault.BadRequest)
	}
	if len(c.Request().Header.Peek(fiber.HeaderContentEncoding)) > 0 {
		c.Context().SetConnectionClose()
		return fault.New(fault.EncodedRequest)
	}
	return c.Next()
}

// unambiguous says whether header lines frame their message in one way only.
func unambiguous(raw []byte) bool {
	var lengths, encodings, hosts, authorizations, proofs int
	for line := range bytes.Lines(raw) {
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			return false // a folded line: obsolete, and read differently by different servers
		}
		name, _, ok := bytes.Cut(line, []byte{':'})
		if !ok {
			continue
		}
		switch {
		case len(name) == 0 || name[len(name)-1] == ' ' || name[len(name)-1] == '\t':
			return false
		case bytes.EqualFold(name, []byte("Content-Length")):
			lengths++
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			encodings++
		case bytes.EqualFold(name, []byte("Host")):
			hosts++
		case bytes.EqualFold(name, []byte("Authorization")):
			authorizations++
		case bytes.EqualFold(name, []byte(proofHeader)):
			proofs++
		}
	}
	return lengths+encodings <= 1 && hosts <= 1 && authorizations <= 1 && proofs <= 1
}
