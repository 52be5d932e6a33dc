package zammad

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// BusyError is a desk that cannot answer now. Whether it acted on the request is unknown.
type BusyError struct{ Fault *fault.Error }

// Error is the English sentence.
func (e *BusyError) Error() string { return e.Fault.Error() }

// Unwrap returns the words.
func (e *BusyError) Unwrap() error { return e.Fault }

// Temporary says that another try may help.
func (e *BusyError) Temporary() bool { return true }

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
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	to := c.base.String() + path
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return nil, invalid("Die Anfrage an Zammad ist nicht zu bilden.", "The request to Zammad cannot be made.")
	}
	req.Header.Set("Authorization", "Token token="+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "patchwart (help desk)")
	if in != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	switch {
	case err != nil:
		return nil, unreachable(ctx, err)
	case int64(len(text)) > most:
		return nil, fault.New(fault.Unavailable, lang.Textf("Die Antwort von Zammad hat mehr als %[1]d MiB.", "Zammad's answer has more than %[1]d MiB.", most>>20), lang.Text{})
	}
	return text, c.judge(res.StatusCode, text)
}

// judge makes an error of every status that is no success.
func (c *Client) judge(status int, body []byte) error {
	var m struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &m)
	says := strings.Join(strings.Fields(strings.ReplaceAll(m.Error, c.token, "…")), " ")
	if r := []rune(says); len(r) > 200 {
		says = string(r[:200]) + "…"
	}
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Forbidden, lang.Textf("Zammad verweigert das: %[1]s", "Zammad refuses this: %[1]s", says),
			lang.T("Das Token braucht die Berechtigung ticket.agent, sein Benutzer vollen Zugriff auf die Gruppen.", "The token needs the permission ticket.agent, its user full access to the groups."))
	case status == http.StatusNotFound:
		return missing()
	case status == http.StatusTooManyRequests || status >= 500:
		return &BusyError{fault.New(fault.Unavailable, lang.Textf("Zammad kann gerade nicht (Status %[1]d).", "Zammad cannot do it now (status %[1]d).", status), lang.Text{})}
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
	return &BusyError{&fault.Error{Code: fault.Unavailable, Text: lang.T("Zammad ist nicht zu erreichen.", "Zammad cannot be reached.")}}
}
