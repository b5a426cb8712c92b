package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"waymark/openapi"
	"waymark/privacy"
	"waymark/screening"
	"waymark/screening/review"
	"waymark/screening/submission"
)

// listReviews gives a page of the queue.
func (s *Server) listReviews(r *request) error {
	page, err := reviewPage(r)
	if err != nil {
		return err
	}
	cases, err := s.Reviews.Queue(r.ctx(), r.who, page)
	if err != nil {
		return err
	}
	out := openapi.ReviewList{Reviews: []openapi.Review{}}
	for _, c := range cases {
		out.Reviews = append(out.Reviews, s.review(r, c))
	}
	if n := len(cases); n == page.Limit {
		at := cases[n-1].Review.Place()
		out.Next = cursor(strconv.Itoa(at.Urgency), at.Due.String(), string(at.ID))
	}
	return r.localised(out)
}

func reviewPage(r *request) (review.Page, error) {
	limit, err := r.limit(review.MaxPage)
	if err != nil {
		return review.Page{}, err
	}
	page := review.Page{Limit: limit}
	parts, err := r.cursor(3)
	if err != nil || parts == nil {
		return page, err
	}
	urgency, err := strconv.Atoi(parts[0])
	if err != nil {
		return page, errCursor()
	}
	due, err := privacy.ParseDay(parts[1])
	if err != nil {
		return page, errCursor()
	}
	page.After = &review.Place{Urgency: urgency, Due: due, ID: submission.RecordID(parts[2])}
	return page, nil
}

// getReview gives one review with its record.
func (s *Server) getReview(r *request) error {
	c, err := s.Reviews.Case(r.ctx(), r.who, submission.RecordID(r.Params("id")))
	if err != nil {
		return err
	}
	return s.replyReview(r, c)
}

// claimReview holds a review for the principal.
func (s *Server) claimReview(r *request) error {
	version, err := r.version()
	if err != nil {
		return err
	}
	c, err := s.Reviews.Claim(r.ctx(), r.who, submission.RecordID(r.Params("id")), version)
	if err != nil {
		return err
	}
	return s.replyReview(r, c)
}

// decideReview takes a decision on a review.
func (s *Server) decideReview(r *request) error {
	version, err := r.version()
	if err != nil {
		return err
	}
	var body openapi.Decision
	if err := r.decode(&body); err != nil {
		return err
	}
	c, err := s.Reviews.Decide(r.ctx(), r.who, submission.RecordID(r.Params("id")), version, review.Decision{
		Kind: review.Kind(body.Kind), Reason: review.Reason(body.Reason), Outcome: body.Outcome,
	})
	if err != nil {
		return err
	}
	return s.replyReview(r, c)
}

// openAnswers opens the sealed answers of a review.
func (s *Server) openAnswers(r *request) error {
	var body openapi.OpenAnswersRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	opened, err := s.Reviews.OpenAnswers(r.ctx(), r.who, submission.RecordID(r.Params("id")), review.OpenReason(body.Reason))
	if err != nil {
		return err
	}
	return r.localised(openapi.OpenedAnswers{
		Instrument: opened.Instrument.ID, Version: opened.Instrument.Version, Language: opened.Language,
		Answers: opened.Answers, Missing: opened.Missing, Until: opened.Until.String(),
		Questions: s.answered(r, opened.AnswerSheet),
	})
}

// answered tells the questions with what was answered, in the order in which
// they are asked. Items that somebody was not asked and did not answer are left
// out.
func (s *Server) answered(r *request, sheet submission.AnswerSheet) []openapi.AnsweredQuestion {
	e, ok := s.Catalog.Find(sheet.Instrument)
	if !ok {
		return nil
	}
	t := teller{s, r.language, e.InOrSource(r.language)}
	var out []openapi.AnsweredQuestion
	for _, it := range t.in.Items {
		options, why := sheet.Answers[it.ID], sheet.Missing[it.ID]
		if len(options) == 1 {
			if said, ok := screening.SaidInstead(options[0]); ok {
				options, why = nil, said
			}
		}
		if options == nil && why == "" {
			continue
		}
		q := openapi.AnsweredQuestion{Item: it.ID, Question: it.Text.Default, Answers: chosen(it, options)}
		q.Missing = t.sayIf("missing.", string(why))
		out = append(out, q)
	}
	return out
}

// chosen tells the options that were chosen. A code that is none of them is of
// an outside list, such as a country, and is told as it is.
func chosen(it screening.Item, codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = code
		for _, o := range it.Options {
			if o.Code == code {
				out[i] = o.Label.Default
			}
		}
	}
	return out
}

func (s *Server) replyReview(r *request, c review.Case) error {
	r.Set(fiber.HeaderETag, versionTag(c.Review.Version))
	return r.localised(s.review(r, c))
}

func (s *Server) review(r *request, c review.Case) openapi.Review {
	v := c.Review
	out := openapi.Review{
		ID: string(v.ID), Version: v.Version, State: openapi.ReviewState(v.State),
		Clock: string(screening.Clocks()[v.Urgency]), Due: v.Due.String(),
		Outcome: v.Outcome, History: []openapi.ReviewStep{}, Record: s.record(r, c.Record),
	}
	if v.Outcome != "" {
		out.OutcomeText = s.Messages.Text(r.language, "outcome."+string(v.Outcome)+".title")
	}
	if v.Claim != nil && s.config.Now().Before(v.Claim.Until) {
		out.ClaimedUntil = v.Claim.Until.UTC().Format(time.RFC3339)
		out.Mine = v.Claim.By == r.who.Ref
	}
	if v.Proposed != nil {
		out.Proposed = &openapi.ProposedLowering{Outcome: v.Proposed.Outcome, Reason: string(v.Proposed.Reason)}
	}
	for _, step := range v.History {
		out.History = append(out.History, openapi.ReviewStep{
			Day: step.On.String(), By: string(step.By), Kind: string(step.Kind),
			Reason: string(step.Reason), Outcome: step.Outcome,
		})
	}
	return out
}
