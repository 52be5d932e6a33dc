package webtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/exposure"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// Hole is a critical hole of Demo; Known is when the server learnt of it.
const Hole = "CVE-2026-41288"

// known is the evening before: the deadline of 24 hours ends in the afternoon.
var known = Morning.Add(-14*time.Hour - 40*time.Minute)

// hole is a published hole of a package that the hosts of Demo have.
type hole struct {
	cve, title, source, version, fixed, vector string
	published                                  time.Time
}

var (
	nginxHole   = hole{Hole, "Heap overflow in the HTTP/3 module lets strangers run code", "nginx", "1.22.1-9+deb12u1", "1.22.1-9+deb12u3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", known.Add(-2 * time.Hour)}
	mariadbHole = hole{"CVE-2026-40117", "Authentication is skipped for a crafted handshake", "mariadb", "1:10.11.6-0+deb12u1", "1:10.11.14-0+deb12u2", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", known.Add(-3 * time.Hour)}
	curlHole    = hole{"CVE-2026-39020", "Cookie is sent to another host after a redirect", "curl", "7.88.1-10+deb12u5", "7.88.1-10+deb12u14", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", known.AddDate(0, -1, 0)}
	exim        = hole{"CVE-2026-42001", "Exim reads past a header", "exim4", "4.96-15+deb12u5", "", "", known.AddDate(0, 0, -3)}
)

func (h hole) dossier() dossier.Dossier {
	d := dossier.Dossier{CVE: h.cve, Title: h.title, Published: h.published,
		Advisories: []dossier.Source{{ID: "DSA-7014-1", Publisher: "debian", Title: h.source + " - security update", Published: h.published}},
		Packages:   []dossier.Package{{Release: "bookworm", Source: h.source, State: advisory.Fixed, Fixed: h.fixed}, {Release: "bullseye", Source: h.source, State: advisory.NotAffected, Note: "vulnerable code not present"}},
		References: []advisory.Reference{{URL: "https://security-tracker.debian.org/tracker/" + h.cve}}}
	d.KEV = &severity.KEV{Catalogue: "2026.11.27"}
	if h.vector != "" {
		d.Vectors = []severity.Vector{{Publisher: "osv", Text: h.vector}}
	}
	return d
}

func (h hole) rating() severity.Rating {
	d := h.dossier()
	return severity.Rate(Morning, d.Evidence("bookworm", h.source), severity.Default(), nil)
}

// clock puts a clock on a system of the server.
func (b *Backend) clock(m maker, system string, h hole, duty clock.Duty, times clock.Times) {
	s, err := b.find(system)
	if err != nil {
		panic("webtest: no system " + system)
	}
	times.Published, times.Known = h.published, known
	duty.Level = severity.Critical
	c := clock.State(m.now, times, duty)
	row := board.ClockRow{System: system, Customer: s.Customer, CVE: h.cve, Title: h.title, Source: h.source, Version: h.version, Fixed: h.fixed,
		Binaries: []string{h.source}, Rating: h.rating(), Clock: c, Now: m.now, Zone: Berlin, Sentence: c.Reasons[0]}
	s.Clocks = append(s.Clocks, row)
	b.clocks = append(b.clocks, row)
	if !c.Secured {
		b.board.Clocks = append(b.board.Clocks, row)
	}
	if !c.Secured {
		s.Critical++
	}
}

// told puts a notice on a system.
func (b *Backend) told(system, recipient, step string, at time.Time, text lang.Text) {
	n := board.Told{At: at, System: system, Kind: "escalation", Recipient: recipient, Step: step, Text: text, CVE: Hole, Source: "nginx"}
	b.notices = append(b.notices, n)
	if s, err := b.find(system); err == nil {
		s.Notices = append(s.Notices, n)
	}
}

// holes is the morning after two critical holes became known: one system is secured, one in time, one
// late, one is mitigated, the customer of one was asked, the customer of another keeps silent.
func holes(m maker, b *Backend) {
	own := clock.Duty{Footing: clock.Own, Hours: 24, Rule: "IT-33"}
	short := clock.Duty{Footing: clock.Own, Hours: 12, Rule: "IT-33"}
	consent := clock.Duty{Footing: clock.Consent, Rule: "MH2-09"}
	after := func(d time.Duration) time.Time { return known.Add(d) }
	b.clock(m, "mail2", nginxHole, short, clock.Times{})
	b.clock(m, Running, nginxHole, own, clock.Times{})
	b.clock(m, Waiting, mariadbHole, consent, clock.Times{Asked: after(4 * time.Minute)})
	b.clock(m, "wiki1", nginxHole, consent, clock.Times{Asked: after(4 * time.Minute), Silence: after(14 * time.Hour)})
	b.clock(m, "git1", nginxHole, own, clock.Times{Mitigations: []clock.Mitigation{{ID: "M-4", Applied: after(time.Hour), Verified: after(61 * time.Minute), Review: after(48 * time.Hour), Expires: after(7 * 24 * time.Hour)}}})
	b.clock(m, Succeeded, nginxHole, own, clock.Times{Installed: after(2 * time.Hour), Effective: after(2 * time.Hour)})
	if s, err := b.find(Waiting); err == nil {
		for i := range s.DueList {
			if s.DueList[i].Finding.Source == "mariadb" {
				s.DueList[i].Finding.Holes = []string{mariadbHole.cve}
			}
		}
	}
	b.told(Waiting, "petersen", "ASK-01", after(4*time.Minute), lang.T(
		"db1 hat eine kritische Lücke (CVE-2026-40117 in mariadb). Dürfen wir sie sofort schließen? Ohne Ihre Zustimmung ändern wir nichts (MH2-09).",
		"db1 has a critical hole (CVE-2026-40117 in mariadb). May we close it at once? Without your consent we change nothing (MH2-09)."))
	b.told("mail2", "operator", "DUE-03", after(11*time.Hour), lang.T("mail2: noch 1 h bis zur Frist.", "mail2: 1 h left before the deadline."))
	b.feeds = []board.Feed{
		{Name: "debian-dsa", Kind: "debian-list", Origin: "DSA.list", Accepted: m.before(40 * time.Minute), Tried: m.before(10 * time.Minute), Succeeded: m.before(10 * time.Minute), Records: 6491},
		{Name: "kev", Kind: "kev", Origin: "known_exploited_vulnerabilities.json", Edition: "2026.11.27", Accepted: m.before(9 * time.Hour), Tried: m.before(10 * time.Minute), Succeeded: m.before(10 * time.Minute), Records: 1702},
		{Name: "osv-debian", Kind: "osv", Origin: "all.zip", Accepted: m.before(80 * time.Hour), Tried: m.before(10 * time.Minute), Succeeded: m.before(80 * time.Hour), Records: 51_204, Skipped: 2, Stale: true,
			Problem: lang.T("Die Veröffentlichung hat nur 12 Einträge, die bisherige hat 51204.", "The publication has only 12 entries, the one in force has 51204.")},
	}
	b.board.Feeds = b.feeds[2:]
}

// Clocks lists the clocks.
func (b *Backend) Clocks(_ context.Context, recent bool) ([]board.ClockRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.clocks), func(r board.ClockRow) bool { return !recent && r.Clock.Secured }), b.Fail
}

