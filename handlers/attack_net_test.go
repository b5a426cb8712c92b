package handlers_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"waymark/handlers"
)

// exchange writes raw bytes to the server and reads until it closes, or until
// nothing more comes.
func (h *harness) exchange(t testing.TB, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Logf("the server closed while it was written to: %v", err)
	}
	text, err := io.ReadAll(conn)
	if err != nil && len(text) == 0 {
		t.Fatalf("no answer: %v", err)
	}
	return string(text)
}

// NET-1: no request can hide another one behind it.
func TestNET1NothingIsSmuggled(t *testing.T) {
	h := start(t, options{limits: handlers.Limits{Read: time.Second, Idle: time.Second}})
	const smuggled = "GET /v1/.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n"
	body := func(headers, body string) string {
		return "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + headers + "\r\n\r\n" + body
	}
	tests := map[string]struct {
		request string
		refused bool // 400 and close; otherwise one answer of any kind
	}{
		"CL and TE":               {body("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\n"+smuggled), true},
		"TE and CL":               {body("Transfer-Encoding: chunked\r\nContent-Length: 6", "0\r\n\r\n"+smuggled), true},
		"two different CL":        {body("Content-Length: 0\r\nContent-Length: 54", smuggled), true},
		"two equal CL":            {body("Content-Length: 2\r\nContent-Length: 2", "{}"), true},
		"a list of CL":            {body("Content-Length: 0, 54", smuggled), true},
		"CL with a plus":          {body("Content-Length: +0", smuggled), true},
		"a negative CL":           {body("Content-Length: -1", smuggled), true},
		"two TE":                  {body("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"+smuggled), true},
		"two Host":                {"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", true},
		"LF in a chunk extension": {body("Transfer-Encoding: chunked", "0;a\n\r\n\r\n"+smuggled), true},
		"a bad chunk size":        {body("Transfer-Encoding: chunked", "zz\r\n\r\n"+smuggled), true},
		"space before the colon":  {body("Content-Length : 54", smuggled), true},
		"tab before the colon":    {body("Content-Length\t: 54", smuggled), true},
		"a folded line":           {body("X: a\r\n Content-Length: 54", ""), true},
		"a folded CL":             {body("Content-Length:\r\n 54", smuggled), false},
		"two Authorization":       {"GET /v1/instruments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", true},
		"an unknown TE":           {body("Transfer-Encoding: xchunked", "0\r\n\r\n"), true},
		"a null in a header":      {"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", false},
		"an absolute address":     {"GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := h.exchange(t, tt.request)
			if n := strings.Count(got, "HTTP/1.1 "); n != 1 {
				t.Fatalf("%d answers to one request:\n%s", n, got)
			}
			if strings.Contains(got, "Ed25519") {
				t.Fatal("the hidden request was answered")
			}
			if tt.refused && (!strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "Connection: close")) {
				t.Errorf("got %.300s, want 400 and close", got)
			}
			if strings.Contains(got, "evil.example") || strings.Contains(got, "smuggled") {
				t.Errorf("the answer repeats the request: %s", got)
			}
		})
	}
	two := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	if n := strings.Count(h.exchange(t, two), "HTTP/1.1 200"); n != 2 {
		t.Errorf("two honest requests get %d answers; the test proves nothing", n)
	}
}

