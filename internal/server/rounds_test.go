package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// TestAMonthThatIsOverNamesWhoIsMissing (IT-31, story O10): a server that nobody signed off by the month's end is
// overdue, the operator is told once, the next round begins by itself, and what was missed can still be made up for.
func TestAMonthThatIsOverNamesWhoIsMissing(t *testing.T) {
	o := open(t)
	o.host("web1")
	o.host("db1")
	begun, err := o.server.Begin(t.Context(), campaign.Campaign{Kind: campaign.Monthly, By: "ida", Repeat: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.server.SignOff(t.Context(), campaign.SignOff{Campaign: begun.ID, System: "web1", By: "ida", Text: "Updates, Dienste und Protokolle geprüft."}); err != nil {
		t.Fatal(err)
	}
	o.tend()
	if told := o.toldOf("db1", noticeUnsigned); len(told) != 0 {
		t.Fatalf("the month goes on, and somebody was told: %+v", told)
	}
	o.forward(32 * 24 * time.Hour)
	o.tend()
	o.tend() // nobody is told twice
	c := o.campaign(begun.ID)
	missing := slices.DeleteFunc(slices.Clone(c.Members), func(m campaign.Member) bool { return !m.Overdue })
	if len(missing) == 0 || !slices.ContainsFunc(missing, func(m campaign.Member) bool { return m.System == "db1" }) ||
		slices.ContainsFunc(missing, func(m campaign.Member) bool { return m.System == "web1" }) {
		t.Errorf("overdue: %+v", missing)
	}
	told := o.toldOf("", noticeUnsigned)
	if len(told) != 1 || !strings.Contains(told[0].Text.DE, "db1") || told[0].Recipient != "operator" {
		t.Errorf("told: %+v", told)
	}
	rows, err := o.server.Campaigns(t.Context())
	if err != nil || len(rows) != 2 {
		t.Fatalf("the next round has not begun: %+v, %v", rows, err)
	}
	if _, err := o.server.SignOff(t.Context(), campaign.SignOff{Campaign: begun.ID, System: "db1", By: "ida", Text: "Nachgeholt."}); err != nil {
		t.Errorf("what was missed cannot be made up for: %v", err)
	}
	o.verify()
}

// TestAnEmergencyBeginsAndEndsByItself (IT-33): the critical hole opens a campaign with its own clock; it ends when
// every system is secured.
func TestAnEmergencyBeginsAndEndsByItself(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.database()
	o.alarm()
	o.assess()
	o.tend()
	rows, err := o.server.Campaigns(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Kind != campaign.Emergency || rows[0].By != campaign.Itself || !rows[0].Open() {
		t.Fatalf("%+v, %v", rows, err)
	}
	db.await()
	if got := db.work(""); got != verdict.Succeeded {
		t.Fatal(got)
	}
	db.updated()
	o.assess()
	o.tend()
	if c := o.campaign(rows[0].ID); c.Open() || c.EndedBy != campaign.Itself {
		t.Errorf("the hole is closed, and the campaign goes on: %+v", c.Sum)
	}
}

// tend does what the server does every minute about campaigns.
func (o *office) tend() {
	o.Helper()
	if err := o.server.rounds(o.Context()); err != nil {
		o.Fatal(err)
	}
}

func (o *office) campaign(id string) board.Campaign {
	o.Helper()
	c, err := o.server.Campaign(o.Context(), id)
	if err != nil {
		o.Fatal(err)
	}
	return c
}

// toldOf are the notices of a kind about a system, or about any.
func (o *office) toldOf(system, kind string) []board.Told {
	o.Helper()
	list, err := o.server.Notices(o.Context(), system)
	if err != nil {
		o.Fatal(err)
	}
	return slices.DeleteFunc(list, func(n board.Told) bool { return n.Kind != kind })
}
