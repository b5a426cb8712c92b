package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"waymark/screening"
	"waymark/screening/catalog"
	"waymark/screening/rescoring"
	"waymark/screening/submission"
)

// instrumentRescoreCommand runs new rules over stored records.
type instrumentRescoreCommand struct {
	dataFlags
	keepFlags

	Rules      string `help:"Rules to use: screen-fc@1.1.0; or 1.1.0 together with --instrument; or, for a dry run, a file such as rules.json." required:""`
	Instrument string `help:"Id of the instrument, or id@version for that version only." placeholder:"ID"`
	Agency     string `help:"Code of one agency; all when absent." env:"WAYMARK_AGENCY"`
	DryRun     bool   `help:"Say what would move, and change nothing."`
	Apply      bool   `help:"Store the new results. Those that would protect less are offered to supervisors."`
	Reason     string `help:"Why, with --apply: rules_published, rules_mistake, law_changed or evaluated." placeholder:"CODE"`
	Format     string `help:"How to print: ${enum}." enum:"table,json" default:"table"`
}

// Validate refuses flags that do not go together.
func (x *instrumentRescoreCommand) Validate() error {
	switch {
	case x.DryRun == x.Apply:
		return errors.New("say either --dry-run or --apply")
	case x.DryRun && x.Reason != "":
		return errors.New("--reason belongs to --apply")
	case x.Apply && !slices.Contains(submission.RescoreReasons(), submission.RescoreReason(x.Reason)):
		return fmt.Errorf("--apply needs a --reason: one of %s", joined(submission.RescoreReasons()))
	case x.Apply && x.isFile():
		return fmt.Errorf("a rules file is for a dry run; to apply it, keep it as %s and name its rules", x.path(instrumentsDir, "ID", "VERSION", "rules", "RULES.json"))
	}
	return x.check()
}

func (x *instrumentRescoreCommand) isFile() bool { return strings.HasSuffix(x.Rules, ".json") }

// Run scores records again and prints what moves.
func (x *instrumentRescoreCommand) Run(c *console) (err error) {
	known, err := x.catalog()
	if err != nil {
		return err
	}
	plan := rescoring.Plan{Catalog: known, Agency: x.Agency, Now: c.now}
	plan.Under, err = x.under(known)
	if err == nil {
		err = plan.Check()
	}
	if problems, positioned := errors.AsType[screening.Problems](err); positioned {
		fmt.Fprintln(c.err, problems)
		return errSilent
	}
	if err != nil {
		return err
	}
	u := shared
	if x.Apply {
		u = toRescore
		plan.Apply = &rescoring.Apply{Reason: submission.RescoreReason(x.Reason), Retention: x.retention()}
	}
	if x.MongoURIFile == "" && !exists(x.path(recordsFile)) {
		return fmt.Errorf("there are no records in %s; say where they are with --data", x.Data)
	}
	d, err := openData(c.ctx, x.dataFlags, c.random, u)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	bar := progressBar(c, -1, "scored again")
	plan.Progress = func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done) //nolint:errcheck // a bar that cannot be drawn is no reason to stop
	}
	report, err := rescoring.Run(c.ctx, d.stores, plan)
	if err != nil {
		return err
	}
	if x.Format == "json" {
		return printReportJSON(c.out, plan.Under, report)
	}
	return printReport(c.out, plan.Under, report)
}

// under gives the instruments to score again, each under the rules that were
// named.
func (x *instrumentRescoreCommand) under(known *catalog.Catalog) ([]*catalog.Entry, error) {
	instrument := x.Instrument
	if x.isFile() {
		return x.underFile(known)
	}
	id, version, named := strings.Cut(x.Rules, "@")
	if !named {
		id, version = "", x.Rules
		if instrument == "" {
			return nil, fmt.Errorf("rules %s of which instrument? Say --instrument, or --rules ID@%s", version, version)
		}
	}
	entries, err := x.entries(known, id)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Entry
	var there []string
	for _, e := range entries {
		if under, ok := e.Under(version); ok {
			out = append(out, under)
		}
		there = append(there, fmt.Sprintf("%s has %s", e.Instrument.Ref(), strings.Join(e.RulesVersions(), ", ")))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there are no rules %s; %s", x.Rules, strings.Join(there, "; "))
	}
	return out, nil
}

// underFile compiles a rules file with the instruments it is for. The error
// lists every problem of the file with its place.
func (x *instrumentRescoreCommand) underFile(known *catalog.Catalog) ([]*catalog.Entry, error) {
	text, err := os.ReadFile(x.Rules)
	if err != nil {
		return nil, err
	}
	rules, err := screening.ParseRules(x.Rules, text, known.All()[0].Codebook)
	if err != nil {
		return nil, err
	}
	entries, err := x.entries(known, rules.ID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", x.Rules, err)
	}
	var out []*catalog.Entry
	for _, e := range entries {
		under, err := e.With(rules)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Rules, err)
		}
		if published, ok := e.Under(rules.Version); ok && published.Program.Digest() != under.Program.Digest() {
			return nil, fmt.Errorf("%s: rules %s of %s are published and decide otherwise; give the file another version", x.Rules, rules.Version, e.Instrument.Ref())
		}
		out = append(out, under)
	}
	return out, nil
}

// entries lists the versions of an instrument that --instrument leaves. id is
// the instrument the rules are for, "" when they do not say.
func (x *instrumentRescoreCommand) entries(known *catalog.Catalog, id string) ([]*catalog.Entry, error) {
	asked, version, _ := strings.Cut(x.Instrument, "@")
	if id != "" && asked != "" && asked != id {
		return nil, fmt.Errorf("the rules are for %s and not for %s", id, asked)
	}
	if id == "" {
		id = asked
	}
	out := slices.DeleteFunc(known.All(), func(e *catalog.Entry) bool {
		return e.Instrument.ID != id || version != "" && e.Instrument.Version != version
	})
	if len(out) == 0 {
		if version != "" {
			id += "@" + version
		}
		return nil, fmt.Errorf("there is no instrument %s", id)
	}
	return out, nil
}

func joined[T ~string](values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}
