package clock

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// reasons says in sentences what the state rests on. Times are written in the location of now.
func (c *Clock) reasons(now time.Time) []lang.Text {
	var out []lang.Text
	say := func(de, en string, args ...any) { out = append(out, lang.Textf(de, en, args...)) }
	at := func(t time.Time) lang.Text { return moment(t, now) }
	t := &c.Times

	if c.Secured {
		c.saySecured(say, at)
	}
	if !c.Secured && t.onDisk(now) {
		say("Die korrigierte Fassung ist seit %[1]s installiert, aber noch nicht wirksam.",
			"The fixed version is installed since %[1]s, but not effective yet.", at(t.Installed))
	}
	if !c.Secured && happened(t.TakenBack, now) && !t.TakenBack.Before(t.Installed) && !t.Installed.IsZero() {
		say("Die korrigierte Fassung wurde am %[1]s zurückgenommen.", "The fixed version was taken back on %[1]s.", at(t.TakenBack))
	}
	if !c.Secured {
		c.sayGaps(now, say)
	}
	if !c.Secured && !c.Lapsed.IsZero() {
		say("Was die Lücke abdeckte, gilt seit %[1]s nicht mehr; die ursprüngliche Frist besteht weiter.",
			"What covered the hole does not hold since %[1]s; the original deadline stands.", at(c.Lapsed))
	}
	if c.Accepted {
		say("Eine angenommene Ausnahme gilt bis %[1]s; abgesichert ist das System dadurch nicht.",
			"An accepted exception holds until %[1]s; it does not secure the system.", at(c.AcceptedUntil))
	}
	if c.Paused {
		for _, p := range t.Pauses {
			if (span{from: p.From, to: p.Until}).covers(now) && !p.From.IsZero() && !p.Reason.IsZero() {
				say("Die Frist ruht seit %[1]s%[2]s: %[3]s", "The deadline is paused since %[1]s%[2]s: %[3]s", at(p.From), inBrackets(p.Rule), p.Reason)
			}
		}
	}
	c.sayDuty(now, say, at)
	return out
}

type sayer func(de, en string, args ...any)

func (c *Clock) saySecured(say sayer, at func(time.Time) lang.Text) {
	switch c.By {
	case ByUpdate:
		say("Abgesichert seit %[1]s: Die korrigierte Fassung ist installiert und wirksam.",
			"Secured since %[1]s: the fixed version is installed and effective.", at(c.SecuredAt))
	case ByRemoval:
		say("Abgesichert seit %[1]s: Die betroffene Software ist entfernt.", "Secured since %[1]s: the affected software is removed.", at(c.SecuredAt))
	case ByNotAffected:
		say("Abgesichert seit %[1]s: nicht betroffen nach %[2]s (%[3]s).", "Secured since %[1]s: not affected according to %[2]s (%[3]s).",
			at(c.SecuredAt), c.Times.NotAffected.Source, c.Times.NotAffected.Reason)
	case ByMitigation:
		say("Abgesichert seit %[1]s durch eine geprüfte Maßnahme (IT-34). Sie gilt bis %[2]s und ist bis %[3]s zu überprüfen; das Update steht noch aus.",
			"Secured since %[1]s by a verified mitigation (IT-34). It holds until %[2]s and is to be reviewed by %[3]s; the update is still to come.",
			at(c.SecuredAt), at(c.Until), at(c.Review))
	}
}

