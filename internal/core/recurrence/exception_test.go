package recurrence_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

var said = recurrence.Notice{By: "Ida Berg, ACME", At: utc("2026-12-01T09:00:00Z"), Reason: "Stocktaking"}

func saturdays(t testing.TB) recurrence.Rule {
	t.Helper()
	return parsed(t, stated(t, "FREQ=WEEKLY;BYDAY=SA", "2026-12-05T05:00"))
}

// changed is the rule after a change that must be accepted.
func changed(t testing.TB, r recurrence.Rule, err error) recurrence.Rule {
	t.Helper()
	if err != nil {
		t.Fatal(problems(err))
	}
	return r
}

// december is what becomes of the Saturdays of December: day, state and begin.
func december(r recurrence.Rule) []string {
	var out []string
	for _, o := range r.All(utc("2026-12-01T00:00:00Z"), utc("2027-01-01T00:00:00Z")) {
		out = append(out, o.Day.String()[8:]+" "+string(o.State)+" "+o.Interval.From.UTC().Format("02T15"))
	}
	return out
}

func TestExceptions(t *testing.T) {
	t.Parallel()
	r := saturdays(t)
	move := func(r recurrence.Rule, from, to string) recurrence.Rule {
		next, err := r.Move(day(t, from), local(t, to), said)
		return changed(t, next, err)
	}
	leave := func(r recurrence.Rule, d string) recurrence.Rule {
		next, err := r.LeaveOut(day(t, d), said)
		return changed(t, next, err)
	}
	pause := func(r recurrence.Rule, from, until wall.Day) recurrence.Rule {
		next, err := r.Pause(from, until, said)
		return changed(t, next, err)
	}
	end := func(r recurrence.Rule, last string) recurrence.Rule {
		next, err := r.End(day(t, last), said)
		return changed(t, next, err)
	}
	for _, c := range []struct {
		name string
		r    recurrence.Rule
		want []string
	}{
		{"none", r, []string{"05 due 05T04", "12 due 12T04", "19 due 19T04", "26 due 26T04"}},
		{"one moved is still the same", move(r, "2026-12-12", "2026-12-13T06:00"), []string{"05 due 05T04", "12 moved 13T05", "19 due 19T04", "26 due 26T04"}},
		{"one moved past another", move(r, "2026-12-12", "2026-12-20T06:00"), []string{"05 due 05T04", "19 due 19T04", "12 moved 20T05", "26 due 26T04"}},
		{"one moved into another month", move(r, "2026-12-26", "2027-01-05T06:00"), []string{"05 due 05T04", "12 due 12T04", "19 due 19T04"}},
		{"one left out", leave(r, "2026-12-12"), []string{"05 due 05T04", "12 left_out 12T04", "19 due 19T04", "26 due 26T04"}},
		{"one moved and then left out", leave(move(r, "2026-12-12", "2026-12-13T06:00"), "2026-12-12"), []string{"05 due 05T04", "12 left_out 13T05", "19 due 19T04", "26 due 26T04"}},
		{"paused before Christmas", pause(r, day(t, "2026-12-12"), day(t, "2026-12-19")), []string{"05 due 05T04", "12 paused 12T04", "19 paused 19T04", "26 due 26T04"}},
		{"paused until further notice", pause(r, day(t, "2026-12-12"), wall.Day{}), []string{"05 due 05T04", "12 paused 12T04", "19 paused 19T04", "26 paused 26T04"}},
		{"moved out of the pause", move(pause(r, day(t, "2026-12-12"), day(t, "2026-12-19")), "2026-12-12", "2026-12-20T05:00"), []string{"05 due 05T04", "19 paused 19T04", "12 moved 20T04", "26 due 26T04"}},
		{"paused after it was moved there", pause(move(r, "2026-12-12", "2026-12-14T05:00"), day(t, "2026-12-14"), day(t, "2026-12-14")), []string{"05 due 05T04", "12 paused 14T04", "19 due 19T04", "26 due 26T04"}},
		{"ended", end(r, "2026-12-12"), []string{"05 due 05T04", "12 due 12T04", "19 ended 19T04", "26 ended 26T04"}},
		{"ended, with one moved past the end", end(move(r, "2026-12-12", "2026-12-14T05:00"), "2026-12-12"), []string{"05 due 05T04", "12 ended 14T04", "19 ended 19T04", "26 ended 26T04"}},
	} {
		if got := december(c.r); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got  %s\n want %s", c.name, got, c.want)
		}
	}
	if got := december(r); len(got) != 4 || strings.Contains(strings.Join(got, " "), "moved") {
		t.Errorf("changing a rule changed the one before: %s", got)
	}
}

