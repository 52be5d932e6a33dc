package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// How many entries a run's page shows of each list.
const (
	maxChanges = 200
	maxLeftOut = 100
	maxSame    = 200
	maxDiffer  = 20
)

// runView is a run's page.
type runView struct {
	page
	R       board.Run
	Mark    mark
	Steps   []stepRow
	Line    []barPart
	Changes capped[changeRow]
	Facts   []factRow // observations that differ
	Same    capped[factRow]
	LeftOut capped[mandate.Refusal]
	Plus    []string        // ordered, but not in the preview
	Minus   []string        // in the preview, but not ordered
	Paper   board.WorkOrder // while it lies ready for the host
}

// run shows a run's page.
func (c *console) run(w http.ResponseWriter, r *http.Request) {
	one, err := c.backend.Run(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	title := lang.Textf(runWords.Title.DE, runWords.Title.EN, one.System)
	v := runView{
		page: c.page(w, r, "laeufe", title), R: one, Mark: markOf(one.RunRow),
		Changes: capAt(changeRows(one), maxChanges, ""),
		LeftOut: capAt(one.LeftOut, maxLeftOut, ""),
	}
	v.Steps = stepRows(one, v.Now)
	v.Line = timeline(v.Steps)
	if x := one.State.Verdict; x != nil {
		changed, same := compareFacts(x.Before, x.After)
		v.Facts, v.Same = changed, capAt(same, maxSame, "")
	}
	if one.WorkOrder != "" && len(one.Preview) > 0 {
		v.Plus, v.Minus = differences(one.Changes, one.Preview)
	}
	if one.Stage == board.Ordered && one.WorkOrder != "" {
		if v.Paper, err = c.backend.WorkOrder(r.Context(), one.ID); err != nil {
			c.fail(w, r, err)
			return
		}
	}
	if one.Stage != board.Over {
		v.Stream, v.Every = runURL(one.ID)+"/strom?ab="+strconv.FormatInt(one.State.Seq, 10), lookSeldom
		if live(one.RunRow) {
			v.Refresh = 10
		}
	}
	c.render(w, r, http.StatusOK, runPage(v))
}

// took is how long the run has lasted, or lasts; zero when it has not begun.
func (v runView) took() time.Duration {
	switch {
	case v.R.Began.IsZero():
		return 0
	case v.R.EndedAt.IsZero():
		return max(0, v.Now.Sub(v.R.Began))
	}
	return v.R.EndedAt.Sub(v.R.Began)
}

// proof is the comparison after a restore, if there was one.
func (v runView) proof() *verdict.Proof {
	if v.R.State.Verdict == nil {
		return nil
	}
	return v.R.State.Verdict.Proof
}

// restored reports whether the run put the host back: then "after" means after applying.
func (v runView) restored() bool {
	return v.R.Outcome == verdict.Restored || v.R.Outcome == verdict.RestoreFailed
}

// waitText says what the run waits for, while it has not begun.
func (v runView) waitText() string {
	switch v.R.Stage {
	case board.Planned:
		return v.T(runWords.Wait)
	case board.Asked:
		return v.T(runWords.WaitAsked)
	case board.Ordered:
		return v.T(runWords.WaitOrdered)
	}
	return ""
}

// changeRow is one package of a run.
type changeRow struct {
	Package, Arch, From, To, Now string
	Mark                         *mark // nil while nothing can be said
}

// changeRows lists the packages: as judged when there is a verdict on them, else as ordered.
func changeRows(r board.Run) []changeRow {
	if x := r.State.Verdict; x != nil && len(x.Changes) > 0 {
		rows := make([]changeRow, 0, len(x.Changes))
		for _, o := range x.Changes {
			m := changeMark(o, r.Outcome)
			rows = append(rows, changeRow{o.Package, o.Arch, o.From, o.To, o.Now, &m})
		}
		return rows
	}
	rows := make([]changeRow, 0, len(r.Changes))
	for _, ch := range r.Changes {
		rows = append(rows, changeRow{Package: ch.Package, Arch: ch.Arch, From: ch.From, To: ch.To})
	}
	return rows
}

// changeMark says how a package ended up.
func changeMark(o verdict.Ordered, out verdict.Outcome) mark {
	switch {
	case out == verdict.Restored:
		return mark{"back", stateWords.Back}
	case out == verdict.RestoreFailed:
		return mark{"open", stateWords.Open}
	case o.Now == o.To:
		return mark{"done", runWords.AsOrdered}
	case o.Now == o.From:
		return mark{"wait", runWords.AsBefore}
	}
	return mark{"stop", runWords.Differs}
}

// differences compares what was ordered with what the preview showed.
func differences(ordered, preview []mandate.Change) (plus, minus []string) {
	name := func(ch mandate.Change) string { return ch.Package + " " + ch.To }
	in := func(list []mandate.Change) map[string]bool {
		set := make(map[string]bool, len(list))
		for _, ch := range list {
			set[name(ch)] = true
		}
		return set
	}
	was, is := in(preview), in(ordered)
	for _, ch := range ordered {
		if !was[name(ch)] {
			plus = append(plus, name(ch))
		}
	}
	for _, ch := range preview {
		if !is[name(ch)] {
			minus = append(minus, name(ch))
		}
	}
	return plus, minus
}

// judged reports whether a verdict names what is installed.
func judged(v runView) bool {
	return v.R.State.Verdict != nil && len(v.R.State.Verdict.Changes) > 0
}

// orderedWord heads the column of the versions a run brings: ordered, or so far only due.
func orderedWord(v runView) lang.Text {
	if v.R.WorkOrder == "" {
		return systemWords.Candidate
	}
	return runWords.Ordered
}

// nowWord heads the column of what is installed. After a restore that is what was installed before
// the host was put back.
func nowWord(v runView) lang.Text {
	if v.restored() {
		return runWords.AfterApply
	}
	return runWords.Now
}

// afterWord heads the column of the second observation.
func afterWord(v runView) lang.Text {
	if v.restored() {
		return runWords.AfterApply
	}
	return runWords.After
}

// sameWord introduces the observations that are as they were.
func sameWord(v runView) string {
	if len(v.Facts) == 0 {
		return v.T(runWords.AllSame)
	}
	return v.T(runWords.FactsSame)
}

// pointText describes the restore point.
func pointText(v runView) string {
	p := v.R.State.Point
	return strings.Join([]string{
		p.ID, v.T(runWords.PointDriver) + " " + p.Driver, v.N(p.Files, runWords.PointPaths),
		size(v.page, p.Bytes), v.Took(time.Duration(p.Millis) * time.Millisecond),
	}, " · ")
}

// Second is a moment to the second, without the day: for steps of one run.
func (p page) Second(t time.Time, zone string) string {
	return t.In(p.zones.find(zone)).Format("15:04:05")
}
