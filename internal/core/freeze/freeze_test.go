package freeze_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/holiday"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

func utc(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return at
}

func span(from, to string) window.Interval { return window.Interval{From: utc(from), To: utc(to)} }

// blackFriday is the customer's freeze of the busiest days (story K6).
func blackFriday() freeze.Freeze {
	return freeze.Freeze{
		ID: "FRZ-3", Scope: freeze.Scope{Customer: "acme"}, Zone: "Europe/Berlin",
		From: wall.Date(2026, 11, 26).At(0, 0), To: wall.Date(2026, 12, 1).At(0, 0),
		Reason: "Black Friday", SetBy: "Ida Berg", SetAt: utc("2026-10-01T08:00:00Z"), Emergencies: true, May: []freeze.Authority{freeze.Contact},
	}
}

// feasts is the provider's freeze of public holidays and the day before.
func feasts() freeze.Freeze {
	return freeze.Freeze{
		ID: "FRZ-1", Zone: "Europe/Berlin", Holidays: &freeze.Holidays{Region: "DE-BY", Before: 1},
		Reason: "Nobody is in the office.", SetBy: "Tom Lang", SetAt: utc("2026-01-02T08:00:00Z"), May: []freeze.Authority{freeze.Management},
	}
}

func changed(f freeze.Freeze, change func(*freeze.Freeze)) freeze.Freeze {
	change(&f)
	return f
}

func closed(t testing.TB, f freeze.Freeze) freeze.Closed {
	t.Helper()
	c, err := freeze.Check(f, time.LoadLocation)
	if err != nil {
		t.Fatal(problems(err))
	}
	return c
}

func problems(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	list := []string{f.Text.EN, f.Mend.EN}
	for _, p := range f.Places {
		list = append(list, p.Field+": "+p.Problem.EN)
	}
	return strings.Join(list, "\n")
}

func held(list []freeze.Hold) []string {
	out := []string{}
	for _, h := range list {
		out = append(out, h.Freeze+" "+h.Interval.From.UTC().Format("01-02T15")+"–"+h.Interval.To.UTC().Format("01-02T15"))
	}
	return out
}

func free(list []window.Interval) []string {
	out := []string{}
	for _, i := range list {
		out = append(out, i.From.UTC().Format("01-02T15:04")+"–"+i.To.UTC().Format("01-02T15:04"))
	}
	return out
}

