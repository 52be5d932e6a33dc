package rt

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// number is an id of RT's, which it writes as a number here and as a text there.
type number int64

// UnmarshalJSON reads both. Nothing is 0.
func (n *number) UnmarshalJSON(text []byte) error {
	digits := strings.Trim(string(text), `"`)
	if digits == "" || digits == "null" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	*n = number(v)
	return err
}

// page is one page of a search. RT leaves out what the user may not see after it has cut the page, so that
// fewer rows than asked for say nothing about whether more follow.
type page[T any] struct {
	Items []T `json:"items"`
	Total *int
}

// person is a user of the desk inside another thing.
type person struct {
	Name         string
	EmailAddress string
}

func (p person) value() Person { return Person{Name: p.Name, Address: p.EmailAddress} }

// ticket is a ticket as RT writes it.
type ticket struct {
	ID           number `json:"id"`
	Subject      string
	Status       string
	Created      time.Time
	LastUpdated  time.Time
	Queue        struct{ Name string }
	Requestor    []person
	CustomFields json.RawMessage // a list; RT writes an empty text when there is none
}

func (t ticket) value() Ticket {
	out := Ticket{ID: int64(t.ID), Queue: t.Queue.Name, Subject: t.Subject, Status: t.Status,
		Created: t.Created.UTC(), Updated: t.LastUpdated.UTC(), Fields: map[string][]string{}}
	for _, p := range t.Requestor {
		out.Requestors = append(out.Requestors, p.value())
	}
	var fields []struct {
		Name   string            `json:"name"`
		Values []json.RawMessage `json:"values"`
	}
	if json.Unmarshal(t.CustomFields, &fields) != nil {
		return out
	}
	for _, f := range fields {
		for _, v := range f.Values {
			var text string
			// Pictures and files are things, not texts; a value that was taken away stays as an empty one.
			if json.Unmarshal(v, &text) == nil && text != "" {
				out.Fields[f.Name] = append(out.Fields[f.Name], text)
			}
		}
	}
	return out
}

// Server is what a check finds.
type Server struct {
	Version string // of RT
	User    string // whom the token belongs to
}

// Check speaks to the desk: whether it is RT 5, takes the token, and shows the queues to its user.
func (c *Client) Check(ctx context.Context) (Server, error) {
	var about struct{ Version string }
	if _, err := c.get(ctx, "/rt", nil, &about); err != nil {
		return Server{}, err
	}
	if !strings.HasPrefix(about.Version, "5.") && !strings.HasPrefix(about.Version, "6.") {
		return Server{}, fault.New(fault.Invalid, lang.T("Dort antwortet nicht RT 5.", "It is not RT 5 that answers there."),
			lang.T("Geben Sie die Adresse eines RT ab Version 5 an.", "Give the address of an RT of version 5 or later."))
	}
	own, err := c.self(ctx)
	if err != nil {
		return Server{}, err
	}
	seen, err := c.visible(ctx)
	if err != nil {
		return Server{}, err
	}
	for _, q := range c.queues {
		if !slices.Contains(seen, q) {
			return Server{}, fault.New(fault.NotFound,
				lang.Textf("Die Warteschlange „%[1]s“ gibt es im Helpdesk nicht, oder der Benutzer %[2]s sieht sie nicht.", "The help desk has no queue \"%[1]s\", or the user %[2]s cannot see it.", q, own),
				lang.T("Prüfen Sie den Namen und geben Sie dem Benutzer dort SeeQueue und ShowTicket.", "Check the name, and give the user SeeQueue and ShowTicket there."))
		}
	}
	return Server{Version: about.Version, User: own}, nil
}

// visible lists the queues that the token's user sees. They are not asked for one by one, because RT takes a
// name of digits for a number, and none with a slash.
func (c *Client) visible(ctx context.Context) ([]string, error) {
	var out []string
	for n := 1; n <= maxHistory; n++ {
		var got page[struct{ Name string }]
		if _, err := c.get(ctx, "/queues/all", url.Values{"fields": {"Name"}, "page": {strconv.Itoa(n)}, "per_page": {strconv.Itoa(perPage)}}, &got); err != nil {
			return nil, err
		}
		if len(got.Items) == 0 {
			break
		}
		for _, q := range got.Items {
			out = append(out, q.Name)
		}
	}
	return out, nil
}

// self is the name of the token's user, whose number is part of the token.
func (c *Client) self(ctx context.Context) (string, error) {
	c.own.Lock()
	defer c.own.Unlock()
	if c.ownName != "" {
		return c.ownName, nil
	}
	var user struct{ Name string }
	if _, err := c.get(ctx, "/user/"+tokenForm.FindStringSubmatch(c.token)[1], nil, &user); err != nil {
		return "", err
	}
	if user.Name == "" {
		return "", fault.New(fault.Unavailable, lang.T("Der Helpdesk sagt nicht, wem das Token gehört.", "The help desk does not say whom the token belongs to."), lang.Text{})
	}
	c.ownName = user.Name
	return c.ownName, nil
}

// telling are the kinds of transactions that count as a change. Comments do not: they are the staff's talk
// among themselves. Nor do records of mail sent and changes of custom fields, which not everybody may see:
// a page of rows that may not be seen is empty, and would look like the end.
var telling = []string{"Create", "Correspond", "Status", "Set", "AddWatcher", "DelWatcher", "AddLink", "DeleteLink"}

