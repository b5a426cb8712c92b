package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"waymark/fault"
	"waymark/handlers"
	"waymark/locales"
	"waymark/openapi"
	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/instruments"
	"waymark/screening/submission"
)

func contract(t testing.TB) (*openapi3.T, routers.Router) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Contract)
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

var parameter = regexp.MustCompile(`:(\w+)`)

func TestEveryOperationOfTheContractIsServedAndNothingElse(t *testing.T) {
	doc, _ := contract(t)
	want := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			want[method+" "+path] = op.OperationID
		}
	}
	if len(want) < 15 {
		t.Fatalf("the contract has %d operations", len(want))
	}
	for _, r := range start(t, options{}).server.Operations() {
		if r[2] == "" {
			continue // pages that are no part of the contract
		}
		key := r[0] + " " + parameter.ReplaceAllString(r[1], "{$1}")
		if want[key] != r[2] {
			t.Errorf("%s is served as %s, the contract has %q", key, r[2], want[key])
		}
		delete(want, key)
	}
	for key := range want {
		t.Errorf("%s is in the contract and not served", key)
	}
}

// checked lets every exchange through the contract.
type checked struct {
	t      *testing.T
	router routers.Router
}

func (c checked) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := c.router.FindRoute(req)
	if err != nil {
		return res, nil //nolint:nilerr // not an address of the contract
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		c.t.Errorf("%s %s: the answer breaks the contract: %.600s", req.Method, req.URL.Path, err)
	}
	return res, nil
}

// useContract sends everything of a test through the contract.
func useContract(t *testing.T) {
	t.Helper()
	for _, kind := range []string{"text/html", "application/yaml", "text/plain"} {
		openapi3filter.RegisterBodyDecoder(kind, func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
			text, err := io.ReadAll(body)
			return string(text), err
		})
	}
	_, router := contract(t)
	before := http.DefaultClient.Transport
	http.DefaultClient.Transport = checked{t, router}
	t.Cleanup(func() { http.DefaultClient.Transport = before })
}

func TestExamplesOfTheContractWork(t *testing.T) {
	useContract(t)
	h := start(t, options{})
	doc, _ := contract(t)
	example := func(schema string) any { return doc.Components.Schemas[schema].Value.Example }
	if r := h.do(t, "alpha/officer", http.MethodPost, "/v1/assessments", example("AssessmentRequest")); r.StatusCode != http.StatusOK {
		t.Errorf("assessment: %d %s", r.StatusCode, r.body)
	}
	r := h.do(t, "alpha/caseworker", http.MethodPost, "/v1/submissions", map[string]any{"items": []any{example("Submission")}})
	if got := decode[openapi.ReceiptList](t, r).Receipts[0]; got.Status != openapi.ReceiptStatusStored || got.Outcome != screening.StrongTIP {
		t.Errorf("submission: %+v", got)
	}
}

