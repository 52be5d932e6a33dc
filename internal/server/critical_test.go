package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// What the feeds of the stories say: strangers can take mariadb over from afar; another hole is bad, and
// no takeover.
const (
	dsaFeed = "[21 Aug 2026] DSA-7001-1 mariadb - security update\n\t{CVE-2026-1 CVE-2026-2}\n\t[bookworm] - mariadb 10.11.14-1\n"
	osvFeed = `{"id": "CVE-2026-1", "published": "2026-08-20T10:00:00Z", "summary": "takeover before sign-in", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}
{"id": "CVE-2026-2", "published": "2026-08-20T10:00:00Z", "summary": "slow query", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L"}]}
`
	kevFeed = `{"catalogVersion": "2026.08.22", "dateReleased": "2026-08-22T10:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2020-1", "dateAdded": "2026-08-22", "knownRansomwareCampaignUse": "Unknown"}]}`
)

func (o *office) deliver(feed, text string) board.Delivered {
	o.Helper()
	d, err := o.server.Deliver(o.Context(), board.Delivery{Feed: feed, Origin: feed + ".txt", Text: []byte(text)})
	if err != nil {
		o.Fatalf("%s: %v", feed, err)
	}
	return d
}

// alarm lets the feeds of the stories arrive.
func (o *office) alarm() {
	o.Helper()
	o.deliver("debian-dsa", dsaFeed)
	o.deliver("kev", kevFeed)
	o.deliver("osv", osvFeed)
}

// database is db1 with a mariadb that has the hole, and the update that closes it.
func (o *office) database() *host {
	o.Helper()
	h := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"), security("curl", "7-1", "7-2"))
	h.facts.Packages = []fact.Package{
		{Name: "curl", Arch: "amd64", Version: "7-1", Source: "curl", SourceVersion: "7-1"},
		{Name: "mariadb-server", Arch: "amd64", Version: "10.11.6-1", Source: "mariadb", SourceVersion: "10.11.6-1"},
	}
	h.facts.Sort()
	h.poll(0)
	return h
}

// updated is what the host reports once mariadb is updated.
func (h *host) updated() {
	h.Helper()
	h.facts.Packages[1].Version, h.facts.Packages[1].SourceVersion = "10.11.14-1", "10.11.14-1"
	h.facts.Pending = slices.DeleteFunc(h.facts.Pending, func(p fact.Pending) bool { return p.Name == "mariadb" })
	h.facts.Sort()
	h.poll(0)
	h.assess()
}

// assess does the job that the arrival of facts enqueues, now.
func (o *office) assess() {
	o.Helper()
	if _, err := o.server.assess(o.Context(), "db1"); err != nil {
		o.Fatal(err)
	}
}

func (o *office) clocks() []board.ClockRow {
	o.Helper()
	list, err := o.server.Clocks(o.Context(), true)
	if err != nil {
		o.Fatal(err)
	}
	return list
}

// told are the notices, oldest first, as "recipient step".
func (o *office) told() []string {
	o.Helper()
	list, err := o.server.Notices(o.Context(), "db1")
	if err != nil {
		o.Fatal(err)
	}
	var out []string
	for _, n := range list {
		if n.Text.DE == "" || n.Text.EN == "" || strings.Contains(n.Text.DE, "{") {
			o.Errorf("notice %+v", n)
		}
		out = append(out, n.Recipient+" "+n.Step)
	}
	slices.Sort(out)
	return out
}

const (
	dataContract = "{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: always}"
	// noWindowNow is a contract whose window is three days away.
	farWindow = "windows:\n  - {name: far, days: [DAY], start: \"05:00\", hours: 2, zone: UTC}\n"
)

// far puts db1 under a contract whose window is three days away.
func (o *office) far(contract string) {
	o.Helper()
	day := strings.ToLower(time.Now().UTC().AddDate(0, 0, 3).Format("Mon"))
	doc := strings.Replace(officeEstate, "windows:\n", strings.Replace(farWindow, "DAY", day, 1), 1)
	doc = strings.Replace(doc, dataContract, contract, 1)
	doc = strings.Replace(doc, "{name: db1, contract: c-data,", "{name: db1, contract: c-data, os_supported: supported,", 1)
	if _, err := o.server.Apply(o.Context(), "estate.yaml", []byte(doc)); err != nil {
		o.Fatal(err)
	}
}

