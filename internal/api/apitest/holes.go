package apitest

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/exposure"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// theHole is what the feeds say: strangers can take openssl over from afar.
const theHole = "CVE-2026-6001"

func theDossier() dossier.Dossier {
	published := Now.Add(-20 * time.Hour)
	return dossier.Dossier{
		CVE: theHole, Title: "Heap overflow before the handshake", Published: published,
		Advisories: []dossier.Source{{ID: "DSA-7001-1", Publisher: "debian", Title: "openssl - security update", Published: published}},
		Vectors:    []severity.Vector{{Publisher: "osv", Text: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
		KEV:        &severity.KEV{Listed: true, Added: Now.Add(-6 * time.Hour), Catalogue: "2026.11.24"},
		Packages:   []dossier.Package{{Release: "bookworm", Source: "openssl", State: advisory.Fixed, Fixed: "3.0.17-1~deb12u3"}},
		References: []advisory.Reference{{URL: "https://security-tracker.debian.org/tracker/" + theHole}},
	}
}

func theRating() severity.Rating {
	d := theDossier()
	return severity.Rate(Now, d.Evidence("bookworm", "openssl"), severity.Default(), nil)
}

// clocks are db1, whose customer was asked and has not answered, and web1, which was secured in time.
func clocks() []board.ClockRow {
	row := func(system string, times clock.Times, duty clock.Duty) board.ClockRow {
		c := clock.State(Now.In(time.FixedZone("CET", 3600)), times, duty)
		return board.ClockRow{System: system, Customer: "Muster GmbH", CVE: theHole, Title: theDossier().Title, Source: "openssl", Version: "3.0.15-1~deb12u1",
			Fixed: "3.0.17-1~deb12u3", Binaries: []string{"libssl3", "openssl"}, Rating: theRating(), Clock: c, Now: Now, Zone: "Europe/Berlin", Sentence: c.Reasons[0]}
	}
	known := Now.Add(-19 * time.Hour)
	return []board.ClockRow{
		row("db1", clock.Times{Published: Now.Add(-20 * time.Hour), Known: known, Asked: known},
			clock.Duty{Footing: clock.Consent, Rule: "MH2-09", Level: severity.Critical}),
		row("web1", clock.Times{Published: Now.Add(-20 * time.Hour), Known: known, Consented: known.AddDate(0, -6, 0), Installed: known.Add(2 * time.Hour), Effective: known.Add(2 * time.Hour)},
			clock.Duty{Footing: clock.Consent, Rule: "MH2-21", Level: severity.Critical}),
	}
}

// Clocks lists the clock that runs, and, if wanted, the one that is over.
func (b *Backend) Clocks(_ context.Context, recent bool) ([]board.ClockRow, error) {
	if recent {
		return clocks(), nil
	}
	return clocks()[:1], nil
}

// Hole knows one hole.
func (b *Backend) Hole(_ context.Context, id string) (board.Hole, error) {
	if id != theHole && id != "DSA-7001-1" {
		return board.Hole{}, fault.New(fault.NotFound, lang.Textf("Kein Feed sagt etwas über %[1]s.", "No feed says anything about %[1]s.", id),
			lang.T("Das heißt nicht, dass es die Lücke nicht gibt: patchwart feed list zeigt, worauf die Antwort beruht.", "That does not mean that there is no such hole: patchwart feed list shows what the answer rests on."))
	}
	feeds, _ := b.Feeds(context.Background())
	return board.Hole{Dossier: theDossier(), Rating: theRating(), Known: true, Feeds: feeds, Clocks: clocks(),
		Exposed: []board.Exposed{{System: "db1", Customer: "Muster GmbH", Source: "openssl", Version: "3.0.15-1~deb12u1", Fixed: "3.0.17-1~deb12u3"}}}, nil
}

// Holes are those of db1; the other systems have none, or have not reported.
func (b *Backend) Holes(_ context.Context, system string) (board.OpenHoles, error) {
	h, err := b.held(system)
	if err != nil {
		return board.OpenHoles{}, err
	}
	out := board.OpenHoles{System: system, Counts: map[severity.Level]int{}}
	if h.System.Name == "iaas1" || fresh(system) {
		out.Why = lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet.")
		return out, nil
	}
	out.Matched, out.Release = true, "bookworm"
	if system == "web2" {
		found := application.Found{Kind: application.WordPress, Name: "wordpress", Version: "6.4.2", Path: "/var/www/blog", Ecosystem: advisory.WordPress, Owner: policy.PartyCustomer}
		x := application.Finding{Found: found, Hole: "CVE-2026-7001", CVEs: []string{"CVE-2026-7001"}, Advisories: []string{"bitnami: BIT-wordpress-2026-7001"}, Fixed: "6.4.3", Action: application.NoAction}
		out.Applications, out.Partial = []board.AppHole{{Finding: &x, Found: found, Level: severity.High, Advice: application.Advice(x, application.Terms{})}}, true
		out.Lives, out.PHP = lives(found)
	}
	if system == "db1" {
		out.Counts = map[severity.Level]int{severity.Critical: 1, severity.Unknown: 1}
		out.Open = 1
		out.Holes = []board.OpenHole{
			{CVE: theHole, Title: theDossier().Title, Source: "openssl", Version: "3.0.15-1~deb12u1", Fixed: "3.0.17-1~deb12u3", State: advisory.Fixed,
				Advisories: []string{"DSA-7001-1"}, Binaries: []string{"libssl3", "openssl"}, Level: severity.Critical, Critical: severity.Yes, Since: Now.Add(-19 * time.Hour)},
			{CVE: "CVE-2026-6002", Source: "curl", Version: "7.88.1-10+deb12u8", State: advisory.NoDSA, Binaries: []string{"curl"}, Level: severity.Unknown, Critical: severity.NotKnown},
		}
	}
	return out, nil
}

// lives is until when the application is looked after, and the PHP below it.
func lives(found ...application.Found) (out []board.AppLife, php []lifecycle.Middleware) {
	day := func(s string) time.Time { t, _ := time.Parse(time.DateOnly, s); return t }
	t := lifecycle.NewTable([]lifecycle.Release{{Distribution: "debian", Version: "12", Codename: "bookworm", Released: day("2023-06-10"), End: day("2026-07-11"), Extended: day("2028-06-30"), Source: "distro-info-debian"}},
		[]lifecycle.Product{{Name: "wordpress", Cycle: "7.1", Open: true, Source: "endoflife", AsOf: Now}, {Name: "wordpress", Cycle: "6.4", End: day("2024-04-03"), Ended: true, Source: "endoflife", AsOf: Now}}, nil)
	for _, l := range application.Lives(Now, t, found) {
		out = append(out, board.AppLife{Life: l, Advice: l.Advice(Now, application.Terms{})})
	}
	return out, t.Middleware(Now, t.Of(Now, "debian", "bookworm", "12"), []lifecycle.Software{{Source: "php8.2", Version: "8.2.29-1", Distro: true}})
}

// Notices are what was told about db1.
func (b *Backend) Notices(_ context.Context, system string) ([]board.Told, error) {
	if system != "" && system != "db1" {
		return nil, nil
	}
	return []board.Told{{At: Now.Add(-19 * time.Hour), System: "db1", Kind: "escalation", Recipient: "anna", CVE: theHole, Source: "openssl", Step: "ASK-01",
		Text: lang.T("db1 hat eine kritische Lücke. Dürfen wir sie schließen?", "db1 has a critical hole. May we close it?")}}, nil
}

// Feeds are one that is fresh, and one that is not, before those that were delivered.
func (b *Backend) Feeds(context.Context) ([]board.Feed, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]board.Feed{
		{Name: "debian-dsa", Kind: "debian-list", Origin: "DSA.list", Accepted: Now.Add(-2 * time.Hour), Tried: Now.Add(-time.Hour), Succeeded: Now.Add(-time.Hour), Records: 6485},
		{Name: "kev", Kind: "kev", Origin: "kev.json", Accepted: Now.Add(-96 * time.Hour), Tried: Now.Add(-time.Hour), Succeeded: Now.Add(-96 * time.Hour), Records: 1653, Edition: "2026.11.20", Stale: true,
			Problem: lang.T("Die Veröffentlichung ist nicht zu lesen: unerwartetes Ende.", "The publication cannot be read: unexpected end.")},
	}, b.feeds...), nil
}

