package privacy

import (
	"errors"
	"time"
)

// Day is a calendar day in UTC, counted from 1 January 1970. Records know
// days, not times.
type Day int32

// DayOf is the day of a moment.
func DayOf(t time.Time) Day {
	return Day(t.UTC().Unix() / int64(24*time.Hour/time.Second))
}

// ParseDay reads a day such as 2026-11-20.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, errors.New("a day is written 2026-11-20")
	}
	return DayOf(t), nil
}

// String writes the day as 2026-11-20.
func (d Day) String() string { return d.time().Format(time.DateOnly) }

func (d Day) time() time.Time { return time.Unix(int64(d)*int64(24*time.Hour/time.Second), 0).UTC() }

// MarshalText writes the day as 2026-11-20.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day such as 2026-11-20.
func (d *Day) UnmarshalText(text []byte) error {
	day, err := ParseDay(string(text))
	if err == nil {
		*d = day
	}
	return err
}
