package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"waymark/screening/submission"
)

// metrics are the measurements of one server. Labels come from closed lists:
// nothing a client sent becomes one.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	receipts *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waymark_requests_total",
			Help: "Requests answered, by method, route and status.",
		}, []string{"method", "route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "waymark_request_seconds",
			Help:    "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		receipts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waymark_receipts_total",
			Help: "Receipts given for submitted interviews, by status.",
		}, []string{"status"}),
	}
	m.registry.MustRegister(m.requests, m.took, m.receipts,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(known(method), route, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) receipt(status submission.ReceiptStatus) {
	m.receipts.WithLabelValues(string(status)).Inc()
}

// getMetrics writes the measurements in the Prometheus text format.
func (s *Server) getMetrics(r *request) error {
	serve := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
	return adaptor.HTTPHandler(serve)(r.Ctx)
}
