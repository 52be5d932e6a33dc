package quarter

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// deed is something that happens to the hoster at a full hour.
type deed struct {
	at       time.Time
	update   *finding.Finding // on some systems
	systems  []string
	mail     *letter
	freeze   *freeze.Freeze
	away     string // a host that is away until
	until    time.Time
	standing *change
}

// letter is a message with what its writer meant.
type letter struct {
	id, customer, contact string
	address               string
	forged                bool
	text                  string
	system                string
	intent                audit.Intent
	thread                string // of the order that it is about
}

// change is what a customer says about the dates of a standing order.
type change struct {
	contract string
	pause    int // days; else one date is moved by two days
}

// packages are what gets updates; the middle ones are middleware.
var packages = []string{"openssl", "linux", "glibc", "curl", "sudo", "nginx", "php8.2", "mariadb", "openssh", "systemd", "bind9", "libxml2", "git", "rsync", "krb5"}

// happenings make up what happens in a quarter, in the order of time.
func happenings(c Config, e estate.Estate, d *dice) []deed {
	var out []deed
	hour := func(day, from, to int) time.Time {
		at := c.From.AddDate(0, 0, day)
		return time.Date(at.Year(), at.Month(), at.Day(), from+d.below(to-from+1), 0, 0, 0, c.From.Location())
	}
	owners := map[string]string{}
	for _, k := range e.Contracts {
		owners[k.ID] = k.Customer
	}
	some := func(percent int) (names []string) {
		for _, s := range e.Systems {
			if d.of(percent) {
				names = append(names, s.Name)
			}
		}
		return names
	}
	for day := range c.Days {
		if d.of(33) || day%30 == 7 {
			f := update(d, day, policy.ChangeClassSecurityUpdate, policy.OriginStandard, pick(d, packages))
			out = append(out, deed{at: hour(day, 1, 1), update: &f, systems: some(30)})
		}
		if day%31 == 10 {
			f := update(d, day, policy.ChangeClassUpdate, policy.OriginStandard, "tzdata")
			out = append(out, deed{at: hour(day, 1, 1), update: &f, systems: some(60)})
		}
		if day%29 == 3 {
			f := update(d, day, policy.ChangeClassUpdate, policy.OriginThirdParty, "elasticsearch")
			out = append(out, deed{at: hour(day, 1, 1), update: &f, systems: some(5)})
		}
		if day%23 == 17 { // through which strangers take over a system
			f := update(d, day, policy.ChangeClassSecurityUpdate, policy.OriginStandard, pick(d, packages[:6]))
			f.Criticality, f.Holes = policy.CriticalityRemoteTakeover, []string{fmt.Sprintf("CVE-2027-%04d", 1000+day)}
			out = append(out, deed{at: hour(day, 0, 23), update: &f, systems: some(50)})
		}
		for range max(1, c.Systems/500) {
			s := pick(d, e.Systems)
			at := hour(day, 0, 23)
			out = append(out, deed{at: at, away: s.Name, until: at.Add(time.Duration(6+d.below(90)) * time.Hour)})
		}
		for range max(1, c.Customers/10) {
			out = append(out, mails(d, e, owners, hour(day, 8, 17), len(out))...)
		}
	}
	for i, k := range e.Customers {
		if i%6 != 0 {
			continue
		}
		day := d.below(c.Days)
		f := stretch(c, day, 2+d.below(12), freeze.Scope{Customer: k.ID}, fmt.Sprintf("f-%s", k.ID), d.of(70))
		out = append(out, deed{at: hour(max(0, day-d.below(10)), 8, 17), freeze: &f})
	}
	f := stretch(c, c.Days/2, 3, freeze.Scope{}, "f-all", true) // the hoster moves house
	out = append(out, deed{at: hour(max(0, c.Days/2-14), 9, 9), freeze: &f})
	for i, k := range e.Contracts {
		if k.StandingOrder == nil || i%3 != 0 {
			continue
		}
		ch := &change{contract: k.ID}
		if d.of(50) {
			ch.pause = 5 + d.below(20)
		}
		out = append(out, deed{at: hour(5+d.below(max(1, c.Days-30)), 9, 16), standing: ch})
	}
	slices.SortStableFunc(out, func(a, b deed) int { return a.at.Compare(b.at) })
	return out
}

func update(d *dice, day int, class policy.ChangeClass, origin policy.Origin, name string) finding.Finding {
	return finding.Finding{Package: name, Arch: "amd64", Source: name, Installed: "1.0", Candidate: fmt.Sprintf("1.%d-%d", day+1, d.below(9)),
		Layer: finding.LayerOf(name), Class: class, Origin: origin, Criticality: policy.CriticalityNormal}
}

func stretch(c Config, day, days int, scope freeze.Scope, id string, pass bool) freeze.Freeze {
	from := wall.DayOf(c.From).Add(day)
	return freeze.Freeze{ID: id, Scope: scope, From: from.At(0, 0), To: from.Add(days).At(0, 0), Zone: c.From.Location().String(), Reason: "Ausverkauf", SetBy: "chef",
		SetAt: c.From.AddDate(0, 0, max(0, day-10)), Emergencies: pass}
}

// mails are a message about one system, and sometimes the withdrawal of what it ordered.
func mails(d *dice, e estate.Estate, owners map[string]string, at time.Time, number int) []deed {
	s := pick(d, e.Systems)
	owner := owners[s.Contract]
	m := &letter{id: fmt.Sprintf("m-%06d", number), customer: owner, contact: pick(d, []string{"chef", "it"}), system: s.Name, intent: audit.Clear}
	m.text = fmt.Sprintf(pick(d, []string{"Guten Tag,\n\nbitte spielen Sie auf %s die Sicherheitsupdates ein.\n\nMit freundlichen Grüßen\n",
		"Hallo,\n\nbitte installieren Sie die Sicherheitsupdates auf %s.\n\nViele Grüße\n", "Please install the security updates on %s.\n"}), s.Name)
	switch roll := d.below(100); {
	case roll < 15:
		m.intent = audit.Vague
		m.text = fmt.Sprintf(pick(d, []string{"Guten Tag,\n\nvielleicht sollten wir auf %s mal die Sicherheitsupdates einspielen, falls das nötig ist.\n",
			"Hallo,\n\nbitte spielen Sie auf %s noch keine Sicherheitsupdates ein, oder was meinen Sie?\n", "Could you update %s if the shop vendor agrees?\n"}), s.Name)
	case roll < 25:
		m.intent, m.contact = audit.Unauthorised, "buero"
	case roll < 32:
		m.intent, m.forged = audit.Unauthorised, true
	}
	m.address = cmp.Or(m.contact, "it") + "@" + owner + ".example"
	out := []deed{{at: at, mail: m}}
	if m.intent == audit.Clear && d.of(10) {
		out = append(out, deed{at: at.Add(time.Duration(1+d.below(5)) * time.Hour), mail: &letter{id: m.id + "-w", customer: owner, contact: m.contact, address: m.address, system: s.Name,
			intent: audit.TakesBack, thread: m.id, text: "Guten Tag,\n\nwir ziehen den Auftrag zurück.\n"}})
	}
	return out
}
