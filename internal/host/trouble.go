package host

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/command"
)

// Codes of trouble. They are stable: programs and the record rely on them.
const (
	CodeTools        = "tools_missing"    // the host lacks a tool that a run needs
	CodeInterrupted  = "dpkg_interrupted" // an earlier change was never finished
	CodeLock         = "lock_timeout"     // another package manager works for longer than is waited
	CodeDisk         = "disk_full"        // not enough room
	CodeFacts        = "facts_changed"    // installed is not what the order was closed on
	CodeHeld         = "held"             // an ordered package is on hold
	CodePlan         = "plan_differs"     // apt would do something else than was ordered
	CodeGone         = "version_gone"     // the archive no longer offers an ordered version
	CodeRefresh      = "refresh_failed"   // a repository could not be refreshed
	CodeExpired      = "metadata_expired" // a repository's release file is past its date
	CodeSignature    = "signature"        // not signed, wrongly signed, or not what was signed
	CodeFetch        = "fetch_failed"     // a download failed
	CodeApply        = "apt_failed"       // the package manager gave up
	CodeHung         = "hung"             // the package manager did not end in time and was stopped
	CodeNotInstalled = "version_differs"  // the package manager ended well, and the version is another
	CodeFlush        = "flush_failed"     // what was written could not be flushed to disk
	CodeRestart      = "restart_failed"   // a service did not come back from its restart
	CodeSSH          = "ssh_lost"         // sshd no longer answers
	CodeReboot       = "reboot_failed"    // the host could not be told to reboot
	CodeStopped      = "stopped"          // the agent was told to stop
	CodeHost         = "host_error"       // the host could not be looked at
	CodeMeasure      = "measure_refused"  // a measure against a hole cannot be carried out here
	CodeMeasureApply = "measure_failed"   // carrying out a measure failed
	CodeConversion   = "data_migration"   // the update would convert data that nothing brings back
)

// sentences say each code to people. %[1]s is what it is about, where the sentence names it.
var sentences = map[string]lang.Text{
	CodeTools:        lang.T("Auf dem System fehlt, was ein Lauf braucht: %[1]s.", "The system lacks what a run needs: %[1]s."),
	CodeInterrupted:  lang.T("Eine frühere Änderung wurde nie abgeschlossen: %[1]s. Bitte zuerst in Ordnung bringen (dpkg --configure -a).", "An earlier change was never finished: %[1]s. Please mend that first (dpkg --configure -a)."),
	CodeLock:         lang.T("Eine andere Paketverwaltung arbeitet noch: %[1]s.", "Another package manager is still at work: %[1]s."),
	CodeDisk:         lang.T("Der Platz reicht nicht: %[1]s.", "There is not enough room: %[1]s."),
	CodeFacts:        lang.T("Installiert ist etwas anderes, als dem Auftrag zugrunde lag: %[1]s.", "What is installed is not what the order was based on: %[1]s."),
	CodeHeld:         lang.T("Zurückgehalten (hold) und deshalb nicht angefasst: %[1]s.", "On hold and therefore not touched: %[1]s."),
	CodePlan:         lang.T("Die Paketverwaltung würde etwas anderes tun als beauftragt: %[1]s.", "The package manager would do something else than was ordered: %[1]s."),
	CodeGone:         lang.T("Das Archiv bietet die beauftragte Version nicht mehr an: %[1]s.", "The archive no longer offers the ordered version: %[1]s."),
	CodeRefresh:      lang.T("Nicht alle Paketlisten konnten aufgefrischt werden: %[1]s.", "Not all package lists could be refreshed: %[1]s."),
	CodeExpired:      lang.T("Eine Paketquelle ist abgelaufen: %[1]s.", "A package repository has expired: %[1]s."),
	CodeSignature:    lang.T("Eine Signatur oder Prüfsumme stimmt nicht: %[1]s.", "A signature or checksum is wrong: %[1]s."),
	CodeFetch:        lang.T("Ein Paket ließ sich nicht herunterladen: %[1]s.", "A package could not be downloaded: %[1]s."),
	CodeApply:        lang.T("Die Paketverwaltung hat abgebrochen: %[1]s.", "The package manager gave up: %[1]s."),
	CodeHung:         lang.T("Die Paketverwaltung wurde nicht rechtzeitig fertig und ist angehalten: %[1]s.", "The package manager did not end in time and was stopped: %[1]s."),
	CodeNotInstalled: lang.T("Nach der Installation ist nicht die beauftragte Version da: %[1]s.", "After the installation the ordered version is not there: %[1]s."),
	CodeFlush:        lang.T("Das Geschriebene ließ sich nicht auf den Datenträger sichern: %[1]s.", "What was written could not be flushed to disk: %[1]s."),
	CodeRestart:      lang.T("Nach dem Neustart läuft nicht mehr: %[1]s.", "No longer runs after its restart: %[1]s."),
	CodeSSH:          lang.T("Der SSH-Dienst antwortet nicht mehr: %[1]s.", "The SSH service no longer answers: %[1]s."),
	CodeReboot:       lang.T("Der Neustart des Hosts ließ sich nicht anordnen: %[1]s.", "The reboot of the host could not be ordered: %[1]s."),
	CodeStopped:      lang.T("Der Agent wurde angehalten: %[1]s.", "The agent was stopped: %[1]s."),
	CodeMeasure:      lang.T("Die Maßnahme lässt sich hier nicht ausführen: %[1]s.", "The measure cannot be carried out here: %[1]s."),
	CodeMeasureApply: lang.T("Die Maßnahme ist misslungen: %[1]s.", "The measure failed: %[1]s."),
	CodeConversion:   lang.T("Die Aktualisierung hätte keinen Rückweg: %[1]s.", "The update would have no way back: %[1]s."),
	CodeHost:         lang.T("Das System ließ sich nicht untersuchen: %[1]s.", "The system could not be examined: %[1]s."),
}