// growth measures how much memory something makes the process take.
func growth(do func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// DOS-1: a body that unpacks to far more than it looks like.
func TestDOS1CompressedBodiesAreRefusedUnread(t *testing.T) {
	h := start(t, options{})
	zeros := make([]byte, 16<<20)
	pack := func(w func(io.Writer) io.WriteCloser, data []byte) []byte {
		var buf bytes.Buffer
		z := w(&buf)
		if _, err := z.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	fl := func(w io.Writer) io.WriteCloser {
		z, err := flate.NewWriter(w, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	br := func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }
	once := pack(gz, zeros)
	for encoding, body := range map[string][]byte{
		"gzip": once, "gzip, gzip": pack(gz, once), "deflate": pack(fl, zeros), "br": pack(br, zeros),
		"GZIP": once, "x-gzip": once, "identity": []byte("{}"), "zstd": []byte("junk"), "gzip;junk": []byte("not gzip"),
	} {
		t.Run(encoding, func(t *testing.T) {
			grown := growth(func() {
				wantProblem(t, h.do(t, "", "POST", "/v1/auth/token", body, "Content-Encoding", encoding), 415, "encoded_request")
			})
			if grown > 10<<20 {
				t.Errorf("the process took %d MiB", grown>>20)
			}
		})
	}
}

// DOS-2: bodies that are large, deep or long in one place.
func TestDOS2OversizedBodiesAreRefusedCheaply(t *testing.T) {
	h := start(t, options{})
	object := func(n int) string {
		var b strings.Builder
		b.WriteString("{")
		for i := range n {
			fmt.Fprintf(&b, `"k%d":1,`, i)
		}
		return b.String() + `"z":1}`
	}
	const closed = 0 // in the place of a status: no answer, and the connection gone
	for name, tt := range map[string]struct {
		body    string
		headers []string
		status  []int
	}{
		"10 MB":                   {strings.Repeat("a", 10<<20), nil, []int{413, closed}},
		"just over the limit":     {`{"grant_type":"` + strings.Repeat("a", 256<<10) + `"}`, nil, []int{413, closed}},
		"many keys":               {object(15_000), nil, []int{400}},
		"a million keys":          {object(1_000_000), nil, []int{413, closed}},
		"100,000 deep":            {strings.Repeat("[", 100_000), nil, []int{400}},
		"100,000 deep as a value": {`{"grant_type":` + strings.Repeat("[", 100_000), nil, []int{400}},
		"objects 20,000 deep":     {strings.Repeat(`{"a":`, 20_000), nil, []int{400}},
		"a text of 1 MB":          {`{"grant_type":"` + strings.Repeat("a", 1<<20) + `"}`, nil, []int{413, closed}},
		"a number of 10^5 digits": {`{"grant_type":` + strings.Repeat("9", 100_000) + `}`, nil, []int{400}},
		"a batch of 101":          {`{"items":[` + strings.TrimSuffix(strings.Repeat("{},", 101), ",") + `]}`, nil, []int{400, 401}},
		"a header of 20 KiB":      {"{}", []string{"X-Long", strings.Repeat("a", 20<<10)}, []int{431, closed}},
		"10,000 query parameters": {"{}", []string{"X-Query", "1"}, []int{400, 401, 431}},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/v1/auth/token"
			if name == "a batch of 101" {
				path = "/v1/submissions"
			}
			if len(tt.headers) == 2 && tt.headers[0] == "X-Query" {
				path += "?" + strings.Repeat("a[999999999]=1&", 10_000)
			}
			req := h.request(t, "", "POST", path, tt.body, tt.headers...)
			begin := time.Now()
			var status int
			grown := growth(func() {
				res, err := (&http.Transport{}).RoundTrip(req)
				if err != nil { // the server closed before all was sent
					status = closed
					return
				}
				status = res.StatusCode
				if err := res.Body.Close(); err != nil {
					t.Error(err)
				}
			})
			ok := false
			for _, want := range tt.status {
				ok = ok || status == want
			}
			if !ok {
				t.Errorf("got %d, want one of %v", status, tt.status)
			}
			if grown > 30<<20 || time.Since(begin) > 2*time.Second {
				t.Errorf("it took %d MiB and %v", grown>>20, time.Since(begin))
			}
		})
	}
	chunked := "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
	chunk := "1000\r\n" + strings.Repeat("a", 0x1000) + "\r\n"
	if got := h.exchange(t, chunked+strings.Repeat(chunk, 80)+"0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 413 ") {
		t.Errorf("320 KiB in chunks: %.80s", got)
	}
}

// DOS-3: connections that take for ever.
func TestDOS3SlowConnectionsAreCutOffAndOthersServed(t *testing.T) {
	const slow = 200
	h := start(t, options{limits: handlers.Limits{Read: 500 * time.Millisecond, Write: 500 * time.Millisecond, Idle: 500 * time.Millisecond}})
	var (
		wg    sync.WaitGroup
		alive = make(chan string, slow)
	)
	for i := range slow {
		wg.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(h.base, "http://"))
			if err != nil {
				return // refused is cut off too
			}
			defer conn.Close()
			request := "GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1000)
			if i%2 == 0 {
				request = "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
			}
			for begin := time.Now(); time.Since(begin) < 3*time.Second; time.Sleep(50 * time.Millisecond) {
				if len(request) > 0 {
					if _, err := io.WriteString(conn, request[:1]); err != nil {
						return
					}
					request = request[1:]
				}
			}
			alive <- "alive"
		})
	}
	time.Sleep(100 * time.Millisecond)
	var slowest time.Duration
	for range 50 {
		begin := time.Now()
		if r := h.do(t, "", "GET", "/healthz", nil); r.StatusCode != 200 {
			t.Errorf("others get %d", r.StatusCode)
		}
		slowest = max(slowest, time.Since(begin))
	}
	wg.Wait()
	close(alive)
	if n := len(alive); n != 0 {
		t.Errorf("%d of %d slow connections are alive after six times the limit", n, slow)
	}
	if slowest > time.Second {
		t.Errorf("the slowest honest request took %v", slowest)
	}
}
