package server

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/policies"
)

const paperSHA = "1111111111111111111111111111111111111111111111111111111111111111"

// agreement is an individual agreement of the bakery's on the newer article.
func agreement(id, documents, when, result string) string {
	return `agreement: ` + id + `
title: {de: Sonderabsprache, en: Individual agreement}
amends: managedhosting-2
customer: kuhn
by: eva
valid_from: 2020-01-01
recorded_at: 2026-11-27
documents: [` + documents + `]
rules:
  - id: SA-01
    tier: agreement
    kind: rule
    text: {de: So ist es vereinbart., en: So it is agreed.}
    when: {` + when + `}
    result: {` + result + `}
`
}

func paper(kind string) string {
	return "{kind: " + kind + ", title: Ticket 1, date: 2025-12-01, sha256: " + paperSHA + "}"
}

// under is the estate with one contract changed.
func (o *office) under(from, to string) {
	o.Helper()
	if _, err := o.server.Apply(o.Context(), "estate.yaml", []byte(strings.Replace(officeEstate, from, to, 1))); err != nil {
		o.Fatal(err)
	}
}

func (o *office) publish(doc string) board.Published {
	o.Helper()
	p, err := o.server.Publish(o.Context(), "doc.yaml", []byte(doc))
	if err != nil {
		o.Fatal(err)
	}
	return p
}

func (o *office) ask(q board.Question) board.Explanation {
	o.Helper()
	e, err := o.server.Explain(o.Context(), q)
	if err != nil {
		o.Fatalf("%+v: %v", q, err)
	}
	return e
}

func TestAnAgreementMakesTheQuarterAMonth(t *testing.T) {
	o := open(t)
	if _, err := o.server.Apply(t.Context(), "e.yaml", []byte(strings.Replace(officeEstate, "policy: managedhosting-2\n    window: always\n    standing", "policy: managedhosting-2\n    window: always\n    agreements: [monthly]\n    standing", 1))); fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("a contract names an agreement that nobody published: %v", err)
	}
	o.publish(agreement("monthly", paper("agreement"), "service_model: paas, package: advanced, change_class: security_update, admin_access: provider", "cadence: monthly"))
	if again := o.publish(agreement("monthly", paper("agreement"), "service_model: paas, package: advanced, change_class: security_update, admin_access: provider", "cadence: monthly")); again.Added {
		t.Error("the same text was published twice")
	}
	if _, err := o.server.Publish(t.Context(), "d.yaml", []byte(agreement("monthly", paper("agreement"), "layer: os", "cadence: nightly"))); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("another text under the same ID: %v", err)
	}
	o.under("window: always\n    standing", "window: always\n    agreements: [monthly]\n    standing")
	e := o.ask(board.Question{System: "web1"})
	if e.Decision.Cadence != policy.CadenceMonthly || !e.Allowed || len(e.Decision.Agreements) != 1 || e.Policy.ID != "managedhosting-2" {
		t.Errorf("%+v", e)
	}
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	if planned := o.plan(""); len(planned.Slots) != 1 {
		t.Fatalf("%+v", planned)
	}
	web.await()
	web.work("")
	o.verify()
}

// TestEmergencyConsentIsAGround: db1 is on basic, and nobody ordered; but Eva has consented beforehand.
func TestEmergencyConsentIsAGround(t *testing.T) {
	o := open(t)
	const when, result = "service_model: paas, change_class: security_update, admin_access: provider", "trigger: consent, explicit_request: false"
	o.publish(agreement("no-paper", paper("agreement"), when, result))
	o.under("package: basic, policy: managedhosting-2,", "package: basic, policy: managedhosting-2, agreements: [no-paper],")
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	if first := o.plan(""); len(first.Slots) != 0 || len(first.Refused) != 1 || !strings.Contains(first.Refused[0].Text.DE, "Notfallfreigabe") {
		t.Fatalf("without the paper of the consent: %+v", first)
	}
	o.publish(agreement("consent", paper("consent"), when, result))
	o.under("package: basic, policy: managedhosting-2,", "package: basic, policy: managedhosting-2, agreements: [consent],")
	if second := o.plan(""); len(second.Slots) != 1 {
		t.Fatalf("with the consent: %+v", second)
	}
	order := db.await()
	db.work("")
	if r := o.run(order.ID()); r.Ground != "consent consent" {
		t.Errorf("ground %q", r.Ground)
	}
	o.verify()
}