// TestCriticalHoleUnderITEG: within 24 hours of becoming known, by the provider's own duty, outside of
// every window (IT-33). Only what closes the hole is touched.
func TestCriticalHoleUnderITEG(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: iteg-toms-1.1, window: far}")
	db := o.database()
	o.alarm()
	list := o.clocks()
	if len(list) != 1 || list[0].CVE != "CVE-2026-1" || list[0].Clock.Allowed != 24*time.Hour || list[0].Clock.Job != clock.Secure || list[0].Clock.Duty.Rule != "IT-33" || list[0].Fixed != "10.11.14-1" {
		t.Fatalf("%+v", list)
	}
	order := db.await()
	if p := order.Packages(); len(p) != 1 || p[0].Name != "mariadb" {
		t.Fatalf("ordered %v", p)
	}
	r := o.run(order.ID())
	if r.Slot.From.After(time.Now()) || !strings.HasPrefix(r.Ground, string(mandate.ByProviderDuty)) {
		t.Errorf("slot %v, ground %s", r.Slot, r.Ground)
	}
	if got := db.work(""); got != verdict.Succeeded {
		t.Fatal(got)
	}
	// Installed is not secured: a service still runs the old files.
	db.facts.Reboot.Services = []string{"mariadb.service"}
	db.updated()
	if list := o.clocks(); list[0].Clock.Secured || list[0].Clock.Phase != clock.Installed {
		t.Fatalf("%+v", list[0].Clock)
	}
	db.facts.Reboot.Services = nil
	db.updated()
	if list := o.clocks(); !list[0].Clock.Secured || list[0].Clock.By != clock.ByUpdate {
		t.Fatalf("%+v", list[0].Clock)
	}
	if told := o.told(); !slices.Contains(told, "eva update") {
		t.Errorf("the customer was not told: %v", told)
	}
	o.verify()
}

// TestCriticalHoleWithoutConsent: under the newer article nobody may act without an order. The customer is
// asked at once, again, and on a second way; the silence is put on record; nothing is touched (MH2-09).
func TestCriticalHoleWithoutConsent(t *testing.T) {
	o := open(t)
	db := o.database()
	o.alarm()
	for range 30 {
		o.forward(time.Hour)
	}
	if got := db.poll(0); got.Order != nil {
		t.Fatal("the host was given an order that nobody allowed")
	}
	list := o.clocks()
	if len(list) != 1 || list[0].Clock.Secured || list[0].Clock.Phase != clock.Silent || list[0].Clock.Job != clock.Nothing || !list[0].Clock.Deadline.IsZero() {
		t.Fatalf("%+v", list)
	}
	want := []string{"eva ASK-01", "eva ASK-02", "operator ASK-04", "record ASK-05", "tom ASK-03"}
	if told := o.told(); !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	// Her order comes late, and is followed.
	if _, err := o.server.PlaceOrder(t.Context(), board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 9", Text: "Ja, bitte sofort.", Explicit: true, Scope: "security_updates"}); err != nil {
		t.Fatal(err)
	}
	o.assess()
	if got := o.clocks()[0].Clock; got.Phase != clock.Ordered || got.Job != clock.Secure {
		t.Errorf("after the order: %+v", got)
	}
	o.verify()
}

// TestCriticalHoleWithConsent: the same contract with an emergency consent: run at once, the customer is
// told at once.
func TestCriticalHoleWithConsent(t *testing.T) {
	o := open(t)
	o.publish(agreement("consent", paper("consent"), "service_model: paas, change_class: security_update, criticality: remote_takeover, admin_access: provider", "trigger: consent, explicit_request: false, window: any"))
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, agreements: [consent], window: far}")
	db := o.database()
	o.alarm()
	order := db.await()
	if r := o.run(order.ID()); r.Ground != "consent consent" || r.Packages != 1 {
		t.Errorf("ground %q, %d packages", r.Ground, r.Packages)
	}
	db.work("")
	db.updated()
	list := o.clocks()
	if len(list) != 1 || !list[0].Clock.Secured {
		t.Fatalf("%+v", list)
	}
	if told := o.told(); !slices.Contains(told, "eva update") {
		t.Errorf("the customer was not told: %v", told)
	}
	o.verify()
}