// Hole knows the holes of Demo.
func (b *Backend) Hole(_ context.Context, id string) (board.Hole, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range []hole{nginxHole, mariadbHole, curlHole, exim} {
		if h.cve != id {
			continue
		}
		out := board.Hole{Dossier: h.dossier(), Rating: h.rating(), Known: true, Feeds: b.feeds}
		for _, c := range b.clocks {
			if c.CVE == id {
				out.Clocks = append(out.Clocks, c)
				out.Exposed = append(out.Exposed, board.Exposed{System: c.System, Customer: c.Customer, Source: c.Source, Version: c.Version, Fixed: c.Fixed})
			}
		}
		if h.cve == Hole && len(b.clocks) > 0 {
			b.ruled(&out)
		}
		return out, b.Fail
	}
	return board.Hole{}, cmp.Or(b.Fail, error(fault.New(fault.NotFound, lang.Textf("Kein Feed sagt etwas über %[1]s.", "No feed says anything about %[1]s.", id),
		lang.T("Das heißt nicht, dass es die Lücke nicht gibt.", "That does not mean that there is no such hole."))))
}

// Holes lists the holes of a system: the host of mail2 has many small ones besides.
func (b *Backend) Holes(_ context.Context, system string) (board.OpenHoles, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := board.OpenHoles{System: system, Counts: map[severity.Level]int{}}
	s, err := b.find(system)
	switch {
	case err != nil:
		return out, err
	case s.Facts == nil:
		out.Why = lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet.")
		return out, nil
	}
	out.Matched, out.Release = true, "bookworm"
	list := []hole{}
	for _, c := range s.Clocks {
		if c.CVE == nginxHole.cve && !c.Clock.Secured {
			list = append(list, nginxHole)
		}
	}
	if system == "mail2" {
		list = append(list, exim, curlHole)
		app := application.Found{Kind: application.TYPO3, Name: "typo3", Version: "12.4.10", Path: "/var/www/shop", Ecosystem: advisory.Application, Owner: policy.PartyCustomer}
		x := application.Finding{Found: app, Hole: "CVE-2026-5001", CVEs: []string{"CVE-2026-5001"}, Advisories: []string{"friendsofphp: typo3/cms-core/CVE-2026-5001.yaml"}, Fixed: "12.4.11", Action: application.NoAction}
		terms := application.Terms{Agency: "Pixelwerk GmbH, support@pixelwerk.example", Maintenance: true}
		branch := application.Unclear{Found: app, Advisories: 3, Action: application.NoAction}
		branch.Version, branch.Path = "dev-main", "/var/www/test"
		out.Applications = []board.AppHole{
			{Finding: &x, Found: app, Level: severity.High, Advice: application.Advice(x, terms)},
			{Unclear: &branch, Found: branch.Found, Level: severity.Unknown, Advice: branch.Advice(terms)},
		}
		out.Partial = true
		blog := application.Found{Kind: application.WordPress, Name: "wordpress", Version: "7.1.2", Path: "/var/www/blog", Ecosystem: advisory.WordPress, Owner: policy.PartyCustomer}
		for _, l := range application.Lives(b.Now, releases(), []application.Found{app, branch.Found, blog}) {
			out.Lives = append(out.Lives, board.AppLife{Life: l, Advice: l.Advice(b.Now, terms)})
		}
		out.PHP = releases().Middleware(b.Now, releases().Of(b.Now, "debian", "bookworm", "12"), []lifecycle.Software{{Source: "php8.2", Version: "8.2.29-1", Distro: true}})
		for i := range 60 {
			small := curlHole
			small.cve, small.title = fmt.Sprintf("CVE-2025-%05d", 10000+i), ""
			list = append(list, small)
		}
	}
	for _, h := range list {
		r := h.rating()
		state := advisory.Fixed
		if h.fixed == "" {
			state = advisory.Unfixed
		}
		out.Counts[r.Level]++
		if r.Critical() == severity.NotKnown {
			out.Open++
		}
		out.Holes = append(out.Holes, board.OpenHole{CVE: h.cve, Title: h.title, Source: h.source, Version: h.version, Fixed: h.fixed, State: state,
			Advisories: []string{"DSA-7014-1"}, Binaries: []string{h.source}, Level: r.Level, Critical: r.Critical()})
	}
	return out, nil
}

