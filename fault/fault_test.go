package fault_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"waymark/fault"
)

func TestCodeIsFoundThroughAnyWrapping(t *testing.T) {
	err := fmt.Errorf("outer: %w", fault.Wrap(fault.NotFound, errors.New("inner")))
	if got := fault.CodeOf(err); got != fault.NotFound {
		t.Errorf("got %s, want not_found", got)
	}
	if !errors.Is(err, fault.New(fault.NotFound)) || errors.Is(err, fault.New(fault.Forbidden)) {
		t.Error("errors.Is does not ask for the code")
	}
	for _, other := range []error{errors.New("x"), nil, &fault.Error{Code: "invented"}} {
		if got := fault.CodeOf(other); got != fault.Internal {
			t.Errorf("%v: got %s, want internal", other, got)
		}
	}
}

// constants lists the values of all constants of a type in this package.
func constants(t *testing.T, typeName string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typeName {
			return true
		}
		for _, v := range spec.Values {
			lit, ok := v.(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s is not a plain text", spec.Names[0])
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		return true
	})
	if len(out) == 0 {
		t.Fatalf("no constants of type %s were found", typeName)
	}
	return out
}

func TestListsOfCodesAreComplete(t *testing.T) {
	var codes, fields []string
	for _, c := range fault.Codes() {
		codes = append(codes, string(c))
	}
	for _, c := range fault.FieldCodes() {
		fields = append(fields, string(c))
	}
	for typeName, list := range map[string][]string{"Code": codes, "FieldCode": fields} {
		want := constants(t, typeName)
		slices.Sort(list)
		slices.Sort(want)
		if !slices.Equal(list, want) {
			t.Errorf("%s: the list has %v, the constants are %v", typeName, list, want)
		}
	}
}
