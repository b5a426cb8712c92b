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
