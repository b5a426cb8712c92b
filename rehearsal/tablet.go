package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
)

const submissionsPath = "/v1/submissions"

// Tablet is an officer's tablet: it has the questionnaires, interviews people
// and sends what is finished until it has a receipt.
type Tablet struct {
	client *Client
	triage *screening.Instrument
	full   *screening.Instrument
	// today is the day the interviews are finished on.
	today privacy.Day
	// fullPercent is how many of the people are interviewed in full too.
	fullPercent int
}

// NewTablet makes the tablet of a signed-in officer and loads its
// questionnaires in their newest versions.
func NewTablet(ctx context.Context, c *Client, today privacy.Day, fullPercent int) (*Tablet, error) {
	t := &Tablet{client: c, today: today, fullPercent: fullPercent}
	var catalogue openapi.InstrumentList
	if _, err := c.Call(ctx, http.MethodGet, "/v1/instruments", nil, nil, &catalogue); err != nil {
		return nil, err
	}
	for id, into := range map[string]**screening.Instrument{"triage-border": &t.triage, "screen-fc": &t.full} {
		for _, summary := range catalogue.Instruments {
			if summary.ID != id || *into != nil {
				continue
			}
			*into = &screening.Instrument{}
			path := "/v1/instruments/" + id + "/" + summary.Version
			if _, err := c.Call(ctx, http.MethodGet, path, nil, nil, *into); err != nil {
				return nil, err
			}
		}
		if *into == nil {
			return nil, fmt.Errorf("the server has no %s", id)
		}
	}
	return t, nil
}

// Interview asks a person, and gives the finished interviews.
func (t *Tablet) Interview(p Person) ([]jsontext.Value, error) {
	first, err := t.finish(p, t.triage)
	if err != nil || p.random.IntN(100) >= t.fullPercent {
		return []jsontext.Value{first}, err
	}
	second, err := t.finish(p, t.full)
	return []jsontext.Value{first, second}, err
}

func (t *Tablet) finish(p Person, in *screening.Instrument) (jsontext.Value, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	answers, missing := p.Answers(in)
	s := openapi.Submission{
		ID: id.String(), Instrument: in.ID, Version: in.Version, Language: p.Language(),
		Interpreter: p.Language() != "en", Consent: openapi.Consent{Interview: true, Data: true},
		Address: string(p.Address()), Nationality: p.Nationality, FinishedOn: t.today.String(),
		Answers: answers, Missing: missing,
	}
	if p.Number%10 == 0 { // every tenth person has a case with the agency
		s.CaseReference = privacy.CaseReference(fmt.Sprintf("MS-2026-%05d", p.Number))
	}
	return json.Marshal(s)
}

// Attempts and waits of a batch that gets no answer.
const (
	maxAttempts = 10
	firstWait   = 20 * time.Millisecond
)

// Sent says what became of a batch.
type Sent struct {
	Receipts []openapi.Receipt
	// Retries counts how often the batch was sent again.
	Retries int
}

// Send submits a batch, again and again until a reply arrives.
func (t *Tablet) Send(ctx context.Context, batch []jsontext.Value) (Sent, error) {
	wait := firstWait
	for attempt := range maxAttempts {
		var list openapi.ReceiptList
		_, err := t.client.Call(ctx, http.MethodPost, submissionsPath, nil, openapi.SubmissionBatch{Items: batch}, &list)
		if err == nil {
			if len(list.Receipts) != len(batch) {
				return Sent{}, fmt.Errorf("%d receipts for %d interviews", len(list.Receipts), len(batch))
			}
			return Sent{Receipts: list.Receipts, Retries: attempt}, nil
		}
		if !passing(err) {
			return Sent{}, err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return Sent{}, ctx.Err()
		}
	}
	return Sent{}, errors.New("the server does not answer")
}

// passing says whether an error may go away by itself.
func passing(err error) bool {
	if problem, ok := errors.AsType[*ProblemError](err); ok {
		return problem.Status >= http.StatusInternalServerError || problem.Status == http.StatusRequestTimeout
	}
	return !errors.Is(err, context.Canceled)
}
