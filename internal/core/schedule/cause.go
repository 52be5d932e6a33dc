package schedule

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Code names a cause. Codes are stable: other programs may tell them apart.
type Code string

// What keeps a change from being planned. Those from Frozen on may also make it late.
const (
	Busy        Code = "busy"
	NoDuration  Code = "no_duration"
	Cycle       Code = "cycle"
	AfterUnmade Code = "after_not_planned"
	AfterNobody Code = "after_unknown"
	NoWindow    Code = "no_window"
	TooLong     Code = "window_too_short"
	Beyond      Code = "beyond_horizon"
	Frozen      Code = "frozen"
	SystemTaken Code = "system_taken"
	GroupBusy   Code = "group_busy"
	PoolFull    Code = "pool_full"
)

// What makes a change late and never keeps it from being planned.
const (
	Passed     Code = "deadline_passed"
	LateStart  Code = "not_before"
	LateAfter  Code = "after_ends_late"
	LateWindow Code = "window_too_late"
)

// Why a slot of an earlier plan was not kept. A slot is also lost for what keeps a change from being planned.
const (
	NotBegun      Code = "not_begun"
	WindowChanged Code = "window_changed"
	FreezeAdded   Code = "freeze_added"
	DurationGrew  Code = "duration_grew"
	StartMoved    Code = "not_before_moved"
	AfterMoved    Code = "after_moved"
	SystemMoved   Code = "system_moved"
	GroupMoved    Code = "group_moved"
	PoolShrunk    Code = "pool_shrunk"
	MadeRoom      Code = "made_room"
	CameFree      Code = "came_free"
	NotDue        Code = "not_due"
)

// Codes lists all codes: what keeps from being planned, what makes late, what moves.
func Codes() (unplanned, late, moved []Code) {
	return []Code{Busy, NoDuration, Cycle, AfterUnmade, AfterNobody, NoWindow, TooLong, Beyond, Frozen, SystemTaken, GroupBusy, PoolFull},
		[]Code{Passed, LateStart, LateAfter, LateWindow, Frozen, SystemTaken, GroupBusy, PoolFull},
		[]Code{NotBegun, WindowChanged, FreezeAdded, DurationGrew, StartMoved, AfterMoved, SystemMoved, GroupMoved, PoolShrunk, MadeRoom, CameFree, NotDue}
}

// Cause is why something is as it is: a code with what it is about.
type Cause struct {
	Code  Code          `json:"code"`
	Name  string        `json:"name,omitempty"`  // of the change, freeze, group or pool that stood in the way
	Scope Scope         `json:"scope,omitempty"` // of the freeze
	Note  string        `json:"note,omitempty"`  // the reason of the freeze
	Until time.Time     `json:"until,omitzero"`  // end of the freeze, of the other change, of the horizon; the deadline; the moment of not before
	Need  time.Duration `json:"need,omitempty"`  // the high duration of the change
}

// Text is the cause as a sentence; the zero cause has none.
func (c Cause) Text() lang.Text {
	if say, ok := sentences[c.Code]; ok {
		return say(c)
	}
	return lang.Text{}
}
