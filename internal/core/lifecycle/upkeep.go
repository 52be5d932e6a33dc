package lifecycle

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// believed is for how long a source is believed that a line has not ended of which it names no last day.
// Such a line ends without notice, WordPress's with the next release.
const believed = 31 * 24 * time.Hour

// Upkeep is until when the makers of a product look after the line that a version is of. A phase that is
// not known is just that: neither the product nor the line needs to be one that a source follows.
type Upkeep struct {
	Product string    `json:"product"`         // as endoflife.date calls it
	Cycle   string    `json:"cycle,omitempty"` // the line; empty: not known
	Phase   Phase     `json:"phase"`           // full, paid_only, ended or unknown
	End     time.Time `json:"end,omitzero"`    // last day with security updates for everybody; zero: none is named
	Paid    time.Time `json:"paid,omitzero"`   // last day with those that are paid for
	Latest  string    `json:"latest,omitempty"`
	Current string    `json:"current,omitempty"` // the newest line that is looked after
	Sources []string  `json:"sources,omitempty"`
	AsOf    time.Time `json:"as_of,omitzero"` // when the source said so
}

// Upkeep is how the line of a version stands on a day. Of sources that disagree the earlier end counts.
func (t *Table) Upkeep(now time.Time, product, version string) Upkeep {
	u := Upkeep{Product: product, Phase: Unknown}
	if t == nil {
		return u
	}
	lines := t.products[product]
	at := -1
	for i, p := range lines {
		if inLine(version, p.Cycle) && (at < 0 || len(p.Cycle) > len(lines[at].Cycle)) {
			at = i
		}
	}
	if at < 0 {
		return u
	}
	p := lines[at]
	for _, x := range lines {
		if x.Cycle != p.Cycle {
			continue
		}
		if !slices.Contains(u.Sources, x.Source) {
			u.Sources = append(u.Sources, x.Source)
		}
		if phase, end := x.stands(now); sooner(end, phase, p, now) {
			p = x
		}
	}
	u.Cycle, u.Paid, u.Latest, u.AsOf = p.Cycle, p.Paid, p.Latest, p.AsOf
	u.Phase, u.End = p.stands(now)
	for _, x := range lines { // newest first
		if phase, _ := x.stands(now); phase == Full {
			u.Current = x.Cycle
			break
		}
	}
	return u
}

// sooner reports whether an end is before that of another line.
func sooner(end time.Time, phase Phase, than Product, now time.Time) bool {
	was, other := than.stands(now)
	switch {
	case phase == Unknown:
		return false
	case was == Unknown:
		return true
	case end.IsZero():
		return phase == Ended && was != Ended
	}
	return other.IsZero() && was != Ended || end.Before(other)
}

// stands is the phase of a line on a day, and its last day for everybody.
func (p Product) stands(now time.Time) (Phase, time.Time) {
	through := func(day time.Time) bool { return !day.IsZero() && now.Before(day.AddDate(0, 0, 1)) }
	switch {
	case through(p.End):
		return Full, p.End
	case p.End.IsZero() && !p.Ended && p.Open && now.Sub(p.AsOf) <= believed:
		return Full, p.End
	case p.End.IsZero() && !p.Ended:
		return Unknown, p.End
	case through(p.Paid):
		return PaidOnly, p.End
	}
	return Ended, p.End
}

var (
	numbers   = regexp.MustCompile(`^[vV]?([0-9]+(?:\.[0-9]+)*)(.*)$`)
	unsettled = regexp.MustCompile(`(?i)^[.~+-]?x?[.~+-]?(dev|alpha|beta|rc|pre|snapshot|nightly)`)
)

// inLine reports whether a version is of a line: 6.4.3 is of 6.4, and so is 6.4. A branch or what comes
// before a release is of none: nobody looks after it.
func inLine(version, cycle string) bool {
	m := numbers.FindStringSubmatch(strings.TrimSpace(version))
	if m == nil || unsettled.MatchString(m[2]) {
		return false
	}
	return m[1] == cycle || strings.HasPrefix(m[1], cycle+".")
}