// TestWhoMayConsent: the estate says that only Eva may; an agreement by Tom is no consent.
func TestWhoMayConsent(t *testing.T) {
	o := open(t)
	o.publish(strings.Replace(agreement("toms", paper("consent"), "service_model: paas, change_class: security_update, admin_access: provider", "trigger: consent, explicit_request: false"), "by: eva", "by: tom", 1))
	o.under("package: basic, policy: managedhosting-2,", "package: basic, policy: managedhosting-2, agreements: [toms],")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	if planned := o.plan(""); len(planned.Slots) != 0 || len(planned.Refused) != 1 {
		t.Fatalf("%+v", planned)
	}
}

// TestAsAmendedNeedsToKnowSinceWhen: a contract "as amended" is under whichever version is valid; while nobody
// has said since when, nothing is done, and the date is asked for.
func TestAsAmendedNeedsToKnowSinceWhen(t *testing.T) {
	o := open(t)
	o.under("package: basic, policy: managedhosting-2,", "package: basic, policy: managedhosting,")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	e := o.ask(board.Question{System: "db1"})
	if e.Allowed || e.Decision.Verdict != policy.Denied || !strings.Contains(e.Answer.DE, "nicht bekannt, ab wann managedhosting-1 gilt") {
		t.Fatalf("%+v", e.Answer)
	}
	if planned := o.plan(""); len(planned.Slots) != 0 || len(planned.Refused) != 1 || !strings.Contains(planned.Refused[0].Text.DE, "patchwart policy valid") {
		t.Fatalf("%+v", planned)
	}
	for _, wrong := range [][4]string{{"nobody-1", "2025-01-01", "", "Eva"}, {"managedhosting-1", "soon", "", "Eva"}, {"managedhosting-1", "2025-01-01", "2024-01-01", "Eva"}, {"managedhosting-1", "2025-01-01", "", " "}} {
		if err := o.server.StateValidity(t.Context(), wrong[0], wrong[1], wrong[2], wrong[3]); fault.CodeOf(err) == fault.Internal {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	for id, from := range map[string]string{"managedhosting-1": "2016-01-01", "managedhosting-2": "2025-01-01"} {
		if err := o.server.StateValidity(t.Context(), id, from, "", "Geschäftsführung"); err != nil {
			t.Fatal(err)
		}
	}
	if e := o.ask(board.Question{System: "db1"}); e.Policy.ID != "managedhosting-2" || e.Rule != "MH2-20" || len(e.Beside) != 1 || !e.Beside[0].Differs {
		t.Errorf("today: %s by %s, beside %+v", e.Policy.ID, e.Rule, e.Beside)
	}
	if e := o.ask(board.Question{System: "db1", Day: "2024-12-31"}); e.Policy.ID != "managedhosting-1" || e.Rule != "MH1-04" || e.Allowed {
		t.Errorf("then: %s by %s", e.Policy.ID, e.Rule)
	}
	if e := o.ask(board.Question{System: "db1", Layer: policy.LayerMiddleware, Change: policy.ChangeClassVersionUpgrade}); e.Decision.Charge != policy.ChargeQuote {
		t.Errorf("a PHP upgrade: %+v", e.Decision)
	}
	for _, wrong := range []board.Question{{System: "db1", Layer: "roof"}, {System: "db1", Day: "gestern"}, {System: "db1", Package: "mariadb", Day: "2024-12-31"}} {
		if _, err := o.server.Explain(t.Context(), wrong); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	o.verify()
}

// TestKnownAt: what was recorded later was not known then.
func TestKnownAt(t *testing.T) {
	var now atomic.Pointer[time.Time]
	set := func(at time.Time) { now.Store(&at) }
	monday := time.Now().UTC()
	set(monday)
	o := &office{T: t, config: Config{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Agents: "127.0.0.1:0", Clock: func() time.Time { return *now.Load() }}}
	o.start()
	t.Cleanup(func() { _ = o.server.Stop(t.Context()) })
	o.under("package: basic, policy: managedhosting-2,", "package: basic, policy: managedhosting,")
	day := func(n int) string { return monday.AddDate(0, 0, n).Format(time.DateOnly) }

	set(monday.AddDate(0, 0, 2)) // on Wednesday somebody enters the dates, and the contract is pinned
	for id, from := range map[string]string{"managedhosting-1": "2016-01-01", "managedhosting-2": "2025-01-01"} {
		if err := o.server.StateValidity(t.Context(), id, from, "", "Geschäftsführung"); err != nil {
			t.Fatal(err)
		}
	}
	set(monday.AddDate(0, 0, 4)) // on Friday the contract becomes one on managedhosting-1
	o.under("package: basic, policy: managedhosting-2,", "package: basic, policy: managedhosting-1,")

	if e := o.ask(board.Question{System: "db1", KnownAt: day(1)}); e.Policy.ID != "" || !strings.Contains(e.Answer.EN, "not known from when") {
		t.Errorf("known on Tuesday: %s, %s", e.Policy.ID, e.Answer.EN)
	}
	if e := o.ask(board.Question{System: "db1", KnownAt: day(3)}); e.Policy.ID != "managedhosting-2" {
		t.Errorf("known on Thursday: %s", e.Policy.ID)
	}
	if e := o.ask(board.Question{System: "db1", Day: "2024-06-01", KnownAt: day(3)}); e.Policy.ID != "managedhosting-1" {
		t.Errorf("valid in 2024, known on Thursday: %s", e.Policy.ID)
	}
	if e := o.ask(board.Question{System: "db1"}); e.Policy.ID != "managedhosting-1" {
		t.Errorf("today: %s", e.Policy.ID)
	}
	if _, err := o.server.Explain(t.Context(), board.Question{System: "db1", KnownAt: day(-1)}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("known before anything was: %v", err)
	}
}

func TestAFlawedVersionIsNotPublished(t *testing.T) {
	o := open(t)
	text, _ := policies.Lookup("managedhosting-2")
	next := strings.Replace(strings.Replace(string(text), "id: managedhosting-2", "id: managedhosting-3", 1), `version: "2"`, `version: "3"`, 1)
	flawed := strings.Replace(next, "      window: next\n", "", 1)
	if _, err := o.server.Publish(t.Context(), "m3.yaml", []byte(flawed)); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "nothing was published") {
		t.Errorf("a version with a gap: %v", err)
	}
	if p := o.publish(next); !p.Added || p.ID != "managedhosting-3" {
		t.Errorf("%+v", p)
	}
	if _, err := o.server.Publish(t.Context(), "m3.yaml", []byte(next+"\n# changed\n")); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a changed text under the same ID: %v", err)
	}
	o.restart()
	list, err := o.server.Policies(t.Context())
	if err != nil || len(list) != 4 {
		t.Errorf("%+v, %v", list, err)
	}
	v, err := o.server.PolicyVersion(t.Context(), "managedhosting-2")
	if err != nil || v.Document != string(text) || v.Contracts != 3 {
		t.Errorf("%d contracts, %v", v.Contracts, err)
	}
	o.verify()
}

// TestSimulateBeforePublishing (G3): the quarter becomes a night; which systems change, and which promises
// would be broken on the first day?
func TestSimulateBeforePublishing(t *testing.T) {
	o := open(t)
	o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	text, _ := policies.Lookup("managedhosting-2")
	next := strings.NewReplacer("id: managedhosting-2", "id: managedhosting-3", `version: "2"`, `version: "3"`, "cadence: quarterly", "cadence: nightly").Replace(string(text))
	r, err := o.server.Simulate(t.Context(), "m3.yaml", []byte(next))
	if err != nil || r.Systems != 3 || r.Changed != 1 || len(r.Changes) != 1 || r.Changes[0].System != "web1" || len(r.Changes[0].Packages) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	broken := map[string]int{}
	for _, b := range r.Broken {
		broken[b.System+" "+b.Rule]++
	}
	if broken["web1 MH2-22"] != 1 || broken["db1 MH2-19"] != 1 || broken["web1 MH2-21"] != 0 {
		t.Errorf("%v: %+v", broken, r.Broken)
	}
	if list, _ := o.server.Policies(t.Context()); len(list) != 3 {
		t.Errorf("simulating has published: %d", len(list))
	}
}

// TestEveryStoredDecisionIsMadeAgain: with what was stored of it, to the same bytes; and an altered one is
// found, even when whoever altered it also made the record anew.
func TestEveryStoredDecisionIsMadeAgain(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	o.plan("")
	order := web.await()
	web.work("")
	check, err := o.server.VerifyRecord(t.Context())
	if err != nil || !check.Good || check.Decisions.Decisions < 3 || check.Decisions.Differs != nil || !strings.Contains(check.Text.DE, "noch einmal getroffen, alle gleich") {
		t.Fatalf("%+v, %v", check, err)
	}
	err = o.server.change(t.Context(), func(c *change) error {
		p, _, err := c.Paper(t.Context(), order.ID(), store.Closing)
		if err != nil {
			return err
		}
		p.Request.Items[0].Decision.Charge = policy.ChargeQuote // who pays?
		st, err := c.SavePaper(t.Context(), order.ID(), store.Closing, p, c.at)
		return c.put(t.Context(), st, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	check, err = o.server.VerifyRecord(t.Context())
	if err != nil || check.Good || check.Decisions.Differs == nil || !strings.Contains(check.Decisions.Differs.Where, order.ID()+"/closing/openssl") {
		t.Errorf("an altered decision: %+v, %v", check, err)
	}
}
