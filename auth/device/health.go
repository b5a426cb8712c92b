package device

import (
	"unicode/utf8"

	"waymark/fault"
	"waymark/privacy"
)

// Health is what a tablet tells of itself: counts and days, in which no
// interview can be told apart.
type Health struct {
	// Waiting is how many finished interviews have no receipt yet.
	Waiting int
	// Oldest is the day on which the oldest of them was finished; 0 for none.
	Oldest privacy.Day
	// Rejected is how many came back and nobody has seen to.
	Rejected int
	// Persistent says that the browser promised to keep its storage.
	Persistent bool
	// Free is the storage left in MiB; 0 when it is not known.
	Free int
	// App is the version of the app.
	App string
	// Languages are those it has.
	Languages []string
}

const (
	maxApp       = 40
	maxLanguages = 40
	maxTag       = 20
	// maxCount bounds the numbers; a tablet cannot hold so much.
	maxCount = 1 << 30
)

// check says what is wrong with a report.
func (h Health) check() error {
	var wrong []fault.Field
	for pointer, n := range map[string]int{"/waiting": h.Waiting, "/rejected": h.Rejected, "/free": h.Free} {
		if n < 0 || n > maxCount {
			wrong = append(wrong, fault.Field{Pointer: pointer, Code: fault.NotANumber})
		}
	}
	if !short(h.App, maxApp) {
		wrong = append(wrong, fault.Field{Pointer: "/app", Code: fault.TooLong})
	}
	if len(h.Languages) > maxLanguages {
		wrong = append(wrong, fault.Field{Pointer: "/languages", Code: fault.TooMany})
	}
	for _, tag := range h.Languages {
		if !short(tag, maxTag) {
			wrong = append(wrong, fault.Field{Pointer: "/languages", Code: fault.TooLong})
			break
		}
	}
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, wrong...)
	}
	return nil
}

// short says whether a text has so many characters at the most.
func short(s string, most int) bool { return utf8.RuneCountInString(s) <= most }
