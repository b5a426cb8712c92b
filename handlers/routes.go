package handlers

import "github.com/gofiber/fiber/v2"

// access is what a request has to show before its handler is called.
type access int

// The kinds of access.
const (
	// public routes need nothing.
	public access = iota
	// byToken routes need an access token, with its proof when it is bound.
	byToken
	// byProof routes need a proof of a device's key alone.
	byProof
)

// route is one operation of the contract. Tests hold the table and
// openapi.yaml against each other.
type route struct {
	method, path string
	// operation is the operationId in the contract.
	operation string
	access    access
	serve     func(*request) error
}

// routes lists every operation. What is not in the list does not exist.
func (s *Server) routes() []route {
	const get, post, del = fiber.MethodGet, fiber.MethodPost, fiber.MethodDelete
	return []route{
		{get, "/", "", public, s.getApp},
		{get, "/sw.js", "", public, s.getAppFile("sw.js")},
		{get, "/manifest.webmanifest", "", public, s.getAppFile("manifest.webmanifest")},
		{get, "/assets/:file", "", public, s.getAppAsset},
		{get, "/healthz", "getHealth", public, s.getHealth},
		{get, "/readyz", "getReadiness", public, s.getReadiness},
		{get, "/metrics", "getMetrics", public, s.getMetrics},
		{get, "/openapi.yaml", "getContract", public, s.getContract},
		{get, "/docs", "getDocs", public, s.getDocs},
		{get, "/docs/:file", "", public, s.getDocsFile},

		{post, "/v1/auth/token", "createToken", public, s.createToken},
		{post, "/v1/auth/revoke", "revokeToken", public, s.revokeToken},
		{get, "/v1/.well-known/jwks.json", "listKeys", public, s.listKeys},

		{post, "/v1/devices/enrolments", "createEnrolment", byToken, s.createEnrolment},
		{post, "/v1/devices", "enrolDevice", byProof, s.enrolDevice},
		{get, "/v1/devices", "listDevices", byToken, s.listDevices},
		{get, "/v1/devices/current", "getCurrentDevice", byProof, s.getCurrentDevice},
		{post, "/v1/devices/current/health", "reportHealth", byProof, s.reportHealth},
		{post, "/v1/devices/:id/confirm", "confirmDevice", byToken, s.confirmDevice},
		{del, "/v1/devices/:id", "revokeDevice", byToken, s.revokeDevice},

		{get, "/v1/bundle", "getBundle", byToken, s.getBundle},
		{get, "/v1/bundle/:language/:part", "getBundlePart", byToken, s.getBundlePart},
		{get, "/v1/instruments", "listInstruments", byToken, s.listInstruments},
		{get, "/v1/instruments/:id/:version", "getInstrument", byToken, s.getInstrument},
		{get, "/v1/jurisdictions", "listJurisdictions", byToken, s.listJurisdictions},
		{get, "/v1/jurisdictions/:iso", "getJurisdiction", byToken, s.getJurisdiction},
		{post, "/v1/assessments", "createAssessment", byToken, s.createAssessment},
		{post, "/v1/submissions", "createSubmissions", byToken, s.createSubmissions},

		{get, "/v1/records", "listRecords", byToken, s.listRecords},
		{get, "/v1/records/:id", "getRecord", byToken, s.getRecord},
		{get, "/v1/records/:id/explanation", "explainRecord", byToken, s.explainRecord},

		{get, "/v1/reviews", "listReviews", byToken, s.listReviews},
		{get, "/v1/reviews/:id", "getReview", byToken, s.getReview},
		{post, "/v1/reviews/:id/claim", "claimReview", byToken, s.claimReview},
		{post, "/v1/reviews/:id/decision", "decideReview", byToken, s.decideReview},
		{post, "/v1/reviews/:id/answers", "openAnswers", byToken, s.openAnswers},
	}
}
