package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// ruleAppointment is the rule that lets work be done outside of windows: by agreement.
const ruleAppointment = "MH1-06"

// meetStates are the choices of the filter; the empty one shows all.
var meetStates = []option{
	{"", meetWords.StateAll},
	{"wir", meetWords.StateOurs},
	{"kunde", meetWords.StateTheirs},
	{"vereinbart", meetWords.StateAgreed},
	{"vorbei", meetWords.StateOver},
}

// appointmentsView is the list of appointments.
type appointmentsView struct {
	page
	List listing
	Rows []board.Appointment
	Cite cite
}

// appointmentView is one appointment, or the form to propose one.
type appointmentView struct {
	page
	A    board.Appointment // without ID: a new one
	Cite cite
	Form appointmentForm
}

// cite is a rule as a published version has it.
type cite struct {
	ID   string
	Text lang.Text
	From board.PolicyInfo
}

// cite finds a rule in the published versions; where none has it, the text stays empty.
func (c *console) cite(ctx context.Context, id string) (cite, error) {
	out := cite{ID: id}
	list, err := c.backend.Policies(ctx)
	if err != nil {
		return out, err
	}
	for _, info := range slices.Backward(list) {
		v, err := c.backend.PolicyVersion(ctx, info.ID)
		if err != nil {
			return out, err
		}
		if v.Version == nil {
			continue
		}
		for _, r := range v.Version.Rules {
			if r.ID == id {
				out.Text, out.From = r.Text, info
				return out, nil
			}
		}
	}
	return out, nil
}

func appointmentURL(id string) string { return "/termine/" + url.PathEscape(id) }

// appointments lists them: those on which we have to act first.
func (c *console) appointments(w http.ResponseWriter, r *http.Request) {
	l, rows, total, err := c.appointmentRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), total)
	v := appointmentsView{page: c.page(w, r, "auftraege", meetWords.Title), List: l, Rows: rows[from:to]}
	if v.Cite, err = c.cite(r.Context(), ruleAppointment); err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, appointmentsPage(v))
}

// appointmentRows filters and sorts the appointments as the address says.
func (c *console) appointmentRows(r *http.Request) (listing, []board.Appointment, int, error) {
	l := listingOf("/termine", r.URL.Query(), values(meetStates), []string{""})
	all, err := c.backend.Appointments(r.Context(), "")
	if err != nil {
		return l, nil, 0, err
	}
	query := strings.ToLower(l.Query)
	rows := make([]board.Appointment, 0, len(all))
	for _, a := range all {
		if (l.State == "" || l.State == phaseOf(a)) && (query == "" || matches(query, a.System, a.CustomerName, a.ID, a.Order)) {
			rows = append(rows, a)
		}
	}
	byTurn(rows)
	return l, rows, len(all), nil
}

// phaseOf is the choice of the filter that an appointment falls under. One that is wanted is ours to propose.
func phaseOf(a board.Appointment) string {
	switch {
	case a.State.Over():
		return "vorbei"
	case a.State == appointment.Agreed:
		return "vereinbart"
	case a.Turn == appointment.Customer:
		return "kunde"
	}
	return "wir"
}

// byTurn puts first what waits for us, then for the customer, then what is agreed; within these what ends sooner.
func byTurn(rows []board.Appointment) {
	phases := values(meetStates)
	slices.SortStableFunc(rows, func(a, b board.Appointment) int {
		x, y := phaseOf(a), phaseOf(b)
		if x != y {
			return cmp.Compare(slices.Index(phases, x), slices.Index(phases, y))
		}
		switch x {
		case "vereinbart":
			return a.Time.From.Compare(b.Time.From)
		case "vorbei":
			return 0 // newest first, as they come
		}
		return a.Until.Compare(b.Until)
	})
}

// appointmentsCSV is the list as CSV.
func (c *console) appointmentsCSV(w http.ResponseWriter, r *http.Request) {
	_, rows, _, err := c.appointmentRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "auftraege", meetWords.Title)
	table := [][]string{p.all(meetWords.One, frameWords.System, frameWords.Customer, bookWords.Order, systemsWords.State, meetWords.Turn, meetWords.From, meetWords.To, meetWords.Until, meetWords.Last)}
	for _, a := range rows {
		table = append(table, []string{a.ID, a.System, a.CustomerName, a.Order, p.T(a.State.Text()), turnText(p, a), stamp(a.Time.From), stamp(a.Time.To), stamp(a.Until), lastSaid(p, a)})
	}
	c.writeCSV(w, p, "termine", table)
}

