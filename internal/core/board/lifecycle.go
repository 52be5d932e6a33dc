package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// Life is how a system stands in its life: until when its operating system is looked after, who was told, who
// confirmed it, and how far the move to a newer generation is.
type Life struct {
	System     string                 `json:"system"`
	Customer   string                 `json:"customer"`
	Standing   lifecycle.Standing     `json:"standing"`
	Stated     string                 `json:"stated,omitempty"` // what a person stated about the support; it counts
	Middleware []lifecycle.Middleware `json:"middleware"`
	Less       []LessSupport          `json:"less"` // packages that get less than the release
	Told       []Told                 `json:"told"` // newest first
	Receipt    *Receipt               `json:"receipt,omitempty"`
	Move       lifecycle.Move         `json:"move"`
	Moves      []MoveNote             `json:"moves"`  // newest first
	Paused     bool                   `json:"paused"` // the duty to update pauses (IT-37)
	Zone       string                 `json:"zone"`
}

// LessSupport is a source package that gets less support than its release.
type LessSupport struct {
	Source  string            `json:"source"`
	Support lifecycle.Support `json:"support"`
}

// Receipt is the word of somebody who knows that a system is at its end (IT-37).
type Receipt struct {
	System  string    `json:"system"`
	By      string    `json:"by"`      // who confirmed it
	Channel string    `json:"channel"` // where: a ticket, a mail
	At      time.Time `json:"at"`
	End     time.Time `json:"end"`  // the end that was confirmed
	Text    lang.Text `json:"text"` // what was confirmed, verbatim
}

// MoveNote is one step of a move (IT-38).
type MoveNote struct {
	System string         `json:"system"`
	State  lifecycle.Move `json:"state"`
	By     string         `json:"by"`
	Note   string         `json:"note,omitempty"`
	At     time.Time      `json:"at"`
}
