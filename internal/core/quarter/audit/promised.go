package audit

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/policy"
)

const day = 24 * time.Hour

// letters judges what was made of each message.
func (a *audit) letters() {
	for _, m := range a.mails {
		document := a.systems[m.System].Contract.Policy
		id := map[string]string{first: "MH1-04", second: "MH2-09"}[document]
		if id == "" {
			continue
		}
		replies := a.replies[m.Mail]
		ordered := slices.ContainsFunc(replies, func(e Entry) bool { return e.Kind == Ordered })
		if m.Intent == TakesBack {
			a.withdrawal(document, id, m)
			continue
		}
		v := Broken
		switch {
		case m.Intent == Clear && (ordered || slices.ContainsFunc(replies, func(e Entry) bool { return e.Kind == Declined })):
			v = Kept
		case m.Intent == Clear && len(replies) > 0: // not understood, and somebody was asked or told
			v = Alarmed
		case m.Intent != Clear && !ordered && len(replies) > 0:
			v = Kept
		}
		a.say(document, id+" mail", v, "%s (%s): %d replies", m.Mail, m.Intent, len(replies))
	}
}

// withdrawal judges what became of the order that a message takes back, if it was waiting.
func (a *audit) withdrawal(document, id string, m Entry) {
	for _, o := range a.orders {
		if o.mail != m.Order {
			continue
		}
		if slices.ContainsFunc(a.of[o.system], func(r *run) bool { return r.basis == o.id && r.begun.Before(m.At) }) {
			continue // under way, or done
		}
		v := Kept
		if slices.ContainsFunc(a.of[o.system], func(r *run) bool { return r.basis == o.id && !r.begun.Before(m.At) }) {
			v = Broken
		}
		a.say(document, id+" withdrawal", v, "%s takes back %s", m.Mail, o.id)
	}
}

// wanted reports whether an update was due at a moment.
func (u *update) due(at time.Time) bool {
	return u.At.Before(at) && (u.gone.IsZero() || u.gone.After(at))
}

// nextWindows judges orders, and updates on SaaS, by the first opening that comes.
func (a *audit) nextWindows() {
	for _, o := range a.orders {
		s := a.systems[o.system]
		id := map[string]string{first: "MH1-05", second: "next window"}[s.Contract.Policy]
		from := o.given
		if o.needsPrice {
			if o.agreed.IsZero() {
				continue
			}
			from = o.agreed
		}
		at, in := a.next(s, from)
		something := slices.ContainsFunc(a.updates[s.Name], func(u *update) bool { return u.Security && u.Standard && u.due(from.Add(time.Second)) })
		if id == "" || !in || !something || !o.taken.IsZero() && o.taken.Before(at.to) {
			continue
		}
		v := Broken
		switch {
		case slices.ContainsFunc(a.of[s.Name], func(r *run) bool { return !r.begun.Before(from) && r.begun.Before(at.to) && r.outcome == "succeeded" }):
			v = Kept
		case a.alarmed(s.Name, from, at.to.Add(2*time.Hour), nil):
			v = Alarmed
		}
		a.say(s.Contract.Policy, id, v, "%s on %s, given %s, opening %s to %s", o.id, o.system, o.given, at.from, at.to)
	}
	for _, s := range a.world.Systems {
		if s.Contract.Policy != second || s.Contract.Model != policy.ServiceModelSaaS {
			continue
		}
		for _, u := range a.updates[s.Name] {
			a.soon(s, u, "MH2-17", time.Time{})
		}
	}
}

// soon judges an update that is to be installed in the first opening, or by a moment.
func (a *audit) soon(s System, u *update, id string, by time.Time) {
	at, in := a.next(s, u.At)
	if by.After(at.to) {
		at.to = by
	}
	if !in || at.to.After(a.world.Until.Add(-day)) {
		return
	}
	v := Broken
	switch {
	case !u.gone.IsZero() && !u.gone.After(at.to):
		v = Kept
	case a.alarmed(s.Name, u.At, at.to.Add(day+8*time.Hour), nil) || a.alarmed(s.Name, u.At.Add(-14*day), u.At, func(e Entry) bool {
		return strings.HasPrefix(e.What, "not in the next") || strings.HasPrefix(e.What, "planned after")
	}):
		v = Alarmed
	}
	a.say(s.Contract.Policy, id, v, "%s on %s at %s, gone %s, opening until %s", u.What, s.Name, u.At, u.gone, at.to)
}

