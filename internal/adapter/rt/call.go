package rt

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// answer is what came back: status, headers that count, and the body whole.
type answer struct {
	status   int
	body     []byte
	location string
	date     time.Time // the desk's clock; zero when it does not say
}

// get asks for something and reads it into out. It is repeated while the desk is busy.
func (c *Client) get(ctx context.Context, path string, query url.Values, out any) (answer, error) {
	return c.repeat(ctx, http.MethodGet, path, query, nil, out)
}

// repeat makes a request that may be made twice, until it has an answer or the tries are used up.
func (c *Client) repeat(ctx context.Context, method, path string, query url.Values, in, out any) (answer, error) {
	for try := 1; ; try++ {
		a, err := c.once(ctx, method, path, query, in, out)
		var busy *rest.BusyError
		if !errors.As(err, &busy) || try == maxTries {
			return a, err
		}
		if !c.patience(ctx, try, busy) {
			return a, err
		}
	}
}

// patience waits before the next try; false when that is not worth while.
func (c *Client) patience(ctx context.Context, try int, busy *rest.BusyError) bool {
	delay := time.Duration(1<<(try-1)) * time.Second / 2
	delay += rand.N(delay/2 + 1) //nolint:gosec // spreads load, protects nothing
	if !busy.NotBefore.IsZero() {
		delay = max(delay, time.Until(busy.NotBefore))
	}
	if end, ok := ctx.Deadline(); delay > maxWait || ok && time.Until(end) < delay {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-c.wait(delay):
		return true
	}
}

// once makes one request. The path's elements are escaped by the caller.
func (c *Client) once(ctx context.Context, method, path string, query url.Values, in, out any) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	got, err := rest.Do(ctx, c.http, rest.Call{Method: method, URL: c.base.String() + path, Query: query, Authorization: "token " + c.token, In: in, Most: maxAnswer})
	a := answer{status: got.Status, body: got.Body, location: got.Header.Get("Location")}
	a.date, _ = http.ParseTime(got.Header.Get("Date"))
	switch {
	case errors.Is(err, rest.ErrCall):
		return a, fault.New(fault.Invalid, lang.T("Die Anfrage an den Helpdesk ist nicht zu bilden.", "The request to the help desk cannot be made."), lang.Text{})
	case errors.Is(err, rest.ErrTooLarge):
		return a, fault.New(fault.Unavailable, lang.Textf("Die Antwort des Helpdesks hat mehr als %[1]d MiB.", "The help desk's answer has more than %[1]d MiB.", maxAnswer>>20),
			lang.T("Lesen Sie dieses Ticket im Helpdesk selbst.", "Read this ticket in the help desk itself."))
	case err != nil:
		return a, unreachable(ctx, err)
	}
	if err := c.judge(a, got.Header.Get("Retry-After")); err != nil {
		return a, err
	}
	if out == nil {
		return a, nil
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return a, &fault.Error{Code: fault.Unavailable, Cause: errors.New("no JSON as expected"),
			Text: lang.T("Der Helpdesk antwortet nicht so, wie RT 5 es tut.", "The help desk does not answer as RT 5 does."),
			Mend: lang.T("Prüfen Sie die Adresse: Dort muss RT 5 mit REST2 antworten, kein vorgeschaltetes Anmeldeformular.", "Check the address: RT 5 with REST2 has to answer there, no sign-in form before it.")}
	}
	return a, nil
}

// judge makes an error of every status that is no success.
func (c *Client) judge(a answer, retryAfter string) error {
	says := c.said(a.body)
	switch {
	case a.status >= 200 && a.status < 300:
		return nil
	case a.status >= 300 && a.status < 400:
		return fault.New(fault.Invalid, lang.Textf("Der Helpdesk leitet weiter (Status %[1]d); mit dem Token wird dem nicht gefolgt.", "The help desk redirects (status %[1]d); with the token that is not followed.", a.status),
			lang.T("Tragen Sie die endgültige Adresse ein, mit https:// und dem Pfad, unter dem RT liegt.", "Give the final address, with https:// and the path where RT lives."))
	case a.status == http.StatusUnauthorized:
		return fault.New(fault.Forbidden, lang.T("Der Helpdesk nimmt das Token nicht an.", "The help desk does not accept the token."),
			lang.T("Erzeugen Sie in RT ein neues Token für den Benutzer und legen Sie es in die Token-Datei; unter Apache muss RT die Kopfzeile Authorization sehen.", "Make a new token for the user in RT and put it into the token file; under Apache RT has to see the Authorization header."))
	case a.status == http.StatusForbidden:
		return fault.New(fault.Forbidden, lang.Textf("Der Helpdesk verweigert das%[1]s.", "The help desk refuses this%[1]s.", says),
			lang.T("Geben Sie dem Benutzer in den Warteschlangen die Rechte SeeQueue, ShowTicket, ReplyToTicket, CommentOnTicket und ModifyTicket.", "Give the user the rights SeeQueue, ShowTicket, ReplyToTicket, CommentOnTicket and ModifyTicket in the queues."))
	case a.status == http.StatusNotFound:
		return fault.New(fault.NotFound, lang.T("Das gibt es im Helpdesk nicht, oder der Benutzer des Tokens sieht es nicht.", "The help desk has no such thing, or the token's user cannot see it."),
			lang.T("Prüfen Sie Nummer, Adresse und Rechte des Benutzers.", "Check the number, the address and the user's rights."))
	case a.status == http.StatusTooManyRequests || a.status >= 500:
		return &rest.BusyError{NotBefore: notBefore(retryAfter), Fault: fault.New(fault.Unavailable,
			lang.Textf("Der Helpdesk kann gerade nicht (Status %[1]d%[2]s).", "The help desk cannot do it now (status %[1]d%[2]s).", a.status, says),
			lang.T("Es wird später wieder versucht. Bleibt es so, hilft das Protokoll von RT.", "It is tried again later. If it stays, RT's log helps."))}
	default:
		return fault.New(fault.Invalid, lang.Textf("Der Helpdesk lehnt die Anfrage ab (Status %[1]d%[2]s).", "The help desk rejects the request (status %[1]d%[2]s).", a.status, says), lang.Text{})
	}
}

// said is RT's own message in an answer, short and without the token.
func (c *Client) said(body []byte) string {
	var m struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &m) != nil || m.Message == "" {
		return ""
	}
	return ": " + rest.Quote(m.Message, c.token)
}

// notBefore reads Retry-After, at most a day ahead.
func notBefore(after string) time.Time {
	const most = 24 * time.Hour
	if seconds, err := strconv.Atoi(after); err == nil && seconds > 0 {
		return time.Now().Add(min(time.Duration(min(seconds, int(most/time.Second)))*time.Second, most))
	}
	if at, err := http.ParseTime(after); err == nil && time.Until(at) > 0 {
		return time.Now().Add(min(time.Until(at), most))
	}
	return time.Time{}
}

// unreachable says why no answer came, or not all of it. Whether the desk acted on the request is unknown.
func unreachable(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return err // whoever asked has gone
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // without the address: its query holds what people wrote
	}
	de, en := "Der Helpdesk ist nicht zu erreichen.", "The help desk cannot be reached."
	if errors.Is(err, context.DeadlineExceeded) {
		de, en = "Der Helpdesk antwortet nicht in der Zeit.", "The help desk does not answer in time."
	}
	return &rest.BusyError{Fault: &fault.Error{Code: fault.Unavailable, Text: lang.T(de, en), Cause: err,
		Mend: lang.T("Prüfen Sie Adresse, Zertifikat und Netz. Es wird später wieder versucht.", "Check address, certificate and network. It is tried again later.")}}
}
