package screening

// Rules is one version of the scoring of an instrument. Rules are versioned
// apart from wording: a translation that is mended leaves them alone, and a
// new version of them can be run over what earlier interviews evidenced.
type Rules struct {
	// ID is the id of the instrument.
	ID      string
	Version string
	// Codebook is the codebook whose strengths the rules count with.
	Codebook Ref
	// Source names the authority, or says that the rules are our design.
	Source string
	// Child is when the child profile applies.
	Child Condition
	// Derive adds codes that follow from several codes together.
	Derive []Derivation
	// Findings decide a dimension, first match first; no match is None.
	Findings []FindingRule
	// Modes are the readings of the rules. The first gives an assessment's
	// outcome, the second its strict outcome.
	Modes []Mode
	// Define names conditions that all modes share.
	Define []Definition
	// Outcomes decide, first match first. The last applies always.
	Outcomes []OutcomeRule
	// Roles give the role note, first match first; no match is no note.
	Roles []RoleRule
	// Needs note what the person needs; none for most instruments.
	Needs []NeedRule
	// Opens name the instruments to go on with.
	Opens []OpenRule
	Steps NextSteps

	// looksAt holds the conditions on answers until the instrument is known.
	looksAt []answerTest

	// The rest helps to go on with an interview and to explain it. None of it
	// has a part in an outcome.

	// Contradictions are pairs of answers worth asking about again.
	Contradictions []Contradiction
	// Late lists the questions that are not asked among the first.
	Late []LateItem
	// Spectrum is nil for rules that do not tell a position.
	Spectrum *Spectrum
	Second   SecondScreening
}

// Ref names the rules and their version.
func (r *Rules) Ref() Ref { return Ref{r.ID, r.Version} }

// Derivation adds a code when all of some codes were evidenced; always, when
// it names none.
type Derivation struct {
	All    []Code
	Adds   Code
	Source string
}

// FindingRule gives a dimension a finding when any of its thresholds is met.
type FindingRule struct {
	Is     Finding
	Any    []Threshold
	Source string
}

// Threshold is a least number of different indicators of each strength; all
// four must be met. MediumOrWeak counts both together.
type Threshold struct {
	Strong, Medium, Weak, MediumOrWeak int
}

// Mode is one reading of the rules.
type Mode struct {
	ID string
	// Extension says whether indicators outside the ILO/EC lists count.
	Extension bool
	Define    []Definition
	Source    string
}

// Definition gives a condition a name.
type Definition struct {
	Name   string
	When   Condition
	Source string
}

// OutcomeRule is one line of the decision.
type OutcomeRule struct {
	// Line is the stable name of the rule, shown in explanations.
	Line string
	// When is nil for the last rule, which applies always.
	When    *Condition
	Outcome Outcome
	Source  string
}

// RoleRule gives a role note.
type RoleRule struct {
	When   Condition
	Role   Role
	Source string
}

// NextSteps are the clocks of what an assessment asks the officer to do.
type NextSteps struct {
	Outcomes map[Outcome]Clock
	Roles    map[Role]Clock
	// Urgent is the clock of any urgent need.
	Urgent Clock
	// Needs are the clocks of needs by their urgency.
	Needs map[Urgency]Clock
	// Review lists the outcomes that a supervisor looks at; every outcome with
	// a clock when it is empty.
	Review []Outcome
}
