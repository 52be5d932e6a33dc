// Package hostpolicy is what the host itself allows, whatever its server orders: the last word of
// whoever holds root on it. It lies in /etc/patchwart/host.yaml, belongs to root, and can only narrow
// what a signed work order may do.
//
// Without a file the defaults hold: package updates of the distribution's own repositories, and measures
// against holes but such as stop what is never stopped.
package hostpolicy

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// Path is where the policy lies on a host.
const Path = "/etc/patchwart/host.yaml"

// Reboot says whether the host may be rebooted at all.
type Reboot string

// The reboot settings.
const (
	RebootNever   Reboot = "never"
	RebootOrdered Reboot = "ordered" // if the work order permits it
)

// Policy is what the host allows.
type Policy struct {
	Verbs []wire.Verb // what it lets itself be ordered to do; none = it only reports
	// Origins are the labels of repositories whose versions it accepts. Nil stands for the
	// distribution's own repositories.
	Origins   []string
	MaxRun    time.Duration // longest time limit of an order that it accepts
	Reboot    Reboot
	ClockSkew time.Duration     // how far its clock may be from the server's
	Data      []string          // paths of the customer, never saved and never rolled back
	Spare     []string          // units that no measure may stop, beside those that none ever may
	Dumps     []conversion.Dump // dumps of databases, without which no update may convert their data
	Backup    backup.Source     // where the host's backup is; what the host itself demands of it
	// RestoreDriver is what restore points are made with; empty leaves the choice to the agent.
	RestoreDriver string
	RestoreHold   time.Duration // how long a point is kept after a verified run
	// Hours are the local times in which writing may begin. Nil: at any time.
	Hours []window.Recurring
	// SecondKeys are the keys, of people and not of the server, one of which has to countersign an order
	// outside the hours. None: nothing is accepted there.
	SecondKeys []ed25519.PublicKey
}

// Open reports whether writing may begin at a time.
func (p Policy) Open(at time.Time) bool {
	if p.Hours == nil {
		return true
	}
	for _, h := range p.Hours {
		if slot, ok := h.Next(at, time.Nanosecond); ok && slot.Contains(at) {
			return true
		}
	}
	return false
}

// Default is the policy of a host without a file.
func Default() Policy {
	return Policy{
		Verbs:       []wire.Verb{wire.UpdatePackages, wire.Mitigate},
		MaxRun:      wire.MaxRunTime,
		Reboot:      RebootOrdered,
		ClockSkew:   5 * time.Minute,
		RestoreHold: DefaultHold,
	}
}

// The drivers of restore points.
const (
	RestoreFiles = "files" // works on every file system
	RestoreBtrfs = "btrfs" // snapshots; the root has to be a subvolume
)

// DefaultHold is how long a restore point is kept after a verified run where the policy does not say.
const DefaultHold = 72 * time.Hour

const maxFile = 64 << 10

// Load reads the policy, or returns the defaults when there is no file. A file that others than its
// owner could have written is an error, and so is one that cannot be understood: then the host
// accepts nothing.
func Load(path string) (Policy, error) {
	doc, err := durable.Read(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	if err == nil {
		err = durable.Guarded(path)
	}
	if err != nil {
		return Policy{}, fmt.Errorf("host policy: %w", err)
	}
	return Parse(path, doc)
}

// Permits says whether the host lets itself be given this order, judged on its own facts; an error
// says why not, for the server's people.
func (p Policy) Permits(w wire.WorkOrder, facts fact.Facts) error {
	verb := w.Verb()
	if verb == wire.Lift { // who lets a measure be put in place lets it be taken back
		verb = wire.Mitigate
	}
	if !slices.Contains(p.Verbs, verb) {
		return fmt.Errorf("the host does not allow %s", verb)
	}
	if m, ok := w.Measure(); ok && slices.Contains(p.Spare, m.Unit) {
		return fmt.Errorf("the host never lets %s be stopped", m.Unit)
	}
	if w.Limit() > p.MaxRun {
		return fmt.Errorf("the order's time limit is %s, the host allows %s", w.Limit(), p.MaxRun)
	}
	if w.Reboot() && p.Reboot == RebootNever {
		return errors.New("the order permits a reboot, the host never does")
	}
	var strangers []string
	for _, want := range w.Packages() {
		if why := p.origin(want, facts); why != "" {
			strangers = append(strangers, why)
		}
	}
	if len(strangers) > 0 {
		shown, more := strangers, ""
		if len(shown) > 5 {
			shown, more = shown[:5], fmt.Sprintf(" and %d more", len(strangers)-5)
		}
		return errors.New(strings.Join(shown, "; ") + more)
	}
	return nil
}

// origin says what is wrong with where an ordered version comes from; empty means nothing. All
// repositories that offer the version must be acceptable: which of them serves it is not the host's
// choice.
func (p Policy) origin(want wire.Package, facts fact.Facts) string {
	name := want.Name + " " + want.To
	origins, known := offered(want, facts)
	if !known {
		return name + " is not on offer to this host"
	}
	if len(origins) == 0 {
		return name + " comes from no repository"
	}
	for _, o := range origins {
		distribution := o.Origin != "" && strings.EqualFold(o.Origin, facts.OS.ID)
		// A stranger that borrows the distribution's label is not what whoever wrote the policy meant.
		borrowed := !distribution && facts.OS.ID != "" && strings.HasPrefix(strings.ToLower(o.Label), strings.ToLower(facts.OS.ID))
		own := p.Origins == nil && distribution
		if borrowed || !own && !slices.Contains(p.Origins, o.Label) {
			return fmt.Sprintf("%s comes from %q (%s), which the host does not accept", name, o.Label, o.Site)
		}
	}
	return ""
}

// offered finds the repositories of an ordered version in what the host itself saw.
func offered(want wire.Package, facts fact.Facts) ([]fact.Origin, bool) {
	for _, c := range facts.Pending {
		if c.Name == want.Name && c.Arch == want.Arch && c.Candidate == want.To {
			return c.Origins, true
		}
	}
	for _, c := range facts.Packages { // in place already: nothing new comes with it
		if c.Name == want.Name && c.Arch == want.Arch && c.Version == want.To {
			return c.Origins, true
		}
	}
	return nil, false
}
