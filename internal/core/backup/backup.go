// Package backup decides whether a host's backup (Datensicherung) is good enough to change the host: not
// older than agreed, and checked not longer ago than agreed. What is not known is not good enough.
package backup

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Demand is what a contract, or the host itself, demands before packages are changed. The zero value demands
// nothing.
type Demand struct {
	MaxAgeHours        int `json:"max_age_hours,omitempty"`         // of the newest backup; 0 = its age does not matter
	VerifiedMaxAgeDays int `json:"verified_max_age_days,omitempty"` // since it was last checked that it can be read; 0 = need not be checked
}

// Limits of a demand.
const (
	MaxHours = 24 * 31
	MaxDays  = 366
)

// Zero says that nothing is demanded.
func (d Demand) Zero() bool { return d == Demand{} }

// Valid reports whether the demand is within its limits.
func (d Demand) Valid() bool {
	return d.MaxAgeHours >= 0 && d.MaxAgeHours <= MaxHours && d.VerifiedMaxAgeDays >= 0 && d.VerifiedMaxAgeDays <= MaxDays
}

// Strictest joins two demands: both hold.
func Strictest(a, b Demand) Demand {
	return Demand{MaxAgeHours: stricter(a.MaxAgeHours, b.MaxAgeHours), VerifiedMaxAgeDays: stricter(a.VerifiedMaxAgeDays, b.VerifiedMaxAgeDays)}
}

func stricter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// Tool is what makes a host's backups.
type Tool string

// The tools whose backups can be looked at.
const (
	Restic Tool = "restic"
	Borg   Tool = "borg"
	File   Tool = "file" // some other tool, which notes the time of its last success in a file
)

// Tools lists them.
var Tools = []Tool{Restic, Borg, File}

// Source is where a host's backup is to be found, as its administrator declared it.
type Source struct {
	Tool         Tool
	Repository   string // restic, borg
	PasswordFile string // restic, borg: the only place the password comes from
	Host         string // restic: whose snapshots count; empty = any in the repository
	Path         string // file: holds the time of the last success
	VerifiedPath string // holds the time of the last good check; restic, borg: empty = the agent lets the tool check
	Demand       Demand // what the host itself demands
}

// Seen is what was found out about a backup.
type Seen struct {
	Tool     Tool
	Latest   time.Time // when the newest backup was made; zero = there is none
	Verified time.Time // when it was last found readable; zero = never, as far as is known
}

// Codes of what is wrong with a backup.
const (
	CodeUndeclared = "backup_undeclared" // demanded, and the host does not say where it is
	CodeMissing    = "backup_missing"    // there is none
	CodeStale      = "backup_stale"      // too old
	CodeUnverified = "backup_unverified" // not checked, or too long ago
	CodeTool       = "backup_tool"       // the tool is not installed
	CodeUnreadable = "backup_unreadable" // it could not be looked at
	CodeDamaged    = "backup_damaged"    // it was checked, and is not whole
)

// Fault is what is wrong, with what would mend it.
type Fault struct {
	Code string
	Text lang.Text
	Mend lang.Text
}

// skew is how far two clocks may be apart.
const skew = 5 * time.Minute

// Judge holds what was seen against what is demanded; nil means that it is good enough.
func Judge(d Demand, s Seen, now time.Time) *Fault {
	if d.Zero() {
		return nil
	}
	mend := lang.T("Bitte jetzt sichern und den Lauf neu planen.", "Please make a backup now, and plan the run anew.")
	age := now.Sub(s.Latest)
	switch {
	case s.Latest.IsZero():
		return &Fault{CodeMissing, lang.T("Es gibt noch keine Sicherung.", "There is no backup yet."), mend}
	case age < -skew:
		return &Fault{CodeStale, lang.T("Die jüngste Sicherung trägt ein Datum in der Zukunft.", "The newest backup bears a date in the future."),
			lang.T("Bitte die Uhren des Hosts und des Sicherungsziels prüfen.", "Please check the clocks of the host and of the place of the backups.")}
	case d.MaxAgeHours > 0 && age > time.Duration(d.MaxAgeHours)*time.Hour:
		return &Fault{CodeStale, lang.Textf(
			"Die jüngste Sicherung ist %[1]d Stunden alt, vereinbart sind höchstens %[2]d.",
			"The newest backup is %[1]d hours old, at most %[2]d are agreed.", int(age.Hours()), d.MaxAgeHours), mend}
	}
	if d.VerifiedMaxAgeDays == 0 {
		return nil
	}
	check := lang.T("Bitte die Sicherung prüfen (restic check, borg check) und den Lauf neu planen.", "Please check the backup (restic check, borg check), and plan the run anew.")
	since := now.Sub(s.Verified)
	switch {
	case s.Verified.IsZero():
		return &Fault{CodeUnverified, lang.T("Dass die Sicherung lesbar ist, wurde nie geprüft.", "It was never checked that the backup can be read."), check}
	case since < -skew:
		return &Fault{CodeUnverified, lang.T("Die letzte Prüfung der Sicherung trägt ein Datum in der Zukunft.", "The last check of the backup bears a date in the future."), check}
	case since > time.Duration(d.VerifiedMaxAgeDays)*24*time.Hour:
		return &Fault{CodeUnverified, lang.Textf(
			"Die Sicherung wurde zuletzt vor %[1]d Tagen geprüft, vereinbart sind höchstens %[2]d.",
			"The backup was last checked %[1]d days ago, at most %[2]d are agreed.", int(since.Hours()/24), d.VerifiedMaxAgeDays), check}
	}
	return nil
}
