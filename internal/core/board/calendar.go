package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Calendar is when changes are made, and when not, over some days.
type Calendar struct {
	Now     time.Time     `json:"now"`
	From    time.Time     `json:"from"` // begin of the first local day
	Zone    string        `json:"zone"` // IANA name of the zone that the days are of
	Days    []CalendarDay `json:"days"`
	Freezes []Freeze      `json:"freezes"` // those in force first
}

// CalendarDay is one local day.
type CalendarDay struct {
	Day     string          `json:"day"` // 2026-11-28
	From    time.Time       `json:"from"`
	To      time.Time       `json:"to"`
	Windows []CalendarEntry `json:"windows"`
	Runs    []RunRow        `json:"runs"` // planned or under way, by their slots
	Frozen  []freeze.Hold   `json:"frozen"`
}

// CalendarEntry is one maintenance window on one day.
type CalendarEntry struct {
	Name    string          `json:"name"`
	At      window.Interval `json:"at"`
	Zone    string          `json:"zone"`
	Systems int             `json:"systems"` // how many systems have it
}
