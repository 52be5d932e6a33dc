// Package helpdesk reads the settings of the help desk and of webhooks, strictly, and opens what they name.
package helpdesk

import (
	"fmt"
	"io"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/patchwart/patchwart/internal/adapter/rt"
	"github.com/patchwart/patchwart/internal/adapter/webhook"
	"github.com/patchwart/patchwart/internal/adapter/zammad"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/yamltext"
)

// Settings say where the help desk is and who is told of what happens. Secrets stand in files of their own, which
// only their owner can read, never in the settings.
//
//	rt: {url: https://tickets.hoster.example, token_file: /etc/patchwart/rt.token, queues: [Updates]}
//	trusted: mail.hoster.example
//	accounts: {ekuhn: kuhn/eva}
//	statuses: {accepted: open, done: resolved}
//	webhooks:
//	  - {name: cmdb, url: https://cmdb.hoster.example/patchwart, secret_file: /etc/patchwart/cmdb.secret, events: [run.ended]}
type Settings struct {
	RT       *RT               `yaml:"rt"`
	Zammad   *Zammad           `yaml:"zammad"`   // one of both
	Trusted  string            `yaml:"trusted"`  // authserv-id of the mail server in front of the desk
	Accounts map[string]string `yaml:"accounts"` // account of the desk: customer/contact
	Field    string            `yaml:"field"`    // custom field that shows how far an order is
	Statuses map[string]string `yaml:"statuses"` // ticket state by the order's state
	Every    string            `yaml:"every"`    // between two looks; 1 min
	Webhooks []Webhook         `yaml:"webhooks"`
}

// RT is a Request Tracker 5.
type RT struct {
	URL           string   `yaml:"url"`
	TokenFile     string   `yaml:"token_file"`
	Queues        []string `yaml:"queues"`
	AuthorityFile string   `yaml:"authority_file"`
}

// Zammad is a Zammad.
type Zammad struct {
	URL           string   `yaml:"url"`
	TokenFile     string   `yaml:"token_file"`
	Groups        []string `yaml:"groups"`
	AuthorityFile string   `yaml:"authority_file"`
	HookSecret    string   `yaml:"hook_secret_file"` // signs Zammad's webhooks; empty: none are taken
}

// Open opens the Zammad.
func (s Zammad) Open() (*zammad.Client, error) {
	return zammad.Open(zammad.Config{URL: s.URL, TokenFile: s.TokenFile, Groups: s.Groups, AuthorityFile: s.AuthorityFile, HookSecret: s.HookSecret})
}

// Webhook is one subscription.
type Webhook struct {
	Name          string   `yaml:"name"`
	URL           string   `yaml:"url"`
	SecretFile    string   `yaml:"secret_file"`
	Events        []string `yaml:"events"` // none: all
	Allow         []string `yaml:"allow"`  // private networks that may be sent to
	AuthorityFile string   `yaml:"authority_file"`
}

// Known are the words that the settings may use.
type Known struct {
	States []string // of an order
	Events []string // that happen
}

// Bounds of the settings.
const (
	maxSettings = 64 << 10
	maxWebhooks = 50
	leastEvery  = time.Second
	usualEvery  = time.Minute
	mostEvery   = time.Hour
)

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Read reads a file. An unknown key or word is an error with its place or its name.
func Read(path string, known Known) (Settings, error) {
	var s Settings
	file, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer func() { _ = file.Close() }()
	doc, err := io.ReadAll(io.LimitReader(file, maxSettings+1))
	if err == nil && len(doc) > maxSettings {
		err = fmt.Errorf("%s has more than %d bytes", path, maxSettings)
	}
	if err != nil {
		return s, err
	}
	return Parse(path, doc, known)
}

