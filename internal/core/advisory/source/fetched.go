package source

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
)

// Validators are what a publisher said about the publication in force: by them it tells whether there is a
// newer one (RFC 9110 section 8.8).
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Fetched is what came of a look at a source.
type Fetched struct {
	Text       []byte // as published; nil when nothing is new
	Validators Validators
	From       string // the address or file that answered
}

// Unchanged reports whether the publisher says that nothing is new.
func (f Fetched) Unchanged() bool { return f.Text == nil }

// BusyError is the error of a publisher who asks to be left alone for a while.
type BusyError struct {
	Fault     *fault.Error // in words
	NotBefore time.Time    // zero: it does not say until when
}

// Error is the error in words, and Unwrap leads to it.
func (b *BusyError) Error() string { return b.Fault.Error() }
func (b *BusyError) Unwrap() error { return b.Fault }
