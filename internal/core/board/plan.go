package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// PlanResult is the result of planning: what was planned (or would be), what moved for it, and why not the rest.
type PlanResult struct {
	Preview   bool         `json:"preview"`
	Slots     []Slot       `json:"slots"`
	Moved     []Moved      `json:"moved,omitempty"` // runs that were planned before and have another slot now
	Gone      []NotPlanned `json:"gone,omitempty"`  // runs that were planned before and have none any more
	Not       []NotPlanned `json:"not"`
	Refused   []Waiting    `json:"refused"`
	Unchanged int          `json:"unchanged"` // runs that were planned before and stay where they are
}

// Slot is one planned run: it begins in the interval, and must be able to end in it.
type Slot struct {
	System   string          `json:"system"`
	Run      string          `json:"run"`
	At       window.Interval `json:"at"`
	Estimate time.Duration   `json:"estimate"`
	Reason   lang.Text       `json:"reason"`
}

// NotPlanned is a system without a slot, and why.
type NotPlanned struct {
	System string    `json:"system"`
	Run    string    `json:"run"`
	Code   string    `json:"code"` // docs/planning.md; and held_back, no_date
	Reason lang.Text `json:"reason"`
}

// Moved is a planned run that has another slot.
type Moved struct {
	System string          `json:"system"`
	Run    string          `json:"run"`
	Before window.Interval `json:"before"`
	After  window.Interval `json:"after"`
	Code   string          `json:"code"`
	Reason lang.Text       `json:"reason"`
}

// PlanDiff is what planning now would change against what is planned.
type PlanDiff struct {
	Added     []Slot       `json:"added"`
	Moved     []Moved      `json:"moved"`
	Removed   []NotPlanned `json:"removed"`
	Not       []NotPlanned `json:"not"` // due and permitted, and not planned
	Unchanged int          `json:"unchanged"`
	Text      lang.Text    `json:"text"` // in numbers
}
