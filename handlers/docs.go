package handlers

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"

	"github.com/gofiber/fiber/v2"
	"github.com/swaggest/swgui/v5/static"

	"waymark/fault"
)

//go:embed docs
var page embed.FS

// docsPolicy lets the page run its own files and nothing else. Swagger UI sets
// styles on elements and draws its icons as data.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsPage is the browsable contract: Swagger UI's files, as its Go package
// embeds them, and a page of our own around them.
type docsPage map[string]docsFile

type docsFile struct {
	kind string
	body []byte
	gzip bool
}

func newDocsPage() (docsPage, error) {
	files := docsPage{}
	for _, name := range []string{"index.html", "page.css", "page.js"} {
		body, err := page.ReadFile(path.Join("docs", name))
		if err != nil {
			return nil, fmt.Errorf("docs: %w", err)
		}
		files[name] = docsFile{kind: kindOf(name), body: body}
	}
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js"} {
		file, err := vendored(name)
		if err != nil {
			return nil, fmt.Errorf("docs: %w", err)
		}
		files[name] = file
	}
	return files, nil
}

// vendored reads one of Swagger UI's files, which are embedded compressed.
func vendored(name string) (docsFile, error) {
	body, err := static.FS.ReadFile(name + ".gz")
	if err == nil {
		_, err = gzip.NewReader(bytes.NewReader(body))
		return docsFile{kind: kindOf(name), body: body, gzip: true}, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return docsFile{}, err
	}
	body, err = static.FS.ReadFile(name)
	return docsFile{kind: kindOf(name), body: body}, err
}

func kindOf(name string) string { return mime.TypeByExtension(path.Ext(name)) }

// getDocs gives the page.
func (s *Server) getDocs(r *request) error { return s.docsFile(r, "index.html") }

// getDocsFile gives one of the page's files.
func (s *Server) getDocsFile(r *request) error { return s.docsFile(r, r.Params("file")) }

func (s *Server) docsFile(r *request, name string) error {
	file, ok := s.docs[name]
	if !ok {
		return fault.New(fault.NotFound)
	}
	if file.gzip {
		if r.AcceptsEncodings("gzip") == "" {
			return fault.New(fault.NotAcceptable)
		}
		r.Set(fiber.HeaderContentEncoding, "gzip")
	}
	r.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
	r.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	r.Set(fiber.HeaderContentType, file.kind)
	r.Response().SetBodyRaw(file.body)
	return nil
}
