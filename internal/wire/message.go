package wire

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
)

// Paths of the agent's side of the server. All but PathEnrol demand a client certificate.
const (
	PathEnrol    = "/agent/v1/enrol"
	PathPoll     = "/agent/v1/poll"
	PathFacts    = "/agent/v1/facts"
	PathEvents   = "/agent/v1/events"
	PathRefusals = "/agent/v1/refusals"
)

// EnrolRequest asks for a client certificate. The token is good once.
type EnrolRequest struct {
	Version int    `json:"version"`
	System  string `json:"system"` // the name the token was issued for
	Token   string `json:"token"`
	Request []byte `json:"request"` // PKCS #10 certificate request, DER; the private key never leaves the host
}

// EnrolResponse is all that an agent has to know of its server.
type EnrolResponse struct {
	System      string    `json:"system"`
	Certificate []byte    `json:"certificate"` // client certificate, DER
	Authority   []byte    `json:"authority"`   // certificate of the server's authority, DER
	OrderKey    []byte    `json:"order_key"`   // Ed25519 public key that signs work orders: pinned from now on
	Expires     time.Time `json:"expires"`
}

// PollRequest tells the server how things stand and waits for something to do.
type PollRequest struct {
	Version   int       `json:"version"`
	Agent     string    `json:"agent"`     // build of the agent
	Now       time.Time `json:"now"`       // the host's clock
	Facts     string    `json:"facts"`     // hash of the current facts; empty before the first look
	Observed  time.Time `json:"observed"`  // when the facts were looked at
	Refreshed string    `json:"refreshed"` // ID of the last refresh that was carried out
	Order     string    `json:"order"`     // the order under way; empty when idle
	Wait      int       `json:"wait"`      // seconds to wait at most
}

// MaxWait bounds a long poll, in seconds.
const MaxWait = 50

// PollResponse is what to do. All fields empty: poll again.
type PollResponse struct {
	SendFacts bool    `json:"send_facts,omitempty"` // the server does not know the facts of that hash
	Refresh   string  `json:"refresh,omitempty"`    // refresh the package indices, look again, poll with this ID
	Order     *Signed `json:"order,omitempty"`
	Pending   bool    `json:"pending,omitempty"` // whether more may come soon; hint only
}

// FactsReport carries the facts; sent only when the server asked for them.
type FactsReport struct {
	Hash     string     `json:"hash"`
	Observed time.Time  `json:"observed"`
	Facts    fact.Facts `json:"facts"`
}

// EventsReport carries events of one order, in sequence. Sending them twice is harmless.
type EventsReport struct {
	Order  string      `json:"order"`
	Events []run.Event `json:"events"`
}

// EventsReceipt says up to which sequence number the server has the events, durably.
type EventsReceipt struct {
	Seq int64 `json:"seq"`
}

// Refusal reports a signed document that the host did not accept: forged, foreign, expired, replayed,
// or against its own policy.
type Refusal struct {
	Digest string    `json:"digest"` // SHA-256 of the document
	Order  string    `json:"order"`  // its ID, when the signature was good
	Code   string    `json:"code"`   // signature, form, system, time, clock, replay, host_policy, second_key, journal
	Detail string    `json:"detail"`
	At     time.Time `json:"at"`
}

// Bounds of messages, in bytes after decompression, and of lists.
const (
	MaxFacts  = 16 << 20
	MaxReport = 4 << 20
	MaxEvents = 500
)

// Problem is the body of every error status.
type Problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}
