package screening

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deeply a definition file may nest; conditions are the
// only part that nests at all.
const maxDepth = 24

type nodeKind uint8

const (
	nodeNull nodeKind = iota
	nodeBool
	nodeNumber
	nodeString
	nodeArray
	nodeObject
)

func (k nodeKind) String() string {
	return [...]string{"null", "true or false", "a number", "a text", "a list", "an object"}[k]
}

// node is one JSON value together with where it stands. encoding/json decodes
// into structs without positions, lets duplicate keys pass and matches names
// without regard to case; a definition that people's fate hangs on is read
// token by token instead.
type node struct {
	kind    nodeKind
	offset  int
	pointer string
	text    string // of a string or number
	yes     bool   // of a boolean
	list    []node
	members []member
}

type member struct {
	name  string
	value node
}

// source reads one definition file and gathers its problems.
type source struct {
	file     string
	data     []byte
	problems Problems
}

// report notes a problem at the value n.
func (s *source) report(n node, format string, args ...any) {
	p := s.problem(n)
	p.Message = fmt.Sprintf(format, args...)
	s.problems = append(s.problems, p)
}

// problem is a problem at the value n that has still to be put into words.
func (s *source) problem(n node) Problem {
	before := s.data[:min(n.offset, len(s.data))]
	return Problem{
		File:    s.file,
		Line:    1 + bytes.Count(before, []byte{'\n'}),
		Column:  n.offset - bytes.LastIndexByte(before, '\n'),
		Pointer: n.pointer,
	}
}

// tree reads the whole file into nodes. It reports false when the file is not
// one well-formed JSON value, in which case nothing else can be said about it.
func (s *source) tree() (node, bool) {
	if !utf8.Valid(s.data) {
		s.report(node{}, "the file is not valid UTF-8")
		return node{}, false
	}
	dec := json.NewDecoder(bytes.NewReader(s.data))
	dec.UseNumber()
	root, err := s.value(dec, "", 0)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return root, true
		}
		err = errors.New("there is text after the end of the definition")
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the file ends before the definition does")
	}
	at := int(dec.InputOffset())
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = max(0, int(syntax.Offset)-1) // an error at the very first byte has offset 0
	}
	s.report(node{offset: at}, "not JSON: %v", err)
	return node{}, false
}

func (s *source) value(dec *json.Decoder, pointer string, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	n := node{offset: s.next(dec), pointer: pointer}
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case nil:
		n.kind = nodeNull
	case bool:
		n.kind, n.yes = nodeBool, t
	case json.Number:
		n.kind, n.text = nodeNumber, t.String()
	case string:
		n.kind, n.text = nodeString, t
	case json.Delim:
		if t == '[' {
			return s.list(dec, n, depth)
		}
		return s.object(dec, n, depth)
	}
	return n, nil
}

// next is the offset at which the next token begins.
func (s *source) next(dec *json.Decoder) int {
	at := int(dec.InputOffset())
	for at < len(s.data) && strings.IndexByte(" \t\r\n,:", s.data[at]) >= 0 {
		at++
	}
	return at
}

func (s *source) list(dec *json.Decoder, n node, depth int) (node, error) {
	n.kind = nodeArray
	for dec.More() {
		element, err := s.value(dec, n.pointer+"/"+strconv.Itoa(len(n.list)), depth+1)
		if err != nil {
			return node{}, err
		}
		n.list = append(n.list, element)
	}
	_, err := dec.Token()
	return n, err
}

// inPointer writes a name as a JSON pointer has it (RFC 6901).
var inPointer = strings.NewReplacer("~", "~0", "/", "~1")

func (s *source) object(dec *json.Decoder, n node, depth int) (node, error) {
	n.kind = nodeObject
	for dec.More() {
		key := node{offset: s.next(dec)}
		token, err := dec.Token()
		if err != nil {
			return node{}, err
		}
		name, ok := token.(string)
		if !ok {
			return node{}, errors.New("an object key must be a text")
		}
		key.pointer = n.pointer + "/" + inPointer.Replace(name)
		value, err := s.value(dec, key.pointer, depth+1)
		if err != nil {
			return node{}, err
		}
		if slices.ContainsFunc(n.members, func(m member) bool { return m.name == name }) {
			s.report(key, "%q is given twice; keep one", name)
			continue
		}
		n.members = append(n.members, member{name, value})
	}
	_, err := dec.Token()
	return n, err
}

// fields are the keys an object may have and what reads each.
type fields map[string]func(node)

// fields walks an object: every key must be known and every required one present.
func (s *source) fields(n node, known fields, required ...string) {
	if !s.is(n, nodeObject) {
		return
	}
	for _, m := range n.members {
		read, ok := known[m.name]
		if !ok {
			s.report(m.value, "unknown key %q; known here: %s", m.name, keyList(known))
			continue
		}
		read(m.value)
	}
	for _, name := range required {
		if !slices.ContainsFunc(n.members, func(m member) bool { return m.name == name }) {
			s.report(n, "%q is missing", name)
		}
	}
}

func keyList(known fields) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func (s *source) is(n node, want nodeKind) bool {
	if n.kind != want {
		s.report(n, "must be %s, is %s", want, n.kind)
		return false
	}
	return true
}

// string reads a text that is not empty.
func (s *source) string(n node) string {
	if !s.is(n, nodeString) {
		return ""
	}
	if strings.TrimSpace(n.text) == "" {
		s.report(n, "must not be empty")
	}
	return n.text
}

// oneOf reads a text from a closed list.
func oneOf[T ~string](s *source, n node, allowed ...T) T {
	if !s.is(n, nodeString) {
		return ""
	}
	if !slices.Contains(allowed, T(n.text)) {
		s.report(n, "%q is not one of %s", n.text, joined(allowed))
		return ""
	}
	return T(n.text)
}

// count reads a whole number from 1 to the highest.
func (s *source) count(n node, highest int) int {
	if !s.is(n, nodeNumber) {
		return 1
	}
	v, err := strconv.Atoi(n.text)
	if err != nil || v < 1 || v > highest {
		s.report(n, "must be a whole number from 1 to %d", highest)
		return 1
	}
	return v
}

func (s *source) bool(n node) bool {
	return s.is(n, nodeBool) && n.yes
}

// each walks a list that has at least one element.
func (s *source) each(n node, read func(node)) {
	if !s.is(n, nodeArray) {
		return
	}
	if len(n.list) == 0 {
		s.report(n, "must not be empty; leave the key out instead")
	}
	for _, element := range n.list {
		read(element)
	}
}

// strings reads a list of different texts.
func (s *source) strings(n node) []string {
	var out []string
	s.each(n, func(e node) {
		v := s.string(e)
		if slices.Contains(out, v) {
			s.report(e, "%q is listed twice", v)
			return
		}
		out = append(out, v)
	})
	return out
}

func joined[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}
