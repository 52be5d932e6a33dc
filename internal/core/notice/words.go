package notice

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Word is a happening in a word or two.
func Word(h policy.Happening) lang.Text {
	switch h {
	case policy.HappensPlanned:
		return lang.T("Wartung geplant", "Maintenance planned")
	case policy.HappensMoved:
		return lang.T("Wartung verschoben", "Maintenance moved")
	case policy.HappensCancelled:
		return lang.T("Wartung entfällt", "Maintenance cancelled")
	case policy.HappensBegun:
		return lang.T("Wartung begonnen", "Maintenance begun")
	case policy.HappensDone:
		return lang.T("Wartung beendet", "Maintenance done")
	case policy.HappensPartial:
		return lang.T("Teilweise eingespielt", "Installed in part")
	case policy.HappensNotEffective:
		return lang.T("Eingespielt, nicht wirksam", "Installed, not effective")
	case policy.HappensBlocked:
		return lang.T("Wartung nicht begonnen", "Maintenance not begun")
	case policy.HappensRestored:
		return lang.T("Vorheriger Zustand wiederhergestellt", "Previous state restored")
	case policy.HappensRestoreFailed:
		return lang.T("Wiederherstellung gescheitert", "Restore failed")
	case policy.HappensOverdue:
		return lang.T("Überfällig", "Overdue")
	}
	return lang.T("Unbekannt", "Unknown")
}

// reason says why somebody is told, and whether late.
func (n Notice) reason() lang.Text {
	by := lang.T("Vorgabe des Hauses", "the house's own rule")
	if n.Rule != "" {
		by = lang.T(n.Rule, n.Rule)
	}
	who := lang.T(n.To, n.To)
	switch {
	case n.Late && n.Lead > 0:
		return lang.Textf("%[1]s: %[2]s erfährt das %[3]s vorher; diese Nachricht kommt später als zugesagt.",
			"%[1]s: %[2]s is told %[3]s before; this notice comes later than that.", by, who, words(n.Lead))
	case n.Late:
		return lang.Textf("%[1]s: %[2]s erfährt das sofort; diese Nachricht kommt verspätet.", "%[1]s: %[2]s is told at once; this notice comes late.", by, who)
	case n.Lead > 0:
		return lang.Textf("%[1]s: %[2]s erfährt das mindestens %[3]s vorher.", "%[1]s: %[2]s is told at least %[3]s before.", by, who, words(n.Lead))
	}
	return lang.Textf("%[1]s: %[2]s erfährt das sofort.", "%[1]s: %[2]s is told at once.", by, who)
}

func words(d time.Duration) lang.Text {
	return lang.T(lang.Duration(d, lang.DE), lang.Duration(d, lang.EN))
}

// Sentence says to the recipient what is the matter, in the time of a zone.
func (n Notice) Sentence(zone *time.Location) lang.Text {
	at, was := span(n.Slot, zone), span(n.Was, zone)
	var text lang.Text
	switch n.Happening {
	case policy.HappensPlanned:
		text = lang.Textf("%[1]s: Wartung geplant für %[2]s. In dieser Zeit kann das System kurz nicht erreichbar sein.",
			"%[1]s: maintenance is planned for %[2]s. In this time the system may be unavailable for a short while.", n.System, at)
	case policy.HappensMoved:
		text = lang.Textf("%[1]s: Die Wartung ist verschoben, von %[2]s auf %[3]s.", "%[1]s: the maintenance has moved, from %[2]s to %[3]s.", n.System, was, at)
	case policy.HappensCancelled:
		text = lang.Textf("%[1]s: Die Wartung am %[2]s findet nicht statt.", "%[1]s: the maintenance on %[2]s does not take place.", n.System, was)
	case policy.HappensBegun:
		text = lang.Textf("%[1]s: Die Wartung hat begonnen; sie endet spätestens %[2]s.", "%[1]s: the maintenance has begun; it ends by %[2]s.", n.System, moment(n.Slot.To, zone))
	case policy.HappensOverdue:
		text = lang.Textf("%[1]s: Überfällig seit %[2]s.", "%[1]s: overdue since %[2]s.", n.System, moment(n.Slot.From, zone))
	default:
		word := Word(n.Happening)
		text = lang.Textf("%[1]s: %[2]s.", "%[1]s: %[2]s.", n.System, word)
	}
	if !n.Note.IsZero() {
		text = lang.T(text.DE+" "+n.Note.DE, text.EN+" "+n.Note.EN)
	}
	if n.Late {
		late := lang.T("Diese Nachricht kommt verspätet.", "This notice comes late.")
		if n.Lead > 0 {
			late = lang.Textf("Diese Nachricht kommt kürzer als %[1]s vorher.", "This notice comes less than %[1]s before.", words(n.Lead))
		}
		text = lang.T(text.DE+" "+late.DE, text.EN+" "+late.EN)
	}
	return text
}

