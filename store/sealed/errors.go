package sealed

import "fmt"

// KeyMismatchError says that a store was written with another key.
type KeyMismatchError struct{ Store string }

// Error says what to do.
func (e *KeyMismatchError) Error() string {
	return e.Store + " was written with another key; put its own key files back"
}

// NewerSchemaError says that a store was written by a newer program.
type NewerSchemaError struct {
	Store string
	// Found is the version of the store's form, Know the newest this program has.
	Found, Know int
}

// Error says what to do.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("%s was written by a newer Waymark (schema %d, this one knows %d); run that version or newer", e.Store, e.Found, e.Know)
}
