package main

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"waymark/screening"
)

// celLanguage writes CEL. CEL has no statements, so every name is a program of
// its own whose value later ones see as a variable: a_ for answers, s_ and c_
// for codes as shown and with what they imply, n_ for counts, f_ for findings
// and d_ for definitions.
type celLanguage struct{}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (celLanguage) chosen(item string, options []string) string {
	tests := make([]string, len(options))
	for i, o := range options {
		tests[i] = fmt.Sprintf("%q in a_%s", o, item)
	}
	return "(" + strings.Join(tests, " || ") + ")"
}

func (celLanguage) onlyChosen(item string, options []string) string {
	return fmt.Sprintf("(a_%s.size() > 0 && a_%s.all(o, o in %s))", item, item, quoted(options))
}

func (celLanguage) codes(codes []screening.Code, atLeast int) string {
	if atLeast > 1 {
		return fmt.Sprintf("(%s >= %d)", celCount(codes), atLeast)
	}
	tests := make([]string, len(codes))
	for i, c := range codes {
		tests[i] = "c_" + string(c)
	}
	return "(" + strings.Join(tests, " || ") + ")"
}

func (celLanguage) finding(mode, dimension string, is screening.Finding) string {
	return fmt.Sprintf("(f_%s == %q)", celName(mode, dimension), is)
}

func (celLanguage) defined(mode, name string) string { return "d_" + celName(mode, name) }
func (celLanguage) coverageBelow(percent int) string {
	return fmt.Sprintf("(answered * 100 < applicable * %d)", percent)
}
func (celLanguage) not(s string) string { return "!" + s }
func (celLanguage) all(list []string) string {
	if list = slices.DeleteFunc(list, func(s string) bool { return s == "true" }); len(list) == 0 {
		return "true"
	}
	return "(" + strings.Join(list, " && ") + ")"
}
func (celLanguage) anyOf(list []string) string { return "(" + strings.Join(list, " || ") + ")" }

// celName makes one identifier of a mode and a name.
func celName(mode, name string) string {
	return strings.NewReplacer("+", "_", "-", "_").Replace(mode) + "_" + name
}

func celCount(codes []screening.Code) string {
	if len(codes) == 0 {
		return "0"
	}
	terms := make([]string, len(codes))
	for i, c := range codes {
		terms[i] = "(c_" + string(c) + " ? 1 : 0)"
	}
	return "(" + strings.Join(terms, " + ") + ")"
}

// celEngine evaluates the programs in order.
type celEngine struct {
	items    []string
	programs []celProgram
}

type celProgram struct {
	name    string
	program cel.Program
}

// values are the variables that are known so far.
type values map[string]ref.Val

// ResolveName finds a variable.
func (v values) ResolveName(name string) (any, bool) { value, ok := v[name]; return value, ok }

// Parent says that there are no other variables.
func (v values) Parent() interpreter.Activation { return nil }

// celBuilder gathers programs; the first failure stays.
type celBuilder struct {
	source
	env    *cel.Env
	engine celEngine
	err    error
}

func newCEL(s source) (*celEngine, error) {
	b := &celBuilder{source: s}
	var variables []cel.EnvOption
	for _, it := range s.in.Items {
		b.engine.items = append(b.engine.items, it.ID)
		variables = append(variables, cel.Variable("a_"+it.ID, cel.ListType(cel.StringType)))
	}
	if b.env, b.err = cel.NewEnv(variables...); b.err != nil {
		return nil, b.err
	}
	b.coverage()
	b.codes()
	for _, mode := range s.rules.Modes {
		b.findings(mode)
		for _, def := range append(slices.Clone(s.rules.Define), mode.Define...) {
			b.add("d_"+celName(mode.ID, def.Name), cel.BoolType, s.condition(celLanguage{}, mode.ID, def.When))
		}
		text := `""`
		for _, rule := range slices.Backward(s.rules.Outcomes) {
			if rule.When == nil {
				text = fmt.Sprintf("%q", rule.Outcome)
				continue
			}
			text = fmt.Sprintf("(%s ? %q : %s)", s.condition(celLanguage{}, mode.ID, *rule.When), rule.Outcome, text)
		}
		b.add("outcome_"+celName(mode.ID, ""), cel.StringType, text)
	}
	role := `""`
	for _, rule := range slices.Backward(s.rules.Roles) {
		role = fmt.Sprintf("(%s ? %q : %s)", s.condition(celLanguage{}, "", rule.When), rule.Role, role)
	}
	b.add("role", cel.StringType, role)
	return &b.engine, b.err
}

