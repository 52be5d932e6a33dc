package appointment_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/window"
)

var friday = time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)

func at(hours int) window.Interval {
	from := friday.Add(time.Duration(hours) * time.Hour)
	return window.Interval{From: from, To: from.Add(2 * time.Hour)}
}

func says(act appointment.Act, side appointment.Side, hours int) appointment.Event {
	e := appointment.Event{Act: act, Side: side, By: "eva", Channel: "Ticket 1", Text: "ja, passt"}
	if act == appointment.Propose {
		e.Time = at(hours)
	}
	return e
}

// TestNobodyAgreesAlone (S4): the story of one appointment, step by step, with what is not allowed at each.
func TestNobodyAgreesAlone(t *testing.T) {
	t.Parallel()
	const customer, provider = appointment.Customer, appointment.Provider
	for _, c := range []struct {
		name  string
		steps []appointment.Event
		later time.Duration // before the last step
		want  appointment.State
		fails bool // the last step is refused
	}{
		{"today at three, and the provider agrees", []appointment.Event{says("propose", customer, 2), says("accept", provider, 0)}, 0, appointment.Agreed, false},
		{"the provider proposes, the customer agrees", []appointment.Event{says("propose", provider, 20), says("accept", customer, 0)}, 0, appointment.Agreed, false},
		{"one's own proposal", []appointment.Event{says("propose", customer, 2), says("accept", customer, 0)}, 0, appointment.Proposed, true},
		{"another time, and then its proposer must wait", []appointment.Event{says("propose", customer, 2), says("propose", provider, 30), says("accept", provider, 0)}, 0, appointment.Proposed, true},
		{"another time, agreed", []appointment.Event{says("propose", customer, 2), says("propose", provider, 30), says("accept", customer, 0)}, 0, appointment.Agreed, false},
		{"no", []appointment.Event{says("propose", customer, 2), says("decline", provider, 0)}, 0, appointment.Declined, false},
		{"after a no, nothing", []appointment.Event{says("propose", customer, 2), says("decline", provider, 0), says("accept", provider, 0)}, 0, appointment.Declined, true},
		{"nobody has proposed", []appointment.Event{says("accept", provider, 0)}, 0, appointment.Wanted, true},
		{"accepted when it has begun", []appointment.Event{says("propose", customer, 2), says("accept", provider, 0)}, 2 * time.Hour, appointment.Expired, true},
		{"accepted after two weeks", []appointment.Event{says("propose", customer, 24*60), says("accept", provider, 0)}, appointment.Within, appointment.Expired, true},
		{"agreed twice", []appointment.Event{says("propose", customer, 2), says("accept", provider, 0), says("accept", provider, 0)}, 0, appointment.Agreed, true},
		{"taken back before it begins", []appointment.Event{says("propose", customer, 2), says("accept", provider, 0), says("decline", customer, 0)}, 0, appointment.Declined, false},
		{"taken back too late", []appointment.Event{says("propose", customer, 2), says("accept", provider, 0), says("decline", customer, 0)}, 3 * time.Hour, appointment.Agreed, true},
		{"in the past", []appointment.Event{says("propose", customer, -2)}, 0, appointment.Wanted, true},
		{"in two years", []appointment.Event{says("propose", customer, 24*700)}, 0, appointment.Wanted, true},
		{"without words", []appointment.Event{{Act: "propose", Side: customer, By: "eva", Time: at(2)}}, 0, appointment.Wanted, true},
		{"by nobody", []appointment.Event{{Act: "propose", Side: customer, Text: "x", Time: at(2)}}, 0, appointment.Wanted, true},
		{"by a third side", []appointment.Event{{Act: "propose", Side: "agency", By: "x", Text: "x", Time: at(2)}}, 0, appointment.Wanted, true},
		{"without an end", []appointment.Event{{Act: "propose", Side: customer, By: "eva", Text: "x", Time: window.Interval{From: friday.Add(time.Hour)}}}, 0, appointment.Wanted, true},
		{"a week long", []appointment.Event{{Act: "propose", Side: customer, By: "eva", Text: "x", Time: window.Interval{From: friday.Add(time.Hour), To: friday.AddDate(0, 0, 8)}}}, 0, appointment.Wanted, true},
		{"accepting another time", []appointment.Event{says("propose", customer, 2), {Act: "accept", Side: provider, By: "ida", Text: "ja", Time: at(3)}}, 0, appointment.Proposed, true},
		{"an act that is none", []appointment.Event{{Act: "maybe", Side: customer, By: "eva", Text: "x"}}, 0, appointment.Wanted, true},
	} {
		a := appointment.New("t1", "web1", "kuhn", "o1", friday)
		for i, e := range c.steps {
			now, last := friday, i == len(c.steps)-1
			if last {
				now = now.Add(c.later)
			}
			next, err := appointment.Apply(a, e, now)
			if (err != nil) != (last && c.fails) {
				t.Fatalf("%s: step %d: %v", c.name, i, err)
			}
			var why appointment.RefusalError
			if err != nil && (!errors.As(err, &why) || why.Text.DE == "" || why.Text.EN == "") {
				t.Errorf("%s: refused without words: %v", c.name, err)
			}
			a = next
		}
		if a.State != c.want {
			t.Errorf("%s: %s, want %s", c.name, a.State, c.want)
		}
	}
}

// TestWhateverTheSidesSay: in whatever sequence, a time is agreed only if one side proposed exactly it and the
// other accepted it afterwards; what is over stays over; no step is lost; no input is changed.
func TestWhateverTheSidesSay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := friday
		a := appointment.New("t1", "web1", "kuhn", "", now)
		for range rapid.IntRange(0, 25).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
			e := says(rapid.SampledFrom([]appointment.Act{appointment.Propose, appointment.Accept, appointment.Decline, "maybe"}).Draw(t, "act"),
				rapid.SampledFrom([]appointment.Side{appointment.Customer, appointment.Provider}).Draw(t, "side"), 0)
			if e.Act == appointment.Propose {
				e.Time.From = now.Add(time.Duration(rapid.IntRange(-5, 200).Draw(t, "ahead")) * time.Hour)
				e.Time.To = e.Time.From.Add(time.Duration(rapid.IntRange(-1, 30).Draw(t, "length")) * time.Hour)
			}
			before := a.At(now)
			steps := len(a.Steps)
			next, err := appointment.Apply(a, e, now)
			switch {
			case len(a.Steps) != steps:
				t.Fatal("the input was changed")
			case err != nil && (next.State != before.State || len(next.Steps) != steps):
				t.Fatalf("a refused step changed it: %+v", next)
			case err == nil && len(next.Steps) != steps+1:
				t.Fatal("a step was lost")
			case before.State.Over() && next.State != before.State:
				t.Fatalf("%s became %s", before.State, next.State)
			case next.State == appointment.Proposed && next.Turn == next.Steps[len(next.Steps)-1].Side:
				t.Fatal("the proposer has to answer himself")
			}
			a = next
			if a.State == appointment.Agreed {
				last := a.Steps[len(a.Steps)-1]
				made := a.Steps[len(a.Steps)-2]
				if last.Act != appointment.Accept || made.Act != appointment.Propose || made.Side == last.Side || made.Time != a.Time || len(last.SHA256) != 64 {
					t.Fatalf("agreed by %+v and %+v", made, last)
				}
				if a.Holds(a.Time.To) || !a.Holds(a.Time.From) {
					t.Fatal("it holds when it should not")
				}
			} else if a.Holds(now) {
				t.Fatalf("%s holds", a.State)
			}
		}
	})
}
