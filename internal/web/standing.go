package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

const (
	maxReason = 4000 // characters of why something is said about a standing order
	nextDates = 3    // dates that the list of standing orders shows of each
)

// standStates are the choices of the filter; the empty one shows all.
var standStates = []option{
	{"", standWords.StateAll},
	{"ueberfaellig", standWords.Overdue},
	{"ausgesetzt", standWords.Paused},
	{"kraft", standWords.InForce},
}

// standingView is the list of standing orders.
type standingView struct {
	page
	List listing
	Rows []board.StandingOrder
}

// oneStandingView is one standing order with the forms about its dates.
type oneStandingView struct {
	page
	O        board.StandingOrder
	Customer string // name
	Contacts []estate.Contact
	Form     standingForm
}

// standingForm is what is said about a standing order, as filled in.
type standingForm struct {
	Kind        board.StandingKind
	Day         string
	To          string
	From, Until string
	Who, Name   string
	Reason      string
	Wrong       map[string]lang.Text // by the field's name
	Fault       *fault.Error
}

func standingURL(contract string) string { return "/dauerauftraege/" + url.PathEscape(contract) }

// standingOrders lists the standing orders, what is overdue first.
func (c *console) standingOrders(w http.ResponseWriter, r *http.Request) {
	l, rows, total, err := c.standingRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), total)
	c.render(w, r, http.StatusOK, standingPage(standingView{c.page(w, r, "auftraege", standWords.Title), l, rows[from:to]}))
}

func (c *console) standingRows(r *http.Request) (listing, []board.StandingOrder, int, error) {
	l := listingOf("/dauerauftraege", r.URL.Query(), values(standStates), []string{""})
	all, err := c.backend.StandingOrders(r.Context())
	if err != nil {
		return l, nil, 0, err
	}
	query := strings.ToLower(l.Query)
	rows := make([]board.StandingOrder, 0, len(all))
	for _, o := range all {
		if (l.State == "" || l.State == standingState(o)) && (query == "" || matches(query, append([]string{o.Contract, o.Customer, o.Order.ID}, o.Systems...)...)) {
			rows = append(rows, o)
		}
	}
	states := values(standStates)
	slices.SortStableFunc(rows, func(a, b board.StandingOrder) int {
		return slices.Index(states, standingState(a)) - slices.Index(states, standingState(b))
	})
	return l, rows, len(all), nil
}

// standingState is the choice of the filter that a standing order falls under.
func standingState(o board.StandingOrder) string {
	switch {
	case len(o.Overdue) > 0:
		return "ueberfaellig"
	case o.Paused:
		return "ausgesetzt"
	}
	return "kraft"
}

// markOfStanding is how a standing order stands.
func markOfStanding(o board.StandingOrder) mark {
	switch standingState(o) {
	case "ueberfaellig":
		return mark{"late", standWords.Overdue}
	case "ausgesetzt":
		return mark{"wait", standWords.Paused}
	}
	return mark{"done", standWords.InForce}
}

// markOfDate is what becomes of one date.
func markOfDate(d board.StandingDate) mark {
	switch d.State {
	case recurrence.Moved:
		return mark{"part", standWords.Moved}
	case recurrence.LeftOut:
		return mark{"idle", standWords.LeftOut}
	case recurrence.Paused:
		return mark{"wait", standWords.Paused}
	case recurrence.Ended:
		return mark{"idle", standWords.Ended}
	case recurrence.Due:
	}
	return mark{"done", standWords.Takes}
}

// standingCSV is the list with a row for each date to come.
func (c *console) standingCSV(w http.ResponseWriter, r *http.Request) {
	_, rows, _, err := c.standingRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "auftraege", standWords.Title)
	table := [][]string{p.all(standWords.One, standWords.Contract, frameWords.Customer, frameWords.Systems, systemsWords.State, standWords.Recurs, standWords.Day, meetWords.From, meetWords.To, standWords.What, standWords.Who, standWords.Reason)}
	for _, o := range rows {
		for _, d := range o.Dates {
			who, why := "", ""
			if d.Notice != nil {
				who, why = d.Notice.By, d.Notice.Reason
			}
			table = append(table, []string{o.Order.ID, o.Contract, o.Customer, strings.Join(o.Systems, " "), p.T(markOfStanding(o).Word), p.T(o.Text), d.Day.String(),
				stamp(d.Interval.From), stamp(d.Interval.To), p.T(markOfDate(d).Word), who, why})
		}
	}
	c.writeCSV(w, p, "dauerauftraege", table)
}

