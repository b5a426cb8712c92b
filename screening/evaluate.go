package screening

import "math/bits"

// Result is what one run of a program leaves behind, as small numbers. Assess
// gives them their names. A Result may be used again for the next run.
type Result struct {
	answers    [maxItems + 1]uint32
	codes      codeSet
	registers  [registerCount]int32
	dropped    [itemWords]uint32 // items whose answer was ignored, 32 to a word
	answered   int32
	applicable int32
}

// Run evaluates a response set. It does not allocate, cannot fail and always
// ends. A Result may be shared by successive runs, not by concurrent ones.
func (p *Program) Run(r *Responses, out *Result) {
	*out = Result{answers: r.chosen}
	p.run(out, 0, nil)
}

// RunCodes evaluates codes that an earlier run evidenced, without the answers:
// the way history is scored again under new rules. Codes that the program does
// not know are left out.
func (p *Program) RunCodes(codes []Code, coverage Coverage, given []Fact, out *Result) {
	*out = Result{answered: int32(coverage.Answered), applicable: int32(coverage.Applicable)}
	out.answers[factsSlot] = factBits(given)
	for _, code := range codes {
		if at, ok := p.codeAt[code]; ok {
			out.codes.add(at)
		}
	}
	p.run(out, p.decide, nil)
}

// shown is one piece of evidence that a run found: the option of an item and
// the row of codes it shows.
type shown struct {
	item, option, row int
}

// run is the interpreter. The masks on operands repeat what validate has
// checked, so that the compiler of this package need not check it again.
func (p *Program) run(s *Result, pc int, trace *[]shown) {
	code := p.code
	for {
		in := code[pc]
		pc++
		switch in.op {
		case opEnd:
			return
		case opJump:
			pc = int(in.t)
		case opAny:
			if s.answers[in.a&maxItems]&in.m != 0 {
				pc = int(in.t)
			}
		case opNotAny:
			if s.answers[in.a&maxItems]&in.m == 0 {
				pc = int(in.t)
			}
		case opOnly:
			if chosen := s.answers[in.a&maxItems]; chosen != 0 && chosen&^in.m == 0 {
				pc = int(in.t)
			}
		case opNotOnly:
			if chosen := s.answers[in.a&maxItems]; chosen == 0 || chosen&^in.m != 0 {
				pc = int(in.t)
			}
		case opCode:
			if s.codes[in.a&(codeWords-1)]&in.m != 0 {
				pc = int(in.t)
			}
		case opNotCode:
			if s.codes[in.a&(codeWords-1)]&in.m == 0 {
				pc = int(in.t)
			}
		case opLeast:
			if s.registers[in.a&(registerCount-1)] >= int32(in.m) {
				pc = int(in.t)
			}
		case opLess:
			if s.registers[in.a&(registerCount-1)] < int32(in.m) {
				pc = int(in.t)
			}
		case opBelow:
			if 100*s.answered < int32(in.m)*s.applicable {
				pc = int(in.t)
			}
		case opNotBelow:
			if 100*s.answered >= int32(in.m)*s.applicable {
				pc = int(in.t)
			}
		case opDrop:
			if s.answers[in.a&maxItems] != 0 {
				s.dropped[in.a/32] |= 1 << (in.a % 32)
				s.answers[in.a&maxItems] = 0
			}
		case opCover:
			s.cover(in.a)
		case opEvidence:
			p.show(s, in, trace)
		case opWeigh:
			s.cover(in.a)
			p.show(s, in, trace)
		case opAdd:
			s.codes.add(int(in.t))
		case opCount:
			s.registers[in.a&(registerCount-1)] += int32(bits.OnesCount32(s.codes[in.t&(codeWords-1)] & in.m))
		case opSet:
			s.registers[in.a&(registerCount-1)] = int32(in.m)
		case opcodeEnd: // never emitted; validate refuses it
			return
		}
	}
}

// cover counts an item towards coverage.
func (s *Result) cover(item uint8) {
	s.applicable++
	if s.answers[item&maxItems] != 0 {
		s.answered++
	}
}

// show adds what the chosen options of an item evidence.
func (p *Program) show(s *Result, in instruction, trace *[]shown) {
	for chosen := s.answers[in.a&maxItems]; chosen != 0; chosen &= chosen - 1 {
		option := bits.TrailingZeros32(chosen)
		row := &p.evidence[int(in.t)+option]
		s.codes[0] |= row[0] // written out: this is the innermost loop
		s.codes[1] |= row[1]
		s.codes[2] |= row[2]
		s.codes[3] |= row[3]
		if trace != nil {
			*trace = append(*trace, shown{int(in.a), option, int(in.t) + option})
		}
	}
}
