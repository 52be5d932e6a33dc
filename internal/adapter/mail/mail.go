// Package mail reads mail by IMAP and sends it by SMTP.
//
// Whoever writes a mail is a stranger: what arrives is bounded in every direction before it is read, no
// attachment is opened, nothing is fetched, and what cannot be read in one way only is refused. Whether the
// sender is who the mail says is judged from what the receiving server found and from the signatures; what the
// sender may order is not decided here.
//
// Reading delivers at least once. Whoever takes messages keeps the cursor of the last one in the same
// transaction and tells two copies of one message by Message.Key.
package mail

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Address is a mailbox of somebody. The domain is in lower case and ASCII (RFC 5891) where that is possible.
type Address struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address"`
}

// Attachment is what is known about an attachment without opening it.
type Attachment struct {
	Name string `json:"name,omitempty"` // without folders; may be empty
	Type string `json:"type"`           // what the sender calls it
	Size int64  `json:"size"`           // bytes, without transfer encoding
}

// Message is a mail as it was read.
type Message struct {
	MessageID   string       `json:"message_id,omitempty"`  // without angle brackets; empty if there is none that can be used
	InReplyTo   string       `json:"in_reply_to,omitempty"` // the first, without angle brackets
	References  []string     `json:"references,omitempty"`  // the last maxReferences
	From        Address      `json:"from"`
	ReplyTo     []Address    `json:"reply_to,omitempty"`
	To          []Address    `json:"to,omitempty"`
	Cc          []Address    `json:"cc,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	Date        time.Time    `json:"date,omitzero"` // as the sender says; zero if it says nothing that can be read
	Text        string       `json:"text,omitempty"`
	FromHTML    bool         `json:"from_html,omitempty"` // the mail had no plain text; Text was made from its HTML
	Cut         bool         `json:"cut,omitempty"`       // Text is not whole: the mail was too large, broken or wrongly encoded
	Attachments []Attachment `json:"attachments,omitempty"`
	Auth        Auth         `json:"auth"`
	Auto        Auto         `json:"auto"`
	Digest      string       `json:"digest"` // SHA-256, hex, of From, Date, Subject and Text: the same for two copies of one mail. If it was refused: of all its bytes
}

// Key tells messages apart, for whoever must not take one twice. Two different mails under one Message-ID have
// one key and two digests: the second is a mistake or a trick, and not to be taken for the first.
func (m Message) Key() string {
	if m.MessageID != "" {
		return "<" + m.MessageID + ">"
	}
	return "sha256:" + m.Digest
}

// Result is the outcome of one check of a sender (RFC 8601).
type Result string

// The results that make a difference. Others are kept as they were said.
const (
	Pass      Result = "pass"
	Fail      Result = "fail"
	None      Result = "none"
	TempError Result = "temperror" // could not be checked; another time perhaps
	PermError Result = "permerror" // cannot be checked
)

// Signature is one DKIM signature (RFC 6376).
type Signature struct {
	Domain string `json:"domain"` // d=
	Result Result `json:"result"`
	// Loose: the subject, or an address for replies that is there, is not signed and may be anybody's.
	Loose  bool   `json:"loose,omitempty"`
	Reason string `json:"reason,omitempty"` // of the check, in English, for the log
}

// Checked is a check of a domain by the receiving server.
type Checked struct {
	Result Result `json:"result,omitempty"`
	Domain string `json:"domain,omitempty"`
}

// Auth is what is known about where a mail comes from.
type Auth struct {
	Server string      `json:"server,omitempty"` // authserv-id of the trusted server, if it said anything
	Said   []Signature `json:"said,omitempty"`   // signatures as that server found them
	SPF    Checked     `json:"spf,omitzero"`     // as that server found it, of the envelope's sender
	DMARC  Checked     `json:"dmarc,omitzero"`   // as that server found it
	Own    []Signature `json:"own,omitempty"`    // signatures as found here
}

// Auto says that no person wrote a mail, and what a server reports about one that was sent.
type Auto struct {
	Submitted  string    `json:"submitted,omitempty"`   // RFC 3834: auto-generated, auto-replied, …; empty for "no"
	NullSender bool      `json:"null_sender,omitempty"` // the envelope has no sender: never to be answered
	Bulk       bool      `json:"bulk,omitempty"`        // a list, or a precedence that nobody answers
	Failures   []Failure `json:"failures,omitempty"`    // what could not be delivered
}

// Automatic reports whether a program wrote the mail. It must not be answered.
func (a Auto) Automatic() bool {
	return a.Submitted != "" || a.NullSender || a.Bulk || len(a.Failures) > 0
}

// Failure is one recipient that a mail did not reach, or not yet (RFC 3464).
type Failure struct {
	Recipient  string `json:"recipient"`
	Action     string `json:"action"`               // failed, delayed, …
	Status     string `json:"status,omitempty"`     // 5.1.1
	Diagnostic string `json:"diagnostic,omitempty"` // what the server said, in its words
	MessageID  string `json:"message_id,omitempty"` // of the mail that was sent, without angle brackets
}

// Permanent reports that trying again does not help.
func (f Failure) Permanent() bool { return f.Action == "failed" }

// Cursor is a place in a mailbox. Its zero value is before the first message.
type Cursor struct {
	Validity uint32 `json:"validity"` // UIDVALIDITY: when it changes, the mailbox is another one and read from its start
	UID      uint32 `json:"uid"`      // of the last message that was taken
}

// Received is a message and its place. One that had to be refused has its reason and what could be read of it:
// it has been dealt with when it is accepted, like any other.
type Received struct {
	At      Cursor    `json:"at"`
	Arrived time.Time `json:"arrived,omitzero"` // when the server took it
	Message Message   `json:"message"`
	Refused lang.Text `json:"refused,omitzero"`
}
