package policy

import "github.com/patchwart/patchwart/internal/core/lang"

// Dated is a version with what is recorded about its validity: the document's own dates, or what a person
// stated later. A date that nobody knows is DateUnknown.
type Dated struct {
	Version   *Version
	ValidFrom string
	ValidTo   string
}

// excludes reports whether a known date keeps the version from being in force on the day.
func (d Dated) excludes(day string) bool {
	return d.ValidFrom != DateUnknown && day < d.ValidFrom || d.ValidTo != DateUnknown && day > d.ValidTo
}

// InForce finds the version that is in force on a day (YYYY-MM-DD) for a contract that refers to one, or to
// all versions of a name ("as amended"). Where there is none, or where an unknown date leaves open which one
// it is, it returns nil and says why; a nil version permits nothing.
func InForce(known []Dated, ref, day string) (*Version, lang.Text) {
	var named []Dated
	for _, d := range known {
		if d.Version.ID == ref {
			if d.excludes(day) {
				return nil, lang.Textf("Die Fassung %[1]s galt am %[2]s nicht (gültig %[3]s bis %[4]s).",
					"The version %[1]s was not in force on %[2]s (valid %[3]s to %[4]s).", ref, day, d.ValidFrom, d.ValidTo)
			}
			return d.Version, lang.Text{}
		}
		if d.Version.Name == ref {
			named = append(named, d)
		}
	}
	switch len(named) {
	case 0:
		return nil, lang.Textf("Ein Regelwerk %[1]s ist nicht bekannt.", "A policy %[1]s is not known.", ref)
	case 1: // nothing else could be in force
		if named[0].excludes(day) {
			return nil, noneOf(ref, day)
		}
		return named[0].Version, lang.Text{}
	}
	var best *Dated
	for i, d := range named {
		if d.excludes(day) {
			continue
		}
		if d.ValidFrom == DateUnknown {
			return nil, lang.Textf(
				"Es ist nicht bekannt, ab wann %[1]s gilt; welche Fassung von %[2]s am %[3]s galt, bleibt offen. Bitte tragen Sie das Datum ein: patchwart policy valid %[1]s --from TAG --by NAME",
				"It is not known from when %[1]s is valid; which version of %[2]s was in force on %[3]s stays open. Please enter the date: patchwart policy valid %[1]s --from DAY --by NAME",
				d.Version.ID, ref, day)
		}
		if best == nil || d.ValidFrom > best.ValidFrom {
			best = &named[i]
		}
	}
	if best == nil {
		return nil, noneOf(ref, day)
	}
	return best.Version, lang.Text{}
}

func noneOf(name, day string) lang.Text {
	return lang.Textf("Am %[2]s war keine Fassung von %[1]s in Kraft.", "On %[2]s no version of %[1]s was in force.", name, day)
}
