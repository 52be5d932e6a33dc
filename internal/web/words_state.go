package web

import "github.com/patchwart/patchwart/internal/core/lang"

// stateWords are the words of states and steps. The word alone is enough; shape and colour repeat it.
var stateWords = struct {
	Done, Live, Wait, Stop, Back, Alarm, Open, Late, Part, Deferred, Failed lang.Text
	Planned, Asked, Ordered                                                 lang.Text
	Prechecking, Fetching, Saving, Applying, Settling, Rebooting, Verifying lang.Text
	Restoring                                                               lang.Text
	AboutPrechecking, AboutFetching, AboutSaving, AboutApplying             lang.Text
	AboutSettling, AboutRebooting, AboutVerifying, AboutRestoring           lang.Text
	StepOf, SystemSilent, SystemNew, SystemUnknown                          lang.Text
	ClassSecurity, ClassUpdate, ClassUpgrade, ClassMigration, ClassOpen     lang.Text
	OriginStandard, OriginThird, OriginCustomer, OriginOpen                 lang.Text
	ByOrder, ByStanding, ByDuty, ByConsent, ByItself, NoPackage             lang.Text
	ScopeSecurity, ScopeUpdates                                             lang.Text
}{
	Done:             lang.T("erledigt", "done"),
	Live:             lang.T("läuft", "running"),
	Wait:             lang.T("wartet", "waiting"),
	Stop:             lang.T("blockiert", "blocked"),
	Back:             lang.T("zurückgesetzt", "restored"),
	Alarm:            lang.T("Zurücksetzen gescheitert", "restore failed"),
	Failed:           lang.T("gescheitert", "failed"),
	Open:             lang.T("ungeklärt", "unknown"),
	Late:             lang.T("noch nicht wirksam", "not yet effective"),
	Part:             lang.T("teilweise", "partial"),
	Deferred:         lang.T("aufgeschoben", "deferred"),
	Planned:          lang.T("geplant", "planned"),
	Asked:            lang.T("Host gefragt", "host asked"),
	Ordered:          lang.T("beauftragt", "ordered"),
	Prechecking:      lang.T("Vorprüfung", "Precheck"),
	Fetching:         lang.T("Herunterladen", "Download"),
	Saving:           lang.T("Sichern", "Save"),
	Applying:         lang.T("Einspielen", "Apply"),
	Settling:         lang.T("Dienste neu starten", "Restart services"),
	Verifying:        lang.T("Nachprüfung", "Verify"),
	Restoring:        lang.T("Zurücksetzen", "Restore"),
	AboutPrechecking: lang.T("Platz, Sperren, Paketlisten und die Dienste von vorher", "Space, locks, package lists, and the services as they are"),
	AboutFetching:    lang.T("Pakete laden und Signaturen prüfen", "Fetch packages and check signatures"),
	AboutSaving:      lang.T("Wiederherstellungspunkt anlegen", "Make the restore point"),
	AboutApplying:    lang.T("genau die beauftragten Fassungen installieren", "Install exactly the ordered versions"),
	Rebooting:        lang.T("Host neu starten", "Reboot the host"),
	AboutRebooting:   lang.T("wirksam machen, was nur ein Neustart wirksam macht", "Make effective what only a reboot does"),
	AboutSettling:    lang.T("neu starten, was noch alten Code benutzt", "Restart what still uses old code"),
	AboutVerifying:   lang.T("Fassungen, Dienste, Ports und Prüfungen mit vorher vergleichen", "Compare versions, services, ports and checks with before"),
	AboutRestoring:   lang.T("vorherigen Stand zurückholen und Pfad für Pfad vergleichen", "Bring the earlier state back and compare it path by path"),
	StepOf:           lang.T("Schritt %[1]s von %[2]s: %[3]s", "Step %[1]s of %[2]s: %[3]s"),
	SystemSilent:     lang.T("meldet sich nicht", "silent"),
	SystemNew:        lang.T("nicht aufgenommen", "not enrolled"),
	SystemUnknown:    lang.T("noch kein Bericht", "no report yet"),
	ClassSecurity:    lang.T("Sicherheitsupdate", "Security update"),
	ClassUpdate:      lang.T("gewöhnliches Update", "Ordinary update"),
	ClassUpgrade:     lang.T("Versionswechsel", "Version upgrade"),
	ClassMigration:   lang.T("Wechsel der Generation", "Migration"),
	ClassOpen:        lang.T("Art nicht bekannt", "Class not known"),
	OriginStandard:   lang.T("Standard-Repository", "Standard repository"),
	OriginThird:      lang.T("Fremdquelle", "Third-party repository"),
	OriginCustomer:   lang.T("aus keinem Repository", "From no repository"),
	OriginOpen:       lang.T("Herkunft nicht bekannt", "Origin not known"),
	ByOrder:          lang.T("Auftrag", "Order"),
	ByStanding:       lang.T("Dauerauftrag", "Standing order"),
	ByDuty:           lang.T("Pflicht des Providers", "Provider's duty"),
	ByConsent:        lang.T("Notfallfreigabe", "Emergency consent"),
	ByItself:         lang.T("Rückweg der Maßnahme", "The measure's way back"),
	NoPackage:        lang.T("ohne Paket", "no package"),
	ScopeSecurity:    lang.T("nur Sicherheitsupdates", "security updates only"),
	ScopeUpdates:     lang.T("alle Updates derselben Betriebssystem-Version, Sicherheit eingeschlossen", "all updates within the release, security included"),
}
