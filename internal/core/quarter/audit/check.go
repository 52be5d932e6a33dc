package audit

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// run is a run as the log tells it.
type run struct {
	id, system    string
	begun, ended  time.Time
	outcome       string
	names         []string
	ground, basis string
	urgent        bool
	entry         Entry
}

func (r run) span() span { return span{r.begun, r.ended} }

// order is an order as the log tells it.
type order struct {
	id, system, mail  string
	given, taken      time.Time // taken: back; zero: not
	agreed            time.Time
	needsPrice, plain bool
	runs              []string
}

// update is one thing that was due on a system.
type update struct {
	Entry
	gone time.Time // installed, or overtaken by a newer one; zero: still due
	by   string    // what installed it: a run; empty when it was overtaken
}

// freezeSpan is a freeze.
type freezeSpan struct {
	span
	set              time.Time
	customer, system string
	pass             bool
}

// audit is the log, sorted out.
type audit struct {
	world   World
	systems map[string]System
	runs    []*run
	byRun   map[string]*run
	of      map[string][]*run
	orders  map[string]*order
	updates map[string][]*update
	alarms  map[string][]Entry // by system: what was said about a promise in danger
	freezes []freezeSpan
	mails   []Entry
	replies map[string][]Entry
	told    map[string][]Entry // by run
	pauses  map[string][]span
	moved   map[string]map[string]time.Time // by system: date, to when
	open    map[string][]span               // by system: the openings of its window
	signed  map[string][]time.Time
	counts  map[string]*Row // by document and promise
}

// Check judges every promise by the log, which is in the order of time.
func Check(w World, log []Entry) Report {
	a := sortOut(w, log)
	for _, p := range promises() {
		a.counts[p.Document+" "+p.ID] = &Row{Promise: p}
	}
	a.touched()
	a.mandates()
	a.letters()
	a.nextWindows()
	a.times()
	a.together()
	a.failures()
	a.announcements()
	a.standing()
	a.critical()
	a.nightly()
	a.monthly()
	var r Report
	for _, p := range promises() {
		r.Rows = append(r.Rows, *a.counts[p.Document+" "+p.ID])
	}
	return r
}

func (a *audit) say(document, id string, v Verdict, format string, args ...any) {
	row := a.counts[document+" "+id]
	row.Counts[v]++
	if v == Broken && len(row.Broken) < 5 {
		row.Broken = append(row.Broken, fmt.Sprintf(format, args...))
	}
}

func sortOut(w World, log []Entry) *audit {
	a := &audit{world: w, systems: map[string]System{}, byRun: map[string]*run{}, of: map[string][]*run{}, orders: map[string]*order{}, updates: map[string][]*update{},
		alarms: map[string][]Entry{}, replies: map[string][]Entry{}, told: map[string][]Entry{}, pauses: map[string][]span{}, moved: map[string]map[string]time.Time{},
		open: map[string][]span{}, signed: map[string][]time.Time{}, counts: map[string]*Row{}}
	byWindow := map[string][]span{}
	for _, s := range w.Systems {
		a.systems[s.Name] = s
		if byWindow[s.Window.Name] == nil {
			byWindow[s.Window.Name] = openings(s.Window, s.Zone, w.From, w.Until.AddDate(0, 0, 15))
		}
		a.open[s.Name] = byWindow[s.Window.Name]
	}
	for _, e := range log {
		a.take(e)
	}
	for _, list := range a.of {
		for _, r := range list {
			if r.outcome != "succeeded" {
				continue
			}
			for _, u := range a.updates[r.system] {
				if u.gone.IsZero() && !u.At.After(r.begun) && slices.Contains(r.names, u.What) {
					u.gone, u.by = r.ended, r.id
				}
			}
		}
	}
	for _, list := range a.updates { // what a newer version overtook while it was still due
		for i, u := range list {
			for _, n := range list[i+1:] {
				if name(n.What) == name(u.What) && (u.gone.IsZero() || n.At.Before(u.gone)) {
					u.gone, u.by = n.At, ""
					break
				}
			}
		}
	}
	return a
}

func name(what string) string { n, _, _ := strings.Cut(what, " "); return n }

