// Package notice decides who is told what of work on systems, and when. The rules are data of the policy version
// (policy.Notices); what is here is the way they are read: Due takes what is, what was told and the time, and gives
// what is to be told now, each with its reason.
//
// Three things hold, whatever comes in:
//
//   - Nobody is told the same twice: what was told goes back in, and what has not changed is quiet.
//   - What is told later than its lead time says so, and why that matters.
//   - An announcement that is not true any more is corrected at once, whatever its lead: moved or cancelled.
package notice

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Early is how much before its lead time a notice is sent: the look for what is due is taken from time to time, and
// must not make a notice late by minutes.
const Early = 15 * time.Minute

// Stale is how long ago news may be before it is not sent any more: after that it is history, and is looked up.
const Stale = 48 * time.Hour

// Fact is how one piece of work stands.
type Fact struct {
	Run    string // what it is about: a run, or what else is promised
	System string
	Stands policy.Happening
	Since  time.Time       // when it came to stand so
	Slot   window.Interval // when the work is planned; for what is overdue, from when on it is
	Note   lang.Text       // what happened, in one line
}

// ahead reports whether the work has not begun and takes place.
func (f Fact) ahead() bool { return f.Stands == policy.HappensPlanned }

// open reports whether the work is not over.
func (f Fact) open() bool {
	return f.Stands == policy.HappensPlanned || f.Stands == policy.HappensBegun
}

// good reports whether it is news that may wait a little for others of its kind.
func (f Fact) good() bool { return f.Stands == policy.HappensBegun || f.Stands == policy.HappensDone }

// Told is one notice that was given.
type Told struct {
	Run       string           `json:"run"`
	Happening policy.Happening `json:"happening"`
	To        string           `json:"to"` // contact or role
	Slot      window.Interval  `json:"slot,omitzero"`
	Sequence  int              `json:"sequence"` // of the calendar object
	At        time.Time        `json:"at"`
}

// Notice is one thing that is to be told now.
type Notice struct {
	Told
	System string
	Was    window.Interval // where the recipient believes the work to be, when it has moved or is cancelled
	Late   bool            // later than its rule says
	Lead   time.Duration   // what its rule says
	Rule   string          // the statement that asks for it; empty: House says why
	House  lang.Text
	Why    lang.Text // in one sentence: by which rule, to whom, by when
	Note   lang.Text // of the fact
}

// People turns an audience into persons: IDs of contacts, or a role.
type People func(policy.Audience) []string

// Contacts is People over a customer. An authority that nobody has falls to the operator: somebody has to find out
// whom to tell.
func Contacts(c estate.Customer) People {
	return func(a policy.Audience) []string {
		switch a {
		case policy.ToOrder, policy.ToConsent, policy.ToRead:
			var ids []string
			for _, contact := range c.Contacts {
				if contact.May(estate.Authority(a)) {
					ids = append(ids, contact.ID)
				}
			}
			if len(ids) == 0 {
				return []string{string(policy.ToOperator)}
			}
			return ids
		}
		return []string{string(a)}
	}
}

// Input is what Due rests on.
type Input struct {
	Now    time.Time
	Facts  []Fact // of one customer under one set of rules; of each run one
	Rules  policy.Notices
	Told   []Told // about these runs, in the order of time
	People People
}

// Due lists what is to be told now, in the order of the facts and rules.
func Due(in Input) []Notice {
	var out []Notice
	for _, f := range in.Facts {
		if !f.ahead() && in.Now.Sub(f.Since) > Stale {
			continue
		}
		given := map[string]bool{}
		for _, happening := range f.happenings(in.Now) {
			for _, rule := range in.Rules.Tell {
				if rule.Happening != happening {
					continue
				}
				for _, to := range in.reach(rule) {
					if n, due := in.judge(f, rule, to); due && !given[to] {
						given[to] = true
						out = append(out, n)
					}
				}
			}
		}
	}
	return in.gather(out)
}

