package webtest

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Berlin is the zone of all customers here.
const Berlin = "Europe/Berlin"

// Morning is the moment at which Demo plays: a Saturday, twenty minutes into the window.
var Morning = time.Date(2026, 11, 28, 4, 20, 0, 0, time.UTC)

// Systems of Demo by what became of them.
const (
	Succeeded = "web1"
	Restored  = "web2"
	Waiting   = "db1"
	Foreign   = "iaas1"
	Running   = "shop1"
	Stranger  = "neu1" // not enrolled
	Intruded  = "app3" // somebody has become root
)

// update is one due change in short.
type update struct {
	name, source, from, to string
	class                  policy.ChangeClass
	origin                 policy.Origin
	repository             string
}

const (
	security = policy.ChangeClassSecurityUpdate
	ordinary = policy.ChangeClassUpdate
)

// updates are changes as a Debian 12 web host has them.
var updates = []update{
	{"curl", "curl", "7.88.1-10+deb12u5", "7.88.1-10+deb12u14", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"libc6", "glibc", "2.36-9+deb12u9", "2.36-9+deb12u13", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"libssl3", "openssl", "3.0.15-1~deb12u1", "3.0.17-1~deb12u3", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"mariadb-server", "mariadb", "1:10.11.6-0+deb12u1", "1:10.11.14-0+deb12u2", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"nginx", "nginx", "1.22.1-9+deb12u1", "1.22.1-9+deb12u3", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"openssl", "openssl", "3.0.15-1~deb12u1", "3.0.17-1~deb12u3", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"php8.2-fpm", "php8.2", "8.2.26-1~deb12u1", "8.2.29-1~deb12u1", security, policy.OriginStandard, "Debian-Security/bookworm-security"},
	{"tzdata", "tzdata", "2024b-0+deb12u1", "2025b-0+deb12u2", ordinary, policy.OriginStandard, "Debian/bookworm-updates"},
	{"php8.2-imagick", "php-imagick", "3.7.0-4+ubuntu", "3.8.0-2+sury12", ordinary, policy.OriginThirdParty, "deb.sury.org/bookworm"},
}

var saturday = estate.Window{Name: "standard", Days: []string{"sat", "sun"}, Start: "05:00", Hours: 2, Zone: Berlin}

var nordlicht = estate.Customer{ID: "nordlicht", Name: "Nordlicht Verlag GmbH", Contacts: []estate.Contact{
	{ID: "petersen", Name: "Inga Petersen", Email: "petersen@nordlicht.example", Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityConsent}},
	{ID: "olsen", Name: "Tom Olsen", Email: "olsen@nordlicht.example", Authority: []estate.Authority{estate.AuthorityOrder}},
	{ID: "redaktion", Name: "Redaktion", Email: "redaktion@nordlicht.example", Authority: []estate.Authority{estate.AuthorityRead}},
}}

var alpenrad = estate.Customer{ID: "alpenrad", Name: "Alpenrad Versand KG", Contacts: []estate.Contact{
	{ID: "huber", Name: "Maria Huber", Email: "huber@alpenrad.example", Authority: []estate.Authority{estate.AuthorityOrder}},
}}

var standing = &estate.StandingOrder{
	ID: "D-2026-007", By: "petersen", Given: "2026-02-02", Channel: "Ticket 20260202-31",
	Text: "Bitte spielen Sie Sicherheitsupdates ab sofort regelmäßig ein.", Scope: estate.ScopeSecurity, Interval: estate.Quarterly,
}

// maker builds systems at one moment.
type maker struct {
	now  time.Time
	zone *time.Location
}

func newMaker(now time.Time) maker {
	zone, err := time.LoadLocation(Berlin)
	if err != nil {
		zone = time.UTC
	}
	return maker{now: now.In(zone), zone: zone}
}

func (m maker) before(d time.Duration) time.Time { return m.now.Add(-d) }

// nextDay is the window on the following day.
func (m maker) nextDay() window.Interval {
	from := time.Date(m.now.Year(), m.now.Month(), m.now.Day()+1, 5, 0, 0, 0, m.zone)
	return window.Interval{From: from, To: from.Add(2 * time.Hour)}
}

// today is the window that is open.
func (m maker) today() window.Interval {
	from := time.Date(m.now.Year(), m.now.Month(), m.now.Day(), 5, 0, 0, 0, m.zone)
	return window.Interval{From: from, To: from.Add(2 * time.Hour)}
}

