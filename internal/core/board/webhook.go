package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Webhook is a subscription to what happens, and how its deliveries stand.
type Webhook struct {
	Name          string    `json:"name"`
	Host          string    `json:"host"` // where to, without the path
	Events        []string  `json:"events"`
	Total         int       `json:"total"`
	Waiting       int       `json:"waiting"`
	Failed        int       `json:"failed"` // given up
	LastDelivered time.Time `json:"last_delivered,omitzero"`
}

// DeskState is whether a help desk is read, and what of it is believed.
type DeskState struct {
	Name       string `json:"name,omitempty"`     // as tickets are named by it; empty: none is set up
	Trusted    string `json:"trusted,omitempty"`  // the mail server whose findings about senders count; empty: none
	Signatures bool   `json:"signatures"`         // mails that the desk keeps whole are verified here
	Accounts   int    `json:"accounts"`           // accounts of the desk that are good as a contact's signature
	Hook       bool   `json:"hook"`               // the desk tells at once that a ticket has changed
	EveryMS    int64  `json:"every_ms,omitempty"` // between two looks otherwise
	Begun      bool   `json:"begun"`              // the desk has been read at least once
}

// HookDelivery is an event on its way to a subscriber.
type HookDelivery struct {
	ID        string    `json:"id"` // the same at each try
	Webhook   string    `json:"webhook"`
	Event     string    `json:"event"`
	About     string    `json:"about"` // run, order, message or system
	Queued    time.Time `json:"queued"`
	Tries     int       `json:"tries"`
	Status    int       `json:"status,omitempty"` // HTTP status of the last answer
	LastTry   time.Time `json:"last_try,omitzero"`
	Delivered time.Time `json:"delivered,omitzero"`
	Failed    time.Time `json:"failed,omitzero"`
	Reason    lang.Text `json:"reason,omitzero"` // why the last try failed
}