// add compiles a program and makes its name a variable for those after it.
func (b *celBuilder) add(name string, of *cel.Type, text string) {
	if b.err != nil {
		return
	}
	ast, issues := b.env.Compile(text)
	if issues.Err() != nil {
		b.err = fmt.Errorf("%s: %w", name, issues.Err())
		return
	}
	program, err := b.env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err == nil {
		b.env, err = b.env.Extend(cel.Variable(name, of))
	}
	b.err = err
	b.engine.programs = append(b.engine.programs, celProgram{name, program})
}

func (b *celBuilder) coverage() {
	var answered, applicable []string
	for _, item := range b.counted() {
		applies := b.applies(celLanguage{}, item)
		answered = append(answered, fmt.Sprintf("(%s && a_%s.size() > 0 ? 1 : 0)", applies, item))
		applicable = append(applicable, fmt.Sprintf("(%s ? 1 : 0)", applies))
	}
	b.add("answered", cel.IntType, strings.Join(answered, " + "))
	b.add("applicable", cel.IntType, strings.Join(applicable, " + "))
}

func (b *celBuilder) codes() {
	var l celLanguage
	ways := map[screening.Code][]string{}
	for _, e := range b.evidence() {
		parts := []string{b.applies(l, e.item), l.chosen(e.item, e.options)}
		if e.unless != nil {
			parts = append(parts, l.not(b.condition(l, "", *e.unless)))
		}
		if e.instead != nil {
			parts = append(parts, b.condition(l, "", *e.instead))
		}
		ways[e.code] = append(ways[e.code], l.all(parts))
	}
	for _, code := range b.allCodes() {
		text := "false"
		if len(ways[code]) > 0 {
			text = l.anyOf(ways[code])
		}
		b.add("s_"+string(code), cel.BoolType, text)
	}
	for _, code := range b.allCodes() {
		text := "s_" + string(code)
		for _, d := range b.rules.Derive {
			if d.Adds == code {
				all := make([]string, len(d.All))
				for i, c := range d.All {
					all[i] = "s_" + string(c)
				}
				text += " || (" + strings.Join(all, " && ") + ")"
			}
		}
		b.add("c_"+string(code), cel.BoolType, text)
	}
	b.add("child", cel.BoolType, b.condition(l, "", b.rules.Child))
}

// strengths are those that thresholds count.
var strengths = []screening.Strength{screening.Strong, screening.Medium, screening.Weak}

func (b *celBuilder) findings(mode screening.Mode) {
	for _, d := range b.book.Dimensions {
		n := "n_" + celName(mode.ID, d.ID)
		for _, strength := range strengths {
			b.add(n+string(strength), cel.IntType, fmt.Sprintf("child ? %s : %s",
				celCount(b.indicators(mode, d.ID, screening.ChildOrUnsure, strength)), celCount(b.indicators(mode, d.ID, screening.Adult, strength))))
		}
		text := `"NONE"`
		for _, rule := range slices.Backward(b.rules.Findings) {
			ways := make([]string, len(rule.Any))
			for i, t := range rule.Any {
				ways[i] = fmt.Sprintf("(%[1]sS >= %[2]d && %[1]sM >= %[3]d && %[1]sW >= %[4]d && %[1]sM + %[1]sW >= %[5]d)",
					n, t.Strong, t.Medium, t.Weak, t.MediumOrWeak)
			}
			text = fmt.Sprintf("(%s ? %q : %s)", strings.Join(ways, " || "), rule.Is, text)
		}
		b.add("f_"+celName(mode.ID, d.ID), cel.StringType, text)
	}
}

// prepare turns answers into CEL's own values once, as a caller would who
// cares for speed.
func (e *celEngine) prepare(answers map[string][]string) values {
	known := make(values, len(e.items)+len(e.programs))
	for _, item := range e.items {
		known["a_"+item] = types.DefaultTypeAdapter.NativeToValue(append([]string{}, answers[item]...))
	}
	return known
}

// score gives outcome, strict outcome and role.
func (e *celEngine) score(known values, modes []screening.Mode) ([3]string, error) {
	for _, p := range e.programs {
		value, _, err := p.program.Eval(known)
		if err != nil {
			return [3]string{}, fmt.Errorf("%s: %w", p.name, err)
		}
		known[p.name] = value
	}
	of := func(name string) string { return fmt.Sprint(known[name].Value()) }
	return [3]string{of("outcome_" + celName(modes[0].ID, "")), of("outcome_" + celName(modes[1].ID, "")), of("role")}, nil
}
