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
