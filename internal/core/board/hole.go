package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/exposure"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// ClockRow is one critical hole on one system: since when it is known, how much time is left, whose turn
// it is.
type ClockRow struct {
	System   string          `json:"system"`
	Customer string          `json:"customer"` // name
	CVE      string          `json:"cve"`
	Title    string          `json:"title,omitempty"`
	Source   string          `json:"source"`
	Version  string          `json:"version"`         // of the source package, when the clock was started
	Fixed    string          `json:"fixed,omitempty"` // empty: there is no fixed version yet
	Binaries []string        `json:"binaries"`
	Rating   severity.Rating `json:"rating"`
	Clock    clock.Clock     `json:"clock"`
	Now      time.Time       `json:"now"`
	Zone     string          `json:"zone"`
	Sentence lang.Text       `json:"sentence"` // how it stands, in one line
}

// Hole is everything about one CVE here: what publishers say, how it is rated, and which systems have it.
type Hole struct {
	Dossier     dossier.Dossier `json:"dossier"`
	Rating      severity.Rating `json:"rating"`
	Exposed     []Exposed       `json:"exposed"`    // systems that have it now
	Clocks      []ClockRow      `json:"clocks"`     // running and over
	Known       bool            `json:"known"`      // some feed says something about it
	Exceptions  []Exception     `json:"exceptions"` // about it, whether they hold or not
	Overrides   []Override      `json:"overrides"`
	Mitigations []Mitigation    `json:"mitigations"`
	Feeds       []Feed          `json:"feeds"` // what the answer rests on
}

// Exposed is a system that has a hole.
type Exposed struct {
	System   string `json:"system"`
	Customer string `json:"customer"`
	Source   string `json:"source"`
	Version  string `json:"version"`
	Fixed    string `json:"fixed,omitempty"`
}

// Exception is an accepted non-installation and how it stands.
type Exception struct {
	exception.Exception
	State    exception.State `json:"state"`
	Sentence lang.Text       `json:"sentence"`
}

// Mitigation is what is done about a hole on a system besides the update, and how it stands.
type Mitigation struct {
	mitigation.Mitigation
	Holds    bool      `json:"holds"`    // as the host reports it now, or before it ended
	Verified time.Time `json:"verified"` // since when the host has shown it; zero: it has not
	Over     bool      `json:"over"`     // ended or expired
	Text     lang.Text `json:"text"`     // what is done
	Sentence lang.Text `json:"sentence"` // how it stands
}

// Override is an operator's own rating of a hole.
type Override struct {
	ID string `json:"id"`
	severity.Override
	Holds bool `json:"holds"` // it has not lapsed
}

// OpenHole is a hole that a system has now, critical or not.
type OpenHole struct {
	CVE        string           `json:"cve"`
	Title      string           `json:"title,omitempty"`
	Source     string           `json:"source"`
	Version    string           `json:"version"`
	Fixed      string           `json:"fixed,omitempty"` // empty: there is no fixed version yet
	Pro        string           `json:"pro,omitempty"`   // fixed version that only subscribers of Ubuntu Pro get
	State      advisory.State   `json:"state"`
	Urgency    string           `json:"urgency,omitempty"` // Debian's or Ubuntu's word
	Advisories []string         `json:"advisories"`
	Binaries   []string         `json:"binaries"`
	Level      severity.Level   `json:"level"`
	Critical   severity.Answer  `json:"critical"` // in the sense of IT-33
	Rating     *severity.Rating `json:"rating,omitempty"`
	Since      time.Time        `json:"since,omitzero"` // when its clock was started
}

