package zammad

import (
	"context"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// self is whom the token belongs to.
func (c *Client) self(ctx context.Context) (person, error) {
	c.mu.Lock()
	own := c.own
	c.mu.Unlock()
	if own.ID != 0 {
		return own, nil
	}
	if err := c.call(ctx, http.MethodGet, "/users/me", nil, nil, &own); err != nil {
		return own, err
	}
	if own.ID == 0 {
		return own, missing()
	}
	c.mu.Lock()
	c.own = own
	c.mu.Unlock()
	return own, nil
}

// Check tells whether Zammad answers and takes the token; it says whose it is.
func (c *Client) Check(ctx context.Context) (user string, err error) {
	own, err := c.self(ctx)
	return own.Login, err
}

// Latest is the cursor of now.
func (c *Client) Latest(context.Context) (desk.Cursor, error) {
	// Zammad tells times in thousandths of a second: what is written in this very one must not be lost.
	return desk.Cursor(time.Now().Truncate(time.Millisecond).Add(-time.Millisecond).UnixMicro()), nil
}

// Changed lists the tickets of the groups that changed since a cursor, which counts microseconds, and those that a
// webhook has named. Zammad finds tickets by a search index that lags behind: the cursor never passes the last ten
// minutes, and what happened then is listed again next time.
func (c *Client) Changed(ctx context.Context, since desk.Cursor) (desk.Changes, error) {
	out := desk.Changes{Next: since}
	asked := time.Now()
	hinted := c.takeHints()
	found := map[int64]ticket{}
	query := url.Values{"query": {fmt.Sprintf(`updated_at:["%s" TO *]`, time.UnixMicro(int64(since)).UTC().Format("2006-01-02T15:04:05Z"))},
		"expand": {"true"}, "sort_by": {"updated_at"}, "order_by": {"asc"}, "limit": {strconv.Itoa(perPage)}}
	next := asked.Add(-settle)
	for page := 1; ; page++ {
		query.Set("page", strconv.Itoa(page))
		var list []ticket
		if err := c.call(ctx, http.MethodGet, "/tickets/search", query, nil, &list); err != nil {
			c.hint(hinted...)
			return desk.Changes{}, err
		}
		for _, t := range list {
			found[t.ID] = t
		}
		if len(list) < perPage {
			break
		}
		if page == maxPages { // the rest with the next call, from the last that was seen
			next, out.More = earlier(next, list[len(list)-1].UpdatedAt), true
			break
		}
	}
	for _, id := range hinted {
		var t ticket
		err := c.call(ctx, http.MethodGet, fmt.Sprintf("/tickets/%d", id), url.Values{"expand": {"true"}}, nil, &t)
		if err != nil && fault.CodeOf(err) != fault.NotFound && fault.CodeOf(err) != fault.Forbidden {
			c.hint(hinted...)
			return desk.Changes{}, err
		}
		if err == nil {
			found[t.ID] = t
		}
	}
	for _, t := range found {
		if !slices.Contains(c.groups, t.Group) {
			continue
		}
		full, err := c.whole(ctx, t)
		if err != nil {
			c.hint(hinted...)
			return desk.Changes{}, err
		}
		out.Tickets = append(out.Tickets, full)
	}
	slices.SortFunc(out.Tickets, func(a, b desk.Ticket) int { return a.Updated.Compare(b.Updated) })
	if at := desk.Cursor(next.UnixMicro()); at > since {
		out.Next = at
	} else {
		out.More = false
	}
	return out, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// whole is a ticket with its customer.
func (c *Client) whole(ctx context.Context, t ticket) (desk.Ticket, error) {
	var customer person
	err := c.call(ctx, http.MethodGet, fmt.Sprintf("/users/%d", t.CustomerID), nil, nil, &customer)
	return t.value(customer), err
}

// Ticket reads one ticket of the groups.
func (c *Client) Ticket(ctx context.Context, id int64) (desk.Ticket, error) {
	t, err := c.ticket(ctx, id)
	if err != nil {
		return desk.Ticket{}, err
	}
	return c.whole(ctx, t)
}

func (c *Client) ticket(ctx context.Context, id int64) (ticket, error) {
	var t ticket
	if err := c.call(ctx, http.MethodGet, fmt.Sprintf("/tickets/%d", id), url.Values{"expand": {"true"}}, nil, &t); err != nil {
		return t, err
	}
	if t.ID != id || !slices.Contains(c.groups, t.Group) {
		return t, missing()
	}
	return t, nil
}

// Messages reads what was written on a ticket after a cursor, oldest first, with the mails as they came.
func (c *Client) Messages(ctx context.Context, id int64, since desk.Cursor) ([]desk.Message, error) {
	t, err := c.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	own, err := c.self(ctx)
	if err != nil {
		return nil, err
	}
	list, err := c.articles(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []desk.Message
	for i, a := range list {
		if a.CreatedAt.UnixMicro() <= int64(since) {
			continue
		}
		m := a.value(t, own, i == 0)
		if m.Way == desk.ByMail {
			// A mail that is too large or gone proves nothing; the message is there all the same.
			raw, err := c.fetch(ctx, http.MethodGet, fmt.Sprintf("/ticket_article_plain/%d", a.ID), nil, nil, maxMail)
			if code := fault.CodeOf(err); err != nil && code != fault.NotFound && (code != fault.Unavailable || busy(err)) {
				return nil, err
			}
			if err == nil && len(raw) > 0 {
				m.Raw = raw
			}
		}
		out = append(out, m)
	}
	return out, nil
}

func (c *Client) articles(ctx context.Context, id int64) ([]article, error) {
	var list []article
	err := c.call(ctx, http.MethodGet, fmt.Sprintf("/ticket_articles/by_ticket/%d", id), url.Values{"expand": {"true"}}, nil, &list)
	slices.SortFunc(list, func(a, b article) int { return int(a.ID - b.ID) })
	return list, err
}

func (a article) value(t desk.Ticket, own person, first bool) desk.Message {
	m := desk.Message{Ticket: t.ID, Transaction: a.ID, Kind: desk.Correspondence, At: a.CreatedAt.UTC(), Author: desk.Person{Name: a.CreatedBy}, Role: desk.Other,
		Subject: a.Subject, Via: a.Type, MessageID: strings.Trim(a.MessageID, "<> ")}
	switch {
	case a.Internal:
		m.Kind = desk.Internal
	case first:
		m.Kind = desk.Opening
	}
	if m.Subject == "" && first {
		m.Subject = t.Subject
	}
	// Who is named in "from" has written by mail; over the web it is whoever was signed in.
	if from, err := mail.ParseAddress(a.From); err == nil && a.Type == "email" {
		m.Author.Address = from.Address
	} else if a.Type != "email" && len(t.Requestors) > 0 && t.Requestors[0].Name == a.CreatedBy {
		m.Author.Address = t.Requestors[0].Address
	}
	switch {
	case a.CreatedByID == own.ID:
		m.Role = desk.Own
	case a.Sender == "Agent":
		m.Role = desk.Staff
	case a.Sender == "System":
		m.Role = desk.System
	case a.Sender == "Customer" && len(t.Requestors) > 0 && m.Author.Address != "" && strings.EqualFold(t.Requestors[0].Address, m.Author.Address):
		m.Role = desk.Requestor
	}
	switch a.Type {
	case "email":
		m.Way = desk.ByMail
	case "web", "note":
		m.Way = desk.ByAccount
	}
	for _, f := range a.Attachments {
		m.Files = append(m.Files, f.Filename)
	}
	switch {
	case len(a.Body) > maxText:
		m.TooLong = true
	case strings.HasPrefix(a.ContentType, "text/html"):
		m.HTML = a.Body
	default:
		m.Text = a.Body
	}
	return m
}
