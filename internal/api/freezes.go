package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/holiday"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Calendar is when changes are made, and when not.
type Calendar interface {
	Freezes(ctx context.Context) ([]board.Freeze, error)
	Freeze(ctx context.Context, f freeze.Freeze) (board.Freeze, error)
	EndFreeze(ctx context.Context, id, by string) (board.Freeze, error)
	OverrideFreeze(ctx context.Context, o board.FreezeOverride) (board.Freeze, error)
	Calendar(ctx context.Context, first time.Time, days int) (board.Calendar, error)
	ICalendar(ctx context.Context, customer string, l lang.Lang) ([]byte, error)
	Subscriptions
}

// calendarQuery says which days.
type calendarQuery struct {
	From string `query:"from" maxLength:"10" doc:"First day, 2026-11-28; empty: today"`
	Days int    `query:"days" minimum:"0" maximum:"92" doc:"How many days; 0: two weeks"`
}

// icsQuery says whose calendar.
type icsQuery struct {
	Customer string    `query:"customer" maxLength:"63" doc:"ID of the customer; empty: all"`
	Lang     lang.Lang `query:"lang" enum:"de,en" doc:"Language; empty: German"`
}

// freezeInput sets a freeze.
type freezeInput struct {
	Body struct {
		System      string   `json:"system,omitempty" maxLength:"63" doc:"Name of the system; without system and customer: all that the provider looks after"`
		Customer    string   `json:"customer,omitempty" maxLength:"63" doc:"ID of the customer"`
		From        string   `json:"from,omitempty" maxLength:"16" doc:"First local minute, 2026-11-27T00:00"`
		To          string   `json:"to,omitempty" maxLength:"16" doc:"First local minute after it"`
		Holidays    string   `json:"holidays,omitempty" maxLength:"6" doc:"Instead: the public holidays of a region, by its ISO 3166-2 code, DE-BY"`
		Before      int      `json:"days_before,omitempty" minimum:"0" maximum:"14" doc:"Days before each holiday that are frozen, too"`
		After       int      `json:"days_after,omitempty" minimum:"0" maximum:"14" doc:"Days after each holiday that are frozen, too"`
		Zone        string   `json:"zone,omitempty" maxLength:"64" doc:"Time zone, Europe/Berlin; without it, the hoster's"`
		Reason      string   `json:"reason" maxLength:"4000" doc:"Why"`
		By          string   `json:"by" maxLength:"200" doc:"Who sets it"`
		Emergencies bool     `json:"emergencies,omitempty" doc:"Emergency work passes"`
		May         []string `json:"may_override,omitempty" maxItems:"2" enum:"management,contact" doc:"Who may override it"`
	}
}

// freezePath names a freeze in the path.
type freezePath struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the freeze"`
	Body struct {
		By string `json:"by" minLength:"1" maxLength:"200" doc:"Who says so"`
	}
}

// overrideInput lets work pass in a freeze.
type overrideInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the freeze"`
	Body struct {
		By      string           `json:"by" minLength:"1" maxLength:"200" doc:"Who says so; of a customer's contact the id"`
		As      freeze.Authority `json:"as" enum:"management,contact" doc:"In whose name"`
		Reason  string           `json:"reason" minLength:"1" maxLength:"4000" doc:"Why"`
		From    time.Time        `json:"from" doc:"From when on work passes"`
		To      time.Time        `json:"to" doc:"Until when"`
		Systems []string         `json:"systems,omitempty" maxItems:"1000" doc:"On which systems; without any, all that the freeze is about"`
	}
}

type freezeList struct {
	Freezes []board.Freeze `json:"freezes"`
}

