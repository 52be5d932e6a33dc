package mail

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Standing is how far the address in From can be believed.
type Standing string

// The standings.
const (
	Aligned   Standing = "aligned"   // the domain in From, or its organisation, stands for the mail
	Unaligned Standing = "unaligned" // another domain does: a list, a forwarder, a sender for hire, or a trick
	Unproven  Standing = "none"      // nothing speaks for the domain in From, nothing against
	Forged    Standing = "forged"    // the domain in From says that the mail is not its own, or it was changed on the way
)

// Judgement is a standing and why.
type Judgement struct {
	Standing Standing    `json:"standing"`
	Domain   string      `json:"domain"` // of From
	Reasons  []lang.Text `json:"reasons"`
}

// Judge says how far the sender of a mail can be believed, from what the server with the authserv-id trusted
// found and from the signatures verified here. A domain that is aligned (RFC 7489 3.1, relaxed) vouches for
// the address; who owns the address and may order is for others to say.
func Judge(m Message, trusted string) Judgement {
	j := Judgement{Standing: Unproven, Domain: domainOf(m.From.Address)}
	add := func(s Standing, de, en string, args ...any) {
		j.Standing = s
		j.Reasons = append(j.Reasons, lang.Textf(de, en, args...))
	}
	against, other := []lang.Text{}, []lang.Text{}

	signatures := m.Auth.Own
	heard := trusted != "" && strings.EqualFold(m.Auth.Server, trusted)
	if heard {
		signatures = append(append([]Signature{}, signatures...), m.Auth.Said...)
	}
	for _, s := range signatures {
		switch aligned := sameOrganisation(s.Domain, j.Domain); {
		case s.Result == Pass && aligned && s.Loose:
			other = append(other, lang.Textf("Die Signatur von %[1]s ist gültig, deckt aber Betreff oder Antwortadresse nicht.", "The signature of %[1]s is valid, but does not cover the subject or the address for replies.", s.Domain))
		case s.Result == Pass && aligned:
			if j.Standing != Aligned {
				add(Aligned, "Gültige Signatur (DKIM) von %[1]s, passend zur Absenderdomain %[2]s.", "Valid signature (DKIM) of %[1]s, which matches the sender's domain %[2]s.", s.Domain, j.Domain)
			}
		case s.Result == Pass:
			other = append(other, lang.Textf("Gültige Signatur (DKIM), aber von %[1]s und nicht von der Absenderdomain %[2]s.", "Valid signature (DKIM), but of %[1]s and not of the sender's domain %[2]s.", s.Domain, j.Domain))
		case s.Result == Fail && aligned:
			against = append(against, lang.Textf("Die Signatur von %[1]s passt nicht zur Nachricht: Sie wurde gefälscht oder unterwegs verändert.", "The signature of %[1]s does not fit the message: it was forged or changed on the way.", s.Domain))
		case s.Result == TempError && aligned:
			j.Reasons = append(j.Reasons, lang.Textf("Die Signatur von %[1]s ist gerade nicht zu prüfen.", "The signature of %[1]s cannot be checked at the moment.", s.Domain))
		}
	}
	if heard {
		aligned := sameOrganisation(m.Auth.SPF.Domain, j.Domain)
		switch r := m.Auth.SPF.Result; {
		case r == Pass && aligned:
			add(Aligned, "Vom Server eines für %[1]s zugelassenen Absenders (SPF), passend zur Absenderdomain %[2]s.", "From a server that %[1]s allows to send (SPF), which matches the sender's domain %[2]s.", m.Auth.SPF.Domain, j.Domain)
		case r == Pass:
			other = append(other, lang.Textf("SPF ist bestanden, aber für %[1]s und nicht für die Absenderdomain %[2]s.", "SPF passed, but for %[1]s and not for the sender's domain %[2]s.", m.Auth.SPF.Domain, j.Domain))
		case (r == Fail || r == "hardfail") && aligned:
			against = append(against, lang.Textf("%[1]s lässt den Server nicht zu, von dem die Nachricht kommt (SPF).", "%[1]s does not allow the server that the message comes from (SPF).", m.Auth.SPF.Domain))
		}
		// DMARC has weighed all of this by the domain's own rules: only a signature verified here says more.
		if m.Auth.DMARC.Result == Fail && (m.Auth.DMARC.Domain == "" || sameOrganisation(m.Auth.DMARC.Domain, j.Domain)) && !proven(m.Auth.Own, j.Domain) {
			j.Standing, j.Reasons = Unproven, nil
			against = append(against, lang.Textf("Nach den Regeln von %[1]s ist die Nachricht nicht echt (DMARC).", "By the rules of %[1]s the message is not genuine (DMARC).", j.Domain))
		}
	}
	switch {
	case j.Standing == Aligned:
	case len(against) > 0:
		j.Standing, j.Reasons = Forged, append(j.Reasons, against...)
	case len(other) > 0:
		j.Standing, j.Reasons = Unaligned, append(j.Reasons, other...)
	default:
		j.Reasons = append(j.Reasons, lang.Textf("Nichts belegt, dass die Nachricht von %[1]s kommt.", "Nothing proves that the message comes from %[1]s.", j.Domain))
	}
	return j
}

// proven reports whether one of the signatures stands for the domain.
func proven(signatures []Signature, domain string) bool {
	for _, s := range signatures {
		if s.Result == Pass && !s.Loose && sameOrganisation(s.Domain, domain) {
			return true
		}
	}
	return false
}

// sameOrganisation is relaxed alignment: both domains belong to one registered domain. Below a suffix that
// is public (co.uk, or a hoster's domain for its customers), names are strangers to each other.
func sameOrganisation(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	oa, err := publicsuffix.EffectiveTLDPlusOne(a)
	if err != nil {
		return false
	}
	ob, err := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && oa == ob
}
