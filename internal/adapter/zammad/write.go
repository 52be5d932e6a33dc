package zammad

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var (
	keyForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	fieldForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// mark is the last line of each message of ours: by it, it is known again.
func mark(key string) string { return "[patchwart:" + key + "]" }

func busy(err error) bool {
	var b *rest.BusyError
	return errors.As(err, &b)
}

// Reply writes a mail to the ticket's customer, once for each key: a message of ours on this ticket that ends in the
// key's line is not sent again. When the connection breaks, nobody knows whether it was taken; the next call looks.
func (c *Client) Reply(ctx context.Context, id int64, key, text string) (desk.Sent, error) {
	return c.write(ctx, id, key, text, false)
}

// Comment writes to the desk's staff only, as Reply does to the customer.
func (c *Client) Comment(ctx context.Context, id int64, key, text string) (desk.Sent, error) {
	return c.write(ctx, id, key, text, true)
}

func (c *Client) write(ctx context.Context, id int64, key, text string, internal bool) (desk.Sent, error) {
	if !keyForm.MatchString(key) || strings.TrimSpace(text) == "" || len(text) > maxText/2 {
		return desk.Sent{}, invalid("Der Text oder der Schlüssel einer Nachricht an Zammad ist nicht zu gebrauchen.", "The text or the key of a message to Zammad cannot be used.")
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	t, err := c.Ticket(ctx, id) // only on tickets of the groups that are ours to serve
	if err != nil {
		return desk.Sent{}, err
	}
	own, err := c.self(ctx)
	if err != nil {
		return desk.Sent{}, err
	}
	list, err := c.articles(ctx, id)
	if err != nil {
		return desk.Sent{}, err
	}
	for _, a := range slices.Backward(list) {
		if a.CreatedByID == own.ID && a.Internal == internal && strings.HasSuffix(strings.TrimRight(a.Body, " \t\r\n"), mark(key)) {
			return desk.Sent{Transaction: a.ID, Already: true}, nil
		}
	}
	in := map[string]any{"ticket_id": id, "subject": t.Subject, "body": strings.TrimRight(text, " \t\r\n") + "\n\n" + mark(key) + "\n",
		"content_type": "text/plain", "type": "note", "internal": internal, "sender": "Agent"}
	if to := t.Requestors[0].Address; !internal && to != "" {
		in["type"], in["to"] = "email", to
	}
	var made article
	err = c.call(ctx, http.MethodPost, "/ticket_articles", nil, in, &made)
	return desk.Sent{Transaction: made.ID}, err
}

// SetStatus sets the state of a ticket by its name.
func (c *Client) SetStatus(ctx context.Context, id int64, status string) error {
	return c.set(ctx, id, "state", status)
}

// SetField sets a field of a ticket by its internal name; an empty value clears it.
func (c *Client) SetField(ctx context.Context, id int64, field, value string) error {
	if !fieldForm.MatchString(field) {
		return invalid("„"+field+"“ ist kein Name eines Feldes in Zammad.", `"`+field+`" is no name of a field in Zammad.`)
	}
	return c.set(ctx, id, field, value)
}

// set changes a ticket and looks whether it is changed: Zammad overlooks fields that it does not know.
func (c *Client) set(ctx context.Context, id int64, field, value string) error {
	is := func() (bool, error) {
		if _, err := c.ticket(ctx, id); err != nil {
			return false, err
		}
		var all map[string]any
		if err := c.call(ctx, http.MethodGet, fmt.Sprintf("/tickets/%d", id), url.Values{"expand": {"true"}}, nil, &all); err != nil {
			return false, err
		}
		have, _ := all[field].(string)
		_, there := all[field]
		return there && strings.EqualFold(have, value), nil
	}
	done, err := is()
	if err != nil || done {
		return err
	}
	if err := c.call(ctx, http.MethodPut, fmt.Sprintf("/tickets/%d", id), nil, map[string]any{field: value}, nil); err != nil {
		return err
	}
	if done, err = is(); err != nil || done {
		return err
	}
	return fault.New(fault.Refused, lang.Textf("Zammad hat das Feld %[2]s des Tickets %[1]d nicht geändert.", "Zammad did not change the field %[2]s of ticket %[1]d.", id, field),
		lang.T("Prüfen Sie, ob es den Status oder das Feld gibt.", "Check whether the state or the field exists."))
}