// Notices lists who was told what.
func (b *Backend) Notices(_ context.Context, system string) ([]board.Told, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.notices), func(n board.Told) bool { return system != "" && n.System != system }), b.Fail
}

// Feeds tells how the feeds stand.
func (b *Backend) Feeds(context.Context) ([]board.Feed, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.feeds, b.Fail
}

// Export writes a document that names what it is.
func (b *Backend) Export(_ context.Context, system string, form board.ExportForm) (board.Document, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err := b.find(system)
	return board.Document{Name: system + "." + string(form) + ".json", Type: "application/json", Text: []byte("{}")}, err
}

// Exposure is that of the clocks, and of a hole two weeks ago.
func (b *Backend) Exposure(_ context.Context, days int) (board.Exposure, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := board.Exposure{From: b.Now.AddDate(0, 0, -days), To: b.Now, Limit: 24 * time.Hour}
	if len(b.clocks) == 0 {
		return out, b.Fail
	}
	ago := b.Now.AddDate(0, 0, -14)
	spans := []exposure.Span{{From: ago, To: ago.Add(9 * time.Hour)}, {From: ago, To: ago.Add(50 * time.Hour)}}
	for _, c := range b.clocks {
		spans = append(spans, exposure.Span{From: c.Clock.Times.Known, To: c.Clock.SecuredAt})
	}
	out.Series, out.Summary = exposure.Series(spans, out.From, out.To, days), exposure.Sum(spans, out.From, out.To, out.Limit)
	return out, b.Fail
}

// ruled is what people decided about the hole of Demo.
func (b *Backend) ruled(out *board.Hole) {
	at := b.Now.Add(-10 * time.Hour)
	out.Overrides = []board.Override{{ID: "e-1", Holds: true, Override: severity.Override{Hole: Hole, Level: severity.Critical, By: "Ida Berg", At: at, Reason: "Es gibt Angriffe auf unsere Kunden.", Expires: at.AddDate(0, 0, 14)}}}
	e := exception.Exception{ID: "x-1", Scope: exception.Scope{Advisory: Hole, System: "wiki1"}, Level: severity.Critical, Reason: "Das Update bricht die Anmeldung.", RiskOwner: "Maria Huber",
		Compensation: "Nur aus dem Büro erreichbar.", RequestedBy: "Tom", RequestedAt: at, ApprovedBy: "Ida Berg", ApprovedAt: at.Add(time.Hour), Expires: at.AddDate(0, 0, 5)}
	_, why := e.Covers(newMaker(b.Now).now, exception.Finding{Advisories: []string{Hole}, System: "wiki1", Level: severity.Critical}, exception.DefaultLimits())
	out.Exceptions = []board.Exception{{Exception: e, State: e.State(b.Now, exception.DefaultLimits()), Sentence: why}}
	m := mitigation.Mitigation{Measure: mitigation.Measure{ID: "M-4", Verb: mitigation.StopUnit, Unit: "nginx.service"}, System: "git1", Hole: Hole, Hands: mitigation.ByAgent, Runs: []string{"r-101"}, Reason: "Das Git wird am Wochenende nicht gebraucht.", By: "Ida Berg", At: at, Review: at.AddDate(0, 0, 2), Expires: at.AddDate(0, 0, 7)}
	holds, shown := m.Holds(fact.Facts{})
	out.Mitigations = []board.Mitigation{{Mitigation: m, Holds: holds, Verified: at, Text: m.Text(), Sentence: shown}}
}
