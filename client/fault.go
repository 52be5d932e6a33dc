package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

func badAddress(server string, mend lang.Text) error {
	return fault.New(fault.Invalid, lang.Textf("Mit „%[1]s“ kann nicht gesprochen werden.", `"%[1]s" cannot be spoken to.`, server), mend)
}

func badToken() error {
	return fault.New(fault.Forbidden,
		lang.T("Das Zugangstoken ist leer oder enthält Zeichen, die darin nicht vorkommen.",
			"The access token is empty, or has characters that tokens do not have."), lang.Text{})
}

// unreachable says that no answer came. That the caller gave up is the caller's, and stays visible to
// errors.Is.
func (c *Client) unreachable(err error) error {
	f := &fault.Error{
		Code: fault.Unavailable,
		Text: lang.Textf("Der Server unter %[1]s antwortet nicht.", "The server at %[1]s does not answer.", strings.TrimSuffix(c.base, "/api/v1")),
		Mend: lang.T("Bitte prüfen Sie, ob er läuft und ob die Adresse stimmt (--server, PATCHWART_SERVER).",
			"Please check that it runs and that the address is right (--server, PATCHWART_SERVER)."),
		Cause: err,
	}
	if errors.Is(err, context.Canceled) {
		f.Text = lang.T("Abgebrochen.", "Cancelled.")
		f.Mend = lang.Text{}
	}
	return f
}

func notUnderstood(err error) error {
	return &fault.Error{
		Code: fault.Internal,
		Text: lang.T("Die Antwort des Servers ist nicht zu verstehen.", "The server's answer cannot be understood."),
		Mend: lang.T("Bitte prüfen Sie, ob die Adresse die eines Patchwart-Servers ist und beide dieselbe Fassung haben.",
			"Please check that the address is a Patchwart server's, and that both are of the same version."),
		Cause: err,
	}
}

// refused reads the problem document of an error, or makes do with the status.
func refused(res *http.Response, doc []byte) error {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	var f fault.Error
	if kind == "application/problem+json" && json.Unmarshal(doc, &f) == nil && f.Code != "" && !f.Text.IsZero() {
		return &f
	}
	made := notUnderstood(fmt.Errorf("status %d with %q", res.StatusCode, kind))
	var known *fault.Error
	if errors.As(made, &known) && res.StatusCode >= http.StatusBadGateway && res.StatusCode <= http.StatusGatewayTimeout {
		known.Code = fault.Unavailable
		known.Text = lang.Textf("Der Server ist nicht bereit (HTTP %[1]d).", "The server is not ready (HTTP %[1]d).", res.StatusCode)
	}
	return made
}
