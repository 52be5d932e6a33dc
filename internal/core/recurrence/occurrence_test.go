package recurrence_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

var utc = func(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return at
}

// begins are the moments at which occurrences begin, in UTC.
func begins(list []recurrence.Occurrence) []string {
	out := []string{}
	for _, o := range list {
		out = append(out, o.Interval.From.UTC().Format("2006-01-02T15:04Z"))
	}
	return out
}

func TestOccurrences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule, start, from, to string
		want                        []string
	}{
		{"the first Saturday of every month at five", "FREQ=MONTHLY;BYDAY=1SA;BYHOUR=5", "2026-12-01T00:00", "2026-12-01T00:00:00Z", "2027-04-30T00:00:00Z",
			[]string{"2026-12-05T04:00Z", "2027-01-02T04:00Z", "2027-02-06T04:00Z", "2027-03-06T04:00Z", "2027-04-03T03:00Z"}},
		{"quarterly", "FREQ=MONTHLY;INTERVAL=3;BYDAY=1SA", "2026-12-05T05:00", "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2026-12-05T04:00Z", "2027-03-06T04:00Z", "2027-06-05T03:00Z", "2027-09-04T03:00Z", "2027-12-04T04:00Z"}},
		{"the last working day of the month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-10-01T22:00", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z",
			[]string{"2026-10-30T21:00Z", "2026-11-30T21:00Z", "2026-12-31T21:00Z"}},
		{"the 31st skips short months", "FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31T05:00", "2027-01-01T00:00:00Z", "2027-06-30T00:00:00Z",
			[]string{"2027-01-31T04:00Z", "2027-03-31T03:00Z", "2027-05-31T03:00Z"}},
		{"29 February", "FREQ=YEARLY", "2028-02-29T05:00", "2028-01-01T00:00:00Z", "2037-01-01T00:00:00Z",
			[]string{"2028-02-29T04:00Z", "2032-02-29T04:00Z", "2036-02-29T04:00Z"}},
		{"spring: 02:30 does not exist and moves with the clocks", "FREQ=DAILY", "2027-03-27T02:30", "2027-03-27T00:00:00Z", "2027-03-30T00:00:00Z",
			[]string{"2027-03-27T01:30Z", "2027-03-28T01:30Z", "2027-03-29T00:30Z"}},
		{"autumn: 02:30 exists twice and is the first", "FREQ=DAILY", "2026-10-24T02:30", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z",
			[]string{"2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"}},
		{"three times", "FREQ=WEEKLY;COUNT=3", "2026-12-05T05:00", "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2026-12-05T04:00Z", "2026-12-12T04:00Z", "2026-12-19T04:00Z"}},
		{"the last day still counts", "FREQ=DAILY;UNTIL=20261207", "2026-12-05T23:30", "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2026-12-05T22:30Z", "2026-12-06T22:30Z", "2026-12-07T22:30Z"}},
		{"until a moment, which still counts", "FREQ=DAILY;UNTIL=20261206T040000Z", "2026-12-05T05:00", "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2026-12-05T04:00Z", "2026-12-06T04:00Z"}},
		{"until a second before", "FREQ=DAILY;UNTIL=20261206T035959Z", "2026-12-05T05:00", "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2026-12-05T04:00Z"}},
		{"until the moment that spring moved it to", "FREQ=DAILY;UNTIL=20270328T013000Z", "2027-03-27T02:30", "2027-03-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2027-03-27T01:30Z", "2027-03-28T01:30Z"}},
		{"not before the start on its day", "FREQ=DAILY;BYHOUR=5;COUNT=2", "2026-12-05T06:00", "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z",
			[]string{"2026-12-06T04:00Z", "2026-12-07T04:00Z"}},
		{"an occurrence that has begun is between", "FREQ=DAILY", "2026-12-05T05:00", "2026-12-05T05:59:00Z", "2026-12-06T04:00:00Z",
			[]string{"2026-12-05T04:00Z"}},
		{"one that has just ended is not, nor one that begins at the end", "FREQ=DAILY", "2026-12-05T05:00", "2026-12-05T06:00:00Z", "2026-12-06T04:00:00Z",
			[]string{}},
		{"week 20", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=TU", "2026-01-01T05:00", "2026-01-01T00:00:00Z", "2028-12-31T00:00:00Z",
			[]string{"2026-05-12T03:00Z", "2027-05-18T03:00Z", "2028-05-16T03:00Z"}},
		{"week 1 may begin in December", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2024-01-01T05:00", "2024-01-01T00:00:00Z", "2026-12-31T00:00:00Z",
			[]string{"2024-01-01T04:00Z", "2024-12-30T04:00Z", "2025-12-29T04:00Z"}},
	} {
		got := begins(parsed(t, stated(t, c.rule, c.start)).Between(utc(c.from), utc(c.to)))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got  %s\n want %s", c.name, got, c.want)
		}
	}
}

