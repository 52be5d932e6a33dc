// Package policy answers "whose job?": for one change on one system, who plans it, who executes it,
// what must be there before, how often, in which window and at what price, and which sentence of
// which published document says so.
//
// A Version is one published policy as data: rules with the IDs of the statements they render. Its
// text is a YAML document that Parse reads strictly. Decide is pure, total and deterministic: every
// combination of facets yields exactly one decision together with the rules that made it.
//
// How rules combine. The cases of all rules are walked by tier (law before agreement before package
// before text before orientation before default) and within a tier in the order of the file. A case
// whose conditions hold sets those result fields that nothing before it has set, and is cited for
// them. Every version ends in exactly one default case that lets nobody act, so what no rule permits
// is denied.
//
// Unknown facts. A case whose conditions neither surely hold nor surely fail, because a facet is
// unknown, makes its values possible without settling them. Where that leaves open what the provider
// may do, the verdict is Ask: nobody acts, and the missing facts are named. So a fact that becomes
// unknown can turn a permission into a question, but never a denial into a permission.
//
// This is the one package of core, next to estate, that imports a library: the parser of
// github.com/goccy/go-yaml, which turns bytes into a tree with positions. Only its parsing of bytes
// is used, never its reading of files.
package policy

import "github.com/patchwart/patchwart/internal/core/lang"

// Tier is the rank of a case: of two that say different things, the one of the earlier tier counts.
type Tier string

// The tiers, strongest first.
const (
	TierLaw         Tier = "law"         // mandatory law
	TierAgreement   Tier = "agreement"   // individual agreement
	TierPackage     Tier = "package"     // what the booked package says
	TierText        Tier = "text"        // what the policy's text says
	TierOrientation Tier = "orientation" // what its overview table says (MH2-02)
	TierDefault     Tier = "default"     // default deny
)

// AllTiers lists the tiers, strongest first.
func AllTiers() []Tier {
	return []Tier{TierLaw, TierAgreement, TierPackage, TierText, TierOrientation, TierDefault}
}

// Kind is what a rule does.
type Kind string

// The kinds of rules.
const (
	KindRule      Kind = "rule"      // decides result fields
	KindNotice    Kind = "notice"    // decides nothing, but must be said along with some decisions
	KindControl   Kind = "control"   // decides nothing, but is checked or attested from time to time
	KindStatement Kind = "statement" // not for software: kept, with the reason, so that the document is complete
)

// AllKinds lists the kinds of rules.
func AllKinds() []Kind { return []Kind{KindRule, KindNotice, KindControl, KindStatement} }

// DateUnknown stands where a document does not say a date. It stays until a person enters one.
const DateUnknown = "unknown"

// Version is one published policy version. It is made by Parse and not changed afterwards.
type Version struct {
	ID         string    `json:"id"`      // "managedhosting-2"
	Name       string    `json:"name"`    // "managedhosting": what all versions of it have in common
	Label      string    `json:"version"` // "2"
	Title      lang.Text `json:"title"`
	Publisher  string    `json:"publisher"`
	Source     Source    `json:"source"`
	ValidFrom  string    `json:"valid_from"`           // YYYY-MM-DD or "unknown"
	ValidTo    string    `json:"valid_to"`             // last day, YYYY-MM-DD or "unknown"
	RecordedAt string    `json:"recorded_at"`          // YYYY-MM-DD: when it was entered here
	Supersedes string    `json:"supersedes,omitempty"` // ID of the version before it
	Demands    []Demand  `json:"demands,omitempty"`    // what individual agreements must bring along
	Rules      []Rule    `json:"rules"`
	Notices    *Notices  `json:"notices,omitempty"` // who is told what, and by when; nil: the house's own rules
	SHA256     string    `json:"sha256"`            // of the YAML document, hex

	agreements []Applied // the individual agreements laid over it (Amend)
	clauses    []clause  // the cases of all rules in the order in which they are walked
}

// Source is the published document that a version renders.
type Source struct {
	Title  string `json:"title"`
	SHA256 string `json:"sha256"` // of the document as it was read, hex
}

// Rule is one statement of the source, in the project's own words, with what follows from it.
type Rule struct {
	ID    string    `json:"id"` // "MH2-20"
	Tier  Tier      `json:"tier"`
	Kind  Kind      `json:"kind"`
	Text  lang.Text `json:"text"`
	Cases []Case    `json:"cases,omitempty"` // empty for controls and statements

	Controls []Control `json:"controls,omitempty"` // how it is seen that the statement is kept
	Cites    []string  `json:"cites,omitempty"`    // IDs of the laws and standards it names
	Reason   lang.Text `json:"reason,omitzero"`    // of a statement: why it is not for software
	Question lang.Text `json:"question,omitzero"`  // to the publisher: what is unclear or contradicts itself
}

// Case is what follows from a rule under some conditions.
type Case struct {
	Tier   Tier        `json:"tier"` // the rule's, unless the case has one of its own
	When   []Condition `json:"when,omitempty"`
	Result []Setting   `json:"result,omitempty"`
	Notice lang.Text   `json:"notice,omitzero"`
}

// Condition holds when the facet has one of the values. All conditions of a case must hold.
type Condition struct {
	Facet  string   `json:"facet"`
	Values []string `json:"values"`
}

// Setting is one result field with the value that a case gives it.
type Setting struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Rule returns the rule with that ID.
func (v *Version) Rule(id string) (Rule, bool) {
	for _, r := range v.Rules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}
