// Package handlers is the HTTP API. It is the only package that knows Fiber.
//
// A handler decodes, calls one function of a use case, and encodes. Who may do
// what, what a record may hold and how a review moves on is decided below, in
// packages that do not know HTTP. What Fiber and fasthttp get wrong by default
// has one place each: the raw request in guard.go, bodies in request.go,
// errors in errors.go, the life of a request in middleware.go.
package handlers

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/locales"
	"waymark/screening/catalog"
	"waymark/screening/jurisdiction"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// UseCases are what the handlers call. All are required.
type UseCases struct {
	SignIn      *signin.Desk
	Devices     *device.Desk
	Catalog     *catalog.Catalog
	Submissions *submission.Desk
	Reviews     *review.Desk
	Messages    *locales.Messages
	// Proofs checks that clients hold the keys they show.
	Proofs *proof.Checker
	// Jurisdictions are the country packs; information, and no input of anything.
	Jurisdictions *jurisdiction.Packs
	// Languages says how far the texts are that Catalog and Messages have.
	Languages *locales.Edition
	// SignStatement signs what tablets of an agency believe of this deployment.
	SignStatement func(tenant string, payload []byte) (string, error)
	// Ready says whether the stores can be used.
	Ready func(context.Context) error
}

// Config is how the server treats requests. The zero value of a limit means
// its default.
type Config struct {
	// Version is the program's own.
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	// App is the built app; nil, or without an index.html, when there is none.
	App fs.FS
	// Secure says that clients reach the server through TLS, so that browsers
	// may be told to insist on it, and proofs are for https addresses.
	Secure bool
	Limits Limits
}

// Limits bound what one client can take of the machine.
type Limits struct {
	// Request is how long a handler may take; 10 s.
	Request time.Duration
	// Read, Write and Idle bound a connection; 10 s, 15 s, 30 s.
	Read, Write, Idle time.Duration
	// Body is the largest request body in bytes; 256 KiB.
	Body int
	// Connections is how many are served at once; 2000.
	Connections int
}

// headerLimit is the largest request header in bytes: a token takes less than one.
const headerLimit = 16 << 10

func (l Limits) withDefaults() Limits {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&l.Request, 10*time.Second)
	set(&l.Read, 10*time.Second)
	set(&l.Write, 15*time.Second)
	set(&l.Idle, 30*time.Second)
	if l.Body == 0 {
		l.Body = 256 << 10
	}
	if l.Connections == 0 {
		l.Connections = 2000
	}
	return l
}

// Server is the HTTP API.
type Server struct {
	UseCases
	config   Config
	app      *fiber.App
	metrics  *metrics
	shelf    *shelf
	packs    *packShelf
	bundles  *bundleShelf
	docs     docsPage
	appFiles appFiles

	// work outlives a single request: contexts of requests derive from it.
	work context.Context //nolint:containedctx // the life of the server, ended by Shutdown
	stop context.CancelFunc
	// inFlight counts handlers that run; closing turns readiness off.
	inFlight sync.WaitGroup
	closing  atomic.Bool

	mu       sync.Mutex // guards listener
	listener net.Listener
}

// New makes a Server. The error says which shipped text or page is missing.
func New(c Config, u UseCases) (*Server, error) {
	c.Limits = c.Limits.withDefaults()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	shelf, err := newShelf(u.Catalog, u.Languages)
	if err != nil {
		return nil, err
	}
	docs, err := newDocsPage()
	if err != nil {
		return nil, err
	}
	appFiles, err := newAppFiles(c.App)
	if err != nil {
		return nil, err
	}
	work, stop := context.WithCancel(context.Background())
	s := &Server{UseCases: u, config: c, metrics: newMetrics(), shelf: shelf, packs: newPackShelf(u.Jurisdictions, u.Messages), bundles: newBundleShelf(u), docs: docs, appFiles: appFiles, work: work, stop: stop}
	s.app = fiber.New(fiber.Config{
		Immutable:                    true, // strings outlive the request's buffers
		CaseSensitive:                true,
		StrictRouting:                true,
		BodyLimit:                    c.Limits.Body,
		ReadBufferSize:               headerLimit,
		ReadTimeout:                  c.Limits.Read,
		WriteTimeout:                 c.Limits.Write,
		IdleTimeout:                  c.Limits.Idle,
		Concurrency:                  c.Limits.Connections,
		DisableStartupMessage:        true,
		DisablePreParseMultipartForm: true,
		ErrorHandler:                 s.outside,
	})
	s.app.Use(s.observe, s.recover, guard)
	for _, r := range s.routes() {
		s.app.Add(r.method, r.path, s.handle(r))
		if r.method == fiber.MethodGet {
			s.app.Add(fiber.MethodHead, r.path, s.handle(r))
		}
	}
	s.app.Server().Handler = s.knownMethods(s.app.Server().Handler)
	return s, nil
}

// Serve answers requests on a listener until Shutdown.
func (s *Server) Serve(ln net.Listener) error {
	s.mu.Lock()
	s.listener = ln
	s.mu.Unlock()
	if s.closing.Load() {
		return ln.Close()
	}
	err := s.app.Listener(ln)
	if s.closing.Load() {
		return nil // the listener was closed on purpose
	}
	return err
}

// closeListener stops accepting. fasthttp closes the listeners it knows of;
// one that it is only about to serve when Shutdown comes would stay open for
// ever.
func (s *Server) closeListener() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return nil
	}
	if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// linger is how long a connection whose request has not arrived in full keeps
// the server from stopping. Its client gets no answer, and sends again.
const linger = 3 * time.Second

// Shutdown turns readiness off, stops taking requests, and waits until every
// handler has answered or the context ends. Only after it has returned may
// the stores be closed.
func (s *Server) Shutdown(ctx context.Context) error {
	s.closing.Store(true)
	arriving, cancel := context.WithTimeout(ctx, linger)
	defer cancel()
	err := s.app.ShutdownWithContext(arriving)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = nil // only handlers are waited for to the end
	}
	err = errors.Join(err, s.closeListener())
	answered := make(chan struct{})
	go func() {
		s.inFlight.Wait()
		close(answered)
	}()
	select {
	case <-answered:
	case <-ctx.Done():
		err = errors.Join(err, errors.New("some requests were cut off"), ctx.Err())
	}
	s.stop()
	return err
}
