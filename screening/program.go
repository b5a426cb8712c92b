package screening

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Engine is the version of what an interpreter does with a program. It changes
// when an instruction changes its meaning; results store it.
const Engine = "1"

// Needs and instruments to open take no instructions of their own. A program
// notes them as codes of the classes "need" (NEED_<kind>_<urgency>) and "opens"
// (OPENS_<instrument>), which opAdd adds just before the place "decide". An
// interpreter reads them off the codes at the end; of one need the soonest
// urgency counts.

// opcode is what an instruction does. The list is closed and append-only: a
// tablet in the field may hold programs of any earlier month.
//
// Notation: a, t and m are the instruction's operands; answers[i] is the set of
// chosen options of item i, one bit an option, 0 when it has no answer or does
// not apply; codes is the set of evidenced codes, 32 to a word; r are registers
// and begin at 0. Every jump goes forward.
type opcode uint8

const (
	opEnd      opcode = iota // stop
	opJump                   // go to t
	opAny                    // if answers[a] & m != 0, go to t
	opNotAny                 // if answers[a] & m == 0, go to t
	opOnly                   // if answers[a] != 0 and has no bit outside m, go to t
	opNotOnly                // if answers[a] == 0 or has a bit outside m, go to t
	opCode                   // if codes[a] & m != 0, go to t
	opNotCode                // if codes[a] & m == 0, go to t
	opLeast                  // if r[a] >= m, go to t
	opLess                   // if r[a] < m, go to t
	opBelow                  // if 100 * answered < m * applicable, go to t
	opNotBelow               // if 100 * answered >= m * applicable, go to t
	opDrop                   // item a does not apply: if answers[a] != 0, note it as ignored and make it 0
	opCover                  // applicable += 1; if answers[a] != 0, answered += 1
	opEvidence               // for every chosen option o of item a, add the codes of evidence row t + o
	opWeigh                  // opCover of a, then opEvidence of a and t
	opAdd                    // add code t
	opCount                  // r[a] += number of bits of codes[t] & m
	opSet                    // r[a] = m
	opcodeEnd
)

// jumps tells which instructions use t as the place to go to.
func (op opcode) jumps() bool { return op >= opJump && op <= opNotBelow }

// shows tells which instructions add evidence rows.
func (op opcode) shows() bool { return op == opEvidence || op == opWeigh }

// instruction is eight bytes on the wire: op, a, t (little endian), m (little endian).
type instruction struct {
	op opcode
	a  uint8
	t  uint16
	m  uint32
}

const instructionSize = 8

// Registers with a fixed meaning. The rest hold counts and definitions.
const (
	regChild      = iota // 1 when the child profile applies
	regOutcome           // place in the outcome table
	regLine              // place in the line table
	regStrict            // as regOutcome, of the second mode
	regStrictLine        // as regLine, of the second mode
	regRole              // place in the role table
	regFindings          // a finding for each dimension, then the same of the second mode
)

const (
	regFree       = regFindings + 2*DimensionCount
	registerCount = 64
	codeWords     = maxCodes / 32
	itemWords     = (maxItems + 1) / 32
	// factsSlot is where the facts stand among the answers.
	factsSlot = maxItems
)

var roles = []Role{NoRole, CoercedRole, SpecialistReview}

// Program is an instrument and its rules, compiled: everything that decides,
// and beside it what helps to go on with the interview. It is immutable and safe for use by many goroutines.
type Program struct {
	instrument, rules, codebook Ref
	items                       []programItem
	codes                       []programCode
	dimensions                  []string
	outcomes                    []Outcome
	lines                       []string
	modes                       []string
	lists                       []CodeList
	code                        []instruction
	// evidence has a row of codes for each option, and for each way an item's
	// substitutions can fall out.
	evidence []codeSet
	// findings holds the register of each dimension's finding, for each mode.
	findings [2][]int
	// decide is where the rules begin: everything before it turns answers into
	// codes, everything from it on looks at codes only.
	decide int
	// spectrum is a second entry into the code, for after a run; nil for none.
	spectrum       *programSpectrum
	contradictions []Contradiction

	encoded []byte
	digest  string
	itemAt  map[string]int
	codeAt  map[Code]int
	sorted  []int // the codes' places, by name
	bounds  []boundItem
	asks    []askItem
}

