package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"waymark/locales"
)

// languageCommand is for those who translate, and for those who review it.
type languageCommand struct {
	List     languageListCommand     `cmd:"" help:"List the languages, how far each is, and why one is not served by default."`
	Source   languageSourceCommand   `cmd:"" help:"Print the English texts in the form of a translation file."`
	Lint     languageLintCommand     `cmd:"" help:"Check translations and print every problem with file, line and what to change."`
	Stamp    languageStampCommand    `cmd:"" help:"Note of which English each text of a language is a translation."`
	Review   languageReviewCommand   `cmd:"" help:"Note that somebody reviewed texts of a language, or used them with people."`
	Coverage languageCoverageCommand `cmd:"" help:"Print how much of everything each language has, as a table."`
}

// textsFolder is where translations are read from.
type textsFolder struct {
	Dir string `help:"Folder with languages.json and the translations; what ships with Waymark when absent." type:"existingdir" placeholder:"DIR"`
}

func (f textsFolder) open() (*locales.Library, error) {
	from := locales.Shipped()
	if f.Dir != "" {
		from = os.DirFS(f.Dir)
	}
	l, _, err := library(from)
	return l, err
}

type languageListCommand struct{ textsFolder }

// Run lists the languages.
func (x *languageListCommand) Run(c *console) error {
	l, err := x.open()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tag\tlanguage\tscript\tdirection\tstatus\tnote")
	for _, language := range l.Languages() {
		fmt.Fprintf(w, "%s\t%s (%s)\t%s\t%s\t%s\t%s\n", language.Tag, language.English, language.Name, language.Script,
			language.Direction, l.Standing(language.Tag), language.Reason)
	}
	return w.Flush()
}

type languageSourceCommand struct {
	textsFolder
	Unit    string `arg:"" help:"\"messages\", \"app\", or an instrument such as screen-fc or screen-fc@1.0.0."`
	Missing string `help:"Only the texts that this language lacks or has stale." placeholder:"TAG"`
}

// Run prints a file to translate.
func (x *languageSourceCommand) Run(c *console) error {
	l, err := x.open()
	if err != nil {
		return err
	}
	u, ok := l.Unit(x.Unit)
	if !ok {
		return fmt.Errorf("there is no %q; there are %s", x.Unit, strings.Join(unitNames(l), ", "))
	}
	var lines []string
	for _, key := range l.Outstanding(u, x.Missing) {
		line, err := sourceLine(key, u.Source[key])
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	_, err = fmt.Fprintf(c.out, "{\n%s\n}\n", strings.Join(lines, ",\n"))
	return err
}

// sourceLine writes a text as a member of a translation file, in the order of
// the variants and without escapes that would be in a translator's way.
func sourceLine(key string, text locales.Text) (string, error) {
	if wording, plain := text["default"]; plain && len(text) == 1 {
		quoted, err := quote(wording)
		return fmt.Sprintf("  %q: %s", key, quoted), err
	}
	var forms []string
	for _, form := range text.Forms() {
		quoted, err := quote(text[form])
		if err != nil {
			return "", err
		}
		forms = append(forms, fmt.Sprintf("    %q: %s", form, quoted))
	}
	return fmt.Sprintf("  %q: {\n%s\n  }", key, strings.Join(forms, ",\n")), nil
}

func quote(s string) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func unitNames(l *locales.Library) []string {
	var names []string
	for _, u := range l.Units() {
		names = append(names, u.Name)
	}
	return names
}

type languageLintCommand struct {
	textsFolder
	Languages []string `arg:"" optional:"" help:"Languages to check; all that ship when absent." placeholder:"TAG"`
}

// Run checks translations and fails when any has a problem.
func (x *languageLintCommand) Run(c *console) error {
	l, err := x.open()
	if err != nil {
		return err
	}
	return lintTexts(c, l, x.Languages)
}

// lintTexts prints the problems of languages; of all that ship, for none.
func lintTexts(c *console, l *locales.Library, tags []string) error {
	known := l.Languages()
	for _, tag := range tags {
		if !slices.ContainsFunc(known, func(k locales.Language) bool { return k.Tag == tag }) {
			return fmt.Errorf("there is no language %q in languages.json", tag)
		}
		if !l.Shipped(tag) {
			return fmt.Errorf("there is no text in %s yet", tag)
		}
	}
	count := 0
	for _, language := range known {
		if len(tags) > 0 && !slices.Contains(tags, language.Tag) {
			continue
		}
		for _, problem := range l.Lint(language.Tag) {
			count++
			fmt.Fprintln(c.err, problem)
		}
	}
	if count > 0 {
		fmt.Fprintln(c.err, plural(count, "problem", "problems")+" in translations")
		return errSilent
	}
	return nil
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// writableFolder is where translations are read from and provenance is written to.
type writableFolder struct {
	Dir string `help:"Folder with languages.json and the translations, to write to." type:"existingdir" default:"locales"`
}

func (f writableFolder) write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(f.Dir, name), content, 0o644) //nolint:gosec // a file of the source tree, for everybody to read
}

func (f writableFolder) open() (*locales.Library, error) {
	l, _, err := library(os.DirFS(f.Dir))
	return l, err
}

type languageStampCommand struct {
	writableFolder
	Language string   `arg:"" help:"Tag of the language."`
	Confirm  []string `help:"Texts whose wording still holds although the English changed, as screen-fc@1.0.0:items.C04.text." placeholder:"TEXT"`
}

// Run writes the stamps, and lists what stays stale.
func (x *languageStampCommand) Run(c *console) error {
	l, err := x.open()
	if err != nil {
		return err
	}
	name, content, stale, err := l.Stamp(x.Language, x.Confirm)
	if err != nil {
		return err
	}
	if err := x.write(name, content); err != nil {
		return err
	}
	for _, address := range stale {
		fmt.Fprintln(c.out, "stale:", address)
	}
	_, err = fmt.Fprintln(c.out, "stamped", x.Language+";", plural(len(stale), "text stays", "texts stay"), "stale")
	return err
}

type languageReviewCommand struct {
	writableFolder
	Language string   `arg:"" help:"Tag of the language."`
	Of       []string `arg:"" help:"What was reviewed: messages, app, screen-fc@1.0.0, or a text such as screen-fc@1.0.0:items.C04.text."`
	Status   string   `help:"What it is now: ${enum}." enum:"reviewed,field_tested" default:"reviewed"`
	By       string   `help:"Name of the reviewer." required:""`
	Role     string   `help:"What makes the reviewer able to judge, such as \"Burmese interpreter\"." required:""`
	On       string   `help:"Day of the review, such as 2026-05-01; today when absent." placeholder:"DAY"`
}

// Run notes a review.
func (x *languageReviewCommand) Run(c *console) error {
	l, err := x.open()
	if err != nil {
		return err
	}
	review := locales.Review{
		Status: locales.Status(x.Status), By: x.By, Role: x.Role, On: cmp.Or(x.On, c.now().UTC().Format("2006-01-02")),
	}
	name, content, err := l.Review(x.Language, review, x.Of)
	if err != nil {
		return err
	}
	return x.write(name, content)
}

type languageCoverageCommand struct{ textsFolder }

// Run prints the table of docs/languages.md.
func (x *languageCoverageCommand) Run(c *console) error {
	l, err := x.open()
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(c.out, l.Coverage())
	return err
}
