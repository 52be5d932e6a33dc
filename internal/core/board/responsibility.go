package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Question asks whose job a change on a system is. With a package, it is about what is due for that
// package; else about a change of a class in a layer, and, with neither, about security updates of the
// operating system. Day and KnownAt look back; empty means today, with everything that is known.
type Question struct {
	System   string             `json:"system"`
	Package  string             `json:"package,omitempty"`
	Layer    policy.Layer       `json:"layer,omitempty"`
	Change   policy.ChangeClass `json:"change,omitempty"`
	Origin   policy.Origin      `json:"origin,omitempty"`   // empty: standard repository
	Critical policy.Criticality `json:"critical,omitempty"` // empty: unknown
	Day      string             `json:"at,omitempty"`       // YYYY-MM-DD: under the version that is valid on that day
	KnownAt  string             `json:"known_at,omitempty"` // YYYY-MM-DD: with what was recorded by the end of that day
}

// Beside is the answer of another version, for comparison.
type Beside struct {
	Policy   PolicyInfo      `json:"policy"`
	Decision policy.Decision `json:"decision"`
	Answer   lang.Text       `json:"answer"`
	Differs  bool            `json:"differs"` // from the version in force
}

// PolicyVersion is a published policy version as people look at it.
type PolicyVersion struct {
	PolicyInfo
	Version   *policy.Version `json:"version"`
	Document  string          `json:"document"` // the YAML text
	Published time.Time       `json:"published"`
	Contracts int             `json:"contracts"` // that are under it now
}
