package screening

import (
	"cmp"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
)

// Missing says why an item has no answer. The three are different facts, and
// none of them is a no.
type Missing string

// The kinds of missing answers.
const (
	Declined Missing = "declined"  // the person prefers not to say
	Unknown  Missing = "unknown"   // the person does not know
	NotAsked Missing = "not_asked" // the item was not put to the person
)

// Answers are the chosen option codes by item id, as a tablet sends them. The
// type does not print: formatting it with any verb gives "[answers]".
type Answers map[string][]string

// Format hides the answers from every log line and error text.
func (Answers) Format(f fmt.State, _ rune) { writeHidden(f, "[answers]") }

// MissingAnswers are the reasons for items without an answer, by item id. The
// type does not print.
type MissingAnswers map[string]Missing

// SaidInstead gives the reason that stands in the place of an answer, such as
// prefer_not. It reports false for a code that is an answer.
func SaidInstead(code string) (Missing, bool) {
	m, ok := answerWords[code]
	return m, ok
}

// Format hides the reasons from every log line and error text.
func (MissingAnswers) Format(f fmt.State, _ rune) { writeHidden(f, "[missing answers]") }

func writeHidden(w io.Writer, s string) {
	_, _ = io.WriteString(w, s) //nolint:errcheck // a fmt.State never fails, and a formatter has nowhere to report to
}

// Responses are a checked response set: one answer or one reason for every item
// of a program's instrument. The zero value is "nothing asked yet". The type
// does not print.
type Responses struct {
	chosen [maxItems + 1]uint32
	// missing holds the reason for each item without an answer, so that nobody
	// is sent back to a question that was put.
	missing [maxItems]reason
}

// reason is a Missing as a small number; 0 is an item that nobody spoke of.
type reason uint8

var reasons = [...]Missing{NotAsked, Declined, Unknown, NotAsked}

// whyMissing gives the reason for an item without an answer.
func whyMissing(r *Responses, item int) Missing { return reasons[r.missing[item]] }

func reasonOf(m Missing) reason { return reason(1 + slices.Index(reasons[1:], m)) }

// Format hides the responses from every log line and error text.
func (Responses) Format(f fmt.State, _ rune) { writeHidden(f, "[responses]") }

// FaultCode says what is wrong with an answer.
type FaultCode string

// The faults. The first two may mean that the tablet knows another version of
// the instrument; the others are mistakes in any version.
const (
	UnknownItem        FaultCode = "unknown_item"
	UnknownOption      FaultCode = "unknown_option"
	TooManyOptions     FaultCode = "too_many_options"
	EmptyAnswer        FaultCode = "empty_answer"
	RepeatedOption     FaultCode = "repeated_option"
	MixedAnswer        FaultCode = "mixed_answer"
	UnknownMissing     FaultCode = "unknown_missing"
	AnsweredAndMissing FaultCode = "answered_and_missing"
)

const noSuchItem = "the instrument has no such item"

// Fault is one answer that cannot be taken. It names the item, never what was
// answered.
type Fault struct {
	// Item is the id of the item; "?" for an id of no item, which may hold
	// anything and is not repeated.
	Item   string
	Code   FaultCode
	Detail string
	// InMissing says that the item stands among the missing answers.
	InMissing bool
	// Allowed lists the options that the item has, for an unknown one.
	Allowed []string
}

// ResponseError says that a response set does not fit its instrument.
type ResponseError struct {
	Instrument Ref
	// Faults are in the order of the instrument's items; unknown items last.
	Faults []Fault
}

// Error gives the faults in one line, without any answer.
func (e *ResponseError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = f.Item + ": " + f.Detail
	}
	return fmt.Sprintf("%s: %s", e.Instrument, strings.Join(texts, "; "))
}

// FromAnotherVersion reports whether every fault may come from a tablet that
// knows another version of the instrument, so that the answers are worth
// keeping.
func (e *ResponseError) FromAnotherVersion() bool {
	return !slices.ContainsFunc(e.Faults, func(f Fault) bool {
		return f.Code != UnknownItem && f.Code != UnknownOption
	})
}

