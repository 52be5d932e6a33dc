// Package board is what people are shown: values put together from the nouns, in the order of
// attention – what needs a person, what runs, what comes next, what is fine. The HTTP API sends these
// values as JSON, the console renders them; neither computes anything of its own.
package board

import (
	"cmp"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Stage is where a run is, seen from the server.
type Stage string

// The stages of a run.
const (
	Planned Stage = "planned" // has a slot, which has not come yet
	Asked   Stage = "asked"   // the slot has come; the host was asked to refresh and report
	Ordered Stage = "ordered" // the work order is closed and signed, the host has not begun
	Running Stage = "running" // the host has begun
	Over    Stage = "over"    // ended; Outcome says how
)

// RunRow is one run in a list.
type RunRow struct {
	ID       string          `json:"id"`
	System   string          `json:"system"`
	Customer string          `json:"customer"` // name
	Stage    Stage           `json:"stage"`
	Step     run.Step        `json:"step,omitempty"`    // while running
	Outcome  verdict.Outcome `json:"outcome,omitempty"` // when over
	Sentence lang.Text       `json:"sentence"`          // what happened, or what happens, in one line
	Ground   string          `json:"ground"`            // kind and ID of what allowed it
	Packages int             `json:"packages"`
	Slot     window.Interval `json:"slot"`
	Zone     string          `json:"zone"` // IANA name of the zone to show times in
	Created  time.Time       `json:"created"`
	Began    time.Time       `json:"began,omitzero"`
	EndedAt  time.Time       `json:"ended_at,omitzero"`
	// Measure is the mitigation that the run puts in place, or with Lift takes back; empty: it is about packages.
	Measure string `json:"measure,omitempty"`
	Lift    bool   `json:"lift,omitempty"`
}

// Run is one run whole.
type Run struct {
	RunRow
	State     run.State            `json:"state"`
	Events    []run.Event          `json:"events"` // without live text lines
	Lines     []run.Event          `json:"lines"`  // live text, the newest MaxLines
	Grounds   []mandate.Ground     `json:"grounds"`
	Changes   []mandate.Change     `json:"changes"` // as ordered; as previewed before that
	Preview   []mandate.Change     `json:"preview"` // as seen when it was planned
	LeftOut   []mandate.Refusal    `json:"left_out"`
	Policy    string               `json:"policy"`
	Mandate   string               `json:"mandate"`    // digest
	WorkOrder string               `json:"work_order"` // digest of the signed document
	NotBefore time.Time            `json:"not_before,omitzero"`
	NotAfter  time.Time            `json:"not_after,omitzero"`
	Usual     map[run.Step]int64   `json:"usual"` // the middle of how long the step took before on this host, milliseconds
	Times     map[run.Step]Usually `json:"times"` // the same with its spread
	Whole     Usually              `json:"whole"` // how long a whole run took before on this host
}

// MaxLines bounds the live text that one Run carries.
const MaxLines = 400

// Waiting is a system with due changes that lack a mandate, grouped by the reason.
type Waiting struct {
	System   string    `json:"system"`
	Customer string    `json:"customer"`
	Rule     string    `json:"rule"` // governing rule
	Text     lang.Text `json:"text"`
	Ask      lang.Text `json:"ask"`
	Due      int       `json:"due"`      // changes
	Security int       `json:"security"` // of them security updates
	CanOrder bool      `json:"can_order"`
}

// Today is the start page: what needs whom.
type Today struct {
	Now     time.Time  `json:"now"`
	Clocks  []ClockRow `json:"clocks"`  // critical holes that are open, the most pressing first
	Feeds   []Feed     `json:"feeds"`   // feeds that need a person: stale, or their last publication was refused
	Desk    int        `json:"desk"`    // customers' messages that somebody has to deal with
	Needs   []RunRow   `json:"needs"`   // failed, restored, blocked, not effective, unknown: newest first, loudest first
	Drift   []Drift    `json:"drift"`   // systems on which somebody has become root whom nobody has accepted
	Overdue []Overdue  `json:"overdue"` // dates of standing orders that went by with nothing done
	Waiting []Waiting  `json:"waiting"` // due, but not permitted yet
	Merge   []Merge    `json:"merge"`   // systems on which files of configuration wait to be merged
	Silent  []Silent   `json:"silent"`  // hosts that should report and do not
	Running []RunRow   `json:"running"`
	Next    []RunRow   `json:"next"`  // planned
	Done    []RunRow   `json:"done"`  // succeeded in the last 24 hours
	Fine    []string   `json:"fine"`  // systems with nothing due
	Yours   []string   `json:"yours"` // systems whose updates are the customer's job
	Total   int        `json:"total"`
}

// Silent is a host that was enrolled, or should be, and does not report.
type Silent struct {
	System   string    `json:"system"`
	Customer string    `json:"customer"`
	Enrolled bool      `json:"enrolled"`
	Last     time.Time `json:"last,omitzero"`
}

// SystemRow is one system in a list.
type SystemRow struct {
	Name     string              `json:"name"`
	Customer string              `json:"customer"`
	Model    policy.ServiceModel `json:"model"`
	Package  policy.Package      `json:"package"`
	Policy   string              `json:"policy"`
	OS       string              `json:"os,omitempty"`
	Enrolled bool                `json:"enrolled"`
	Seen     time.Time           `json:"seen,omitzero"`
	Due      int                 `json:"due"`
	Security int                 `json:"security"`
	Held     int                 `json:"held"`
	Critical int                 `json:"critical"` // critical holes that are open
	Answer   lang.Text           `json:"answer"`   // whose job security updates of the OS are
	Last     *RunRow             `json:"last,omitempty"`
	Next     *RunRow             `json:"next,omitempty"`
}

// DueRow is one due change with its decision.
type DueRow struct {
	System   string          `json:"system"`
	Finding  finding.Finding `json:"finding"`
	Decision policy.Decision `json:"decision"`
	Allowed  bool            `json:"allowed"`          // a mandate for it exists now
	Ground   *mandate.Ground `json:"ground,omitempty"` // when allowed
	Rule     string          `json:"rule"`             // governing rule
	Why      lang.Text       `json:"why"`              // the reason line
	Ask      lang.Text       `json:"ask"`              // what would change it
}

// System is one system whole.
type System struct {
	SystemRow
	Held      estate.Held     `json:"held_data"`
	Facts     *fact.Facts     `json:"facts,omitempty"`
	FactsHash string          `json:"facts_hash,omitempty"`
	Observed  time.Time       `json:"observed,omitzero"`
	DueList   []DueRow        `json:"due_list"`
	Job       policy.Decision `json:"job"` // for security updates of the OS from standard repositories
	Orders    []mandate.Order `json:"orders"`
	Slot      *Slot           `json:"slot,omitempty"` // next window, were a run planned now
	NoSlot    lang.Text       `json:"no_slot"`
	Runs      []RunRow        `json:"runs"`
	Clocks    []ClockRow      `json:"clocks"`  // critical holes: open ones, and those closed lately
	Notices   []Told          `json:"notices"` // who was told what about them, newest first
	Root      RootAccess      `json:"root"`    // who can become root there
}

// Explanation answers "whose job is this?" for a system, and for one package of it if one is named.
type Explanation struct {
	System   string          `json:"system"`
	Package  string          `json:"package,omitempty"`
	Answer   lang.Text       `json:"answer"`
	Allowed  bool            `json:"allowed"`
	Why      lang.Text       `json:"why"`
	Ask      lang.Text       `json:"ask"`
	Rule     string          `json:"rule"`
	Decision policy.Decision `json:"decision"`
	Facets   policy.Facets   `json:"facets"`
	Policy   PolicyInfo      `json:"policy"`
	At       time.Time       `json:"at"`

	Day      string            `json:"day,omitempty"`      // the day asked about, when it was
	KnownAt  string            `json:"known_at,omitempty"` // the day by which things were recorded, when it was asked for
	Beside   []Beside          `json:"beside,omitempty"`   // what other versions of the policy say
	Inactive []policy.Inactive `json:"inactive,omitempty"` // parts of individual agreements that have no effect
}

// PolicyInfo names a policy version.
type PolicyInfo struct {
	ID         string    `json:"id"`
	Name       string    `json:"name,omitempty"`    // what all versions of it have in common
	Label      string    `json:"version,omitempty"` // "2"
	Title      string    `json:"title"`             // German
	Titles     lang.Text `json:"titles,omitzero"`
	Publisher  string    `json:"publisher,omitempty"`
	Source     string    `json:"source,omitempty"`
	SHA256     string    `json:"sha256"`
	From       string    `json:"valid_from,omitempty"` // "unknown" or a day
	To         string    `json:"valid_to,omitempty"`   // "unknown" or the last day
	Recorded   string    `json:"recorded_at,omitempty"`
	Supersedes string    `json:"supersedes,omitempty"`
}

// OrderRequest places a customer's order.
type OrderRequest struct {
	System   string       `json:"system"`
	Contact  string       `json:"contact"`
	Channel  string       `json:"channel"`
	Text     string       `json:"text"`
	Explicit bool         `json:"explicit"`
	Scope    estate.Scope `json:"scope"`
	// Mitigation says that it orders measures against holes instead of updates.
	Mitigation bool `json:"mitigation,omitempty"`
	// Reboot says that the system may be rebooted for it.
	Reboot bool `json:"reboot,omitempty"`
	// Packages limits it to these source or binary packages.
	Packages []string `json:"packages,omitempty"`
	// Change orders a version upgrade or a migration instead: a task for people, never a run.
	Change *mandate.VersionChange `json:"change,omitempty"`
	// Price is offered along with it, in words, and PricedBy by whom; the customer has to agree to it first.
	Price    string `json:"price,omitempty"`
	PricedBy string `json:"priced_by,omitempty"`
	// NotBefore is the earliest time that the customer wishes.
	NotBefore time.Time `json:"not_before,omitzero"`
}

// OrderPreview is what an order would do; nothing is kept of it.
type OrderPreview struct {
	Confirmation lang.Text              `json:"confirmation"` // as it would be confirmed: scope, price, what is not checked
	State        mandate.OrderState     `json:"state"`        // that it would have
	Awaits       []mandate.Awaited      `json:"awaits,omitempty"`
	Desk         lang.Text              `json:"desk,omitzero"` // what people would have to do
	Charge       policy.Charge          `json:"charge"`
	Rule         string                 `json:"rule"` // that decides the price
	Changes      []mandate.Change       `json:"changes"`
	LeftOut      []mandate.Refusal      `json:"left_out"`
	Slot         *Slot                  `json:"slot,omitempty"`
	NoSlot       lang.Text              `json:"no_slot,omitzero"`
	Zone         string                 `json:"zone,omitempty"`
	Change       *mandate.VersionChange `json:"change,omitempty"`
}

// PriceOffer names the price of an order, which the customer then has to agree to (MH2-11).
type PriceOffer struct {
	Order  string `json:"order"`
	Amount string `json:"amount"` // in words: "180 € netto"
	By     string `json:"by"`     // who offers it
}

// PriceAnswer is what a contact said to a price, verbatim.
type PriceAnswer struct {
	Order   string `json:"order"`
	Contact string `json:"contact"`
	Channel string `json:"channel"`
	Text    string `json:"text"`
	Yes     bool   `json:"yes"`
}

// OrderSettlement closes an order that no run carries out: done by hand, or refused.
type OrderSettlement struct {
	Order string `json:"order"`
	By    string `json:"by"`
	Note  string `json:"note"`
	Done  bool   `json:"done"`
}

// Appointment is a time for work outside of windows, and how far it is agreed.
type Appointment struct {
	appointment.Appointment
	CustomerName string            `json:"customer_name"`
	Names        map[string]string `json:"names,omitempty"` // of the customer's contacts who said something, by ID
	Zone         string            `json:"zone"`
	Sentence     lang.Text         `json:"sentence"`
}

// Speakers are the names of the customer's contacts who said something, by ID.
func Speakers(c estate.Customer, steps []appointment.Step) map[string]string {
	names := map[string]string{}
	for _, s := range steps {
		if contact, ok := c.Contact(s.By); ok && s.Side == appointment.Customer {
			names[s.By] = contact.Name
		}
	}
	return names
}

// Speaker is the name of who took the step; of a contact who is not in the estate any more, the ID.
func (a Appointment) Speaker(s appointment.Step) string { return cmp.Or(a.Names[s.By], s.By) }

// AppointmentEvent is what a side says about an appointment. Without an ID a proposal begins one.
type AppointmentEvent struct {
	ID     string `json:"id,omitempty"`
	System string `json:"system,omitempty"`
	Order  string `json:"order,omitempty"` // the order that waits for it from now on
	appointment.Event
}

// OrderRow is an order as people see it: who gave it, how far it has come, which run has it.
type OrderRow struct {
	mandate.Order
	CustomerName string             `json:"customer_name"`
	ContactName  string             `json:"contact_name"`
	SHA256       string             `json:"sha256"` // of the verbatim text
	State        mandate.OrderState `json:"state"`
	Run          string             `json:"run,omitempty"`  // planned on it, or using it
	Slot         window.Interval    `json:"slot,omitzero"`  // of that run
	Zone         string             `json:"zone,omitempty"` // IANA name of the zone to show it in
	Sentence     lang.Text          `json:"sentence"`       // how it stands
	Desk         lang.Text          `json:"desk,omitzero"`  // what the service desk has to do about it
}

// WithdrawalRequest takes an order back.
type WithdrawalRequest struct {
	Order   string `json:"order"`
	Contact string `json:"contact"`
	Channel string `json:"channel"`
	Text    string `json:"text"`
}

// OrderReceipt is what came of an order.
type OrderReceipt struct {
	Order        mandate.Order `json:"order"`
	Confirmation lang.Text     `json:"confirmation"` // names scope, charge, and that compatibility is not checked (MH2-15)
	Allowed      int           `json:"allowed"`      // due changes it permits now
	LeftOut      int           `json:"left_out"`
}

// Applied is what applying an estate document changed.
type Applied struct {
	Added     []string `json:"added"`
	Changed   []string `json:"changed"`
	Removed   []string `json:"removed"`
	Unchanged int      `json:"unchanged"`
}

// Enrolment is a one-time token for one host.
type Enrolment struct {
	System    string    `json:"system"`
	Token     string    `json:"token"`
	Expires   time.Time `json:"expires"`
	Server    string    `json:"server"`    // URL the agent connects to
	Authority string    `json:"authority"` // SHA-256 of the authority's certificate: pins the first contact
	Command   string    `json:"command"`   // what to run on the host
}

// RecordCheck is the result of verifying the record.
type RecordCheck struct {
	Size       int64     `json:"size"` // entries
	Root       string    `json:"root"` // root hash, hex
	Good       bool      `json:"good"`
	Broken     *Broken   `json:"broken,omitempty"`
	Checkpoint string    `json:"checkpoint,omitempty"` // signed note over size and root
	Text       lang.Text `json:"text"`

	Decisions Reevaluation `json:"decisions"` // made again from what they rested on
}

// Reevaluation is what came of deciding everything that is stored again.
type Reevaluation struct {
	Decisions int        `json:"decisions"`         // made again
	Differs   *Differing `json:"differs,omitempty"` // the first that comes out otherwise
}

// Differing is a stored decision that does not follow from what is stored of it.
type Differing struct {
	Where string    `json:"where"`
	Text  lang.Text `json:"text"`
}

// Broken is the first entry of the record that does not match.
type Broken struct {
	Index int64     `json:"index"`
	Kind  string    `json:"kind"`
	What  lang.Text `json:"what"`
}

// RunFilter narrows a list of runs. The zero filter lists the newest runs of all systems.
type RunFilter struct {
	System string `json:"system,omitempty"`
	Stage  Stage  `json:"stage,omitempty"`
	Limit  int    `json:"limit,omitempty"` // 0 = 100; at most 1000
}

// Progress is what changed in a run since a sequence number.
type Progress struct {
	Row    RunRow      `json:"row"`
	State  run.State   `json:"state"`
	Events []run.Event `json:"events"` // after the asked sequence number, live text included

	Times map[run.Step]Usually `json:"times"` // how long the steps took before on this host
	Whole Usually              `json:"whole"` // how long a whole run took before on this host
}
