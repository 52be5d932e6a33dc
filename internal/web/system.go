package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// How many entries a system's page shows of each list.
const (
	maxDue    = 150
	maxOrders = 20
	maxPast   = 20
)

// systemView is a system's page.
type systemView struct {
	page
	S      board.System
	Zone   string
	Policy board.PolicyInfo
	Groups []dueGroup
	Hidden int // due changes that are not shown
	Orders []orderRow
	Past   capped[board.RunRow]
	Holes  capped[board.ClockRow]
	Told   capped[board.Told]
	Form   orderForm

	RootForm rootForm

	Meetings []appointmentView
	Meeting  appointmentForm // to propose one
}

// dueGroup are due changes that share one decision: the same rule, for the same reason.
type dueGroup struct {
	ID    string
	First board.DueRow
	Rows  []board.DueRow
	Count int // all of the group, shown or not
}

// system shows a system's page.
func (c *console) system(w http.ResponseWriter, r *http.Request) {
	s, err := c.backend.System(r.Context(), r.PathValue("name"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showSystem(w, r, http.StatusOK, s, newOrderForm(s))
}

// showSystem shows the page with the order form as it was filled in.
func (c *console) showSystem(w http.ResponseWriter, r *http.Request, status int, s board.System, form orderForm) {
	c.showSystemWith(w, r, status, s, form, rootForm{})
}

// showSystemWith shows the page with both forms as they were filled in.
func (c *console) showSystemWith(w http.ResponseWriter, r *http.Request, status int, s board.System, form orderForm, root rootForm) {
	title := lang.T(s.Name, s.Name)
	v := systemView{
		page: c.page(w, r, "systeme", title), S: s, Zone: s.Held.Window.Zone,
		Orders: orderRows(s), Form: form, RootForm: root,
		Past:  capAt(s.Runs, maxPast, "/laeufe?q="+s.Name),
		Holes: capAt(s.Clocks, maxClocks, systemHolesURL(s.Name)), Told: capAt(s.Notices, maxTold, "/luecken"),
	}
	v.Groups, v.Hidden = groupDue(s.DueList)
	// The version's title and dates are a nicety: a page that lacks them is still right.
	if e, err := c.backend.Explain(r.Context(), board.Question{System: s.Name}); err == nil {
		v.Policy = e.Policy
	} else {
		c.opts.Log.Warn("console: policy version of a system", "system", s.Name, "error", err)
	}
	if !byCustomer(v) {
		var err error
		if v.Meetings, v.Meeting, err = c.meetings(r.Context(), s, ""); err != nil {
			c.fail(w, r, err)
			return
		}
	}
	c.render(w, r, status, systemPage(v))
}

// groupDue puts changes under their decision, in the order in which the decisions first appear:
// permitted ones first. It shows at most maxDue changes and counts the others.
func groupDue(rows []board.DueRow) (groups []dueGroup, hidden int) {
	type key struct {
		allowed             bool
		rule, why, ask, run string
	}
	at := map[key]int{}
	shown := 0
	for _, allowed := range []bool{true, false} {
		for _, d := range rows {
			if d.Allowed != allowed {
				continue
			}
			k := key{d.Allowed, d.Rule, d.Why.DE, d.Ask.DE, ""}
			if d.Ground != nil {
				k.run = string(d.Ground.Kind) + d.Ground.Basis
			}
			i, ok := at[k]
			if !ok {
				i = len(groups)
				at[k] = i
				groups = append(groups, dueGroup{ID: "grund-" + strconv.Itoa(i), First: d})
			}
			groups[i].Count++
			if shown == maxDue {
				hidden++
				continue
			}
			shown++
			groups[i].Rows = append(groups[i].Rows, d)
		}
	}
	return groups, hidden
}

// partyWord is who does something, from the console's side of the counter.
func partyWord(x policy.Party, v policy.Verdict) lang.Text {
	switch {
	case v == policy.Ask:
		return systemWords.Open
	case x == policy.PartyProvider:
		return systemWords.ExecutorUs
	case x == policy.PartyCustomer:
		return systemWords.ExecutorThem
	}
	return systemWords.ExecutorNone
}

// accessWord is who holds administrative rights.
func accessWord(a policy.AdminAccess) lang.Text {
	switch a {
	case policy.AdminAccessProvider:
		return systemWords.AccessProvider
	case policy.AdminAccessShared:
		return systemWords.AccessCustomer
	}
	return systemWords.AccessUnknown
}

// refreshed is when the host last refreshed its package lists; false when it never did.
func refreshed(s board.System) (time.Time, bool) {
	if s.Facts == nil || s.Facts.Indices.Refreshed == 0 {
		return time.Time{}, false
	}
	return time.Unix(s.Facts.Indices.Refreshed, 0), true
}

// size writes bytes in the unit people use.
func size(p page, n int64) string {
	const kib, mib, gib = 1 << 10, 1 << 20, 1 << 30
	switch {
	case n >= gib:
		return decimal(p, n, gib) + " GiB"
	case n >= mib:
		return decimal(p, n, mib) + " MiB"
	case n >= kib:
		return decimal(p, n, kib) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// decimal writes n/unit with one digit after the point.
func decimal(p page, n, unit int64) string {
	tenths := (n*10 + unit/2) / unit
	point := ","
	if p.L == lang.EN {
		point = "."
	}
	return p.Count(int(tenths/10)) + point + strconv.FormatInt(tenths%10, 10)
}

// checkKinds names what is asked, as people write it.
var checkKinds = map[estate.CheckKind]string{
	estate.CheckTCP: "TCP", estate.CheckTLS: "TLS", estate.CheckMySQL: "MySQL", estate.CheckPostgreSQL: "PostgreSQL", estate.CheckRedis: "Redis",
}

// checkText says what a check asks.
func checkText(k estate.Check) string {
	if k.Kind == estate.CheckHTTP {
		status := k.Status
		if status == 0 {
			status = http.StatusOK
		}
		return k.Name + ": HTTP " + k.Path + " :" + strconv.Itoa(k.Port) + " → " + strconv.Itoa(status)
	}
	text := k.Name + ": " + checkKinds[k.Kind] + " :" + strconv.Itoa(k.Port)
	if k.Host != "" {
		text += " (" + k.Host + ")"
	}
	return text
}

// enrol makes the one-time command that enrols a host, and shows it this once.
func (c *console) enrol(w http.ResponseWriter, r *http.Request) {
	e, err := c.backend.Enrolment(r.Context(), r.PathValue("name"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if e.Command == "" {
		c.fail(w, r, fault.New(fault.Internal, faultWords.Internal, faultWords.InternalMend))
		return
	}
	p := c.page(w, r, "systeme", enrolWords.Title)
	c.render(w, r, http.StatusOK, enrolPage(p, e))
}