func TestWhatHolds(t *testing.T) {
	t.Parallel()
	web1 := freeze.Work{System: "web1", Customer: "acme"}
	other := freeze.Work{System: "web9", Customer: "beta"}
	emergency := freeze.Work{System: "web1", Customer: "acme", Emergency: true}
	oneSystem := changed(blackFriday(), func(f *freeze.Freeze) { f.ID, f.Scope = "FRZ-4", freeze.Scope{System: "web1"} })
	overridden := changed(blackFriday(), func(f *freeze.Freeze) {
		f.Overrides = []freeze.Override{{By: "Ida Berg", As: freeze.Contact, At: utc("2026-11-27T09:00:00Z"), Reason: "The shop is down", From: utc("2026-11-27T20:00:00Z"), To: utc("2026-11-27T22:00:00Z"), Systems: []string{"web1"}}}
	})
	week := span("2026-11-24T00:00:00Z", "2026-12-03T00:00:00Z")
	christmas := span("2026-12-20T00:00:00Z", "2027-01-10T00:00:00Z")
	for _, c := range []struct {
		name string
		list []freeze.Freeze
		work freeze.Work
		in   window.Interval
		held []string
		free []string
	}{
		{"nothing", nil, web1, week, []string{}, []string{"11-24T00:00–12-03T00:00"}},
		{"Black Friday", []freeze.Freeze{blackFriday()}, web1, week, []string{"FRZ-3 11-25T23–11-30T23"}, []string{"11-24T00:00–11-25T23:00", "11-30T23:00–12-03T00:00"}},
		{"asked in the middle of it", []freeze.Freeze{blackFriday()}, web1, span("2026-11-27T20:00:00Z", "2026-11-27T21:00:00Z"), []string{"FRZ-3 11-25T23–11-30T23"}, []string{}},
		{"asked from its end on", []freeze.Freeze{blackFriday()}, web1, span("2026-11-30T23:00:00Z", "2026-12-01T05:00:00Z"), []string{}, []string{"11-30T23:00–12-01T05:00"}},
		{"another customer", []freeze.Freeze{blackFriday()}, other, week, []string{}, []string{"11-24T00:00–12-03T00:00"}},
		{"one system", []freeze.Freeze{oneSystem}, web1, week, []string{"FRZ-4 11-25T23–11-30T23"}, []string{"11-24T00:00–11-25T23:00", "11-30T23:00–12-03T00:00"}},
		{"another system of the customer", []freeze.Freeze{oneSystem}, freeze.Work{System: "web2", Customer: "acme"}, week, []string{}, []string{"11-24T00:00–12-03T00:00"}},
		{"emergencies pass", []freeze.Freeze{blackFriday()}, emergency, week, []string{}, []string{"11-24T00:00–12-03T00:00"}},
		{"emergencies do not pass", []freeze.Freeze{changed(blackFriday(), func(f *freeze.Freeze) { f.Emergencies = false })}, emergency, week, []string{"FRZ-3 11-25T23–11-30T23"}, []string{"11-24T00:00–11-25T23:00", "11-30T23:00–12-03T00:00"}},
		{"overridden for two hours", []freeze.Freeze{overridden}, web1, week, []string{"FRZ-3 11-25T23–11-27T20", "FRZ-3 11-27T22–11-30T23"}, []string{"11-24T00:00–11-25T23:00", "11-27T20:00–11-27T22:00", "11-30T23:00–12-03T00:00"}},
		{"overridden for another system", []freeze.Freeze{overridden}, freeze.Work{System: "web2", Customer: "acme"}, week, []string{"FRZ-3 11-25T23–11-30T23"}, []string{"11-24T00:00–11-25T23:00", "11-30T23:00–12-03T00:00"}},
		{"overridden, but not the other freeze", []freeze.Freeze{overridden, oneSystem}, web1, week, []string{"FRZ-3 11-25T23–11-27T20", "FRZ-4 11-25T23–11-30T23", "FRZ-3 11-27T22–11-30T23"}, []string{"11-24T00:00–11-25T23:00", "11-30T23:00–12-03T00:00"}},
		{"holidays and the day before, which join", []freeze.Freeze{feasts()}, web1, christmas, []string{"FRZ-1 12-23T23–12-26T23", "FRZ-1 12-30T23–01-01T23", "FRZ-1 01-04T23–01-06T23"}, []string{"12-20T00:00–12-23T23:00", "12-26T23:00–12-30T23:00", "01-01T23:00–01-04T23:00", "01-06T23:00–01-10T00:00"}},
		{"holidays for a year only", []freeze.Freeze{changed(feasts(), func(f *freeze.Freeze) { f.To = wall.Date(2026, 12, 31).At(12, 0) })}, web1, christmas, []string{"FRZ-1 12-23T23–12-26T23", "FRZ-1 12-30T23–12-31T11"}, []string{"12-20T00:00–12-23T23:00", "12-26T23:00–12-30T23:00", "12-31T11:00–01-10T00:00"}},
		{"holidays from a day on", []freeze.Freeze{changed(feasts(), func(f *freeze.Freeze) { f.From = wall.Date(2026, 12, 26).At(0, 0) })}, web1, christmas, []string{"FRZ-1 12-25T23–12-26T23", "FRZ-1 12-30T23–01-01T23", "FRZ-1 01-04T23–01-06T23"}, []string{"12-20T00:00–12-25T23:00", "12-26T23:00–12-30T23:00", "01-01T23:00–01-04T23:00", "01-06T23:00–01-10T00:00"}},
		{"15 August holds in parts of Bavaria only", []freeze.Freeze{feasts()}, web1, span("2026-08-10T00:00:00Z", "2026-08-20T00:00:00Z"), []string{}, []string{"08-10T00:00–08-20T00:00"}},
		{"and is frozen on demand", []freeze.Freeze{changed(feasts(), func(f *freeze.Freeze) { f.Holidays = &freeze.Holidays{Region: "DE-BY", After: 1, Partly: true} })}, web1, span("2026-08-10T00:00:00Z", "2026-08-20T00:00:00Z"), []string{"FRZ-1 08-14T22–08-16T22"}, []string{"08-10T00:00–08-14T22:00", "08-16T22:00–08-20T00:00"}},
	} {
		var list []freeze.Closed
		for _, f := range c.list {
			list = append(list, closed(t, f))
		}
		if got := held(freeze.Holding(list, c.work, c.in)); !slices.Equal(got, c.held) {
			t.Errorf("%s:\n held %s\n want %s", c.name, got, c.held)
		}
		if got := free(freeze.FreeFor(list, c.work, c.in)); !slices.Equal(got, c.free) {
			t.Errorf("%s:\n free %s\n want %s", c.name, got, c.free)
		}
	}
}

