package rehearsal

import (
	"math/rand/v2"
	"strings"

	"waymark/screening"
)

// story is what an invented person went through: how likely each kind of
// evidence is to come out of a question that can show it. The figures are
// invented so that every outcome occurs; they say nothing about any real
// release.
type story struct {
	weight int
	// shows gives the likelihood in percent by the beginning of a code; the
	// longest beginning that fits counts.
	shows map[string]int
	// silent is the likelihood in percent that a question gets no answer.
	silent int
	child  bool
}

var stories = []story{
	{ // held by force and made to work
		weight: 42, silent: 6,
		shows: map[string]int{"DR": 75, "CR": 25, "AV": 30, "EX": 75, "CD": 65, "CD13": 15, "AD": 55, "FC": 25, "U_MEDICAL": 12, "U_DANGER": 6, "U_SUICIDE": 3, "G_": 45, "G_RECRUITER_USED": 35, "ACT_": 90, "LEAD_": 40},
	},
	{ // deceived, watched, threatened now and then
		weight: 22, silent: 8,
		shows: map[string]int{"DR": 80, "CR": 8, "AV": 25, "EX": 55, "CD": 22, "AD": 40, "FC": 3, "U_MEDICAL": 5, "U_DANGER": 2, "G_": 45, "G_RECRUITER_USED": 25, "ACT_": 90, "AG_": 15, "LEAD_": 45},
	},
	{ // a debt that cannot be paid off
		weight: 9, silent: 8,
		shows: map[string]int{"DR": 35, "CR04": 70, "AV": 35, "EX": 60, "CD": 18, "CD02": 85, "CD14": 50, "AD": 50, "U_MEDICAL": 3, "U_DANGER": 5, "G_": 60, "G_RECRUITER_USED": 40, "ACT_": 90, "LEAD_": 30},
	},
	{ // unpaid or underpaid, free to go
		weight: 11, silent: 6,
		shows: map[string]int{"DR08": 40, "DR": 6, "EX": 60, "CD14": 15, "AD": 6, "U_MEDICAL": 2, "G_": 35, "ACT_": 90, "AG_": 55, "LEAD_": 40},
	},
	{ // went knowingly, was paid, could leave
		weight: 8, silent: 10,
		shows: map[string]int{"DR": 2, "EX": 6, "AD": 3, "U_MEDICAL": 2, "G_": 20, "ACT_": 70, "AG_": 85, "LEAD_": 20},
	},
	{ // led or recruited others, some of them because they were made to
		weight: 4, silent: 22,
		shows: map[string]int{"DR": 25, "CR": 5, "EX": 25, "CD": 18, "AD": 20, "X_": 65, "U_MEDICAL": 2, "G_": 25, "ACT_": 80, "AG_": 60, "LEAD_": 25},
	},
	{ // says next to nothing
		weight: 3, silent: 78,
		shows: map[string]int{"DR": 25, "CD": 25, "EX": 30, "U_MEDICAL": 4, "G_": 20, "ACT_": 60},
	},
	{ // under 18, or not sure
		weight: 1, silent: 12, child: true,
		shows: map[string]int{"DR": 60, "CR": 20, "EX": 60, "CD": 55, "AD": 50, "U_MEDICAL": 10, "U_DANGER": 5, "G_": 40, "ACT_": 90, "LEAD_": 30},
	},
	{ // under 18, or not sure, and hardly speaks
		weight: 1, silent: 85, child: true,
		shows: map[string]int{"DR": 10, "CD": 5, "U_MEDICAL": 5},
	},
}

// invent draws a story by weight.
func invent(random *rand.Rand) story {
	sum := 0
	for _, s := range stories {
		sum += s.weight
	}
	at := random.IntN(sum)
	for _, s := range stories {
		if at -= s.weight; at < 0 {
			return s
		}
	}
	return stories[0]
}

// percent is how likely a code comes out of a question that can show it.
func (p Person) percent(code screening.Code) int {
	switch code {
	case "U_CHILD":
		return 0 // decided by age, not by chance
	case "U_PREGNANT":
		return p.ifWoman(3, 0)
	case "U_SEXUAL", "P_SEX":
		return p.ifWoman(12, 2)
	}
	best, percent := -1, 0
	for beginning, likelihood := range p.story.shows {
		if strings.HasPrefix(string(code), beginning) && len(beginning) > best {
			best, percent = len(beginning), likelihood
		}
	}
	return percent
}

func (p Person) ifWoman(yes, no int) int {
	if p.Woman {
		return yes
	}
	return no
}
