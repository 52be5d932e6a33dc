package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/promise"
)

// Question asks whose job a change on a system is. With a package, it is about what is due for that
// package; else about a change of a class in a layer, and, with neither, about security updates of the
// operating system. Day and KnownAt look back; empty means today, with everything that is known.
type Question struct {
	System      string             `json:"system"`
	Package     string             `json:"package,omitempty"`
	Layer       policy.Layer       `json:"layer,omitempty"`
	Change      policy.ChangeClass `json:"change,omitempty"`
	Origin      policy.Origin      `json:"origin,omitempty"`       // empty: standard repository
	InstalledBy policy.InstalledBy `json:"installed_by,omitempty"` // empty: as concluded from who has root
	Critical    policy.Criticality `json:"critical,omitempty"`     // empty: unknown
	Day         string             `json:"at,omitempty"`           // YYYY-MM-DD: under the version that is valid on that day
	KnownAt     string             `json:"known_at,omitempty"`     // YYYY-MM-DD: with what was recorded by the end of that day
}

// Beside is the answer of another version, for comparison.
type Beside struct {
	Policy   PolicyInfo      `json:"policy"`
	Decision policy.Decision `json:"decision"`
	Answer   lang.Text       `json:"answer"`
	Differs  bool            `json:"differs"` // from the version in force
}

// PublishedVersion is a published policy version as people look at it.
type PublishedVersion struct {
	PolicyInfo
	Version   *policy.Version     `json:"version"`
	Document  string              `json:"document"` // the YAML text
	Published time.Time           `json:"published"`
	Contracts int                 `json:"contracts"` // that are under it now
	Promises  []promise.Statement `json:"promises"`  // every statement with what it is here
}

// Published is what came of publishing a document.
type Published struct {
	Kind   PublishedKind `json:"kind"`
	ID     string        `json:"id"`
	SHA256 string        `json:"sha256"`
	Added  bool          `json:"added"` // false: it was published already, with the same text
}

// PublishedKind is what a published document is.
type PublishedKind string

// The kinds of published documents.
const (
	PublishedPolicy    PublishedKind = "policy"
	PublishedAgreement PublishedKind = "agreement"
)
