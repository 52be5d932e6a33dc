package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
)

var followWords = struct{ Began, Done, Failed, Resumed, Complete, Incomplete, Refused lang.Text }{
	Began:      lang.T("läuft", "running"),
	Done:       lang.T("fertig", "done"),
	Failed:     lang.T("gescheitert", "failed"),
	Resumed:    lang.T("Der Agent war weg und macht weiter.", "The agent was away and goes on."),
	Complete:   lang.T("Nachgesehen: das unterbrochene Einspielen war vollständig.", "Looked up: the interrupted apply was complete."),
	Incomplete: lang.T("Nachgesehen: das unterbrochene Einspielen war unvollständig und wird zurückgesetzt.", "Looked up: the interrupted apply was incomplete and is put back."),
	Refused:    lang.T("Der Host hat den Auftrag nicht angenommen.", "The host did not accept the order."),
}

// follow prints a run as it happens, and ends with it. As JSON it prints one line for each answer of the
// server.
func (a *app) follow(c *client.Client, id string) error {
	f := &follower{app: a, began: map[client.Step]time.Time{}}
	end, err := c.Follow(a.ctx, id, f.take)
	f.clear()
	if err != nil {
		return err
	}
	if !a.json {
		a.print("")
		a.print(a.mark(markOf(end.Row)) + "  " + a.t(end.Row.Sentence))
		a.verdict(end.State.Verdict)
	}
	if end.Row.Outcome != client.OutcomeSucceeded {
		return ErrOutcome
	}
	return nil
}

// follower prints the progress of one run.
type follower struct {
	*app
	zone  string
	stage client.Stage
	began map[client.Step]time.Time
	open  bool // the last line of the terminal is a live one
	times map[client.Step]board.Usually
	usual string // how long the step under way usually takes
}

func (f *follower) take(p client.Progress) error {
	if f.json {
		line, err := json.Marshal(p)
		if err != nil {
			return err
		}
		f.print(string(line))
		return nil
	}
	if f.zone == "" {
		f.zone = p.Row.Zone
		f.print(f.paint(bold, clean(p.Row.ID)) + " · " + clean(p.Row.System) + " · " + clean(p.Row.Customer))
	}
	if p.Row.Stage != f.stage {
		f.stage = p.Row.Stage
		switch f.stage {
		case client.StagePlanned:
			f.line(p.Row.Created, f.mark(markOf(p.Row))+"  "+f.span(p.Row.Slot, f.zone))
		case client.StageAsked, client.StageOrdered:
			f.line(time.Time{}, f.mark(markOf(p.Row))+"  "+f.t(p.Row.Sentence))
		}
	}
	f.times = p.Times
	for _, e := range p.Events {
		f.event(e)
	}
	return nil
}

// event prints one event. What a step's tools say is shown on a terminal only, in the line that the
// step's end replaces.
func (f *follower) event(e client.Event) {
	w := followWords
	step := word(f.app, stepWords, e.Step)
	switch e.Kind {
	case run.Begun:
		f.began[e.Step] = e.At
		f.usual = f.usually(f.times[e.Step])
		f.running(e.At, step, "")
	case run.Line:
		if f.live {
			f.running(e.At, step, e.Detail)
		}
	case run.Finished:
		f.line(e.At, f.paint(green, "●")+" "+step+"  "+w.Done.In(f.lang)+f.took(e))
	case run.Failed:
		f.line(e.At, f.paint(yellow, "▲")+" "+step+"  "+w.Failed.In(f.lang)+f.took(e)+why(f.app, e))
	case run.Refused:
		f.line(e.At, f.paint(yellow, "▲")+" "+w.Refused.In(f.lang)+why(f.app, e))
	case run.Resumed:
		f.line(e.At, f.paint(cyan, "◐")+" "+w.Resumed.In(f.lang))
	case run.LookedUp:
		found := w.Incomplete
		if e.Found == run.FoundComplete {
			found = w.Complete
		}
		f.line(e.At, f.paint(cyan, "◐")+" "+found.In(f.lang))
	}
}

// took is how long the step took that an event ends.
func (f *follower) took(e client.Event) string {
	began, ok := f.began[e.Step]
	if !ok {
		return ""
	}
	return " (" + lang.Duration(e.At.Sub(began), f.lang) + ")"
}

// why says what went wrong: the words for people, else the code, else what the tool said.
func why(a *app, e client.Event) string {
	for _, s := range []string{a.t(e.Text), clean(e.Code), clean(e.Detail)} {
		if s != "" {
			return ": " + s
		}
	}
	return ""
}

// running shows that a step runs. On a terminal the line stays open, for what comes next to replace.
func (f *follower) running(at time.Time, step, detail string) {
	s := f.paint(cyan, "◐") + " " + step + "  "
	began := followWords.Began.In(f.lang)
	if f.usual != "" {
		began += ", " + f.usual
	}
	if !f.live {
		f.line(at, s+began)
		return
	}
	if detail == "" {
		detail = began
	}
	room := 60 - utf8.RuneCountInString(step)
	if runes := []rune(strings.TrimSpace(clean(detail))); len(runes) > room {
		detail = string(runes[:max(room-1, 1)]) + "…"
	} else {
		detail = string(runes)
	}
	f.clear()
	_, _ = fmt.Fprint(f.out, f.clock(at)+s+f.paint(faint, detail))
	f.open = true
}

// line prints a line that stays.
func (f *follower) line(at time.Time, s string) {
	f.clear()
	f.print(f.clock(at) + s)
}

// clear takes a live line away.
func (f *follower) clear() {
	if f.open {
		_, _ = fmt.Fprint(f.out, "\r\x1b[K")
		f.open = false
	}
}

// clock is the time of day in the customer's zone, to the second.
func (f *follower) clock(at time.Time) string {
	if at.IsZero() {
		return "          "
	}
	loc, _ := zone(f.zone)
	return at.In(loc).Format("15:04:05") + "  "
}

// spanLine is a step of a run that is shown whole: its mark, its name, how long it took, what is usual.
func (a *app) spanLine(r client.Run, s run.Span) string {
	w := runWords
	step := word(a, stepWords, s.Step)
	step += strings.Repeat(" ", max(20-utf8.RuneCountInString(step), 0))
	var line string
	switch {
	case s.Ended.IsZero():
		line = a.paint(cyan, "◐ ") + step + " " + w.Open.In(a.lang)
	case s.Good:
		line = a.paint(green, "● ") + step + " " + lang.Duration(s.Ended.Sub(s.Begun), a.lang)
	default:
		line = a.paint(yellow, "▲ ") + step + " " + lang.Duration(s.Ended.Sub(s.Begun), a.lang) + ", " + w.Failed.In(a.lang)
		for _, e := range r.Events {
			if e.Kind == run.Failed && e.Step == s.Step && e.At.Equal(s.Ended) {
				line += why(a, e)
			}
		}
	}
	if words := a.usually(r.Times[s.Step]); words != "" {
		line += a.paint(faint, " ("+words+")")
	}
	return line
}

// usually says how long something usually takes, and how sure that is; empty where nothing is known.
func (a *app) usually(u board.Usually) string {
	w := runWords
	median, high := lang.Duration(u.Median(), a.lang), lang.Duration(u.High(), a.lang)
	switch {
	case !u.Known():
		return ""
	case u.Few:
		return a.tf(w.UsualFew, median, high, lang.Count(u.Samples, a.lang))
	case median == high:
		return a.tf(w.Usual, median)
	}
	return a.tf(w.UsualSpan, median, high)
}
