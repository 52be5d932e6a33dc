package campaign_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
)

var (
	noon  = time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	round = campaign.Campaign{ID: "c1", Kind: campaign.Monthly, Rules: wave.Usual(), Begun: noon, By: "ida",
		From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
)

func over(o verdict.Outcome) []campaign.Run {
	return []campaign.Run{{ID: "r1", Phase: campaign.RunOver, Outcome: o, At: noon, Sentence: lang.T("so", "so")}}
}

func TestHowASystemStands(t *testing.T) {
	signed := &campaign.SignOff{System: "web1", By: "ida", Text: "geprüft", At: noon.Add(time.Hour)}
	hold := wave.Hold{Code: wave.WaveBefore, Reason: lang.T("erst der andere", "first the other")}
	due := campaign.Sight{System: "web1", Ours: true, Known: true, Due: 3, Allowed: 2}
	with := func(edit func(*campaign.Sight)) campaign.Sight {
		s := due
		edit(&s)
		return s
	}
	for name, c := range map[string]struct {
		in   campaign.Sight
		want campaign.State
		says string
	}{
		"due":                         {due, campaign.Due, "allowed: 2"},
		"nothing due":                 {with(func(s *campaign.Sight) { s.Due, s.Allowed = 0, 0 }), campaign.Current, "Nothing"},
		"never heard":                 {with(func(s *campaign.Sight) { s.Known = false }), campaign.Silent, "nobody knows"},
		"waits for a mandate":         {with(func(s *campaign.Sight) { s.Allowed, s.Refused, s.Refuser = 0, lang.T("nein", "no order"), "MH2-20" }), campaign.Mandate, "no order"},
		"not before the next quarter": {with(func(s *campaign.Sight) { s.HeldBack = lang.T("später", "later") }), campaign.Later, "later"},
		"the customer's own":          {with(func(s *campaign.Sight) { s.Ours, s.Rule, s.Why = false, "MH2-03", lang.T("Kunde", "customer") }), campaign.NotOurs, "customer"},
		"planned":                     {with(func(s *campaign.Sight) { s.Runs = []campaign.Run{{Phase: campaign.RunPlanned}} }), campaign.Planned, ""},
		"its turn, but held":          {with(func(s *campaign.Sight) { s.Runs, s.Hold = []campaign.Run{{Phase: campaign.RunPlanned}}, hold }), campaign.Held, "first"},
		"running, and a hold is void": {with(func(s *campaign.Sight) { s.Runs, s.Hold = []campaign.Run{{Phase: campaign.RunLive}}, hold }), campaign.Running, ""},
		"done":                        {with(func(s *campaign.Sight) { s.Runs = over(verdict.Succeeded) }), campaign.Done, "so"},
		"put back":                    {with(func(s *campaign.Sight) { s.Runs = over(verdict.Restored) }), campaign.Restored, "so"},
		"blocked":                     {with(func(s *campaign.Sight) { s.Runs = over(verdict.Blocked) }), campaign.Blocked, "so"},
		"not effective":               {with(func(s *campaign.Sight) { s.Runs = over(verdict.NotEffective) }), campaign.Unclear, "so"},
		"not put back":                {with(func(s *campaign.Sight) { s.Runs = over(verdict.RestoreFailed) }), campaign.Unclear, "so"},
		"an outcome nobody knows":     {with(func(s *campaign.Sight) { s.Runs = over("surprise") }), campaign.Unclear, "so"},
		"missed its slot":             {with(func(s *campaign.Sight) { s.Runs = over(verdict.Deferred) }), campaign.Due, "allowed: 2"},
		"put back, looked at":         {with(func(s *campaign.Sight) { s.Runs, s.Sign = over(verdict.Restored), signed }), campaign.SignedOff, "ida: geprüft"},
		"put back after it was signed": {with(func(s *campaign.Sight) {
			s.Runs, s.Sign = over(verdict.Restored), signed
			s.Runs[0].At = noon.Add(2 * time.Hour)
		}), campaign.Restored, "so"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := round.Stand(c.in, noon)
			if m.State != c.want || !strings.Contains(m.Sentence.EN, c.says) {
				t.Errorf("%s: %s", m.State, m.Sentence.EN)
			}
		})
	}
}