func TestDaysOfTheClockChangeAreWhole(t *testing.T) {
	t.Parallel()
	f := changed(blackFriday(), func(f *freeze.Freeze) {
		f.From, f.To = wall.Date(2026, 10, 25).At(0, 0), wall.Date(2026, 10, 26).At(0, 0)
	})
	h := freeze.Holding([]freeze.Closed{closed(t, f)}, freeze.Work{Customer: "acme"}, span("2026-10-20T00:00:00Z", "2026-10-30T00:00:00Z"))
	if len(h) != 1 || h[0].Interval.To.Sub(h[0].Interval.From) != 25*time.Hour {
		t.Errorf("%v", held(h))
	}
	f.From, f.To = wall.Date(2026, 10, 25).At(2, 30), wall.Date(2026, 10, 25).At(3, 0)
	h = freeze.Holding([]freeze.Closed{closed(t, f)}, freeze.Work{Customer: "acme"}, span("2026-10-20T00:00:00Z", "2026-10-30T00:00:00Z"))
	if len(h) != 1 || h[0].Interval != (window.Interval{From: h[0].Interval.From, To: h[0].Interval.From.Add(90 * time.Minute)}) {
		t.Errorf("from the first 02:30 to 03:00 are 90 minutes, not %v", h)
	}
}

func TestRefusedFreezesNameTheField(t *testing.T) {
	t.Parallel()
	override := freeze.Override{By: "Ida Berg", As: freeze.Contact, At: utc("2026-11-27T09:00:00Z"), Reason: "Down", From: utc("2026-11-27T20:00:00Z"), To: utc("2026-11-27T22:00:00Z")}
	with := func(change func(*freeze.Override)) func(*freeze.Freeze) {
		return func(f *freeze.Freeze) { o := override; change(&o); f.Overrides = []freeze.Override{o} }
	}
	for _, c := range []struct {
		name string
		f    func(*freeze.Freeze)
		want string
	}{
		{"no name", func(f *freeze.Freeze) { f.ID = "" }, "id: the name of the freeze is missing"},
		{"no reason", func(f *freeze.Freeze) { f.Reason = " " }, "reason: the reason is missing"},
		{"a very long reason", func(f *freeze.Freeze) { f.Reason = strings.Repeat("x", 4001) }, "reason: the text has more than 4000 bytes"},
		{"set by nobody", func(f *freeze.Freeze) { f.SetBy = "" }, "set_by: it does not say who set it"},
		{"set at no time", func(f *freeze.Freeze) { f.SetAt = time.Time{} }, "set_at: it does not say when it was set"},
		{"customer and system", func(f *freeze.Freeze) { f.Scope.System = "web1" }, "scope: it is about a customer or about a system, not about both"},
		{"no zone", func(f *freeze.Freeze) { f.Zone = "Europe/Entenhausen" }, `zone: "Europe/Entenhausen" is no time zone`},
		{"no begin", func(f *freeze.Freeze) { f.From = wall.Time{} }, "from: it does not say from when on"},
		{"no end", func(f *freeze.Freeze) { f.To = wall.Time{} }, "to: it does not say until when"},
		{"backwards", func(f *freeze.Freeze) { f.To = f.From }, "to: it ends before it begins"},
		{"for years", func(f *freeze.Freeze) { f.To = wall.Date(2028, 1, 1).At(0, 0) }, "to: it lasts for more than 366 days"},
		{"for centuries", func(f *freeze.Freeze) { f.To = wall.Date(9999, 1, 1).At(0, 0) }, "to: it lasts for more than 366 days"},
		{"holidays of nowhere", func(f *freeze.Freeze) { f.Holidays = &freeze.Holidays{Region: "DE-XX"} }, `holidays.region: "DE-XX" is no region whose holidays are known`},
		{"holidays, written otherwise", func(f *freeze.Freeze) { f.Holidays = &freeze.Holidays{Region: "de-by"} }, "holidays.region"},
		{"a month before", func(f *freeze.Freeze) { f.Holidays = &freeze.Holidays{Region: "DE-BY", Before: 30} }, "holidays.before: it is from 0 to 14 days"},
		{"days backwards", func(f *freeze.Freeze) { f.Holidays = &freeze.Holidays{Region: "DE-BY", After: -1} }, "holidays.after: it is from 0 to 14 days"},
		{"overridden by the cat", func(f *freeze.Freeze) { f.May = []freeze.Authority{"cat"} }, `may_override[0]: there is no "cat"; possible are management and contact`},
		{"a customer for all", func(f *freeze.Freeze) { f.Scope = freeze.Scope{} }, "may_override[0]: a freeze of the provider for all systems is not for a customer to override"},
		{"an override by nobody", with(func(o *freeze.Override) { o.By = "" }), "overrides[0].by: it does not say who overrode it"},
		{"an override without a reason", with(func(o *freeze.Override) { o.Reason = "" }), "overrides[0].reason: the reason is missing"},
		{"an override by whom it is not for", with(func(o *freeze.Override) { o.As = freeze.Management }), `overrides[0].as: "management" may not override this freeze`},
		{"an override at no time", with(func(o *freeze.Override) { o.At = time.Time{} }), "overrides[0].at: it does not say when it was overridden"},
		{"an override of the past", with(func(o *freeze.Override) { o.At = o.From.Add(time.Minute) }), "overrides[0].from: a freeze is not overridden for the past"},
		{"an override backwards", with(func(o *freeze.Override) { o.To = o.From }), "overrides[0].to: the override ends before it begins"},
	} {
		_, err := freeze.Check(changed(blackFriday(), c.f), time.LoadLocation)
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(problems(err), c.want) {
			t.Errorf("%s: %s, want %q", c.name, problems(err), c.want)
		}
	}
}

