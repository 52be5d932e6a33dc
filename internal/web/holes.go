package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// How many entries the pages about holes show of each list.
const (
	maxClocks  = 60
	maxExposed = 100
	maxTold    = 20
	maxLinks   = 20
)

// clocksView is the page of the clocks.
type clocksView struct {
	page
	Open   capped[board.ClockRow]
	Recent capped[board.ClockRow]
	Told   capped[board.Told]
	Feeds  []board.Feed
	Course board.Exposure
}

// holeView is the page of one hole.
type holeView struct {
	page
	H       board.Hole
	Clocks  capped[board.ClockRow]
	Exposed capped[board.Exposed]
}

func (c *console) clocks(w http.ResponseWriter, r *http.Request) {
	rows, err := c.backend.Clocks(r.Context(), true)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	feeds, err := c.backend.Feeds(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	told, err := c.backend.Notices(r.Context(), "")
	if err != nil {
		c.fail(w, r, err)
		return
	}
	course, err := c.backend.Exposure(r.Context(), exposureDays)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	running, closed := splitClocks(rows)
	v := clocksView{page: c.page(w, r, "luecken", holeWords.Title), Feeds: feeds, Course: course,
		Open: capAt(running, maxClocks, "/luecken.csv"), Recent: capAt(closed, maxClocks, "/luecken.csv"), Told: capAt(told, maxTold, "/luecken")}
	v.Every = lookSeldom
	c.render(w, r, http.StatusOK, clocksPage(v))
}

// splitClocks parts the clocks that run from those that are over.
func splitClocks(rows []board.ClockRow) (running, closed []board.ClockRow) {
	for _, x := range rows {
		if x.Clock.Secured && x.Clock.By != clock.ByMitigation {
			closed = append(closed, x)
		} else {
			running = append(running, x)
		}
	}
	return running, closed
}

func (c *console) hole(w http.ResponseWriter, r *http.Request) {
	h, err := c.backend.Hole(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	name := h.Dossier.CVE
	c.render(w, r, http.StatusOK, holePage(holeView{page: c.page(w, r, "luecken", lang.T(name, name)), H: h,
		Clocks: capAt(h.Clocks, maxClocks, "/luecken"), Exposed: capAt(h.Exposed, maxExposed, "/luecken")}))
}

// clocksCSV is the list of clocks as CSV.
func (c *console) clocksCSV(w http.ResponseWriter, r *http.Request) {
	rows, err := c.backend.Clocks(r.Context(), true)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "luecken", holeWords.Title)
	table := [][]string{p.all(frameWords.System, frameWords.Customer, holeWords.Hole, frameWords.Package, holeWords.Version, holeWords.Fixed, holeWords.Stands, holeWords.Published, holeWords.KnownSince,
		lang.T("Frist", "Deadline"), holeWords.Secured, holeWords.Rule, frameWords.Reason)}
	for _, x := range rows {
		k := x.Clock
		table = append(table, []string{x.System, x.Customer, x.CVE, x.Source, x.Version, x.Fixed, p.T(k.Short()), stamp(k.Times.Published), stamp(k.Times.Known),
			stamp(k.Deadline), stamp(k.SecuredAt), k.Duty.Rule, p.T(x.Sentence)})
	}
	c.writeCSV(w, p, "luecken", table)
}

// markOfClock is the mark of a clock.
func markOfClock(c clock.Clock) mark {
	kind := "open"
	switch c.Standing() {
	case clock.StandsOverdue:
		kind = "alarm"
	case clock.StandsRunning, clock.StandsOpen:
		kind = "late"
	case clock.StandsAsking, clock.StandsAccepted:
		kind = "wait"
	case clock.StandsRefused, clock.StandsSilent:
		kind = "stop"
	case clock.StandsCustomers, clock.StandsPaused:
		kind = "idle"
	case clock.StandsMitigated:
		kind = "part"
	case clock.StandsSecured:
		kind = "done"
	}
	return mark{kind, c.Short()}
}

// markOfFeed is the mark of a feed.
func markOfFeed(f board.Feed) mark {
	switch {
	case f.Stale:
		return mark{"stop", holeWords.Stale}
	case !f.Problem.IsZero():
		return mark{"late", holeWords.Refused}
	}
	return mark{"done", holeWords.Fresh}
}

// markOfLevel is the mark of a hole's level.
func markOfLevel(critical severity.Answer, level severity.Level) mark {
	switch {
	case critical == severity.Yes:
		return mark{"alarm", level.Text()}
	case level == severity.Unknown:
		return mark{"open", level.Text()}
	case level == severity.High:
		return mark{"stop", level.Text()}
	case level == severity.Medium:
		return mark{"late", level.Text()}
	}
	return mark{"idle", level.Text()}
}

func answerWord(a severity.Answer) lang.Text {
	switch a {
	case severity.Yes:
		return holeWords.Yes
	case severity.No:
		return holeWords.No
	}
	return holeWords.NotKnown
}

// passed is the share of the time allowed that has passed, in hundredths, for the bar; 100 when it is over.
func passed(c clock.Clock) string {
	if c.Allowed <= 0 {
		return "0"
	}
	return strconv.Itoa(int(max(0, min(100, c.Elapsed*100/c.Allowed))))
}

// elapsed says in words what the bar shows.
func elapsed(p page, c clock.Clock) string {
	return p.F(holeWords.Elapsed, p.Took(c.Elapsed.Round(time.Minute)), p.Count(int(c.Allowed/time.Hour))+" h")
}

func holeURL(id string) string       { return "/luecken/" + url.PathEscape(id) }
func systemHolesURL(s string) string { return systemURL(s) + "/luecken" }

// score is a CVSS score as it is written, empty when nobody gave one.
func score(p page, r severity.Rating) string {
	if r.Score == 0 {
		return ""
	}
	return " · CVSS " + decimal(p, int64(r.Score*10+0.5), 10)
}

// orNoFix is a fixed version, or that there is none.
func orNoFix(p page, fixed string) string {
	if fixed == "" {
		return p.T(holeWords.NoFix)
	}
	return fixed
}

// sinceOrNot is how long ago something began, or a word for that it has not.
func sinceOrNot(p page, d time.Duration, not lang.Text) string {
	if d == 0 {
		return p.T(not)
	}
	return p.Took(d.Round(time.Minute))
}

// compact leaves out what is empty or said already.
func compact(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
