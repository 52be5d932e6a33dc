package freeze

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/holiday"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Bounds of what is accepted.
const (
	MaxDays      = 366 // of one stretch: what lasts longer is no freeze but another agreement
	MaxAround    = 14  // days before and after a holiday
	MaxOverrides = 1000
	maxText      = 4000 // bytes that people write
)

// Closed is a freeze that has been checked.
type Closed struct {
	freeze Freeze
	zone   *time.Location
	all    window.Interval // what lies outside is free; the zero interval has no bounds
}

// checker collects what is wrong.
type checker struct{ places []fault.Place }

func (c *checker) wrong(field, de, en string, args ...any) {
	c.places = append(c.places, fault.Place{Field: field, Problem: lang.Textf(de, en, args...)})
}

// Check says whether a stated freeze holds together: a *fault.Error with the code Invalid that names every
// field, or the freeze as it can be asked.
func Check(f Freeze, zones window.Zones) (Closed, error) {
	var c checker
	closed := Closed{freeze: f}
	c.text("id", f.ID, "es fehlt der Name der Sperrzeit", "the name of the freeze is missing")
	c.text("reason", f.Reason, "es fehlt der Grund", "the reason is missing")
	c.text("set_by", f.SetBy, "es fehlt, wer sie gesetzt hat", "it does not say who set it")
	if f.SetAt.IsZero() {
		c.wrong("set_at", "es fehlt, wann sie gesetzt wurde", "it does not say when it was set")
	}
	if f.Scope.Customer != "" && f.Scope.System != "" {
		c.wrong("scope", "sie gilt für einen Kunden oder für ein System, nicht für beides", "it is about a customer or about a system, not about both")
	}
	for i, a := range f.May {
		c.authority("may_override["+strconv.Itoa(i)+"]", f, a)
	}
	zone, err := zones(f.Zone)
	if err != nil || f.Zone == "" || f.Zone == "Local" {
		c.wrong("zone", "„%[1]s“ ist keine Zeitzone; zum Beispiel Europe/Berlin", `"%[1]s" is no time zone; for example Europe/Berlin`, f.Zone)
	} else {
		closed.zone = zone
		c.stretch(&closed)
	}
	if h := f.Holidays; h != nil {
		c.holidays(*h)
	}
	if len(f.Overrides) > MaxOverrides {
		c.wrong("overrides", "es sind mehr als %[1]d", "there are more than %[1]d", MaxOverrides)
	} else {
		for i, o := range f.Overrides {
			c.override("overrides["+strconv.Itoa(i)+"]", f, o)
		}
	}
	if len(c.places) > 0 {
		return Closed{}, &fault.Error{
			Code:   fault.Invalid,
			Text:   lang.T("Die Sperrzeit wird nicht angenommen.", "The freeze is not accepted."),
			Mend:   lang.T("Bitte ändern Sie die genannten Angaben.", "Please change the fields named."),
			Places: c.places,
		}
	}
	return closed, nil
}

func (c *checker) text(field, value, de, en string) {
	switch {
	case strings.TrimSpace(value) == "":
		c.wrong(field, de, en)
	case len(value) > maxText:
		c.wrong(field, "der Text hat mehr als %[1]d Bytes", "the text has more than %[1]d bytes", maxText)
	}
}

func (c *checker) authority(field string, f Freeze, a Authority) {
	switch {
	case a != Management && a != Contact:
		c.wrong(field, "„%[1]s“ gibt es nicht; möglich sind management und contact", `there is no "%[1]s"; possible are management and contact`, a)
	case a == Contact && f.Scope == Scope{}:
		c.wrong(field, "eine Sperrzeit des Anbieters für alle Systeme hebt kein Kunde auf", "a freeze of the provider for all systems is not for a customer to override")
	}
}

// stretch reads From and To.
func (c *checker) stretch(closed *Closed) {
	f := closed.freeze
	if f.From.IsZero() && f.Holidays == nil {
		c.wrong("from", "es fehlt, ab wann sie gilt; zum Beispiel 2026-11-27T00:00", "it does not say from when on; for example 2026-11-27T00:00")
	}
	if f.To.IsZero() && f.Holidays == nil {
		c.wrong("to", "es fehlt, bis wann sie gilt; zum Beispiel 2026-12-01T00:00", "it does not say until when; for example 2026-12-01T00:00")
	}
	if !f.From.IsZero() {
		closed.all.From = f.From.In(closed.zone)
	}
	if !f.To.IsZero() {
		closed.all.To = f.To.In(closed.zone)
	}
	if f.From.IsZero() || f.To.IsZero() {
		return
	}
	switch {
	case !closed.all.To.After(closed.all.From):
		c.wrong("to", "sie endet, bevor sie beginnt", "it ends before it begins")
	case f.Holidays == nil && f.To.Day.Since(f.From.Day) > MaxDays:
		c.wrong("to", "sie dauert länger als %[1]d Tage", "it lasts for more than %[1]d days", MaxDays)
	}
}

func (c *checker) holidays(h Holidays) {
	if region, err := holiday.Parse(string(h.Region)); err != nil || region != h.Region {
		c.wrong("holidays.region", "„%[1]s“ ist kein Gebiet mit bekannten Feiertagen; zum Beispiel DE-BY, AT oder CH-ZH", `"%[1]s" is no region whose holidays are known; for example DE-BY, AT or CH-ZH`, h.Region)
	}
	for _, d := range []struct {
		field string
		days  int
	}{{"before", h.Before}, {"after", h.After}} {
		if d.days < 0 || d.days > MaxAround {
			c.wrong("holidays."+d.field, "es sind 0 bis %[1]d Tage", "it is from 0 to %[1]d days", MaxAround)
		}
	}
}

func (c *checker) override(field string, f Freeze, o Override) {
	c.text(field+".by", o.By, "es fehlt, wer sie aufgehoben hat", "it does not say who overrode it")
	c.text(field+".reason", o.Reason, "es fehlt der Grund", "the reason is missing")
	if !slices.Contains(f.May, o.As) {
		c.wrong(field+".as", "„%[1]s“ darf diese Sperrzeit nicht aufheben", `"%[1]s" may not override this freeze`, o.As)
	}
	switch {
	case o.At.IsZero():
		c.wrong(field+".at", "es fehlt, wann sie aufgehoben wurde", "it does not say when it was overridden")
	case o.From.Before(o.At):
		c.wrong(field+".from", "eine Sperrzeit wird nicht rückwirkend aufgehoben", "a freeze is not overridden for the past")
	case !o.To.After(o.From):
		c.wrong(field+".to", "die Aufhebung endet, bevor sie beginnt", "the override ends before it begins")
	}
}

// Freeze is the freeze as it was stated.
func (c Closed) Freeze() Freeze { return c.freeze }
