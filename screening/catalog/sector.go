package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"waymark/screening"
)

// readSectors reads the sector packs of a folder, in the source language.
func (e *Entry) readSectors(fsys fs.FS, folder string) error {
	files, err := fs.Glob(fsys, path.Join(folder, "sectors", "*.json"))
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	var problems []error
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return fmt.Errorf("catalog: %w", err)
		}
		sector, err := screening.ParseSector(file, data, e.Instrument)
		if err == nil && sector.ID != strings.TrimSuffix(path.Base(file), ".json") {
			err = fmt.Errorf("%s: holds the sector %s", file, sector.ID)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		e.Sectors = append(e.Sectors, sector)
	}
	return errors.Join(problems...)
}

// checkLinks checks what the definitions say about each other.
func (c *Catalog) checkLinks(fsys fs.FS) error {
	var known []*screening.Instrument
	for _, e := range c.entries {
		known = append(known, e.Instrument)
	}
	var problems []error
	for _, in := range known {
		for _, name := range []string{"instrument.json", "rules.json"} {
			file := path.Join(in.ID, in.Version, name)
			data, err := fs.ReadFile(fsys, file)
			if err == nil {
				err = screening.CheckLinks(file, data, known)
			}
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
