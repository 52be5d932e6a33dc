package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

func pageAt(l lang.Lang, now time.Time) page {
	z := newZones(nil)
	return page{L: l, Now: now.In(z.own), zones: z}
}

var morning = time.Date(2026, 11, 28, 4, 20, 0, 0, time.UTC)

func TestTimesAreShownWhereTheCustomerIs(t *testing.T) {
	t.Parallel()
	de, en := pageAt(lang.DE, morning), pageAt(lang.EN, morning)
	for _, c := range []struct{ got, want string }{
		{de.At(morning, "Europe/Berlin"), "Sa 28.11.2026, 05:20 Uhr"},
		{en.At(morning, "Europe/Lisbon"), "Sat 28 Nov 2026, 04:20"},
		{de.At(morning, ""), "Sa 28.11.2026, 05:20 Uhr"},
		{de.At(morning, "Nowhere/Else"), "Sa 28.11.2026, 05:20 Uhr"},
		{de.Span(morning, morning.Add(2*time.Hour), "Europe/Berlin"), "Sa 28.11., 05:20–07:20 Uhr"},
		{utc(morning.In(de.zones.own)), "2026-11-28 04:20:00 UTC"},
		{machine(morning.In(de.zones.own)), "2026-11-28T04:20:00Z"},
		{de.Relative(morning.Add(-12 * time.Minute)), "vor 12 min"},
		{de.Relative(morning.Add(-12*time.Minute - 20*time.Second)), "vor 12 min"},
		{en.Relative(morning.Add(-40 * time.Second)), "40 s ago"},
		{de.Relative(morning.Add(7*time.Hour + 12*time.Minute)), "in 7 h 12 min"},
		{de.Relative(morning.Add(300 * time.Millisecond)), "gerade eben"},
		{de.Second(morning, "Europe/Berlin"), "05:20:00"},
		{de.days([]string{"sat", "sun"}), "Sa und So"},
		{en.days([]string{"mon", "nonsense", "wed"}), "Mon and Wed"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	t.Parallel()
	de, en := pageAt(lang.DE, morning), pageAt(lang.EN, morning)
	for _, c := range []struct{ got, want string }{
		{size(de, 512), "512 B"}, {size(de, 1536), "1,5 KiB"}, {size(en, 41<<20), "41.0 MiB"}, {size(de, 18<<30+900<<20), "18,9 GiB"},
		{de.N(1, todayWords.LeadRunning), "Ein Lauf ist unterwegs."},
		{de.N(1412, runWords.ProofChecked), "1.412 Pfade geprüft"},
		{en.N(1412, runWords.ProofChecked), "1,412 paths checked"},
		{en.N(0, frameWords.Changes), "0 changes"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAListIsReadFromItsAddress(t *testing.T) {
	t.Parallel()
	read := func(query string) listing {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		return listingOf("/systeme", q, values(systemStates), systemSorts)
	}
	l := read("q=+web+&zustand=faellig&sort=kunde&ab=1&seite=3")
	from, to := l.bounds(120, 5000)
	if from != 100 || to != 120 || l.Pages != 3 {
		t.Errorf("rows %d to %d of %d pages", from, to, l.Pages)
	}
	if got := l.SortURL("kunde"); got != "/systeme?q=web&sort=kunde&zustand=faellig" {
		t.Errorf("sorting again by the same column: %s", got)
	}
	if got := l.PageURL(2); got != "/systeme?ab=1&q=web&seite=2&sort=kunde&zustand=faellig" {
		t.Errorf("another page: %s", got)
	}
	for _, nonsense := range []string{"seite=-4", "seite=99999999999999999999", "seite=x", "sort=drop+table&zustand=alles&ab=2"} {
		l := read(nonsense)
		if from, to := l.bounds(7, 7); from != 0 || to != 7 || l.Sort != "" || l.State != "" || l.Down {
			t.Errorf("%s is read as %+v", nonsense, l)
		}
	}
	if l := read("q=" + strings.Repeat("%C3%A4", 300)); len(l.Query) > maxQuery || !strings.HasPrefix(l.Query, "ää") {
		t.Errorf("a long query is kept as %q", l.Query)
	}
	l = read("")
	if from, to := l.bounds(0, 0); from != 0 || to != 0 || l.Pages != 1 {
		t.Errorf("an empty list has rows %d to %d on %d pages", from, to, l.Pages)
	}
}

func TestRulesAreNeverTornApart(t *testing.T) {
	t.Parallel()
	got := pieces("Ausführung: wir (MH2-20, IT-4), Auftrag A-2026-0118")
	var rules, whole []string
	for _, p := range got {
		whole = append(whole, p.Text)
		if p.Rule {
			rules = append(rules, p.Text)
		}
	}
	if strings.Join(rules, " ") != "MH2-20 IT-4 A-2026-0118" || strings.Join(whole, "") != "Ausführung: wir (MH2-20, IT-4), Auftrag A-2026-0118" {
		t.Errorf("pieces: %v", got)
	}
	if ruled("MH2-20", "MH2-20: nein") != "MH2-20: nein" || ruled("MH2-20", "nein") != "MH2-20: nein" {
		t.Error("a rule is named twice, or not at all")
	}
}

// TestTheCourseOfARun follows one run from plan to restore: what is shown of it at each moment.
func TestTheCourseOfARun(t *testing.T) {
	t.Parallel()
	at := morning
	r := board.Run{RunRow: board.RunRow{Stage: board.Planned}, Usual: map[run.Step]int64{run.Applying: 60000}}
	kinds := func() string {
		var out []string
		for _, s := range stepRows(r, at) {
			out = append(out, string(s.Step)+" "+s.Mark.Kind)
		}
		return strings.Join(out, ", ")
	}
	add := func(after time.Duration, e run.Event) {
		t.Helper()
		at = at.Add(after)
		e.Order, e.Seq, e.At = "O", r.State.Seq+1, at
		next, _, err := run.Apply(r.State, e)
		if err != nil {
			t.Fatal(err)
		}
		r.State, r.Stage = next, board.Running
		if e.Kind == run.Line {
			r.Lines = append(r.Lines, e)
		} else {
			r.Events = append(r.Events, e)
		}
	}
	expect := func(want string) {
		t.Helper()
		if got := kinds(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	expect("prechecking idle, fetching idle, saving idle, applying idle, settling idle, verifying idle")
	for _, s := range []run.Step{run.Prechecking, run.Fetching, run.Saving} {
		add(0, run.Event{Kind: run.Begun, Step: s})
		add(time.Second, run.Event{Kind: run.Finished, Step: s, Point: &run.Point{}})
	}
	add(0, run.Event{Kind: run.Begun, Step: run.Applying})
	add(time.Second, run.Event{Kind: run.Line, Detail: "Setting up nginx ...\n"}) // a line that names no step
	expect("prechecking done, fetching done, saving done, applying live, settling idle, verifying idle")
	applying := stepRows(r, at.Add(30*time.Second))[3]
	if applying.Took != 31*time.Second || applying.Usual != time.Minute || applying.Tick != "100.0%" || applying.Bar != "51.7%" {
		t.Errorf("applying: %+v", applying)
	}
	if len(applying.Lines) != 1 || applying.Lines[0] != "Setting up nginx ..." {
		t.Errorf("live text: %q", applying.Lines)
	}
	why := lang.T("Ein Skript scheiterte.", "A script failed.")
	add(time.Second, run.Event{Kind: run.Failed, Step: run.Applying, Text: why, Detail: "exit status 1"})
	for range 2 {
		add(0, run.Event{Kind: run.Begun, Step: run.Restoring})
		add(time.Second, run.Event{Kind: run.Failed, Step: run.Restoring, Text: why})
	}
	add(0, run.Event{Kind: run.Begun, Step: run.Restoring})
	add(2*time.Second, run.Event{Kind: run.Finished, Step: run.Restoring})
	add(0, run.Event{Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: verdict.Restored}})
	expect("prechecking done, fetching done, saving done, applying stop, restoring back")
	rows := stepRows(r, at)
	if last := rows[4]; last.Tries != 3 || last.Took != 4*time.Second || len(last.Texts) != 1 {
		t.Errorf("restoring: %+v", last)
	}
	if rows[3].Detail != "exit status 1" || rows[3].Texts[0] != why {
		t.Errorf("applying: %+v", rows[3])
	}
	whole := 0.0
	for range timeline(rows) {
		whole++
	}
	if whole != 5 {
		t.Errorf("the time line has %v parts", whole)
	}
}

// TestOnlySuccessIsGreen goes through all stages and outcomes.
func TestOnlySuccessIsGreen(t *testing.T) {
	t.Parallel()
	seen := map[lang.Text]bool{}
	for _, o := range append([]verdict.Outcome{"", "nonsense"}, verdict.Outcomes...) {
		m := markOf(board.RunRow{Stage: board.Over, Outcome: o})
		if (m.Kind == "done") != (o == verdict.Succeeded) {
			t.Errorf("%q is shown as %s", o, m.Kind)
		}
		if m.Word.IsZero() {
			t.Errorf("%q has no word", o)
		}
		seen[m.Word] = true
	}
	if m := markOf(board.RunRow{Stage: board.Running, Outcome: verdict.Unknown}); m.Kind != "open" || live(board.RunRow{Stage: board.Running, Outcome: verdict.Unknown}) {
		t.Errorf("a run whose host is silent is shown as %s", m.Kind)
	}
	for _, s := range []board.Stage{board.Planned, board.Asked, board.Ordered, board.Running} {
		m := markOf(board.RunRow{Stage: s})
		if m.Kind == "done" || m.Word.IsZero() {
			t.Errorf("%s is shown as %s %v", s, m.Kind, m.Word)
		}
		seen[m.Word] = true
	}
	if len(seen) != len(verdict.Outcomes)+4 {
		t.Errorf("%d different words for %d states", len(seen), len(verdict.Outcomes)+4)
	}
}
