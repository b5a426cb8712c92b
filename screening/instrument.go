package screening

import "slices"

// ItemType says how many options an answer may choose.
type ItemType string

// The item types.
const (
	One  ItemType = "one"  // exactly one option
	Many ItemType = "many" // one or more options
)

// Attribute is a fact about the person that a record keeps from an answer.
type Attribute string

// The attributes a record may keep. Both are codes of options, never words.
const (
	AttributeAgeBand Attribute = "age_band"
	AttributeAddress Attribute = "address"
)

// Instrument is one published version of a questionnaire, in its source
// language. It is data: a domain expert writes it, and no Go is added for it.
type Instrument struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	// Language is the BCP 47 tag of the texts in the definition itself.
	Language string `json:"language"`
	Title    string `json:"title"`
	// About tells the officer what the instrument is for.
	About string `json:"about"`
	// Minutes is how long an interview usually takes.
	Minutes int `json:"minutes"`
	// Validation says how far the instrument was tested on people. It is shown
	// with every result.
	Validation string          `json:"validation"`
	Notices    map[string]Text `json:"notices,omitempty"`
	// Protocol is what the officer settles before and after the questions.
	Protocol *Protocol `json:"protocol,omitempty"`
	// FollowUp is when the same person is spoken to again.
	FollowUp []FollowUp `json:"follow_up,omitempty"`
	// Sector is the sector whose labels the options carry; "" for the general
	// ones. It is set on copies made by For, never in a definition.
	Sector   string    `json:"sector,omitempty"`
	Sections []Section `json:"sections"`
	Items    []Item    `json:"items"`
	// Prefill is what answers of other instruments carry over.
	Prefill []Prefill `json:"prefill,omitempty"`
}

// Ref names the instrument and its version.
func (in *Instrument) Ref() Ref { return Ref{in.ID, in.Version} }

// Section groups items; a person or officer may stop at its end.
type Section struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
}

// Item is one question.
type Item struct {
	// ID is stable over all versions of the instrument, such as C04.
	ID      string   `json:"id"`
	Section string   `json:"section,omitempty"`
	Type    ItemType `json:"type"`
	Text    Text     `json:"text"`
	// Guidance is for the officer and is not read out.
	Guidance string   `json:"guidance,omitempty"`
	Options  []Option `json:"options"`
	// Applies says when the item is asked; nil means always.
	Applies *Condition `json:"applies,omitempty"`
	// Instead replaces evidence under a condition.
	Instead []Substitution `json:"instead,omitempty"`
	// Records names the attribute a record keeps from this answer.
	Records Attribute `json:"records,omitempty"`
	// Notice names a notice to show before the item.
	Notice string `json:"notice,omitempty"`
	// WithholdFrom lists the variants to whom an officer does not put the
	// question; the variant's text then tells the officer what to do instead.
	WithholdFrom []Variant `json:"withhold_from,omitempty"`
	// Block names items that a deployment may leave out together; see Compile.
	Block string `json:"block,omitempty"`
	// BySector marks an item whose options sector packs word anew.
	BySector bool   `json:"by_sector,omitempty"`
	Source   string `json:"source"`
}

// has says whether the item has an option.
func (it *Item) has(option string) bool {
	return slices.ContainsFunc(it.Options, func(o Option) bool { return o.Code == option })
}

// Option is one possible answer.
type Option struct {
	Code     string `json:"code"`
	Label    Text   `json:"label"`
	Evidence []Code `json:"evidence,omitempty"`
	// Accepts names an outside code list; any of its codes may be given in the
	// place of Code, and counts as this option.
	Accepts string `json:"accepts,omitempty"`
}

// Substitution replaces one code of an item's evidence by another while a
// condition holds.
type Substitution struct {
	When Condition `json:"when"`
	Code Code      `json:"code"`
	By   Code      `json:"by"`
}

// Item looks an item up by its id.
func (in *Instrument) Item(id string) (*Item, bool) {
	for i := range in.Items {
		if in.Items[i].ID == id {
			return &in.Items[i], true
		}
	}
	return nil, false
}

// Withheld lists the items that an officer does not put to a person addressed
// in this way, the officer's own items among them.
func (in *Instrument) Withheld(v Variant) []string {
	var out []string
	for _, it := range in.Items {
		if slices.Contains(it.WithholdFrom, v) {
			out = append(out, it.ID)
		}
	}
	for _, it := range in.officerItems() {
		out = append(out, it.ID)
	}
	return out
}
