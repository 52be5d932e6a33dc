package exception_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/severity"
)

var (
	now    = time.Date(2026, time.November, 28, 9, 0, 0, 0, time.UTC)
	limits = exception.DefaultLimits()
)

func days(n int) time.Time { return now.AddDate(0, 0, n) }

// accepted is an exception for the shop of ACME: the update breaks its payment module.
func accepted() exception.Exception {
	return exception.Exception{
		ID: "EXC-4", Scope: exception.Scope{Advisory: "CVE-2026-1", System: "web2"}, Level: severity.Medium,
		Reason: "The update breaks the payment module", RiskOwner: "Ida Berg, ACME", Compensation: "The interface is reachable from the office only",
		RequestedBy: "Eva Adler", RequestedAt: days(-11), ApprovedBy: "Tom Lang", ApprovedAt: days(-10), Expires: days(20),
	}
}

func changed(f func(*exception.Exception)) exception.Exception {
	e := accepted()
	f(&e)
	return e
}

func onWeb2() exception.Finding {
	return exception.Finding{Advisories: []string{"DSA-7-1", "CVE-2026-1"}, System: "web2", Customer: "acme", Level: severity.Medium}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	elsewhere := func(f func(*exception.Finding)) exception.Finding { x := onWeb2(); f(&x); return x }
	level := func(l severity.Level) exception.Finding {
		return elsewhere(func(f *exception.Finding) { f.Level = l })
	}
	tests := []struct {
		name string
		e    exception.Exception
		f    exception.Finding
		want bool
		says string
	}{
		{"in force", accepted(), onWeb2(), true, "Not installed, with the accepted exception EXC-4 (NIS2 6.6.2, OPS.1.1.3.A15) until Fri 18 Dec 2026, 09:00: The update breaks the payment module. The risk is carried by Ida Berg, ACME, approved by Tom Lang; instead: The interface is reachable from the office only."},
		{"another hole", accepted(), elsewhere(func(f *exception.Finding) { f.Advisories = []string{"CVE-2026-2"} }), false, "it is about another hole"},
		{"another system", accepted(), elsewhere(func(f *exception.Finding) { f.System = "web3" }), false, "it is about another system"},
		{"all systems of the customer", changed(func(e *exception.Exception) { e.Scope.System, e.Scope.Customer = "", "acme" }), onWeb2(), true, ""},
		{"another customer", changed(func(e *exception.Exception) { e.Scope.System, e.Scope.Customer = "", "beta" }), onWeb2(), false, "another customer"},
		{"everybody is nobody", changed(func(e *exception.Exception) { e.Scope.System = "" }), onWeb2(), false, "neither system nor customer"},
		{"expired to the second", changed(func(e *exception.Exception) { e.Expires = now }), onWeb2(), false, "expired on Sat 28 Nov 2026, 09:00; the finding is open again"},
		{"not approved", changed(func(e *exception.Exception) { e.ApprovedAt, e.ApprovedBy = time.Time{}, "" }), onWeb2(), false, "not approved yet"},
		{"approved for tomorrow", changed(func(e *exception.Exception) { e.ApprovedAt = days(1) }), onWeb2(), false, "not approved yet"},
		{"approved by nobody", changed(func(e *exception.Exception) { e.ApprovedBy = "" }), onWeb2(), false, "it does not say who approved it"},
		{"revoked", changed(func(e *exception.Exception) { e.RevokedAt, e.RevokedBy = days(-1), "Ida Berg" }), onWeb2(), false, "revoked on Fri 27 Nov 2026, 09:00 by Ida Berg"},
		{"revoked from tomorrow on", changed(func(e *exception.Exception) { e.RevokedAt, e.RevokedBy = days(1), "Ida Berg" }), onWeb2(), true, ""},
		{"no reason", changed(func(e *exception.Exception) { e.Reason = " " }), onWeb2(), false, "the reason not to install is missing"},
		{"no owner, no compensation", changed(func(e *exception.Exception) { e.RiskOwner, e.Compensation = "", "" }), onWeb2(), false, "it does not say who carries the risk and it does not say what is done instead"},
		{"without an end", changed(func(e *exception.Exception) { e.Expires = time.Time{} }), onWeb2(), false, "until when it holds"},
		{"for too long", changed(func(e *exception.Exception) { e.Expires = days(81) }), onWeb2(), false, `for a hole of the level "medium" it holds for 90 days at most`},
		{"the hole got worse", accepted(), level(severity.Critical), false, `the risk was accepted as "medium" and is "critical" now`},
		{"the hole got harmless", accepted(), level(severity.Low), true, ""},
		{"nobody knows any more how bad it is", accepted(), level(severity.Unknown), false, `is "unknown" now`},
		{"a finding without a level", accepted(), level(""), false, `is "unknown" now`},
		{"who accepted the worst accepted all", changed(func(e *exception.Exception) { e.Level, e.ApprovedAt, e.Expires = severity.Critical, days(-1), days(5) }), level(severity.Unknown), true, ""},
		{"so did who accepted the unknown", changed(func(e *exception.Exception) { e.Level, e.ApprovedAt, e.Expires = severity.Unknown, days(-1), days(5) }), level(severity.Critical), true, ""},
		{"a level that is none", changed(func(e *exception.Exception) { e.Level = "terrible" }), onWeb2(), false, "the level of the hole is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, why := tt.e.Covers(now, tt.f, limits)
			if got != tt.want || !strings.Contains(why.EN, tt.says) || why.DE == "" {
				t.Errorf("covers is %v: %s", got, why.EN)
			}
			for _, cite := range []string{exception.CiteNIS2, exception.CiteGrundschutz} {
				if !strings.Contains(why.DE, cite) || !strings.Contains(why.EN, cite) {
					t.Errorf("%q is not named: %+v", cite, why)
				}
			}
		})
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	draft := changed(func(e *exception.Exception) { e.ApprovedAt, e.ApprovedBy = time.Time{}, "" })
	if err := draft.Check(now, limits); err != nil {
		t.Fatal(err)
	}
	e, err := draft.Approve(now, "Tom Lang", limits)
	if err != nil || e.ApprovedAt != now || e.State(now, limits) != exception.InForce {
		t.Fatalf("approved as %+v (%v)", e, err)
	}
	if _, err := e.Approve(now, "Tom Lang", limits); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("approved twice: %v", err)
	}
	tests := []struct {
		name   string
		change func(*exception.Exception)
		by     string
		fields string
	}{
		{"nobody approves", func(*exception.Exception) {}, " ", "approved_by"},
		{"nothing is filled in", func(e *exception.Exception) { *e = exception.Exception{} }, "Tom Lang", "scope.advisory scope reason risk_owner compensation level expires"},
		{"system and customer at once", func(e *exception.Exception) { e.Scope.Customer = "acme" }, "Tom Lang", "scope"},
		{"longer than the level allows", func(e *exception.Exception) { e.Level = severity.High; e.Expires = days(31) }, "Tom Lang", "expires"},
		{"over before it begins", func(e *exception.Exception) { e.Expires = days(-1) }, "Tom Lang", "expires"},
		{"a novel", func(e *exception.Exception) { e.Reason = strings.Repeat("x", 5000) }, "Tom Lang", "reason"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := draft
			tt.change(&e)
			got, err := e.Approve(now, tt.by, limits)
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Refused || got != (exception.Exception{}) {
				t.Fatalf("approved as %+v (%v)", got, err)
			}
			var fields []string
			for _, p := range f.Places {
				fields = append(fields, p.Field)
			}
			if strings.Join(fields, " ") != tt.fields {
				t.Errorf("refused for %q, want %q", fields, tt.fields)
			}
		})
	}
}