func TestAMovedOccurrenceKeepsItsKeyAndNotice(t *testing.T) {
	t.Parallel()
	r, err := saturdays(t).Move(day(t, "2026-12-12"), local(t, "2026-12-20T06:00"), said)
	r = changed(t, r, err)
	o, ok := r.Find(day(t, "2026-12-12"))
	if !ok || o.Key() != "SO-7/2026-12-12" || o.State != recurrence.Moved || o.Notice == nil || *o.Notice != said {
		t.Errorf("%+v", o)
	}
	if next, _ := r.Next(utc("2026-12-19T04:00:00Z")); next.Key() != o.Key() {
		t.Errorf("after the 19th comes %s", next.Key())
	}
	again, err := r.Move(o.Day, local(t, "2026-12-21T06:00"), recurrence.Notice{By: "Eva Adler", At: utc("2026-12-14T09:00:00Z"), Reason: "Not that day either"})
	again = changed(t, again, err) // the original day is over by then, the new one is not
	if o, _ := again.Find(o.Day); o.Interval.From.UTC() != utc("2026-12-21T05:00:00Z") || o.Notice.By != "Eva Adler" {
		t.Errorf("%+v", o)
	}
	text, err := json.Marshal(again.Stated())
	if err != nil {
		t.Fatal(err)
	}
	var read recurrence.Stated
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(again.Stated(), read); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if len(read.Moved) != 2 {
		t.Errorf("the first move is forgotten: %+v", read.Moved)
	}
}

func TestRefusedExceptions(t *testing.T) {
	t.Parallel()
	r := saturdays(t)
	late, nobody, mute, never := said, said, said, said
	late.At, nobody.By, mute.Reason, never.At = utc("2026-12-12T04:00:00Z"), " ", "", time.Time{}
	move := func(d, to string, n recurrence.Notice) error {
		_, err := r.Move(day(t, d), local(t, to), n)
		return err
	}
	leave := func(d string, n recurrence.Notice) error {
		_, err := r.LeaveOut(day(t, d), n)
		return err
	}
	twice, err := r.LeaveOut(day(t, "2026-12-12"), said)
	twice = changed(t, twice, err)
	_, leftTwice := twice.LeaveOut(day(t, "2026-12-12"), said)
	_, movedThough := twice.Move(day(t, "2026-12-12"), local(t, "2026-12-13T05:00"), said)
	_, backwards := r.Pause(day(t, "2026-12-19"), day(t, "2026-12-12"), said)
	_, past := r.Pause(day(t, "2026-11-30"), day(t, "2026-12-12"), said)
	_, ended := r.End(day(t, "2026-11-29"), said)
	_, unending := r.End(wall.Day{}, said)
	paused, err := r.Pause(day(t, "2026-12-20"), day(t, "2026-12-24"), said)
	paused = changed(t, paused, err)
	_, intoPause := paused.Move(day(t, "2026-12-12"), local(t, "2026-12-22T05:00"), said)
	moved, err := r.Move(day(t, "2026-12-12"), local(t, "2026-12-14T05:00"), said)
	moved = changed(t, moved, err)
	_, order := moved.Move(day(t, "2026-12-12"), local(t, "2026-12-15T05:00"), said)
	for _, c := range []struct {
		name string
		err  error
		code fault.Code
		want string
	}{
		{"a day without an occurrence", move("2026-12-11", "2026-12-13T05:00", said), fault.Invalid, "moved[0].day:0: the rule has no occurrence on 2026-12-11"},
		{"to where it is", move("2026-12-12", "2026-12-12T05:00", said), fault.Invalid, "that is where the occurrence is already"},
		{"it has begun", move("2026-12-12", "2026-12-13T05:00", late), fault.Invalid, "moved[0].notice.at:0: the occurrence of 2026-12-12 had begun already"},
		{"into the past", move("2026-12-12", "2026-11-30T05:00", said), fault.Invalid, "the new date is before the move was stated"},
		{"far away", move("2026-12-12", "2200-01-01T05:00", said), fault.Invalid, "the year is not between"},
		{"onto another", move("2026-12-12", "2026-12-19T06:59", said), fault.Conflict, "The new date overlaps the occurrence of 2026-12-19."},
		{"into a pause", intoPause, fault.Conflict, "on 2026-12-22 the rule is paused or has ended"},
		{"what is left out", movedThough, fault.Conflict, "The occurrence is left out"},
		{"by nobody", move("2026-12-12", "2026-12-13T05:00", nobody), fault.Invalid, "moved[0].notice.by:0: it does not say who decided so"},
		{"without a reason", leave("2026-12-12", mute), fault.Invalid, "left_out[0].notice.reason:0: the reason is missing"},
		{"at no time", leave("2026-12-12", never), fault.Invalid, "left_out[0].notice.at:0: it does not say when"},
		{"left out too late", leave("2026-12-12", late), fault.Invalid, "had begun already"},
		{"left out twice", leftTwice, fault.Invalid, "left_out[1].day:0: the occurrence of 2026-12-12 is there twice"},
		{"left out on a Sunday", leave("2026-12-13", said), fault.Invalid, "left_out[0].day:0: the rule has no occurrence on 2026-12-13"},
		{"moved again at the same time", order, fault.Invalid, "not in their order"},
		{"a pause backwards", backwards, fault.Invalid, "pauses[0].until:0: the pause ends before it begins"},
		{"a pause in the past", past, fault.Invalid, "a pause does not begin in the past"},
		{"ended in the past", ended, fault.Invalid, "ended.last:0: a rule does not end in the past"},
		{"an end without a day", unending, fault.Invalid, "the last day is missing"},
	} {
		text := problems(c.err)
		if fault.CodeOf(c.err) != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%s: %s, want %q", c.name, text, c.want)
		}
	}
}

