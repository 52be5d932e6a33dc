package web

import "github.com/patchwart/patchwart/internal/core/lang"

// rootWords are the words about who can become root, and about configuration that waits to be merged.
var rootWords = struct {
	Drift, DriftLead, Title, Lead, New, Known, Gone, File, By, Reason, Accept, AcceptLead, Accepted, Never, Unwatched lang.Text
	Account, Group, Sudoers, Key, Unread                                                                              lang.Text
	Merge, MergeLead, MergeHow, Waits, InUse, Offered, NoDiff                                                         lang.Text
	Ways, Files                                                                                                       plural
}{
	Drift:      lang.T("Jemand ist root geworden", "Somebody has become root"),
	DriftLead:  lang.T("Dort wird nichts geändert, bis jemand das geklärt hat (MH1-02).", "Nothing is changed there until somebody has settled it (MH1-02)."),
	Title:      lang.T("Wer root werden kann", "Who can become root"),
	Lead:       lang.T("Die Betriebsverantwortung gilt nur, solange der Kunde kein root hat (MH1-02, MH2-13). Was hier neu ist, hält jeden Lauf an, bevor sein Auftrag unterschrieben wird.", "Responsibility for operation holds only while the customer does not have root (MH1-02, MH2-13). What is new here stops every run before its order is signed."),
	New:        lang.T("neu", "new"),
	Known:      lang.T("bestätigt", "accepted"),
	Gone:       lang.T("entfallen", "gone"),
	File:       lang.T("Datei", "File"),
	By:         lang.T("Wer das bestätigt", "Who accepts it"),
	Reason:     lang.T("Warum das so sein soll", "Why it is meant to be so"),
	Accept:     lang.T("Bestätigen", "Accept"),
	AcceptLead: lang.T("Nur für Zugänge des Providers. Hat der Kunde root bekommen, gehört das in den Bestand (admin_access).", "For the provider's own access only. If the customer has been given root, the estate has to say so (admin_access)."),
	Accepted:   lang.T("Bestätigt von %[1]s: %[2]s", "Accepted by %[1]s: %[2]s"),
	Never:      lang.T("Der Host hat noch nicht gemeldet, wer root werden kann.", "The host has not reported yet who can become root."),
	Unwatched:  lang.T("Auf diesem System ist der Provider nicht der Einzige mit root. Darum hält Neues hier nichts an.", "On this system the provider is not the only one with root. So nothing new here stops anything."),
	Account:    lang.T("Konto", "account"),
	Group:      lang.T("Gruppe", "group"),
	Sudoers:    lang.T("sudo-Regel", "sudo rule"),
	Key:        lang.T("SSH-Schlüssel", "SSH key"),
	Unread:     lang.T("nicht lesbar", "not readable"),

	Merge:     lang.T("Konfiguration zusammenführen", "Merge configuration"),
	MergeLead: lang.T("Pakete brachten neue Fassungen von Dateien, die hier geändert sind. In Gebrauch blieb die geänderte.", "Packages brought new versions of files that are changed here. The changed one stayed in use."),
	Waits:     lang.T("wartet", "waits"),
	MergeHow:  lang.T("Erledigt ist es, wenn die neue Fassung auf dem Host eingearbeitet und weggeräumt ist.", "It is done when the new version has been worked in and removed on the host."),
	InUse:     lang.T("In Gebrauch", "In use"),
	Offered:   lang.T("Neue Fassung", "New version"),
	NoDiff:    lang.T("Nicht jeder auf dem Host darf diese Dateien lesen; der Unterschied bleibt dort.", "Not everybody on the host may read these files; the difference stays there."),

	Ways: plural{
		lang.T("%[1]s neuer Weg zu root", "%[1]s new way to root"),
		lang.T("%[1]s neue Wege zu root", "%[1]s new ways to root"),
	},
	Files: plural{
		lang.T("%[1]s Datei wartet", "%[1]s file waits"),
		lang.T("%[1]s Dateien warten", "%[1]s files wait"),
	},
}
