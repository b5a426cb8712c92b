// Package rehearsal plays a release of people from scam centres against a
// server, as tablets in the field would: invented people in the mix of
// February 2025, invented interviews, batches, lost replies, retries.
//
// Nothing in it is about anybody: people and answers come from a seed. It
// knows the server by its HTTP contract only, so it plays against any server.
package rehearsal

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// ReleaseSize is the number of people handed over in February 2025, as
// published with 6,716 men and 425 women.
const (
	ReleaseSize  = 7141
	releaseWomen = 425
)

// release holds the nationalities of that release and the women among each, as
// published; the rows do not quite add up to the total in the source.
//
//go:embed release.csv
var release string

// Person is an invented person.
type Person struct {
	// Number is the person's place in the release.
	Number      int
	Nationality string
	Woman       bool
	story       story
	random      *rand.Rand
}

// group is one nationality of the release.
type group struct {
	country      string
	total, women int
}

// People invents n people in the mix of the release. The same seed gives the
// same people.
func People(n int, seed uint64) ([]Person, error) {
	groups, err := groups()
	if err != nil {
		return nil, err
	}
	women := (n*releaseWomen + ReleaseSize/2) / ReleaseSize
	totals := share(n, groups, func(g group) int { return g.total })
	womens := share(women, groups, func(g group) int { return g.women })

	var people []Person
	for i, g := range groups {
		for j := range totals[i] {
			people = append(people, Person{Nationality: g.country, Woman: j < womens[i]})
		}
	}
	shuffle := rand.New(rand.NewPCG(seed, 0))
	shuffle.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	for i := range people {
		p := &people[i]
		p.Number = i
		p.random = rand.New(rand.NewPCG(seed, uint64(i)+1))
		p.story = invent(p.random)
	}
	return people, nil
}

func groups() ([]group, error) {
	rows, err := csv.NewReader(strings.NewReader(release)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	var out []group
	for _, row := range rows[1:] {
		total, errTotal := strconv.Atoi(row[1])
		women, errWomen := strconv.Atoi(row[2])
		if err := cmp.Or(errTotal, errWomen); err != nil {
			return nil, fmt.Errorf("release: %w", err)
		}
		out = append(out, group{row[0], total, women})
	}
	return out, nil
}

// share divides n among groups in proportion to a weight, so that the parts
// add up to n (largest remainders).
func share(n int, groups []group, weight func(group) int) []int {
	sum := 0
	for _, g := range groups {
		sum += weight(g)
	}
	parts := make([]int, len(groups))
	order := make([]int, len(groups))
	left := n
	for i, g := range groups {
		parts[i] = n * weight(g) / sum
		order[i] = i
		left -= parts[i]
	}
	remainder := func(i int) int { return n * weight(groups[i]) % sum }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder(b), remainder(a)) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// languages are the ones people are asked in; English for all others.
var languages = map[string]string{
	"CN": "zh-Hans", "TW": "zh-Hant", "VN": "vi", "IN": "hi", "ET": "am", "ID": "id", "PH": "fil", "PK": "ur",
	"MY": "ms", "KE": "sw", "UG": "sw", "NP": "ne", "LK": "si", "UZ": "uz", "BD": "bn", "CM": "fr", "TN": "ar", "DZ": "ar", "LA": "lo",
}

// Language is the language the person is asked in.
func (p Person) Language() string { return cmp.Or(languages[p.Nationality], "en") }
