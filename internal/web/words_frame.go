package web

import "github.com/patchwart/patchwart/internal/core/lang"

// frameWords are the words around every page, and those that many pages share.
var frameWords = struct {
	Skip, Nav, Today, Systems, Holes, Lifecycle, Runs, Explain, Policies, Record lang.Text
	Language, SignOut, Version, NoScript, Breadcrumb                             lang.Text
	JustNow, Ago, In, Never, None, Lost                                          lang.Text
	CSV, Filter, Show, Reset, More                                               lang.Text
	Page, Pages, Previous, Next, SortBy                                          lang.Text
	System, Customer, Contract, Package                                          lang.Text
	Rule, PolicyVersion, Reason, Facts, Rules, Missing, May                      lang.Text
	PolicyFrom, PolicyUnknown, PolicyEntered, PolicySum                          lang.Text
	Notices, Yes, No                                                             lang.Text
	Changes, Security                                                            plural
}{
	Skip:          lang.T("Zum Inhalt springen", "Skip to content"),
	Nav:           lang.T("Seiten", "Pages"),
	Today:         lang.T("Heute", "Today"),
	Systems:       lang.T("Systeme", "Systems"),
	Holes:         lang.T("Lücken", "Holes"),
	Lifecycle:     lang.T("Lebenszyklus", "Lifecycle"),
	Runs:          lang.T("Läufe", "Runs"),
	Policies:      lang.T("Regelwerke", "Policies"),
	Explain:       lang.T("Zuständigkeit", "Responsibility"),
	Record:        lang.T("Protokoll", "Record"),
	Language:      lang.T("Sprache", "Language"),
	SignOut:       lang.T("Abmelden", "Sign out"),
	Version:       lang.T("Fassung %[1]s", "Version %[1]s"),
	NoScript:      lang.T("Diese Seite lädt sich alle %[1]s Sekunden neu, solange etwas läuft.", "This page reloads every %[1]s seconds while something is running."),
	Breadcrumb:    lang.T("Sie sind hier", "You are here"),
	JustNow:       lang.T("gerade eben", "just now"),
	Ago:           lang.T("vor %[1]s", "%[1]s ago"),
	In:            lang.T("in %[1]s", "in %[1]s"),
	Never:         lang.T("noch nie", "never"),
	None:          lang.T("keine", "none"),
	Lost:          lang.T("Die Verbindung zum Server ist unterbrochen. Sie sehen den letzten bekannten Stand.", "The connection to the server is interrupted. You see the last known state."),
	CSV:           lang.T("Als CSV laden", "Download as CSV"),
	Filter:        lang.T("Auswahl", "Filter"),
	Show:          lang.T("Anzeigen", "Show"),
	Reset:         lang.T("Auswahl aufheben", "Clear the filter"),
	More:          lang.T("Alle %[1]s ansehen", "See all %[1]s"),
	Page:          lang.T("Seite %[1]s von %[2]s", "Page %[1]s of %[2]s"),
	Pages:         lang.T("Weitere Seiten", "More pages"),
	Previous:      lang.T("Vorherige", "Previous"),
	Next:          lang.T("Nächste", "Next"),
	SortBy:        lang.T("Nach „%[1]s“ sortieren", "Sort by “%[1]s”"),
	System:        lang.T("System", "System"),
	Customer:      lang.T("Kunde", "Customer"),
	Contract:      lang.T("Vertrag", "Contract"),
	Package:       lang.T("Paket", "Package"),
	Rule:          lang.T("Regel", "Rule"),
	PolicyVersion: lang.T("Fassung", "Version"),
	Reason:        lang.T("Begründung", "Reason"),
	Facts:         lang.T("Berücksichtigte Angaben", "Facts used"),
	Rules:         lang.T("Regeln in der Reihenfolge der Prüfung", "Rules, in the order they were checked"),
	Missing:       lang.T("Es fehlt: %[1]s", "Missing: %[1]s"),
	May:           lang.T("je nach fehlender Angabe", "depends on the missing fact"),
	PolicyFrom:    lang.T("gültig ab %[1]s", "valid from %[1]s"),
	PolicyUnknown: lang.T("Beginn der Gültigkeit nicht angegeben", "start of validity not stated"),
	PolicyEntered: lang.T("hier erfasst am %[1]s", "entered here on %[1]s"),
	PolicySum:     lang.T("Prüfsumme (SHA-256)", "Checksum (SHA-256)"),
	Notices:       lang.T("Dazu gehört der Hinweis", "This comes with the notice"),
	Yes:           lang.T("ja", "yes"),
	No:            lang.T("nein", "no"),
	Changes: plural{
		One:  lang.T("%[1]s Änderung", "%[1]s change"),
		Many: lang.T("%[1]s Änderungen", "%[1]s changes"),
	},
	Security: plural{
		One:  lang.T("davon %[1]s Sicherheitsupdate", "%[1]s of them a security update"),
		Many: lang.T("davon %[1]s Sicherheitsupdates", "%[1]s of them security updates"),
	},
}

