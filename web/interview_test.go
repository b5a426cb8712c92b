package web_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/conformance"
)

// interviewer draws interviews for one instrument: most of them as a tablet
// could send them, some with answers that do not fit, some damaged.
type interviewer struct {
	*rand.Rand
	e *catalog.Entry
}

// edges are lines that two readers of JSON are likely to read differently. ITEM
// and OPTION stand for what the instrument calls them.
var edges = []string{
	"null", "{}", "[]", `""`, "0", "{", " ", "\t", "\r", "\r\r", `{"id":"returned"}` + "\r",
	`{"id":null,"answers":null,"missing":null,"consent_refused":null}`,
	`{"id":"a","consent_refused":true}`, `{"id":"a","consent_refused":1}`, `{"id":"a","consent_refused":"true"}`,
	`{"id":5}`, `{"id":[]}`, `{"ID":"a"}`, `{"id":"a"} x`, `{"id":"a"}{}`, `{"id":"a",}`, `{'id':'a'}`, `{"id":"a"/**/}`,
	`{"id":"a","id":"a"}`, `{"id":"a","\u0069d":"a"}`, `{"id":"a","more":1}`, `{"id":"a","more":{"b":1,"b":2}}`,
	`{"id":"a","more":[{"b":1},{"b":2}]}`, `{"id":"a","more":1e999}`, `{"id":"a","more":01}`, `{"id":"a","__proto__":{}}`,
	`{"id":"\ud800"}`, `{"id":"\udc00\ud800"}`, `{"id":"\ud83d\ude00\u0000\u001f\u007f\u2028<&>\/"}`, `{"id":"\uD83D"}`, `{"id":"\x"}`,
	"{\"id\":\"\xff\"}", "{\"id\":\"\xed\xa0\x80\"}", "{\"id\":\"\x00\"}", "{\"id\":\"\x7f\"}", "\xef\xbb\xbf{\"id\":\"a\"}",
	`{"id":"a","answers":[]}`, `{"id":"a","answers":{"ITEM":"OPTION"}}`, `{"id":"a","answers":{"ITEM":{}}}`, `{"id":"a","answers":{"ITEM":null}}`,
	`{"id":"a","answers":{"ITEM":[null]}}`, `{"id":"a","answers":{"ITEM":[1]}}`, `{"id":"a","answers":{"ITEM":["OPTION"],"ITEM":["OPTION"]}}`,
	`{"id":"a","answers":{"item":["OPTION"]}}`, `{"id":"a","answers":{"ITEM":["zz"]},"missing":{"ITEM":"zz"}}`,
	`{"id":"a","answers":{"":[],"ITEM":["option"]},"missing":{"ITEM":"declined"}}`, `{"id":"a","answers":{"ITEM":["prefer_not"]},"missing":{"ITEM":"declined"}}`,
	`{"id":"a","missing":{"ITEM":null}}`, `{"id":"a","missing":{"ITEM":""}}`, `{"id":"a","missing":{"ITEM":["declined"]}}`, `{"id":"a","missing":{"ITEM":"DECLINED"}}`,
	`{"id":"` + strings.Repeat("a", 1<<20) + `"}`, strings.Repeat(" ", 1<<20-2) + "{}", strings.Repeat(" ", 1<<20-1) + "{}",
	strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
}

// edges gives the edges in the words of the instrument.
func (r interviewer) edges() []byte {
	it := r.e.Instrument.Items[0]
	return []byte(strings.NewReplacer("ITEM", it.ID, "OPTION", it.Options[0].Code).Replace(strings.Join(edges, "\n")) + "\n\n\r\n")
}

// line draws one line to score, without its end.
func (r interviewer) line(t testing.TB, number int) []byte {
	t.Helper()
	line := conformance.Line{
		ID: fmt.Sprint("i", number), Answers: screening.Answers{}, Missing: screening.MissingAnswers{}, Refused: r.oneIn(20),
	}
	answered, loud := r.IntN(101), r.IntN(101)
	for _, it := range r.e.Instrument.Items {
		switch {
		case r.IntN(100) < answered:
			line.Answers[it.ID] = r.answer(it, loud)
		case r.oneIn(3):
			line.Missing[it.ID] = []screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked}[r.IntN(3)]
		}
	}
	if r.oneIn(10) {
		r.spoil(line)
	}
	text, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	if r.oneIn(20) {
		text = r.damage(text)
	}
	return text
}

func (r interviewer) oneIn(n int) bool { return r.IntN(n) == 0 }

// answer chooses options of an item; loud is the chance in percent of one that
// shows something.
func (r interviewer) answer(it screening.Item, loud int) []string {
	if r.oneIn(25) {
		return []string{[]string{"prefer_not", "dont_know"}[r.IntN(2)]}
	}
	chosen := []string{}
	for _, o := range r.shuffled(it.Options) {
		likely := 100 / len(it.Options)
		if len(o.Evidence) > 0 {
			likely = loud
		}
		if r.IntN(100) < likely {
			chosen = append(chosen, r.code(o))
		}
	}
	if len(chosen) == 0 {
		chosen = append(chosen, r.code(it.Options[r.IntN(len(it.Options))]))
	}
	if it.Type == screening.One {
		return chosen[:1]
	}
	return chosen
}

func (r interviewer) shuffled(options []screening.Option) []screening.Option {
	out := make([]screening.Option, len(options))
	for to, from := range r.Perm(len(options)) {
		out[to] = options[from]
	}
	return out
}

// code is an option's code, or one of the outside list it stands for.
func (r interviewer) code(o screening.Option) string {
	for _, list := range r.e.Codebook.Lists {
		if list.ID == o.Accepts && !r.oneIn(4) {
			return list.Codes[r.IntN(len(list.Codes))]
		}
	}
	return o.Code
}

// spoil makes one answer or reason wrong, in one of the ways there are.
func (r interviewer) spoil(line conformance.Line) {
	items := r.e.Instrument.Items
	it := items[r.IntN(len(items))]
	first, last := it.Options[0].Code, it.Options[len(it.Options)-1].Code
	switch r.IntN(9) {
	case 0:
		line.Answers[it.ID] = []string{first, first}
	case 1:
		line.Answers[it.ID] = []string{first, last}
	case 2:
		line.Answers[it.ID] = []string{last, "dont_know"}
	case 3:
		line.Answers[it.ID] = []string{}
	case 4:
		line.Answers[it.ID] = nil
	case 5:
		line.Answers[it.ID] = []string{first, "n\u00f6 \u2028<&>\x01"}
	case 6:
		line.Answers["__proto__"] = []string{first}
	case 7:
		line.Answers[it.ID], line.Missing[it.ID] = []string{first}, screening.Unknown
	case 8:
		line.Missing[it.ID], line.Missing["Z99"] = "constructor", screening.Declined
	}
}

// damage changes the text of a line: a byte, a piece left out, a piece twice.
func (r interviewer) damage(text []byte) []byte {
	from := r.IntN(len(text))
	to := min(len(text), from+1+r.IntN(12))
	switch r.IntN(5) {
	case 0:
		text[from] = byte(r.IntN(256))
		return text
	case 1:
		text[from] = "{}[]\",:\\ \r\n\tn1"[r.IntN(14)]
		return text
	case 2:
		return append(text[:from:from], text[to:]...)
	case 3:
		return append(text[:to:to], text[from:]...)
	default:
		return append(text[:len(text)-1:len(text)-1], fmt.Appendf(nil, `,"id":"i%d"}`, from)...)
	}
}