// Parse reads the text of a file.
func Parse(path string, doc []byte, known Known) (Settings, error) {
	var s Settings
	if err := yamltext.ReadStrict(doc, &s); err != nil {
		return s, wrong(path, yaml.FormatError(err, false, false), yaml.FormatError(err, false, false))
	}
	none := s.RT == nil && s.Zammad == nil
	switch {
	case none && len(s.Webhooks) == 0:
		return s, wrong(path, "es ist weder rt noch zammad noch webhooks angegeben", "neither rt nor zammad nor webhooks is given")
	case s.RT != nil && s.Zammad != nil:
		return s, wrong(path, "rt und zammad zugleich", "rt and zammad at once")
	case none && (s.Trusted != "" || len(s.Accounts) > 0 || s.Field != "" || len(s.Statuses) > 0 || s.Every != ""):
		return s, wrong(path, "trusted, accounts, field, statuses und every gehören zu einem Helpdesk", "trusted, accounts, field, statuses and every belong to a help desk")
	case len(s.Webhooks) > maxWebhooks:
		return s, wrong(path, fmt.Sprintf("mehr als %d webhooks", maxWebhooks), fmt.Sprintf("more than %d webhooks", maxWebhooks))
	}
	for _, state := range slices.Sorted(maps.Keys(s.Statuses)) {
		if !slices.Contains(known.States, state) {
			return s, wrong(path, "statuses: „"+state+"“ gibt es nicht; möglich sind "+strings.Join(known.States, ", "), `statuses: there is no "`+state+`"; possible are `+strings.Join(known.States, ", "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Accounts)) {
		if c, p, ok := strings.Cut(s.Accounts[name], "/"); !ok || c == "" || p == "" || strings.Contains(p, "/") || name == "" {
			return s, wrong(path, "accounts: bei „"+name+"“ muss kunde/ansprechperson stehen", `accounts: at "`+name+`" customer/contact has to stand`)
		}
	}
	if _, err := s.Interval(); err != nil {
		return s, wrong(path, "every: "+s.Every+" ist keine Dauer von einer Sekunde bis einer Stunde", "every: "+s.Every+" is no time of one second to one hour")
	}
	var names []string
	for _, w := range s.Webhooks {
		if !nameForm.MatchString(w.Name) || slices.Contains(names, w.Name) {
			return s, wrong(path, "webhooks: „"+w.Name+"“ ist kein Name (a-z, 0-9, -), oder er steht schon da", `webhooks: "`+w.Name+`" is no name (a-z, 0-9, -), or stands there already`)
		}
		names = append(names, w.Name)
		for _, e := range w.Events {
			if !slices.Contains(known.Events, e) {
				return s, wrong(path, "webhooks: das Ereignis „"+e+"“ gibt es nicht; möglich sind "+strings.Join(known.Events, ", "), `webhooks: there is no event "`+e+`"; possible are `+strings.Join(known.Events, ", "))
			}
		}
	}
	return s, nil
}

func wrong(path, de, en string) error {
	return fault.New(fault.Invalid, lang.Textf("Die Helpdesk-Einstellungen in %[1]s sind nicht zu verstehen: %[2]s", "The help desk settings in %[1]s cannot be understood: %[3]s", path, de, en),
		lang.T("Ein Beispiel steht in docs/helpdesk.md.", "There is an example in docs/helpdesk.md."))
}

// Interval is the time between two looks.
func (s Settings) Interval() (time.Duration, error) {
	if s.Every == "" {
		return usualEvery, nil
	}
	d, err := time.ParseDuration(s.Every)
	if err == nil && (d < leastEvery || d > mostEvery) {
		err = fmt.Errorf("%s is out of bounds", d)
	}
	return d, err
}

// Open opens the Request Tracker.
func (s RT) Open() (*rt.Client, error) {
	return rt.Open(rt.Config{URL: s.URL, TokenFile: s.TokenFile, Queues: s.Queues, AuthorityFile: s.AuthorityFile})
}

// Open opens the way to a subscriber, and says the host that it leads to.
func (w Webhook) Open() (sender *webhook.Sender, host string, err error) {
	c := webhook.Config{URL: w.URL, SecretFile: w.SecretFile, AuthorityFile: w.AuthorityFile}
	for _, a := range w.Allow {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, lang.Textf("webhooks: „%[1]s“ ist kein Netz wie 10.20.0.0/16.", `webhooks: "%[1]s" is no network like 10.20.0.0/16.`, a), lang.Text{})
		}
		c.Allow = append(c.Allow, p)
	}
	if sender, err = webhook.Open(c); err != nil {
		return nil, "", err
	}
	u, err := url.Parse(w.URL)
	if err != nil {
		return nil, "", err
	}
	return sender, u.Host, nil
}
