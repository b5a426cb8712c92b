package screening

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

	Spectrum       *programSpectrum `json:"spectrum,omitempty"`
	Contradictions []Contradiction  `json:"contradictions,omitempty"`

	Code string `json:"code"`
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
