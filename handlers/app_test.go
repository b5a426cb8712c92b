package handlers_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"waymark/handlers"
	"waymark/web"
)

// smallApp has a file of every treatment.
func smallApp() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"README.md": file("a note"), "index.html": file("<!doctype html>" + strings.Repeat(" page", 100)),
		"sw.js": file("worker()"), "manifest.webmanifest": file(`{"name":"Waymark"}`),
		"assets/app-1.js": file(strings.Repeat("app();", 100)), "assets/styles-1.css": file("body{}"), "assets/icon-1.svg": file("<svg/>"),
		"assets/icon-1.png": file("\x89PNG"), "assets/khmer-1.woff2": file("wOF2"), "assets/licenses-1.txt": file("MIT"),
	}
}

func TestAppIsServedWithItsPolicy(t *testing.T) {
	h := start(t, options{app: smallApp()})
	const forever = "public, max-age=31536000, immutable"
	for _, tt := range []struct{ path, kind, cache string }{
		{"/", "text/html; charset=utf-8", "no-cache"},
		{"/sw.js", "text/javascript; charset=utf-8", "no-cache"},
		{"/manifest.webmanifest", "application/manifest+json", "no-cache"},
		{"/assets/app-1.js", "text/javascript; charset=utf-8", forever},
		{"/assets/styles-1.css", "text/css; charset=utf-8", forever},
		{"/assets/icon-1.svg", "image/svg+xml", forever},
		{"/assets/icon-1.png", "image/png", forever},
		{"/assets/khmer-1.woff2", "font/woff2", forever},
		{"/assets/licenses-1.txt", "text/plain; charset=utf-8", forever},
	} {
		r := h.do(t, "", "GET", tt.path, nil)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != tt.kind || r.Header.Get("Cache-Control") != tt.cache {
			t.Errorf("%s: got %d %q %q, want %q %q", tt.path, r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"), tt.kind, tt.cache)
		}
		const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types waymark"
		if got := r.Header.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: Content-Security-Policy is %q", tt.path, got)
		}
		if got := r.Header.Get("Permissions-Policy"); got != "camera=(), geolocation=(), microphone=()" {
			t.Errorf("%s: Permissions-Policy is %q", tt.path, got)
		}
	}
}

func TestAppIsSentPackedAndOnce(t *testing.T) {
	h := start(t, options{app: smallApp()})
	for path, want := range map[string]string{"/": "br", "/assets/app-1.js": "br", "/assets/icon-1.png": "", "/assets/khmer-1.woff2": ""} {
		r := h.do(t, "", "GET", path, nil, "Accept-Encoding", "gzip, br")
		if got := r.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%s: Content-Encoding is %q, want %q", path, got, want)
		}
		again := h.do(t, "", "GET", path, nil, "Accept-Encoding", "gzip, br", "If-None-Match", r.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || len(again.body) != 0 {
			t.Errorf("%s: got %d with %d bytes for what the client has", path, again.StatusCode, len(again.body))
		}
	}
	r := h.do(t, "", "GET", "/", nil, "Accept-Encoding", "br")
	var page bytes.Buffer
	if _, err := page.ReadFrom(brotli.NewReader(bytes.NewReader(r.body))); err != nil || !strings.HasPrefix(page.String(), "<!doctype html>") {
		t.Errorf("the page unpacks to %.20q, %v", page.String(), err)
	}
}

func TestOnlyTheFilesOfTheAppAreServed(t *testing.T) {
	h := start(t, options{app: smallApp()})
	for _, path := range []string{"/README.md", "/index.html", "/assets/", "/assets/app-2.js", "/assets/..%2fREADME.md", "/assets/..%2findex.html", "/assets/%2e%2e/sw.js", "/favicon.ico"} {
		wantProblem(t, h.do(t, "", "GET", path, nil), 404, "not_found")
	}
}

func TestServerWithoutTheAppSaysHowToBuildIt(t *testing.T) {
	note := fstest.MapFS{"README.md": &fstest.MapFile{Data: []byte("a note")}}
	for _, app := range []fs.FS{nil, note} {
		h := start(t, options{app: app})
		r := h.do(t, "", "GET", "/", nil)
		if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(r.body), "make build") {
			t.Errorf("got %d %s", r.StatusCode, r.body)
		}
		wantProblem(t, h.do(t, "", "GET", "/sw.js", nil), 404, "not_found")
	}
}

func TestFileOfAnUnknownKindIsNoApp(t *testing.T) {
	app := smallApp()
	app["assets/map-1.wasm"] = &fstest.MapFile{}
	if _, err := handlers.New(handlers.Config{App: app}, start(t, options{}).server.UseCases); err == nil || !strings.Contains(err.Error(), "map-1.wasm") {
		t.Errorf("got %v", err)
	}
}

// firstLoad is how many bytes a tablet may have to fetch before its first
// interview in English.
const firstLoad = 150_000

func TestFirstLoadFitsItsBudget(t *testing.T) {
	if _, err := fs.Stat(web.App(), "index.html"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the app was not built")
		}
		t.Skip("the app was not built; make build builds it")
	}
	h := start(t, options{app: web.App()})
	addresses := []string{"/", "/sw.js", "/manifest.webmanifest"}
	assets, err := fs.ReadDir(web.App(), "assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, asset := range assets {
		if kind := path.Ext(asset.Name()); kind != ".woff2" && kind != ".txt" { // fonts come with their languages
			addresses = append(addresses, "/assets/"+asset.Name())
		}
	}
	for _, op := range h.server.Operations() {
		if op[2] == "getBundle" {
			addresses = append(addresses, "/v1/bundle", "/v1/bundle/en/interview", "/v1/bundle/en/interface")
		}
	}
	sum := 0
	for _, address := range addresses {
		r := h.do(t, "alpha/officer", "GET", address, nil, "Accept-Encoding", "br")
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", address, r.StatusCode, r.body)
		}
		t.Logf("%8d %s", len(r.body), address)
		sum += len(r.body)
	}
	t.Logf("%8d together", sum)
	if sum > firstLoad {
		t.Errorf("the first load takes %d bytes, want at most %d", sum, firstLoad)
	}
}
