package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/rego"

	"waymark/screening"
)

// regoLanguage writes Rego. An expression is the name of a rule that holds or
// does not.
type regoLanguage struct {
	rules *strings.Builder
	named map[string]string // body → name, so that the same test is made once
}

// name gives the rule with these bodies, any of which makes it hold.
func (l regoLanguage) name(bodies ...string) string {
	key := strings.Join(bodies, " | ")
	if name, ok := l.named[key]; ok {
		return name
	}
	name := fmt.Sprintf("test_%d", len(l.named))
	l.named[key] = name
	for _, body := range bodies {
		fmt.Fprintf(l.rules, "%s if { %s }\n", name, body)
	}
	return name
}

func (l regoLanguage) chosen(item string, options []string) string {
	bodies := make([]string, len(options))
	for i, o := range options {
		bodies[i] = fmt.Sprintf("%q in input.a.%s", o, item)
	}
	return l.name(bodies...)
}

func (l regoLanguage) onlyChosen(item string, options []string) string {
	return l.name(fmt.Sprintf("every o in input.a.%s { o in {%s} }", item, strings.Trim(quoted(options), "[]")))
}

func (l regoLanguage) codes(codes []screening.Code, atLeast int) string {
	return l.name(fmt.Sprintf("count(codes & {%s}) >= %d", codeList(codes), atLeast))
}

func (l regoLanguage) finding(mode, dimension string, is screening.Finding) string {
	return l.name(fmt.Sprintf("finding_%s == %q", celName(mode, dimension), is))
}

func (l regoLanguage) defined(mode, name string) string {
	return l.name("defined_" + celName(mode, name))
}

func (l regoLanguage) coverageBelow(percent int) string {
	return l.name(fmt.Sprintf("answered * 100 < applicable * %d", percent))
}
func (l regoLanguage) not(s string) string { return l.name("not " + s) }
func (l regoLanguage) all(list []string) string {
	if len(list) == 0 {
		return "true"
	}
	return l.name(strings.Join(list, "; "))
}
func (l regoLanguage) anyOf(list []string) string { return l.name(list...) }

func codeList(codes []screening.Code) string {
	list := make([]string, len(codes))
	for i, c := range codes {
		list[i] = fmt.Sprintf("%q", c)
	}
	return strings.Join(list, ", ")
}

// regoModule translates a screening.
func regoModule(s source) string {
	var b, tests strings.Builder
	l := regoLanguage{&tests, map[string]string{}}
	b.WriteString("package waymark\n\nimport rego.v1\n\n")

	for _, e := range s.evidence() {
		parts := []string{s.applies(l, e.item), l.chosen(e.item, e.options)}
		if e.unless != nil {
			parts = append(parts, l.not(s.condition(l, "", *e.unless)))
		}
		if e.instead != nil {
			parts = append(parts, s.condition(l, "", *e.instead))
		}
		fmt.Fprintf(&b, "shown contains %q if { %s }\n", e.code, strings.Join(parts, "; "))
	}
	b.WriteString("codes contains code if some code in shown\n")
	for _, d := range s.rules.Derive {
		fmt.Fprintf(&b, "codes contains %q if count(shown & {%s}) == %d\n", d.Adds, codeList(d.All), len(d.All))
	}
	for _, item := range s.counted() {
		fmt.Fprintf(&b, "asked contains %q if { %s }\n", item, s.applies(l, item))
	}
	b.WriteString("applicable := count(asked)\nanswered := count([item | some item in asked; input.a[item]])\n")
	fmt.Fprintf(&b, "default child := false\nchild if { %s }\n", s.condition(l, "", s.rules.Child))

	for _, mode := range s.rules.Modes {
		regoFindings(&b, s, mode)
		for _, def := range append(slices.Clone(s.rules.Define), mode.Define...) {
			fmt.Fprintf(&b, "defined_%s if { %s }\n", celName(mode.ID, def.Name), s.condition(l, mode.ID, def.When))
		}
		regoOutcome(&b, "outcome_"+celName(mode.ID, ""), s.rules.Outcomes, func(r screening.OutcomeRule) (string, string) {
			if r.When == nil {
				return "true", string(r.Outcome)
			}
			return s.condition(l, mode.ID, *r.When), string(r.Outcome)
		})
	}
	b.WriteString("default role := \"\"\n")
	regoOutcome(&b, "role", s.rules.Roles, func(r screening.RoleRule) (string, string) {
		return s.condition(l, "", r.When), string(r.Role)
	})
	fmt.Fprintf(&b, "result := [outcome_%s, outcome_%s, role]\n\n", celName(s.rules.Modes[0].ID, ""), celName(s.rules.Modes[1].ID, ""))
	return b.String() + tests.String()
}

