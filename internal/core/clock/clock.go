// Package clock says, for one advisory on one system, how far its closing is and how much time is left: who
// knew when, who was asked, who allowed it, what was done, whether the system is secured, and who must be told.
//
// Three clocks are kept apart and never mixed: since when the vendor has published, since when the provider
// knows (IT-33 counts from there), and since when there is the customer's order or consent (without which
// MH2-09 lets nobody act; the deadline then counts from the consent, or from the knowledge, whichever is later).
//
// Secured means that the fixed version is installed and effective, that is what runs (a new kernel on disk
// secures nothing), or that a mitigation is verified and neither expired nor taken back (IT-34), or that the
// software is gone or shown not to be affected. What is not known secures nothing.
//
// When a mitigation expires, the clock runs again and the original deadline stands: if it has passed
// meanwhile, the system is overdue at once. The same holds for an accepted exception and for a fix that was
// put back. Only a pause with a reason (the end of life of the operating system, IT-37) moves the deadline,
// by its own length.
package clock

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// Times is what has happened about one advisory on one system. A zero time means that it has not happened,
// or that nobody knows; a time after now has not happened yet, so that any moment of the past can be
// looked at with the same values.
type Times struct {
	Published time.Time `json:"published,omitzero"` // by the vendor
	Known     time.Time `json:"known,omitzero"`     // the provider became aware
	Asked     time.Time `json:"asked,omitzero"`     // the customer was asked; after a lapse, asked again
	Consented time.Time `json:"consented,omitzero"` // ordered or consented; may lie before Known (emergency consent)
	Refused   time.Time `json:"refused,omitzero"`   // the later of Consented and Refused counts
	Silence   time.Time `json:"silence,omitzero"`   // it was put on record that the customer did not answer

	Installed time.Time `json:"installed,omitzero"`  // the fixed version is on the disk
	Effective time.Time `json:"effective,omitzero"`  // the fixed version is what runs
	TakenBack time.Time `json:"taken_back,omitzero"` // the fixed version was replaced by an affected one again

	Mitigations []Mitigation `json:"mitigations,omitempty"`
	Removed     time.Time    `json:"removed,omitzero"` // the software is gone from the system
	NotAffected *Clearance   `json:"not_affected,omitempty"`
	Accepted    []Acceptance `json:"accepted,omitempty"`
	Pauses      []Pause      `json:"pauses,omitempty"`
}

// Mitigation is a change other than the update that keeps the hole from being used (IT-34). It counts from
// its verification, and only with an expiry and a date of review.
type Mitigation struct {
	ID        string    `json:"id"`
	Applied   time.Time `json:"applied"`
	Verified  time.Time `json:"verified,omitzero"`
	Review    time.Time `json:"review,omitzero"`  // somebody has to look whether it still fits
	Expires   time.Time `json:"expires,omitzero"` // the first moment at which it does not count any more
	TakenBack time.Time `json:"taken_back,omitzero"`
}

// Clearance is the finding that the system is not affected, with who says so and why.
type Clearance struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"` // Debian security tracker, VEX of the vendor, a person
	Reason string    `json:"reason"`
}

// Acceptance is the span of an accepted exception. It stops the escalation and secures nothing.
type Acceptance struct {
	ID    string    `json:"id"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"` // the first moment at which it does not hold any more
}

// Pause is a span in which there is no duty, with the reason that is told.
type Pause struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"` // zero: until further notice
	Reason lang.Text `json:"reason"`
	Rule   string    `json:"rule,omitempty"` // IT-37
}

// Footing is on what the provider may act.
type Footing string

// The footings.
const (
	Own       Footing = "own"       // the provider's own duty (IT-33)
	Consent   Footing = "consent"   // only on the customer's order or consent (MH2-09)
	Customers Footing = "customer"  // the customer acts, the provider informs (IT-43)
	Undecided Footing = "undecided" // the policy cannot say, for want of facts
)

// Duty is what the policy in force demands about the hole.
type Duty struct {
	Footing Footing        `json:"footing"`
	Hours   int            `json:"hours,omitempty"` // to secure the system; 0: no deadline
	Rule    string         `json:"rule,omitempty"`  // the rule that governs
	Level   severity.Level `json:"level"`
}

// Phase is how far the closing of the hole is.
type Phase string

// The phases, in the order in which they follow each other; not every hole passes all of them. A phase goes
// back only when a mitigation ends, a fix is put back or a consent is withdrawn.
const (
	Unaware   Phase = "unaware"   // the provider does not know of it yet
	Known     Phase = "known"     // the provider knows
	Asked     Phase = "asked"     // the customer was asked and has not answered
	Silent    Phase = "silent"    // the customer's silence is on record
	Refused   Phase = "refused"   // the customer said no
	Ordered   Phase = "ordered"   // the customer ordered or consented
	Installed Phase = "installed" // the fixed version is installed and not effective
	Mitigated Phase = "mitigated" // secured by a mitigation, the update is still to come
	Secured   Phase = "secured"
)

// Phases lists the phases in order.
func Phases() []Phase {
	return []Phase{Unaware, Known, Asked, Silent, Refused, Ordered, Installed, Mitigated, Secured}
}

// Job is what is to be done now.
type Job string

// The jobs.
const (
	Nothing Job = "nothing" // secured, accepted, paused, refused, on record as silent, or not known yet
	Secure  Job = "secure"
	Ask     Job = "ask"
	Inform  Job = "inform"  // the customer acts
	Clarify Job = "clarify" // the facts that the policy needs are missing
	Review  Job = "review"  // secured by a mitigation whose date of review has come
)

// By is what secured a system.
type By string

// What secures.
const (
	ByUpdate      By = "update"
	ByMitigation  By = "mitigation"
	ByRemoval     By = "removed"
	ByNotAffected By = "not_affected"
)

// Clock is the state at one moment.
type Clock struct {
	Phase Phase `json:"phase"`
	Job   Job   `json:"job"`

	Secured   bool      `json:"secured"`
	SecuredAt time.Time `json:"secured_at,omitzero"` // since when without interruption
	By        By        `json:"by,omitempty"`
	Until     time.Time `json:"until,omitzero"`  // when the mitigation that secures ends; zero: nothing ends
	Review    time.Time `json:"review,omitzero"` // when that mitigation is to be reviewed

	Started  time.Time     `json:"started,omitzero"`  // from when the deadline counts
	Deadline time.Time     `json:"deadline,omitzero"` // zero: none; during a pause it moves along
	Allowed  time.Duration `json:"allowed,omitempty"` // from Started to Deadline, without pauses
	Elapsed  time.Duration `json:"elapsed,omitempty"` // of Allowed, until now or until secured
	Left     time.Duration `json:"left,omitempty"`    // Allowed less Elapsed; negative when it has passed
	Overdue  bool          `json:"overdue"`           // the deadline is reached, neither secured nor accepted
	Missed   bool          `json:"missed"`            // it was so at any time up to now

	Accepted      bool      `json:"accepted"` // an exception covers it now
	AcceptedUntil time.Time `json:"accepted_until,omitzero"`
	Paused        bool      `json:"paused"`
	Lapsed        time.Time `json:"lapsed,omitzero"` // when what covered it last ended; zero: nothing did since Started

	SincePublished time.Duration `json:"since_published,omitempty"` // the three clocks, each until secured
	SinceKnown     time.Duration `json:"since_known,omitempty"`
	SinceOrdered   time.Duration `json:"since_ordered,omitempty"`

	Reasons []lang.Text `json:"reasons"`
	Duty    Duty        `json:"duty"`
	Times   Times       `json:"times"`
}
