package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"waymark/fault"
)

// Names under which middleware leaves things for handlers.
const (
	requestIDKey = "request-id"
	routeKey     = "route"
)

// observe surrounds everything: it gives the request an id, a deadline and the
// security headers, answers errors, and writes the one log line and the
// measurements. None of them holds anything that a client sent except the
// method; paths appear as their pattern.
func (s *Server) observe(c *fiber.Ctx) error {
	s.inFlight.Add(1)
	defer s.inFlight.Done()
	start := s.config.Now()

	ctx, cancel := context.WithTimeout(s.work, s.config.Limits.Request)
	defer cancel()
	c.SetUserContext(ctx)
	s.dress(c)

	err := c.Next()
	if err != nil {
		s.answer(c, err)
	}
	s.note(ctx, c, start, err)
	return nil
}

// dress gives a response its id and the headers that every response has.
func (s *Server) dress(c *fiber.Ctx) {
	id := uuid.NewString()
	c.Locals(requestIDKey, id)
	c.Set("X-Request-Id", id)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	if s.config.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	if s.closing.Load() {
		c.Context().SetConnectionClose()
	}
}

// note writes the log line and the measurements of one request.
func (s *Server) note(ctx context.Context, c *fiber.Ctx, start time.Time, err error) {
	pattern, ok := c.Locals(routeKey).(string)
	if !ok {
		pattern = "unmatched"
	}
	status := c.Response().StatusCode()
	took := s.config.Now().Sub(start)
	s.metrics.request(c.Method(), pattern, status, took)
	if err == nil && !s.config.Log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{
		slog.String("id", requestID(c)),
		slog.String("method", known(c.Method())),
		slog.String("route", pattern),
		slog.Int("status", status),
		slog.Duration("took", took),
	}
	level := slog.LevelInfo
	if err != nil {
		f := asFault(err) // Fiber's own errors repeat the address; a fault does not
		code := fault.CodeOf(f)
		attrs = append(attrs, slog.String("code", string(code)))
		if code == fault.Internal || code == fault.Unavailable || code == fault.Timeout {
			level = slog.LevelError
			attrs = append(attrs, slog.String("error", f.Error()))
		}
	}
	s.config.Log.LogAttrs(ctx, level, "request", attrs...)
}

// known keeps an invented method out of logs and measurements.
func known(method string) string {
	switch method {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodPost, fiber.MethodPut, fiber.MethodPatch, fiber.MethodDelete, fiber.MethodOptions:
		return method
	default:
		return "other"
	}
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestIDKey).(string)
	return id
}

// recover turns a panic into an internal error; the process and everyone
// else's requests go on.
func (s *Server) recover(c *fiber.Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.config.Log.LogAttrs(c.UserContext(), slog.LevelError, "panic",
				slog.String("id", requestID(c)), slog.String("stack", string(debug.Stack())))
			err = fault.Wrap(fault.Internal, fmt.Errorf("panic of type %T", v))
		}
	}()
	return c.Next()
}

// outside answers what went wrong before or around the handlers: a request
// that could not be read, a body too large, a header too long.
func (s *Server) outside(c *fiber.Ctx, err error) error {
	s.dress(c)
	c.Context().SetConnectionClose()
	s.answer(c, err)
	s.note(s.work, c, s.config.Now(), err)
	return nil
}

// knownMethods answers invented methods like any other error. Fiber would
// answer them itself, before any middleware and in plain text.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(fctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(fctx.Method())) {
			next(fctx)
			return
		}
		c := s.app.AcquireCtx(fctx)
		defer s.app.ReleaseCtx(c)
		if err := s.outside(c, fault.New(fault.MethodNotAllowed)); err != nil {
			s.config.Log.LogAttrs(s.work, slog.LevelError, "an error was not answered", slog.String("error", err.Error()))
		}
	}
}

// handle turns a route into a Fiber handler: it remembers the route for the
// log, finds out who asks, and calls it.
func (s *Server) handle(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(routeKey, r.path)
		req := &request{Ctx: c, language: s.Messages.Match(c.Get(fiber.HeaderAcceptLanguage)), scheme: s.scheme()}
		if r.access == byProof || showsKey(c) {
			c.Set(nonceHeader, s.Proofs.Nonce())
		}
		if err := s.identify(req, r.access); err != nil {
			return err
		}
		return r.serve(req)
	}
}

// identify finds out who asks, as far as a route needs to know.
func (s *Server) identify(r *request, a access) (err error) {
	switch a {
	case byToken:
		r.who, err = s.SignIn.Authenticate(r.ctx(), r.credentials())
	case byProof:
		r.held, err = s.Proofs.Check(r.shown(), "")
	case public:
	}
	return err
}

// scheme is that of the addresses that clients call this server by. It is the
// deployment's to say: behind a proxy the connection does not show it.
func (s *Server) scheme() string {
	if s.config.Secure {
		return "https"
	}
	return "http"
}

// errClosing is why a server that shuts down is not ready.
var errClosing = errors.New("the server is shutting down")
