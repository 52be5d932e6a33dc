package severity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/severity"
)

// lowered is how Eva Adler rated the hole two days ago, for ten days.
func lowered() severity.Override {
	return severity.Override{
		Hole: "CVE-2026-1", Level: severity.Low, By: "Eva Adler", Reason: "The module is not loaded anywhere",
		At: now.AddDate(0, 0, -2), Expires: now.AddDate(0, 0, 8),
	}
}

func TestAnOverrideIsNeverSilent(t *testing.T) {
	t.Parallel()
	r := severity.Rate(now, said(takeover), rules, []severity.Override{lowered()})
	if r.Level != severity.Low || r.Derived != severity.Critical || r.Override == nil || r.Critical() != no {
		t.Fatalf("rated as %+v", r)
	}
	want := `Eva Adler rated the hole "low" on Thu 26 Nov 2026, until Sun 6 Dec 2026: The module is not loaded anywhere. By the rules it would be "critical".`
	if r.Reasons[0].EN != want {
		t.Errorf("the first reason is %q", r.Reasons[0].EN)
	}
	if want := `Eva Adler hat die Lücke am Do 26.11.2026 als „gering“ eingestuft`; !strings.HasPrefix(r.Reasons[0].DE, want) {
		t.Errorf("auf Deutsch: %q", r.Reasons[0].DE)
	}
}

func TestWhenAnOverrideDoesNotHold(t *testing.T) {
	t.Parallel()
	change := func(f func(*severity.Override)) severity.Override { o := lowered(); f(&o); return o }
	exploited := said(takeover)
	exploited.KEV = &severity.KEV{Listed: true, Added: added}
	tests := []struct {
		name string
		e    severity.Evidence
		o    severity.Override
		why  string
	}{
		{"it has lapsed, to the second", said(takeover), change(func(o *severity.Override) { o.Expires = now }), "it lapsed on Sat 28 Nov 2026, 09:00"},
		{"it begins later", said(takeover), change(func(o *severity.Override) { o.At = now.Add(time.Hour) }), "it begins on"},
		{"nobody gave it", said(takeover), change(func(o *severity.Override) { o.By = " " }), "it does not say whose it is"},
		{"it has no reason", said(takeover), change(func(o *severity.Override) { o.Reason = "" }), "the reason is missing"},
		{"it has no end", said(takeover), change(func(o *severity.Override) { o.Expires = time.Time{} }), "it does not say since when or until when"},
		{"it holds for too long", said(takeover), change(func(o *severity.Override) { o.Expires = now.AddDate(0, 6, 0) }), "it holds for more than 90 days"},
		{"it ends before it begins", said(takeover), change(func(o *severity.Override) { o.Expires = o.At }), "it ends before it begins"},
		{"unknown is no rating", said(takeover), change(func(o *severity.Override) { o.Level = severity.Unknown }), "the level must be"},
		{"the hole is exploited, which it did not know", exploited, lowered(), "it lowers without knowing that the hole is exploited"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := severity.Rate(now, tt.e, rules, []severity.Override{tt.o})
			if r.Level != severity.Critical || r.Override != nil {
				t.Errorf("rated as %s, override %+v", r.Level, r.Override)
			}
			if !strings.Contains(sentences(r), tt.why) {
				t.Errorf("the reasons do not say %q:\n%s", tt.why, sentences(r))
			}
		})
	}
}

func TestOverridesThatHold(t *testing.T) {
	t.Parallel()
	exploited := with(said(), func(e *severity.Evidence) { e.KEV.Listed = true })
	knows := lowered()
	knows.KnowsExploited = true
	if r := severity.Rate(now, exploited, rules, []severity.Override{knows}); r.Level != severity.Low {
		t.Errorf("given in knowledge of the attacks, it does not hold: %s", sentences(r))
	}
	raised := lowered()
	raised.Level = severity.Critical
	if r := severity.Rate(now, exploited, rules, []severity.Override{raised}); r.Level != severity.Critical || r.Critical() != yes {
		t.Errorf("a raised rating does not hold: %s", sentences(r))
	}
	later := lowered()
	later.At, later.Level = now.AddDate(0, 0, -1), severity.Medium
	for _, order := range [][]severity.Override{{lowered(), later}, {later, lowered()}} {
		if r := severity.Rate(now, said(), rules, order); r.Level != severity.Medium || r.Derived != severity.Unknown {
			t.Errorf("the later of two does not count: %s", r.Level)
		}
	}
	other := lowered()
	other.Hole = "CVE-2026-2"
	if r := severity.Rate(now, said(takeover), rules, []severity.Override{other}); r.Level != severity.Critical || strings.Contains(sentences(r), "Adler") {
		t.Errorf("the rating of another hole counts: %s", sentences(r))
	}
}
