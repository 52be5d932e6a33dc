package mail

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/patchwart/patchwart/internal/adapter/credential"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/yamltext"
)

// Settings say where mail is read and sent. Passwords stand in files of their own, which only their owner can
// read, never in the settings.
//
//	imap: {host: mail.hoster.example, port: 993, tls: implicit, user: auftrag, password_file: /etc/patchwart/imap}
//	smtp: {host: mail.hoster.example, port: 465, tls: implicit, user: auftrag, password_file: /etc/patchwart/smtp}
//	from: {name: Hoster GmbH, address: auftrag@hoster.example}
//	trusted: mail.hoster.example
//	roles: {operator: dienst@hoster.example, management: leitung@hoster.example}
type Settings struct {
	IMAP    *ServerSettings   `yaml:"imap"` // absent: no mail is read
	SMTP    *ServerSettings   `yaml:"smtp"` // absent: no mail is sent
	Folder  string            `yaml:"folder"`
	Done    string            `yaml:"done"`    // folder that accepted mails are moved to
	Trusted string            `yaml:"trusted"` // authserv-id of the receiving server
	From    AddressSettings   `yaml:"from"`
	Roles   map[string]string `yaml:"roles"` // addresses of operator, on_call, management
	DKIM    *SigningSettings  `yaml:"dkim"`
}

// ServerSettings is one server.
type ServerSettings struct {
	Host         string     `yaml:"host"`
	Port         int        `yaml:"port"`
	TLS          Encryption `yaml:"tls"` // implicit, starttls; plain only to this machine
	User         string     `yaml:"user"`
	PasswordFile string     `yaml:"password_file"`
}

// AddressSettings is who writes.
type AddressSettings struct {
	Name    string `yaml:"name"`
	Address string `yaml:"address"`
}

// SigningSettings is a key for signatures.
type SigningSettings struct {
	Domain   string `yaml:"domain"`
	Selector string `yaml:"selector"`
	KeyFile  string `yaml:"key_file"`
}

// Bounds of the files.
const (
	maxSettings = 64 << 10
	maxPassword = 4 << 10
)

// ReadSettings reads a file, strictly: an unknown key is an error with its place.
func ReadSettings(path string) (Settings, error) {
	var s Settings
	doc, err := readBounded(path, maxSettings)
	if err != nil {
		return s, err
	}
	if err := yamltext.ReadStrict(doc, &s); err != nil {
		return s, &fault.Error{Code: fault.Invalid, Cause: err,
			Text: lang.Textf("Die Mail-Einstellungen in %[1]s sind nicht zu verstehen: %[2]s", "The mail settings in %[1]s cannot be understood: %[2]s", path, yaml.FormatError(err, false, false)),
			Mend: lang.T("Ein Beispiel steht in docs/mail.md.", "There is an example in docs/mail.md.")}
	}
	if s.IMAP == nil && s.SMTP == nil {
		return s, invalid("Die Mail-Einstellungen nennen weder imap noch smtp.", "The mail settings name neither imap nor smtp.")
	}
	if s.SMTP != nil && !strings.Contains(s.From.Address, "@") {
		return s, invalid("Zum Versenden fehlt from.address.", "from.address is missing, which sending needs.")
	}
	return s, nil
}

// server is the server with its password.
func (s ServerSettings) server() (Server, error) {
	out := Server{Host: s.Host, Port: s.Port, TLS: s.TLS, User: s.User}
	if s.PasswordFile == "" {
		return out, nil
	}
	text, problem := credential.Secret(s.PasswordFile, maxPassword)
	if problem != nil {
		return out, &fault.Error{Code: fault.Invalid, Cause: problem.Cause,
			Text: lang.Textf("Das Passwort in %[1]s ist nicht zu gebrauchen (chmod 600): %[2]s", "The password in %[1]s cannot be used (chmod 600): %[2]s", s.PasswordFile, problem.Text),
			Mend: lang.T("Machen Sie die Datei mit chmod 600 nur für den Dienst lesbar.", "Make the file readable for the service only with chmod 600.")}
	}
	out.Password = strings.TrimRight(string(text), "\r\n")
	return out, nil
}

// Mailbox is the mailbox that the settings name; nil when they name none.
func (s Settings) Mailbox() (*Mailbox, error) {
	if s.IMAP == nil {
		return nil, nil //nolint:nilnil // no mailbox is a setting, and no error
	}
	server, err := s.IMAP.server()
	if err != nil {
		return nil, err
	}
	return New(Config{Server: server, Folder: s.Folder, Done: s.Done, Trusted: s.Trusted})
}

// Outbox is the way out that the settings name; nil when they name none.
func (s Settings) Outbox() (*Outbox, error) {
	if s.SMTP == nil {
		return nil, nil //nolint:nilnil // no outbox is a setting, and no error
	}
	server, err := s.SMTP.server()
	if err != nil {
		return nil, err
	}
	var signing *Signing
	if s.DKIM != nil {
		signing = &Signing{Domain: s.DKIM.Domain, Selector: s.DKIM.Selector, KeyFile: s.DKIM.KeyFile}
	}
	hello, _ := os.Hostname()
	return NewOutbox(server, hello, signing)
}

// Domain is the right side of the sender's address.
func (s Settings) Domain() string { return domainOf(s.From.Address) }

func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return text, err
}