// turnText is whose turn it is; empty where it is nobody's.
func turnText(p page, a board.Appointment) string {
	switch phaseOf(a) {
	case "wir":
		return p.T(meetWords.Us)
	case "kunde":
		return a.CustomerName
	}
	return ""
}

// lastSaid is who said what last: "vorgeschlagen von petersen (Ticket 17)".
func lastSaid(p page, a board.Appointment) string {
	if len(a.Steps) == 0 {
		return p.T(meetWords.NobodyYet)
	}
	s := a.Steps[len(a.Steps)-1]
	return p.F(meetWords.SaidBy, actWord(s.Act), a.Speaker(s), s.Side.Text(), s.Channel)
}

func actWord(a appointment.Act) lang.Text {
	switch a {
	case appointment.Accept:
		return meetWords.Accepted
	case appointment.Decline:
		return meetWords.Declined
	case appointment.Propose:
	}
	return meetWords.Proposed
}

// markOfAppointment is how one stands.
func markOfAppointment(a board.Appointment) mark {
	shape := "wait"
	switch {
	case a.State == appointment.Agreed:
		shape = "done"
	case a.State.Over():
		shape = "idle"
	}
	return mark{shape, a.State.Text()}
}

func (c *console) oneAppointment(w http.ResponseWriter, r *http.Request) {
	a, err := c.findAppointment(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showAppointment(w, r, http.StatusOK, appointmentView{A: a})
}

// findAppointment is one of those that are listed.
func (c *console) findAppointment(ctx context.Context, id string) (board.Appointment, error) {
	all, err := c.backend.Appointments(ctx, "")
	if err != nil {
		return board.Appointment{}, err
	}
	if at := slices.IndexFunc(all, func(a board.Appointment) bool { return a.ID == id }); at >= 0 {
		return all[at], nil
	}
	return board.Appointment{}, fault.Missing("Den Termin", "appointment", id)
}

// newAppointment is the form to propose a time, for a system or one of its orders.
func (c *console) newAppointment(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c.showAppointment(w, r, http.StatusOK, appointmentView{A: blankAppointment(q.Get("system"), q.Get("auftrag"))})
}

func blankAppointment(system, order string) board.Appointment {
	return board.Appointment{Appointment: appointment.Appointment{System: system, Order: order, State: appointment.Wanted}}
}

func (c *console) showAppointment(w http.ResponseWriter, r *http.Request, status int, v appointmentView) {
	s, err := c.backend.System(r.Context(), v.A.System)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if v.Cite, err = c.cite(r.Context(), ruleAppointment); err != nil {
		c.fail(w, r, err)
		return
	}
	if v.A.ID == "" {
		v.A.CustomerName, v.A.Zone = s.Held.Customer.Name, s.Held.Window.Zone
	}
	filled := v.Form
	v.Form = newAppointmentForm(s, v.A)
	v.Form.Act, v.Form.Who, v.Form.Name, v.Form.Channel, v.Form.Text = cmp.Or(filled.Act, v.Form.Act), filled.Who, filled.Name, filled.Channel, filled.Text
	v.Form.From, v.Form.To, v.Form.Fault, v.Form.Wrong = filled.From, filled.To, filled.Fault, filled.Wrong
	v.page = c.page(w, r, "auftraege", meetWords.One)
	c.render(w, r, status, appointmentPage(v))
}

// maxMeetings bounds the appointments that the page of a system or an order shows.
const maxMeetings = 10

// meetings are the appointments of a system, or of one of its orders, each with the form to answer it, and the form
// to propose another. A system that the customer looks after has none.
func (c *console) meetings(ctx context.Context, s board.System, order string) (list []appointmentView, fresh appointmentForm, err error) {
	all, err := c.backend.Appointments(ctx, s.Name)
	if err != nil {
		return nil, fresh, err
	}
	rule, err := c.cite(ctx, ruleAppointment)
	if err != nil {
		return nil, fresh, err
	}
	byTurn(all)
	for _, a := range all {
		if (order == "" || a.Order == order) && len(list) < maxMeetings {
			list = append(list, appointmentView{A: a, Cite: rule, Form: newAppointmentForm(s, a)})
		}
	}
	return list, newAppointmentForm(s, blankAppointment(s.Name, order)), nil
}
