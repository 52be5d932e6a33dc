// Package run is one change on one system, as a state machine that server and agent fold over the
// same numbered events: Apply(state, event) → state, effect. The agent carries out the effects and
// writes the events, durably, before it acts; the server only learns. After a lost connection one of
// them merely knows less.
//
//	prechecking → fetching → saving → applying → settling → verifying → ended
//	                                     ↘──────────↘──────────↘── restoring → ended
//
// Between settling and verifying lies rebooting, if what runs is not what is installed, and the order
// permits it: once in a run, counted by its beginning, which is on disk before anything is done.
// Whether a reboot came about is looked up by the run that returns from it; one that did not leaves the
// change installed and not effective.
//
// Everything before applying leaves the host as it was, so failure there is "blocked". From applying
// on, failure leads to restoring. An effect of which it is not known whether it happened (the agent
// was killed while applying) is an event of its own, and is looked up before anything else is done.
package run

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// Step is one part of a run.
type Step string

// The steps, in their order. Restoring takes the place of what is left when something fails.
const (
	Prechecking Step = "prechecking"
	Fetching    Step = "fetching"
	Saving      Step = "saving"
	Applying    Step = "applying"
	Settling    Step = "settling"
	Rebooting   Step = "rebooting"
	Verifying   Step = "verifying"
	Restoring   Step = "restoring"
)

// Steps lists the steps of a good day on which nothing has to be rebooted, in order.
var Steps = []Step{Prechecking, Fetching, Saving, Applying, Settling, Verifying}

// Kind is what an event says.
type Kind string

// The kinds of events.
const (
	Refused  Kind = "refused"   // the host does not accept the order; ends the run, nothing was touched
	Begun    Kind = "begun"     // a step begins; written before anything of it is done
	Finished Kind = "finished"  // the step ended well
	Failed   Kind = "failed"    // the step ended badly; Code says how
	Line     Kind = "line"      // live text of a tool; changes no state
	Resumed  Kind = "resumed"   // the agent came back while a step was open
	LookedUp Kind = "looked_up" // what the host looks like after an interrupted apply, or whether it was rebooted
	Ended    Kind = "ended"     // the run is over; Verdict says how
)

// Found is what was seen when an interrupted apply was looked up.
type Found string

// What a look-up can find.
const (
	FoundComplete Found = "complete" // all ordered versions installed, no package half-done, same boot
	FoundOther    Found = "other"    // anything else: put it back
	FoundRebooted Found = "rebooted" // another boot than the one in which rebooting was begun
)

// Event is one numbered thing that happened in a run. Sequence numbers begin at 1 without gaps.
type Event struct {
	Order   string           `json:"order"`
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"at"`
	Kind    Kind             `json:"kind"`
	Step    Step             `json:"step,omitempty"`
	Code    string           `json:"code,omitempty"`   // stable word for why: lock_timeout, disk_full, apt_failed …
	Text    lang.Text        `json:"text,omitzero"`    // the same, for people
	Detail  string           `json:"detail,omitempty"` // what the tool said, at most MaxDetail bytes
	Found   Found            `json:"found,omitempty"`
	Reboot  bool             `json:"reboot,omitempty"`  // finished settling: the host is to be rebooted
	Booted  bool             `json:"booted,omitempty"`  // resumed: the host was booted since the last event
	Point   *Point           `json:"point,omitempty"`   // finished saving
	Verdict *verdict.Verdict `json:"verdict,omitempty"` // finished or failed verifying, ended
}

// MaxDetail bounds the tool output that one event carries, in bytes.
const MaxDetail = 4096

// Point describes a restore point that was made.
type Point struct {
	ID             string `json:"id"`
	Driver         string `json:"driver"`
	Files          int    `json:"files"`
	Bytes          int64  `json:"bytes"` // bytes taken on disk by copies
	Millis         int64  `json:"millis"`
	ManifestSHA256 string `json:"manifest_sha256"`
}
