package openapi

import (
	_ "embed"
	"fmt"
	"io"
)

//go:generate go tool -modfile=../tools.mod oapi-codegen -config oapi-codegen.yaml openapi.yaml

// Contract is openapi.yaml, as served.
//
//go:embed openapi.yaml
var Contract []byte

// Secret is a credential in a request. It does not print.
type Secret string

// Format hides the secret from logs and errors.
func (Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "[secret]") //nolint:errcheck // a fmt.State never fails, and a formatter has nowhere to report to
}