func moment(t time.Time, zone *time.Location) lang.Text {
	return lang.T(lang.DateTime(t.In(zone), lang.DE), lang.DateTime(t.In(zone), lang.EN))
}

func span(i window.Interval, zone *time.Location) lang.Text {
	return lang.T(lang.Interval(i.From.In(zone), i.To.In(zone), lang.DE), lang.Interval(i.From.In(zone), i.To.In(zone), lang.EN))
}

// Subject is the line above a letter.
func (l Letter) Subject() lang.Text {
	if len(l.Notices) == 1 {
		n := l.Notices[0]
		word := Word(n.Happening)
		return lang.Textf("[%[1]s] %[2]s", "[%[1]s] %[2]s", n.System, word)
	}
	word := Word(l.Notices[0].Happening)
	if l.mixed() {
		return lang.Counted(l.systems(), lang.T("%[2]s und mehr: %[1]s System", "%[2]s and more: %[1]s system"), lang.T("%[2]s und mehr: %[1]s Systeme", "%[2]s and more: %[1]s systems"), word)
	}
	return lang.Counted(l.systems(), lang.T("%[2]s: %[1]s System", "%[2]s: %[1]s system"), lang.T("%[2]s: %[1]s Systeme", "%[2]s: %[1]s systems"), word)
}

func (l Letter) systems() int {
	seen := map[string]bool{}
	for _, n := range l.Notices {
		seen[n.System] = true
	}
	return len(seen)
}

// mixed reports whether different things happened.
func (l Letter) mixed() bool {
	return slices.ContainsFunc(l.Notices, func(n Notice) bool { return n.Happening != l.Notices[0].Happening })
}

// Text is the words of a letter: what is the matter, grouped, and why the recipient is told.
func (l Letter) Text(zone *time.Location) lang.Text {
	var de, en []string
	add := func(t lang.Text) { de, en = append(de, t.DE), append(en, t.EN) }
	single := len(l.Notices) == 1
	for i, n := range l.Notices {
		if !single && (i == 0 || l.Notices[i-1].Happening != n.Happening) {
			if i > 0 {
				add(lang.Text{})
			}
			word := Word(n.Happening)
			add(lang.Textf("%[1]s (%[2]d)", "%[1]s (%[2]d)", word, l.count(n.Happening)))
		}
		sentence := n.Sentence(zone)
		if !single {
			sentence = lang.T("- "+sentence.DE, "- "+sentence.EN)
		}
		add(sentence)
	}
	add(lang.Text{})
	add(lang.T("Warum Sie das erfahren:", "Why you are told:"))
	for _, why := range l.whys() {
		add(why)
	}
	return lang.T(strings.Join(de, "\n"), strings.Join(en, "\n"))
}

func (l Letter) count(h policy.Happening) (n int) {
	for _, one := range l.Notices {
		if one.Happening == h {
			n++
		}
	}
	return n
}

// whys are the reasons, each once: the statement, or what the house does although no document asks for it.
func (l Letter) whys() []lang.Text {
	var out []lang.Text
	for _, n := range l.Notices {
		word := Word(n.Happening)
		why := lang.Textf("%[1]s: Regel %[2]s", "%[1]s: rule %[2]s", word, n.Rule)
		if n.Rule == "" {
			why = lang.Textf("%[1]s: Vorgabe des Hauses. %[2]s", "%[1]s: the house's own rule. %[2]s", word, n.House)
		}
		if !slices.Contains(out, why) {
			out = append(out, why)
		}
	}
	return out
}
