package zammad

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// call makes one request and reads the answer into out. It is not repeated: whoever calls comes again.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	text, err := c.fetch(ctx, method, path, query, in, maxAnswer)
	if err != nil || out == nil {
		return err
	}
	if json.Unmarshal(text, out) != nil {
		return fault.New(fault.Unavailable, lang.T("Der Helpdesk antwortet nicht so, wie Zammad es tut.", "The help desk does not answer as Zammad does."),
			lang.T("Prüfen Sie die Adresse: Dort muss Zammads Schnittstelle antworten, kein Anmeldeformular.", "Check the address: Zammad's interface has to answer there, no sign-in form."))
	}
	return nil
}

func (c *Client) fetch(ctx context.Context, method, path string, query url.Values, in any, most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	a, err := rest.Do(ctx, c.http, rest.Call{Method: method, URL: c.base.String() + path, Query: query, Authorization: "Token token=" + c.token, In: in, Most: most})
	switch {
	case errors.Is(err, rest.ErrCall):
		return nil, invalid("Die Anfrage an Zammad ist nicht zu bilden.", "The request to Zammad cannot be made.")
	case errors.Is(err, rest.ErrTooLarge):
		return nil, fault.New(fault.Unavailable, lang.Textf("Die Antwort von Zammad hat mehr als %[1]d MiB.", "Zammad's answer has more than %[1]d MiB.", most>>20), lang.Text{})
	case err != nil:
		return nil, unreachable(ctx, err)
	}
	return a.Body, c.judge(a.Status, a.Body)
}

// judge makes an error of every status that is no success.
func (c *Client) judge(status int, body []byte) error {
	var m struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &m)
	says := rest.Quote(m.Error, c.token)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Forbidden, lang.Textf("Zammad verweigert das: %[1]s", "Zammad refuses this: %[1]s", says),
			lang.T("Das Token braucht die Berechtigung ticket.agent, sein Benutzer vollen Zugriff auf die Gruppen.", "The token needs the permission ticket.agent, its user full access to the groups."))
	case status == http.StatusNotFound:
		return missing()
	case status == http.StatusTooManyRequests || status >= 500:
		return &rest.BusyError{Fault: fault.New(fault.Unavailable, lang.Textf("Zammad kann gerade nicht (Status %[1]d).", "Zammad cannot do it now (status %[1]d).", status), lang.Text{})}
	}
	return fault.New(fault.Refused, lang.Textf("Zammad lehnt die Anfrage ab (Status %[1]d): %[2]s", "Zammad rejects the request (status %[1]d): %[2]s", status, says), lang.Text{})
}

func missing() error {
	return fault.New(fault.NotFound, lang.T("Das gibt es in Zammad nicht, oder nicht in den Gruppen, die gelesen werden.", "Zammad has no such thing, or not in the groups that are read."), lang.Text{})
}

func unreachable(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return err // whoever asked has gone
	}
	return &rest.BusyError{Fault: &fault.Error{Code: fault.Unavailable, Text: lang.T("Zammad ist nicht zu erreichen.", "Zammad cannot be reached.")}}
}