// codeSet is a set of codes, 32 to a word.
type codeSet [codeWords]uint32

func (s *codeSet) add(code int) { s[code/32&(codeWords-1)] |= 1 << (code % 32) }

func (s *codeSet) has(code int) bool { return s[code/32&(codeWords-1)]&(1<<(code%32)) != 0 }

// programItem is what a program knows of an item.
type programItem struct {
	ID      string   `json:"id"`
	Many    bool     `json:"many,omitempty"`
	Options []string `json:"options"`
	// Accepts lists the options that stand for an outside code list.
	Accepts []accepted `json:"accepts,omitempty"`
	// Counts marks an item that can show an indicator, and so counts towards
	// coverage.
	Counts bool `json:"counts,omitempty"`
	// Late marks an item that is not among the first to be asked next.
	Late bool `json:"late,omitempty"`
}

// accepted says that the option at a place stands for the codes of a list.
type accepted struct {
	Option int    `json:"option"`
	List   string `json:"list"`
}

// programCode is what a program knows of a code.
type programCode struct {
	Code  Code  `json:"code"`
	Class Class `json:"class"`
}

// programWire is a program as the tablet receives it. A program has one
// encoding: this order of names, no space, numbers in their shortest form,
// printable ASCII without escapes, no null. So two interpreters that refuse
// every other form cannot read the same bytes differently.
type programWire struct {
	Engine     string        `json:"engine"`
	Instrument Ref           `json:"instrument"`
	Rules      Ref           `json:"rules"`
	Codebook   Ref           `json:"codebook"`
	Items      []programItem `json:"items"`
	Codes      []programCode `json:"codes"`
	Dimensions []string      `json:"dimensions"`
	Outcomes   []Outcome     `json:"outcomes"`
	Lines      []string      `json:"lines"`
	Modes      []string      `json:"modes"`
	Lists      []CodeList    `json:"lists,omitempty"`
	Evidence   []codeSet     `json:"evidence"`
	Findings   [2][]int      `json:"findings"`
	Decide     int           `json:"decide"`
	Code       string        `json:"code"`

	Spectrum       *programSpectrum `json:"spectrum,omitempty"`
	Contradictions []Contradiction  `json:"contradictions,omitempty"`
}

// Instrument names the instrument the program was compiled from.
func (p *Program) Instrument() Ref { return p.instrument }

// Rules names the rules the program was compiled from.
func (p *Program) Rules() Ref { return p.rules }

// Digest is the SHA-256 of the encoded program, in hexadecimal. Two programs
// with the same digest decide alike.
func (p *Program) Digest() string { return p.digest }

// Encode gives the program as the tablet receives it. Callers must not change
// the bytes.
func (p *Program) Encode() []byte { return p.encoded }

// ParseProgram reads an encoded program and refuses one that an interpreter
// could not run to its end, and any other form than the one Encode gives.
func ParseProgram(data []byte) (*Program, error) {
	var w programWire
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	if w.Engine != Engine {
		return nil, fmt.Errorf("program: made for engine %q, this is engine %q", w.Engine, Engine)
	}
	raw, err := base64.StdEncoding.DecodeString(w.Code)
	if err != nil || len(raw)%instructionSize != 0 {
		return nil, errors.New("program: the code is not whole instructions in base64")
	}
	p := &Program{
		instrument: w.Instrument, rules: w.Rules, codebook: w.Codebook,
		items: w.Items, codes: w.Codes, dimensions: w.Dimensions, outcomes: w.Outcomes, lines: w.Lines, modes: w.Modes,
		lists: w.Lists, evidence: w.Evidence, findings: w.Findings, decide: w.Decide,
		spectrum: w.Spectrum, contradictions: w.Contradictions,
	}
	for at := range slices.Chunk(raw, instructionSize) {
		p.code = append(p.code, instruction{
			op: opcode(at[0]),
			a:  at[1],
			t:  binary.LittleEndian.Uint16(at[2:]),
			m:  binary.LittleEndian.Uint32(at[4:]),
		})
	}
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	if err := p.finish(); err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	if !bytes.Equal(p.encoded, data) {
		return nil, errors.New("program: not in the one form that a program is written in")
	}
	return p, nil
}