// system makes a system of a customer under a decision.
func (m maker) system(name string, c estate.Customer, job policy.Decision) *board.System {
	f := job.Facets
	s := &board.System{
		SystemRow: board.SystemRow{
			Name: name, Customer: c.Name, Model: f.ServiceModel, Package: f.Package, Policy: Policy.ID,
			OS: "Debian 12 (bookworm)", Enrolled: true, Seen: m.before(40 * time.Second), Answer: job.Answer(),
		},
		Held: estate.Held{
			System: estate.System{
				Name: name, Contract: "V-" + c.ID, AdminAccess: f.AdminAccess, Purpose: "Webshop mit PHP und MariaDB",
				Services: []string{"nginx.service", "php8.2-fpm.service"},
				Checks:   []estate.Check{{Name: "startseite", Kind: estate.CheckHTTP, Port: 80, Path: "/", Status: 200}, {Name: "datenbank", Kind: estate.CheckTCP, Port: 3306}},
			},
			Contract: estate.Contract{ID: "V-" + c.ID, Customer: c.ID, Model: f.ServiceModel, Package: f.Package, Policy: Policy.ID, Window: saturday.Name},
			Customer: c, Window: saturday,
		},
		Job: job,
	}
	if f.Package == policy.PackageAdvanced {
		s.Held.Contract.StandingOrder = standing
	}
	if job.Execution == policy.PartyCustomer {
		s.NoSlot = lang.T("Der Provider führt hier nichts aus, deshalb gibt es keinen Termin.", "The provider carries out nothing here, so there is no slot.")
		s.Held.Window = estate.Window{}
	} else {
		s.Slot = &board.Slot{System: name, At: m.nextDay(), Estimate: 2*time.Minute + 10*time.Second,
			Reason: lang.T("Nächstes Wartungsfenster.", "Next maintenance window.")}
	}
	m.report(s)
	return s
}

// report gives a system the facts of a host.
func (m maker) report(s *board.System) {
	s.Facts = &fact.Facts{
		Host:   s.Name,
		OS:     fact.OS{ID: "debian", Version: "12", Codename: "bookworm", Name: "Debian GNU/Linux 12 (bookworm)"},
		Kernel: fact.Kernel{Running: "6.1.0-28-amd64", Arch: "amd64"},
		Units:  units("active"), Listen: []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 80, Process: "nginx"}},
		Indices: fact.Indices{Refreshed: m.before(9 * time.Minute).Unix()}, Tools: []string{"apt", "dpkg", "needrestart"},
		DiskFree: 18 << 30,
	}
	for i := range 412 {
		s.Facts.Packages = append(s.Facts.Packages, fact.Package{Name: "paket" + string(rune('a'+i%26)), Arch: "amd64"})
	}
	m.root(s)
	s.FactsHash, s.Observed = digest(s.Name), m.before(40*time.Second)
}

// due puts changes on a system: those of the standard repositories under its own decision.
func (m maker) due(s *board.System, allowed bool, list ...update) {
	for _, u := range list {
		d := board.DueRow{
			System: s.Name, Allowed: allowed,
			Finding: finding.Finding{Package: u.name, Arch: "amd64", Source: u.source, Installed: u.from, Candidate: u.to,
				Layer: policy.LayerOS, Class: u.class, Origin: u.origin, From: u.repository, Size: 1 << 20},
			Decision: s.Job,
		}
		switch {
		case u.origin != policy.OriginStandard && s.Job.Execution != policy.PartyCustomer:
			d.Decision, d.Allowed = foreign(s.Package), false
			d.Why = d.Decision.Refusal()
		case allowed:
			d.Ground = &mandate.Ground{Kind: mandate.ByStandingOrder, Basis: standing.ID, Contact: standing.By, Rules: s.Job.Rules()}
			d.Why = d.Decision.Answer()
		default:
			d.Why = d.Decision.Refusal()
			if d.Decision.Verdict == policy.Permitted {
				d.Ask = lang.Textf("Wir brauchen dafür einen ausdrücklichen Auftrag von %[1]s, am besten als Ticket.",
					"For this we need an explicit order by %[1]s, best as a ticket.", s.Customer)
			}
		}
		d.Rule = d.Decision.GoverningRule()
		s.DueList = append(s.DueList, d)
		s.Due++
		if u.class == security {
			s.Security++
		}
	}
}

// Empty is a server that knows no system yet.
func Empty() *Backend {
	return &Backend{Now: Morning, board: board.Today{Now: Morning}, Check: goodRecord(0)}
}

func goodRecord(size int64) board.RecordCheck {
	return board.RecordCheck{
		Size: size, Root: digest("root"), Good: true,
		Checkpoint: "patchwart.example.net/record\n4711\nq4JX0Hh5o2cZyqzv0mG5vT0sO2k4Q6K8Jz5yVwYp3aI=\n\n— patchwart.example.net fT3c0Y8m…",
		Text:       lang.Textf("Alle %[1]d Einträge passen zur gemeinsamen Prüfsumme.", "All %[1]d entries match the root hash.", size),
	}
}

// BrokenRecord is the result of a check that found an altered entry.
func BrokenRecord() board.RecordCheck {
	return board.RecordCheck{
		Size: 4711, Root: digest("other root"),
		Broken: &board.Broken{Index: 1312, Kind: "order", What: lang.T("Der Auftrag A-2026-0093 steht anders in der Datenbank als im Protokoll.", "Order A-2026-0093 differs between database and record.")},
		Text:   lang.T("Ab Eintrag 1312 stimmt das Protokoll nicht mehr.", "From entry 1312 on the record no longer matches."),
	}
}
