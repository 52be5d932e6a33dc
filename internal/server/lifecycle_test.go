package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// releases is distro-info's list with bookworm's long-term support ending on a day.
func releases(end time.Time) string {
	return "version,codename,series,created,release,eol,eol-lts,eol-elts\n12,Bookworm,bookworm,2021-08-14,2023-06-10,2024-01-01," + end.Format(time.DateOnly) + ",2045-06-30\n"
}

func (o *office) life() board.Life {
	o.Helper()
	l, err := o.server.LifeOf(o.Context(), "db1")
	if err != nil {
		o.Fatal(err)
	}
	return l
}

// announced are the steps that somebody was told, oldest first.
func (o *office) announced() []string {
	o.Helper()
	if err := o.server.announce(o.Context()); err != nil {
		o.Fatal(err)
	}
	var steps []string
	for _, n := range o.life().Told {
		step, _, _ := strings.Cut(n.Step, " ")
		steps = append(steps, n.Recipient+" "+step)
	}
	slices.Reverse(steps)
	return steps
}

// TestTheEndOfASystem: notices 12, 6, 3 and 1 months before, at the end that no responsibility is taken, every
// month a reminder until the customer confirms it (IT-37); the move is offered and followed (IT-38); after the
// end nothing is installed and no clock calls.
func TestTheEndOfASystem(t *testing.T) {
	o := open(t)
	o.under("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: always}", "{id: c-data, customer: kuhn, model: paas, package: basic, policy: iteg-toms-1.1, window: always}")
	db := o.database()
	db.facts.OS.ID, db.facts.OS.Codename, db.facts.OS.Version = "debian", "bookworm", "12"
	db.facts.Sort()
	db.poll(0)
	if l := o.life(); l.Standing.Phase != lifecycle.Unknown || len(o.announced()) != 0 {
		t.Fatalf("without a feed: %+v", l.Standing)
	}
	end := o.server.now().AddDate(1, 0, 5)
	o.deliver("distro-info-debian", releases(end))
	o.deliver("debian-support-bookworm", "# List of packages whose security support ends before the distribution EOL\nmariadb 1:10.11.6-1 2026-12-31 Nobody can\n")
	l := o.life()
	if l.Standing.Phase != lifecycle.Long || len(l.Less) != 1 || l.Less[0].Source != "mariadb" || l.Paused {
		t.Fatalf("%+v", l)
	}
	if got := o.announced(); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	for _, row := range o.due() {
		if row.Finding.Package == "curl" && !row.Allowed {
			t.Errorf("in long-term support: %+v", row.Why)
		}
	}
	o.forward(6 * 24 * time.Hour)
	if got := o.announced(); !slices.Equal(got, []string{"eva EOL-12"}) {
		t.Errorf("%v", got)
	}
	if got := o.announced(); len(got) != 1 {
		t.Errorf("told twice: %v", got)
	}
	if l := o.life(); l.Move != lifecycle.Offered {
		t.Errorf("the move is not offered: %+v", l.Moves)
	}
	if _, err := o.server.Confirm(t.Context(), "db1", "Eva Kuhn", "Ticket 5"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("what is not at its end was confirmed: %v", err)
	}
	o.forward(5 * 31 * 24 * time.Hour) // five months of silence: the nearest step, not several
	o.forward(130 * 24 * time.Hour)
	if got := o.announced(); !slices.Equal(got, []string{"eva EOL-12", "eva EOL-03"}) {
		t.Errorf("%v", got)
	}
	o.forward(120 * 24 * time.Hour)
	if got := o.announced(); got[len(got)-1] != "eva EOL-00" {
		t.Errorf("%v", got)
	}
	o.alarm()
	if l = o.life(); !l.Paused || l.Standing.Phase != lifecycle.PaidOnly {
		t.Fatalf("%+v", l)
	}
	for _, row := range o.due() {
		if row.Allowed || row.Rule != "IT-37" {
			t.Errorf("%s is installed after the end: %s %s", row.Finding.Package, row.Rule, row.Why.EN)
		}
	}
	if c := o.clocks(); len(c) != 1 || !c[0].Clock.Paused && c[0].Clock.Job == clock.Secure {
		t.Errorf("%+v", c)
	}
	o.forward(32 * 24 * time.Hour)
	if got := o.announced(); got[len(got)-1] != "eva "+lifecycle.Reminder {
		t.Errorf("%v", got)
	}
	if l, err := o.server.Confirm(t.Context(), "db1", "Eva Kuhn", "Ticket 5"); err != nil || l.Receipt == nil || !strings.Contains(l.Receipt.Text.DE, "IT-37") {
		t.Errorf("%+v, %v", l.Receipt, err)
	}
	before := len(o.announced())
	o.forward(40 * 24 * time.Hour)
	if got := o.announced(); len(got) != before {
		t.Errorf("reminded of what is confirmed: %v", got)
	}
	if _, err := o.server.Move(t.Context(), "db1", lifecycle.Done, "ida", ""); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("done without an order: %v", err)
	}
	for _, to := range []lifecycle.Move{lifecycle.Ordered, lifecycle.Planned, lifecycle.Done} {
		if l, err := o.server.Move(t.Context(), "db1", to, "ida", "Ticket 6"); err != nil || l.Move != to {
			t.Errorf("%s: %+v, %v", to, l.Moves, err)
		}
	}
	if list, err := o.server.Lifecycle(t.Context()); err != nil || len(list) == 0 {
		t.Errorf("%+v, %v", list, err)
	}
	o.verify()
}

// TestASupportListNeedsItsRelease: the list itself does not say which release it is of.
func TestASupportListNeedsItsRelease(t *testing.T) {
	o := open(t)
	if _, err := o.server.Deliver(t.Context(), board.Delivery{Feed: "support", Text: []byte("# List of packages whose security support ends\nx 1 2026-01-01 y\n")}); err == nil || !strings.Contains(err.Error(), "codename") {
		t.Errorf("%v", err)
	}
}
