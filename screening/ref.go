package screening

import (
	"errors"
	"strconv"
	"strings"
)

// Ref names one version of a definition, written "screen-fc@1.0.0".
type Ref struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// String writes the reference as id@version.
func (r Ref) String() string { return r.ID + "@" + r.Version }

// MarshalText writes the reference as id@version.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads id@version.
func (r *Ref) UnmarshalText(text []byte) error {
	ref, err := ParseRef(string(text))
	if err == nil {
		*r = ref
	}
	return err
}

// ParseRef reads a full reference.
func ParseRef(s string) (Ref, error) {
	id, version, _ := strings.Cut(s, "@")
	if !idPattern.MatchString(id) || !versionPattern.MatchString(version) {
		return Ref{}, errors.New("not a reference such as screen-fc@1.0.0")
	}
	return Ref{id, version}, nil
}

// CompareVersions orders two versions of the form 1.0.0; a version of another
// form comes before all of that form.
func CompareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range 3 {
		if d := part(as, i) - part(bs, i); d != 0 {
			return d
		}
	}
	return 0
}

func part(parts []string, i int) int {
	if i >= len(parts) {
		return -1
	}
	n, err := strconv.Atoi(parts[i])
	if err != nil {
		return -1
	}
	return n
}
