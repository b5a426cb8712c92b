package screening_test

import (
	"strings"
	"testing"

	"waymark/screening"
)

func TestDefinitionsOfOtherPackagesAreReadJustAsStrictly(t *testing.T) {
	type colour string
	for name, tt := range map[string]struct {
		text string
		want []string // every problem, in order
	}{
		"right":         {`{"name": "x", "list": ["a", "b"], "colour": "red", "none": null}`, nil},
		"a name twice":  {`{"name": "x", "name": "y"}`, []string{`1:15: /name: "name" is given twice`}},
		"another case":  {`{"Name": "x"}`, []string{`1:1: /: "name" is missing`, `1:10: /Name: unknown key "Name"`}},
		"all at once":   {`{"name": "", "colour": "pink", "list": ["a", "a"]}`, []string{`1:10: /name: must not be empty`, `1:24: /colour: "pink" is not one of red, blue`, `1:46: /list/1: "a" is listed twice`}},
		"not an object": {`[]`, []string{`1:1: /: must be an object, is a list`}},
		"own words":     {`{"name": "forbidden"}`, []string{`1:10: /name: forbidden is 9 long`}},
		"not JSON":      {`{"name"`, []string{`not JSON`}},
	} {
		t.Run(name, func(t *testing.T) {
			called := false
			err := screening.ReadDefinition("f.json", []byte(tt.text), func(root screening.Value) {
				called = true
				root.Fields(map[string]func(screening.Value){
					"name": func(v screening.Value) {
						if text := v.Text(); text == "forbidden" {
							v.Report("%s is %d long", text, len(text))
						}
					},
					"list":   func(v screening.Value) { v.Texts() },
					"colour": func(v screening.Value) { screening.OneOf[colour](v, "red", "blue") },
					"none": func(v screening.Value) {
						if !v.Null() {
							t.Error("null is not null")
						}
					},
				}, "name")
			})
			if called == (name == "not JSON") {
				t.Errorf("the reader was called: %t", called)
			}
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("got %q, want %q in it", got[i], want)
				}
			}
		})
	}
}
