package client

import (
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// What the server says. The types are those of the server itself, under names that programs outside
// of this module can write.
type (
	Today        = board.Today
	Waiting      = board.Waiting
	SystemRow    = board.SystemRow
	System       = board.System
	DueRow       = board.DueRow
	Explanation  = board.Explanation
	OrderRequest = board.OrderRequest
	OrderReceipt = board.OrderReceipt
	PlanResult   = board.PlanResult
	RunFilter    = board.RunFilter
	RunRow       = board.RunRow
	Run          = board.Run
	Progress     = board.Progress
	Applied      = board.Applied
	Enrolment    = board.Enrolment
	RecordCheck  = board.RecordCheck
	Event        = run.Event
	Step         = run.Step
	Outcome      = verdict.Outcome
	Stage        = board.Stage
	Scope        = estate.Scope
	Text         = lang.Text
	Error        = fault.Error
	Place        = fault.Place
	Code         = fault.Code
)

// The codes of errors.
const (
	CodeInvalid     = fault.Invalid
	CodeNotFound    = fault.NotFound
	CodeRefused     = fault.Refused
	CodeConflict    = fault.Conflict
	CodeForbidden   = fault.Forbidden
	CodeUnavailable = fault.Unavailable
	CodeInternal    = fault.Internal
)

// The stages of a run.
const (
	StagePlanned = board.Planned
	StageAsked   = board.Asked
	StageOrdered = board.Ordered
	StageRunning = board.Running
	StageOver    = board.Over
)

// The outcomes of a run. Only OutcomeSucceeded is success.
const (
	OutcomeSucceeded     = verdict.Succeeded
	OutcomeNotEffective  = verdict.NotEffective
	OutcomePartial       = verdict.Partial
	OutcomeBlocked       = verdict.Blocked
	OutcomeDeferred      = verdict.Deferred
	OutcomeRestored      = verdict.Restored
	OutcomeRestoreFailed = verdict.RestoreFailed
	OutcomeUnknown       = verdict.Unknown
)

// The scopes of an order.
const (
	ScopeSecurity = estate.ScopeSecurity
	ScopeUpdates  = estate.ScopeUpdates
)

// CodeOf returns the code of an error, CodeInternal for one that has none.
func CodeOf(err error) Code { return fault.CodeOf(err) }
