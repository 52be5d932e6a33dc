package rt

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// transaction is one event on a ticket. Thing is always "transaction"; it is here because the decoder would
// else take its "type" for a "Type" of another case, as RT's keys happen to be ordered.
type transaction struct {
	ID      number `json:"id"`
	Type    string `json:"Type"`
	Thing   string `json:"type"`
	Created time.Time
	Creator person
}

var kinds = map[string]Kind{"Create": Opening, "Correspond": Correspondence, "Comment": Internal}

// Messages reads what was written on a ticket after a transaction (0: from the start), oldest first. Of a
// mail with several parts the text is its first plain text; what hangs on it is named and not read.
// Comments are among them when the token's user may see them.
func (c *Client) Messages(ctx context.Context, id int64, after Cursor) ([]Message, error) {
	t, err := c.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	own, err := c.self(ctx)
	if err != nil {
		return nil, err
	}
	events, err := c.history(ctx, id)
	if err != nil {
		return nil, err
	}
	roles := map[string]Role{}
	var out []Message
	for _, e := range events {
		kind, written := kinds[e.Type]
		if !written || Cursor(e.ID) <= after {
			continue
		}
		m := Message{Ticket: id, Transaction: int64(e.ID), Kind: kind, At: e.Created.UTC(), Author: e.Creator.value()}
		if err := c.content(ctx, &m); err != nil {
			return nil, err
		}
		role, known := roles[m.Author.Name]
		if !known {
			if role, err = c.role(ctx, m.Author, t, own); err != nil {
				return nil, err
			}
			roles[m.Author.Name] = role
		}
		m.Role = role
		out = append(out, m)
	}
	return out, nil
}

// history lists the events of a ticket, and of those that were merged into it.
func (c *Client) history(ctx context.Context, id int64) ([]transaction, error) {
	var out []transaction
	for n := 1; ; n++ {
		if n > maxHistory {
			return nil, fault.New(fault.Unavailable,
				lang.Textf("Das Ticket %[1]d hat mehr als %[2]d Ereignisse.", "Ticket %[1]d has more than %[2]d events.", id, maxHistory*perPage),
				lang.T("Führen Sie den Vorgang in einem neuen Ticket weiter.", "Go on in a new ticket."))
		}
		var got page[transaction]
		if _, err := c.get(ctx, fmt.Sprintf("/ticket/%d/history", id), url.Values{"fields": {"Type,Created,Creator"}, "fields[Creator]": {"Name,EmailAddress"},
			"page": {strconv.Itoa(n)}, "per_page": {strconv.Itoa(perPage)}}, &got); err != nil {
			return nil, err
		}
		if len(got.Items) == 0 {
			break
		}
		out = append(out, got.Items...)
	}
	slices.SortFunc(out, func(a, b transaction) int { return int(a.ID - b.ID) })
	return slices.CompactFunc(out, func(a, b transaction) bool { return a.ID == b.ID }), nil
}

// role says what the desk knows of an author.
func (c *Client) role(ctx context.Context, author Person, t Ticket, own string) (Role, error) {
	switch author.Name {
	case own:
		return Own, nil
	case "RT_System", "Nobody":
		return System, nil
	}
	// RT takes a name of digits for the number of another user, and one with a slash for another address.
	if author.Name != "" && strings.Trim(author.Name, "0123456789") != "" && !strings.Contains(author.Name, "/") {
		var user struct {
			Name       string
			Privileged number
		}
		a, err := c.get(ctx, "/user/"+url.PathEscape(author.Name), nil, &user)
		switch {
		case err == nil && user.Privileged != 0:
			return Staff, nil
		case err != nil && !missing(a):
			return "", err
		}
	}
	for _, r := range t.Requestors {
		if author.Name != "" && r.Name == author.Name || author.Address != "" && strings.EqualFold(r.Address, author.Address) {
			return Requestor, nil
		}
	}
	return Other, nil
}

// part is an attachment in RT's words: every part of a message is one, also its text.
type part struct {
	ID            number `json:"id"`
	ContentType   string
	Filename      string
	ContentLength number
	Headers       string
	Subject       string
}

// content reads the text of a message and names what else is there.
func (c *Client) content(ctx context.Context, m *Message) error {
	var parts []part
	for n := 1; n <= 3; n++ { // a mail of more parts than that has its text among the first
		var got page[part]
		if _, err := c.get(ctx, fmt.Sprintf("/transaction/%d/attachments", m.Transaction), url.Values{"fields": {"ContentType,Filename,ContentLength,Headers,Subject"},
			"page": {strconv.Itoa(n)}, "per_page": {strconv.Itoa(perPage)}}, &got); err != nil {
			return err
		}
		parts = append(parts, got.Items...)
		if len(got.Items) < perPage {
			break
		}
	}
	var plain, html *part
	for i, p := range parts {
		if i == 0 {
			m.Via, m.MessageID = origin(p.Headers)
			m.Way, m.Subject = way(m.Via), p.Subject
			if m.Way == desk.ByMail && len(p.Headers) <= MaxText {
				m.Head = p.Headers
			}
		}
		media := strings.ToLower(p.ContentType)
		switch {
		case strings.HasPrefix(media, "multipart/"):
		case media == "text/plain" && p.Filename == "" && plain == nil:
			plain = &parts[i]
		case media == "text/html" && p.Filename == "" && html == nil:
			html = &parts[i]
		case p.Filename != "":
			m.Files = append(m.Files, p.Filename)
		default:
			m.Files = append(m.Files, p.ContentType)
		}
	}
	var err error
	switch {
	case plain != nil && plain.ContentLength > MaxText, plain == nil && html != nil && html.ContentLength > MaxText:
		m.TooLong = true
	case plain != nil:
		m.Text, err = c.text(ctx, plain.ID)
	case html != nil:
		m.HTML, err = c.text(ctx, html.ID)
	}
	return err
}

// text reads a part's text. RT has turned it into UTF-8 when it came in.
func (c *Client) text(ctx context.Context, id number) (string, error) {
	var got struct{ Content string }
	if _, err := c.get(ctx, fmt.Sprintf("/attachment/%d", id), nil, &got); err != nil {
		return "", err
	}
	text, err := base64.StdEncoding.DecodeString(got.Content) // which overlooks line ends
	if err != nil || !utf8.Valid(text) {
		return "", &fault.Error{Code: fault.Unavailable, Cause: err,
			Text: lang.Textf("Der Text %[1]d im Helpdesk ist kein UTF-8.", "Text %[1]d of the help desk is not UTF-8.", int64(id)),
			Mend: lang.T("Lesen Sie die Nachricht im Helpdesk selbst.", "Read the message in the help desk itself.")}
	}
	return string(text), nil
}

// origin reads from a message's headers how it came, and its name among mails.
func origin(headers string) (via, messageID string) {
	h, err := textproto.NewReader(bufio.NewReader(strings.NewReader(headers + "\n\n"))).ReadMIMEHeader()
	if err != nil {
		return "", ""
	}
	get := mail.Header(h).Get
	return get("X-RT-Interface"), strings.Trim(get("Message-ID"), "<> ")
}

// way says how a message came. RT writes the field itself and takes it out of what it receives: a mail cannot
// say that it is none.
func way(via string) desk.Way {
	switch via {
	case "Email":
		return desk.ByMail
	case "Web", "REST2", "REST", "Mobile":
		return desk.ByAccount
	}
	return ""
}