// signInWords are the words of the pages before the session.
var signInWords = struct {
	Title, Lead, Button, Once                         lang.Text
	NoneTitle, None, SpentTitle, Spent, How, HowAfter lang.Text
}{
	Title:      lang.T("Anmelden", "Sign in"),
	Lead:       lang.T("Dieser Link meldet Sie an der Konsole an.", "This link signs you in to the console."),
	Button:     lang.T("Jetzt anmelden", "Sign in now"),
	Once:       lang.T("Er gilt einmal. Erst der Knopf löst ihn ein, das Öffnen der Seite noch nicht.", "It is good once. Only the button spends it, opening this page does not."),
	NoneTitle:  lang.T("Sie sind nicht angemeldet", "You are not signed in"),
	None:       lang.T("Die Konsole öffnet sich mit einem Link, der einmal gilt. Der Server zeigt ihn beim Start.", "The console opens with a link that is good once. The server prints it when it starts."),
	SpentTitle: lang.T("Dieser Link gilt nicht mehr", "This link is no longer good"),
	Spent:      lang.T("Er wurde schon eingelöst oder ist abgelaufen. Das ist so gedacht: ein abgefangener Link nützt niemandem.", "It has been spent or has expired. That is on purpose: an intercepted link is of no use to anybody."),
	How:        lang.T("Einen neuen Link gibt dieser Befehl auf dem Rechner, auf dem der Server läuft:", "This command prints a new link, on the machine the server runs on:"),
	HowAfter:   lang.T("Öffnen Sie den Link in diesem Browser.", "Open the link in this browser."),
}

// faultWords are the words of the pages that say what went wrong.
var faultWords = struct {
	TitleInvalid, TitleNotFound, TitleRefused, TitleConflict         lang.Text
	TitleForbidden, TitleUnavailable, TitleInternal                  lang.Text
	NoPage, NoPageMend, Internal, InternalMend, CrossSite            lang.Text
	CrossSiteMend, WrongHost, WrongHostMend, Busy, BusyMend, ToToday lang.Text
	Rule, Stale, StaleMend                                           lang.Text
}{
	TitleInvalid:     lang.T("Die Angaben stimmen noch nicht", "Something in the input is not right yet"),
	TitleNotFound:    lang.T("Nicht gefunden", "Not found"),
	TitleRefused:     lang.T("Nicht erlaubt", "Not permitted"),
	TitleConflict:    lang.T("Der Stand hat sich geändert", "The state has changed"),
	TitleForbidden:   lang.T("Kein Zugriff", "No access"),
	TitleUnavailable: lang.T("Zurzeit nicht erreichbar", "Not available at the moment"),
	TitleInternal:    lang.T("Das liegt an uns", "This one is on us"),
	NoPage:           lang.T("Unter dieser Adresse gibt es keine Seite.", "There is no page at this address."),
	NoPageMend:       lang.T("Vielleicht wurde der Link gekürzt. Von „Heute“ aus finden Sie alles.", "Perhaps the link was cut short. Everything can be found from “Today”."),
	Internal:         lang.T("Die Seite konnte nicht erstellt werden. An den Systemen hat sich dadurch nichts geändert.", "The page could not be made. Nothing on the systems has changed by that."),
	InternalMend:     lang.T("Die Einzelheiten stehen im Protokoll des Servers. Versuchen Sie es bitte noch einmal.", "The details are in the server's log. Please try again."),
	CrossSite:        lang.T("Die Anfrage kam von einer fremden Seite und wurde nicht ausgeführt.", "The request came from another site and was not carried out."),
	CrossSiteMend:    lang.T("Öffnen Sie die Konsole direkt und wiederholen Sie den Schritt dort.", "Open the console directly and repeat the step there."),
	WrongHost:        lang.T("Unter diesem Namen antwortet die Konsole nicht.", "The console does not answer to this name."),
	WrongHostMend:    lang.T("Benutzen Sie die Adresse, die der Server beim Start anzeigt.", "Use the address that the server prints when it starts."),
	Busy:             lang.T("Zu viele offene Verbindungen.", "Too many open connections."),
	BusyMend:         lang.T("Die Seite lädt sich stattdessen von Zeit zu Zeit neu.", "The page reloads from time to time instead."),
	ToToday:          lang.T("Zu „Heute“", "To “Today”"),
	Rule:             lang.T("Maßgeblich: %[1]s", "Governing rule: %[1]s"),
	Stale:            lang.T("Dieses Formular ist veraltet. Es wurde nichts ausgeführt.", "This form is out of date. Nothing was carried out."),
	StaleMend:        lang.T("Laden Sie die Seite neu und senden Sie das Formular dann ab.", "Reload the page and send the form then."),
}
