package rt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var keyForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// mark is the last line of each message of ours. REST2 lets a client set no header of a message, so the
// text itself has to say which one it is.
func mark(key string) string { return "[patchwart:" + key + "]" }

// marked tells whether a text's last line is that mark.
func marked(text, key string) bool {
	text = strings.TrimRight(text, " \t\r\n")
	return text == mark(key) || strings.HasSuffix(text, "\n"+mark(key))
}

// Reply writes to the requestors of a ticket. The key names this reply, for ever: a reply whose key is in
// the last line of a message of ours on this ticket is not sent again. Nobody else's message counts, for a
// customer who answers above our text sends our last line back as theirs.
//
// When the connection breaks, nobody knows whether the desk has taken the reply; then it is looked for
// again before the next try. Two processes must not send with one key at the same time.
func (c *Client) Reply(ctx context.Context, id int64, key, text string) (Sent, error) {
	return c.write(ctx, id, "Correspond", "correspond", key, text)
}

// Comment writes to the staff, as Reply does to the requestors. The token's user has to be allowed to see
// comments, or what was sent could not be found again.
func (c *Client) Comment(ctx context.Context, id int64, key, text string) (Sent, error) {
	return c.write(ctx, id, "Comment", "comment", key, text)
}

func (c *Client) write(ctx context.Context, id int64, kind, verb, key, text string) (Sent, error) {
	if !keyForm.MatchString(key) || strings.TrimSpace(text) == "" || len(text) > MaxText/2 {
		return Sent{}, fault.New(fault.Invalid, lang.T("Der Text oder der Schlüssel einer Nachricht an den Helpdesk ist nicht zu gebrauchen.", "The text or the key of a message to the help desk cannot be used."), lang.Text{})
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := c.Ticket(ctx, id); err != nil { // only on tickets of the queues that are ours to serve
		return Sent{}, err
	}
	body := map[string]string{"ContentType": "text/plain", "Content": strings.TrimRight(text, " \t\r\n") + "\n\n" + mark(key) + "\n"}
	for try := 1; ; try++ {
		at, err := c.find(ctx, id, kind, key)
		if err != nil || at != 0 {
			return Sent{Transaction: at, Already: try == 1 && at != 0}, err
		}
		a, err := c.once(ctx, http.MethodPost, fmt.Sprintf("/ticket/%d/%s", id, verb), nil, body, nil)
		if err == nil {
			_, last, _ := strings.Cut(a.location, "/transaction/")
			at, _ = strconv.ParseInt(last, 10, 64) // 0 when the desk does not say
			return Sent{Transaction: at}, nil
		}
		var busy *rest.BusyError
		if !errors.As(err, &busy) || try == maxTries || !c.patience(ctx, try, busy) {
			return Sent{}, err
		}
	}
}

// find looks for a message of ours; 0 when it is not there.
func (c *Client) find(ctx context.Context, id int64, kind, key string) (int64, error) {
	own, err := c.self(ctx)
	if err != nil {
		return 0, err
	}
	events, err := c.history(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, e := range slices.Backward(events) {
		if e.Type != kind || e.Creator.Name != own {
			continue
		}
		m := Message{Transaction: int64(e.ID)}
		if err := c.content(ctx, &m); err != nil {
			return 0, err
		}
		if marked(m.Text, key) {
			return int64(e.ID), nil
		}
	}
	return 0, nil
}

// SetStatus sets the state of a ticket.
func (c *Client) SetStatus(ctx context.Context, id int64, status string) error {
	return c.set(ctx, id, map[string]any{"Status": status}, func(t Ticket) bool { return strings.EqualFold(t.Status, status) })
}

// SetField sets a custom field of a ticket.
func (c *Client) SetField(ctx context.Context, id int64, field, value string) error {
	var values any = value
	if value == "" {
		values = []string{}
	}
	return c.set(ctx, id, map[string]any{"CustomFields": map[string]any{field: values}}, func(t Ticket) bool {
		if value == "" {
			return len(t.Fields[field]) == 0
		}
		return slices.Equal(t.Fields[field], []string{value})
	})
}

// set changes a ticket and looks whether it is changed: RT answers 200 also when it refuses.
func (c *Client) set(ctx context.Context, id int64, change map[string]any, done func(Ticket) bool) error {
	t, err := c.Ticket(ctx, id)
	if err != nil || done(t) {
		return err
	}
	var says []string
	if _, err := c.repeat(ctx, http.MethodPut, fmt.Sprintf("/ticket/%d", id), nil, change, &says); err != nil {
		return err
	}
	if t, err = c.Ticket(ctx, id); err != nil || done(t) {
		return err
	}
	return fault.New(fault.Refused, lang.Textf("Der Helpdesk hat das Ticket %[1]d nicht geändert: %[2]s", "The help desk did not change ticket %[1]d: %[2]s", id, rest.Quote(strings.Join(says, " "), c.token)),
		lang.T("Prüfen Sie, ob der Status zum Lebenszyklus der Warteschlange und das Feld zur Warteschlange gehört, und ob der Benutzer ModifyTicket und ModifyCustomField hat.",
			"Check whether the status belongs to the queue's life cycle and the field to the queue, and whether the user has ModifyTicket and ModifyCustomField."))
}