func TestEveryCodeHasAStatusATextAndNoOtherStatus(t *testing.T) {
	messages, err := locales.Load(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range fault.Codes() {
		if status := handlers.Statuses[code]; status < 400 || status > 599 {
			t.Errorf("%s has status %d", code, status)
		}
		for _, part := range []string{"title", "detail"} {
			if id := "error." + string(code) + "." + part; !messages.Has(id) {
				t.Errorf("there is no message %s", id)
			}
		}
	}
	if len(handlers.Statuses) != len(fault.Codes()) {
		t.Errorf("the table has %d codes, there are %d", len(handlers.Statuses), len(fault.Codes()))
	}
	fields := []string{}
	for _, code := range fault.FieldCodes() {
		fields = append(fields, string(code))
	}
	for _, code := range []screening.FaultCode{
		screening.UnknownItem, screening.UnknownOption, screening.TooManyOptions, screening.EmptyAnswer,
		screening.RepeatedOption, screening.MixedAnswer, screening.UnknownMissing, screening.AnsweredAndMissing,
	} {
		fields = append(fields, string(code))
	}
	for _, code := range fields {
		if !messages.Has("field." + code) {
			t.Errorf("there is no message field.%s", code)
		}
	}
	used := map[string]bool{}
	for _, code := range fields {
		used["field."+code] = true
	}
	for _, id := range messages.IDs() {
		if strings.HasPrefix(id, "field.") && !used[id] {
			t.Errorf("message %s is used by nothing", id)
		}
		if code, ok := strings.CutPrefix(id, "error."); ok {
			code, _, _ = strings.Cut(code, ".")
			if !slices.Contains(fault.Codes(), fault.Code(code)) {
				t.Errorf("message %s is used by nothing", id)
			}
		}
	}
}

func TestEveryOutcomeClockNeedAndCodeHasItsTexts(t *testing.T) {
	messages, err := locales.Load(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range screening.Outcomes() {
		ids = append(ids, "outcome."+string(o)+".title", "outcome."+string(o)+".action")
	}
	for _, clock := range screening.Clocks() {
		ids = append(ids, "clock."+string(clock))
	}
	ids = append(ids, "wait.seconds", "wait.minutes") // how long a Retry-After is
	for _, kind := range screening.NeedKinds() {
		ids = append(ids, "need."+string(kind))
	}
	for _, urgency := range screening.Urgencies() {
		ids = append(ids, "urgency."+string(urgency))
	}
	ids = append(ids, "opens.go", "opens.ask")
	book := c.All()[0].Codebook
	for _, d := range book.Dimensions {
		ids = append(ids, "dimension."+d.ID)
	}
	for _, code := range book.Match("*") {
		ids = append(ids, "code."+string(code))
		if book.Class(code) == screening.ClassUrgent {
			ids = append(ids, "urgent."+string(code)+".title", "urgent."+string(code)+".action")
		}
		if class := book.Class(code); class == screening.ClassIndicator || class == screening.ClassPurpose {
			ids = append(ids, "indicator."+string(code)+".plain")
		}
	}
	ids = append(ids, packMessages(t)...)
	ids = append(ids, guidanceMessages(c)...)
	for _, id := range ids {
		if !messages.Has(id) {
			t.Errorf("there is no message %s", id)
		}
	}
	for _, id := range messages.IDs() {
		if !strings.HasPrefix(id, "error.") && !strings.HasPrefix(id, "field.") && !slices.Contains(ids, id) {
			t.Errorf("message %s is used by nothing", id)
		}
	}
}

// Rule 2 of the domain reference: no label, value or text carries these words.
func TestNoTextPassesJudgement(t *testing.T) {
	c, err := catalog.Load(instruments.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := locales.Load(locales.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	look := func(where, text string) {
		looked++
		for _, word := range []string{"perpetrator", "liar", "guilty", "risk score", "fake"} {
			if strings.Contains(strings.ToLower(text), word) {
				t.Errorf("%s: %q", where, text)
			}
		}
	}
	for _, id := range messages.IDs() {
		look(id, messages.Text(locales.Default, id))
	}
	for _, e := range c.All() {
		look(e.Instrument.ID, marshalled(t, e.Instrument))
		for _, sector := range e.Sectors {
			look(sector.ID, marshalled(t, sector))
		}
		for _, need := range e.Rules.Needs {
			look(e.Rules.ID, need.Source)
		}
	}
	look("the contract", string(openapi.Contract))
	if looked < 250 {
		t.Fatalf("only %d texts were looked at", looked)
	}
}

func marshalled(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLimitsOfTheContractAreThoseOfTheProgram(t *testing.T) {
	doc, _ := contract(t)
	items := doc.Components.Schemas["SubmissionBatch"].Value.Properties["items"].Value
	if got := *items.MaxItems; got != submission.MaxBatch {
		t.Errorf("the contract allows %d interviews, the program %d", got, submission.MaxBatch)
	}
	limit := doc.Components.Parameters["Limit"].Value.Schema.Value
	if got := int(*limit.Max); got != submission.MaxPage {
		t.Errorf("the contract allows pages of %d, the program %d", got, submission.MaxPage)
	}
}