func (a *audit) take(e Entry) {
	switch e.Kind {
	case Arrived:
		a.updates[e.System] = append(a.updates[e.System], &update{Entry: e})
	case Mailed:
		a.mails = append(a.mails, e)
	case Froze:
		a.freezes = append(a.freezes, freezeSpan{span{e.From, e.Until}, e.At, e.Customer, e.System, e.Urgent})
	case PausedDay:
		a.pauses[e.System] = append(a.pauses[e.System], span{e.From, e.Until})
	case MovedDate:
		if a.moved[e.System] == nil {
			a.moved[e.System] = map[string]time.Time{}
		}
		a.moved[e.System][e.From.Format(time.DateOnly)] = e.Until
	case Ordered:
		o := &order{id: e.Order, system: e.System, mail: e.Mail, given: e.At, needsPrice: e.NeedsPrice}
		for _, m := range a.mails {
			o.plain = o.plain || m.Mail == e.Mail && m.Intent == Clear
		}
		a.orders[o.id] = o
		a.replies[e.Mail] = append(a.replies[e.Mail], e)
	case AskedBack, Warned, Declined:
		a.replies[e.Mail] = append(a.replies[e.Mail], e)
	case Withdrawn:
		a.orders[e.Order].taken = e.At
		a.replies[e.Mail] = append(a.replies[e.Mail], e)
	case Agreed:
		a.orders[e.Order].agreed = e.At
	case Begun:
		r := &run{id: e.Run, system: e.System, begun: e.At, ended: a.world.Until, names: e.Names, ground: e.Ground, basis: e.Basis, urgent: e.Urgent, entry: e}
		a.runs, a.byRun[r.id], a.of[r.system] = append(a.runs, r), r, append(a.of[r.system], r)
	case Ended:
		if r := a.byRun[e.Run]; r != nil {
			r.ended, r.outcome = e.At, e.What
		}
	case Told:
		a.told[e.Run] = append(a.told[e.Run], e)
		if slices.Contains([]string{"blocked", "restored", "restore_failed", "partial", "overdue"}, e.What) {
			a.alarms[e.System] = append(a.alarms[e.System], e)
		}
	case Alarm:
		a.alarms[e.System] = append(a.alarms[e.System], e)
	case Signed:
		if e.To != "" && e.Why != "" {
			a.signed[e.System] = append(a.signed[e.System], e.At)
		}
	case Planned, Moved, Cancelled:
		a.told[e.Run] = append(a.told[e.Run], e)
	}
}

// alarmed reports whether somebody was told within a time that something on a system does not go as promised.
func (a *audit) alarmed(system string, from, until time.Time, which func(Entry) bool) bool {
	list := a.alarms[system]
	i := sort.Search(len(list), func(i int) bool { return !list[i].At.Before(from) })
	for ; i < len(list) && !list[i].At.After(until); i++ {
		if list[i].To != "" && (which == nil || which(list[i])) {
			return true
		}
	}
	return false
}

// frozen reports whether a freeze that was known at a moment lies over a time.
func (a *audit) frozen(s System, at span, known time.Time, urgent bool) bool {
	for _, f := range a.freezes {
		about := (f.system == "" || f.system == s.Name) && (f.customer == "" || f.customer == s.Customer)
		if about && f.meets(at) && !f.set.After(known) && (!urgent || !f.pass) {
			return true
		}
	}
	return false
}

// next is the first opening after a moment with half an hour to go that no freeze touches.
func (a *audit) next(s System, from time.Time) (span, bool) {
	list := a.open[s.Name]
	i := sort.Search(len(list), func(i int) bool { return list[i].to.After(from) })
	for ; i < len(list); i++ {
		o := list[i]
		if o.from.Before(from) {
			o.from = from
		}
		if o.to.Sub(o.from) >= 50*time.Minute && !a.frozen(s, o, o.to, false) {
			return o, !o.to.After(a.world.Until)
		}
	}
	return span{}, false
}

func admin(s System) bool { return s.AdminAccess == policy.AdminAccessProvider }

// touched judges the systems on which nothing may be done at all.
func (a *audit) touched() {
	for _, s := range a.world.Systems {
		document := s.Contract.Policy
		var id string
		iaas, packaged := s.Contract.Model == policy.ServiceModelIaaS, s.Contract.Package != policy.PackageNone
		switch {
		case document == first && iaas:
			id = "MH1-01"
		case document == first && !admin(s):
			id = "MH1-02"
		case document == first && !packaged:
			id = "MH1-03"
		case document == second && iaas:
			id = "MH2-03"
		case document == second && s.Contract.Model == policy.ServiceModelPaaS && !admin(s):
			id = "MH2-13"
		case document == toms && s.AdminAccess == policy.AdminAccessCustomer:
			id = "IT-13"
		default:
			continue
		}
		v := Kept
		if len(a.of[s.Name]) > 0 {
			v = Broken
		}
		a.say(document, id, v, "%s was worked on", s.Name)
	}
}

