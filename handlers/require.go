package handlers

import "waymark/fault"

// part is something a body must have.
type part struct {
	pointer string
	given   bool
}

// require refuses a body in which something needed is missing; it names all of
// it at once. A JSON decoder cannot tell: to it an absent text and an empty one
// are the same.
func require(parts ...part) error {
	var missing []fault.Field
	for _, p := range parts {
		if !p.given {
			missing = append(missing, fault.Field{Pointer: p.pointer, Code: fault.Required})
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Invalid, missing...)
	}
	return nil
}
