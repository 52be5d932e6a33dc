package intake_test

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/intake"
)

// said is a message by an authorised contact and what it is.
type said struct{ text, want string }

func check(t *testing.T, cases []said) {
	t.Helper()
	for _, c := range cases {
		m := mail(c.text)
		if subject, rest, ok := strings.Cut(c.text, "\n\n"); ok && strings.HasPrefix(subject, "Subject: ") {
			m.Subject, m.Text = strings.TrimPrefix(subject, "Subject: "), rest
		}
		in := input(m)
		o := intake.Read(in)
		whole(t, in, o)
		if got := told(o); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
			for _, r := range o.Reasons {
				t.Log(r.Text.DE)
			}
		}
	}
}

func TestGermanMessages(t *testing.T) {
	t.Parallel()
	check(t, []said{
		// Orders.
		{"Bitte web1 patchen.", "order web1 security_updates"},
		{"Bitte spielen Sie auf web1 die Sicherheitsupdates ein.", "order web1 security_updates"},
		{"Guten Morgen,\n\nkönnten Sie bitte auf web1 und web2 alle Sicherheitsupdates einspielen?\n\nVielen Dank und viele Grüße\nErika Muster", "order web1,web2 security_updates"},
		{"Hallo,\nkönntet ihr auf db1 die Sicherheits-Updates einspielen?\nMfG\nE. Muster", "order db1 security_updates"},
		{"Koennten Sie die Sicherheitsupdates auf WEB1 einspielen?", "order web1 security_updates"},
		{"Bitte alle verfügbaren Updates auf web1 installieren.", "order web1 updates"},
		{"Hallo Herr Müller,\nkönnten Sie wegen der kritischen Lücke CVE-2026-1234 auf web1 die Sicherheitsupdates einspielen?", "order web1 security_updates"},
		{"Hiermit beauftragen wir Sie, auf de-10-srv-1234 sämtliche Updates einzuspielen.", "order de-10-srv-1234 updates"},
		{"Sehr geehrte Damen und Herren,\n\nwir bitten um Installation der Sicherheitsupdates auf web1, web2 und db1.\n\nMit freundlichen Grüßen\n\nErika Muster\nMuster GmbH\nTel. 030 12345\nwww.muster.example", "order db1,web1,web2 security_updates"},
		{"Bitte auf web1 openssl aktualisieren.", "order web1 packages openssl update"},
		{"Bitte das Sicherheitsupdate für openssl auf web1 und web2 einspielen.", "order web1,web2 packages openssl security_update"},
		{"Bitte das Sicherheitsupdate des Pakets patch auf web1 einspielen.", "order web1 packages patch security_update"},
		{"Bitte aktualisieren Sie auf web1 das Paket patch.", "order web1 packages patch update"},
		{"Bitte PHP auf web1 von 8.1 auf 8.3 anheben.", "order web1 version_upgrade PHP 8.1->8.3 awaits-price"},
		{"Könnten Sie auf web2 PHP von Version 8.1 auf Version 8.3 umstellen?", "order web2 version_upgrade PHP 8.1->8.3 awaits-price"},
		{"Bitte web1 von Debian 11 auf Debian 12 migrieren.", "order web1 migration Debian 11->12 awaits-price"},
		{"Bitte auf web1 Port 8080 sperren.", "order web1 mitigation port 8080 awaits-price"},
		{"Bitte auf db1 den Dienst redis anhalten.", "order db1 mitigation service redis awaits-price"},
		{"Bitte auf allen unseren Servern im nächsten Wartungsfenster die Sicherheitsupdates einspielen.", "question system"},
		{"Bitte am Samstag um 5 auf web1 die Sicherheitsupdates einspielen.", "order web1 security_updates at 2026-11-28T05:00"},
		{"Bitte am Samstag um 5 Uhr auf web1 die Sicherheitsupdates einspielen.", "order web1 security_updates at 2026-11-28T05:00"},
		{"Bitte am 5.12. um 05:30 Uhr web1 patchen.", "order web1 security_updates at 2026-12-05T05:30"},
		{"Bitte am Samstag, 5. Dezember um 05:30 Uhr web1 patchen.", "order web1 security_updates at 2026-12-05T05:30"},
		{"Bitte web1 patchen. Am liebsten am Sonntag um 6 Uhr.", "order web1 security_updates at 2026-11-29T06:00"},
		{"Bitte heute um 15:00 Uhr web1 patchen.", "order web1 security_updates at 2026-11-23T15:00 awaits-appointment"},
		{"Bitte am Samstag web1 patchen.", "order web1 security_updates day 2026-11-28"},
		{"Bitte am Mittwoch web1 patchen.", "order web1 security_updates day 2026-11-25 awaits-appointment"},
		{"Bitte web1 so bald wie möglich patchen.", "order web1 security_updates as_soon_as_possible"},
		{"Bitte web1 im nächsten Wartungsfenster patchen. Es ist nicht dringend.", "order web1 security_updates next_window"},
		{"Bitte web1 außerhalb des Wartungsfensters patchen.", "order web1 security_updates outside awaits-appointment"},
		{"Subject: web1: Sicherheitsupdates\n\nBitte einspielen. Danke!", "order web1 security_updates"},
		{"Es geht um web1. Bitte spielen Sie alle Sicherheitsupdates ein. Bei Rückfragen rufen Sie mich bitte an.", "order web1 security_updates"},
		{"Wie besprochen bitte auf dem Server shop die Sicherheitsupdates einspielen.", "order shop security_updates"},
		{"Bitte auf \"web1\" die Sicherheitsupdates einspielen.", "order web1 security_updates"},
		{"Bitte web1 patchen.\n\n-- \nErika Muster\nbitte keine Werbung\nweb2 ist schön", "order web1 security_updates"},
		{"Bitte web1 patchen.\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind,\nlöschen Sie sie bitte.", "order web1 security_updates"},
		{"Bitte web1 patchen.\n\nAm 20.11.2026 um 10:00 schrieb Support <support@hoster.example>:\n> Sollen wir web2 auch patchen?\n> Bitte nicht vergessen.", "order web1 security_updates"},
		{"Bitte web1 patchen.\n\n-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Freitag\nBitte alle Updates auf db1 einspielen", "order web1 security_updates"},
		{"Bitte web1 patchen.\n\nVon: Support <support@hoster.example>\nGesendet: Freitag, 20. November 2026 10:00\nAn: Erika\nBetreff: Updates\n\nBitte nicht antworten.", "order web1 security_updates"},
		{"Spielen Sie auf web1 die Sicherheitsupdates ein.", "order web1 security_updates"},
		{"Bitte patchen Sie web1 am 28.11.26, 05:00 Uhr.", "order web1 security_updates at 2026-11-28T05:00"},
		{"Bitte patchen Sie web1 um 5 am Samstag.", "order web1 security_updates at 2026-11-28T05:00"},
		{"Bitte die Sicherheitsupdates auf web1 einspielen. Termin: Samstag, 05:00 Uhr", "order web1 security_updates at 2026-11-28T05:00"},
		// Questions back: system.
		{"Bitte web 1 patchen.", "question system"},
		{"Bitte web-1 patchen.", "question system"},
		{"Bitte wbe1 patchen.", "question system"},
		{"Bitte web01 patchen.", "question system"},
		{"Bitte die Sicherheitsupdates einspielen.", "question system"},
		{"Bitte auf unserem Server die Sicherheitsupdates einspielen.", "question system"},
		{"Bitte auf unserem shop die Sicherheitsupdates einspielen.", "question system"},
		{"Bitte web1 und web7 patchen.", "question system"},
		{"Bitte nord7 patchen.", "question system"}, // somebody else's: no different from one that does not exist
		{"Bitte web1.muster.example patchen.", "question system"},
		{"web1 läuft gut. Bitte auf db1 die Sicherheitsupdates einspielen.", "question whether"},
		{"Bitte web1 und root1 patchen.", "question system"}, // the policy refuses one of them
		// Questions back: scope, versions, time.
		{"Machen Sie mal alles aktuell.", "question system scope"},
		{"Bitte machen Sie mal alles aktuell", "question system scope"},
		{"Bitte web1 updaten.", "question scope"},
		{"Bitte die Updates auf web1 einspielen.", "question scope"},
		{"Bitte auf web1 die Sicherheitsupdates und auf db1 alle Updates einspielen.", "question scope"},
		{"Bitte auf db1 nginx aktualisieren.", "question scope"},
		{"Bitte log4j auf web1 aktualisieren.", "question system scope"},
		{"Bitte auf web1 PHP auf 8.3 anheben.", "question versions"},
		{"Bitte auf web1 PHP von 8.3 auf 8.1 umstellen.", "question versions"},
		{"Bitte web1 am Wochenende patchen.", "question when"},
		{"Bitte web1 am Montag patchen.", "question when"}, // today or in a week
		{"Bitte web1 am nächsten Samstag patchen.", "question when"},
		{"Bitte web1 um 15 Uhr patchen.", "question when"},
		{"Bitte web1 am Mittwoch um 5 patchen.", "question when"},
		{"Bitte web1 bis Freitag patchen.", "question when"},
		{"Bitte web1 heute um 7 Uhr patchen.", "question when"}, // has passed
		{"Bitte web1 am 31.11. patchen.", "question whether"},
		{"Bitte web1 in 2 Stunden patchen.", "question when"},
		{"Bitte web1 patchen. Samstag haben wir Inventur.", "question when"},
		// Questions back: whether.
		{"Bitte keine Updates auf web1 einspielen.", "question whether"},
		{"Bitte web1 nicht patchen.", "question whether"},
		{"Bitte web1 patchen, aber nicht am Samstag.", "question whether"},
		{"Bitte alle Server außer db1 patchen.", "question whether"},
		{"Falls es Sicherheitsupdates für web1 gibt, bitte einspielen.", "question whether"},
		{"Vielleicht sollten Sie bitte web1 patchen.", "question whether"},
		{"Herr Meier schrieb, Sie sollen bitte web1 patchen.", "question whether"},
		{"Sicherheitsupdates auf web1", "question whether"},
		{"Bitte Sicherheitsupdates auf web1.", "question whether"},
		{"Wir hätten gern die Sicherheitsupdates auf web1 eingespielt.", "question whether"},
		{"Bitte jeden Monat web1 patchen.", "question whether"},
		{"Bitte machen Sie die Sicherheitsupdates auf web1 rückgängig.", "question whether"},
		{"Bitte web1 patchen, „aber nicht heute“.", "question whether"},
		{"Bitte patchen Sie web2, web1 in Ruhe lassen.", "question whether"},
		{"Bitte web1 und web2 patchen. web1 soll davon unberührt bleiben.", "question whether"},
		{"Bitte web1 samt Unterkühlung patchen.", "question whether"}, // a word that is not understood
		{"Am 20.11.2026 um 10:00 schrieb Support <support@hoster.example>:\n> Was sollen wir tun?\n\nBitte web1 patchen.", "question whether"},
		{"Bitte web1 patchen.\n> Soll web2 auch?\nNein, doch nicht.", "question whether"}, // whose no that is, nobody can tell
		{"Bitte web1 patchen.\n\nViele Grüße\nErika\n\nAch nein, doch nicht!", "question whether"},
		{"Bitte web1 patchen.\n\nDiese Mail ist überholt, bitte nicht ausführen.", "question whether"},
		{"Bitte web1 patchen.\n\nViele Grüße\nErika\n\nPS: web2 bitte auch patchen.", "order web1,web2 security_updates"},
		{"Bitte ni" + "\u200b" + "cht web1 patchen.", "question whether"},
		{"Bitte web1 patchen.Bitte nicht heute.", "question whether"},
		{"Bitte auf web1 die Sicherheitsupdates für PHP einspielen.", "question versions"},
		{strings.Repeat("Bitte web1 patchen. ", 2000), "nothing"}, // nobody writes that; a person looks
		{"Bitte nur die Sicherheitsupdates auf web1 einspielen.", "order web1 security_updates"},
		{"Bitte auf folgenden Servern die Sicherheitsupdates einspielen:\n- web1\n- web2\n\nDanke", "order web1,web2 security_updates"},
		{"Bitte auf web1 die Sicherheitsupdates einspielen und uns Bescheid geben, wenn alles fertig ist.", "order web1 security_updates"},
		{"Bitte auf web1 die Sicherheitsupdates einspielen und sagen, was es Neues gibt.", "question whether"},
		{"Bitte web1 auf den aktuellen Stand bringen.", "question scope"},
		{"Bitte um Angebot für Update von PHP 7.4 auf 8.2 auf web1.", "question whether"},
		{"Können wir web1 patchen?", "nothing"},
		{"Bitte web1/web2 patchen", "order web1,web2 security_updates"},
		{"Mein Chef sagt, web1 muss gepatcht werden. Bitte erledigen.", "question whether"},
		{"Bitte web1 patchen. Ich bin bis Freitag im Urlaub.", "question when"},
		// The policy's answers.
		{"Bitte root1 patchen.", "refusal root1 MH2-03"},
		{"Bitte dunkel1 patchen.", "question fact"},
		// Nothing.
		{"Vielen Dank!", "nothing"},
		{"Danke, dass Sie die Updates auf web1 so schnell eingespielt haben.", "nothing"},
		{"Gibt es Updates für web1?", "nothing"},
		{"Wann spielen Sie die Sicherheitsupdates auf web1 ein?", "nothing"},
		{"Ist web1 aktuell?", "nothing"},
		{"Bitte rufen Sie mich zurück.", "nothing"},
		{"> Bitte web1 patchen.", "nothing"},
		{"Am 20.11.2026 um 10:00 schrieb Erika Muster <erika@muster.example>:\n> Bitte web1 patchen.", "nothing"},
		{"", "nothing"},
		{"Bitte doch nicht.", "question order"},
	})
}