// TestOverdue: without a sign-off a server is overdue once the month is over (IT-31), whatever was done on it;
// the quarterly promise is about what was done (MH2-22); an emergency has its own clock.
func TestOverdue(t *testing.T) {
	done := campaign.Sight{System: "web1", Ours: true, Known: true, Runs: over(verdict.Succeeded)}
	if m := round.Stand(done, noon); !m.Missing || m.Overdue {
		t.Errorf("within the month: %+v", m)
	}
	if m := round.Stand(done, round.To); !m.Overdue {
		t.Errorf("at the end of the month: %+v", m)
	}
	own := done
	own.Ours, own.Runs = false, nil
	if m := round.Stand(own, round.To); m.Missing || m.Overdue {
		t.Errorf("the customer's own system: %+v", m)
	}
	quarterly := campaign.Campaign{Kind: campaign.Quarterly, To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	if m := quarterly.Stand(done, quarterly.To); m.Missing {
		t.Errorf("updated within the quarter: %+v", m)
	}
	due := campaign.Sight{System: "web1", Ours: true, Known: true, Due: 1, Allowed: 1, LastGood: noon.AddDate(0, -3, -1)}
	if m := quarterly.Stand(due, noon); !m.Overdue {
		t.Errorf("more than a quarter since the last success: %+v", m)
	}
	emergency := campaign.Campaign{Kind: campaign.Emergency}
	open := campaign.Sight{System: "web1", Ours: true, Known: true, Runs: over(verdict.Succeeded), Deadline: noon}
	if m := emergency.Stand(open, noon.Add(time.Second)); !m.Overdue {
		t.Errorf("updated, and the hole is still open: %+v", m)
	}
	open.Secured = true
	if m := emergency.Stand(open, noon.Add(time.Second)); m.Missing || m.State != campaign.Done {
		t.Errorf("secured: %+v", m)
	}
}

func TestWhatNeedsAPersonComesFirst(t *testing.T) {
	list := []campaign.Member{{System: "a", State: campaign.SignedOff}, {System: "b", State: campaign.Held, Code: wave.WaveBefore}, {System: "c", State: campaign.NotOurs},
		{System: "d", State: campaign.Restored, Missing: true}, {System: "e", State: campaign.Done, Missing: true, Overdue: true}, {System: "f", State: campaign.Held, Code: wave.Stopped}, {System: "g", State: campaign.Unclear}}
	campaign.Order(list)
	var order string
	for _, m := range list {
		order += m.System
	}
	if order != "egdfbac" {
		t.Error(order)
	}
	s := campaign.Total(list)
	if s.Systems != 6 || s.Missing != 2 || s.Overdue != 1 || s.Person != 4 || !strings.Contains(s.Sentence().EN, "4 of 6") {
		t.Errorf("%+v %s", s, s.Sentence().EN)
	}
}

func TestStopAndResume(t *testing.T) {
	person := campaign.Stop{ID: "t1", Campaign: "c1", Code: wave.Stopped, By: "ida", Reason: lang.T("Rauch", "smoke"), At: noon}
	if h := person.Hold(); h.Code != wave.Stopped || !strings.Contains(h.Reason.EN, "smoke") {
		t.Errorf("%+v", h)
	}
	if _, err := person.Resume("ida", "", " ", false, noon); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	again, err := person.Resume("ida", "", "gelöscht", true, noon)
	if err != nil || again.Holds() {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := again.Resume("ida", "", "noch einmal", false, noon); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
	itself := campaign.Stop{ID: "t2", Campaign: "c1", Code: wave.BudgetUsed, By: campaign.Itself, At: noon}
	for _, second := range []string{"", "IDA"} {
		if _, err := itself.Resume("ida", second, "weiter", true, noon); fault.CodeOf(err) != fault.Refused {
			t.Errorf("after failures in an emergency, second person %q: %v", second, err)
		}
	}
	if s, err := itself.Resume("ida", "otto", "weiter", true, noon); err != nil || s.ApprovedBy != "otto" {
		t.Errorf("%+v, %v", s, err)
	}
	for name, c := range map[string]campaign.Campaign{"nobody": {Kind: campaign.Monthly, Rules: wave.Usual()}, "no kind": {By: "ida"}, "no budget": {Kind: campaign.Monthly, By: "ida"}} {
		if err := c.Check(); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (campaign.Campaign{Kind: campaign.Emergency, By: "ida"}).Check(); fault.CodeOf(err) != fault.Refused {
		t.Errorf("an emergency by hand: %v", err)
	}
}

// TestWhatCountsAsFailed: what was refused is no fault of the host's; an outcome that nobody knows is.
func TestWhatCountsAsFailed(t *testing.T) {
	for _, o := range verdict.Outcomes {
		want := o != verdict.Succeeded && o != verdict.Deferred
		if campaign.Failed(o, false) != want {
			t.Errorf("%s", o)
		}
	}
	if campaign.Failed(verdict.Blocked, true) || !campaign.Failed("surprise", false) {
		t.Error("blocked for want of a mandate, or an unknown outcome")
	}
}

// TestPeriods: every moment lies in its month and its quarter, and each begins where the one before ends, also
// where the clocks change.
func TestPeriods(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1_600_000_000, 2_200_000_000).Draw(t, "at"), 0).In(zone)
		for _, k := range []campaign.Kind{campaign.Monthly, campaign.Quarterly} {
			from, to := k.Period(at)
			if at.Before(from) || !at.Before(to) || from.Day() != 1 || from.Hour() != 0 || to.Hour() != 0 {
				t.Fatalf("%s: %s is in %s–%s", k, at, from, to)
			}
			if before, end := k.Period(from.Add(-time.Second)); !end.Equal(from) || !before.Before(from) {
				t.Fatalf("%s: before %s ends %s", k, from, end)
			}
		}
	})
	c := campaign.Campaign{Kind: campaign.Quarterly, From: time.Date(2026, 10, 1, 0, 0, 0, 0, zone)}
	if got := c.Title(); got.DE != "Quartalsrunde 4/2026" || round.Title().EN != "Monthly round 11/2026" {
		t.Errorf("%+v", got)
	}
	if next := round.Next(round.To.Add(time.Minute)); !next.From.Equal(round.To) || next.By != campaign.Itself || !next.Repeat {
		t.Errorf("%+v", next)
	}
}