// TestNothingIsLostByMoving: however occurrences are moved and left out, each of the rule's days is
// there once, in some state, and what takes place does not overlap.
func TestNothingIsLostByMoving(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := recurrence.Stated{ID: "r", Rule: "FREQ=DAILY;COUNT=40", Start: wall.Date(2027, 3, 10).At(2, 30), Zone: "Europe/Berlin", Minutes: rapid.IntRange(1, 1440).Draw(t, "minutes")}
		r, err := recurrence.Parse(s, time.LoadLocation)
		if err != nil {
			t.Fatal(err)
		}
		at := utc("2027-01-01T00:00:00Z")
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			at = at.Add(time.Minute)
			n := recurrence.Notice{By: "b", At: at, Reason: "r"}
			d := s.Start.Day.Add(rapid.IntRange(-1, 41).Draw(t, "day"))
			var next recurrence.Rule
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				next, err = r.LeaveOut(d, n)
			case 1:
				next, err = r.Pause(d, d.Add(rapid.IntRange(0, 3).Draw(t, "length")), n)
			default:
				next, err = r.Move(d, s.Start.Day.Add(rapid.IntRange(-20, 80).Draw(t, "to")).At(rapid.IntRange(0, 23).Draw(t, "hour"), 0), n)
			}
			if err == nil {
				r = next
			}
		}
		all := r.All(utc("2027-01-01T00:00:00Z"), utc("2028-01-01T00:00:00Z"))
		seen := map[wall.Day]bool{}
		var end time.Time
		for _, o := range all {
			if seen[o.Day] {
				t.Fatalf("%s twice", o.Key())
			}
			seen[o.Day] = true
			if (o.Notice == nil) != (o.State == recurrence.Due) {
				t.Fatalf("%+v", o)
			}
			if o.TakesPlace() {
				if o.Interval.From.Before(end) {
					t.Fatalf("%+v overlaps", o)
				}
				end = o.Interval.To
			}
		}
		if len(seen) != 40 {
			t.Fatalf("%d of 40 are there", len(seen))
		}
	})
}

func TestOccurrencesInWords(t *testing.T) {
	t.Parallel()
	r := saturdays(t)
	moved, err := r.Move(day(t, "2026-12-12"), local(t, "2026-12-13T06:00"), said)
	moved = changed(t, moved, err)
	left, err := r.LeaveOut(day(t, "2026-12-12"), said)
	left = changed(t, left, err)
	paused, err := r.Pause(day(t, "2026-12-12"), wall.Day{}, said)
	paused = changed(t, paused, err)
	ended, err := r.End(day(t, "2026-12-11"), said)
	ended = changed(t, ended, err)
	for _, c := range []struct {
		r      recurrence.Rule
		de, en string
	}{
		{r, "Sa 12.12.2026, 05:00–07:00 Uhr", "Sat 12 Dec 2026, 05:00–07:00"},
		{moved, "So 13.12.2026, 06:00–08:00 Uhr statt Sa 12.12.2026, verschoben (Ida Berg, ACME, Di 01.12.2026: Stocktaking)", "Sun 13 Dec 2026, 06:00–08:00 instead of Sat 12 Dec 2026, moved (Ida Berg, ACME, Tue 1 Dec 2026: Stocktaking)"},
		{left, "Sa 12.12.2026, 05:00–07:00 Uhr entfällt (Ida Berg, ACME, Di 01.12.2026: Stocktaking)", "Sat 12 Dec 2026, 05:00–07:00 is left out (Ida Berg, ACME, Tue 1 Dec 2026: Stocktaking)"},
		{paused, "Sa 12.12.2026, 05:00–07:00 Uhr entfällt, die Regel ist ausgesetzt (Ida Berg, ACME, Di 01.12.2026: Stocktaking)", "Sat 12 Dec 2026, 05:00–07:00 is left out, the rule is paused (Ida Berg, ACME, Tue 1 Dec 2026: Stocktaking)"},
		{ended, "Sa 12.12.2026, 05:00–07:00 Uhr entfällt, die Regel ist beendet (Ida Berg, ACME, Di 01.12.2026: Stocktaking)", "Sat 12 Dec 2026, 05:00–07:00 is left out, the rule has ended (Ida Berg, ACME, Tue 1 Dec 2026: Stocktaking)"},
	} {
		o, ok := c.r.Find(day(t, "2026-12-12"))
		if text := o.Text(); !ok || text.DE != c.de || text.EN != c.en {
			t.Errorf("got\n %s\n %s\nwant\n %s\n %s", text.DE, text.EN, c.de, c.en)
		}
	}
}
