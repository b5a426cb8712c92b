package main

import (
	"context"
	"os"
)

// Main is the program as a test starts it.
func Main() { main() }

// Run runs one command in this process.
func Run(args ...string) int {
	return run(context.Background(), args, os.Stdin, os.Stdout, os.Stderr)
}