// finish encodes the program and builds what is looked up at run time.
func (p *Program) finish() error {
	raw := make([]byte, 0, len(p.code)*instructionSize)
	for _, in := range p.code {
		raw = append(raw, byte(in.op), in.a)
		raw = binary.LittleEndian.AppendUint16(raw, in.t)
		raw = binary.LittleEndian.AppendUint32(raw, in.m)
	}
	encoded, err := json.Marshal(programWire{
		Engine: Engine, Instrument: p.instrument, Rules: p.rules, Codebook: p.codebook,
		Items: p.items, Codes: p.codes, Dimensions: p.dimensions, Outcomes: p.outcomes, Lines: p.lines, Modes: p.modes,
		Lists: p.lists, Evidence: p.evidence, Findings: p.findings, Decide: p.decide, Code: base64.StdEncoding.EncodeToString(raw),
		Spectrum: p.spectrum, Contradictions: p.contradictions,
	})
	if err != nil {
		return err
	}
	if i := bytes.IndexFunc(encoded, func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }); i >= 0 {
		return fmt.Errorf("a name holds a character that is not plain ASCII, or one of < > & \\, near %q", encoded[max(0, i-20):i])
	}
	sum := sha256.Sum256(encoded)
	p.encoded, p.digest = encoded, hex.EncodeToString(sum[:])

	p.itemAt = make(map[string]int, len(p.items))
	for i, it := range p.items {
		p.itemAt[it.ID] = i
	}
	p.codeAt = make(map[Code]int, len(p.codes))
	for i, c := range p.codes {
		if c.Code != "" {
			p.codeAt[c.Code] = i
		}
	}
	for _, code := range slices.Sorted(maps.Keys(p.codeAt)) {
		p.sorted = append(p.sorted, p.codeAt[code])
	}
	p.bounds = p.boundItems()
	p.asks = p.askItems()
	return nil
}

// validate checks that every operand names something that exists and that
// every jump goes forward, so that a run always ends.
func (p *Program) validate() error {
	switch {
	case len(p.items) == 0 || len(p.items) > maxItems:
		return fmt.Errorf("%d items; 1 to %d are possible", len(p.items), maxItems)
	case len(p.codes) > maxCodes:
		return fmt.Errorf("%d codes; at most %d are possible", len(p.codes), maxCodes)
	case len(p.dimensions) != DimensionCount:
		return fmt.Errorf("%d dimensions; there are always %d", len(p.dimensions), DimensionCount)
	case len(p.modes) != 2:
		return fmt.Errorf("%d modes; there are always 2", len(p.modes))
	case len(p.code) == 0 || len(p.code) > 1<<16 || p.code[len(p.code)-1].op != opEnd:
		return errors.New("the code has no end")
	case p.decide < 0 || p.decide >= len(p.code):
		return errors.New("the rules begin outside the code")
	}
	for _, it := range p.items {
		if len(it.Options) == 0 || len(it.Options) > maxOptions {
			return fmt.Errorf("item %s has %d options; 1 to %d are possible", it.ID, len(it.Options), maxOptions)
		}
		for _, accept := range it.Accepts {
			if accept.Option < 0 || accept.Option >= len(it.Options) || p.list(accept.List) == nil {
				return fmt.Errorf("item %s accepts a code list that is not there", it.ID)
			}
		}
	}
	if err := p.validateTables(); err != nil {
		return err
	}
	if err := p.validateSpectrum(); err != nil {
		return err
	}
	for at, in := range p.code {
		if err := p.validateInstruction(at, in); err != nil {
			return fmt.Errorf("instruction %d: %w", at, err)
		}
	}
	return nil
}