// Changed lists the tickets of the configured queues on which something happened since a cursor: made,
// written on, moved, or of another state. At most 1000 events are read in one call; More says that there is
// more. A caller who keeps Next only once the tickets are dealt with loses nothing.
//
// Databases hand out numbers before they commit, so that a lower number may appear after a higher one. The
// cursor therefore never passes what happened within the last minute by the desk's own clock: that is
// listed, and listed again next time. Whoever reads has to bear repetition, and needs no more than a
// message's Transaction for it.
func (c *Client) Changed(ctx context.Context, since Cursor) (Changes, error) {
	out := Changes{Next: since}
	last := map[int64]int64{} // ticket to its last event
	from, settled := since, true
	for pages := 0; ; pages++ {
		if pages == maxPages {
			out.More = out.Next > since // else all of it is younger than a minute, and asking again gives the same
			break
		}
		var got page[struct {
			ID       number `json:"id"`
			ObjectID number `json:"ObjectId"`
			Created  time.Time
		}]
		a, err := c.get(ctx, "/transactions", url.Values{"query": {fmt.Sprintf("(%s) AND (%s) AND id > %d", either("TicketQueue", c.queues), either("Type", telling), from)},
			"fields": {"ObjectId,Created"}, "orderby": {"id"}, "order": {"ASC"}, "per_page": {strconv.Itoa(perPage)}}, &got)
		if err != nil {
			return Changes{}, err
		}
		if len(got.Items) == 0 {
			break
		}
		now := a.date
		if now.IsZero() {
			now = time.Now()
		}
		for _, t := range got.Items {
			if Cursor(t.ID) <= from {
				return Changes{}, fault.New(fault.Unavailable, lang.T("Der Helpdesk nennt Ereignisse nicht in ihrer Reihenfolge.", "The help desk does not list events in their order."), lang.Text{})
			}
			from = Cursor(t.ID)
			last[int64(t.ObjectID)] = int64(t.ID)
			settled = settled && now.Sub(t.Created) > settle
			if settled {
				out.Next = from
			}
		}
	}
	ids := make([]int64, 0, len(last))
	for id := range last {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return int(last[a] - last[b]) })
	for some := range slices.Chunk(ids, perPage) {
		found, err := c.tickets(ctx, some)
		if err != nil {
			return Changes{}, err
		}
		for _, id := range some {
			if t, ok := found[id]; ok { // else merged into another, or moved away since
				out.Tickets = append(out.Tickets, t)
			}
		}
	}
	return out, nil
}

// Latest is the cursor of now: with it, Changed lists only what happens from here on.
func (c *Client) Latest(ctx context.Context) (Cursor, error) {
	var got page[struct {
		ID number `json:"id"`
	}]
	_, err := c.get(ctx, "/transactions", url.Values{"query": {fmt.Sprintf("(%s) AND (%s)", either("TicketQueue", c.queues), either("Type", telling))},
		"orderby": {"id"}, "order": {"DESC"}, "per_page": {"1"}}, &got)
	if err != nil || len(got.Items) == 0 {
		return 0, err
	}
	return Cursor(got.Items[0].ID), nil
}

// Ticket reads one ticket of the configured queues.
func (c *Client) Ticket(ctx context.Context, id int64) (Ticket, error) {
	found, err := c.tickets(ctx, []int64{id})
	if err != nil {
		return Ticket{}, err
	}
	t, ok := found[id]
	if !ok {
		return Ticket{}, fault.New(fault.NotFound,
			lang.Textf("Das Ticket %[1]d ist in keiner der Warteschlangen, die gelesen werden.", "Ticket %[1]d is in none of the queues that are read.", id),
			lang.T("Vielleicht wurde es verschoben oder mit einem anderen zusammengeführt; oder dem Benutzer fehlt dort ShowTicket.", "It may have been moved or merged into another; or the user lacks ShowTicket there."))
	}
	return t, nil
}

// tickets reads up to perPage tickets by number.
func (c *Client) tickets(ctx context.Context, ids []int64) (map[int64]Ticket, error) {
	terms := make([]string, len(ids))
	for i, id := range ids {
		terms[i] = fmt.Sprintf("id = %d", id)
	}
	var got page[ticket]
	_, err := c.get(ctx, "/tickets", url.Values{"query": {fmt.Sprintf("(%s) AND (%s)", either("Queue", c.queues), strings.Join(terms, " OR "))},
		"fields": {"Subject,Status,Created,LastUpdated,Queue,Requestor,CustomFields"}, "fields[Queue]": {"Name"}, "fields[Requestor]": {"Name,EmailAddress"},
		"per_page": {strconv.Itoa(perPage)}}, &got)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Ticket, len(got.Items))
	for _, t := range got.Items {
		if slices.Contains(c.queues, t.Queue.Name) {
			out[int64(t.ID)] = t.value()
		}
	}
	return out, nil
}

// either is a condition of TicketSQL: a field with one of these values.
func either(field string, values []string) string {
	terms := make([]string, len(values))
	for i, v := range values {
		terms[i] = field + " = '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	}
	return strings.Join(terms, " OR ")
}

// missing tells whether the desk says that there is no such thing.
func missing(a answer) bool { return a.status == http.StatusNotFound }