// failures judges who learns of what was put back.
func (a *audit) failures() {
	for _, r := range a.runs {
		if r.outcome == "succeeded" || r.ended.After(a.world.Until.Add(-3*time.Hour)) {
			continue
		}
		s := a.systems[r.system]
		id := map[string]string{first: "MH1-08", second: "MH2-16", toms: "IT-32"}[s.Contract.Policy]
		v := Kept
		for _, to := range append(a.contacts(s), "operator") {
			if r.outcome != "restored" || !slices.ContainsFunc(a.told[r.id], func(e Entry) bool {
				return e.Kind == Told && e.What == "restored" && e.To == to && e.At.Before(r.ended.Add(2*time.Hour))
			}) {
				v = Broken
			}
		}
		a.say(s.Contract.Policy, id, v, "%s on %s: %s", r.id, r.system, r.outcome)
	}
}

// announcements judges whether customers knew when work would be.
func (a *audit) announcements() {
	for _, r := range a.runs {
		s := a.systems[r.system]
		if s.Contract.Policy == toms {
			continue // the document promises no announcements, and nightly updates have none
		}
		v := Kept
		for _, to := range a.contacts(s) {
			var last Entry
			for _, e := range a.told[r.id] {
				if e.Kind == Told && e.To == to && slices.Contains([]string{"planned", "moved", "cancelled"}, e.What) && !e.At.After(r.begun) {
					last = e
				}
			}
			switch {
			case last.To == "" && slices.ContainsFunc(a.told[r.id], func(e Entry) bool {
				return e.Kind == Told && e.To == to && (e.What == "begun" || e.What == "done" || e.What == "restored") && e.At.Before(r.begun.Add(45*time.Minute))
			}):
				v = max(v, Alarmed) // it began as soon as it was due: that is the news
			case !last.From.Equal(r.begun) || last.What == "cancelled":
				v = Broken
			case last.At.After(r.begun.Add(-2*day)) && last.Late:
				v = max(v, Alarmed)
			case last.At.After(r.begun.Add(-2*day)) && !last.Late:
				v = Broken
			}
		}
		a.say(s.Contract.Policy, "notice", v, "%s on %s, %s", r.id, r.system, r.begun)
	}
	for id, list := range a.told {
		last := map[string]Entry{}
		for _, e := range list {
			if e.Kind == Told && slices.Contains([]string{"planned", "moved", "cancelled"}, e.What) {
				last[e.To] = e
			}
		}
		r := a.byRun[id]
		for to, e := range last {
			s := a.systems[e.System]
			if e.From.After(a.world.Until.Add(-2*time.Hour)) || s.Contract.Policy == toms {
				continue
			}
			v := Kept
			if e.What != "cancelled" && (r == nil || !r.begun.Equal(e.From)) {
				v = Broken
			}
			a.say(s.Contract.Policy, "correction", v, "%s told %s of %s on %s", to, e.What, e.From, e.System)
		}
	}
}

// standing judges the dates of standing orders (MH2-22).
func (a *audit) standing() {
	for _, s := range a.world.Systems {
		so := s.Contract.StandingOrder
		if so == nil || !admin(s) || s.Contract.Policy != second {
			continue
		}
		days := dates(*so, s.Zone, a.world.From.AddDate(0, 0, 1), a.world.Until.AddDate(0, 6, 0))
		for i := 0; i+1 < len(days); i++ {
			a.date(s, days[i], days[i+1])
		}
	}
}

func (a *audit) date(s System, on, next time.Time) {
	original := on.Format(time.DateOnly)
	if to, ok := a.moved[s.Name][original]; ok {
		on = to
	}
	if to, ok := a.moved[s.Name][next.Format(time.DateOnly)]; ok {
		next = to
	}
	from, until := clockTime(on, s.Window.Start, s.Zone), clockTime(next, s.Window.Start, s.Zone)
	if until.After(a.world.Until) || slices.ContainsFunc(a.pauses[s.Name], func(p span) bool { return p.meets(span{from, until}) }) {
		return
	}
	// Something was due all the time from the date to the end of the first opening that there is after it.
	at, in := a.next(s, from)
	if !in || at.to.After(until) {
		if !in {
			return
		}
		at.to = until
	}
	something := slices.ContainsFunc(a.updates[s.Name], func(u *update) bool { return u.Security && u.Standard && u.due(from) })
	if !something {
		return
	}
	v := Broken
	switch {
	case slices.ContainsFunc(a.of[s.Name], func(r *run) bool {
		return !r.begun.Before(from) && r.begun.Before(until) && r.outcome == "succeeded"
	}):
		v = Kept
	case a.alarmed(s.Name, from.Add(-14*day), until.Add(2*day), nil):
		v = Alarmed
	}
	a.say(second, "MH2-22", v, "%s: %s of %s, until %s", s.Name, original, s.Contract.StandingOrder.Interval, until)
}

