package clock

import (
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Told is one step that was said. It is kept by the caller and given back to Due, which makes Due idempotent.
type Told struct {
	Step string    `json:"step"`
	Of   time.Time `json:"of,omitzero"` // the round: zero for the first, else when the cover lapsed; for a review its day
	At   time.Time `json:"at"`
}

// Call is one step that is due to be said now.
type Call struct {
	Step string    `json:"step"`
	Of   time.Time `json:"of,omitzero"` // goes into Told as it is
	To   Role      `json:"to"`
	Text lang.Text `json:"text"`
}

// Due lists the steps that have become due and were not told yet, in the order of the table. A step is said
// at most once in a round, and not any more once a later step of the same job was said. Nothing is due while
// nothing is to be done: when the system is secured, the exception accepted, the clock paused, the customer
// has refused, or the silence is on record.
func (t *Table) Due(now time.Time, c Clock, told []Told) []Call {
	if c.Job == Nothing {
		return nil
	}
	of := c.Lapsed
	if c.Job == Review {
		of = c.Review
	}
	past := -1 // the last step of this job and round that was told
	for i := range t.Steps {
		if t.Steps[i].Job == c.Job && wasTold(told, t.Steps[i].ID, of) {
			past = i
		}
	}
	var due []int
	for i := past + 1; i < len(t.Steps); i++ {
		if s := &t.Steps[i]; s.Job == c.Job && s.due(now, &c) {
			due = append(due, i)
		}
	}
	var calls []Call
	for k, i := range due {
		s := &t.Steps[i]
		// What had passed before a new round began was said in the round before, or would have been: of it
		// only the furthest is said.
		if s.Anchor == AtShare && s.passedBefore(&c, of) && k+1 < len(due) && t.Steps[due[k+1]].passedBefore(&c, of) {
			continue
		}
		calls = append(calls, Call{Step: s.ID, Of: of, To: s.To, Text: s.fill(now, &c)})
	}
	return calls
}

func wasTold(told []Told, step string, of time.Time) bool {
	for _, x := range told {
		if x.Step == step && x.Of.Equal(of) {
			return true
		}
	}
	return false
}

// due reports whether the moment of the step has come.
func (s *Step) due(now time.Time, c *Clock) bool {
	hours := time.Duration(s.Amount) * time.Hour
	switch s.Anchor {
	case AtLapse:
		return !c.Lapsed.IsZero()
	case AtShare:
		return s.Amount == 0 || c.Allowed > 0 && c.Elapsed >= s.share(c)
	case AfterKnown:
		return !now.Before(later(c.Times.Known, c.Lapsed).Add(hours))
	case AfterAsked:
		return happened(c.Times.Asked, now) && !c.Times.Asked.Before(c.Lapsed) && !now.Before(c.Times.Asked.Add(hours))
	case AtReview:
		return true // the job is Review only from that day on
	}
	return false
}

// share is how much of the allowed time must have passed for the step.
func (s *Step) share(c *Clock) time.Duration {
	return c.Allowed / 100 * time.Duration(s.Amount)
}

// passedBefore reports whether the share of a step had passed before the round began.
func (s *Step) passedBefore(c *Clock, round time.Time) bool {
	return !round.IsZero() && s.Anchor == AtShare && running(c.Started, round, c.Times.pausing()) >= s.share(c)
}

// fill puts the figures into the sentence, times in the location of now.
func (s *Step) fill(now time.Time, c *Clock) lang.Text {
	return lang.Text{DE: fillIn(s.Text.DE, now, c, lang.DE), EN: fillIn(s.Text.EN, now, c, lang.EN)}
}

func fillIn(text string, now time.Time, c *Clock, l lang.Lang) string {
	if !strings.Contains(text, "{") {
		return text
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return "–"
		}
		return moment(t, now).In(l)
	}
	rule := c.Duty.Rule
	if rule == "" {
		rule = "–"
	}
	return strings.NewReplacer(
		"{level}", c.Duty.Level.Text().In(l), "{rule}", rule,
		"{left}", lang.Duration(max(c.Left, 0), l), "{over}", lang.Duration(max(-c.Left, 0), l),
		"{deadline}", at(c.Deadline), "{known}", at(c.Times.Known), "{asked}", at(c.Times.Asked),
		"{lapsed}", at(c.Lapsed), "{review}", at(c.Review),
	).Replace(text)
}