// stated is the freeze that an input states. Times that are none are named here; what is missing or does not
// hold together is the server's to say.
func (in *freezeInput) stated() (freeze.Freeze, error) {
	b := in.Body
	f := freeze.Freeze{Scope: freeze.Scope{System: b.System, Customer: b.Customer}, Zone: b.Zone, Reason: b.Reason, SetBy: b.By, Emergencies: b.Emergencies}
	var places []fault.Place
	for field, text := range map[string]string{"from": b.From, "to": b.To} {
		if text == "" {
			continue
		}
		at, err := wall.ParseTime(text)
		if err != nil {
			places = append(places, fault.Place{Field: field, Problem: lang.Textf("„%[1]s“ ist keine Zeit; zum Beispiel 2026-11-27T00:00", `"%[1]s" is no time; for example 2026-11-27T00:00`, text)})
		}
		if field == "from" {
			f.From = at
		} else {
			f.To = at
		}
	}
	if len(places) > 0 {
		return f, &fault.Error{Code: fault.Invalid, Places: places,
			Text: lang.T("Die Sperrzeit wird nicht angenommen.", "The freeze is not accepted."), Mend: lang.T("Bitte ändern Sie die genannten Angaben.", "Please change the fields named.")}
	}
	if b.Holidays != "" {
		f.Holidays = &freeze.Holidays{Region: holiday.Region(b.Holidays), Before: b.Before, After: b.After}
	}
	for _, m := range b.May {
		f.May = append(f.May, freeze.Authority(m))
	}
	return f, nil
}

func (s *service) calendar() {
	register(s, s.operation(http.MethodGet, "/calendar", "calendar", "Windows, freezes and runs, day by day", limitRead),
		func(ctx context.Context, in *calendarQuery) (*body[board.Calendar], error) {
			first := time.Time{}
			if in.From != "" {
				var err error
				if first, err = time.Parse(time.DateOnly, in.From); err != nil {
					return answer(board.Calendar{}, fault.New(fault.Invalid, lang.Textf("„%[1]s“ ist kein Tag wie 2026-11-28.", `"%[1]s" is not a day like 2026-11-28.`, in.From), lang.Text{}))
				}
			}
			return answer(s.backend.Calendar.Calendar(ctx, first, cmp.Or(in.Days, 14)))
		})
	ics := s.operation(http.MethodGet, "/calendar.ics", "icalendar", "What is planned and what is frozen, for calendar programs (RFC 5545)", limitRead)
	ics.Responses["200"] = &huma.Response{Description: "The calendar", Content: map[string]*huma.MediaType{"text/calendar": {}}}
	register(s, ics, func(ctx context.Context, in *icsQuery) (*plain, error) {
		text, err := s.backend.Calendar.ICalendar(ctx, in.Customer, cmp.Or(in.Lang, lang.DE))
		if err != nil {
			return nil, err
		}
		return &plain{"text/calendar; charset=utf-8", text}, nil
	})
	register(s, s.operation(http.MethodGet, "/freezes", "freezes", "Change freezes, those in force first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[freezeList], error) {
			list, err := s.backend.Calendar.Freezes(ctx)
			return answer(freezeList{filled(list)}, err)
		})
	set := s.operation(http.MethodPost, "/freezes", "freeze", "Set a change freeze: planned runs move behind it", limitWrite)
	set.DefaultStatus = http.StatusCreated
	register(s, set, func(ctx context.Context, in *freezeInput) (*body[board.Freeze], error) {
		f, err := in.stated()
		if err != nil {
			return answer(board.Freeze{}, err)
		}
		return answer(s.backend.Calendar.Freeze(ctx, f))
	})
	register(s, s.operation(http.MethodPost, "/freezes/{id}/end", "endFreeze", "End a freeze before its time", limitWrite),
		func(ctx context.Context, in *freezePath) (*body[board.Freeze], error) {
			return answer(s.backend.Calendar.EndFreeze(ctx, in.ID, in.Body.By))
		})
	register(s, s.operation(http.MethodPost, "/freezes/{id}/override", "overrideFreeze", "Let work pass in a freeze for some time", limitWrite),
		func(ctx context.Context, in *overrideInput) (*body[board.Freeze], error) {
			b := in.Body
			return answer(s.backend.Calendar.OverrideFreeze(ctx, board.FreezeOverride{Freeze: in.ID,
				Override: freeze.Override{By: b.By, As: b.As, Reason: b.Reason, From: b.From, To: b.To, Systems: b.Systems}}))
		})
}
