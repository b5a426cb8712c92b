package handlers

import (
	"waymark/fault"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/submission"
)

// How many questions are named next.
const (
	usualAsks = 5
	mostAsks  = 200
)

// askLimit is how many questions to name next; 0 stands for a body without it.
func askLimit(asked int) (int, error) {
	if asked == 0 {
		return usualAsks, nil
	}
	if asked < 1 || asked > mostAsks {
		return 0, fault.New(fault.Invalid, fault.Field{Pointer: "/ask_limit", Code: fault.NotANumber})
	}
	return asked, nil
}

// earlier checks what the person answered before; none for nil. Pointers are
// relative to it.
func (s *Server) earlier(e *openapi.EarlierAnswers) ([]screening.Earlier, error) {
	if e == nil {
		return nil, nil
	}
	if err := require(part{"/instrument", e.Instrument != ""}, part{"/answers", e.Answers != nil}); err != nil {
		return nil, err
	}
	known, err := (&submission.Earlier{Instrument: e.Instrument, Version: e.Version, Answers: e.Answers}).Responses(s.Catalog)
	if err != nil {
		return nil, err
	}
	return []screening.Earlier{known}, nil
}

// askNext names the most useful questions, and says whether any can still
// change something.
func (s *Server) askNext(r *request, e *catalog.Entry, responses *screening.Responses, limit int) ([]openapi.AskNext, bool) {
	next := e.AskNext(responses)
	in := e.InOrSource(r.language)
	out := []openapi.AskNext{}
	for _, ask := range next.Asks[:min(limit, len(next.Asks))] {
		it, _ := in.Item(ask.Item)
		out = append(out, openapi.AskNext{
			Item: ask.Item, Text: it.Text.Default, Notice: it.Notice,
			Reason: openapi.AskNextReason(ask.Reason), ReasonText: s.Messages.Text(r.language, "ask."+string(ask.Reason)),
		})
	}
	return out, next.Settled
}
