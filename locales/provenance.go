package locales

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Status says how far a text is.
type Status string

// The statuses, the least first.
const (
	// Draft was written and not reviewed by somebody who knows the language and
	// the work.
	Draft Status = "draft"
	// Reviewed was reviewed by a named person in a named role.
	Reviewed Status = "reviewed"
	// FieldTested was used with people and found to be understood.
	FieldTested Status = "field_tested"
	// Source is a text in the language that the others are translated from.
	Source Status = "source"
)

// Statuses lists what a translation can be, the least first.
func Statuses() []Status { return []Status{Draft, Reviewed, FieldTested} }

// reaches says whether a status is at least another.
func (s Status) reaches(least Status) bool {
	return s == Source || slices.Index(Statuses(), s) >= slices.Index(Statuses(), least)
}

// Review says who found which texts good.
type Review struct {
	Status Status `json:"status"`
	// By is a name and Role what makes the person able to judge, such as
	// "Burmese interpreter". Both are about a colleague, never about a person
	// who was interviewed.
	By   string `json:"by"`
	Role string `json:"role"`
	// On is a day, 2026-05-01.
	On   string   `json:"on"`
	Keys []string `json:"keys"`
}

// stamped is the provenance of one unit in one language.
type stamped struct {
	Reviews []Review `json:"reviews,omitempty"`
	// Stamps has for each text the digests of the source it is a translation
	// of and of its own wording, "source wording".
	Stamps map[string]string `json:"stamps"`
}

// provenance is the provenance of all units in one language, by unit name.
type provenance map[string]*stamped

func provenanceFile(tag string) string { return "provenance/" + tag + ".json" }

// readProvenance reads a language's file; none at all is an empty one.
func readProvenance(fsys fs.FS, tag string) (provenance, error) {
	p := provenance{}
	data, err := fs.ReadFile(fsys, provenanceFile(tag))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &p, json.RejectUnknownMembers(true))
	}
	if err != nil {
		return nil, fmt.Errorf("locales: %s: %w", provenanceFile(tag), err)
	}
	for name, s := range p {
		if s == nil {
			return nil, fmt.Errorf("locales: %s: %s is null", provenanceFile(tag), name)
		}
	}
	return p, nil
}

// encode writes the file as people can read and merge it: sorted, a text a line.
func (p provenance) encode() ([]byte, error) {
	data, err := json.Marshal(p, json.Deterministic(true), jsontext.WithIndent("  "))
	return append(data, '\n'), err
}

func (p provenance) of(unit string) *stamped {
	if p[unit] == nil {
		p[unit] = &stamped{Stamps: map[string]string{}}
	}
	return p[unit]
}

// standing is what provenance says of one text.
type standing struct {
	status Status
	// stale: the source is another now. loose: the wording is another than the
	// one that was stamped, so no review holds for it.
	stale, loose bool
}

// reviewed gives the status that the reviews give each text.
func (s *stamped) reviewed() map[string]Status {
	statuses := map[string]Status{}
	for _, r := range s.Reviews {
		if r.complete() != nil {
			continue
		}
		for _, key := range r.Keys {
			if statuses[key] != FieldTested {
				statuses[key] = r.Status
			}
		}
	}
	return statuses
}

func (s *stamped) standing(key, source string, text Text, reviewed map[string]Status) standing {
	of, wording, ok := strings.Cut(s.Stamps[key], " ")
	if !ok || wording != text.digest() {
		return standing{status: Draft, loose: true}
	}
	return standing{status: cmp.Or(reviewed[key], Draft), stale: of != source}
}

// complete says what a review lacks.
func (r Review) complete() error {
	_, err := time.Parse(time.DateOnly, r.On)
	switch {
	case r.Status != Reviewed && r.Status != FieldTested:
		return fmt.Errorf("%q is no status of a review; it is reviewed or field_tested", r.Status)
	case strings.TrimSpace(r.By) == "" || strings.TrimSpace(r.Role) == "":
		return errors.New("a review needs who it was by and their role")
	case err != nil:
		return errors.New("a review needs the day it was on, such as 2026-05-01")
	}
	return nil
}

// stamp notes of which source, given by its digest, a text is. What was reviewed in another wording
// is not reviewed any more.
func (s *stamped) stamp(key, source string, text Text) {
	if _, wording, _ := strings.Cut(s.Stamps[key], " "); wording != text.digest() {
		s.drop(key)
	}
	s.Stamps[key] = source + " " + text.digest()
}

// drop takes a text out of every review.
func (s *stamped) drop(key string) {
	for i := range s.Reviews {
		s.Reviews[i].Keys = slices.DeleteFunc(s.Reviews[i].Keys, func(k string) bool { return k == key })
	}
	s.Reviews = slices.DeleteFunc(s.Reviews, func(r Review) bool { return len(r.Keys) == 0 })
}

// prune forgets texts that are gone.
func (s *stamped) prune(texts map[string]Text) {
	for _, key := range slices.Sorted(maps.Keys(s.Stamps)) {
		if _, ok := texts[key]; !ok {
			delete(s.Stamps, key)
			s.drop(key)
		}
	}
}

// review adds a review, to one by the same person on the same day if there is one.
func (s *stamped) review(r Review) {
	i := slices.IndexFunc(s.Reviews, func(o Review) bool {
		return cmp.Or(cmp.Compare(o.By, r.By), cmp.Compare(o.Role, r.Role), cmp.Compare(o.On, r.On), cmp.Compare(o.Status, r.Status)) == 0
	})
	if i < 0 {
		s.Reviews = append(s.Reviews, Review{Status: r.Status, By: r.By, Role: r.Role, On: r.On})
		i = len(s.Reviews) - 1
	}
	keys := slices.Concat(s.Reviews[i].Keys, r.Keys)
	slices.Sort(keys)
	s.Reviews[i].Keys = slices.Compact(keys)
}
