package freeze

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Notice is what the other side is told about an override.
type Notice struct {
	To   Authority `json:"to"`
	Text lang.Text `json:"text"`
}

// Override returns the freeze with an override recorded, and who is told what. It is refused to whom the
// freeze does not name, and where the freeze does not hold anyway.
func (c Closed) Override(o Override) (Closed, Notice, error) {
	f := c.freeze
	if !slices.Contains(f.May, o.As) {
		return Closed{}, Notice{}, &fault.Error{
			Code: fault.Refused, Rule: f.ID,
			Text: lang.Textf("Die Sperrzeit %[1]s darf %[2]s nicht aufheben.", "The freeze %[1]s may not be overridden by %[2]s.", f.ID, o.As.Text()),
			Mend: c.mayText(),
		}
	}
	f.Overrides = append(slices.Clone(f.Overrides), o)
	var check checker
	check.override("override", f, o)
	if len(f.Overrides) > MaxOverrides {
		check.wrong("overrides", "es sind mehr als %[1]d", "there are more than %[1]d", MaxOverrides)
	}
	if len(check.places) > 0 {
		return Closed{}, Notice{}, &fault.Error{
			Code:   fault.Invalid,
			Text:   lang.Textf("Die Sperrzeit %[1]s wird nicht aufgehoben.", "The freeze %[1]s is not overridden.", f.ID),
			Mend:   lang.T("Bitte ergänzen Sie die genannten Angaben.", "Please complete the fields named."),
			Places: check.places,
		}
	}
	if len(c.stretches(window.Interval{From: o.From, To: o.To})) == 0 {
		return Closed{}, Notice{}, fault.New(fault.Conflict,
			lang.Textf("Die Sperrzeit %[1]s gilt in dieser Zeit nicht.", "The freeze %[1]s does not hold at that time.", f.ID),
			lang.T("Es ist nichts aufzuheben.", "There is nothing to override."))
	}
	c.freeze = f
	other := Contact
	if o.As == Contact {
		other = Management
	}
	return c, Notice{To: other, Text: c.overridden(o)}, nil
}
