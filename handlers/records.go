package handlers

import (
	"encoding/base64"
	"strings"

	"waymark/auth"
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

// explainRecord says why a result of a record is what it is.
func (s *Server) explainRecord(r *request) error {
	x, err := s.Submissions.Explain(r.ctx(), r.who, submission.RecordID(r.Params("id")), r.Query("rules"))
	if err != nil {
		return err
	}
	return r.localised(s.explanation(r, x.Entry, x.Assessment, x.Explanation))
}

// record tells a record as far as the principal may know it.
func (s *Server) record(r *request, record submission.Record) openapi.Record {
	out := openapi.Record{
		ID: string(record.ID), Status: openapi.RecordStatus(record.Status), Site: record.Site,
		Day: record.Day.String(), Received: record.Received.String(), Subject: record.Subject.Encode(),
		Consent:     openapi.Consent{Interview: record.Consent.Interview, Data: record.Consent.Data},
		RetainUntil: record.RetainUntil.String(), RetentionReason: openapi.RecordRetentionReason(record.RetentionReason),
		Device: record.Device,
	}
	if record.Quarantine != nil {
		out.Quarantine = openapi.RecordQuarantine(record.Quarantine.Reason)
		return out
	}
	if record.AnswersUntil >= privacy.DayOf(s.config.Now()) {
		out.AnswersUntil = record.AnswersUntil.String()
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
	e, err := s.entryOf(record.Instrument)
	if err != nil {
		return out
	}
	out.Needs = s.needs(r.language, record.Assessment(e).Needs)
	out.Urgent, out.Codes = toldCodes(r.who, record.Codes, e.Codebook)
	for _, earlier := range record.Earlier {
		out.Earlier = append(out.Earlier, recordResult(r.who, earlier, e.Codebook))
	}
	if record.Offered != nil {
		offered := recordResult(r.who, *record.Offered, e.Codebook)
		out.Offered = &offered
	}
	return out
}

// toldCodes lists the urgent codes, and all codes that the principal may know.
func toldCodes(who auth.Principal, codes []screening.Code, book *screening.Codebook) (urgent, told []string) {
	for _, code := range codes {
		class := book.Class(code)
		if class == screening.ClassUrgent {
			urgent = append(urgent, string(code))
		}
		if shown(who, class) {
			told = append(told, string(code))
		}
	}
	return urgent, told
}

// recordResult tells a result beside the one in force.
func recordResult(who auth.Principal, x submission.Result, book *screening.Codebook) openapi.RecordResult {
	out := openapi.RecordResult{
		Rules: x.Rules.String(), Engine: x.Engine, Program: x.Program, Outcome: x.Outcome, OutcomeStrict: x.Strict,
		Day: x.On.String(), Reason: openapi.RecordResultReason(x.Reason),
	}
	if seesRoles(who) {
		out.Role = string(x.Role)
	}
	out.Urgent, out.Codes = toldCodes(who, x.Codes, book)
	return out
}
