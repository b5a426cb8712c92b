package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"

	"waymark/locales"
)

// Main is the program as a test starts it.
func Main() { main() }

// Run runs one command in this process.
func Run(args ...string) int {
	return run(context.Background(), args, os.Stdin, os.Stdout, os.Stderr)
}

// ServedIn gives the languages that a deployment serves the newest screen-fc in.
func ServedIn(translations fs.FS, least string, demo bool) ([]string, error) {
	t, err := textFlags{LeastStatus: least}.open(translations, demo)
	if err != nil {
		return nil, err
	}
	e, _ := t.catalog.Newest("screen-fc")
	return e.Languages(), nil
}

// Coverage is the table of docs/languages.md.
func Coverage() (string, error) {
	l, _, err := library(locales.Shipped())
	if err != nil {
		return "", err
	}
	return l.Coverage(), nil
}

// SourceFile is screen-fc in English in the form of a translation file, and
// the name of that file for a language.
func SourceFile(tag string) (name string, data []byte, err error) {
	l, c, err := library(locales.Shipped())
	if err != nil {
		return "", nil, err
	}
	e, _ := c.Newest("screen-fc")
	_, source := sourceTexts(e)
	u, _ := l.Unit("screen-fc")
	data, err = json.Marshal(source)
	return u.Folder + "/" + tag + ".json", data, err
}

// Stamp stamps a language of a folder and gives its provenance file.
func Stamp(translations fs.FS, tag string) (name string, data []byte, err error) {
	l, _, err := library(translations)
	if err != nil {
		return "", nil, err
	}
	name, data, _, err = l.Stamp(tag, nil)
	return name, data, err
}
