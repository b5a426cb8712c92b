package screening_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"waymark/screening"
)

func TestAnswersThatDoNotFitAreNamedByItemAndNeverRepeated(t *testing.T) {
	s := load(t, "screen-fc")
	const canary = "Somchai-of-Mae-Sot"
	tests := []struct {
		name    string
		answers screening.Answers
		missing screening.MissingAnswers
		item    string
		code    screening.FaultCode
		another bool // may come from another version
	}{
		{"an unknown item", screening.Answers{canary: {"x"}}, nil, "?", screening.UnknownItem, true},
		{"an unknown option", screening.Answers{"B01": {canary}}, nil, "B01", screening.UnknownOption, true},
		{"an unknown country", screening.Answers{"B03": {"ZZ"}}, nil, "B03", screening.UnknownOption, true},
		{"two options where one is asked for", screening.Answers{"B01": {"u15", "48p"}}, nil, "B01", screening.TooManyOptions, false},
		{"no option", screening.Answers{"B01": {}}, nil, "B01", screening.EmptyAnswer, false},
		{"an option twice", screening.Answers{"B04": {"children", "children"}}, nil, "B04", screening.RepeatedOption, false},
		{"an answer beside no answer", screening.Answers{"B04": {"prefer_not", "children"}}, nil, "B04", screening.MixedAnswer, false},
		{"an unknown reason", nil, screening.MissingAnswers{"B01": canary}, "B01", screening.UnknownMissing, false},
		{"a reason for an unknown item", nil, screening.MissingAnswers{canary: "declined"}, "?", screening.UnknownItem, true},
		{"answered and missing", screening.Answers{"B01": {"48p"}}, screening.MissingAnswers{"B01": "declined"}, "B01", screening.AnsweredAndMissing, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := s.program.Responses(tt.answers, tt.missing)
			bad, ok := errors.AsType[*screening.ResponseError](err)
			if r != nil || !ok || len(bad.Faults) != 1 {
				t.Fatalf("got %v, want one fault", err)
			}
			if f := bad.Faults[0]; f.Item != tt.item || f.Code != tt.code {
				t.Errorf("got %s %s, want %s %s", f.Item, f.Code, tt.item, tt.code)
			}
			if bad.FromAnotherVersion() != tt.another {
				t.Errorf("from another version: got %t, want %t", bad.FromAnotherVersion(), tt.another)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error repeats what was answered: %v", err)
			}
		})
	}
}

func TestAnswersThatFit(t *testing.T) {
	s := load(t, "screen-fc")
	for name, answers := range map[string]screening.Answers{
		"a country in the place of iso":    {"B03": {"ET"}},
		"the option iso itself":            {"B03": {"iso"}},
		"stateless":                        {"B03": {"none"}},
		"apps in the place of app":         {"C01": {"social"}, "C02": {"WhatsApp", "Telegram"}},
		"a word instead of an answer":      {"B01": {"prefer_not"}, "B04": {"dont_know"}},
		"several options":                  {"E01": {"chat", "video", "none"}},
		"nothing at all":                   {},
		"an item that does not apply here": {"E01": {"none"}, "E02": {"yes"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.program.Responses(answers, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnswersDoNotPrint(t *testing.T) {
	const canary = "CANARY"
	answers := screening.Answers{canary: {canary}}
	missing := screening.MissingAnswers{canary: canary}
	s := load(t, "screen-fc")
	r := s.responses(t, screening.Answers{"B01": {"u15"}})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{answers, missing, *r, r, struct{ A screening.Answers }{answers}, []any{answers, missing}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, canary) || strings.Contains(text, "0x1") {
				t.Errorf("%s of %T prints %s", verb, v, text)
			}
		}
	}
}
