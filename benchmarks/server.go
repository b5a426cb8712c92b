package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"waymark/rehearsal"
)

// build builds the program as it is shipped.
func build() (program string, clean func(), err error) {
	dir, err := os.MkdirTemp("", "waymark-bench-")
	if err != nil {
		return "", nil, err
	}
	clean = func() { _ = os.RemoveAll(dir) }
	program = filepath.Join(dir, "waymark")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "waymark/cmd/waymark")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		clean()
		return "", nil, fmt.Errorf("build: %w: %s", err, out)
	}
	return program, clean, nil
}

// process is a server in a process of its own.
type process struct {
	cmd  *exec.Cmd
	base string
}

var address = regexp.MustCompile(`http://[0-9.:]+`)

// launch starts a command that prints its address, and waits for that.
func launch(name string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(name, args...)}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = io.Discard
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if p.base = address.FindString(lines.Text()); p.base != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p, nil
		}
	}
	return nil, errors.Join(errors.New("the server did not start"), p.cmd.Wait())
}

// waymark starts the program on a data directory.
func (b *bench) waymark(data string) (*process, error) {
	return launch(b.program, "serve", "--demo", "--addr", "127.0.0.1:0", "--log-level", "error", "--data", data)
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// bareServer is the argument that makes this program the limit of serving
// bytes: fasthttp with nothing around it.
const bareServer = "serve-bare"

func serveBare(file string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", ln.Addr())
	return fasthttp.Serve(ln, func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("application/json")
		ctx.Response.Header.Set("Content-Encoding", "br")
		ctx.Response.SetBodyRaw(body)
	})
}

const (
	readTime    = 3 * time.Second
	connections = 16
)

// questionnaire measures sending a prepared document, warm, signed in.
func (b *bench) questionnaire() ([]row, error) {
	return b.document("a questionnaire", "/v1/instruments/screen-fc/1.0.0", "≥ 0.9 (of the bundle)")
}

// bundle measures sending what a tablet takes with it.
func (b *bench) bundle() ([]row, error) {
	return b.document("the bundle", "/v1/bundle", "≥ 0.9")
}

// document measures sending a document beside bare fasthttp that sends the same
// bytes.
func (b *bench) document(name, path, target string) ([]row, error) {
	dir, err := os.MkdirTemp("", "waymark-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ours, err := b.waymark(filepath.Join(dir, "data"))
	if err != nil {
		return nil, err
	}
	token, err := signIn(ours.base)
	if err != nil {
		return nil, err
	}
	body, err := fetch(ours.base+path, token)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "body")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	bare, err := launch(self, bareServer, file)
	if err != nil {
		return nil, err
	}
	o, l, err := b.pair(
		func() (float64, error) { return load(ours.base+path, token) },
		func() (float64, error) { return load(bare.base+path, token) })
	if err := errors.Join(err, ours.stop(), ignoreSignal(bare.stop())); err != nil {
		return nil, err
	}
	return []row{{
		name: fmt.Sprintf("GET %s, warm (%d bytes)", name, len(body)),
		ours: rate(o), limit: "bare fasthttp " + rate(l),
		ratio: fmt.Sprintf("%.2f", o/l), target: target, met: o/l >= 0.9,
	}}, nil
}

// ignoreSignal drops the error of a process that was ended by a signal.
func ignoreSignal(err error) error {
	if _, ended := errors.AsType[*exec.ExitError](err); ended {
		return nil
	}
	return err
}

func signIn(base string) (string, error) {
	c, err := rehearsal.SignIn(context.Background(), base, "demo", "officer", "demo-officer-password", http.DefaultTransport)
	if err != nil {
		return "", err
	}
	return c.AccessToken(), nil
}

func fetch(url, token string) ([]byte, error) {
	req, res := prepare(url, token), fasthttp.AcquireResponse()
	if err := fasthttp.Do(req, res); err != nil {
		return nil, err
	}
	if res.StatusCode() != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d", url, res.StatusCode())
	}
	return append([]byte{}, res.Body()...), nil
}

func prepare(url, token string) *fasthttp.Request {
	req := fasthttp.AcquireRequest()
	req.SetRequestURI(url)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept-Encoding", "br")
	return req
}

// load asks for a document over and over and gives the answers per second.
func load(url, token string) (float64, error) {
	client := &fasthttp.Client{MaxConnsPerHost: connections}
	var (
		n      atomic.Int64
		failed atomic.Pointer[error]
		wg     sync.WaitGroup
		until  = time.Now().Add(readTime)
	)
	for range connections {
		wg.Go(func() {
			req, res := prepare(url, token), fasthttp.AcquireResponse()
			for time.Now().Before(until) {
				err := client.Do(req, res)
				if err == nil && res.StatusCode() != http.StatusOK {
					err = fmt.Errorf("status %d", res.StatusCode())
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	client.CloseIdleConnections()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(n.Load()) / readTime.Seconds(), nil
}
