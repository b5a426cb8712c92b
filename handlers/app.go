package handlers

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"

	"github.com/gofiber/fiber/v2"

	"waymark/fault"
	"waymark/locales"
)

// appPolicy lets the app run its own files and talk to its own server, and lets
// no text become a script: only the address of the service worker may be made
// of one, by the policy of that name.
const appPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types waymark"

// appPermissions are what the app never asks for.
const appPermissions = "camera=(), geolocation=(), microphone=()"

const (
	appIndex = "index.html"
	// appAssets is the folder of files whose names hold a hash of what is in them.
	appAssets = "assets"
)

// appKinds are the files that an app may consist of. Fonts and pictures are
// packed already.
var appKinds = map[string]struct {
	media  string
	packed bool
}{
	".css":         {media: "text/css; charset=utf-8"},
	".html":        {media: "text/html; charset=utf-8"},
	".js":          {media: "text/javascript; charset=utf-8"},
	".png":         {media: "image/png", packed: true},
	".svg":         {media: "image/svg+xml"},
	".txt":         {media: "text/plain; charset=utf-8"},
	".webmanifest": {media: "application/manifest+json"},
	".woff2":       {media: "font/woff2", packed: true},
}

// appFiles is the app as it was built, by path.
type appFiles map[string]appFile

type appFile struct {
	doc   *representation
	media string
	cache string
}

// newAppFiles reads the app. A folder without a page is an app that was not
// built; a file of an unknown kind is an error, as nobody could be served it.
func newAppFiles(folder fs.FS) (appFiles, error) {
	files := appFiles{}
	if folder == nil {
		return files, nil
	}
	if _, err := fs.Stat(folder, appIndex); errors.Is(err, fs.ErrNotExist) {
		return files, nil
	}
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "README.md" {
			return err
		}
		kind, ok := appKinds[path.Ext(name)]
		if !ok {
			return fmt.Errorf("app: %s is of no kind that is served", name)
		}
		body, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		file := appFile{doc: newRepresentation(body, locales.Default), media: kind.media, cache: "no-cache"}
		if kind.packed {
			file.doc.encodings = map[string]func() []byte{"identity": file.doc.encodings["identity"]}
		}
		if path.Dir(name) == appAssets {
			file.cache = "public, max-age=31536000, immutable"
		}
		files[name] = file
		return nil
	})
	return files, err
}

// getApp gives the page of the app.
func (s *Server) getApp(r *request) error {
	if _, ok := s.appFiles[appIndex]; !ok {
		r.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return r.Status(http.StatusServiceUnavailable).SendString(
			"This server was built without the app. \"make build\" builds both; it needs Node.\nThe API is described at /docs.\n")
	}
	return s.appFile(r, appIndex)
}

// getAppFile gives a file that stands beside the page, under a name of its own.
func (s *Server) getAppFile(name string) func(*request) error {
	return func(r *request) error { return s.appFile(r, name) }
}

// getAppAsset gives a file that never changes.
func (s *Server) getAppAsset(r *request) error {
	return s.appFile(r, path.Join(appAssets, r.Params("file")))
}

func (s *Server) appFile(r *request, name string) error {
	file, ok := s.appFiles[name]
	if !ok {
		return fault.New(fault.NotFound)
	}
	r.Set(fiber.HeaderContentSecurityPolicy, appPolicy)
	r.Set("Permissions-Policy", appPermissions)
	r.Set(fiber.HeaderCacheControl, file.cache)
	r.Vary(fiber.HeaderAcceptEncoding)
	r.deliver(file.doc, file.media)
	return nil
}
