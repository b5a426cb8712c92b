package privacy

import (
	"fmt"
	"time"
)

// Quarter is a quarter of a calendar year in UTC, counted from the first of the
// year 0. Intake keys change with it.
type Quarter int32

// QuarterOf is the quarter of a day.
func QuarterOf(d Day) Quarter {
	t := d.time()
	return Quarter(t.Year()*4 + (int(t.Month())-1)/3)
}

// Last is the last day of the quarter.
func (q Quarter) Last() Day {
	year, next := int(q)/4, int(q)%4+1
	return DayOf(time.Date(year, time.Month(next*3+1), 1, 0, 0, 0, 0, time.UTC)) - 1
}

// String writes the quarter as 2026q4.
func (q Quarter) String() string { return fmt.Sprintf("%04dq%d", int(q)/4, int(q)%4+1) }

// ParseQuarter reads what String writes, and nothing else.
func ParseQuarter(s string) (Quarter, bool) {
	var year, quarter int
	if n, err := fmt.Sscanf(s, "%4dq%1d", &year, &quarter); err != nil || n != 2 || quarter < 1 || quarter > 4 {
		return 0, false
	}
	q := Quarter(year*4 + quarter - 1)
	return q, q.String() == s
}
