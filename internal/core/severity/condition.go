package severity

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// fact is a name of the closed vocabulary that conditions and ratings speak in.
type fact string

// The facts that conditions may ask for.
const (
	factRemote          fact = "remote"
	factUnauthenticated fact = "unauthenticated"
	factWithoutHelp     fact = "without_help"
	factTakeover        fact = "takeover"
	factAutomatable     fact = "automatable"
	factKnownExploited  fact = "known_exploited"
	factRansomware      fact = "ransomware"
	factScore           fact = "score"
	factEPSS            fact = "epss"
	factPercentile      fact = "epss_percentile"
	factUrgency         fact = "urgency"
	factWord            fact = "word"
)

// factWords says what each fact is, for sentences about what is missing.
var factWords = map[fact]lang.Text{
	factRemote:          lang.T("ob sie aus der Ferne erreichbar ist", "whether it can be reached from afar"),
	factUnauthenticated: lang.T("ob es dazu ein Konto braucht", "whether it takes an account"),
	factWithoutHelp:     lang.T("ob jemand mithelfen muss", "whether somebody has to help"),
	factTakeover:        lang.T("ob sie das System übernehmen lässt", "whether it lets the system be taken over"),
	factAutomatable:     lang.T("ob der Angriff sich automatisieren lässt", "whether the attack can be automated"),
	factKnownExploited:  lang.T("ob sie ausgenutzt wird (KEV)", "whether it is exploited (KEV)"),
	factRansomware:      lang.T("ob Erpresser sie benutzen (KEV)", "whether extortionists use it (KEV)"),
	factScore:           lang.T("der CVSS-Wert", "the CVSS score"),
	factEPSS:            lang.T("der EPSS-Wert", "the EPSS score"),
	factPercentile:      lang.T("der EPSS-Rang", "the EPSS percentile"),
	factUrgency:         lang.T("die Dringlichkeit bei Debian", "Debian's urgency"),
	factWord:            lang.T("die Einstufung durch den Herausgeber", "the publisher's own rating"),
}

// condition is a leaf that asks for one fact, or several conditions of which all or any must hold.
type condition struct {
	parts []condition
	any   bool // one of the parts is enough

	fact  fact
	want  Answer   // for yes-or-no facts
	least float64  // for numbers
	below float64  // for numbers, exclusive; 0: no bound
	level Level    // for words: this or worse
	oneOf []string // for the urgency
}

// subject is what conditions are asked about: one publisher's view and what is said besides.
type subject struct {
	Attributes
	score float64 // notKnown: there is no vector
	joint
}

// holds answers the condition in three-valued logic: what is not known decides nothing.
func (c *condition) holds(s *subject) Answer {
	if len(c.parts) > 0 {
		// The answer that settles the matter, and the one that stands if no part does.
		settles, out := No, Yes
		if c.any {
			settles, out = Yes, No
		}
		for i := range c.parts {
			switch a := c.parts[i].holds(s); a {
			case settles:
				return a
			case NotKnown:
				out = NotKnown
			}
		}
		return out
	}
	switch c.fact {
	case factRemote:
		return c.wanted(s.Remote)
	case factUnauthenticated:
		return c.wanted(s.Unauthenticated)
	case factWithoutHelp:
		return c.wanted(s.WithoutHelp)
	case factTakeover:
		return c.wanted(s.Takeover)
	case factAutomatable:
		return c.wanted(s.Automatable)
	case factKnownExploited:
		return c.wanted(s.exploited)
	case factRansomware:
		return c.wanted(s.ransomware)
	case factScore:
		return c.within(s.score)
	case factEPSS:
		return c.within(s.epss)
	case factPercentile:
		return c.within(s.percentile)
	case factUrgency:
		if s.urgency == "" {
			return NotKnown
		}
		return answer(slices.Contains(c.oneOf, s.urgency))
	case factWord:
		if s.word == Unknown {
			return NotKnown
		}
		return answer(s.word.Rank() >= c.level.Rank())
	}
	return NotKnown
}

func (c *condition) wanted(a Answer) Answer {
	if a == NotKnown {
		return NotKnown
	}
	return answer(a == c.want)
}

func (c *condition) within(n float64) Answer {
	if n < 0 {
		return NotKnown
	}
	return answer(n >= c.least && (c.below == 0 || n < c.below))
}

// missing adds the facts that keep the condition open to the list, each once.
func (c *condition) missing(s *subject, list []fact) []fact {
	if c.holds(s) != NotKnown {
		return list
	}
	for i := range c.parts {
		list = c.parts[i].missing(s, list)
	}
	if len(c.parts) == 0 && !slices.Contains(list, c.fact) {
		list = append(list, c.fact)
	}
	return list
}
