// Command waymark is the whole product in one binary: the server, the demo and
// the tools for instruments and users. One file holds one subcommand.
//
// It is the only package that reads the environment, the clock and the random
// source of the machine, and the only one that knows both the use cases and
// the stores.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
