package notice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// monday is 30 November 2026, 05:00 UTC.
var monday = time.Date(2026, 11, 30, 5, 0, 0, 0, time.UTC)

func slot(from time.Time) window.Interval {
	return window.Interval{From: from, To: from.Add(2 * time.Hour)}
}

// bakery has a contact who may order, one who may only read, and one who may do both.
func bakery() notice.People {
	return notice.Contacts(estate.Customer{ID: "kuhn", Contacts: []estate.Contact{
		{ID: "eva", Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityConsent}},
		{ID: "max", Authority: []estate.Authority{estate.AuthorityRead}},
	}})
}

// story is one customer whose facts change; what was told is kept.
type story struct {
	*testing.T
	rules policy.Notices
	told  []notice.Told
	facts map[string]notice.Fact
	order []string
}

func begin(t *testing.T) *story {
	t.Helper()
	return &story{T: t, rules: policy.HouseNotices(), facts: map[string]notice.Fact{}}
}

func (s *story) set(run, system string, stands policy.Happening, since time.Time, at window.Interval) {
	if _, have := s.facts[run]; !have {
		s.order = append(s.order, run)
	}
	s.facts[run] = notice.Fact{Run: run, System: system, Stands: stands, Since: since, Slot: at}
}

func (s *story) at(now time.Time) []notice.Notice {
	in := notice.Input{Now: now, Rules: s.rules, Told: s.told, People: bakery()}
	for _, run := range s.order {
		in.Facts = append(in.Facts, s.facts[run])
	}
	list := notice.Due(in)
	for _, n := range list {
		s.told = append(s.told, n.Told)
	}
	return list
}

// expect looks at one moment: "happening>recipient", with ! when it is late.
func (s *story) expect(now time.Time, want ...string) []notice.Notice {
	s.Helper()
	list := s.at(now)
	var have []string
	for _, n := range list {
		word := string(n.Happening) + ">" + n.To
		if n.Late {
			word += "!"
		}
		have = append(have, word)
		if n.Why.DE == "" || n.Why.EN == "" || n.Rule == "" && n.House.IsZero() {
			s.Errorf("%s has no reason: %+v", word, n)
		}
	}
	if strings.Join(have, " ") != strings.Join(want, " ") {
		s.Errorf("at %s: %v, want %v", now.Format("02 15:04"), have, want)
	}
	return list
}

func TestAMaintenanceIsAnnouncedMovedAndReported(t *testing.T) {
	t.Parallel()
	s := begin(t)
	s.set("r1", "web1", policy.HappensPlanned, monday.AddDate(0, 0, -10), slot(monday))
	s.expect(monday.AddDate(0, 0, -5)) // five days before nobody is told
	first := s.expect(monday.Add(-48*time.Hour-10*time.Minute), "planned>eva")
	s.expect(monday.Add(-40 * time.Hour)) // nothing has changed
	s.set("r1", "web1", policy.HappensPlanned, monday.AddDate(0, 0, -10), slot(monday.AddDate(0, 0, 7)))
	moved := s.expect(monday.Add(-30*time.Hour), "moved>eva") // a correction does not wait for its lead
	if first[0].Sequence != 0 || moved[0].Sequence != 1 || moved[0].Was != slot(monday) {
		t.Errorf("%+v", moved[0])
	}
	s.expect(monday.Add(-29 * time.Hour))
	next := monday.AddDate(0, 0, 7)
	s.set("r1", "web1", policy.HappensBegun, next, slot(next))
	s.expect(next.Add(time.Minute), "begun>eva")
	s.set("r1", "web1", policy.HappensDone, next.Add(5*time.Minute), slot(next))
	s.expect(next.Add(5*time.Minute), "done>eva")
	s.expect(next.Add(time.Hour))
}

func TestWhatComesTooLateSaysSo(t *testing.T) {
	t.Parallel()
	s := begin(t)
	s.set("r1", "web1", policy.HappensPlanned, monday.Add(-3*time.Hour), slot(monday))
	late := s.expect(monday.Add(-3*time.Hour), "planned>eva!")
	if text := late[0].Sentence(time.UTC); !strings.Contains(text.DE, "kürzer als 2 Tage") || !strings.Contains(text.EN, "less than 2 days") {
		t.Error(text)
	}
	s.set("r1", "web1", policy.HappensRestored, monday, slot(monday))
	s.expect(monday.Add(3*time.Hour), "restored>eva!", "restored>operator!")
}

func TestWhoWaitsForWorkLearnsThatItDoesNotTakePlace(t *testing.T) {
	t.Parallel()
	s := begin(t)
	s.set("r1", "web1", policy.HappensCancelled, monday, slot(monday))
	s.expect(monday) // nobody knew of it
	s.set("r2", "web2", policy.HappensPlanned, monday, slot(monday.Add(40*time.Hour)))
	s.expect(monday, "planned>eva!")
	s.set("r2", "web2", policy.HappensBlocked, monday.Add(41*time.Hour), slot(monday.Add(40*time.Hour)))
	s.expect(monday.Add(41*time.Hour), "blocked>operator", "cancelled>eva")
	s.expect(monday.Add(42 * time.Hour))
}

