// Package zammad speaks to a help desk that runs Zammad, over its REST interface: it reads what customers write on
// tickets, and writes replies, notes, states and fields back. Zammad can tell by a signed webhook that a ticket has
// changed; without it the desk is asked now and then.
//
// It judges nothing. Zammad keeps each mail byte for byte, so that whoever reads can verify its signatures.
package zammad

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/credential"
	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Config says where the desk is.
type Config struct {
	URL           string   // the desk's address without /api; https, or http on this machine itself
	TokenFile     string   // the access token, alone, in a file that nobody else can read (0600)
	Groups        []string // groups that are read; tickets elsewhere are neither read nor written on
	AuthorityFile string   // certificates in PEM that are trusted instead of the machine's own
	HookSecret    string   // file with the token that Zammad signs its webhooks with; empty: none are taken
}

// Bounds of one conversation with the desk.
const (
	maxText       = 256 << 10
	maxMail       = 10 << 20
	maxAnswer     = 4 << 20
	maxPages      = 10
	perPage       = 100
	maxGroups     = 50
	maxHints      = 1000
	answerTimeout = 30 * time.Second
	// settle is how long the desk's search index may lag behind.
	settle = 10 * time.Minute
)

// Client is the way to one desk. It is safe for use by several goroutines.
type Client struct {
	base   *url.URL // ends in /api/v1
	token  string
	groups []string
	hook   []byte
	http   *http.Client
	nudge  chan struct{}

	writing sync.Mutex // one message at a time, so that looking for it and sending it are one
	mu      sync.Mutex
	own     person
	hints   map[int64]bool // tickets that a webhook has named
}

// Open makes a client. It reads the secrets and speaks to nobody yet; Check does.
func Open(c Config) (*Client, error) {
	base, err := url.Parse(c.URL)
	switch {
	case err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || base.Scheme != "https" && base.Scheme != "http":
		return nil, invalid("Die Adresse von Zammad ist nicht zu gebrauchen.", "Zammad's address cannot be used.")
	case base.Scheme == "http" && !rest.Loopback(base.Hostname()):
		return nil, invalid("Die Adresse von Zammad ist nicht verschlüsselt; das Token ginge offen über das Netz.", "Zammad's address is not encrypted; the token would cross the network in the open.")
	case len(c.Groups) == 0 || len(c.Groups) > maxGroups || slices.Contains(c.Groups, ""):
		return nil, invalid("Für Zammad müssen 1 bis 50 Gruppen (groups) genannt sein.", "1 to 50 groups have to be named for Zammad.")
	}
	token, err := secret(c.TokenFile)
	if err != nil {
		return nil, err
	}
	out := &Client{base: base.JoinPath("api", "v1"), token: token, groups: slices.Clone(c.Groups), nudge: make(chan struct{}, 1), hints: map[int64]bool{}}
	if c.HookSecret != "" {
		text, err := secret(c.HookSecret)
		if err != nil {
			return nil, err
		}
		out.hook = []byte(text)
	}
	secure, err := credential.TLS(c.AuthorityFile)
	if err != nil {
		return nil, err
	}
	out.http = rest.Client(secure, answerTimeout)
	return out, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Nudge has a value when a webhook came: look at once.
func (c *Client) Nudge() <-chan struct{} { return c.nudge }

// secret reads a token. No error of it says what is in the file.
func secret(path string) (string, error) {
	text, problem := credential.Secret(path, 1<<10)
	if problem != nil {
		return "", &fault.Error{Code: fault.Invalid, Cause: problem.Cause, Text: lang.Textf("Das Geheimnis in %[1]s ist nicht zu gebrauchen: %[2]s", "The secret in %[1]s cannot be used: %[3]s", path, problem.Text.DE, problem.Text.EN),
			Mend: lang.T("Machen Sie die Datei mit chmod 600 nur für den Dienst lesbar.", "Make the file readable for the service only with chmod 600.")}
	}
	token := strings.TrimSpace(string(text))
	if len(token) < 16 || strings.ContainsAny(token, " \t\r\n\"") {
		return "", invalid("In "+path+" steht kein Token von mindestens 16 Zeichen.", path+" holds no token of at least 16 characters.")
	}
	return token, nil
}

func invalid(de, en string) error {
	return fault.New(fault.Invalid, lang.T(de, en), lang.T("Siehe docs/helpdesk.md.", "See docs/helpdesk.md."))
}

// The desk's values.
type (
	person struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Email string `json:"email"`
	}
	ticket struct {
		ID         int64     `json:"id"`
		Group      string    `json:"group"`
		Title      string    `json:"title"`
		State      string    `json:"state"`
		CustomerID int64     `json:"customer_id"`
		CreatedAt  time.Time `json:"created_at"`
		UpdatedAt  time.Time `json:"updated_at"`
	}
	article struct {
		ID          int64     `json:"id"`
		TicketID    int64     `json:"ticket_id"`
		From        string    `json:"from"`
		Subject     string    `json:"subject"`
		Body        string    `json:"body"`
		ContentType string    `json:"content_type"`
		Type        string    `json:"type"`
		Sender      string    `json:"sender"`
		Internal    bool      `json:"internal"`
		MessageID   string    `json:"message_id"`
		CreatedBy   string    `json:"created_by"`
		CreatedByID int64     `json:"created_by_id"`
		CreatedAt   time.Time `json:"created_at"`
		Attachments []struct {
			Filename string `json:"filename"`
		} `json:"attachments"`
	}
)

func (t ticket) value(customer person) desk.Ticket {
	return desk.Ticket{ID: t.ID, Queue: t.Group, Subject: t.Title, Status: t.State, Requestors: []desk.Person{{Name: customer.Login, Address: customer.Email}},
		Created: t.CreatedAt.UTC(), Updated: t.UpdatedAt.UTC()}
}
