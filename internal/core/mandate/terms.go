package mandate

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Terms are what an order is limited to, what has to be agreed for it, and how it was closed without a run.
type Terms struct {
	// Packages limits the order to these source or binary packages; empty: all of its scope.
	Packages []string `json:"packages,omitempty"`
	// Change is a version upgrade or a migration. No verb of the agent's carries one out: such an order is a
	// task for people, and no run ever rests on it (MH1-11, C3).
	Change *VersionChange `json:"change,omitempty"`
	// NotBefore is the earliest time that the customer wishes; zero: the next window (MH1-05).
	NotBefore time.Time `json:"not_before,omitzero"`
	// Price is what has to be agreed about the price; nil where nothing has to be (MH2-11).
	Price *Price `json:"price,omitempty"`
	// Appointment is the ID of an appointment that is still to be agreed (MH1-06); empty: none.
	Appointment string `json:"appointment,omitempty"`
	// Closed says how the order ended without a run.
	Closed *Closed `json:"closed,omitempty"`
}

// packageName is what Debian allows as a package's name.
var packageName = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]{1,127}$`)

// PackageName reports whether a text can name a package.
func PackageName(s string) bool { return packageName.MatchString(s) }

// IsZero reports whether there are no terms.
func (t Terms) IsZero() bool {
	return len(t.Packages) == 0 && t.Change == nil && t.NotBefore.IsZero() && t.Price == nil && t.Appointment == "" && t.Closed == nil
}

// VersionChange is a change from one version to another.
type VersionChange struct {
	Class    policy.ChangeClass `json:"class"` // version_upgrade, os_migration
	Software string             `json:"software"`
	From     string             `json:"from,omitempty"`
	To       string             `json:"to"`
}

// Text is the change in words.
func (v VersionChange) Text() lang.Text {
	kind := lang.T("Versionswechsel", "version upgrade")
	if v.Class == policy.ChangeClassOSMigration {
		kind = lang.T("Umzug", "migration")
	}
	if v.From == "" {
		return lang.Textf("%[1]s: %[2]s auf %[3]s", "%[1]s: %[2]s to %[3]s", kind, v.Software, v.To)
	}
	return lang.Textf("%[1]s: %[2]s von %[3]s auf %[4]s", "%[1]s: %[2]s from %[3]s to %[4]s", kind, v.Software, v.From, v.To)
}

// Price is a price that has to be agreed: by which rule, what was offered, and what the customer said to it.
type Price struct {
	Rule    string    `json:"rule"`             // the rule that demands the agreement
	Amount  string    `json:"amount,omitempty"` // as offered, in words: "180 € netto"; empty: not offered yet
	By      string    `json:"by,omitempty"`     // who offered it
	Offered time.Time `json:"offered,omitzero"`
	Until   time.Time `json:"until,omitzero"` // silence until then lets the order expire
	Answer  *Answer   `json:"answer,omitempty"`
}

// Answer is what a contact said, verbatim.
type Answer struct {
	Yes     bool      `json:"yes"`
	Contact string    `json:"contact"` // contact ID; needs the authority to consent
	Channel string    `json:"channel"`
	Text    string    `json:"text"`
	SHA256  string    `json:"sha256"` // of the text
	At      time.Time `json:"at"`
}

// NewAnswer keeps what was said, with its hash.
func NewAnswer(yes bool, contact, channel, text string, at time.Time) *Answer {
	sum := sha256.Sum256([]byte(text))
	return &Answer{Yes: yes, Contact: contact, Channel: channel, Text: text, SHA256: hex.EncodeToString(sum[:]), At: at}
}

// Closed says how an order ended without a run: refused, expired, or done by hand.
type Closed struct {
	State  OrderState `json:"state"`
	By     string     `json:"by,omitempty"` // empty: by time
	Reason lang.Text  `json:"reason"`
	At     time.Time  `json:"at"`
}

// Awaited is something that has to be agreed before an order can be carried out.
type Awaited string

// What can be awaited.
const (
	AwaitsOffer       Awaited = "offer"       // the price has to be named by us
	AwaitsConsent     Awaited = "consent"     // the customer has to agree to the price (MH2-11)
	AwaitsAppointment Awaited = "appointment" // both sides have to agree to a time (MH1-06)
)

// Text says what is awaited, and from whom.
func (a Awaited) Text() lang.Text {
	switch a {
	case AwaitsOffer:
		return lang.T("Der Preis muss vorher vereinbart werden; wir müssen ihn noch nennen.", "The price has to be agreed beforehand; we have yet to name it.")
	case AwaitsConsent:
		return lang.T("Wartet auf die Zustimmung des Kunden zum Preis.", "Waits for the customer to agree to the price.")
	case AwaitsAppointment:
	}
	return lang.T("Wartet auf einen Termin, dem beide Seiten zustimmen.", "Waits for an appointment that both sides agree to.")
}

// Awaits lists what is still to be agreed.
func (o Order) Awaits() (list []Awaited) {
	switch p := o.Terms.Price; {
	case p == nil || p.Answer != nil && p.Answer.Yes:
	case p.Amount == "":
		list = append(list, AwaitsOffer)
	default:
		list = append(list, AwaitsConsent)
	}
	if o.Terms.Appointment != "" {
		list = append(list, AwaitsAppointment)
	}
	return list
}

// Names reports whether the order is about that package: every package, unless it names some. Both the binary
// and the source package count, so that "openssl" is all that is built from it.
func (o Order) Names(f finding.Finding) bool {
	return len(o.Terms.Packages) == 0 || slices.Contains(o.Terms.Packages, f.Package) || slices.Contains(o.Terms.Packages, f.Source)
}

// agreed says why an order does not carry a change yet although it covers it; a zero text means that it does.
// An order that was limited, closed, asked back or priced without consent carries nothing (MH2-09, MH2-11).
func (o Order) agreed(customer estate.Customer, d policy.Decision, at time.Time) lang.Text {
	if o.Terms.Closed != nil {
		return o.Terms.Closed.Reason
	}
	if list := o.Awaits(); len(list) > 0 {
		return lang.Textf("Auftrag %[1]s: %[2]s", "Order %[1]s: %[2]s", o.ID, list[0].Text())
	}
	if at.Before(o.Terms.NotBefore) {
		return lang.Textf("Auftrag %[1]s soll erst ab %[2]s ausgeführt werden.", "Order %[1]s is to be carried out from %[2]s on.", o.ID,
			lang.T(lang.DateTime(o.Terms.NotBefore, lang.DE), lang.DateTime(o.Terms.NotBefore, lang.EN)))
	}
	if o.Terms.Price != nil {
		contact, known := customer.Contact(o.Terms.Price.Answer.Contact)
		if !known || !contact.May(estate.AuthorityConsent) {
			return lang.Textf("Auftrag %[1]s: Wer dem Preis zugestimmt hat, darf das nicht mehr.", "Order %[1]s: who agreed to the price may no longer do so.", o.ID)
		}
		return lang.Text{}
	}
	if d.Charge == policy.ChargeQuote {
		return lang.Textf("Auftrag %[1]s: Der Preis muss vorher vereinbart werden; vereinbart ist keiner.", "Order %[1]s: the price has to be agreed beforehand, and none is.", o.ID)
	}
	return lang.Text{}
}