// mandates judges on what each run rests.
func (a *audit) mandates() {
	for _, r := range a.runs {
		s := a.systems[r.system]
		why := ""
		security := true
		for _, n := range r.names {
			known := slices.IndexFunc(a.updates[r.system], func(u *update) bool { return u.What == n && !u.At.After(r.begun) })
			if known < 0 {
				why = n + " was never due"
				continue
			}
			u := a.updates[r.system][known]
			security = security && u.Security && u.Standard
		}
		switch document := s.Contract.Policy; {
		case document == toms:
			if !security || r.ground != "provider_duty" {
				why = "not only security updates of the distribution, or no duty"
			}
			a.say(toms, "IT-30 scope", verdict(why), "%s: %s", r.id, why)
		case document == second && s.Contract.Model == policy.ServiceModelSaaS:
			continue // the provider's own duty, whatever it is (MH2-17)
		case document == second && s.Contract.Package == policy.PackageAdvanced:
			if r.ground == "standing_order" {
				why = a.standingOrder(s, r, security)
			} else if why == "" {
				why = a.order(r, security)
			}
			a.say(second, "MH2-21", verdict(why), "%s: %s", r.id, why)
		default:
			if why == "" {
				why = a.order(r, security)
			}
			id := map[string]string{first: "MH1-04", second: "MH2-09"}[document]
			a.say(document, id, verdict(why), "%s on %s: %s", r.id, r.system, why)
			if document == second && s.Contract.Package == policy.PackageNone {
				why = ""
				if o := a.orders[r.basis]; o == nil || o.agreed.IsZero() || o.agreed.After(r.begun) {
					why = "no price was agreed"
				}
				a.say(second, "MH2-11", verdict(why), "%s: %s", r.id, why)
			}
		}
	}
}

func verdict(why string) Verdict {
	if why != "" {
		return Broken
	}
	return Kept
}

// order says what is wrong with the order that a run rests on; empty: nothing.
func (a *audit) order(r *run, security bool) string {
	o := a.orders[r.basis]
	switch {
	case r.ground != "order" || o == nil:
		return "there is no order"
	case o.system != r.system || o.given.After(r.begun):
		return "the order is another system's, or came later"
	case !o.plain:
		return "the message was no plain order by somebody who may order"
	case !o.taken.IsZero() && !o.taken.After(r.begun):
		return "the order was taken back before"
	case !security:
		return "security updates were ordered, and more was installed"
	case len(o.runs) > 0:
		return "the order was used by " + o.runs[0]
	}
	o.runs = append(o.runs, r.id)
	return ""
}

func (a *audit) standingOrder(s System, r *run, security bool) string {
	switch so := s.Contract.StandingOrder; {
	case so == nil || r.basis != so.ID:
		return "there is no standing order"
	case !security:
		return "the standing order is about security updates"
	case slices.ContainsFunc(a.pauses[s.Name], func(p span) bool { return !r.begun.Before(p.from) && r.begun.Before(p.to) }):
		return "the standing order was paused"
	}
	return ""
}

// times judges windows and freezes.
func (a *audit) times() {
	for _, r := range a.runs {
		s := a.systems[r.system]
		if !r.urgent {
			inside := slices.ContainsFunc(a.open[r.system], func(o span) bool { return !r.begun.Before(o.from) && !r.ended.After(o.to) })
			v := Kept
			if !inside {
				v = Broken
			}
			a.say(s.Contract.Policy, "window", v, "%s on %s, %s to %s", r.id, r.system, r.begun, r.ended)
		}
		v := Kept
		if a.frozen(s, r.span(), r.begun, r.urgent) {
			v = Broken
		}
		a.say(s.Contract.Policy, "freeze", v, "%s on %s, %s", r.id, r.system, r.begun)
	}
}

// together judges groups and pools.
func (a *audit) together() {
	limits := map[string]int{}
	for _, p := range a.world.Pools {
		limits[p.Name] = p.AtOnce
	}
	places := map[string][]*run{}
	for _, r := range a.runs {
		s := a.systems[r.system]
		for _, g := range append([]string{"=" + s.Name}, s.Groups...) {
			places["group "+g] = append(places["group "+g], r)
		}
		for _, p := range []string{s.Site, s.Hypervisor} {
			places["pool "+p] = append(places["pool "+p], r)
		}
	}
	full := map[string]map[*run]string{"group": {}, "pool": {}}
	for _, place := range slices.Sorted(maps.Keys(places)) {
		kind, name, _ := strings.Cut(place, " ")
		limit := 1
		if kind == "pool" {
			limit = limits[name]
		}
		var live []*run
		for _, r := range places[place] {
			live = slices.DeleteFunc(live, func(o *run) bool { return !o.ended.After(r.begun) })
			live = append(live, r)
			if len(live) > limit {
				full[kind][r] = place
			}
		}
	}
	for _, r := range a.runs {
		for _, kind := range []string{"group", "pool"} {
			a.say(a.systems[r.system].Contract.Policy, kind, verdict(full[kind][r]), "%s at %s: %s", r.id, r.begun, full[kind][r])
		}
	}
}

func mayOrder(c estate.Customer) (ids []string) {
	for _, k := range c.Contacts {
		if slices.Contains(k.Authority, estate.AuthorityOrder) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

func (a *audit) contacts(s System) []string {
	i := slices.IndexFunc(a.world.Customers, func(c estate.Customer) bool { return c.ID == s.Customer })
	return mayOrder(a.world.Customers[i])
}
