// Package holiday knows the public holidays (gesetzliche Feiertage) of Germany, Austria and Switzerland by
// ISO 3166-2 code: "DE-BY", "AT", "CH-ZH".
//
// A day is a holiday of a region when the law makes it one in the whole of it. What holds in parts of the
// region only (15 August in Bavaria: by municipality), or is kept without being law, is told apart, with
// where it holds: nothing is guessed. The lists are those of a library with corrections on top; each
// correction says why. They are as the law stood at the end of 2025, for all years from First on.
package holiday

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// First is the first year that the lists hold for. In 1995 the day of repentance (Buß- und Bettag) ceased
// to be a holiday in all of Germany but Saxony.
const First = 1995

// Region is a country, or a part of it that has holidays of its own, by its ISO 3166-2 code. Codes come
// from Parse; another one has no holidays.
type Region string

// Holiday is one day that is a holiday.
type Holiday struct {
	Day   wall.Day  `json:"day"`
	Name  lang.Text `json:"name"`
	Where lang.Text `json:"where,omitzero"` // in which part of the region, or by what custom; empty: by law in the whole of it
}

// Everywhere reports whether the day is a holiday by law in the whole region.
func (h Holiday) Everywhere() bool { return h.Where.IsZero() }

// Parse reads the code of a region. The error says in one English sentence what is wrong.
func Parse(code string) (Region, error) {
	r := Region(strings.ToUpper(strings.TrimSpace(code)))
	if _, ok := regions[r]; !ok {
		return "", fmt.Errorf("%q is no region whose holidays are known; write it as DE-BY, AT or CH-ZH", code)
	}
	return r, nil
}

// Regions lists the regions that are known, by code.
func Regions() []Region {
	var list []Region
	for r := range regions {
		list = append(list, r)
	}
	slices.Sort(list)
	return list
}

// In is where that is, as a sentence has it: "in Bayern", "im Kanton Zürich"; "in Bavaria", "in Zurich".
func (r Region) In() lang.Text { return regions[r] }

// On is the holiday that a day is by law in the whole region.
func On(day wall.Day, region Region) (name lang.Text, ok bool) {
	for _, h := range year(day.Year, region) {
		if h.Day == day && h.Everywhere() {
			return h.Name, true
		}
	}
	return lang.Text{}, false
}

// Easter is Easter Sunday of a year of the Gregorian calendar.
func Easter(year int) wall.Day {
	day, _ := easter.in(year)
	return day
}

// Between lists the holidays from one day to another, both included, in order, also those that hold in
// parts of the region only.
func Between(from, to wall.Day, region Region) []Holiday {
	var list []Holiday
	for y := max(from.Year, First); y <= min(to.Year, Last); y++ {
		for _, h := range year(y, region) {
			if !h.Day.Before(from) && !h.Day.After(to) {
				list = append(list, h)
			}
		}
	}
	return list
}

// Last is the last year that is computed; bounds keep every answer finite.
const Last = 2199

// year lists the holidays of a year in order.
func year(y int, region Region) []Holiday {
	if y < First || y > Last {
		return nil
	}
	var list []Holiday
	for _, o := range lists[region] {
		if o.from > y || o.to != 0 && o.to < y {
			continue
		}
		if day, ok := o.feast.in(y); ok {
			list = append(list, Holiday{Day: day, Name: o.feast.name, Where: o.where})
		}
	}
	slices.SortStableFunc(list, func(a, b Holiday) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Where.DE, b.Where.DE))
	})
	return list
}

// Limits says what is not known of a region's holidays, or which of them are not holidays everywhere; empty
// when nothing is known to be missing.
func Limits(region Region) lang.Text {
	var list []lang.Text
	for _, o := range lists[region] {
		if !o.where.IsZero() {
			list = append(list, lang.Textf("%[1]s (%[2]s)", "%[1]s (%[2]s)", o.feast.name, o.where))
		}
	}
	if len(list) == 0 {
		return lang.Text{}
	}
	return lang.Textf("Nicht überall %[1]s gesetzlicher Feiertag: %[2]s.", "Not a public holiday everywhere %[1]s: %[2]s.", region.In(), lang.JoinTexts(list))
}
