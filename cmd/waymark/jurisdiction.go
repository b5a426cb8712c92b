package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"waymark/locales"
	"waymark/screening"
	"waymark/screening/jurisdiction"
	"waymark/screening/jurisdictions"
)

// jurisdictionCommand is for those who read, write and check country packs.
type jurisdictionCommand struct {
	List jurisdictionListCommand `cmd:"" help:"List the countries that have a pack, with how much of it was checked."`
	Show jurisdictionShowCommand `cmd:"" help:"Print a country pack as an officer reads it."`
	Lint jurisdictionLintCommand `cmd:"" help:"Check country packs and print every problem with file, line and what to change."`
}

type jurisdictionListCommand struct{}

// Run lists the packs.
func (jurisdictionListCommand) Run(c *console) error {
	packs, err := jurisdiction.Load(jurisdictions.FS)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, p := range packs.All() {
		fmt.Fprintln(w, packLine(p))
	}
	return w.Flush()
}

func packLine(p *jurisdiction.Pack) string {
	from, to := p.AsOf()
	return fmt.Sprintf("%s\t%s\t%d verified, %d unverified, %d unknown\tas of %s to %s", p.ISO, p.Name,
		p.Count(jurisdiction.Verified), p.Count(jurisdiction.Unverified), p.Count(jurisdiction.Unknown), from, to)
}

type jurisdictionShowCommand struct {
	ISO     string `arg:"" name:"iso" help:"Country code (ISO 3166-1 alpha-2), such as TH."`
	Outcome string `help:"Print only what is shown with this outcome." placeholder:"OUTCOME"`
}

// Run prints one pack.
func (s *jurisdictionShowCommand) Run(c *console) error {
	packs, err := jurisdiction.Load(jurisdictions.FS)
	if err != nil {
		return err
	}
	p, ok := packs.Find(strings.ToUpper(s.ISO))
	if !ok {
		return fmt.Errorf("there is no pack for %q; there are %s", s.ISO, strings.Join(packs.ISOs(), ", "))
	}
	shown := packs.Layout().Leaves
	if s.Outcome != "" {
		if shown, ok = packs.Layout().Shown(screening.Outcome(s.Outcome)); !ok {
			return fmt.Errorf("there is no outcome %q; there are %v", s.Outcome, screening.Outcomes())
		}
	}
	messages, err := locales.Load(locales.Shipped())
	if err != nil {
		return err
	}
	message := func(id string) string { return messages.Text(locales.Default, id) }
	_, err = fmt.Fprint(c.out, packText(p, packs.Layout().Groups, shown, message))
	return err
}

// packText writes a pack for a terminal.
func packText(p *jurisdiction.Pack, groups []string, shown []jurisdiction.LeafKind, message func(id string) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n%s\n", p.Name, p.ISO, message("jurisdiction.notice"))
	row := func(label, text string, l jurisdiction.Leaf) {
		fmt.Fprintf(&b, "  %s: %s\n", label, text)
		fmt.Fprintf(&b, "      %s, %s, as of %s", message("jurisdiction.status."+string(l.Status)), message("jurisdiction.confidence."+string(l.Confidence)), l.AsOf)
		if l.Source != "" {
			fmt.Fprintf(&b, "; %s", l.Source)
		}
		if l.ReviewedBy != "" {
			fmt.Fprintf(&b, "; reviewed by %s", l.ReviewedBy)
		}
		b.WriteByte('\n')
	}
	for _, group := range groups {
		heading := "\n" + message("jurisdiction.group."+group) + "\n"
		for _, k := range shown {
			if k.Group == group {
				b.WriteString(heading)
				heading = ""
				row(message("jurisdiction.leaf."+k.ID), k.Text(p.Leaves[k.ID], message), p.Leaves[k.ID])
			}
		}
	}
	if len(p.Gaps) > 0 {
		b.WriteString("\n" + message("jurisdiction.gaps") + "\n")
	}
	for _, gap := range p.Gaps {
		row(gap.About, jurisdiction.LeafKind{}.Text(gap, message), gap)
	}
	return b.String()
}

type jurisdictionLintCommand struct {
	Files []string `arg:"" optional:"" help:"Country packs, each called <iso>.json; what ships with Waymark when absent." type:"existingfile"`
}

// Run checks packs and fails when any has a problem.
func (l *jurisdictionLintCommand) Run(c *console) error {
	packs, problems := l.read()
	for _, p := range packs {
		if late := p.DatedAfter(c.now()); len(late) > 0 {
			problems = append(problems, fmt.Errorf("%s: dated after today: %s", p.ISO, strings.Join(late, ", ")))
			continue
		}
		fmt.Fprintln(c.out, strings.ReplaceAll(packLine(p), "\t", "  "))
	}
	if err := errors.Join(problems...); err != nil {
		fmt.Fprintln(c.err, err)
		return errSilent
	}
	return nil
}

// read gives the packs that parse, and what is wrong with the others.
func (l *jurisdictionLintCommand) read() (packs []*jurisdiction.Pack, problems []error) {
	if len(l.Files) == 0 {
		shipped, err := jurisdiction.Load(jurisdictions.FS)
		if err != nil {
			return nil, []error{err}
		}
		return shipped.All(), nil
	}
	layout, err := jurisdiction.LoadLayout(jurisdictions.FS)
	if err != nil {
		return nil, []error{err}
	}
	for _, file := range l.Files {
		data, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		p, err := jurisdiction.ParsePack(file, data, layout)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		packs = append(packs, p)
	}
	return packs, problems
}
