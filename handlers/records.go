package handlers

import (
	"encoding/base64"
	"strings"

	"waymark/fault"
	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/submission"
)

// listRecords gives a page of the records in scope.
func (s *Server) listRecords(r *request) error {
	page, err := recordPage(r)
	if err != nil {
		return err
	}
	records, err := s.Submissions.Records(r.ctx(), r.who, page)
	if err != nil {
		return err
	}
	out := openapi.RecordList{Records: []openapi.Record{}}
	for _, record := range records {
		out.Records = append(out.Records, s.record(r, record))
	}
	if n := len(records); n == page.Limit {
		last := records[n-1]
		out.Next = cursor(last.Day.String(), string(last.ID))
	}
	return r.reply(out)
}

func recordPage(r *request) (submission.Page, error) {
	limit, err := r.limit(submission.MaxPage)
	if err != nil {
		return submission.Page{}, err
	}
	page := submission.Page{Limit: limit}
	parts, err := r.cursor(2)
	if err != nil || parts == nil {
		return page, err
	}
	day, err := privacy.ParseDay(parts[0])
	if err != nil {
		return page, errCursor()
	}
	page.After = submission.Place{Day: day, ID: submission.RecordID(parts[1])}
	return page, nil
}

// A cursor says where a page ended. It holds what the page itself showed.

func cursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, " ")))
}

// cursor reads the "after" parameter; nil when there is none. The last part is
// a record id.
func (r *request) cursor(parts int) ([]string, error) {
	text := r.Query("after")
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errCursor()
	}
	fields := strings.Split(string(raw), " ")
	if len(fields) != parts {
		return nil, errCursor()
	}
	if _, ok := privacy.ParseID(submission.RecordPrefix, fields[parts-1]); !ok {
		return nil, errCursor()
	}
	return fields, nil
}

func errCursor() error {
	return fault.New(fault.BadRequest, fault.Field{Pointer: "after", Code: fault.NotACursor})
}

// getRecord gives one record.
func (s *Server) getRecord(r *request) error {
	record, err := s.Submissions.Record(r.ctx(), r.who, submission.RecordID(r.Params("id")))
	if err != nil {
		return err
	}
	return r.reply(s.record(r, record))
}

// explainRecord says why a record's outcome is what it is.
func (s *Server) explainRecord(r *request) error {
	record, entry, explanation, err := s.Submissions.Explain(r.ctx(), r.who, submission.RecordID(r.Params("id")))
	if err != nil {
		return err
	}
	return r.localised(s.explanation(r, entry, record.Assessment(entry), explanation))
}

// record tells a record as far as the principal may know it.
func (s *Server) record(r *request, record submission.Record) openapi.Record {
	out := openapi.Record{
		ID: string(record.ID), Status: openapi.RecordStatus(record.Status), Site: record.Site,
		Day: record.Day.String(), Received: record.Received.String(), Subject: record.Subject.Encode(),
		Consent:     openapi.Consent{Interview: record.Consent.Interview, Data: record.Consent.Data},
		RetainUntil: record.RetainUntil.String(), RetentionReason: openapi.RecordRetentionReason(record.RetentionReason),
	}
	if record.Quarantine != nil {
		out.Quarantine = openapi.RecordQuarantine(record.Quarantine.Reason)
		return out
	}
	out.Instrument, out.Rules = record.Instrument.String(), record.Rules.String()
	out.Engine, out.Program = record.Engine, record.Program
	out.Language, out.Interpreter, out.Address = record.Language, record.Interpreter, string(record.Address)
	out.Nationality, out.AgeBand = record.Nationality, record.AgeBand
	out.Outcome, out.OutcomeStrict = record.Outcome, record.Strict
	out.Coverage = &record.Coverage
	out.Agreed = agreed(record.Claimed)
	if seesRoles(r.who) {
		out.Role, out.ReAsk = string(record.Role), record.ReAsk
	}
	if e, err := s.entryOf(record.Instrument); err == nil {
		out.Needs = s.needs(r.language, record.Assessment(e).Needs)
		for _, code := range record.Codes {
			class := e.Codebook.Class(code)
			if class == screening.ClassUrgent {
				out.Urgent = append(out.Urgent, string(code))
			}
			if shown(r.who, class) {
				out.Codes = append(out.Codes, string(code))
			}
		}
	}
	return out
}
