package apitest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Messages are one order and one message that waits for people.
func (b *Backend) Messages(context.Context) ([]board.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	vague := board.Message{ID: "m-2", Message: intake.Message{Channel: intake.ChannelMail, ID: "2@kunde.example", Sender: intake.Sender{Address: "anna@kunde.example"}, Subject: "Frage", Text: "Gibt es Updates?"},
		Outcome: intake.Outcome{Kind: intake.KindNothing}, Desk: lang.T("Die Nachricht bittet um eine Auskunft.", "The message asks for information."), Kept: Now, DoneBy: b.settled}
	if b.settled != "" {
		vague.Done = Now.Add(time.Hour)
	}
	return []board.Message{vague, {ID: "m-1", Message: intake.Message{Channel: intake.ChannelMail, ID: "1@kunde.example", Sender: intake.Sender{Address: "anna@kunde.example"}, Subject: "Updates", Text: "Bitte auf db1 die Sicherheitsupdates einspielen."},
		Outcome: intake.Outcome{Kind: intake.KindOrder}, Orders: []string{"o-1"}, Kept: Now}}, nil
}

// SettleMessage notes who has dealt with the second.
func (b *Backend) SettleMessage(ctx context.Context, id, by string) (board.Message, error) {
	if id != "m-2" {
		return board.Message{}, fault.Missing("Die Nachricht", "message", id)
	}
	b.mu.Lock()
	b.settled = by
	b.mu.Unlock()
	list, err := b.Messages(ctx)
	return list[0], err
}

// Letters is one confirmation.
func (b *Backend) Letters(context.Context) ([]board.Letter, error) {
	return []board.Letter{{ID: "reply-m-1", To: "anna@kunde.example", Subject: "Re: Updates", Text: "Danke.", Queued: Now, Tries: 1, Sent: Now}}, nil
}
