package webtest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Messages are an order that came by mail, and a question that waits for somebody.
func (b *Backend) Messages(context.Context) ([]board.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return nil, b.Fail
	}
	question := board.Message{ID: "m-77", Message: intake.Message{Channel: intake.ChannelMail, Sender: intake.Sender{Address: "huber@alpenrad.example"}, Subject: "shop2 langsam", Text: "Guten Morgen, liegt es am Update?"},
		Outcome: intake.Outcome{Kind: intake.KindNothing, Reasons: []intake.Reason{{Text: lang.T("Die Nachricht bittet um eine Auskunft und enthält keinen Auftrag.", "The message asks for information and holds no order.")}}},
		Desk:    lang.T("Die Nachricht bittet um eine Auskunft und enthält keinen Auftrag.", "The message asks for information and holds no order."), Kept: b.Now.Add(-time.Hour), DoneBy: b.settled}
	if b.settled != "" {
		question.Done = b.Now
	}
	order := board.Message{ID: "m-76", Message: intake.Message{Channel: intake.ChannelMail, Sender: intake.Sender{Address: "huber@alpenrad.example"}, Subject: "Updates shop2", Text: "bitte installieren Sie auf shop2 die anstehenden Sicherheitsupdates."},
		Outcome: intake.Outcome{Kind: intake.KindOrder, Reply: lang.T("Danke, der Auftrag ist eingetragen.", "Thank you, the order is entered.")}, Orders: []string{"A-2026-0117"}, Kept: b.Now.Add(-22 * time.Hour)}
	return []board.Message{question, order}, nil
}

// SettleMessage notes who has dealt with the question.
func (b *Backend) SettleMessage(ctx context.Context, id, by string) (board.Message, error) {
	switch {
	case id != "m-77":
		return board.Message{}, fault.Missing("Die Nachricht", "message", id)
	case by == "":
		return board.Message{}, fault.New(fault.Invalid, lang.T("Es fehlt, wer sich darum gekümmert hat.", "It does not say who has dealt with it."), lang.Text{})
	}
	b.mu.Lock()
	b.settled = by
	b.mu.Unlock()
	list, err := b.Messages(ctx)
	return list[0], err
}

// Calendar is the calendar of the demo: a nightly window, the runs that are planned, and a freeze.
func (b *Backend) Calendar(_ context.Context, first time.Time, days int) (board.Calendar, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return board.Calendar{}, b.Fail
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return board.Calendar{}, err
	}
	if first.IsZero() {
		first = b.Now.In(zone)
	}
	out := board.Calendar{Now: b.Now, Zone: "Europe/Berlin"}
	start := wall.DayOf(b.Now.In(zone)).Add(5)
	closed, err := freeze.Check(freeze.Freeze{ID: "s-12", Scope: freeze.Scope{Customer: "alpenrad"}, From: start.At(0, 0), To: start.Add(3).At(0, 0), Zone: "Europe/Berlin",
		Reason: "Winterschlussverkauf", SetBy: "Maria Huber", SetAt: b.Now, May: []freeze.Authority{freeze.Contact}}, time.LoadLocation)
	if err != nil {
		return out, err
	}
	f := board.Freeze{Freeze: closed.Freeze(), Text: closed.Text(), Sentence: closed.Text()}
	all := freeze.Holding([]freeze.Closed{closed}, freeze.Work{Customer: "alpenrad"}, window.Interval{From: b.Now, To: b.Now.AddDate(0, 1, 0)})
	for _, h := range all {
		f.Ahead = append(f.Ahead, h.Interval)
	}
	out.Freezes = []board.Freeze{f}
	for i := range days {
		from := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, zone)
		d := board.CalendarDay{Day: from.Format(time.DateOnly), From: from, To: from.AddDate(0, 0, 1)}
		d.Windows = []board.CalendarEntry{{Name: "nachts", At: window.Interval{From: from.Add(5 * time.Hour), To: from.Add(7 * time.Hour)}, Zone: "Europe/Berlin", Systems: 7}}
		d.Frozen = freeze.Holding([]freeze.Closed{closed}, freeze.Work{Customer: "alpenrad"}, window.Interval{From: d.From, To: d.To})
		for _, r := range b.runs {
			if r.Stage == board.Planned && r.Slot.From.Before(d.To) && r.Slot.To.After(d.From) {
				d.Runs = append(d.Runs, r.RunRow)
			}
		}
		out.Days = append(out.Days, d)
	}
	out.From = out.Days[0].From
	return out, nil
}