func TestAKeyIsTheRuleAndItsDay(t *testing.T) {
	t.Parallel()
	r := parsed(t, stated(t, "FREQ=WEEKLY", "2026-12-05T05:00"))
	o, ok := r.Next(utc("2026-12-05T04:00:00Z"))
	if !ok || o.Key() != "SO-7/2026-12-12" {
		t.Fatalf("%s", o.Key())
	}
	if found, ok := r.Find(o.Day); !ok || found != o {
		t.Errorf("%+v is not %+v", found, o)
	}
	if _, ok := r.Find(o.Day.Add(1)); ok {
		t.Error("found on a day without an occurrence")
	}
}

func TestWholeDaysDoNotOverlap(t *testing.T) {
	t.Parallel()
	s := stated(t, "FREQ=DAILY", "2027-03-26T12:00")
	s.Minutes = 24 * 60
	list := parsed(t, s).Between(utc("2027-03-27T00:00:00Z"), utc("2027-03-31T00:00:00Z"))
	// From noon on the 27th to noon on the 28th are 23 hours: the next one begins when the first ends.
	want := []string{"2027-03-26T11:00Z", "2027-03-27T11:00Z", "2027-03-28T11:00Z", "2027-03-29T10:00Z", "2027-03-30T10:00Z"}
	if got := begins(list); !slices.Equal(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
	for i := range list[1:] {
		if list[i+1].Interval.From.Before(list[i].Interval.To) {
			t.Errorf("%v overlaps %v", list[i+1], list[i])
		}
	}
}

// TestBetweenAndNextAgree: asked in one go, in pieces, or one after the other, a rule has the same
// occurrences; none begins twice, none overlaps, and each is on its own day.
func TestBetweenAndNextAgree(t *testing.T) {
	t.Parallel()
	rules := []string{"FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=MONTHLY;BYMONTHDAY=25", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", "FREQ=DAILY;COUNT=30", "FREQ=DAILY;UNTIL=20270401"}
	rapid.Check(t, func(t *rapid.T) {
		s := recurrence.Stated{
			ID: "r", Rule: rapid.SampledFrom(rules).Draw(t, "rule"), Zone: rapid.SampledFrom([]string{"Europe/Berlin", "Europe/London", "Pacific/Apia", "America/Sao_Paulo"}).Draw(t, "zone"),
			Minutes: rapid.IntRange(1, 1440).Draw(t, "minutes"),
			Start:   wall.Date(rapid.SampledFrom([]int{2011, 2018, 2026}).Draw(t, "year"), 3, rapid.IntRange(1, 300).Draw(t, "day")).At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 30}).Draw(t, "minute")),
		}
		r, err := recurrence.Parse(s, time.LoadLocation)
		if err != nil {
			return // ended before it began
		}
		from := s.Start.Day.Add(-1).In(time.UTC)
		to := from.AddDate(0, 0, rapid.IntRange(1, 500).Draw(t, "days"))
		all := r.Between(from, to)
		middle := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from))).Draw(t, "middle")))
		first, second := r.Between(from, middle), r.Between(middle, to)
		if len(first) > 0 && len(second) > 0 && first[len(first)-1] == second[0] {
			second = second[1:] // it lies in both
		}
		if pieces := append(first, second...); !slices.Equal(pieces, all) {
			t.Fatalf("in pieces %v, at once %v", begins(pieces), begins(all))
		}
		var one []recurrence.Occurrence
		for o, ok := r.Next(from); ok && o.Interval.From.Before(to); o, ok = r.Next(o.Interval.From) {
			one = append(one, o)
		}
		if !slices.Equal(one, all) {
			t.Fatalf("one by one %v, at once %v", begins(one), begins(all))
		}
		for i, o := range all {
			if !o.Interval.To.After(o.Interval.From) || o.Interval.To.Sub(o.Interval.From) > r.Length() {
				t.Fatalf("%v", o)
			}
			if i > 0 && (o.Interval.From.Before(all[i-1].Interval.To) || !o.Day.After(all[i-1].Day)) {
				t.Fatalf("%v after %v", o, all[i-1])
			}
		}
	})
}

func TestTheZeroRuleNeverRecurs(t *testing.T) {
	t.Parallel()
	var r recurrence.Rule
	if _, ok := r.Next(utc("2026-12-05T04:00:00Z")); ok || r.Between(utc("2026-12-05T04:00:00Z"), utc("2036-12-05T04:00:00Z")) != nil || r.Text().EN != "never" {
		t.Error("it recurs")
	}
}

func BenchmarkBetween(b *testing.B) {
	r := parsed(b, stated(b, "FREQ=DAILY", "2026-12-05T05:00"))
	for b.Loop() {
		if len(r.Between(utc("2029-12-01T00:00:00Z"), utc("2030-01-01T00:00:00Z"))) != 31 {
			b.Fatal("not a month")
		}
	}
}