func TestEnglishMessages(t *testing.T) {
	t.Parallel()
	check(t, []said{
		{"Please patch web1.", "order web1 security_updates"},
		{"Hello,\n\ncould you please install all security updates on web1 and db1?\n\nKind regards\nErika", "order db1,web1 security_updates"},
		{"Install all updates on web1.", "order web1 updates"},
		{"Please install all available updates on web1 as soon as possible.", "order web1 updates as_soon_as_possible"},
		{"Please upgrade PHP from 8.1 to 8.3 on web1.", "order web1 version_upgrade PHP 8.1->8.3 awaits-price"},
		{"Please update openssl on web1.", "order web1 packages openssl update"},
		{"Please migrate web1 to Debian 12.", "order web1 migration Debian ?->12 awaits-price"},
		{"Please close port 8080 on web1.", "order web1 mitigation port 8080 awaits-price"},
		{"Please patch web1 on Saturday at 05:30.", "order web1 security_updates at 2026-11-28T05:30"},
		{"Please patch web1 on Sunday at 6 am.", "order web1 security_updates at 2026-11-29T06:00"},
		{"Please patch web1 today at 3 pm.", "order web1 security_updates at 2026-11-23T15:00 awaits-appointment"},
		{"Please patch web1 on December 5 at 05:00.", "order web1 security_updates at 2026-12-05T05:00"},
		{"Please patch web1 in the next maintenance window. There is no hurry.", "order web1 security_updates next_window"},
		{"Could you patch web1?\n\nOn Fri, 20 Nov 2026 at 10:00, Support <support@hoster.example> wrote:\n> Shall we patch web2?", "order web1 security_updates"},
		{"Please do not patch web1.", "question whether"},
		{"Please don't install the security updates on web1.", "question whether"},
		{"Please make everything up to date.", "question system scope"},
		{"Please update web1.", "question scope"},
		{"Please patch web 1.", "question system"},
		{"Please patch web1 tonight.", "question when"},
		{"Please patch web1 on 5/12/2026.", "question when"},
		{"Please patch web1 if you can.", "question whether"},
		{"Please patch all servers except db1.", "question whether"},
		{"Please patch web1 every month.", "question whether"},
		{"Please upgrade PHP to 8.3 on web1.", "question versions"},
		{"Please patch root1.", "refusal root1 MH2-03"},
		{"Are there any updates for web1?", "nothing"},
		{"Thank you very much!", "nothing"},
		{"Please cancel the order.", "question order"},
	})
}