// list gives the codes of an outside list; nil when there is no such list.
func (p *Program) list(id string) []string {
	i := slices.IndexFunc(p.lists, func(l CodeList) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return p.lists[i].Codes
}

// validateTables checks what an assessment reads besides the instructions.
func (p *Program) validateTables() error {
	if p.codes == nil || p.evidence == nil || len(p.outcomes) == 0 || len(p.lines) == 0 {
		return errors.New("a table is not there")
	}
	if slices.ContainsFunc(p.lists, func(l CodeList) bool { return l.Codes == nil }) {
		return errors.New("a code list has no codes")
	}
	for _, row := range p.evidence {
		for code := len(p.codes); code < maxCodes; code++ {
			if row.has(code) {
				return errors.New("an evidence row names a code that is not there")
			}
		}
	}
	for _, registers := range p.findings {
		if len(registers) != DimensionCount {
			return fmt.Errorf("%d findings; there are always %d", len(registers), DimensionCount)
		}
		for _, r := range registers {
			if r < regFindings || r >= regFree {
				return errors.New("a finding stands in another register")
			}
		}
	}
	return nil
}

func (p *Program) validateInstruction(at int, in instruction) error {
	item, word := int(in.a), int(in.a)
	isItem := item < len(p.items) || item == factsSlot
	switch in.op {
	case opAny, opNotAny, opOnly, opNotOnly:
		if !isItem {
			return errors.New("no such item")
		}
	case opDrop, opCover:
		if item >= len(p.items) {
			return errors.New("no such item")
		}
	case opEvidence, opWeigh:
		if item >= len(p.items) || int(in.t)+len(p.items[item].Options) > len(p.evidence) {
			return errors.New("no such item or evidence")
		}
	case opAdd:
		if int(in.t) >= len(p.codes) {
			return errors.New("no such code")
		}
	case opCode, opNotCode:
		if word >= codeWords {
			return errors.New("no such word of codes")
		}
	case opCount:
		if int(in.a) < regFree || int(in.a) >= registerCount || int(in.t) >= codeWords || p.spectrum.holds(int(in.a)) {
			return errors.New("no such register for a count, or no such word of codes")
		}
	case opSet:
		return p.validateSet(in)
	case opLeast, opLess:
		if int(in.a) >= registerCount {
			return errors.New("no such register")
		}
	case opEnd, opJump, opBelow, opNotBelow:
	case opcodeEnd:
		fallthrough
	default:
		return fmt.Errorf("unknown instruction %d", in.op)
	}
	if in.op.jumps() && (int(in.t) <= at || int(in.t) >= len(p.code)) {
		return errors.New("a jump must go forward and stay inside")
	}
	return nil
}

// validateSet checks what is written into the registers an assessment reads.
func (p *Program) validateSet(in instruction) error {
	limit := 1 << 16
	switch a := int(in.a); {
	case a >= registerCount:
		return errors.New("no such register")
	case a == regOutcome || a == regStrict:
		limit = len(p.outcomes)
	case a == regLine || a == regStrictLine:
		limit = len(p.lines)
	case a == regRole:
		limit = len(roles)
	case a == regChild:
		limit = 2
	case a >= regFindings && a < regFree:
		limit = len(findings)
	case p.spectrum != nil && a == p.spectrum.Position:
		limit = len(p.spectrum.Positions)
	case p.spectrum != nil && slices.ContainsFunc(p.spectrum.Elements, func(e programElement) bool { return e.Register == a }):
		limit = len(elementStates)
	}
	if uint64(in.m) >= uint64(limit) {
		return errors.New("value out of range")
	}
	return nil
}
