package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"time"

	"waymark/auth/device"
	"waymark/auth/proof"
	"waymark/auth/signin"
	"waymark/auth/token"
	"waymark/handlers"
	"waymark/locales"
	"waymark/privacy"
	"waymark/screening/catalog"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
	"waymark/screening/review"
	"waymark/screening/submission"
	"waymark/web"
)

// serveCommand runs the server.
type serveCommand struct {
	dataFlags
	textFlags

	Addr        string `help:"Address to listen on." default:"127.0.0.1:8080" env:"WAYMARK_ADDR"`
	TLSCert     string `help:"File with the TLS certificate chain (PEM)." env:"WAYMARK_TLS_CERT" type:"path" placeholder:"FILE"`
	TLSKey      string `help:"File with the TLS private key (PEM)." env:"WAYMARK_TLS_KEY" type:"path" placeholder:"FILE"`
	BehindProxy bool   `help:"A proxy in front speaks TLS to the clients." env:"WAYMARK_BEHIND_PROXY"`
	Issuer      string `help:"Name of this deployment in access tokens." default:"waymark" env:"WAYMARK_ISSUER"`
	Demo        bool   `help:"Create a demo agency with well-known passwords. Loopback only." env:"WAYMARK_DEMO"`
	LogLevel    string `help:"Least level to log: ${enum}." enum:"debug,info,warn,error" default:"info" env:"WAYMARK_LOG_LEVEL"`

	LeaveOutRoleBlock bool `help:"Do not ask about roles (block H and F08). For places where answers cannot be protected from being demanded." env:"WAYMARK_LEAVE_OUT_ROLE_BLOCK"`

	Rules map[string]string `help:"Rules for new interviews in the place of the newest, as in screen-fc@1.0.0=1.0.0; commas between several." mapsep:"," env:"WAYMARK_RULES" placeholder:"ID@VERSION=RULES"`

	BearerTokens bool `help:"Also give and take access tokens that are bound to no key, and so are good in anybody's hands. Always on with --demo." env:"WAYMARK_BEARER_TOKENS"`

	deviceFlags
	keepFlags
}

const (
	tokenLife     = 5 * time.Minute
	shutdownTime  = 20 * time.Second
	sweepEvery    = time.Hour
	tokenAudience = "waymark-api"
	// roleBlock is how instruments mark the questions on roles.
	roleBlock = "role"
)

// Run serves until the context ends, then answers what it has taken and stops.
func (s *serveCommand) Run(c *console) error {
	if err := s.check(); err != nil {
		return err
	}
	server, err := s.open(c)
	if err != nil {
		return err
	}
	if err := s.announce(c, server); err != nil {
		return errors.Join(err, server.close())
	}
	return server.serve(c.ctx)
}

// check refuses settings that would be dangerous or make no sense.
func (s *serveCommand) check() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key belong together")
	}
	local, err := isLoopback(s.Addr)
	if err != nil {
		return err
	}
	if !local && s.TLSCert == "" && !s.BehindProxy {
		return fmt.Errorf("%s can be reached from other machines: give --tls-cert and --tls-key, or say --behind-proxy when a proxy in front speaks TLS", s.Addr)
	}
	if s.Demo && (!local || s.BehindProxy) {
		return errors.New("--demo has well-known passwords and works on a loopback address only, not behind a proxy")
	}
	if err := s.deviceFlags.check(); err != nil {
		return err
	}
	return s.keepFlags.check()
}

// isLoopback says whether only this machine can reach an address.
func isLoopback(addr string) (bool, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false, fmt.Errorf("--addr %q is not an address such as 127.0.0.1:8080", addr)
	}
	if host == "localhost" {
		return true, nil
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback(), nil
}

// running is a server with everything it stands on.
type running struct {
	data        *data
	texts       texts
	http        *handlers.Server
	signIn      *signin.Desk
	devices     *device.Desk
	submissions *submission.Desk
	safe        *submission.Safe
	// demoCode enrols a tablet of the demo agency; "" without it.
	demoCode string
	listener net.Listener
	log      *slog.Logger
	now      func() time.Time
}

