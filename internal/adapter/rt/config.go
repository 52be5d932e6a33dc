package rt

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/credential"
	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Config says where the desk is.
type Config struct {
	// URL is the desk's address without "/REST/2.0", for example https://tickets.example.net or
	// https://example.net/rt. Without TLS only on this machine itself.
	URL string
	// TokenFile holds the authentication token, alone, in a file that nobody else can read (0600).
	TokenFile string
	// Queues are the names of the queues that are read. Tickets elsewhere are neither read nor written on.
	Queues []string
	// AuthorityFile holds certificates of authorities in PEM that are trusted instead of the machine's own.
	AuthorityFile string
}

// Bounds of one conversation with the desk.
const (
	MaxText       = 256 << 10        // bytes of a message's text
	maxAnswer     = 4 << 20          // bytes of one answer
	maxPages      = 10               // of changes in one call
	maxHistory    = 40               // pages of one ticket's history
	perPage       = 100              // RT gives no more
	maxQueues     = 50               // of one configuration
	answerTimeout = 30 * time.Second // for one request with its answer
	maxTries      = 4                // of one request
	maxWait       = 30 * time.Second // for a desk that asks for patience
	settle        = time.Minute      // see Changed
)

// Client is the way to one desk. It is safe for use by several goroutines.
type Client struct {
	base   *url.URL // ends in /REST/2.0
	token  string
	queues []string
	http   *http.Client

	writing sync.Mutex // one message at a time, so that looking for it and sending it are one
	own     sync.Mutex
	ownName string // whom the token belongs to, once known

	wait func(time.Duration) <-chan time.Time // time.After
}

var tokenForm = regexp.MustCompile(`^1-([0-9]{1,18})-[0-9A-Fa-f]{32}$`)

// Open makes a client. It reads the token and speaks to nobody yet; Check does.
func Open(c Config) (*Client, error) {
	base, err := address(c.URL)
	if err != nil {
		return nil, err
	}
	if len(c.Queues) == 0 || len(c.Queues) > maxQueues {
		return nil, fault.New(fault.Invalid,
			lang.Textf("Für den Helpdesk sind %[1]d Warteschlangen angegeben.", "%[1]d queues are given for the help desk.", len(c.Queues)),
			lang.Textf("Nennen Sie 1 bis %[1]d Warteschlangen (queues) mit ihrem Namen in RT.", "Name 1 to %[1]d queues by their name in RT.", maxQueues))
	}
	for _, q := range c.Queues {
		if strings.TrimSpace(q) == "" || strings.ContainsFunc(q, func(r rune) bool { return r < ' ' }) {
			return nil, fault.New(fault.Invalid, lang.T("Der Name einer Warteschlange ist leer oder enthält Steuerzeichen.", "The name of a queue is empty or has control characters."),
				lang.T("Schreiben Sie die Namen so, wie RT sie zeigt.", "Write the names as RT shows them."))
		}
	}
	token, err := readToken(c.TokenFile)
	if err != nil {
		return nil, err
	}
	secure, err := credential.TLS(c.AuthorityFile)
	if err != nil {
		return nil, err
	}
	return &Client{base: base, token: token, queues: append([]string(nil), c.Queues...), wait: time.After, http: rest.Client(secure, answerTimeout)}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func address(given string) (*url.URL, error) {
	mend := lang.T("Geben Sie die Adresse von RT ohne „/REST/2.0“ an, zum Beispiel https://tickets.example.net", "Give RT's address without \"/REST/2.0\", for example https://tickets.example.net")
	u, err := url.Parse(given)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "":
		return nil, fault.New(fault.Invalid, lang.T("Die Adresse des Helpdesks ist nicht zu gebrauchen.", "The help desk's address cannot be used."), mend)
	case u.User != nil:
		return nil, fault.New(fault.Invalid, lang.T("Die Adresse des Helpdesks enthält Zugangsdaten.", "The help desk's address holds credentials."),
			lang.T("Legen Sie das Token in eine Datei (0600) und nennen Sie diese.", "Put the token into a file (0600) and name that."))
	case u.Scheme == "http" && !rest.Loopback(u.Hostname()):
		return nil, fault.New(fault.Invalid, lang.T("Die Adresse des Helpdesks ist nicht verschlüsselt; das Token ginge offen über das Netz.", "The help desk's address is not encrypted; the token would cross the network in the open."),
			lang.T("Verwenden Sie https://. Ohne TLS geht es nur auf dieser Maschine selbst.", "Use https://. Without TLS only this machine itself is possible."))
	}
	return u.JoinPath("REST", "2.0"), nil
}

// readToken reads the token. No error of it says what is in the file.
func readToken(path string) (string, error) {
	bad := func(cause error, de, en string) error {
		return &fault.Error{Code: fault.Invalid, Cause: cause,
			Text: lang.Textf("Das Token des Helpdesks in %[1]s ist nicht zu gebrauchen: %[2]s", "The help desk's token in %[1]s cannot be used: %[3]s", path, de, en),
			Mend: lang.Textf("Erzeugen Sie in RT unter Einstellungen → Auth Tokens eines, legen Sie es in %[1]s ab und machen Sie die Datei mit chmod 600 nur für den Dienst lesbar.",
				"Make one in RT under Settings → Auth Tokens, put it into %[1]s and make the file readable for the service only with chmod 600.", path)}
	}
	text, problem := credential.Secret(path, 1<<10)
	if problem != nil {
		return "", bad(problem.Cause, problem.Text.DE, problem.Text.EN)
	}
	token := strings.TrimSpace(string(text))
	if !tokenForm.MatchString(token) {
		return "", bad(nil, "Darin steht kein Token von RT (1-Nummer-32 Hexziffern).", "it holds no token of RT (1-number-32 hexadecimal digits).")
	}
	return token, nil
}
