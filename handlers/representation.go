package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

// representation is a document that never changes while the server runs, in
// every encoding a client may ask for. Each is made when it is first asked for:
// packing all of them well would take seconds of every start. The bytes are
// sent as they are, without a copy.
type representation struct {
	language  string
	digest    string
	encodings map[string]func() []byte
}

// offered lists the encodings, the smallest first.
var offered = []string{"br", "gzip", "identity"}

func newRepresentation(body []byte, language string) *representation {
	sum := sha256.Sum256(append([]byte(language+"\x00"), body...))
	return &representation{
		language: language,
		digest:   hex.EncodeToString(sum[:16]),
		encodings: map[string]func() []byte{
			"identity": func() []byte { return body },
			"br": sync.OnceValue(func() []byte {
				return packed(body, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) })
			}),
			"gzip": sync.OnceValue(func() []byte {
				return packed(body, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
			}),
		},
	}
}

// packed compresses a document. Writing to memory cannot fail.
func packed(body []byte, writer func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := writer(&out)
	_, written := w.Write(body)
	if err := errors.Join(written, w.Close()); err != nil {
		panic("compress in memory: " + err.Error())
	}
	return out.Bytes()
}

// tag is the ETag of one encoding: a strong one must differ where bytes differ.
func (r *representation) tag(encoding string) string { return `"` + r.digest + "-" + encoding + `"` }

// represent sends a JSON representation, or 304 when the client has it.
func (r *request) represent(doc *representation) error {
	r.Set(fiber.HeaderCacheControl, "private, no-cache")
	r.Set(fiber.HeaderContentLanguage, doc.language)
	r.Vary(fiber.HeaderAcceptEncoding, fiber.HeaderAcceptLanguage, fiber.HeaderAuthorization)
	r.deliver(doc, fiber.MIMEApplicationJSON)
	return nil
}

// deliver sends a representation in the smallest encoding that the client takes
// and that there is, or 304 when the client has it.
func (r *request) deliver(doc *representation, media string) {
	encoding := r.encodingOf(doc)
	r.Set(fiber.HeaderETag, doc.tag(encoding))
	if matches(r.Get(fiber.HeaderIfNoneMatch), doc.tag(encoding)) {
		r.Status(fiber.StatusNotModified)
		return
	}
	if encoding != "identity" {
		r.Set(fiber.HeaderContentEncoding, encoding)
	}
	r.Set(fiber.HeaderContentType, media)
	r.Response().SetBodyRaw(doc.encodings[encoding]())
}

// encodingOf is the smallest encoding of a document that the client takes.
// Browsers name the ones they take in an order that says nothing.
func (r *request) encodingOf(doc *representation) string {
	if r.Get(fiber.HeaderAcceptEncoding) != "" { // a client that says nothing unpacks nothing
		for _, encoding := range offered {
			if _, ok := doc.encodings[encoding]; ok && r.AcceptsEncodings(encoding) != "" {
				return encoding
			}
		}
	}
	return "identity"
}

// matches compares an If-None-Match header with a tag, weakly (RFC 9110 §13.1.2).
func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}
