package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// RootAccess is who can become root on a system, beside what the provider has accepted. Anything new stops
// runs: where the customer has become root, somebody else may answer for the system (MH1-02, MH2-13).
type RootAccess struct {
	System   string        `json:"system"`
	Watched  bool          `json:"watched"` // the estate says that only the provider holds root
	Now      []fact.Holder `json:"now"`     // as the host reported last
	New      []fact.Holder `json:"new"`     // of these, what nobody has accepted
	Gone     []fact.Holder `json:"gone"`    // accepted, and not there any more
	Accepted time.Time     `json:"accepted,omitzero"`
	By       string        `json:"by,omitempty"`
	Reason   string        `json:"reason,omitempty"`
}

// Drift is a system on which somebody has become root whom nobody has accepted.
type Drift struct {
	System   string        `json:"system"`
	Customer string        `json:"customer"`
	New      []fact.Holder `json:"new"`
}

// Merge is a system on which files of configuration wait for somebody to merge them.
type Merge struct {
	System   string          `json:"system"`
	Customer string          `json:"customer"`
	Files    []fact.Conffile `json:"files"`
}