// happenings are what a fact may be told as: work that lies ahead is planned, or has moved. Work that is about to
// begin is not announced any more, and that it begins is the news; but who believes it to be at another time has to
// learn that it is not.
func (f Fact) happenings(now time.Time) []policy.Happening {
	switch f.Stands {
	case policy.HappensBegun:
		return []policy.Happening{policy.HappensBegun, policy.HappensMoved}
	case policy.HappensPlanned:
		if !now.Before(f.Slot.From) {
			return []policy.Happening{policy.HappensMoved}
		}
		return []policy.Happening{policy.HappensPlanned, policy.HappensMoved}
	case policy.HappensBlocked: // whoever waits for it and is not told why learns that it does not take place
		return []policy.Happening{policy.HappensBlocked, policy.HappensCancelled}
	}
	return []policy.Happening{f.Stands}
}

// reach are the persons that a rule is about, each once.
func (in Input) reach(rule policy.Telling) []string {
	var out []string
	for _, a := range rule.To {
		for _, id := range in.People(a) {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// judge decides about one fact, one rule, one person.
func (in Input) judge(f Fact, rule policy.Telling, to string) (Notice, bool) {
	n := Notice{Told: Told{Run: f.Run, Happening: rule.Happening, To: to, Slot: f.Slot, At: in.Now}, System: f.System,
		Lead: rule.Lead(), Rule: rule.Rule, House: rule.House, Note: f.Note}
	last, announced := in.announced(f.Run, to)
	n.Sequence = in.sequence(f)
	switch rule.Happening {
	case policy.HappensPlanned:
		if announced || in.Now.Before(f.Slot.From.Add(-n.Lead-Early)) {
			return n, false
		}
		n.Late = f.Slot.From.Sub(in.Now) < n.Lead
	case policy.HappensMoved:
		if !announced || last.Slot == f.Slot && last.Happening != policy.HappensCancelled || !f.ahead() && (in.has(f, to) || last.Slot.From.Equal(f.Slot.From)) {
			return n, false
		}
		n.Was = last.Slot
		n.Late = f.Slot.From.Sub(in.Now) < n.Lead
	case policy.HappensCancelled:
		if !announced || last.Happening == policy.HappensCancelled || in.has(f, to) {
			return n, false // what was never announced need not be called off
		}
		n.Was = last.Slot
		n.Late = in.Now.Sub(f.Since) > Early
	default:
		if in.has(f, to) {
			return n, false
		}
		n.Late = in.Now.Sub(f.Since) > Early+in.waits(f)
	}
	n.Why = n.reason()
	return n, true
}

// announced is what somebody was told last about when the work takes place.
func (in Input) announced(run, to string) (last Told, ok bool) {
	for _, t := range in.Told {
		if t.Run == run && t.To == to && slices.Contains([]policy.Happening{policy.HappensPlanned, policy.HappensMoved, policy.HappensCancelled}, t.Happening) {
			last, ok = t, true
		}
	}
	return last, ok
}

// has reports whether somebody was told how the work stands. What is overdue is another thing at another date.
func (in Input) has(f Fact, to string) bool {
	return slices.ContainsFunc(in.Told, func(t Told) bool {
		return t.Run == f.Run && t.To == to && t.Happening == f.Stands && (f.Stands != policy.HappensOverdue || t.Slot.From.Equal(f.Slot.From))
	})
}

// sequence counts how often the time of a run has changed since it was first told (RFC 5545, SEQUENCE): the same
// for all who are told of the same time, and never less than before.
func (in Input) sequence(f Fact) int {
	highest, known := 0, false
	var last Told
	for _, t := range in.Told {
		if t.Run == f.Run && t.Sequence >= highest && !t.Slot.Zero() {
			highest, known, last = t.Sequence, true, t
		}
	}
	cancelled := f.Stands == policy.HappensCancelled || f.Stands == policy.HappensBlocked
	if !known || last.Slot == f.Slot && (last.Happening == policy.HappensCancelled) == cancelled {
		return highest
	}
	if !f.ahead() && !cancelled {
		return highest
	}
	return highest + 1
}

// waits is how long news of a fact may wait for others.
func (in Input) waits(f Fact) time.Duration {
	if f.good() {
		return in.Rules.Digest.Wait()
	}
	return 0
}

// gather holds good news back for whoever is concerned by many systems at the same time, until no more of it is to
// come or its time is up, so that it becomes one letter. Bad news never waits.
func (in Input) gather(list []Notice) []Notice {
	facts := map[string]Fact{}
	for _, f := range in.Facts {
		facts[f.Run] = f
	}
	var out []Notice
	for _, n := range list {
		f := facts[n.Run]
		if !f.good() || in.Rules.Digest.Systems == 0 || len(in.together(f)) < in.Rules.Digest.Systems {
			out = append(out, n)
			continue
		}
		var oldest time.Time
		for _, other := range list {
			if g := facts[other.Run]; other.To == n.To && g.good() && (oldest.IsZero() || g.Since.Before(oldest)) {
				oldest = g.Since
			}
		}
		if in.Now.Sub(oldest) >= in.Rules.Digest.Wait() || !in.moreToCome(f) {
			out = append(out, n)
		}
	}
	return out
}

// together are the systems worked on at the same time as a fact's.
func (in Input) together(f Fact) []string {
	var systems []string
	for _, g := range in.Facts {
		if g.Slot.From.Before(f.Slot.To) && f.Slot.From.Before(g.Slot.To) && !slices.Contains(systems, g.System) {
			systems = append(systems, g.System)
		}
	}
	return systems
}

// moreToCome reports whether other work of the same time will make the same news: what has not begun where this one
// has, what is not over where this one is.
func (in Input) moreToCome(f Fact) bool {
	return slices.ContainsFunc(in.Facts, func(g Fact) bool {
		later := g.ahead() || f.Stands == policy.HappensDone && g.open()
		return g.Run != f.Run && later && g.Slot.From.Before(f.Slot.To) && f.Slot.From.Before(g.Slot.To) && in.Now.Before(g.Slot.To)
	})
}

// Letter is what one person is told at once: one notice, or, from the rules' number of systems on, all of them.
type Letter struct {
	To      string
	Notices []Notice
}

// Letters groups notices by whom they are for. Below the number of systems each one is a letter of its own.
func Letters(list []Notice, digest policy.Digest) []Letter {
	var out []Letter
	seen := map[string]bool{}
	for _, n := range list {
		if seen[n.To] {
			continue
		}
		seen[n.To] = true
		var mine []Notice
		var systems []string
		for _, other := range list {
			if other.To == n.To {
				mine = append(mine, other)
				if !slices.Contains(systems, other.System) {
					systems = append(systems, other.System)
				}
			}
		}
		if digest.Systems > 0 && len(systems) >= digest.Systems {
			out = append(out, Letter{n.To, sorted(mine)})
			continue
		}
		for _, one := range mine {
			out = append(out, Letter{n.To, []Notice{one}})
		}
	}
	return out
}

// sorted puts what needs attention first, then by time and system.
func sorted(list []Notice) []Notice {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Notice) int {
		if d := rank(a.Happening) - rank(b.Happening); d != 0 {
			return d
		}
		if d := a.Slot.From.Compare(b.Slot.From); d != 0 {
			return d
		}
		return strings.Compare(a.System, b.System)
	})
	return out
}

// rank orders the happenings by how much they need attention.
func rank(h policy.Happening) int {
	return slices.Index([]policy.Happening{policy.HappensRestoreFailed, policy.HappensOverdue, policy.HappensRestored, policy.HappensNotEffective, policy.HappensPartial,
		policy.HappensBlocked, policy.HappensCancelled, policy.HappensMoved, policy.HappensPlanned, policy.HappensBegun, policy.HappensDone}, h)
}
