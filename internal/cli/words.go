package cli

import (
	"strings"

	"github.com/alecthomas/kong"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// helpWords are the words of the help, by the names that the grammar refers to.
var helpWords = map[string]lang.Text{
	"word_file":   lang.T("DATEI", "FILE"),
	"word_dir":    lang.T("VERZEICHNIS", "DIR"),
	"word_addr":   lang.T("ADRESSE", "ADDRESS"),
	"word_number": lang.T("ZAHL", "NUMBER"),
	"word_scope":  lang.T("UMFANG", "SCOPE"),
	"word_stage":  lang.T("STAND", "STAGE"),

	"word_policy": lang.T("FASSUNG", "VERSION"),
	"word_value":  lang.T("WERT", "VALUE"),
	"word_day":    lang.T("TAG", "DAY"),

	"flag_help":   lang.T("Diese Hilfe.", "This help."),
	"flag_lang":   lang.T("Sprache; sonst nach LC_ALL, LC_MESSAGES, LANG, und Deutsch, wo die nichts sagen.", "Language; else by LC_ALL, LC_MESSAGES, LANG, and German where those say nothing."),
	"flag_json":   lang.T("Ergebnis und Fehler als JSON.", "Result and errors as JSON."),
	"flag_server": lang.T("Adresse des Servers (PATCHWART_SERVER).", "Address of the server (PATCHWART_SERVER)."),
	"flag_token": lang.T("Datei mit dem Zugangstoken (PATCHWART_TOKEN_FILE); sonst api-token im Datenverzeichnis des Servers.",
		"File with the access token (PATCHWART_TOKEN_FILE); else api-token in the server's data directory."),

	"cmd_serve":          lang.T("Server starten: Konsole, API und die Seite der Agenten.", "Start the server: console, API and the agents' side."),
	"cmd_apply":          lang.T("Bestand aus einer YAML-Datei übernehmen: ganz, oder mit allen Fehlern gar nicht.", "Apply the estate from a YAML file: all of it, or, with all its errors named, nothing."),
	"cmd_systems":        lang.T("Alle Systeme auflisten.", "List all systems."),
	"cmd_system":         lang.T("Ein System zeigen: was fällig ist, wessen Aufgabe, nächstes Wartungsfenster, Läufe.", "Show one system: what is due, whose job, next maintenance window, runs."),
	"cmd_explain":        lang.T("Wessen Aufgabe ist das, und welche Regel sagt das?", "Whose job is this, and which rule says so?"),
	"cmd_due":            lang.T("Was ist fällig, und darf es eingespielt werden?", "What is due, and may it be installed?"),
	"cmd_order":          lang.T("Auftrag eines Kunden eintragen.", "Place a customer's order."),
	"cmd_orders":         lang.T("Aufträge der Kunden, und wie weit sie sind.", "Customers' orders, and how far they have come."),
	"cmd_withdraw":       lang.T("Einen Auftrag zurückziehen, bis sein Lauf beginnt.", "Take an order back, until its run begins."),
	"arg_order":          lang.T("Kennung des Auftrags.", "ID of the order."),
	"flag_withdraw_text": lang.T("Was gesagt wurde, wörtlich.", "What was said, verbatim."),
	"cmd_plan":           lang.T("Planen, was erlaubt ist, und sagen, warum der Rest nicht.", "Plan what is permitted, and say why not the rest."),
	"cmd_runs":           lang.T("Läufe auflisten, neueste zuerst.", "List runs, newest first."),
	"cmd_run":            lang.T("Ein Lauf.", "One run."),
	"cmd_run_show":       lang.T("Einen Lauf zeigen, oder ihm bis zum Ende folgen.", "Show a run, or follow it to its end."),
	"cmd_enrol":          lang.T("Einmal-Token für einen Host erzeugen.", "Make a one-time token for a host."),
	"cmd_record":         lang.T("Das fälschungssichere Protokoll.", "The tamper-evident record."),
	"cmd_record_verify":  lang.T("Das ganze Protokoll nachprüfen.", "Verify the whole record."),
	"cmd_console":        lang.T("Einen Link ausgeben, der einmal in die Konsole anmeldet.", "Print a link that signs in to the console, once."),
	"cmd_demo":           lang.T("Die Hauptaufgabe an vier echten Debian-Hosts vorführen (braucht root).", "Show the main job on four real Debian hosts (needs root)."),
	"cmd_version":        lang.T("Die Fassung von patchwart.", "Version of this program."),

	"arg_system":     lang.T("Name des Systems.", "Name of the system."),
	"arg_system_all": lang.T("Name des Systems; ohne ihn alle.", "Name of the system; without it all."),
	"arg_package":    lang.T("Name des Pakets; ohne ihn Sicherheitsupdates des Betriebssystems.", "Name of the package; without it security updates of the operating system."),
	"arg_run":        lang.T("Kennung des Laufs.", "ID of the run."),

	"flag_serve_data":    lang.T("Wo der Server seine Daten hält, nur für ihn lesbar (PATCHWART_DATA).", "Where the server keeps its data, readable by it alone (PATCHWART_DATA)."),
	"flag_serve_listen":  lang.T("Konsole und API; nur an diesem Rechner.", "Console and API; on this machine only."),
	"flag_serve_agents":  lang.T("Wo die Agenten anklopfen, mit beidseitigem TLS.", "Where the agents connect, with mutual TLS."),
	"flag_serve_name":    lang.T("Name, unter dem Agenten den Server erreichen; mehrfach möglich, der erste wird ihnen genannt.", "Name under which agents reach the server; repeatable, the first one is told to them."),
	"flag_serve_address": lang.T("IP-Adresse, unter der Agenten den Server erreichen; mehrfach möglich.", "IP address under which agents reach the server; repeatable."),

	"flag_apply_file": lang.T("Die Datei; - liest von der Standardeingabe.", "The file; - reads standard input."),

	"flag_order_contact":    lang.T("Wer den Auftrag gab: die id der Kontaktperson; sie muss Aufträge geben dürfen.", "Who gave the order: the contact's id; needs the authority to order."),
	"flag_order_channel":    lang.T("Ticketnummer, oder wo es gesagt wurde.", "Ticket number, or where it was said."),
	"flag_order_text":       lang.T("Der Wortlaut; - liest ihn von der Standardeingabe.", "What was said, verbatim; - reads it from standard input."),
	"flag_order_explicit":   lang.T("Der Wortlaut fordert die Arbeit ausdrücklich an.", "The text plainly asks for the work."),
	"flag_order_mitigation": lang.T("Er gilt Maßnahmen gegen Lücken (Dienst anhalten, Port schließen), nicht Updates.", "It is for measures against holes (a service stopped, a port closed), not for updates."),
	"flag_order_scope":      lang.T("Was er umfasst: security_updates oder updates.", "What it covers: security_updates or updates."),

	"cmd_policy":           lang.T("Regelwerke lesen, prüfen, vergleichen und befragen.", "Read, check, compare and ask policies."),
	"cmd_policy_decide":    lang.T("Ein Regelwerk befragen, ohne Server: wer plant, wer führt aus, wann, zu welchem Preis.", "Ask a policy, without a server: who plans, who executes, when, at what price."),
	"cmd_policy_lint":      lang.T("Alle Kombinationen entscheiden und Lücken, Widersprüche und tote Regeln zeigen; Exit-Code 1, wenn es welche gibt.", "Decide all combinations and show gaps, contradictions and dead rules; exit code 1 if there are any."),
	"cmd_policy_list":      lang.T("Mitgelieferte Fassungen auflisten.", "List the included versions."),
	"cmd_policy_show":      lang.T("Eine Fassung mit ihren Sätzen zeigen.", "Show a version with its statements."),
	"cmd_policy_matrix":    lang.T("Die Tabelle der Zuständigkeit, aus den Regeln abgeleitet.", "The table of responsibilities, derived from the rules."),
	"cmd_policy_diff":      lang.T("Zeigen, was zwei Fassungen verschieden entscheiden.", "Show what two versions decide differently."),
	"cmd_policy_promises":  lang.T("Jeden Satz mit dem zeigen, was hier aus ihm wird: Regel, Hinweis, Kontrolle, oder warum nichts.", "Show each statement with what it is here: rule, notice, control, or why nothing."),
	"cmd_policy_publish":   lang.T("Eine Fassung oder eine Sonderabsprache veröffentlichen, unveränderlich.", "Publish a version or an individual agreement, immutably."),
	"cmd_policy_valid":     lang.T("Eintragen, von wann bis wann eine Fassung gilt.", "Enter from when to when a version is valid."),
	"cmd_policy_simulate":  lang.T("Zeigen, was eine Fassung für die Systeme ändern würde und welche Zusagen sie am ersten Tag bräche.", "Show what a version would change for the systems and which promises it would break on its first day."),
	"arg_publish_file":     lang.T("Die YAML-Datei.", "The YAML file."),
	"arg_simulate_file":    lang.T("Die YAML-Datei der neuen Fassung; sie wird nicht veröffentlicht.", "The YAML file of the new version; it is not published."),
	"arg_published":        lang.T("ID der veröffentlichten Fassung.", "ID of the published version."),
	"flag_valid_from":      lang.T("Erster Tag.", "First day."),
	"flag_valid_to":        lang.T("Letzter Tag.", "Last day."),
	"flag_valid_by":        lang.T("Wer das sagt; steht im Protokoll.", "Who says so; stands in the record."),
	"cmd_policy_schema":    lang.T("Das JSON-Schema der Regelwerke ausgeben, für Editoren.", "Print the JSON Schema of policies, for editors."),
	"arg_policy":           lang.T("ID einer mitgelieferten Fassung oder Pfad einer YAML-Datei.", "ID of an included version or path of a YAML file."),
	"arg_policies_all":     lang.T("Fassungen oder Dateien; ohne sie alle mitgelieferten.", "Versions or files; without them all included ones."),
	"flag_matrix_format":   lang.T("Form der Tabelle.", "Form of the table."),
	"flag_promises_format": lang.T("Form der Liste.", "Form of the list."),
	"arg_policy_files":     lang.T("Dateien, oder IDs mitgelieferter Fassungen.", "Files, or IDs of included versions."),

	"flag_decide_policy":    lang.T("ID einer mitgelieferten Fassung oder Pfad einer YAML-Datei.", "ID of an included version or path of a YAML file."),
	"flag_decide_model":     lang.T("Servicemodell: iaas, paas, saas.", "Service model: iaas, paas, saas."),
	"flag_decide_package":   lang.T("Paket: none, basic, advanced.", "Package: none, basic, advanced."),
	"flag_decide_layer":     lang.T("Schicht: os, middleware, application, web_application.", "Layer: os, middleware, application, web_application."),
	"flag_decide_change":    lang.T("Art der Änderung: security_update, update, version_upgrade, os_migration, mitigation, configuration.", "Class of change: security_update, update, version_upgrade, os_migration, mitigation, configuration."),
	"flag_decide_origin":    lang.T("Herkunft: standard, third_party, customer.", "Origin: standard, third_party, customer."),
	"flag_decide_installed": lang.T("Wer installiert hat: provider, customer.", "Who installed it: provider, customer."),
	"flag_decide_admin":     lang.T("Wer Administratorrechte hat: provider, shared, customer.", "Who holds administrative rights: provider, shared, customer."),
	"flag_decide_critical":  lang.T("Ob die Lücke eine Übernahme aus der Ferne erlaubt.", "Whether the hole allows a takeover from afar."),
	"flag_decide_supported": lang.T("Ob das Betriebssystem noch Sicherheitsupdates bekommt.", "Whether the operating system still gets security updates."),
	"flag_decide_created":   lang.T("Wann das System eingerichtet wurde.", "When the system was created."),
	"flag_decide_agreement": lang.T("Sonderabsprache, die gelten soll (mehrfach möglich).", "Individual agreement that is to hold (can be repeated)."),
	"flag_decide_reply":     lang.T("Den Brief ausgeben, den der Service Desk dazu schreiben kann.", "Print the letter that the service desk can write about it."),
	"flag_decide_day":       lang.T("Tag, an dem Sonderabsprachen gelten müssen [heute].", "Day on which agreements must be valid [today]."),

	"cmd_clock":                lang.T("Kritische Lücken: seit wann bekannt, wie viel Zeit bleibt, wer dran ist.", "Critical holes: since when known, how much time is left, whose turn it is."),
	"flag_clock_recent":        lang.T("Auch die in den letzten sieben Tagen geschlossenen.", "Also those closed in the last seven days."),
	"cmd_holes":                lang.T("Welche veröffentlichten Lücken hat ein System?", "Which published holes does a system have?"),
	"flag_holes_all":           lang.T("Alle zeigen, nicht nur die 30 schlimmsten.", "Show all, not only the 30 worst."),
	"cmd_advisory":             lang.T("Eine veröffentlichte Lücke.", "One published hole."),
	"cmd_advisory_show":        lang.T("Alles über eine Lücke: wer sie meldet, wie schlimm sie ist, welche Systeme sie haben.", "Everything about a hole: who reports it, how bad it is, which systems have it."),
	"arg_advisory":             lang.T("CVE oder Meldung, zum Beispiel CVE-2026-1234 oder DSA-6458-1.", "CVE or advisory, CVE-2026-1234 or DSA-6458-1 for example."),
	"cmd_advisory_rate":        lang.T("Eine Lücke anders einstufen als die Regeln, mit Grund und für eine Weile.", "Rate a hole otherwise than the rules, with a reason and for a while."),
	"flag_rate_level":          lang.T("Stufe: critical, high, medium, low, none.", "Level: critical, high, medium, low, none."),
	"flag_rate_reason":         lang.T("Warum.", "Why."),
	"flag_rate_until":          lang.T("Letzter Tag, an dem es gilt.", "Last day on which it holds."),
	"flag_rate_by":             lang.T("Wer das sagt.", "Who says so."),
	"flag_rate_exploited":      lang.T("Es ist bekannt, dass die Lücke ausgenutzt wird.", "It is known that the hole is exploited."),
	"cmd_exception":            lang.T("Angenommene Ausnahmen: was nicht eingespielt wird, warum, und bis wann.", "Accepted exceptions: what is not installed, why, and until when."),
	"cmd_exception_list":       lang.T("Alle Ausnahmen, die geltenden zuerst.", "All exceptions, those in force first."),
	"cmd_exception_add":        lang.T("Eine Ausnahme beantragen. Sie gilt erst, wenn jemand anderes sie genehmigt.", "Ask for an exception. It holds only once somebody else approves it."),
	"cmd_exception_approve":    lang.T("Eine Ausnahme genehmigen.", "Approve an exception."),
	"cmd_exception_revoke":     lang.T("Eine Ausnahme vor ihrem Ende widerrufen.", "Revoke an exception before its end."),
	"arg_exception":            lang.T("Kennung der Ausnahme.", "ID of the exception."),
	"flag_exception_system":    lang.T("System, für das sie gilt.", "System that it holds for."),
	"flag_exception_customer":  lang.T("Kunde, für dessen Systeme sie gilt.", "Customer for whose systems it holds."),
	"flag_exception_reason":    lang.T("Warum nicht eingespielt wird.", "Why it is not installed."),
	"flag_exception_owner":     lang.T("Wer das Risiko trägt.", "Who carries the risk."),
	"flag_exception_instead":   lang.T("Was stattdessen getan wird.", "What is done instead."),
	"flag_exception_until":     lang.T("Letzter Tag, an dem sie gilt.", "Last day on which it holds."),
	"flag_exception_by":        lang.T("Wer sie beantragt.", "Who asks for it."),
	"flag_approve_by":          lang.T("Wer sie genehmigt; nicht, wer sie beantragt hat.", "Who approves it; not whoever asked for it."),
	"flag_revoke_by":           lang.T("Wer sie widerruft.", "Who revokes it."),
	"cmd_notices":              lang.T("Wem wurde wann was über kritische Lücken mitgeteilt?", "Who was told what about critical holes, and when?"),
	"cmd_feed":                 lang.T("Die Feeds mit veröffentlichten Lücken.", "The feeds of published holes."),
	"cmd_feed_sources":         lang.T("Woher die Feeds kommen: Adressen, Abstände, Lizenzen.", "Where the feeds come from: addresses, distances, licences."),
	"flag_sources_file":        lang.T("Eigene Liste (YAML) statt der mitgelieferten.", "A list of your own (YAML) instead of the included one."),
	"flag_serve_feeds":         lang.T("Eigene Liste der Feeds (YAML); sonst die mitgelieferte, siehe feed sources.", "A list of feeds of your own (YAML); else the included one, see feed sources."),
	"flag_serve_feeds_dir":     lang.T("Feeds aus diesem Verzeichnis statt aus dem Netz, für Server ohne Netz.", "Feeds from this directory instead of the network, for servers without one."),
	"flag_serve_no_feeds":      lang.T("Keine Feeds holen; nur was mit feed import kommt.", "Fetch no feeds; only what comes by feed import."),
	"flag_serve_mail":          lang.T("Einstellungen, nach denen Post gelesen und verschickt wird (docs/mail.md).", "Settings by which mail is read and sent (docs/mail.md)."),
	"cmd_export":               lang.T("Software und Lücken eines Systems für andere Werkzeuge ausgeben: CycloneDX (SBOM, VEX), OpenVEX.", "Write the software and holes of a system for other tools: CycloneDX (SBOM, VEX), OpenVEX."),
	"flag_export_format":       lang.T("Form: sbom, vex, openvex.", "Form: sbom, vex, openvex."),
	"cmd_exposure":             lang.T("Wie viele kritische Lücken waren wann offen, und wie lange?", "How many critical holes were open when, and for how long?"),
	"flag_exposure_days":       lang.T("So viele Tage zurück.", "So many days back."),
	"cmd_lifecycle":            lang.T("Bis wann werden Systeme gepflegt, und wie weit ist ihr Umzug?", "Until when are systems looked after, and how far is their move?"),
	"cmd_lifecycle_list":       lang.T("Wie Systeme stehen: Ende der Updates, Middleware, weniger gepflegte Pakete, Mitteilungen.", "How systems stand: end of updates, middleware, packages with less support, notices."),
	"cmd_lifecycle_confirm":    lang.T("Festhalten, dass der Kunde vom Ende seines Systems weiß (IT-37).", "Keep that the customer knows of the end of the system (IT-37)."),
	"cmd_lifecycle_move":       lang.T("Festhalten, wie weit der Umzug auf eine neuere Generation ist (IT-38).", "Keep how far the move to a newer generation is (IT-38)."),
	"flag_confirm_by":          lang.T("Wer es bestätigt hat.", "Who confirmed it."),
	"flag_confirm_channel":     lang.T("Wo: Ticket, E-Mail.", "Where: a ticket, a mail."),
	"arg_move":                 lang.T("Stand: offered, ordered, planned, done, declined.", "State: offered, ordered, planned, done, declined."),
	"flag_move_by":             lang.T("Von wem das stammt.", "Whose word it is."),
	"flag_move_note":           lang.T("Ticket, Termin.", "A ticket, a date."),
	"cmd_message":              lang.T("Was Kunden schreiben, und was daraus wurde.", "What customers write, and what came of it."),
	"cmd_message_list":         lang.T("Alle Nachrichten; die, um die sich jemand kümmern muss, zuerst.", "All messages; those that somebody has to deal with first."),
	"cmd_message_settle":       lang.T("Festhalten, dass sich jemand um eine Nachricht gekümmert hat.", "Note that somebody has dealt with a message."),
	"cmd_letters":              lang.T("Was per Mail verschickt wurde oder noch hinausgeht.", "What was sent by mail, or is still to go out."),
	"arg_message":              lang.T("Kennung der Nachricht.", "ID of the message."),
	"flag_message_by":          lang.T("Wer sich gekümmert hat.", "Who has dealt with it."),
	"cmd_calendar":             lang.T("Tag für Tag: was geplant und was gesperrt ist.", "Day by day: what is planned and what is frozen."),
	"flag_calendar_from":       lang.T("Erster Tag; ohne Angabe heute.", "First day; without it, today."),
	"flag_calendar_days":       lang.T("Wie viele Tage.", "How many days."),
	"cmd_freeze":               lang.T("Sperrzeiten: wann nichts geändert wird.", "Change freezes: when nothing is changed."),
	"cmd_freeze_list":          lang.T("Alle Sperrzeiten, die geltenden zuerst.", "All freezes, those in force first."),
	"cmd_freeze_add":           lang.T("Eine Sperrzeit setzen; geplante Läufe rücken dahinter.", "Set a freeze; planned runs move behind it."),
	"cmd_freeze_end":           lang.T("Eine Sperrzeit vor der Zeit beenden.", "End a freeze before its time."),
	"cmd_freeze_override":      lang.T("In einer Sperrzeit für eine Weile Arbeit zulassen.", "Let work pass in a freeze for a while."),
	"arg_freeze":               lang.T("Kennung der Sperrzeit.", "ID of the freeze."),
	"flag_freeze_system":       lang.T("Für dieses System; ohne System und Kunde für alle.", "For this system; without system and customer, for all."),
	"flag_freeze_customer":     lang.T("Für alle Systeme dieses Kunden.", "For all systems of this customer."),
	"flag_freeze_from":         lang.T("Erste Minute, in Ortszeit.", "First minute, in local time."),
	"flag_freeze_to":           lang.T("Erste Minute danach, in Ortszeit.", "First minute after it, in local time."),
	"flag_freeze_holidays":     lang.T("Stattdessen: die gesetzlichen Feiertage einer Region.", "Instead: the public holidays of a region."),
	"flag_freeze_before":       lang.T("So viele Tage vor jedem Feiertag auch.", "So many days before each holiday, too."),
	"flag_freeze_after":        lang.T("So viele Tage nach jedem Feiertag auch.", "So many days after each holiday, too."),
	"flag_freeze_zone":         lang.T("Zeitzone; ohne Angabe die des Hosters.", "Time zone; without it, the hoster's."),
	"flag_freeze_reason":       lang.T("Warum.", "Why."),
	"flag_freeze_by":           lang.T("Wer das sagt.", "Who says so."),
	"flag_freeze_emergencies":  lang.T("Notfälle dürfen trotzdem.", "Emergencies pass."),
	"flag_freeze_may":          lang.T("Wer sie aufheben darf: management, contact.", "Who may override it: management, contact."),
	"flag_freeze_as":           lang.T("In wessen Namen: management oder contact.", "In whose name: management or contact."),
	"flag_freeze_pass_from":    lang.T("Ab wann Arbeit zugelassen ist.", "From when on work passes."),
	"flag_freeze_pass_to":      lang.T("Bis wann.", "Until when."),
	"flag_freeze_on":           lang.T("Nur auf diesen Systemen.", "Only on these systems."),
	"cmd_mitigation":           lang.T("Maßnahmen gegen Lücken neben dem Update (IT-34).", "What is done about holes besides the update (IT-34)."),
	"cmd_mitigation_list":      lang.T("Alle Maßnahmen, und ob der Host sie zeigt.", "All mitigations, and whether the host shows them."),
	"cmd_mitigation_add":       lang.T("Eine Maßnahme ausführen lassen, wo das erlaubt ist. Sie zählt, sobald und solange der Host sie selbst meldet.", "Have a mitigation carried out, where that is permitted. It counts as soon and as long as the host itself reports it."),
	"cmd_mitigation_end":       lang.T("Eine Maßnahme beenden: Der Agent nimmt zurück, was er tat, und die Uhr der Lücke läuft weiter.", "End a mitigation: the agent takes back what it did, and the clock of the hole runs on."),
	"arg_cve":                  lang.T("Lücke, zum Beispiel CVE-2026-1234.", "Hole, CVE-2026-1234 for example."),
	"arg_mitigation":           lang.T("Kennung der Maßnahme.", "ID of the mitigation."),
	"flag_mitigation_stop":     lang.T("Diesen Dienst anhalten, und was ihn startet.", "Stop this service, and what starts it."),
	"flag_mitigation_close":    lang.T("Diesen Port von außen schließen.", "Close this port from outside."),
	"flag_mitigation_fragment": lang.T("Dieses auf dem Host vorbereitete Stück Konfiguration einsetzen.", "Put this piece of configuration in place, which is prepared on the host."),
	"flag_mitigation_hand":     lang.T("Jemand tut es selbst auf dem Host; Patchwart prüft nur, ob der Host es zeigt.", "Somebody does it on the host; Patchwart only checks whether the host shows it."),
	"flag_mitigation_reason":   lang.T("Warum das die Lücke unbenutzbar macht.", "Why this keeps the hole from being used."),
	"flag_mitigation_review":   lang.T("Tag, nach dem jemand prüfen muss, ob sie noch passt.", "Day after which somebody has to look whether it still fits."),
	"flag_mitigation_end":      lang.T("Wer sie beendet.", "Who ends it."),
	"cmd_feed_list":            lang.T("Wie frisch sind die Feeds, und was stimmt mit ihnen nicht?", "How fresh are the feeds, and what is wrong with them?"),
	"cmd_feed_import":          lang.T("Eine Veröffentlichung aus einer Datei übernehmen: ganz, oder was bekannt war, gilt weiter.", "Take in a publication from a file: whole, or what was known stays in force."),
	"arg_feed_file":            lang.T("Datei des Herausgebers, oder ein Verzeichnis mit mehreren; - liest von der Standardeingabe.", "The publisher's file, or a directory with several; - reads standard input."),
	"flag_feed_name":           lang.T("Name des Feeds, zum Beispiel debian-dsa; sonst nach dem Dateinamen, siehe feed sources.", "Name of the feed, debian-dsa for example; else by the file's name, see feed sources."),
	"flag_feed_reason":         lang.T("Warum sie eine ersetzen darf, die viel mehr Einträge hat.", "Why it may replace one with many more entries."),

	"cmd_match": lang.T("Ein Inventar mit veröffentlichten Lücken abgleichen, ohne Server.", "Match an inventory with published holes, without a server."),
	"flag_match_advisories": lang.T("Meldungen: JSON oder Listen des Debian-Security-Trackers (DSA, DLA, CVE), OSV (einzeln, zeilenweise, zip), Meldungen als JSON-Zeilen; auch mit gzip oder zstd gepackt. Mehrere Dateien sind möglich.",
		"Advisories: the Debian security tracker's JSON or lists (DSA, DLA, CVE), OSV (single, lines, zip), advisories as JSON lines; also packed with gzip or zstd. Several files are possible."),
	"arg_match_more":     lang.T("Weitere Dateien mit Meldungen.", "More files of advisories."),
	"flag_match_status":  lang.T("Statusdatei von dpkg (/var/lib/dpkg/status); - liest von der Standardeingabe.", "Status file of dpkg (/var/lib/dpkg/status); - reads standard input."),
	"flag_match_dir":     lang.T("Verzeichnis mit vielen Statusdateien.", "Directory with many status files."),
	"flag_match_release": lang.T("Ausgabe von Debian oder Ubuntu: bookworm oder 12, jammy oder 22.04; für ein Verzeichnis die der Dateien, die nicht in der Zuordnung stehen.", "Release of Debian or Ubuntu: bookworm or 12, jammy or 22.04; for a directory that of the files which the map does not name."),
	"flag_match_map":     lang.T("Welche Datei von welcher Ausgabe ist: je Zeile Dateiname und Ausgabe, oder ein JSON-Objekt.", "Which file is of which release: a line each with file name and release, or a JSON object."),
	"flag_match_kernel":  lang.T("Der laufende Kernel (uname -r); sonst zählt jeder installierte.", "The running kernel (uname -r); else each installed one counts."),
	"flag_match_summary": lang.T("Nur Zahlen je Inventar.", "Numbers per inventory only."),
	"flag_match_details": lang.T("Auch Stand, Dringlichkeit und Meldungen nennen (JSON).", "Also name state, urgency and advisories (JSON)."),
	"word_release":       lang.T("AUSGABE", "RELEASE"),
	"word_kernel":        lang.T("KERNEL", "KERNEL"),

	"flag_explain_layer":  lang.T("Statt eines Pakets: Schicht (os, middleware, application, web_application).", "Instead of a package: layer (os, middleware, application, web_application)."),
	"flag_explain_change": lang.T("Statt eines Pakets: Art der Änderung.", "Instead of a package: class of change."),
	"flag_explain_at":     lang.T("Nach der Fassung, die an diesem Tag galt.", "Under the version that was valid on that day."),
	"flag_explain_known":  lang.T("Mit dem, was bis zum Ende dieses Tages aufgezeichnet war.", "With what was recorded by the end of that day."),

	"flag_plan_preview": lang.T("Nur sagen, was geplant würde.", "Only say what would be planned."),

	"flag_runs_system": lang.T("Nur die Läufe dieses Systems.", "Only the runs of this system."),
	"flag_runs_stage":  lang.T("Nur in diesem Stand: planned, asked, ordered, running, over.", "Only in this stage: planned, asked, ordered, running, over."),
	"flag_runs_limit":  lang.T("Höchstens so viele.", "At most so many."),
	"flag_run_follow":  lang.T("Dem Lauf bis zum Ende folgen; Exit-Code 9, wenn er anders als mit Erfolg endet.", "Follow the run to its end; exit code 9 if it ends otherwise than with success."),

	"flag_demo_once":    lang.T("Nach der Tabelle enden; Exit-Code 0 nur, wenn jedes Ergebnis das erwartete ist.", "End after the table; exit code 0 only if every outcome is the expected one."),
	"flag_demo_console": lang.T("Wo die Konsole der Vorführung offen steht; nur an diesem Rechner.", "Where the demo's console is open; on this machine only."),
}

// wordVars hands the words of placeholders to the grammar, in one language. They are few: for each flag and
// command kong makes a copy of all that it is handed.
func wordVars(l lang.Lang) kong.Vars {
	vars := kong.Vars{}
	for name, text := range helpWords {
		if strings.HasPrefix(name, "word_") {
			vars[name] = text.In(l)
		}
	}
	return vars
}

// inWords puts words where the grammar names them, in one language.
func inWords(n *kong.Node, l lang.Lang) {
	say := func(help *string) {
		if text, ok := helpWords[*help]; ok {
			*help = text.In(l)
		}
	}
	say(&n.Help)
	for _, f := range n.Flags {
		say(&f.Help)
	}
	for _, p := range n.Positional {
		say(&p.Help)
	}
	for _, c := range n.Children {
		inWords(c, l)
	}
}

// examples stand under the help of each command. They are the same in both languages but for the text
// in quotes.
var examples = map[string][]lang.Text{
	"":         {lang.T("patchwart explain web1 openssl", "patchwart explain web1 openssl"), lang.T("patchwart --lang en due", "patchwart --lang en due")},
	"serve":    {same("patchwart serve --agent-name patch.example"), same("patchwart serve --data ./data --agents 127.0.0.1:7443 --agent-address 127.0.0.1"), same("patchwart serve --feeds-dir /srv/feeds")},
	"apply":    {same("patchwart apply -f estate.yaml"), same("generate-estate | patchwart apply -f - --json")},
	"systems":  {same("patchwart systems"), same("patchwart systems --json | jq -r '.[].name'")},
	"system":   {same("patchwart system web1")},
	"explain":  {same("patchwart explain db1"), same("patchwart explain web1 openssl --lang en"), same("patchwart explain web1 --layer middleware --change version_upgrade"), same("patchwart explain web1 --at 2026-01-01 --known-at 2026-06-30")},
	"due":      {same("patchwart due"), same("patchwart due web1 --json")},
	"orders":   {same("patchwart orders"), same("patchwart orders db1 --json | jq -r '.[] | select(.state == \"accepted\") | .id'")},
	"withdraw": {lang.T(`patchwart withdraw o20261128-4f2a91c07b3d --contact eva --channel "Ticket 4712" --text "Bitte doch nicht."`, `patchwart withdraw o20261128-4f2a91c07b3d --contact eva --channel "ticket 4712" --text "Please do not, after all."`)},
	"order": {lang.T(
		`patchwart order db1 --contact anna --channel "Ticket 4712" --explicit --text "Bitte spielen Sie die Sicherheitsupdates ein."`,
		`patchwart order db1 --contact anna --channel "ticket 4712" --explicit --text "Please install the security updates."`)},
	"plan":            {same("patchwart plan --preview"), same("patchwart plan db1")},
	"runs":            {same("patchwart runs --system web1"), same("patchwart runs --stage planned")},
	"run":             {same("patchwart run show r-7f3a")},
	"run show":        {same("patchwart run show r-7f3a"), same("patchwart run show r-7f3a --follow")},
	"enrol":           {same("patchwart enrol web1"), same("patchwart enrol web1 --json | jq -r .command")},
	"record":          {same("patchwart record verify")},
	"record verify":   {same("patchwart record verify || echo $?")},
	"policy":          {same("patchwart policy lint policies/*.yaml")},
	"policy decide":   {same("patchwart policy decide --policy managedhosting-2 --service-model paas --package basic --layer os --change security_update \\\n    --origin standard --installed-by provider --admin-access provider"), same("patchwart policy decide --policy ./draft.yaml --service-model iaas --json | jq -r .explanation.de")},
	"policy list":     {same("patchwart policy list")},
	"policy show":     {same("patchwart policy show managedhosting-2")},
	"policy matrix":   {same("patchwart policy matrix managedhosting-2"), same("patchwart policy matrix managedhosting-2 --format svg > matrix.svg")},
	"policy diff":     {same("patchwart policy diff managedhosting-1 managedhosting-2"), same("patchwart policy diff managedhosting-2 ./draft.yaml --json | jq .changed")},
	"policy promises": {same("patchwart policy promises iteg-toms-1.1")},
	"policy publish":  {same("patchwart policy publish managedhosting-3.yaml"), same("patchwart policy publish bakery-2026.yaml")},
	"policy valid":    {lang.T(`patchwart policy valid managedhosting-2 --from 2025-01-01 --by "Geschäftsführung"`, `patchwart policy valid managedhosting-2 --from 2025-01-01 --by "management"`)},
	"policy simulate": {same("patchwart policy simulate managedhosting-3.yaml"), same("patchwart policy simulate managedhosting-3.yaml --json | jq .broken")},
	"policy schema":   {same("patchwart policy schema > policy.schema.json")},
	"policy lint":     {same("patchwart policy lint policies/*.yaml"), same("patchwart policy lint draft.yaml --json | jq .gaps")},
	"clock":           {same("patchwart clock"), same("patchwart clock web1 --recent"), same("patchwart clock --json | jq '.[] | select(.clock.overdue)'")},
	"holes":           {same("patchwart holes web1"), same("patchwart holes web1 --json | jq .counts")},
	"advisory":        {same("patchwart advisory show CVE-2026-1234")},
	"advisory show":   {same("patchwart advisory show DSA-6458-1"), same("patchwart advisory show CVE-2026-1234 --json | jq .rating.level")},
	"advisory rate":   {lang.T(`patchwart advisory rate CVE-2026-1234 --level critical --by ida --until 2026-12-31 --reason "wird gegen unsere Kunden eingesetzt"`, `patchwart advisory rate CVE-2026-1234 --level critical --by ida --until 2026-12-31 --reason "is used against our customers"`)},
	"exception":       {same("patchwart exception list")},
	"exception list":  {same("patchwart exception list --json | jq -r '.[] | select(.state == \"in_force\") | .id'")},
	"exception add": {lang.T(`patchwart exception add CVE-2026-1234 --system web1 --by tom --until 2026-12-15 --risk-owner "Eva Kuhn" \
    --reason "das Update bricht das Bezahlmodul" --compensation "nur aus dem Büro erreichbar"`, `patchwart exception add CVE-2026-1234 --system web1 --by tom --until 2026-12-15 --risk-owner "Eva Kuhn" \
    --reason "the update breaks the payment module" --compensation "reachable from the office only"`)},
	"exception approve": {same("patchwart exception approve x20261127-4f2a91c07b3d --by ida")},
	"exception revoke":  {same("patchwart exception revoke x20261127-4f2a91c07b3d --by ida")},
	"notices":           {same("patchwart notices web1")},
	"feed":              {same("patchwart feed list")},
	"feed list":         {same("patchwart feed list"), same("patchwart feed list --json | jq '.[] | select(.stale)'")},
	"export":            {same("patchwart export web1 > web1.vex.json"), same("patchwart export web1 --format sbom | jq '.components | length'")},
	"exposure":          {same("patchwart exposure"), same("patchwart exposure --days 90 --json | jq .summary")},
	"lifecycle":         {same("patchwart lifecycle list"), same("patchwart lifecycle list web1")},
	"lifecycle list":    {same("patchwart lifecycle list"), same("patchwart lifecycle list --json | jq -r '.[] | select(.paused) | .system'")},
	"lifecycle confirm": {same("patchwart lifecycle confirm web1 --by 'Eva Kuhn' --channel 'Ticket 4711'")},
	"lifecycle move":    {same("patchwart lifecycle move web1 ordered --by ida --note 'Ticket 4712'")},
	"message":           {same("patchwart message list")},
	"message list":      {same("patchwart message list"), same("patchwart message list --json | jq -r '.[] | select(.desk and (.done | not)) | .message.subject'")},
	"message settle":    {same("patchwart message settle m-4f2a91c07b3d --by ida")},
	"letters":           {same("patchwart letters"), same("patchwart letters --json | jq -r '.[] | select(.failed) | .to'")},
	"calendar":          {same("patchwart calendar"), same("patchwart calendar --from 2026-12-01 --days 31 --json | jq '.days[] | select(.runs != []) | .day'")},
	"freeze":            {same("patchwart freeze list")},
	"freeze list":       {same("patchwart freeze list"), same("patchwart freeze list --json | jq -r '.[] | select(.now) | .id'")},
	"freeze add":        {lang.T(`patchwart freeze add --customer kuhn --from 2026-11-27T00:00 --to 2026-12-01T00:00 --by eva --may contact --reason "Black Friday"`, `patchwart freeze add --customer kuhn --from 2026-11-27T00:00 --to 2026-12-01T00:00 --by eva --may contact --reason "Black Friday"`), lang.T(`patchwart freeze add --holidays DE-BY --before 1 --by ida --may management --emergencies --reason Feiertage`, `patchwart freeze add --holidays DE-BY --before 1 --by ida --may management --emergencies --reason "public holidays"`)},
	"freeze end":        {same("patchwart freeze end s20261127-4f2a91c07b3d --by ida")},
	"freeze override":   {same("patchwart freeze override s20261127-4f2a91c07b3d --by eva --as contact --from 2026-11-28T04:00:00Z --to 2026-11-28T06:00:00Z --reason \"it cannot wait\"")},
	"mitigation":        {same("patchwart mitigation list")},
	"mitigation list":   {same("patchwart mitigation list"), same("patchwart mitigation list --json | jq -r '.[] | select(.holds | not) | .system'")},
	"mitigation add":    {lang.T(`patchwart mitigation add web1 CVE-2026-1234 --stop-unit exim4.service --by ida --review 2026-12-01 --until 2026-12-05 --reason "von hier wird keine Post verschickt"`, `patchwart mitigation add web1 CVE-2026-1234 --stop-unit exim4.service --by ida --review 2026-12-01 --until 2026-12-05 --reason "no mail is sent from here"`), same("patchwart mitigation add db1 CVE-2026-1234 --close-port tcp/3306 --by ida --review 2026-12-01 --until 2026-12-05 --reason local")},
	"mitigation end":    {same("patchwart mitigation end g20261127-4f2a91c07b3d --by ida")},
	"feed sources":      {same("patchwart feed sources"), same("patchwart feed sources --json | jq -r '.[].url'")},
	"feed import":       {same("patchwart feed import DSA.list"), same("patchwart feed import /media/stick/feeds"), lang.T(`patchwart feed import DSA.list --name debian-dsa --reason "alte Einträge wurden ausgelagert"`, `patchwart feed import DSA.list --name debian-dsa --reason "old entries were moved out"`)},
	"match":             {same("patchwart match --advisories DSA.list DLA.list --status /var/lib/dpkg/status --release bookworm"), same("patchwart match --advisories osv-debian.zip --status-dir inventories --release-file-map releases.tsv --summary --json")},
	"console":           {same("patchwart console")},
	"demo":              {same("sudo patchwart demo"), same("sudo patchwart demo --once --lang en")},
	"version":           {same("patchwart version"), same("patchwart version --json")},
}

func same(s string) lang.Text { return lang.T(s, s) }