func TestOverride(t *testing.T) {
	t.Parallel()
	c := closed(t, blackFriday())
	o := freeze.Override{By: "Ida Berg", As: freeze.Contact, At: utc("2026-11-27T09:00:00Z"), Reason: "The shop is down.", From: utc("2026-11-27T20:00:00Z"), To: utc("2026-11-27T22:00:00Z"), Systems: []string{"web1"}}
	next, notice, err := c.Override(o)
	if err != nil {
		t.Fatal(problems(err))
	}
	if len(c.Freeze().Overrides) != 0 || len(next.Freeze().Overrides) != 1 {
		t.Error("the freeze before was changed, or the one after was not")
	}
	if notice.To != freeze.Management ||
		notice.Text.DE != "Ida Berg (Ansprechpartner des Kunden) hat am Fr 27.11.2026, 10:00 Uhr die Sperrzeit FRZ-3 für web1 aufgehoben: Fr 27.11., 21:00–23:00 Uhr. Grund: The shop is down. Die Sperrzeit hatte Ida Berg gesetzt (Black Friday)." ||
		notice.Text.EN != "Ida Berg (contact of the customer) overrode the freeze FRZ-3 for web1 on Fri 27 Nov 2026, 10:00: Fri 27 Nov, 21:00–23:00. Reason: The shop is down. The freeze was set by Ida Berg (Black Friday)." {
		t.Errorf("%+v", notice)
	}
	text, err := json.Marshal(next.Freeze())
	if err != nil {
		t.Fatal(err)
	}
	var read freeze.Freeze
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(next.Freeze(), read); diff != "" {
		t.Error(diff)
	}
	management, elsewhere, mute := o, o, o
	management.As, management.By = freeze.Management, "Tom Lang"
	elsewhere.From, elsewhere.To = utc("2026-12-02T20:00:00Z"), utc("2026-12-02T22:00:00Z")
	mute.Reason = ""
	for _, r := range []struct {
		name string
		o    freeze.Override
		code fault.Code
		want string
	}{
		{"the provider, of the customer's freeze", management, fault.Refused, "The freeze FRZ-3 may not be overridden by the provider's management.\nIt may be overridden by a contact of the customer with authority."},
		{"where it does not hold", elsewhere, fault.Conflict, "The freeze FRZ-3 does not hold at that time."},
		{"without a reason", mute, fault.Invalid, "override.reason: the reason is missing"},
	} {
		if _, _, err := c.Override(r.o); fault.CodeOf(err) != r.code || !strings.Contains(problems(err), r.want) {
			t.Errorf("%s: %s, want %q", r.name, problems(err), r.want)
		}
	}
	if _, notice, err := closed(t, feasts()).Override(freeze.Override{By: "Tom Lang", As: freeze.Management, At: utc("2026-12-01T09:00:00Z"), Reason: "A move of the data centre", From: utc("2026-12-24T20:00:00Z"), To: utc("2026-12-25T04:00:00Z")}); err != nil || notice.To != freeze.Contact || !strings.Contains(notice.Text.EN, "Tom Lang (management of the provider) overrode the freeze FRZ-1 for all systems") {
		t.Errorf("%+v, %v", notice, err)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	h := func(h freeze.Holidays) freeze.Freeze {
		return changed(feasts(), func(f *freeze.Freeze) { f.Holidays = &h })
	}
	for _, c := range []struct {
		f      freeze.Freeze
		de, en string
	}{
		{blackFriday(), "Sperrzeit FRZ-3 für den Kunden acme, Do 26.11., 00:00 Uhr – Di 01.12., 00:00 Uhr: Black Friday. Gesetzt von Ida Berg am Do 01.10.2026, 10:00 Uhr; Notfälle gehen vor. Aufheben darf sie ein berechtigter Ansprechpartner des Kunden.",
			"Freeze FRZ-3 for the customer acme, Thu 26 Nov, 00:00 – Tue 1 Dec, 00:00: Black Friday. Set by Ida Berg on Thu 1 Oct 2026, 10:00; emergencies pass. It may be overridden by a contact of the customer with authority."},
		{feasts(), "Sperrzeit FRZ-1 für alle Systeme, an gesetzlichen Feiertagen in Bayern und am Tag davor: Nobody is in the office. Gesetzt von Tom Lang am Fr 02.01.2026, 09:00 Uhr; auch für Notfälle. Aufheben darf sie die Leitung des Anbieters.",
			"Freeze FRZ-1 for all systems, on public holidays in Bavaria and the day before: Nobody is in the office. Set by Tom Lang on Fri 2 Jan 2026, 09:00; for emergencies, too. It may be overridden by the provider's management."},
		{changed(h(freeze.Holidays{Region: "CH-ZH", Before: 2, After: 1, Partly: true}), func(f *freeze.Freeze) { f.Scope.System, f.May = "web1", nil }),
			"für das System web1, an gesetzlichen Feiertagen im Kanton Zürich (auch solchen, die nur in Teilen davon gelten) sowie 2 Tage davor und am Tag danach: ",
			"for the system web1, on public holidays in Zurich (also those that hold in parts of it only), 2 days before and the day after: "},
		{changed(h(freeze.Holidays{Region: "AT", After: 1}), func(f *freeze.Freeze) {
			f.From, f.To, f.May = wall.Date(2026, 12, 1).At(0, 0), wall.Date(2027, 1, 31).At(0, 0), nil
		}),
			"an gesetzlichen Feiertagen in Österreich und am Tag danach, ab Di 01.12.2026, 00:00 Uhr, bis So 31.01.2027, 00:00 Uhr: Nobody is in the office. Gesetzt von Tom Lang am Fr 02.01.2026, 09:00 Uhr; auch für Notfälle. Aufheben darf sie niemand.",
			"on public holidays in Austria and the day after, from Tue 1 Dec 2026, 00:00 on, until Sun 31 Jan 2027, 00:00: Nobody is in the office. Set by Tom Lang on Fri 2 Jan 2026, 09:00; for emergencies, too. Nobody may override it."},
		{changed(blackFriday(), func(f *freeze.Freeze) { f.May = []freeze.Authority{freeze.Management, freeze.Contact} }),
			"Aufheben darf sie die Leitung des Anbieters oder ein berechtigter Ansprechpartner des Kunden.", "It may be overridden by the provider's management or a contact of the customer with authority."},
	} {
		got := closed(t, c.f).Text()
		if !strings.Contains(got.DE, c.de) || !strings.Contains(got.EN, c.en) {
			t.Errorf("got\n %s\n %s\nwant\n %s\n %s", got.DE, got.EN, c.de, c.en)
		}
	}
	why := freeze.Holding([]freeze.Closed{closed(t, blackFriday())}, freeze.Work{Customer: "acme"}, span("2026-11-27T04:00:00Z", "2026-11-27T06:00:00Z"))[0].Text
	if why.DE != "Sperrzeit FRZ-3 für den Kunden acme: Do 26.11., 00:00 Uhr – Di 01.12., 00:00 Uhr, Black Friday (gesetzt von Ida Berg)." || why.EN != "Freeze FRZ-3 for the customer acme: Thu 26 Nov, 00:00 – Tue 1 Dec, 00:00, Black Friday (set by Ida Berg)." {
		t.Errorf("%+v", why)
	}
}

// TestEachMinuteIsHeldOrFree: whatever is frozen and overridden, a minute is free or a freeze holds, never
// both and never neither; and what holds does not depend on how much is asked at once.
func TestEachMinuteIsHeldOrFree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		begin := wall.Date(2026, 10, 1)
		var list []freeze.Closed
		for i := range rapid.IntRange(0, 4).Draw(t, "freezes") {
			f := blackFriday()
			f.ID = fmt.Sprint("FRZ-", i)
			f.From = begin.Add(rapid.IntRange(0, 120).Draw(t, "from")).At(rapid.IntRange(0, 23).Draw(t, "hour"), 0)
			f.To = f.From.Day.Add(rapid.IntRange(1, 20).Draw(t, "days")).At(f.From.Hour, 30)
			if rapid.Bool().Draw(t, "holidays") {
				f.Holidays = &freeze.Holidays{Region: rapid.SampledFrom(holiday.Regions()).Draw(t, "region"), Before: rapid.IntRange(0, 14).Draw(t, "before"), After: rapid.IntRange(0, 14).Draw(t, "after"), Partly: rapid.Bool().Draw(t, "partly")}
				if rapid.Bool().Draw(t, "for good") {
					f.From, f.To = wall.Time{}, wall.Time{}
				}
			}
			for range rapid.IntRange(0, 2).Draw(t, "overrides") {
				from := begin.Add(rapid.IntRange(0, 140).Draw(t, "override")).In(time.UTC)
				f.Overrides = append(f.Overrides, freeze.Override{By: "b", As: freeze.Contact, At: from, Reason: "r", From: from, To: from.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)})
			}
			c, err := freeze.Check(f, time.LoadLocation)
			if err != nil {
				t.Fatal(problems(err))
			}
			list = append(list, c)
		}
		w := freeze.Work{Customer: "acme", System: "web1"}
		in := window.Interval{From: begin.In(time.UTC), To: begin.Add(rapid.IntRange(1, 140).Draw(t, "asked")).In(time.UTC)}
		holds, spare := freeze.Holding(list, w, in), freeze.FreeFor(list, w, in)
		for i, s := range spare {
			if !s.From.Before(s.To) || s.From.Before(in.From) || s.To.After(in.To) || i > 0 && !spare[i-1].To.Before(s.From) {
				t.Fatalf("%s", free(spare))
			}
		}
		at := in.From.Add(time.Duration(rapid.Int64Range(0, int64(in.To.Sub(in.From)/time.Minute)-1).Draw(t, "minute")) * time.Minute)
		contains := func(i window.Interval) bool { return i.Contains(at) }
		isFree := slices.ContainsFunc(spare, contains)
		isHeld := slices.ContainsFunc(holds, func(h freeze.Hold) bool { return contains(h.Interval) })
		if isFree == isHeld {
			t.Fatalf("%s is free: %v, held: %v", at, isFree, isHeld)
		}
		var there []freeze.Hold
		for _, h := range holds {
			if contains(h.Interval) {
				there = append(there, h)
			}
		}
		if alone := freeze.Holding(list, w, window.Interval{From: at, To: at.Add(time.Minute)}); !slices.Equal(held(alone), held(there)) {
			t.Fatalf("at %s alone %s, of more %s", at, held(alone), held(there))
		}
	})
}
