package screening

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a definition file, and what to change.
type Problem struct {
	// File is the name the file was parsed under.
	File string
	// Line and Column count from 1; Column counts bytes.
	Line, Column int
	// Pointer is the JSON pointer (RFC 6901) of the value the problem is about.
	Pointer string
	// Message says what is wrong and what would be right.
	Message string
}

// String gives the problem as one line, in the form editors can jump to.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.File, p.Line, p.Column, cmp.Or(p.Pointer, "/"), p.Message)
}

// Problems are all the problems of one or more definition files, in the order
// of file, line and column. As an error it prints one problem a line.
type Problems []Problem //nolint:errname // a list first, and an error only when it is not empty

// Error lists every problem, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// orNil sorts the problems and gives them as an error, or nil when there are none.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return ps
}
