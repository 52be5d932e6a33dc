package server

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

// shelf is every policy version and individual agreement that was recorded by some time, with what was
// known about validity then. It is not changed once it is read; the one that is current is replaced.
type shelf struct {
	dated      []policy.Dated
	published  map[string]time.Time // by version ID
	agreements map[string]*policy.Agreement

	mu      sync.Mutex
	amended map[string]laid // by day, version and agreements: compiling is slow, systems are many
}

// laid is a version with agreements laid over it.
type laid struct {
	version  *policy.Version
	inactive []policy.Inactive
}

// mostLaid bounds the amended versions that are kept.
const mostLaid = 4096

// readShelf reads what was recorded by a time; a zero time means all.
func readShelf(ctx context.Context, tx *store.Tx, by time.Time) (*shelf, error) {
	later := func(at time.Time) bool { return !by.IsZero() && at.After(by) }
	sh := &shelf{published: map[string]time.Time{}, agreements: map[string]*policy.Agreement{}, amended: map[string]laid{}}
	stated := map[string]store.Validity{}
	validities, err := tx.Validities(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range validities { // in the order of time: the newest counts
		if !later(v.At) {
			stated[v.Policy] = v
		}
	}
	ids, err := tx.Policies(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		at, err := tx.PolicyPublished(ctx, id)
		if err != nil {
			return nil, err
		}
		if later(at) {
			continue
		}
		text, _, _, err := tx.Policy(ctx, id)
		if err != nil {
			return nil, err
		}
		v, err := policy.Parse(id+".yaml", text)
		if err != nil {
			return nil, fmt.Errorf("stored policy %s: %w", id, err)
		}
		d := policy.Dated{Version: v, ValidFrom: v.ValidFrom, ValidTo: v.ValidTo}
		if s, ok := stated[id]; ok {
			d.ValidFrom, d.ValidTo = s.ValidFrom, s.ValidTo
		}
		sh.dated, sh.published[id] = append(sh.dated, d), at
	}
	agreements, err := tx.Agreements(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range agreements {
		if later(a.At) {
			continue
		}
		if sh.agreements[a.ID], err = policy.ParseAgreement(a.ID+".yaml", a.Document); err != nil {
			return nil, fmt.Errorf("stored agreement %s: %w", a.ID, err)
		}
	}
	return sh, nil
}

// shelf is the current one.
func (s *Server) shelf() *shelf {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known
}

// restock reads the shelf anew, after something was published.
func (s *Server) restock(ctx context.Context) error {
	var sh *shelf
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		sh, err = readShelf(ctx, tx, time.Time{})
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.known = sh
	s.mu.Unlock()
	return nil
}

// knows reports whether a contract may refer to a version by ID, or to all of a name.
func (sh *shelf) knows(ref string) bool {
	for _, d := range sh.dated {
		if d.Version.ID == ref || d.Version.Name == ref {
			return true
		}
	}
	return false
}

// dated finds a version by its ID.
func (sh *shelf) version(id string) (policy.Dated, bool) {
	for _, d := range sh.dated {
		if d.Version.ID == id {
			return d, true
		}
	}
	return policy.Dated{}, false
}

// dayFor is the day of a moment where the system's maintenance window is, in UTC where it has none.
func (s *Server) dayFor(held estate.Held, at time.Time) string {
	if held.Window.Zone == "" {
		return at.Format(time.DateOnly)
	}
	return s.local(held, at).Format(time.DateOnly)
}

// hostersZone is where the hoster's clocks hang, for systems without a window of their own.
const hostersZone = "Europe/Berlin"

// local is a moment as the clocks show it where the system's maintenance window is.
func (s *Server) local(held estate.Held, at time.Time) time.Time {
	if zone, err := s.zones(cmp.Or(held.Window.Zone, hostersZone)); err == nil && zone != nil {
		return at.In(zone)
	}
	return at
}

// subjectOf finds the version in force for a system on a day, and lays the contract's agreements over it.
func (sh *shelf) subjectOf(held estate.Held, day string) subject {
	sub := subject{held: held}
	v, why := policy.InForce(sh.dated, held.Contract.Policy, day)
	if v == nil {
		sub.held.NoPolicy = why
		return sub
	}
	sub.held.Policy = v.ID
	l := sh.lay(v, held.Contract.Agreements, day)
	sub.version, sub.inactive = l.version, l.inactive
	for _, id := range held.Contract.Agreements {
		a := sh.agreements[id]
		if a == nil {
			continue
		}
		for _, doc := range a.Documents {
			if doc.Kind == policy.DocumentConsent {
				sub.held.Consents = append(sub.held.Consents, estate.Consent{Agreement: id, By: a.By})
				break
			}
		}
	}
	return sub
}

// lay lays agreements over a version for a day. An agreement that is not known has no effect, and is told.
func (sh *shelf) lay(v *policy.Version, ids []string, day string) laid {
	if len(ids) == 0 {
		return laid{version: v}
	}
	key := day + " " + v.ID + " " + strings.Join(ids, " ")
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if l, ok := sh.amended[key]; ok {
		return l
	}
	var list []*policy.Agreement
	var unknown []policy.Inactive
	for _, id := range ids {
		if a := sh.agreements[id]; a != nil {
			list = append(list, a)
			continue
		}
		unknown = append(unknown, policy.Inactive{Agreement: id, Text: lang.Textf(
			"Die Sonderabsprache %[1]s ist nicht veröffentlicht.", "The individual agreement %[1]s is not published.", id)})
	}
	var l laid
	l.version, l.inactive = policy.Amend(v, day, list...)
	l.inactive = append(l.inactive, unknown...)
	if len(sh.amended) >= mostLaid { // a new day every day: what is old goes
		sh.amended = map[string]laid{}
	}
	sh.amended[key] = l
	return l
}
