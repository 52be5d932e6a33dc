// Package quarter plays a quarter of a hoster's work in accelerated time: an estate under three published documents,
// updates that arrive, holes that become known, orders, questions and withdrawals by mail, freezes, pauses, moved
// dates, hosts that are away and updates that fail. Package audit judges what came of it.
//
// Every decision is made by the rooms that make it in the product: intake reads the mail, policy decides, mandate
// grants, recurrence and schedule say when, freeze holds at the door, clock and notice say who is told, campaign who
// has to sign off. What is here is the order in which they are asked, which is the server's in the product. Time moves
// in quarters of an hour; runs begin and end at any minute. The same seed gives the same quarter.
package quarter

import (
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Mistake is a rule that the hoster breaks on purpose, so that it is seen whether the audit notices.
type Mistake string

// The mistakes.
const (
	None             Mistake = ""
	IgnoresFreezes   Mistake = "freezes are not heeded"
	IgnoresWindows   Mistake = "work begins at once, whatever the window"
	IgnoresGroups    Mistake = "groups and pools are not heeded"
	BelievesAnybody  Mistake = "whoever writes may order"
	ForgetsWithdrawn Mistake = "withdrawals are not heeded"
	ForgetsDates     Mistake = "dates of standing orders are let go by"
	TellsNobody      Mistake = "nobody is told anything"
	NeverCorrects    Mistake = "what was announced is never corrected"
	IgnoresHoles     Mistake = "critical holes are neither closed nor told of"
	SignsNothing     Mistake = "nobody signs off, and nobody is told"
	PutsOff          Mistake = "what is due waits for a month, without a word"
	NeedsNoMandate   Mistake = "what is due is installed, whosever job it is"
)

// Config is what a quarter depends on.
type Config struct {
	Seed      uint64
	Customers int
	Systems   int
	From      time.Time // midnight; in the zone of the hoster and of all windows
	Days      int
	Zones     window.Zones
	Versions  map[string]*policy.Version // the three documents, by ID
	Mistake   Mistake
}

// step is how far time goes at once.
const step = 15 * time.Minute

// house is the hoster at work.
type house struct {
	Config
	dice      *dice
	now       time.Time
	estate    estate.Estate
	hosts     []*host
	byName    map[string]*host
	byOwner   map[string]*owner
	owners    []*owner
	windowOf  map[string]int
	pools     map[string]int
	groups    map[string]int
	input     schedule.Input // what does not change: windows, pools, groups, freezes
	freezes   []freeze.Closed
	barriers  []barrier
	decisions map[asked]policy.Decision
	round     campaign.Campaign
	steps     *clock.Table
	open      []*work // planned or begun
	holes     []*hole // that are watched
	deeds     []deed
	number    int
	anew      bool // the plan is to be laid out anew although no host has changed
	log       []audit.Entry
}

type asked struct {
	policy string
	facets policy.Facets
}

// barrier is a freeze as the plan needs it, and whom it is about.
type barrier struct {
	scope freeze.Scope
	index int
}

// Play plays the quarter and returns the world and what was written down.
func Play(c Config) (audit.World, []audit.Entry, error) {
	h := &house{Config: c, dice: &dice{state: c.Seed}, byName: map[string]*host{}, byOwner: map[string]*owner{}, windowOf: map[string]int{}, pools: map[string]int{},
		groups: map[string]int{}, decisions: map[asked]policy.Decision{}, steps: clock.DefaultTable()}
	e, world := build(c, h.dice)
	h.estate = e
	if err := h.moveIn(); err != nil {
		return world, nil, err
	}
	h.deeds = happenings(c, e, h.dice)
	until := c.From.AddDate(0, 0, c.Days)
	for h.now = c.From; h.now.Before(until); h.now = h.now.Add(step) {
		h.finish()
		if err := h.happen(); err != nil {
			return world, nil, err
		}
		h.signOff()
		if err := h.plan(); err != nil {
			return world, nil, fmt.Errorf("%s: %w", h.now, err)
		}
		h.watch()
		h.tell()
		h.begin()
	}
	slices.SortStableFunc(h.log, func(a, b audit.Entry) int { return a.At.Compare(b.At) })
	return world, h.log, nil
}

func (h *house) write(e audit.Entry) {
	if e.At.IsZero() {
		e.At = h.now
	}
	h.log = append(h.log, e)
}

func (h *house) id(prefix string) string {
	h.number++
	return fmt.Sprintf("%s-%06d", prefix, h.number)
}

// moveIn joins the estate and compiles what stays.
func (h *house) moveIn() error {
	for i, p := range h.estate.Pools {
		h.pools[p.Name] = i
		h.input.Pools = append(h.input.Pools, schedule.Pool{Name: p.Name, Max: p.AtOnce})
	}
	for i, w := range h.estate.Windows {
		compiled, err := window.Compile(w, h.Zones)
		if err != nil {
			return err
		}
		h.windowOf[w.Name] = i
		h.input.Windows = append(h.input.Windows, compiled)
	}
	for _, k := range h.estate.Customers {
		o := &owner{customer: k}
		h.byOwner[k.ID], h.owners = o, append(h.owners, o)
	}
	for _, s := range h.estate.Systems {
		held, _ := h.estate.Held(s.Name)
		x := &host{held: held, version: h.Versions[held.Contract.Policy], good: h.From, high: time.Duration(15+h.dice.below(31)) * time.Minute, person: 2 + h.dice.below(24), forgets: h.dice.of(3)}
		if x.version == nil {
			return fmt.Errorf("no policy version %q is given", held.Contract.Policy)
		}
		for _, g := range s.Groups {
			if _, known := h.groups[g]; !known {
				h.groups[g] = len(h.input.Groups)
				h.input.Groups = append(h.input.Groups, g)
			}
		}
		if err := x.readDates(h.Zones); err != nil {
			return err
		}
		h.hosts, h.byName[s.Name] = append(h.hosts, x), x
		o := h.byOwner[held.Customer.ID]
		o.hosts = append(o.hosts, x)
	}
	return nil
}
