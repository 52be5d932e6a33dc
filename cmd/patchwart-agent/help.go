package main

import "github.com/patchwart/patchwart/internal/core/lang"

var help = lang.T(`
patchwart-agent – der Agent eines Hosts

  enrol    den Host bei seinem Server anmelden
             --server URL          Adresse des Servers, https://host:port
             --name NAME           Name des Systems, für den das Token ausgestellt ist
             --authority SHA256    SHA-256 des Zertifikats der Serverautorität
             --token-file DATEI    Datei mit dem Token, nur für root lesbar; - liest die Standardeingabe
             --again               eine vorhandene Anmeldung ersetzen
  run      der Dienst: meldet Fakten, wartet auf Aufträge, führt sie aus
  status   wie der Agent steht                                     (--json)
  facts    den Host ansehen und zeigen, was gemeldet würde         (--json)
  unit     die Unit für systemd ausgeben
  version  Version ausgeben

Gemeinsam: --state VERZEICHNIS (/var/lib/patchwart-agent), --policy DATEI (/etc/patchwart/host.yaml).
Sprache: nach LC_ALL, LC_MESSAGES, LANG.

Rückgabewerte: 0 in Ordnung · 1 unerwarteter Fehler · 2 Aufruf nicht verstanden · 3 Eingabe nicht gültig
4 gibt es nicht, nicht angemeldet · 5 abgelehnt · 6 der Zustand erlaubt es nicht · 7 kein Zugang
8 Server nicht erreicht
`, `
patchwart-agent – the agent of one host

  enrol    enrol the host with its server
             --server URL          address of the server, https://host:port
             --name NAME           name of the system that the token was issued for
             --authority SHA256    SHA-256 of the certificate of the server's authority
             --token-file FILE     file with the token, readable by root only; - reads standard input
             --again               replace an enrolment that is there
  run      the service: reports facts, waits for orders, carries them out
  status   how the agent stands                                    (--json)
  facts    look at the host and show what would be reported        (--json)
  unit     print the unit for systemd
  version  print the version

Common: --state DIRECTORY (/var/lib/patchwart-agent), --policy FILE (/etc/patchwart/host.yaml).
Language: by LC_ALL, LC_MESSAGES, LANG.

Exit codes: 0 fine · 1 unexpected error · 2 command line not understood · 3 input not valid
4 no such thing, not enrolled · 5 refused · 6 the state does not allow it · 7 no access
8 server not reached
`)