// OpenHoles are the holes of a system, the worst first.
type OpenHoles struct {
	System  string                 `json:"system"`
	Release string                 `json:"release"`
	Matched bool                   `json:"matched"` // false: nothing can be said, see Why
	Why     lang.Text              `json:"why,omitzero"`
	Counts  map[severity.Level]int `json:"counts"`
	Open    int                    `json:"open"` // how many could be critical as far as is known, without those that are
	Holes   []OpenHole             `json:"holes"`

	Applications []AppHole `json:"applications"` // in web applications: findings, never actions (IT-43)
	Partial      bool      `json:"partial"`      // not all of the applications could be looked at

	Lives []AppLife              `json:"lives"` // until when the makers of the applications look after them (IT-42)
	PHP   []lifecycle.Middleware `json:"php"`   // of the host, which they run on; empty without applications
}

// AppLife is until when a web application of a system is looked after by its makers.
type AppLife struct {
	application.Life
	Advice lang.Text `json:"advice"` // to its owner
}

// AppHole is a published hole in a web application of a system, or that nobody can tell.
type AppHole struct {
	Finding *application.Finding `json:"finding,omitempty"`
	Unclear *application.Unclear `json:"unclear,omitempty"`
	Found   application.Found    `json:"found"`
	Level   severity.Level       `json:"level"`
	Advice  lang.Text            `json:"advice"` // to its owner, with where to read on
}

// Exposure is how many critical holes were open over time, and how long they took.
type Exposure struct {
	From    time.Time         `json:"from"`
	To      time.Time         `json:"to"`
	Limit   time.Duration     `json:"limit"` // that Summary.Within counts by (IT-33)
	Series  []exposure.Bucket `json:"series"`
	Summary exposure.Summary  `json:"summary"`
}

// ExportForm is a form in which the software of a system and its holes are written for other tools.
type ExportForm string

// The forms.
const (
	ExportSBOM    ExportForm = "sbom"    // CycloneDX 1.6, JSON
	ExportVEX     ExportForm = "vex"     // CycloneDX 1.6 with vulnerabilities, JSON
	ExportOpenVEX ExportForm = "openvex" // OpenVEX 0.2.0
)

// AllExportForms lists the forms.
func AllExportForms() []ExportForm { return []ExportForm{ExportSBOM, ExportVEX, ExportOpenVEX} }

// Document is an export: what it is, what to call it, and its text.
type Document struct {
	Name string // of the file
	Type string // media type
	Text []byte
}

// Feed is how one source of advisories stands.
type Feed struct {
	Name      string    `json:"name"`
	Kind      string    `json:"kind,omitempty"`
	Origin    string    `json:"origin,omitempty"`
	Accepted  time.Time `json:"accepted,omitzero"`  // when the publication in force was accepted
	Tried     time.Time `json:"tried,omitzero"`     // last attempt
	Succeeded time.Time `json:"succeeded,omitzero"` // last attempt that went well
	SHA256    string    `json:"sha256,omitempty"`
	Edition   string    `json:"edition,omitempty"` // the publisher's own version
	Records   int64     `json:"records"`
	Skipped   int64     `json:"skipped"` // could not be read
	Stale     bool      `json:"stale"`   // too old to conclude from it that nothing is open
	Problem   lang.Text `json:"problem,omitzero"`
}

// Delivery is a publication handed to the server.
type Delivery struct {
	Feed   string `json:"feed"`
	Origin string `json:"origin"`           // where it came from: a file's name, a URL
	Reason string `json:"reason,omitempty"` // why it may replace a larger one; needed then
	Text   []byte `json:"-"`
}

// Delivered is what came of it.
type Delivered struct {
	Feed    Feed     `json:"feed"`
	Changed bool     `json:"changed"` // false: it is what was known already
	Skipped []string `json:"skipped"` // the first few records that could not be read, and why
	Started int      `json:"started"` // clocks that it started
}

// Told is one notice.
type Told struct {
	At        time.Time `json:"at"`
	System    string    `json:"system"`
	Kind      string    `json:"kind"`
	Recipient string    `json:"recipient"` // contact ID, or a role
	Text      lang.Text `json:"text"`
	CVE       string    `json:"cve,omitempty"`
	Source    string    `json:"source,omitempty"`
	Step      string    `json:"step,omitempty"`
}
