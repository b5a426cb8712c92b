package screening

// ReadDefinition reads a definition file that is not the engine's own, such as
// a country pack, with the reader that instruments and rules are read with:
// strict, and with every problem at once, each with its place. It calls read
// with the value of the whole file, unless the file is not one JSON value. The
// error, if any, is a Problems.
func ReadDefinition(file string, data []byte, read func(Value)) error {
	s := &source{file: file, data: data}
	if root, ok := s.tree(); ok {
		read(Value{s, root})
	}
	return s.problems.orNil()
}

// Value is one value of a definition file together with its place. What does
// not fit is reported and read as the zero value, so that reading goes on and
// finds the other problems too.
type Value struct {
	source *source
	node   node
}

// Report notes a problem at the value.
func (v Value) Report(format string, args ...any) { v.source.report(v.node, format, args...) }

// Fields walks an object: every key must be known, and every required one
// present. Each known key comes with what reads its value.
func (v Value) Fields(known map[string]func(Value), required ...string) {
	inner := make(fields, len(known))
	for name, read := range known {
		inner[name] = func(n node) { read(Value{v.source, n}) }
	}
	v.source.fields(v.node, inner, required...)
}

// Each walks a list that has at least one element.
func (v Value) Each(read func(Value)) {
	v.source.each(v.node, func(n node) { read(Value{v.source, n}) })
}

// Null says whether the value is null.
func (v Value) Null() bool { return v.node.kind == nodeNull }

// Text reads a text that is not empty.
func (v Value) Text() string { return v.source.string(v.node) }

// Texts reads a list of different texts, of which there is at least one.
func (v Value) Texts() []string { return v.source.strings(v.node) }

// OneOf reads a text from a closed list.
func OneOf[T ~string](v Value, allowed ...T) T { return oneOf(v.source, v.node, allowed...) }
