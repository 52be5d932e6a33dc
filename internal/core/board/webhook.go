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