func (c *console) standingOrder(w http.ResponseWriter, r *http.Request) {
	o, err := c.backend.StandingOrder(r.Context(), r.PathValue("contract"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showStanding(w, r, http.StatusOK, o, standingForm{})
}

func (c *console) showStanding(w http.ResponseWriter, r *http.Request, status int, o board.StandingOrder, f standingForm) {
	v := oneStandingView{page: c.page(w, r, "auftraege", standWords.One), O: o, Customer: o.Customer, Form: f}
	if len(o.Systems) > 0 {
		s, err := c.backend.System(r.Context(), o.Systems[0])
		if err != nil {
			c.fail(w, r, err)
			return
		}
		v.Contacts, v.Customer = newOrderForm(s).Contacts, s.Held.Customer.Name
	}
	c.render(w, r, status, oneStandingPage(v))
}

// changeStanding takes what is said about single dates.
func (c *console) changeStanding(w http.ResponseWriter, r *http.Request) {
	o, err := c.backend.StandingOrder(r.Context(), r.PathValue("contract"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	f, q := readStanding(r, o.Contract)
	if len(f.Wrong) > 0 {
		f.Fault = fault.New(fault.Invalid, meetWords.NotTaken, meetWords.NotTakenMend)
		c.showStanding(w, r, http.StatusUnprocessableEntity, o, f)
		return
	}
	if _, err = c.backend.ChangeStandingOrder(r.Context(), q); err == nil {
		http.Redirect(w, r, standingURL(o.Contract), http.StatusSeeOther)
		return
	}
	f.Fault = c.fault(r, err)
	c.showStanding(w, r, statusOf(f.Fault.Code), o, f)
}

// readStanding reads one of the four forms, with what is wrong with it beside its fields.
func readStanding(r *http.Request, contract string) (standingForm, board.StandingChange) {
	f := standingForm{Kind: board.StandingKind(field(r, "was")), Day: field(r, "tag"), To: field(r, "auf"), From: field(r, "von"), Until: field(r, "bis"),
		Who: field(r, "wer"), Name: field(r, "name"), Reason: field(r, "grund"), Wrong: map[string]lang.Text{}}
	q := board.StandingChange{Contract: contract, Kind: f.Kind, By: f.Who, As: board.ByContact, Reason: f.Reason}
	if f.Who == us {
		q.By, q.As = f.Name, board.ByProvider
		if f.Name == "" {
			f.Wrong["name"] = meetWords.NameMissing
		}
	}
	if f.Who == "" {
		f.Wrong["wer"] = meetWords.WhoMissing
	}
	switch n := utf8.RuneCountInString(f.Reason); {
	case n == 0:
		f.Wrong["grund"] = standWords.ReasonMissing
	case n > maxReason:
		f.Wrong["grund"] = lang.Textf(meetWords.TooLong.DE, meetWords.TooLong.EN, maxReason)
	}
	if utf8.RuneCountInString(f.Name) > maxChannel {
		f.Wrong["name"] = lang.Textf(meetWords.TooLong.DE, meetWords.TooLong.EN, maxChannel)
	}
	dated := f.Kind == board.StandingMove || f.Kind == board.StandingLeaveOut
	for _, x := range []struct {
		name, text string
		into       *wall.Day
		needed     bool
	}{{"tag", f.Day, &q.Day, dated}, {"von", f.From, &q.From, false}, {"bis", f.Until, &q.Until, false}} {
		if err := x.into.UnmarshalText([]byte(x.text)); err != nil || x.needed && x.text == "" {
			f.Wrong[x.name] = standWords.NoDay
		}
	}
	if f.Kind == board.StandingMove {
		if err := q.To.UnmarshalText([]byte(f.To)); err != nil || f.To == "" {
			f.Wrong["auf"] = meetWords.NoTime
		}
	}
	return f, q
}

// of is the form as filled in if it is of that kind, else an empty one.
func (f standingForm) of(kind board.StandingKind) standingForm {
	if f.Kind == kind {
		return f
	}
	return standingForm{Kind: kind}
}

// said names what describes a field.
func (f standingForm) said(name string) string {
	if _, wrong := f.Wrong[name]; wrong {
		return f.id(name) + "-fehler"
	}
	return ""
}

func (f standingForm) id(name string) string { return string(f.Kind) + "-" + name }

// movable are the dates of which something can be said.
func movable(o board.StandingOrder) []board.StandingDate {
	var list []board.StandingDate
	for _, d := range o.Dates {
		if d.TakesPlace() {
			list = append(list, d)
		}
	}
	return list
}

// dayText is a day without a time, as the language writes it.
func (p page) dayText(d wall.Day) string { return lang.Date(d.In(p.zones.own), p.L) }

// changeText is what was said, in words.
func changeText(p page, q board.StandingChange) string {
	switch q.Kind {
	case board.StandingMove:
		return p.F(standWords.SaidMove, p.dayText(q.Day), lang.DateTime(q.To.In(p.zones.own), p.L))
	case board.StandingLeaveOut:
		return p.F(standWords.SaidSkip, p.dayText(q.Day))
	case board.StandingPause:
		if q.Until.IsZero() {
			return p.F(standWords.SaidPauseOpen, p.dayText(q.From))
		}
		return p.F(standWords.SaidPause, p.dayText(q.From), p.dayText(q.Until))
	case board.StandingResume:
	}
	return p.T(standWords.SaidResume)
}

func sideWord(s board.StandingSide) lang.Text {
	if s == board.ByProvider {
		return standWords.Provider
	}
	return frameWords.Customer
}