// Deliver takes what can be a publication: something that is not empty.
func (b *Backend) Deliver(_ context.Context, d board.Delivery) (board.Delivered, error) {
	if len(d.Text) == 0 || d.Text[0] == '<' {
		return board.Delivered{}, fault.New(fault.Invalid, lang.T("Die Veröffentlichung ist nicht zu lesen: kein bekanntes Format", "The publication cannot be read: no known format"),
			lang.T("Was bekannt war, gilt weiter.", "What was known stays in force."))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	f := board.Feed{Name: d.Feed, Kind: "debian-list", Origin: d.Origin, Accepted: Now, Tried: Now, Succeeded: Now, Records: 1, Edition: d.Reason}
	changed := !slices.ContainsFunc(b.feeds, func(have board.Feed) bool { return have.Name == d.Feed })
	if changed {
		b.feeds = append(b.feeds, f)
	}
	return board.Delivered{Feed: f, Changed: changed, Skipped: []string{}, Started: 1}, nil
}

// Export writes a document that names what it is.
func (b *Backend) Export(_ context.Context, system string, form board.ExportForm) (board.Document, error) {
	if _, err := b.held(system); err != nil {
		return board.Document{}, err
	}
	return board.Document{Name: system + "." + string(form) + ".json", Type: "application/json", Text: []byte(`{"system": "` + system + `", "form": "` + string(form) + "\"}\n")}, nil
}

// Exposure is that of the story's two clocks.
func (b *Backend) Exposure(_ context.Context, days int) (board.Exposure, error) {
	var spans []exposure.Span
	for _, c := range clocks() {
		spans = append(spans, exposure.Span{From: c.Clock.Times.Known, To: c.Clock.SecuredAt})
	}
	from := Now.AddDate(0, 0, -days)
	return board.Exposure{From: from, To: Now, Limit: 24 * time.Hour, Series: exposure.Series(spans, from, Now, days), Summary: exposure.Sum(spans, from, Now, 24*time.Hour)}, nil
}

// Metrics has one number.
func (b *Backend) Metrics(context.Context) ([]byte, error) {
	return []byte("patchwart_clock_open{level=\"critical\"} 1\n"), nil
}
