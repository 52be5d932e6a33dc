// Package wire is what server and agent say to each other, as golden JSON: signed work orders one
// way, facts and numbered events the other way.
//
// The signed bytes are the sent bytes: a work order travels as the exact document that was signed,
// and is parsed strictly (an unknown field is an error) after the signature was verified. A work
// order is closed: package names with exact versions, times in UTC, names of units, checks of fixed
// kinds. No field can carry a command, a path to run or an option of one; the patterns below say what
// each field may hold, on both sides.
//
// Version history of the protocol:
//
//	1 (2026-11-23) enrol, poll, facts, events, refusals; work order with restore point "files"
//	1 (2026-11-28) verbs mitigate and lift, with a measure; agents from before refuse them as malformed
//	1 (2026-11-28) step rebooting; countersignatures; refusal second_key: the order stays on offer. Agents from
//	               before leave a host that needs a reboot as it is, and know no hours
//	1 (2026-11-28) checks of kind tls, mysql, postgresql and redis; a demanded backup; as above
package wire

import (
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/mitigation"
)

// Version is the protocol version of this build.
const Version = 1

// Verb is what a work order asks for.
type Verb string

// The verbs. What cannot be done whole is undone.
const (
	UpdatePackages Verb = "update_packages" // brings the listed packages to the listed versions
	Mitigate       Verb = "mitigate"        // puts a measure against a hole in place
	Lift           Verb = "lift"            // takes such a measure back
)

// Verbs lists the verbs.
var Verbs = []Verb{UpdatePackages, Mitigate, Lift}

// The drivers of restore points.
const (
	restoreFiles   = "files"   // the system's files as they were
	restoreMeasure = "measure" // exactly what a measure touches
)

// Limits of a work order. What is beyond them is refused on both sides.
const (
	MaxPackages = 2000
	MaxServices = 200
	MaxChecks   = 50
	MaxRunTime  = 12 * time.Hour
	MaxSpan     = 24 * time.Hour // between not-before and not-after
)

// order is the document that is signed.
type order struct {
	Version   int       `json:"version"`
	ID        string    `json:"id"`
	Verb      Verb      `json:"verb"`
	System    string    `json:"system"`
	Policy    string    `json:"policy"`
	Mandate   string    `json:"mandate"` // SHA-256 of the mandate's document
	Facts     string    `json:"facts"`   // hash of the facts it was closed on
	Issued    time.Time `json:"issued"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"` // nothing is begun to be written after this
	MaxMinute int       `json:"max_minutes"`
	Restore   string    `json:"restore"` // driver of the restore point
	Reboot    bool      `json:"reboot"`  // whether the host may be rebooted
	Packages  []Package `json:"packages"`
	Services  []string  `json:"services"`
	Checks    []Check   `json:"checks"`

	Measure *mitigation.Measure `json:"measure,omitempty"` // of mitigate and lift
	Backup  *backup.Demand      `json:"backup,omitempty"`  // what the host's backup has to be like before packages are changed
}

// Package is one ordered change: exactly this version.
type Package struct {
	Name string `json:"name"`
	Arch string `json:"arch"`
	From string `json:"from,omitempty"` // empty: newly installed along with others
	To   string `json:"to"`
}

// Check is a check of the estate, as the host is asked to carry it out on its own loopback address.
type Check = estate.Check

// WorkOrder is a checked order for one host. It is made by NewWorkOrder from a mandate, or by Open
// from a signed document; there is no other way, and its zero value is no order.
type WorkOrder struct{ doc order }

// Closing is what the server adds to a mandate when it closes the order.
type Closing struct {
	ID         string
	Facts      string // hash of the facts that were decided on
	Issued     time.Time
	NotBefore  time.Time
	NotAfter   time.Time
	MaxMinutes int
	Reboot     bool // make use of the mandate's permission to reboot; without one, an error
	Services   []string
	Checks     []Check
	Backup     *backup.Demand // nil: none is demanded; measures never demand one
}