func TestOrderPutsTheNextToExpireOnTop(t *testing.T) {
	t.Parallel()
	named := func(id string, f func(*exception.Exception)) exception.Exception {
		return changed(func(e *exception.Exception) { e.ID = id; f(e) })
	}
	list := []exception.Exception{
		named("over long ago", func(e *exception.Exception) { e.Expires = days(-8) }),
		named("proposed", func(e *exception.Exception) { e.ApprovedAt = time.Time{} }),
		named("later", func(e *exception.Exception) { e.Expires = days(30) }),
		named("revoked", func(e *exception.Exception) { e.RevokedAt = days(-1) }),
		named("over", func(e *exception.Exception) { e.Expires = days(-1) }),
		named("soon", func(e *exception.Exception) { e.Expires = days(2) }),
	}
	exception.Order(now, list, limits)
	var got []string
	for _, e := range list {
		got = append(got, e.ID)
	}
	if diff := cmp.Diff([]string{"soon", "later", "proposed", "revoked", "over", "over long ago"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCovering(t *testing.T) {
	t.Parallel()
	short, other := accepted(), accepted()
	other.ID, other.Scope, other.Expires = "EXC-5", exception.Scope{Advisory: "DSA-7-1", Customer: "acme"}, days(40)
	foreign := changed(func(e *exception.Exception) { e.Scope.System = "db1" })
	if e, why := exception.Covering(now, []exception.Exception{short, foreign, other}, onWeb2(), limits); e == nil || e.ID != "EXC-5" || len(why) != 1 {
		t.Errorf("covered by %+v: %v", e, why)
	}
	short.Expires = days(-1)
	if e, why := exception.Covering(now, []exception.Exception{short, foreign}, onWeb2(), limits); e != nil || len(why) != 1 || !strings.Contains(why[0].EN, "expired") {
		t.Errorf("covered by %+v: %v", e, why)
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	const document = "version: \"1\"\nmax_days: {critical: 7, high: 30, medium: 90, low: 180, none: 365, unknown: 7}\n"
	if l, err := exception.ParseLimits("limits.yaml", []byte(document)); err != nil || l[severity.High] != 30 || len(l) != 6 {
		t.Fatalf("read as %v (%v)", l, err)
	}
	for _, tt := range []struct{ name, old, replacement, want string }{
		{"a level is missing", ", unknown: 7", "", `2:11: the field "unknown" is missing`},
		{"a level that is none", "none", "nothing", `2:57: unknown field "nothing"`},
		{"for ever", "365", "9999", `2:63: "9999" is not a whole number from 1 to 731`},
		{"not at all", "critical: 7", "critical: 0", `2:22: "0" is not a whole number from 1 to 731`},
		{"longer for the worse", "high: 30", "high: 100", `2:31: "high" must not hold for longer than "medium"`},
		{"unknown is not harmless", "unknown: 7", "unknown: 8", `2:77: "unknown" must not hold for longer than "critical"`},
	} {
		_, err := exception.ParseLimits("limits.yaml", []byte(strings.Replace(document, tt.old, tt.replacement, 1)))
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%s: read without an error", tt.name)
			continue
		}
		if !slices.ContainsFunc(f.Places, func(p fault.Place) bool {
			return strings.HasPrefix(fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Problem.EN), tt.want)
		}) {
			t.Errorf("%s: %+v", tt.name, f.Places)
		}
	}
}

func FuzzParseLimits(f *testing.F) {
	f.Add([]byte("version: \"1\"\nmax_days: {critical: 7, high: 30, medium: 90, low: 180, none: 365, unknown: 7}\n"))
	f.Add([]byte("max_days: [1]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := exception.ParseLimits("x.yaml", data)
		if err == nil && (len(l) != 6 || l[severity.Critical] < 1 || l[severity.Unknown] > l[severity.Critical]) {
			t.Errorf("read as %v", l)
		}
	})
}

// anything draws an exception of which any part may be missing.
func anything(t *rapid.T) exception.Exception {
	word := func(label string) string { return rapid.SampledFrom([]string{"", " ", "x", "x"}).Draw(t, label) }
	at := func(label string) time.Time {
		if n := rapid.IntRange(-100, 400).Draw(t, label); n%5 != 0 {
			return days(n)
		}
		return time.Time{}
	}
	return exception.Exception{
		ID:     "E",
		Scope:  exception.Scope{Advisory: word("advisory"), System: word("system"), Customer: word("customer")},
		Level:  rapid.SampledFrom(append(severity.Levels(), severity.Unknown, "")).Draw(t, "level"),
		Reason: word("reason"), RiskOwner: word("owner"), Compensation: word("compensation"), ApprovedBy: word("approved by"),
		ApprovedAt: at("approved"), Expires: at("expires"), RevokedAt: at("revoked"),
	}
}

// TestNoExceptionCoversWithoutItsDueOrForTooLong walks a year and a half and checks every day on which an exception
// covers something against what the demands say.
func TestNoExceptionCoversWithoutItsDueOrForTooLong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := anything(t)
		f := exception.Finding{Advisories: []string{"x"}, System: "x", Customer: "x", Level: rapid.SampledFrom(append(severity.Levels(), severity.Unknown)).Draw(t, "today")}
		covered, over := 0, false
		for i := -120; i < 500; i++ {
			ok, why := e.Covers(days(i), f, limits)
			if why.DE == "" || why.EN == "" {
				t.Fatal("no reason")
			}
			if !ok {
				over = over || covered > 0
				continue
			}
			covered++
			if over {
				t.Fatalf("day %d: it covers again after it was over: %+v", i, e)
			}
			if strings.TrimSpace(e.Reason) == "" || strings.TrimSpace(e.RiskOwner) == "" || strings.TrimSpace(e.Compensation) == "" ||
				strings.TrimSpace(e.ApprovedBy) == "" || (e.Scope.System == "") == (e.Scope.Customer == "") || !days(i).Before(e.Expires) {
				t.Fatalf("day %d: it covers: %+v", i, e)
			}
			if e.Level != severity.Unknown && e.Level != severity.Critical && f.Level.Rank() > e.Level.Rank() {
				t.Fatalf("a %s hole is covered by what was accepted as %s", f.Level, e.Level)
			}
		}
		if covered > limits[e.Level] {
			t.Fatalf("it covers for %d days: %+v", covered, e)
		}
	})
}
