package intake

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Kind is what a message turned out to be.
type Kind string

// The kinds of outcomes. Only KindOrder can ever lead to a run.
const (
	KindOrder        Kind = "order"
	KindQuestion     Kind = "question"     // we have to ask back; nothing is scheduled (S8)
	KindUnauthorised Kind = "unauthorised" // not from somebody who may say so; nothing is scheduled (S2)
	KindRefusal      Kind = "refusal"      // the policy says no (S6)
	KindWithdrawal   Kind = "withdrawal"
	KindAnswer       Kind = "answer"  // to a question of ours: consent, refusal, another proposal
	KindNothing      Kind = "nothing" // no order; people look at it
)

// Outcome is what a message is, why, and what is answered. Exactly the part that Kind names is set; of Reply
// and NoReply exactly one.
type Outcome struct {
	Kind     Kind      `json:"kind"`
	Reasons  []Reason  `json:"reasons"`
	Reply    lang.Text `json:"reply,omitzero"`    // to the sender
	NoReply  lang.Text `json:"no_reply,omitzero"` // why there is none
	Desk     lang.Text `json:"desk,omitzero"`     // entry for the service desk, where a person has to look at it
	Language lang.Lang `json:"language,omitempty"`

	Order        *Order        `json:"order,omitempty"`
	Question     *Question     `json:"question,omitempty"`
	Unauthorised *Unauthorised `json:"unauthorised,omitempty"`
	Refusal      *Refusal      `json:"refusal,omitempty"`
	Withdrawal   *Withdrawal   `json:"withdrawal,omitempty"`
	Answer       *Answer       `json:"answer,omitempty"`
}

// Plain is the reply as it is sent: in the customer's language where it is known, else German and then English.
func (o Outcome) Plain() string {
	switch {
	case o.Reply.IsZero():
		return ""
	case o.Language != "":
		return o.Reply.In(o.Language)
	}
	return o.Reply.DE + "\n\n* * *\n\n" + o.Reply.EN
}

// Reason is one thing that decided.
type Reason struct {
	Rule string    `json:"rule,omitempty"` // MH2-20; empty where no rule says it
	Text lang.Text `json:"text"`
}

// Scope is what an order covers.
type Scope string

// The scopes. The first two are those of estate.Scope.
const (
	ScopeSecurity   Scope = "security_updates"
	ScopeUpdates    Scope = "updates"
	ScopePackages   Scope = "packages"
	ScopeUpgrade    Scope = "version_upgrade" // from one version of a middleware to another (MH1-11, C3)
	ScopeMigration  Scope = "migration"       // to another generation of the operating system
	ScopeMitigation Scope = "mitigation"      // a service stopped or a port closed, no update
)

// Wish is when the customer would like it.
type Wish string

// The wishes. Unstated means the next window (MH1-05).
const (
	WishUnstated Wish = ""
	WishSoon     Wish = "as_soon_as_possible"
	WishNext     Wish = "next_window"
	WishAt       Wish = "at"      // a stated time
	WishDay      Wish = "day"     // a stated day, in its window
	WishOutside  Wish = "outside" // outside of windows, at a time to be agreed (MH1-06)
)

// Draft is what was understood of an order, complete or not.
type Draft struct {
	Systems  []string           `json:"systems,omitempty"`
	Scope    Scope              `json:"scope,omitempty"`
	Class    policy.ChangeClass `json:"class,omitempty"` // what the policy is asked about
	Packages []string           `json:"packages,omitempty"`
	Software string             `json:"software,omitempty"` // what is upgraded or migrated to
	From     string             `json:"from,omitempty"`     // version
	To       string             `json:"to,omitempty"`       // version
	Measures []string           `json:"measures,omitempty"` // mitigation: "port 8080", "service redis"
	Explicit bool               `json:"explicit,omitempty"` // it asks in plain words (MH2-20)
	Asks     bool               `json:"asks,omitempty"`     // it asks for something to be done at all
	Wish     Wish               `json:"wish,omitempty"`
	At       time.Time          `json:"at,omitzero"` // for WishAt; for WishDay the day's first moment; in the window's zone
	Quotes   []Quote            `json:"quotes,omitempty"`
}

// Order is a complete order. Nothing in it was not said.
type Order struct {
	Draft
	Customer string `json:"customer"`
	Contact  string `json:"contact"`
	SHA256   string `json:"sha256"` // of the verbatim message
	// Awaits lists what must be agreed before it can be scheduled: the price, an appointment.
	Awaits    []AskedKind       `json:"awaits,omitempty"`
	Decisions []policy.Decision `json:"decisions"` // one for each system, in their order
}

// Unclear is what a question asks for.
type Unclear string

// What can be unclear.
const (
	UnclearSystem   Unclear = "system"
	UnclearScope    Unclear = "scope"
	UnclearVersions Unclear = "versions"
	UnclearWhen     Unclear = "when"
	UnclearWho      Unclear = "who"     // for which customer the sender speaks
	UnclearWhether  Unclear = "whether" // whether it is an order at all: a negation, a condition, no plain request
	UnclearOrder    Unclear = "order"   // which order is withdrawn
	UnclearAnswer   Unclear = "answer"  // whether it is a yes
	UnclearFact     Unclear = "fact"    // a fact that the policy needs
)

// Question is what has to be asked back, at most three things.
type Question struct {
	Customer string      `json:"customer,omitempty"`
	Contact  string      `json:"contact,omitempty"`
	Unclear  []Unclear   `json:"unclear"`
	Asks     []lang.Text `json:"asks"`
	Draft    Draft       `json:"draft,omitzero"` // what was understood so far
}

// Unauthorised says what happens about a message of somebody who may not order.
type Unauthorised struct {
	Notices []Notice `json:"notices,omitempty"`
}

// Notice tells a customer's authorised contacts about a message that was not acted on. It never goes to the
// message's sender as its reply.
type Notice struct {
	Customer string    `json:"customer"`
	Contacts []string  `json:"contacts"` // contact IDs, all with the authority to order
	Text     lang.Text `json:"text"`
}

// Refusal is the policy's no.
type Refusal struct {
	Systems  []string        `json:"systems"`
	Rule     string          `json:"rule"`
	Decision policy.Decision `json:"decision"`
	Draft    Draft           `json:"draft"`
}

// Withdrawal takes orders back.
type Withdrawal struct {
	Customer string   `json:"customer"`
	Contact  string   `json:"contact"`
	Orders   []string `json:"orders"`
	SHA256   string   `json:"sha256"`
	Quotes   []Quote  `json:"quotes"`
}

// Said is what an answer says.
type Said string

// The answers.
const (
	SaidYes   Said = "yes"
	SaidNo    Said = "no"
	SaidOther Said = "other" // another time is proposed
)

// Answer is a contact's answer to a question of ours.
type Answer struct {
	Asked    string    `json:"asked"` // ID of the question
	Kind     AskedKind `json:"kind"`
	Order    string    `json:"order,omitempty"`
	Said     Said      `json:"said"`
	At       time.Time `json:"at,omitzero"` // the time agreed or proposed
	Customer string    `json:"customer"`
	Contact  string    `json:"contact"`
	SHA256   string    `json:"sha256"`
	Quotes   []Quote   `json:"quotes"`
}
