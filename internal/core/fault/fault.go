// Package fault is what goes wrong, said to people: a code that programs can act on, a sentence in
// both languages, what mends it, and the private cause that stays in the log.
package fault

import (
	"errors"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Code classes a fault. Codes are API: exit codes and HTTP statuses are derived from them.
type Code string

// The codes. What has none is Internal.
const (
	Invalid     Code = "invalid"     // the input is wrong; Places says where
	NotFound    Code = "not_found"   // no such thing
	Refused     Code = "refused"     // the policy or the contract says no; Rule says which rule
	Conflict    Code = "conflict"    // the state has changed or does not allow it
	Forbidden   Code = "forbidden"   // not signed in, or not allowed
	Unavailable Code = "unavailable" // something needed does not answer; trying later may help
	Internal    Code = "internal"    // our own fault
)

// Place is where in an input something is wrong.
type Place struct {
	File    string    `json:"file,omitempty"`
	Line    int       `json:"line,omitempty"`
	Column  int       `json:"column,omitempty"`
	Field   string    `json:"field,omitempty"`
	Problem lang.Text `json:"problem"`
}

// Error is a fault with its words.
type Error struct {
	Code   Code      `json:"code"`
	Text   lang.Text `json:"text"`           // what happened
	Mend   lang.Text `json:"mend"`           // what helps; may be empty
	Rule   string    `json:"rule,omitempty"` // for Refused: the rule that says so
	Places []Place   `json:"places,omitempty"`
	Cause  error     `json:"-"` // for the log, never for the reader
}

// Error is the English sentence with the cause, for logs.
func (e *Error) Error() string {
	s := e.Text.EN
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault.
func New(code Code, text, mend lang.Text) *Error {
	return &Error{Code: code, Text: text, Mend: mend}
}

// Missing is the fault for a thing that is not there.
func Missing(kindDE, kindEN, name string) *Error {
	return &Error{
		Code: NotFound,
		Text: lang.Textf("%[1]s „%[3]s“ gibt es nicht.", "There is no %[2]s \"%[3]s\".", kindDE, kindEN, name),
	}
}

// CodeOf returns the code of the first fault in the chain, Internal when there is none: also for a
// fault without a code, and for a nil *Error that became an error.
func CodeOf(err error) Code {
	var f *Error
	if errors.As(err, &f) && f != nil && f.Code != "" {
		return f.Code
	}
	return Internal
}