func TestManySystemsAtOnceBecomeOneLetter(t *testing.T) {
	t.Parallel()
	s := begin(t)
	for i, name := range []string{"web1", "web2", "web3", "web4"} {
		s.set("r"+name, name, policy.HappensPlanned, monday.AddDate(0, 0, -5), slot(monday.Add(time.Duration(i)*time.Minute)))
	}
	letters := notice.Letters(s.at(monday.Add(-48*time.Hour)), s.rules.Digest)
	if len(letters) != 1 || len(letters[0].Notices) != 4 {
		t.Fatalf("%+v", letters)
	}
	text := letters[0].Text(time.UTC)
	if subject := letters[0].Subject(); subject.DE != "Wartung geplant: 4 Systeme" || !strings.Contains(text.DE, "- web3: ") || strings.Count(text.DE, "C5") != 1 {
		t.Errorf("%v\n%s", subject, text.DE)
	}
	// They begin one after the other: no letter each. One fails: that is told at once.
	for i, name := range []string{"web1", "web2", "web3", "web4"} {
		now := monday.Add(time.Duration(i) * time.Minute)
		s.set("r"+name, name, policy.HappensBegun, now, s.facts["r"+name].Slot)
		if i < 3 {
			s.expect(now)
		} else {
			s.expect(now, "begun>eva", "begun>eva", "begun>eva", "begun>eva")
		}
	}
	s.set("rweb1", "web1", policy.HappensDone, monday.Add(5*time.Minute), s.facts["rweb1"].Slot)
	s.expect(monday.Add(5 * time.Minute))
	s.set("rweb2", "web2", policy.HappensRestored, monday.Add(6*time.Minute), s.facts["rweb2"].Slot)
	s.expect(monday.Add(6*time.Minute), "restored>eva", "restored>operator")
	s.set("rweb3", "web3", policy.HappensDone, monday.Add(7*time.Minute), s.facts["rweb3"].Slot)
	s.expect(monday.Add(8 * time.Minute))
	s.expect(monday.Add(20*time.Minute), "done>eva", "done>eva") // the fourth takes long: the others do not wait for it for ever
	s.set("rweb4", "web4", policy.HappensDone, monday.Add(50*time.Minute), s.facts["rweb4"].Slot)
	s.expect(monday.Add(50*time.Minute), "done>eva")
}

func TestWithoutAnybodyWhoMayOrderTheOperatorIsTold(t *testing.T) {
	t.Parallel()
	people := notice.Contacts(estate.Customer{Contacts: []estate.Contact{{ID: "max", Authority: []estate.Authority{estate.AuthorityRead}}}})
	if got := people(policy.ToOrder); len(got) != 1 || got[0] != "operator" {
		t.Error(got)
	}
	if got := people(policy.ToRead); len(got) != 1 || got[0] != "max" {
		t.Error(got)
	}
}

// TestEveryHappeningHasWords: a letter about anything says it in both languages.
func TestEveryHappeningHasWords(t *testing.T) {
	t.Parallel()
	seen := map[lang.Text]bool{notice.Word(""): true}
	for _, h := range policy.AllHappenings() {
		w := notice.Word(h)
		if w.DE == "" || w.EN == "" || seen[w] {
			t.Errorf("%s: %v", h, w)
		}
		seen[w] = true
		n := notice.Notice{Told: notice.Told{Happening: h, Slot: slot(monday)}, System: "web1", Was: slot(monday)}
		if text := n.Sentence(time.UTC); !strings.HasPrefix(text.DE, "web1: ") || !strings.HasPrefix(text.EN, "web1: ") || text.DE == text.EN {
			t.Errorf("%s: %v", h, text)
		}
	}
}

// TestWorkThatMovedToNowIsStillCorrected: whoever was told of four o'clock learns that it began at three, also when
// nothing lay between the decision and the beginning; whoever was told that it began needs no more.
func TestWorkThatMovedToNowIsStillCorrected(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 3, 1, 3, 0, 0, 0, time.UTC)
	told := notice.Told{Run: "r", Happening: policy.HappensPlanned, To: "eva", Slot: window.Interval{From: at.Add(time.Hour), To: at.Add(2 * time.Hour)}, At: at.Add(-48 * time.Hour)}
	in := notice.Input{Now: at, Told: []notice.Told{told}, People: func(policy.Audience) []string { return []string{"eva"} },
		Rules: policy.Notices{Tell: []policy.Telling{{Happening: policy.HappensPlanned, To: []policy.Audience{policy.ToOrder}}, {Happening: policy.HappensMoved, To: []policy.Audience{policy.ToOrder}}}},
		Facts: []notice.Fact{{Run: "r", System: "web1", Stands: policy.HappensPlanned, Since: at, Slot: window.Interval{From: at, To: at.Add(time.Hour)}}}}
	for _, stands := range []policy.Happening{policy.HappensPlanned, policy.HappensBegun} {
		in.Facts[0].Stands = stands
		if got := notice.Due(in); len(got) != 1 || got[0].Happening != policy.HappensMoved || !got[0].Was.From.Equal(told.Slot.From) {
			t.Errorf("%s: %+v", stands, got)
		}
	}
	in.Told = append(in.Told, notice.Told{Run: "r", Happening: policy.HappensBegun, To: "eva", Slot: in.Facts[0].Slot, At: at})
	if got := notice.Due(in); len(got) != 0 {
		t.Errorf("told that it began, and then that it has moved: %+v", got)
	}
	in.Told, in.Facts[0].Slot.From = []notice.Told{told}, told.Slot.From
	if got := notice.Due(in); len(got) != 0 {
		t.Errorf("it began when it was announced for: %+v", got)
	}
}
