package handlers

import "waymark/fault"

// Operations lists method, path and operationId of every route.
func (s *Server) Operations() [][3]string {
	var out [][3]string
	for _, r := range s.routes() {
		out = append(out, [3]string{r.method, r.path, r.operation})
	}
	return out
}

// Statuses is the table from codes to statuses.
var Statuses = statuses

// DecodeStrict is the one strict decoder.
var DecodeStrict = decodeStrict

// Unambiguous is the check of raw header lines.
var Unambiguous = unambiguous

// AddPanic adds a route whose handler panics.
func (s *Server) AddPanic(path string, v any) {
	s.app.Get(path, s.handle(route{"GET", path, "", public, func(*request) error { panic(v) }}))
}

// AddFailure adds a route whose handler fails.
func (s *Server) AddFailure(path string, err error) {
	s.app.Get(path, s.handle(route{"GET", path, "", public, func(*request) error { return err }}))
}

// FieldCodes lists the field codes of this package's own faults.
func FieldCodes() []fault.FieldCode { return fault.FieldCodes() }
