package handlers

import "github.com/gofiber/fiber/v2"

// route is one operation of the contract. Tests hold the table and
// openapi.yaml against each other.
type route struct {
	method, path string
	// operation is the operationId in the contract.
	operation string
	// public routes need no access token.
	public bool
	serve  func(*request) error
}

// routes lists every operation. What is not in the list does not exist.
func (s *Server) routes() []route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []route{
		{get, "/", "", true, s.home},
		{get, "/healthz", "getHealth", true, s.getHealth},
		{get, "/readyz", "getReadiness", true, s.getReadiness},
		{get, "/metrics", "getMetrics", true, s.getMetrics},
		{get, "/openapi.yaml", "getContract", true, s.getContract},
		{get, "/docs", "getDocs", true, s.getDocs},
		{get, "/docs/:file", "", true, s.getDocsFile},

		{post, "/v1/auth/token", "createToken", true, s.createToken},
		{post, "/v1/auth/revoke", "revokeToken", true, s.revokeToken},
		{get, "/v1/.well-known/jwks.json", "listKeys", true, s.listKeys},

		{get, "/v1/bundle", "getBundle", false, s.getBundle},
		{get, "/v1/bundle/:language/:part", "getBundlePart", false, s.getBundlePart},
		{get, "/v1/instruments", "listInstruments", false, s.listInstruments},
		{get, "/v1/instruments/:id/:version", "getInstrument", false, s.getInstrument},
		{get, "/v1/jurisdictions", "listJurisdictions", false, s.listJurisdictions},
		{get, "/v1/jurisdictions/:iso", "getJurisdiction", false, s.getJurisdiction},
		{post, "/v1/assessments", "createAssessment", false, s.createAssessment},
		{post, "/v1/submissions", "createSubmissions", false, s.createSubmissions},

		{get, "/v1/records", "listRecords", false, s.listRecords},
		{get, "/v1/records/:id", "getRecord", false, s.getRecord},
		{get, "/v1/records/:id/explanation", "explainRecord", false, s.explainRecord},

		{get, "/v1/reviews", "listReviews", false, s.listReviews},
		{get, "/v1/reviews/:id", "getReview", false, s.getReview},
		{post, "/v1/reviews/:id/claim", "claimReview", false, s.claimReview},
		{post, "/v1/reviews/:id/decision", "decideReview", false, s.decideReview},
		{post, "/v1/reviews/:id/answers", "openAnswers", false, s.openAnswers},
	}
}
