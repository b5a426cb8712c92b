package jurisdiction_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"waymark/screening/jurisdiction"
)

const (
	docFile    = "../../docs/country-packs.md"
	tableBegin = "<!-- table: written by go test ./screening/jurisdiction -update -->\n"
	tableEnd   = "<!-- end of table -->\n"
)

// statusTable writes leaves by countries in Markdown.
func statusTable(packs *jurisdiction.Packs) string {
	var b strings.Builder
	mark := map[jurisdiction.Status]string{jurisdiction.Verified: "V", jurisdiction.Unverified: "u", jurisdiction.Unknown: "?"}
	row := func(first string, cell func(*jurisdiction.Pack) string) {
		fmt.Fprintf(&b, "| %s |", first)
		for _, p := range packs.All() {
			fmt.Fprintf(&b, " %s |", cell(p))
		}
		b.WriteByte('\n')
	}
	row("leaf", func(p *jurisdiction.Pack) string { return p.ISO })
	row("---", func(*jurisdiction.Pack) string { return "---" })
	for _, k := range packs.Layout().Leaves {
		row("`"+k.ID+"`", func(p *jurisdiction.Pack) string { return mark[p.Leaves[k.ID].Status] })
	}
	for _, s := range jurisdiction.Statuses() {
		row(fmt.Sprintf("%s, gaps included", s), func(p *jurisdiction.Pack) string { return strconv.Itoa(p.Count(s)) })
	}
	return b.String()
}

func TestTableOfTheDocumentationIsUpToDate(t *testing.T) {
	data, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(data), tableBegin)
	_, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("%s has no table between its marks", docFile)
	}
	golden(t, docFile, before+tableBegin+statusTable(shipped(t))+tableEnd+after)
}