// Responses checks answers against the instrument. Every answer is a list of
// option codes; "prefer_not" or "dont_know" alone may stand for an answer. What
// is known besides answers is given as facts. The error, if any, is a
// *ResponseError with everything that is wrong.
func (p *Program) Responses(answers Answers, missing MissingAnswers, given ...Fact) (*Responses, error) {
	r := &Responses{}
	r.chosen[factsSlot] = factBits(given)
	var faults []Fault
	for id, options := range answers {
		at, ok := p.itemAt[id]
		if !ok {
			faults = append(faults, Fault{Item: "?", Code: UnknownItem, Detail: noSuchItem})
			continue
		}
		chosen, fault := p.choose(p.items[at], options)
		if _, both := missing[id]; both && fault == nil {
			fault = &Fault{Item: id, Code: AnsweredAndMissing, Detail: "has an answer and a reason for having none; keep one"}
		}
		if fault != nil {
			faults = append(faults, *fault)
			continue
		}
		r.chosen[at] = chosen
		if chosen == 0 {
			r.missing[at] = reasonOf(answerWords[options[0]])
		}
	}
	for id, reason := range missing {
		switch at, ok := p.itemAt[id]; {
		case !ok:
			faults = append(faults, Fault{Item: "?", Code: UnknownItem, Detail: noSuchItem, InMissing: true})
		case reason != Declined && reason != Unknown && reason != NotAsked:
			faults = append(faults, Fault{Item: id, Code: UnknownMissing, Detail: "a missing answer is one of declined, unknown, not_asked", InMissing: true})
		case r.chosen[at] == 0:
			r.missing[at] = reasonOf(reason)
		}
	}
	if len(faults) == 0 {
		return r, nil
	}
	slices.SortFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(p.place(a.Item), p.place(b.Item)), cmp.Compare(a.Code, b.Code))
	})
	return nil, &ResponseError{p.instrument, faults}
}

func (p *Program) place(item string) int {
	if at, ok := p.itemAt[item]; ok {
		return at
	}
	return len(p.items)
}

// choose turns an answer into the set of its options.
func (p *Program) choose(it programItem, options []string) (uint32, *Fault) {
	if len(options) == 0 {
		return 0, &Fault{Item: it.ID, Code: EmptyAnswer, Detail: "an answer has at least one option; leave the item out, or name it in \"missing\""}
	}
	var chosen uint32
	for i, code := range options {
		if slices.Contains(options[:i], code) {
			return 0, &Fault{Item: it.ID, Code: RepeatedOption, Detail: "an option is given twice"}
		}
		if _, word := answerWords[code]; word {
			if len(options) > 1 {
				return 0, &Fault{Item: it.ID, Code: MixedAnswer, Detail: "prefer_not and dont_know stand alone"}
			}
			return 0, nil
		}
		bit := p.option(it, code)
		if bit == 0 {
			allowed := p.optionList(it)
			return 0, &Fault{
				Item: it.ID, Code: UnknownOption, Allowed: allowed,
				Detail: fmt.Sprintf("option %d of %d is not one of %s", i+1, len(options), strings.Join(allowed, ", ")),
			}
		}
		chosen |= bit
	}
	if !it.Many && len(options) > 1 {
		return 0, &Fault{Item: it.ID, Code: TooManyOptions, Detail: "takes one option"}
	}
	return chosen, nil
}

// option is the bit of an option code, or of the option that stands for the
// outside list the code is from; 0 for none.
func (p *Program) option(it programItem, code string) uint32 {
	if at := slices.Index(it.Options, code); at >= 0 {
		return 1 << at
	}
	for _, accept := range it.Accepts {
		if slices.Contains(p.list(accept.List), code) {
			return 1 << accept.Option
		}
	}
	return 0
}

func (p *Program) optionList(it programItem) []string {
	list := slices.Clone(it.Options)
	for _, accept := range it.Accepts {
		list[accept.Option] = "a code of " + accept.List
	}
	return list
}

// Attribute is the option chosen in the item that a record keeps an attribute
// from, or "" when it has no answer. The instrument must be the program's own.
func (p *Program) Attribute(in *Instrument, r *Responses, a Attribute) string {
	for i, it := range in.Items {
		if it.Records == a && r.chosen[i] != 0 {
			return it.Options[bits.TrailingZeros32(r.chosen[i])].Code
		}
	}
	return ""
}
