package web

import "github.com/patchwart/patchwart/internal/core/lang"

// enrolWords are the words of the page with the enrolment command.
var enrolWords = struct {
	Title, Lead, Once, Run, Server, Expires, Authority, After lang.Text
}{
	Title:     lang.T("Host aufnehmen", "Enrol a host"),
	Lead:      lang.T("%[1]s aufnehmen", "Enrol %[1]s"),
	Once:      lang.T("Der Befehl wird nur jetzt gezeigt und gilt einmal.", "The command is shown only now and is good once."),
	Run:       lang.T("Führen Sie ihn als root auf dem Host aus:", "Run it as root on the host:"),
	Server:    lang.T("Server", "Server"),
	Expires:   lang.T("Gilt bis", "Good until"),
	Authority: lang.T("Fingerabdruck der Zertifizierungsstelle (SHA-256)", "Fingerprint of the authority (SHA-256)"),
	After:     lang.T("Der Agent prüft beim ersten Kontakt diesen Fingerabdruck. Danach meldet sich der Host von selbst und erscheint mit seinem Bericht auf seiner Seite.", "On first contact the agent checks this fingerprint. After that the host reports by itself and shows up with its report on its page."),
}
