// Package verdict compares a host before and after a change and says what came of it. Only
// Succeeded is success; that something cannot be told is an outcome of its own.
package verdict

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Outcome is how a run ended.
type Outcome string

// The outcomes. Only Succeeded is green.
const (
	Succeeded     Outcome = "succeeded"
	NotEffective  Outcome = "not_effective"  // installed, but the old code still runs: restart or reboot pending
	Partial       Outcome = "partial"        // some of what was ordered is in place, nothing is broken
	Blocked       Outcome = "blocked"        // stopped before the first write: nothing happened
	Deferred      Outcome = "deferred"       // the archive holds it back for now
	Restored      Outcome = "restored"       // failed and put back, proven identical
	RestoreFailed Outcome = "restore_failed" // failed and not put back: the loudest alarm there is
	Unknown       Outcome = "unknown"        // it cannot be told yet
)

// Outcomes lists all outcomes, in the order of alarm, calmest first.
var Outcomes = []Outcome{Succeeded, Deferred, Blocked, Restored, NotEffective, Partial, Unknown, RestoreFailed}

// Observation is what is looked at on a host before and after a change.
type Observation struct {
	Versions map[string]string `json:"versions"` // "name:arch" → installed version, for the ordered packages
	Units    []fact.Unit       `json:"units"`
	Listen   []fact.Listener   `json:"listen"`
	Checks   []CheckResult     `json:"checks"`
	Reboot   fact.Reboot       `json:"reboot"`
	Broken   []string          `json:"broken,omitempty"` // packages in a half-done state
	// Flapping are units that come up and go down again and again, whatever they were seen as at the end.
	Flapping []string `json:"flapping,omitempty"`
	// Measure is how an ordered measure stands; nil when none was ordered.
	Measure *Measure `json:"measure,omitempty"`
}

// Measure is how an ordered mitigation, or taking one back, stands on the host.
type Measure struct {
	Text lang.Text `json:"text"`          // what was ordered
	Done bool      `json:"done"`          // it is as ordered
	Saw  string    `json:"saw,omitempty"` // what is not
}

// CheckResult is the answer to one check of the estate.
type CheckResult struct {
	Check  estate.Check `json:"check"`
	Passed bool         `json:"passed"`
	Saw    string       `json:"saw"` // "HTTP 500", "connection refused"
	// Certificate is what a service showed in its TLS handshake.
	Certificate *Certificate `json:"certificate,omitempty"`
}

// Certificate is what can be compared of a server's certificate. Whether the world trusts it is not asked.
type Certificate struct {
	Names    []string  `json:"names"` // it is made out to, sorted
	NotAfter time.Time `json:"not_after"`
}

// Reason is one finding of the comparison.
type Reason struct {
	Code string    `json:"code"` // stable, for programs: version_differs, unit_lost, port_lost, check_failed, flapping, already_broken …
	Text lang.Text `json:"text"`
}

// Ordered is one change as it was ordered, and what is installed now.
type Ordered struct {
	Package string `json:"package"`
	Arch    string `json:"arch"`
	From    string `json:"from,omitempty"`
	To      string `json:"to"`
	Now     string `json:"now"`
}

// Verdict is the outcome with everything it rests on.
type Verdict struct {
	Outcome Outcome      `json:"outcome"`
	Reasons []Reason     `json:"reasons,omitempty"`
	Changes []Ordered    `json:"changes,omitempty"`
	Before  *Observation `json:"before,omitempty"`
	After   *Observation `json:"after,omitempty"`
	Proof   *Proof       `json:"proof,omitempty"` // after a restore
}

// Proof is the comparison of a restored host with the manifest of its restore point.
type Proof struct {
	Point          string   `json:"point"`
	ManifestSHA256 string   `json:"manifest_sha256"`
	Checked        int      `json:"checked"`               // paths compared
	Restored       int      `json:"restored"`              // paths put back
	Aside          int      `json:"aside"`                 // new paths moved aside
	Differences    []string `json:"differences,omitempty"` // none = identical
}
