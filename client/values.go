package client

import (
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/simulation"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// What the server says, in the types of the server itself, under names that programs outside of this
// module can write.
type (
	// Today is the start page: what needs whom.
	Today = board.Today
	// Waiting is a system with due changes that lack a mandate.
	Waiting = board.Waiting
	// SystemRow is one system in a list.
	SystemRow = board.SystemRow
	// System is one system whole.
	System = board.System
	// DueRow is one due change with its decision.
	DueRow = board.DueRow
	// Question asks whose job something is.
	Question = board.Question
	// PolicyInfo names a policy version.
	PolicyInfo = board.PolicyInfo
	// PublishedVersion is a published policy version whole.
	PublishedVersion = board.PublishedVersion
	// Published is what came of publishing a document.
	Published = board.Published
	// Simulation is what a version would change.
	Simulation = simulation.Report
	// Explanation answers whose job something is.
	Explanation = board.Explanation
	// OrderRequest places a customer's order.
	OrderRequest = board.OrderRequest
	// OrderReceipt is what came of an order.
	OrderReceipt = board.OrderReceipt
	// OrderRow is an order, and how far it has come.
	OrderRow = board.OrderRow
	// WorkOrder is a run's signed work order, for whoever may countersign it.
	WorkOrder = board.WorkOrder
	// CountersignRequest is a second operator's signature.
	CountersignRequest = board.CountersignRequest
	// WithdrawalRequest takes an order back.
	WithdrawalRequest = board.WithdrawalRequest
	// OrderState is how far an order has come.
	OrderState = mandate.OrderState
	// PlanResult is what was planned, and why not the rest.
	PlanResult = board.PlanResult
	// RunFilter narrows a list of runs.
	RunFilter = board.RunFilter
	// RunRow is one run in a list.
	RunRow = board.RunRow
	// Run is one run whole.
	Run = board.Run
	// Progress is what changed in a run.
	Progress = board.Progress
	// Applied is what applying an estate changed.
	Applied = board.Applied
	// Enrolment is a one-time token for one host.
	Enrolment = board.Enrolment
	// RecordCheck is the result of verifying the record.
	RecordCheck = board.RecordCheck
	// Event is one numbered thing that happened in a run.
	Event = run.Event
	// Step is one part of a run.
	Step = run.Step
	// Outcome is how a run ended.
	Outcome = verdict.Outcome
	// Stage is where a run is.
	Stage = board.Stage
	// Scope is the class of changes an order covers.
	Scope = estate.Scope
	// Text is a statement in both languages.
	Text = lang.Text
	// Error is every error of this package.
	Error = fault.Error
	// Place is where in an input something is wrong.
	Place = fault.Place
	// Code classes an error.
	Code = fault.Code
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

	OrderAccepted  = mandate.Accepted
	OrderScheduled = mandate.Scheduled
	OrderRunning   = mandate.Running
	OrderDone      = mandate.Done
	OrderPutBack   = mandate.PutBack
	OrderUnsettled = mandate.Unsettled
	OrderWithdrawn = mandate.Withdrawn
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