// Trouble is why something did not go well.
//
//nolint:errname // it is an answer with sentences for people first, and an error besides
type Trouble struct {
	Code   string    // one of the codes above
	Text   lang.Text // the same for people, naming what it is about
	Detail string    // what the tool said, at most run.MaxDetail bytes
}

// Error gives the code and the English sentence; the detail may be long and is not part of it.
func (t *Trouble) Error() string { return t.Code + ": " + t.Text.EN }

// trouble makes a Trouble. What stands in its sentence; detail is cut at its end, where tools say why.
func trouble(code string, what lang.Text, detail string) *Trouble {
	s, ok := sentences[code]
	if !ok {
		s, code = sentences[CodeHost], CodeHost
	}
	what = lang.T(brief(what.DE), brief(what.EN))
	return &Trouble{Code: code, Text: lang.Textf(s.DE, s.EN, what), Detail: last(detail, run.MaxDetail)}
}

// same is a subject that both languages name alike: packages, paths, a tool's own words.
func same(what string) lang.Text { return lang.T(what, what) }

const maxSubject = 700 // a conversion names its data, and what would be a dump of it

func brief(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), ".:")
	if len(s) > maxSubject {
		return strings.ToValidUTF8(s[:maxSubject], "") + " …"
	}
	return s
}

func last(s string, limit int) string {
	if len(s) > limit {
		s = s[len(s)-limit:]
	}
	return strings.ToValidUTF8(s, "")
}

// list names a few and counts the rest.
func list(names []string) lang.Text {
	const shown = 8
	if len(names) <= shown {
		return same(strings.Join(names, ", "))
	}
	head, rest := strings.Join(names[:shown], ", "), len(names)-shown
	return lang.Textf("%[1]s und %[2]d weitere", "%[1]s and %[2]d more", head, rest)
}

// fromError translates an error of a tool that has no story of its own.
func fromError(code string, err error, detail string) *Trouble {
	var exit *command.ExitError
	switch {
	case errors.Is(err, command.ErrMissing):
		code = CodeTools
	case errors.Is(err, context.Canceled):
		code = CodeStopped
	case errors.As(err, &exit) && detail == "":
		detail = exit.Tail
	}
	return trouble(code, same(fmt.Sprint(err)), detail)
}

// kinds maps what apt complains about; other is the code for all the rest.
func fromComplaints(output string, other string, err error) *Trouble {
	lines, kind := apt.Complaints(output)
	code := other
	switch kind {
	case apt.KindLock:
		code = CodeLock
	case apt.KindSpace:
		code = CodeDisk
	case apt.KindSignature:
		code = CodeSignature
	case apt.KindExpired:
		code = CodeExpired
	case apt.KindGone:
		if other == CodeFetch {
			code = CodeGone
		}
	}
	if len(lines) == 0 {
		return fromError(other, err, last(output, run.MaxDetail))
	}
	return trouble(code, same(gravest(lines, kind)), strings.Join(lines, "\n"))
}

// gravest is the complaint that gave the kind.
func gravest(lines []string, kind apt.Kind) string {
	for _, l := range lines {
		if _, k := apt.Complaints(l); k == kind {
			return strings.TrimPrefix(strings.TrimPrefix(l, "E: "), "W: ")
		}
	}
	return lines[0]
}
