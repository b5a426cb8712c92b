package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"waymark/screening"
	"waymark/screening/conformance"
)

// drawnCount is how many programs are drawn. They are small and hold what the
// shipped instruments have little of: items that switch others on and off or
// change what they show, rules under which more answers protect less, and
// searches that give up.
const drawnCount = 3_000

func TestBothInterpretersAgreeOnDrawnPrograms(t *testing.T) {
	needNode(t)
	random := rand.New(rand.NewPCG(29, 1957))
	var input bytes.Buffer
	var want []string
	open := 0
	for range drawnCount {
		d := drawing{Rand: random, evidence: [][4]uint32{}}
		program, line := d.program(t), d.line(t)
		p, err := screening.ParseProgram(program)
		if err != nil {
			t.Fatalf("%v in %s", err, program)
		}
		if p.Bound(&screening.Responses{}).Open {
			open++
		}
		fmt.Fprintf(&input, "%s %s\n", base64.StdEncoding.EncodeToString(program), line)
		want = append(want, readInGo(t, program, line))
	}
	inputs := bytes.Split(input.Bytes(), []byte("\n"))
	got, _ := start(t, &input, "read.js").lines(t)
	if len(got) != len(want) {
		t.Fatalf("got %d results, want %d", len(got), len(want))
	}
	for n := range want {
		if got[n] != want[n] {
			t.Fatalf("%s\n  Go   %s\n  Node %s", inputs[n], want[n], got[n])
		}
	}
	if open < drawnCount/4 || open > drawnCount*3/4 {
		t.Errorf("%d of %d outcomes are open; the draw says too little", open, drawnCount)
	}
}

// The numbers of instructions and registers are those of screening/program.go.
const (
	opEnd, opJump, opAny, opBelow, opDrop, opCover, opEvidence, opWeigh, opCount, opSet = 0, 1, 2, 10, 12, 13, 14, 15, 17, 18

	opLess, regOutcome, regCount, regPosition, regElement = 9, 1, 20, 40, 41
)

// drawing draws one program.
type drawing struct {
	*rand.Rand
	items    []drawnItem
	evidence [][4]uint32
	code     []byte
}

type drawnItem struct {
	ID      string   `json:"id"`
	Many    bool     `json:"many,omitempty"`
	Options []string `json:"options"`
	Counts  bool     `json:"counts,omitempty"`
	Late    bool     `json:"late,omitempty"`
}

type drawnCode struct {
	Code  string `json:"code"`
	Class string `json:"class"`
}

func (d *drawing) oneIn(n int) bool { return d.IntN(n) == 0 }

func (d *drawing) emit(op, a, t int, m uint32) {
	d.code = append(d.code, byte(op), byte(a))
	d.code = binary.LittleEndian.AppendUint16(d.code, uint16(t))
	d.code = binary.LittleEndian.AppendUint32(d.code, m)
}

func (d *drawing) place() int { return len(d.code) / 8 }

// program draws a program in its encoding.
func (d *drawing) program(t *testing.T) []byte {
	t.Helper()
	codes := []drawnCode{}
	for n := range 3 + d.IntN(45) {
		class := []string{"indicator", "purpose", "urgent", "context"}[d.IntN(4)]
		codes = append(codes, drawnCode{fmt.Sprintf("C%02d", n), class})
	}
	for n := range 1 + d.IntN([]int{4, 4, 4, 14}[d.IntN(4)]) {
		it := drawnItem{ID: fmt.Sprintf("A%02d", n), Many: d.oneIn(2), Counts: !d.oneIn(6), Late: d.oneIn(4)}
		for o := range 1 + d.IntN([]int{4, 4, 31}[d.IntN(3)]) {
			it.Options = append(it.Options, fmt.Sprintf("o%d", o))
		}
		d.items = append(d.items, it)
		d.item(n, len(codes))
	}
	decide := d.place()
	outcomes := []string{"LOW", "MIDDLE", "HIGH"}
	for o := 1; o < len(outcomes); o++ {
		d.rule(o, len(codes))
	}
	d.emit(opEnd, 0, 0, 0)
	at := d.place()
	d.emit(opLess, regCount, at+2, 2)
	d.emit(opSet, regElement, 0, uint32(d.IntN(3)))
	d.emit(opLess, regOutcome, at+4, 1)
	d.emit(opSet, regPosition, 0, 1)
	d.emit(opEnd, 0, 0, 0)

	registers := []int{6, 7, 8, 9, 10, 11}
	encoded, err := json.Marshal(struct {
		Engine     string         `json:"engine"`
		Instrument string         `json:"instrument"`
		Rules      string         `json:"rules"`
		Codebook   string         `json:"codebook"`
		Items      []drawnItem    `json:"items"`
		Codes      []drawnCode    `json:"codes"`
		Dimensions []string       `json:"dimensions"`
		Outcomes   []string       `json:"outcomes"`
		Lines      []string       `json:"lines"`
		Modes      []string       `json:"modes"`
		Evidence   [][4]uint32    `json:"evidence"`
		Findings   [2][]int       `json:"findings"`
		Decide     int            `json:"decide"`
		Spectrum   map[string]any `json:"spectrum"` // its names are written in order
		Code       []byte         `json:"code"`
	}{
		screening.Engine, "drawn@1.0.0", "drawn@1.0.0", "drawn@1.0.0", d.items, codes,
		[]string{"D1", "D2", "D3", "D4", "D5", "D6"},
		outcomes,
		[]string{"1"},
		[]string{"a", "b"},
		d.evidence,
		[2][]int{registers, registers},
		decide,
		nil, d.code,
	})
	if err != nil {
		t.Fatal(err)
	}
	spectrum := fmt.Sprintf(`{"at":%d,"position":%d,"positions":["none","unclear"],"elements":[{"id":"act","register":%d,"codes":[%d,0,0,0]}]}`,
		at, regPosition, regElement, d.Uint32()&7)
	return bytes.Replace(encoded, []byte(`"spectrum":null`), []byte(`"spectrum":`+spectrum), 1)
}