// TestFailedEmergencyIsNotTriedForEver: what was put back is not tried again with the same versions; the
// clock goes on and calls people.
func TestFailedEmergencyIsNotTriedForEver(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: iteg-toms-1.1, window: far}")
	db := o.database()
	o.alarm()
	db.await()
	if got := db.work("verifying"); got != verdict.Restored {
		t.Fatal(got)
	}
	db.facts.Dpkg.Broken = nil
	o.assess()
	if planned := o.plan("db1"); len(planned.Slots) != 0 || planned.Not[0].Code != "held_back" {
		t.Fatalf("%+v", planned)
	}
	if list := o.clocks(); list[0].Clock.Secured || list[0].Clock.Job != clock.Secure {
		t.Errorf("%+v", list[0].Clock)
	}
}

// TestEmergencyOvertakesPlannedWork: an ordinary run that waits for its window makes way.
func TestEmergencyOvertakesPlannedWork(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: iteg-toms-1.1, window: far}")
	db := o.database()
	if planned := o.plan("db1"); len(planned.Slots) != 1 {
		t.Fatalf("%+v", planned)
	}
	o.alarm()
	order := db.await()
	if r := o.run(order.ID()); len(r.Changes) != 1 || r.Changes[0].Package != "mariadb" {
		t.Errorf("%+v", r.Changes)
	}
	runs, err := o.server.Runs(t.Context(), board.RunFilter{System: "db1"})
	if err != nil || len(runs) != 2 || runs[1].Outcome != verdict.Deferred {
		t.Errorf("%+v %v", runs, err)
	}
}

// TestFeedsThatCannotBeBelieved: what is cut, empty, no feed at all, or much smaller than before leaves what
// is known in force, and the attempt is remembered.
func TestFeedsThatCannotBeBelieved(t *testing.T) {
	o := open(t)
	o.database()
	var long strings.Builder
	for i := range 20 {
		long.WriteString(strings.ReplaceAll(dsaFeed, "7001", "71"+string(rune('a'+i))))
	}
	o.deliver("debian-dsa", dsaFeed+long.String())
	o.deliver("osv", osvFeed)
	o.deliver("kev", kevFeed)
	if again := o.deliver("kev", kevFeed); again.Changed {
		t.Error("the same edition counts as a change")
	}
	for name, text := range map[string]string{"cut": kevFeed[:100], "empty": "", "captive portal": "<html>please sign in</html>", "shrunk": dsaFeed} {
		feed := "debian-dsa"
		if name == "cut" {
			feed = "kev"
		}
		_, err := o.server.Deliver(t.Context(), board.Delivery{Feed: feed, Origin: name, Text: []byte(text)})
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if list := o.clocks(); len(list) != 1 || list[0].Clock.Secured {
			t.Fatalf("%s: the hole is gone", name)
		}
	}
	feeds, err := o.server.Feeds(t.Context())
	if err != nil || len(feeds) != 3 {
		t.Fatal(feeds, err)
	}
	for _, f := range feeds {
		if f.Name == "debian-dsa" && (f.Problem.IsZero() || f.Records != 21) || f.Stale {
			t.Errorf("%+v", f)
		}
	}
	if _, err := o.server.Deliver(t.Context(), board.Delivery{Feed: "debian-dsa", Origin: "list", Reason: "the tracker split its list", Text: []byte(dsaFeed)}); err != nil {
		t.Error(err)
	}
	o.forward(72 * time.Hour)
	if feeds, _ := o.server.Feeds(t.Context()); !feeds[0].Stale || feeds[0].Problem.IsZero() {
		t.Errorf("three days old, and not stale: %+v", feeds[0])
	}
	o.verify()
	o.restart()
	if list := o.clocks(); len(list) != 1 {
		t.Error("after a restart nothing is known")
	}
	h, err := o.server.Hole(t.Context(), "DSA-7001-1")
	if err != nil || h.Dossier.CVE != "CVE-2026-1" || len(h.Exposed) != 1 || h.Exposed[0].System != "db1" || len(h.Clocks) != 1 {
		t.Errorf("%+v %v", h, err)
	}
}
