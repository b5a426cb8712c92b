package handlers_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/valyala/fasthttp"

	"waymark/handlers"
)

// BenchmarkQuestionnaire sends a prepared document to a signed-in client.
func BenchmarkQuestionnaire(b *testing.B) {
	h := start(b, options{})
	token := h.login(b, "alpha/officer")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		req.SetRequestURI(h.base + "/v1/instruments/screen-fc/1.0.0")
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Accept-Encoding", "br")
		for pb.Next() {
			if err := fasthttp.Do(req, res); err != nil || res.StatusCode() != http.StatusOK {
				b.Errorf("status %d, %v", res.StatusCode(), err)
				return
			}
		}
	})
}

// BenchmarkDecodeInterview reads one submission, strictly.
func BenchmarkDecodeInterview(b *testing.B) {
	body, err := json.Marshal(interview())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := handlers.DecodeInterview(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSubmission stores batches of one and of a hundred, durably.
func BenchmarkSubmission(b *testing.B) {
	for name, size := range map[string]int{"1": 1, "100": 100} {
		b.Run(name, func(b *testing.B) {
			h := start(b, options{})
			token := h.login(b, "alpha/caseworker")
			b.ReportAllocs()
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
				req.SetRequestURI(h.base + "/v1/submissions")
				req.Header.SetMethod("POST")
				req.Header.SetContentType("application/json")
				req.Header.Set("Authorization", "Bearer "+token)
				for pb.Next() {
					var items []map[string]any
					for range size {
						items = append(items, interview())
					}
					body, err := json.Marshal(batch(items...))
					if err != nil {
						b.Error(err)
						return
					}
					req.SetBodyRaw(body)
					if err := fasthttp.Do(req, res); err != nil || res.StatusCode() != http.StatusOK {
						b.Errorf("status %d, %v", res.StatusCode(), err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkBundle sends a signed-in client what a tablet takes with it, one after
// the other.
func BenchmarkBundle(b *testing.B) {
	h := start(b, options{})
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	req.SetRequestURI(h.base + "/v1/bundle")
	req.Header.Set("Authorization", "Bearer "+h.login(b, "alpha/officer"))
	req.Header.Set("Accept-Encoding", "br")
	for b.Loop() {
		if err := fasthttp.Do(req, res); err != nil || res.StatusCode() != http.StatusOK {
			b.Fatalf("status %d, %v", res.StatusCode(), err)
		}
	}
}