// item draws when an item applies, and what it shows.
func (d *drawing) item(n, codes int) {
	skip := -1
	if n > 0 && d.oneIn(2) {
		d.test(n, d.place()+3)
		d.emit(opDrop, n, 0, 0)
		skip = d.place()
		d.emit(opJump, 0, 0, 0)
	}
	switch {
	case d.oneIn(6): // it only switches others
	case n > 0 && d.oneIn(3): // what it shows depends on an earlier answer
		d.emit(opCover, n, 0, 0)
		d.test(n, d.place()+3)
		d.show(opEvidence, n, codes)
		d.emit(opJump, 0, d.place()+2, 0)
		d.show(opEvidence, n, codes)
	case d.items[n].Counts:
		d.show(opWeigh, n, codes)
	default:
		d.show(opEvidence, n, codes)
	}
	if skip >= 0 {
		binary.LittleEndian.PutUint16(d.code[skip*8+2:], uint16(d.place()))
	}
}

// test jumps on one of the four conditions on an earlier answer.
func (d *drawing) test(n, to int) {
	item := d.IntN(n)
	d.emit(opAny+d.IntN(4), item, to, d.Uint32()&(1<<len(d.items[item].Options)-1))
}

func (d *drawing) show(op, n, codes int) {
	d.emit(op, n, len(d.evidence), 0)
	for range d.items[n].Options {
		var row [4]uint32
		for range d.IntN(3) {
			code := d.IntN(codes)
			row[code/32] |= 1 << (code % 32)
		}
		d.evidence = append(d.evidence, row)
	}
}

// rule gives an outcome to so many codes out of some; now and then only when
// enough or too little was answered.
func (d *drawing) rule(outcome, codes int) {
	least, some := uint32(outcome)+d.Uint32N(4), d.Uint32()
	d.emit(opCount, regCount, 0, some)
	if codes > 32 {
		d.emit(opCount, regCount, 1, some)
	}
	end := d.place() + 2
	if d.oneIn(2) {
		d.emit(opBelow+d.IntN(2), 0, end+1, d.Uint32N(101))
		end++
	}
	d.emit(opLess, regCount, end, least)
	d.emit(opSet, regOutcome, 0, uint32(outcome))
}

// line draws an interview.
func (d *drawing) line(t *testing.T) []byte {
	t.Helper()
	line := conformance.Line{ID: "a", Answers: screening.Answers{}, Missing: screening.MissingAnswers{}}
	answered := d.IntN(100)
	for _, it := range d.items {
		switch o := d.IntN(len(it.Options)); {
		case d.IntN(100) >= answered && d.oneIn(4):
			line.Missing[it.ID] = []screening.Missing{screening.Declined, screening.Unknown, screening.NotAsked}[d.IntN(3)]
		case d.IntN(100) >= answered:
		case it.Many:
			line.Answers[it.ID] = it.Options[o:]
		default:
			line.Answers[it.ID] = it.Options[o : o+1]
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
