package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Freeze is a change freeze as people see it.
type Freeze struct {
	freeze.Freeze
	EndedBy  string            `json:"ended_by,omitempty"`
	EndedAt  time.Time         `json:"ended_at,omitzero"`
	Text     lang.Text         `json:"text"`     // in words
	Now      bool              `json:"now"`      // it is in the way of something at this moment
	Over     bool              `json:"over"`     // ended, or its time is past
	Ahead    []window.Interval `json:"ahead"`    // when it holds in the next year, at most 100 stretches
	Moved    []string          `json:"moved"`    // runs that were moved because of it, when it was set just now
	Sentence lang.Text         `json:"sentence"` // how it stands
}

// FreezeOverride lets work pass in a freeze.
type FreezeOverride struct {
	freeze.Override
	Freeze string `json:"freeze"`
}