// TestCourse: the lines only rise, and end at what is true now.
func TestCourse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var marks []campaign.Mark
		kept, failed := map[string]bool{}, map[string]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "marks") {
			m := campaign.Mark{System: string(rune('a' + rapid.IntRange(0, 9).Draw(t, "system"))), Failed: rapid.Bool().Draw(t, "failed"),
				At: round.From.Add(time.Duration(rapid.IntRange(0, 9*24).Draw(t, "hour")) * time.Hour)}
			marks = append(marks, m)
			if m.Failed {
				failed[m.System] = true
			} else {
				kept[m.System] = true
			}
		}
		course := round.Course(marks, noon)
		for i := 1; i < len(course); i++ {
			if course[i].Kept < course[i-1].Kept || course[i].Failed < course[i-1].Failed || !course[i].At.After(course[i-1].At) {
				t.Fatalf("%+v, then %+v", course[i-1], course[i])
			}
		}
		last := course[len(course)-1]
		if last.Kept != len(kept) || last.Failed != len(failed) || !last.At.Equal(noon) {
			t.Fatalf("%+v of %v", last, marks)
		}
	})
	if got := round.Course(nil, round.From); len(got) != 0 || campaign.Draw(got, 4, 100, 50).Kept != "" {
		t.Errorf("before it begins: %v", got)
	}
	chart := campaign.Draw(round.Course([]campaign.Mark{{System: "a", At: noon.Add(-time.Hour)}}, noon), 4, 100, 50)
	if !strings.HasPrefix(chart.Kept, "M0 50") || !strings.HasSuffix(chart.Kept, "L100 37.5") || chart.Goal != 0 || !slices.ContainsFunc(chart.Columns, func(c campaign.Column) bool { return c.X == 0 }) {
		t.Errorf("%+v", chart)
	}
}
