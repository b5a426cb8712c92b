// Command ferret runs FerretDB, a MongoDB-compatible server, for the tests of
// store/mongo. It is a module of its own so that the product's dependencies
// stay the product's.
//
// It prints its URI on the first line of standard output and runs until
// standard input is closed, so it never outlives the test that started it.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: ferret <empty directory>")
	}
	db, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + args[0] + "/",
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- db.Run(ctx) }()
	fmt.Fprintln(stdout, db.MongoDBURI())
	if _, err := io.Copy(io.Discard, stdin); err != nil {
		cancel()
		return err
	}
	cancel()
	return <-stopped
}