// regoOutcome writes rules of which the first that holds gives the value.
func regoOutcome[R any](b *strings.Builder, name string, rules []R, translate func(R) (when, value string)) {
	for i, r := range rules {
		when, value := translate(r)
		if i == 0 {
			fmt.Fprintf(b, "%s := %q if { %s }", name, value, when)
			continue
		}
		fmt.Fprintf(b, " else := %q if { %s }", value, when)
	}
	b.WriteString("\n")
}

func regoFindings(b *strings.Builder, s source, mode screening.Mode) {
	for _, d := range s.book.Dimensions {
		name := celName(mode.ID, d.ID)
		for _, strength := range strengths {
			fmt.Fprintf(b, "n_%s%s := count(codes & {%s}) if child\n", name, strength, orEmpty(s.indicators(mode, d.ID, screening.ChildOrUnsure, strength)))
			fmt.Fprintf(b, "n_%s%s := count(codes & {%s}) if not child\n", name, strength, orEmpty(s.indicators(mode, d.ID, screening.Adult, strength)))
		}
		n := "n_" + name
		type way struct {
			t  screening.Threshold
			is screening.Finding
		}
		var ways []way
		for _, rule := range s.rules.Findings {
			for _, t := range rule.Any {
				ways = append(ways, way{t, rule.Is})
			}
		}
		ways = append(ways, way{is: screening.None})
		regoOutcome(b, "finding_"+name, ways, func(w way) (string, string) {
			return fmt.Sprintf("%[1]sS >= %[2]d; %[1]sM >= %[3]d; %[1]sW >= %[4]d; %[1]sM + %[1]sW >= %[5]d",
				n, w.t.Strong, w.t.Medium, w.t.Weak, w.t.MediumOrWeak), string(w.is)
		})
	}
}

// orEmpty lists codes; a set that is empty needs a member that never occurs,
// because {} is an empty object in Rego.
func orEmpty(codes []screening.Code) string {
	if len(codes) == 0 {
		return `"-"`
	}
	return codeList(codes)
}

type opaEngine struct{ query rego.PreparedEvalQuery }

func newOPA(ctx context.Context, s source) (*opaEngine, error) {
	query, err := rego.New(rego.Query("result = data.waymark.result"), rego.Module("waymark.rego", regoModule(s))).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return &opaEngine{query}, nil
}

// score gives outcome, strict outcome and role.
func (e *opaEngine) score(ctx context.Context, answers map[string][]string) ([3]string, error) {
	results, err := e.query.Eval(ctx, rego.EvalInput(map[string]any{"a": answers}))
	if err != nil {
		return [3]string{}, err
	}
	if len(results) != 1 {
		return [3]string{}, fmt.Errorf("%d results", len(results))
	}
	list, ok := results[0].Bindings["result"].([]any)
	if !ok || len(list) != 3 {
		return [3]string{}, fmt.Errorf("unexpected result %v", results[0].Bindings["result"])
	}
	return [3]string{fmt.Sprint(list[0]), fmt.Sprint(list[1]), fmt.Sprint(list[2])}, nil
}