// ErrNoMandate says that a work order was asked for without a mandate.
var ErrNoMandate = errors.New("wire: no work order without a mandate")

// ErrNoReboot says that a work order was to permit a reboot that its mandate does not.
var ErrNoReboot = errors.New("wire: the mandate permits no reboot")

// NewWorkOrder closes a work order. Its packages are exactly those that the mandate permits.
func NewWorkOrder(m mandate.Mandate, c Closing) (WorkOrder, error) {
	if m.Zero() {
		return WorkOrder{}, ErrNoMandate
	}
	if m.Run() != c.ID {
		return WorkOrder{}, fmt.Errorf("wire: the mandate was granted to run %q, not %q", m.Run(), c.ID)
	}
	if c.Reboot && !m.Reboot() {
		return WorkOrder{}, ErrNoReboot
	}
	policyID, _ := m.Policy()
	doc := order{
		Version: Version, ID: c.ID, Verb: UpdatePackages, System: m.System(), Policy: policyID,
		Mandate: m.Digest(), Facts: c.Facts,
		Issued: c.Issued.UTC(), NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		MaxMinute: c.MaxMinutes, Restore: restoreFiles, Reboot: c.Reboot,
		Services: c.Services, Checks: c.Checks,
	}
	if measure, lift := m.Measure(); measure != nil {
		doc.Verb, doc.Measure, doc.Restore = Mitigate, measure, restoreMeasure
		if lift {
			doc.Verb = Lift
		}
	}
	if doc.Verb == UpdatePackages {
		doc.Backup = c.Backup
	}
	for _, ch := range m.Changes() {
		doc.Packages = append(doc.Packages, Package{Name: ch.Package, Arch: ch.Arch, From: ch.From, To: ch.To})
	}
	if err := doc.check(); err != nil {
		return WorkOrder{}, err
	}
	return WorkOrder{doc: doc}, nil
}

// ID is the order's identity; it is the run's, too.
func (w WorkOrder) ID() string { return w.doc.ID }

// Verb is what the order asks for.
func (w WorkOrder) Verb() Verb { return w.doc.Verb }

// Measure is the measure that the order puts in place or takes back; ok is false for orders about packages.
func (w WorkOrder) Measure() (m mitigation.Measure, ok bool) {
	if w.doc.Measure == nil {
		return m, false
	}
	return *w.doc.Measure, true
}

// Backup is what the host's backup has to be like before anything is written; zero demands nothing.
func (w WorkOrder) Backup() backup.Demand {
	if w.doc.Backup == nil {
		return backup.Demand{}
	}
	return *w.doc.Backup
}

// System is the name of the host the order is for.
func (w WorkOrder) System() string { return w.doc.System }

// Mandate is the digest of the mandate the order was made from.
func (w WorkOrder) Mandate() string { return w.doc.Mandate }

// NotBefore and NotAfter bound when writing may begin, in UTC.
func (w WorkOrder) NotBefore() time.Time { return w.doc.NotBefore }

// NotAfter is the time after which nothing is begun to be written, in UTC.
func (w WorkOrder) NotAfter() time.Time { return w.doc.NotAfter }

// Issued is when the server closed the order, by the server's clock.
func (w WorkOrder) Issued() time.Time { return w.doc.Issued }

// Limit is how long the package manager may work before it is stopped and the host put back.
func (w WorkOrder) Limit() time.Duration { return time.Duration(w.doc.MaxMinute) * time.Minute }

// Reboot reports whether the host may be rebooted.
func (w WorkOrder) Reboot() bool { return w.doc.Reboot }

// Restore is the restore-point driver the order demands.
func (w WorkOrder) Restore() string { return w.doc.Restore }

// Packages are the ordered changes.
func (w WorkOrder) Packages() []Package { return append([]Package(nil), w.doc.Packages...) }

// Services are units that must run after as before.
func (w WorkOrder) Services() []string { return append([]string(nil), w.doc.Services...) }

// Checks are asked before and after.
func (w WorkOrder) Checks() []Check { return append([]Check(nil), w.doc.Checks...) }