// critical judges holes through which strangers take over a system.
func (a *audit) critical() {
	for _, s := range a.world.Systems {
		orders := s.Contract.Model != policy.ServiceModelIaaS && admin(s) && (s.Contract.Policy == first && s.Contract.Package != policy.PackageNone ||
			s.Contract.Policy == second && s.Contract.Model == policy.ServiceModelPaaS)
		for _, u := range a.updates[s.Name] {
			if !u.Critical || u.At.After(a.world.Until.Add(-26*time.Hour)) {
				continue
			}
			switch {
			case s.Contract.Policy == toms && admin(s):
				a.within24(s, u)
			case orders:
				v := Broken
				if a.alarmed(s.Name, u.At, u.At.Add(time.Hour), func(e Entry) bool { return strings.HasPrefix(e.What, "ASK-01") && e.To == "chef" }) || a.carried(s, u) || a.answered(s, u) {
					v = Kept
				}
				a.say(s.Contract.Policy, "ask", v, "%s on %s at %s", u.What, s.Name, u.At)
			}
		}
	}
}

// answered reports whether the customer had ordered already when he was to be asked.
func (a *audit) answered(s System, u *update) bool {
	by := u.At.Add(time.Hour)
	for _, o := range a.orders {
		used := slices.ContainsFunc(a.of[s.Name], func(r *run) bool { return r.basis == o.id && r.begun.Before(u.At) })
		if o.system == s.Name && o.plain && !used && !o.given.After(by) && (o.taken.IsZero() || o.taken.After(by)) {
			return true
		}
	}
	return false
}

// carried reports whether the hole was known before, so that its clock goes on: an older version of the same package
// closed it, too, and was still due.
func (a *audit) carried(s System, u *update) bool {
	return slices.ContainsFunc(a.updates[s.Name], func(o *update) bool {
		return o != u && o.Critical && name(o.What) == name(u.What) && o.At.Before(u.At) && o.gone.Equal(u.At) && o.by == ""
	})
}

func (a *audit) within24(s System, u *update) {
	if a.carried(s, u) {
		return // judged by when it became known
	}
	closed := u
	for closed.by == "" && !closed.gone.IsZero() { // a newer version closes it, too
		i := slices.IndexFunc(a.updates[s.Name], func(o *update) bool { return name(o.What) == name(u.What) && o.At.Equal(closed.gone) })
		if i < 0 {
			break
		}
		closed = a.updates[s.Name][i]
	}
	v := Broken
	switch {
	case closed.by != "" && !closed.gone.After(u.At.Add(day)):
		v = Kept
	case a.alarmed(s.Name, u.At, u.At.Add(day+time.Hour), func(e Entry) bool { return e.To == "management" && e.Rule == "IT-33" }):
		v = Alarmed
	}
	a.say(toms, "IT-33", v, "%s on %s at %s, gone %s", u.What, s.Name, u.At, closed.gone)
}

// nightly judges security updates that come of themselves (IT-30).
func (a *audit) nightly() {
	for _, s := range a.world.Systems {
		if s.Contract.Policy != toms || !admin(s) {
			continue
		}
		for _, u := range a.updates[s.Name] {
			if !u.Security || !u.Standard {
				continue
			}
			by := time.Time{}
			if len(s.Window.Days) == 7 {
				by = u.At.Add(36 * time.Hour)
			}
			a.soon(s, u, "IT-30", by)
		}
	}
}

// monthly judges the sign-off by a person (IT-31), for the months that are over.
func (a *audit) monthly() {
	for _, s := range a.world.Systems {
		if s.Contract.Policy != toms || !admin(s) {
			continue
		}
		for from := a.world.From; ; {
			to := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, from.Location())
			if to.After(a.world.Until.Add(-day)) {
				break
			}
			v := Broken
			switch {
			case slices.ContainsFunc(a.signed[s.Name], func(t time.Time) bool { return !t.Before(from) && t.Before(to) }):
				v = Kept
			case a.alarmed(s.Name, to, to.Add(day), func(e Entry) bool { return e.Rule == "IT-31" }):
				v = Alarmed
			}
			a.say(toms, "IT-31", v, "%s in %s", s.Name, from.Format("2006-01"))
			from = to
		}
	}
}