// sayGaps tells of statements that would secure the system if they were complete.
func (c *Clock) sayGaps(now time.Time, say sayer) {
	t := &c.Times
	if n := t.NotAffected; n != nil && happened(n.At, now) && !n.complete() {
		say("Die Angabe „nicht betroffen“ zählt nicht: Es fehlt, wer es sagt oder warum.",
			`The statement "not affected" does not count: it does not say who says so, or why.`)
	}
	if happened(t.Effective, now) && (t.Installed.IsZero() || t.Effective.Before(t.Installed)) {
		say("Dass die korrigierte Fassung wirksam sei, zählt nicht: Ihre Installation davor ist nicht belegt.",
			"That the fixed version is effective does not count: its installation before that is not on record.")
	}
	for _, m := range t.Mitigations {
		if !happened(m.Applied, now) && !happened(m.Verified, now) {
			continue
		}
		switch m.gap(now) {
		case gapVerified:
			say("Die Maßnahme %[1]s zählt noch nicht: Sie ist nicht geprüft.", "The mitigation %[1]s does not count yet: it is not verified.", m.ID)
		case gapOrder:
			say("Die Maßnahme %[1]s zählt nicht: Ihre Prüfung liegt nicht nach ihrer Anwendung.", "The mitigation %[1]s does not count: its verification does not follow its application.", m.ID)
		case gapExpiry:
			say("Die Maßnahme %[1]s zählt nicht: Es fehlt ein Ende nach der Prüfung.", "The mitigation %[1]s does not count: it has no end after its verification.", m.ID)
		case gapReview:
			say("Die Maßnahme %[1]s zählt nicht: Es fehlt ein Tag der Überprüfung vor ihrem Ende.", "The mitigation %[1]s does not count: it has no date of review before its end.", m.ID)
		}
	}
}

func (c *Clock) sayDuty(now time.Time, say sayer, at func(time.Time) lang.Text) {
	t := &c.Times
	rule := inBrackets(c.Duty.Rule)
	if !happened(t.Known, now) {
		say("Dem Provider ist die Lücke noch nicht bekannt; keine Frist läuft.", "The provider does not know of the hole yet; no deadline runs.")
		return
	}
	if !c.Deadline.IsZero() {
		from := lang.T("ab Bekanntwerden", "from when it became known")
		if c.Duty.Footing == Consent && c.Started.After(t.Known) {
			from = lang.T("ab der Zustimmung", "from the consent")
		}
		say("Frist%[1]s: %[2]d Stunden %[3]s (%[4]s), also bis %[5]s.", "Deadline%[1]s: %[2]d hours %[3]s (%[4]s), that is by %[5]s.",
			rule, min(c.Duty.Hours, maxHours), from, at(c.Started), at(c.Deadline))
		if c.Missed && !c.Overdue {
			say("Die Frist wurde nicht durchgehend eingehalten.", "The deadline was not kept throughout.")
		}
	}
	if c.Secured {
		return
	}
	switch c.Duty.Footing {
	case Consent:
		c.sayConsent(say, at, rule)
	case Customers:
		say("Für diese Schicht ist der Kunde zuständig%[1]s; der Provider unterrichtet ihn.", "This layer is the customer's job%[1]s; the provider informs.", rule)
	case Own:
	default:
		say("Wer handeln muss, ist nicht entschieden, weil Angaben fehlen%[1]s.", "Who has to act is not decided, because facts are missing%[1]s.", rule)
	}
}

func (c *Clock) sayConsent(say sayer, at func(time.Time) lang.Text, rule lang.Text) {
	t := &c.Times
	switch c.Phase {
	case Known:
		say("Ohne Auftrag oder Zustimmung wird nichts geändert%[1]s; der Kunde ist noch nicht gefragt.",
			"Nothing is changed without an order or consent%[1]s; the customer has not been asked yet.", rule)
	case Asked:
		say("Ohne Auftrag oder Zustimmung wird nichts geändert%[1]s; der Kunde ist am %[2]s gefragt worden.",
			"Nothing is changed without an order or consent%[1]s; the customer was asked on %[2]s.", rule, at(t.Asked))
	case Silent:
		say("Der Kunde ist am %[1]s gefragt worden und hat nicht geantwortet; das ist seit %[2]s festgehalten%[3]s.",
			"The customer was asked on %[1]s and has not answered; this is on record since %[2]s%[3]s.", at(t.Asked), at(t.Silence), rule)
	case Refused:
		say("Der Kunde hat am %[1]s abgelehnt%[2]s.", "The customer refused on %[1]s%[2]s.", at(t.Refused), rule)
	case Ordered:
		say("Der Kunde hat am %[1]s zugestimmt.", "The customer consented on %[1]s.", at(t.Consented))
	}
}

// moment writes a time in the location of now.
func moment(t, now time.Time) lang.Text {
	t = t.In(now.Location())
	return lang.Text{DE: lang.DateTime(t, lang.DE), EN: lang.DateTime(t, lang.EN)}
}

func inBrackets(rule string) lang.Text {
	if rule == "" {
		return lang.Text{}
	}
	return lang.T(" ("+rule+")", " ("+rule+")")
}
