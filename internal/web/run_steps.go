package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
)

// stepRow is one step on a run's vertical line.
type stepRow struct {
	Step   run.Step
	Mark   mark
	Begun  time.Time // zero: not begun
	Took   time.Duration
	Usual  time.Duration // zero: not known
	Times  board.Usually // the same with its spread
	Tries  int
	Texts  []lang.Text // what happened in it
	Detail string      // what the tool said when it failed
	Lines  []string    // live text
	Bar    string      // length of the bar, in percent of the longest step
	Tick   string      // place of the usual duration on the same scale; empty = none
}

// maxTexts bounds the sentences that one step shows.
const maxTexts = 6

// stepRows puts a run's steps in order: those that were tried, then – while nothing has failed –
// those that are to come.
func stepRows(r board.Run, now time.Time) []stepRow {
	var rows []stepRow
	for _, s := range r.State.Spans {
		if n := len(rows); n > 0 && rows[n-1].Step == s.Step {
			rows[n-1] = merge(rows[n-1], stepOf(r, s, now))
			continue
		}
		rows = append(rows, stepOf(r, s, now))
	}
	if !r.State.Ended && r.State.Failure == nil {
		for _, s := range run.Steps {
			if !slices.ContainsFunc(rows, func(row stepRow) bool { return row.Step == s }) {
				rows = append(rows, stepRow{Step: s, Mark: mark{"idle", runWords.Pending}, Usual: usual(r, s), Times: r.Times[s]})
			}
		}
	}
	addEvents(rows, r)
	scale(rows)
	return rows
}

// stepOf is one try of a step.
func stepOf(r board.Run, s run.Span, now time.Time) stepRow {
	row := stepRow{Step: s.Step, Begun: s.Begun, Tries: 1, Usual: usual(r, s.Step), Times: r.Times[s.Step]}
	switch {
	case s.Ended.IsZero() && r.State.Ended: // the run ended with the step open: nobody saw its end
		row.Mark = mark{"open", stateWords.Open}
	case s.Ended.IsZero():
		row.Mark, row.Took = mark{"live", stateWords.Live}, max(0, now.Sub(s.Begun))
	case !s.Good:
		row.Mark, row.Took = mark{"stop", stateWords.Failed}, s.Ended.Sub(s.Begun)
	case s.Step == run.Restoring:
		row.Mark, row.Took = mark{"back", stateWords.Back}, s.Ended.Sub(s.Begun)
	default:
		row.Mark, row.Took = mark{"done", stateWords.Done}, s.Ended.Sub(s.Begun)
	}
	return row
}

// merge joins a further try of the same step: the last try's end counts, the times add up.
func merge(a, b stepRow) stepRow {
	b.Begun, b.Tries, b.Took = a.Begun, a.Tries+1, a.Took+b.Took
	return b
}

func usual(r board.Run, s run.Step) time.Duration {
	return time.Duration(r.Usual[s]) * time.Millisecond
}

// addEvents gives the steps the texts of their events, and the live text.
func addEvents(rows []stepRow, r board.Run) {
	find := func(e run.Event) *stepRow {
		for i := range rows {
			if rows[i].Step == e.Step {
				return &rows[i]
			}
		}
		for i := len(rows) - 1; i >= 0; i-- { // an event without a step belongs to the one under way
			if !rows[i].Begun.IsZero() && !e.At.Before(rows[i].Begun) {
				return &rows[i]
			}
		}
		return nil
	}
	for _, e := range r.Events {
		row := find(e)
		if row == nil || e.Kind == run.Ended {
			continue
		}
		if !e.Text.IsZero() && len(row.Texts) < maxTexts && !slices.Contains(row.Texts, e.Text) {
			row.Texts = append(row.Texts, e.Text)
		}
		if e.Kind == run.Failed && e.Detail != "" {
			row.Detail = e.Detail
		}
	}
	for _, e := range r.Lines {
		if row := find(e); row != nil {
			line := e.Detail
			if line == "" {
				line = e.Text.DE
			}
			row.Lines = append(row.Lines, strings.TrimRight(line, "\r\n"))
		}
	}
}

// stepState says how a step stands, and at which try.
func stepState(p page, s stepRow) string {
	state := p.T(s.Mark.Word)
	if s.Tries > 1 {
		state += ", " + p.F(runWords.Try, p.Count(s.Tries))
	}
	return state
}

// scale draws all steps to the scale of the longest.
func scale(rows []stepRow) {
	longest := time.Duration(1)
	for _, row := range rows {
		longest = max(longest, row.Took, row.Usual)
	}
	for i := range rows {
		if !rows[i].Begun.IsZero() {
			rows[i].Bar = percent(rows[i].Took, longest)
		}
		if rows[i].Usual > 0 {
			rows[i].Tick = percent(rows[i].Usual, longest)
		}
	}
}

// percent is the share of a whole, with one digit after the point and never so small as to vanish.
func percent(part, whole time.Duration) string {
	share := float64(part) / float64(whole) * 100
	return strconv.FormatFloat(min(max(share, 0.8), 100), 'f', 1, 64) + "%"
}

// barPart is one step on the time line of a run.
type barPart struct {
	Step  run.Step
	Kind  string
	X, W  string // percent
	Text  lang.Text
	Took  time.Duration
	Begun time.Time
}

// timeline lays the steps that were begun end to end, to scale.
func timeline(rows []stepRow) []barPart {
	var whole time.Duration
	for _, row := range rows {
		whole += row.Took
	}
	if whole == 0 {
		return nil
	}
	var parts []barPart
	x := 0.0
	for _, row := range rows {
		if row.Begun.IsZero() {
			continue
		}
		w := float64(row.Took) / float64(whole) * 100
		parts = append(parts, barPart{
			Step: row.Step, Kind: row.Mark.Kind, Took: row.Took, Begun: row.Begun, Text: stepWord(row.Step),
			X: strconv.FormatFloat(x, 'f', 2, 64) + "%", W: strconv.FormatFloat(max(0, w-0.3), 'f', 2, 64) + "%",
		})
		x += w
	}
	return parts
}

// timelineText says the time line in words, for those who do not see it.
func timelineText(v runView) string {
	if len(v.Line) == 0 {
		return v.T(runWords.TimelineNone)
	}
	parts := make([]string, len(v.Line))
	for i, b := range v.Line {
		parts[i] = v.T(b.Text) + " " + v.Took(b.Took)
	}
	return strings.Join(parts, ", ")
}