// open builds the server from the bottom up. When it returns, clients can
// connect.
func (s *serveCommand) open(c *console) (_ *running, err error) {
	r := &running{log: s.logger(c), now: c.now}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	packs, err := jurisdiction.Load(jurisdictions.FS)
	if err != nil {
		return nil, err
	}
	options := []catalog.Option{s.ownRules(), catalog.LeaveOut(s.blocksLeftOut()...)}
	if r.texts, err = s.textFlags.open(locales.Shipped(), s.Demo, options...); err != nil {
		return nil, err
	}
	if r.texts.catalog, err = r.texts.catalog.Pin(s.Rules); err != nil {
		return nil, err
	}
	if err = s.checkInstruments(r.texts.catalog); err != nil {
		return nil, err
	}
	if r.data, err = openData(c.ctx, s.dataFlags, c.random, toServe); err != nil {
		return nil, err
	}
	proofs, err := proof.NewChecker(r.data.keys, r.data.stores, c.random, c.now)
	if err != nil {
		return nil, err
	}
	r.devices = newDevices(c, r.data, proofs, s.policy(), s.Demo)
	r.signIn = signin.NewDesk(signin.Config{
		Users: r.data.stores, Families: r.data.stores, Devices: r.devices, Proofs: proofs, Keys: r.data.keys, Hashing: signin.DefaultHashing(),
		Tokens: token.New(token.Config{Issuer: s.Issuer, Audience: tokenAudience, Life: tokenLife, Now: c.now}, r.data.tokenKeys),
		Random: c.random, Now: c.now, Demo: s.Demo, BearerTokens: s.BearerTokens || s.Demo,
	})
	r.safe = submission.NewSafe(r.data.answerRoot, r.data.answerKeys, c.random)
	r.submissions = submission.NewDesk(submission.Config{
		Catalog: r.texts.catalog, Store: r.data.stores, Vault: r.data.vault, Keys: r.data.keys, VaultKeys: r.data.vaultKeys,
		Safe: r.safe, Holders: r.devices, Read: handlers.ReadOffer,
		Retention: s.retention(), Random: c.random, Now: c.now,
	})
	r.http, err = handlers.New(
		handlers.Config{Version: buildVersion(), Log: r.log, Now: c.now, Secure: s.TLSCert != "" || s.BehindProxy, App: web.App()},
		handlers.UseCases{
			SignIn: r.signIn, Devices: r.devices, Proofs: proofs, Catalog: r.texts.catalog, Submissions: r.submissions,
			Reviews: review.NewDesk(r.data.stores, r.safe, c.now), Messages: r.texts.messages, Languages: r.texts.edition, Ready: r.data.ready,
			Jurisdictions: packs, SignStatement: token.NewTrust(r.data.keys).SignStatement,
		})
	if err != nil {
		return nil, err
	}
	if s.Demo {
		if err := createDemoAgency(c, r.data.stores); err != nil {
			return nil, err
		}
		if r.demoCode, err = createDemoEnrolment(c, r.devices); err != nil {
			return nil, err
		}
	}
	r.listener, err = s.listen(c.ctx)
	debug.FreeOSMemory() // what loading took is not needed again
	return r, err
}

// blocksLeftOut names the blocks of items that this deployment does not ask.
func (s *serveCommand) blocksLeftOut() []string {
	if s.LeaveOutRoleBlock {
		return []string{roleBlock}
	}
	return nil
}

func (s *serveCommand) logger(c *console) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		level = slog.LevelInfo // kong has checked the level against its list
	}
	return slog.New(slog.NewJSONHandler(c.err, &slog.HandlerOptions{Level: level}))
}

func (s *serveCommand) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", s.Addr)
	if err != nil || s.TLSCert == "" {
		return ln, err
	}
	certificate, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}), nil
}

// serve answers requests until the context ends. Stores close after the last
// handler has answered.
func (r *running) serve(ctx context.Context) error {
	stopped := make(chan error, 1)
	go func() { stopped <- r.http.Serve(r.listener) }()
	background, stop := context.WithCancel(ctx)
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		r.maintain(background)
	}()

	var err error
	select {
	case <-ctx.Done():
		r.log.InfoContext(ctx, "stopping")
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		err = r.http.Shutdown(deadline)
		cancel()
	case err = <-stopped:
	}
	stop()
	<-swept
	return errors.Join(err, r.close())
}

// maintain does what has to be done once at the start and then every hour.
func (r *running) maintain(ctx context.Context) {
	retried, err := r.submissions.Retry(ctx)
	if err != nil {
		r.log.ErrorContext(ctx, "quarantined interviews were not looked at", slog.String("error", err.Error()))
	} else if retried.Released+retried.Kept > 0 {
		r.log.InfoContext(ctx, "quarantined interviews scored again", slog.Int("released", retried.Released), slog.Int("kept", retried.Kept))
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		r.sweep(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sweep erases what has reached its last day.
func (r *running) sweep(ctx context.Context) {
	today, erased := privacy.DayOf(r.now()), 0
	_, err := r.safe.Sweep(ctx, today) // first: without their key, answers are gone wherever they lie
	if err == nil {
		erased, err = r.data.stores.EraseExpired(ctx, today)
	}
	if err == nil {
		err = r.signIn.Sweep(ctx)
	}
	if err == nil {
		err = r.devices.Sweep(ctx)
	}
	switch {
	case err != nil && ctx.Err() == nil:
		r.log.ErrorContext(ctx, "the sweep did not finish", slog.String("error", err.Error()))
	case erased > 0:
		r.log.InfoContext(ctx, "records erased on their day", slog.Int("records", erased))
	}
}

// close closes the listener and the data, whichever were opened.
func (r *running) close() error {
	var errs []error
	if r.listener != nil {
		if err := r.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if r.data != nil {
		errs = append(errs, r.data.close())
	}
	return errors.Join(errs...)
}
