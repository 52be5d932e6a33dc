package mail

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decodes what is not UTF-8
	"github.com/emersion/go-message/textproto"
	"golang.org/x/net/idna"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// What a mail may have. What goes beyond is refused or cut.
const (
	maxHeader     = 128 << 10 // bytes
	maxFields     = 1000
	maxValue      = 998 // characters of a field that is kept
	maxAddresses  = 100
	maxReferences = 50
)

// Reading is how a mail is read.
type Reading struct {
	Trusted string // authserv-id of the receiving server; empty: no Authentication-Results are believed
	Fields  int    // how many Authentication-Results fields that server adds; 0: 1
	Whole   bool   // raw is the whole mail: signatures can be verified
	// LookupTXT asks the DNS for a public key. nil: signatures are not verified here.
	LookupTXT func(ctx context.Context, domain string) ([]string, error)
}

// singles are the fields of which there may be one (RFC 5322 3.6, RFC 2045). With two, the signature would be
// about one and the reader would see the other.
var singles = []string{
	"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References",
	"Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Auto-Submitted",
}

// Parse reads a mail. The error is a *fault.Error, code Invalid, with the reason in words; the message then
// holds what could be read before. It waits for nothing but LookupTXT.
func Parse(ctx context.Context, raw []byte, how Reading) (Message, error) {
	var m Message
	if err := m.parse(ctx, raw, how); err != nil {
		sum := sha256.Sum256(raw)
		m.Digest = hex.EncodeToString(sum[:])
		return m, err
	}
	m.Digest = digest(m)
	return m, nil
}

func (m *Message) parse(ctx context.Context, raw []byte, how Reading) error {
	header, body, err := open(raw)
	if err != nil {
		return err
	}
	m.MessageID = id(header.Get("Message-Id"))
	m.Subject = field(header, "Subject")
	for _, name := range singles {
		if fields := header.FieldsByKey(name); fields.Len() > 1 {
			return refused("Das Feld %[1]s steht mehrfach in der Nachricht.", "The message has the field %[1]s more than once.", name)
		}
	}
	from := addresses(header, "From")
	if len(from) != 1 {
		return refused("Die Nachricht hat keinen eindeutigen Absender.", "The message has no single sender.")
	}
	m.From = from[0]
	m.ReplyTo, m.To, m.Cc = addresses(header, "Reply-To"), addresses(header, "To"), addresses(header, "Cc")
	if ids := idList(header.Get("In-Reply-To")); len(ids) > 0 {
		m.InReplyTo = ids[0]
	}
	m.References = idList(header.Get("References"))
	if at, err := netmail.ParseDate(header.Get("Date")); err == nil && at.Year() > 1970 && at.Year() < 10000 {
		m.Date = at.UTC()
	}
	m.Cut = !how.Whole
	m.read(header, body)
	m.Auto.read(header)
	m.Auth = server(header, how)
	if how.LookupTXT != nil && how.Whole {
		m.Auth.Own = verify(ctx, raw, header, how.LookupTXT)
	}
	return nil
}

// open reads the header and leaves the body.
func open(raw []byte) (message.Header, *bufio.Reader, error) {
	if bytes.HasPrefix(raw, []byte("From ")) { // of a mailbox file
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			raw = raw[i+1:]
		}
	}
	end := len(raw)
	if i := bytes.Index(raw, []byte("\n\r\n")); i >= 0 {
		end = i
	}
	if i := bytes.Index(raw[:end], []byte("\n\n")); i >= 0 {
		end = i
	}
	if end > maxHeader || bytes.Count(raw[:end], []byte("\n")) > maxFields {
		return message.Header{}, nil, refused("Der Kopf der Nachricht ist zu groß.", "The header of the message is too large.")
	}
	body := bufio.NewReader(bytes.NewReader(raw))
	h, err := textproto.ReadHeader(body)
	if err != nil {
		return message.Header{}, nil, refused("Der Kopf der Nachricht ist nicht zu lesen.", "The header of the message cannot be read.")
	}
	return message.Header{Header: h}, body, nil
}

// field is a decoded and tidied value.
func field(h message.Header, name string) string {
	text, err := h.Text(name)
	if err != nil {
		text = h.Get(name)
	}
	return line(repair(text))
}

// addresses reads a list of mailboxes. One that cannot be read makes the list empty.
func addresses(h message.Header, name string) []Address {
	value := h.Get(name)
	if strings.TrimSpace(value) == "" {
		return nil
	}
	parser := netmail.AddressParser{WordDecoder: words}
	list, err := parser.ParseList(value)
	if err != nil {
		return nil
	}
	out := make([]Address, 0, min(len(list), maxAddresses))
	for _, a := range list[:min(len(list), maxAddresses)] {
		if a.Address != line(a.Address) || len(a.Address) > 320 {
			continue
		}
		out = append(out, Address{Name: line(a.Name), Address: normal(a.Address)})
	}
	return out
}

// normal writes the domain of an address in lower case and ASCII.
func normal(address string) string {
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return address
	}
	return address[:i+1] + asciiDomain(address[i+1:])
}

// asciiDomain is how a domain stands in the DNS, or in lower case if it cannot stand there.
func asciiDomain(domain string) string {
	domain = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(domain), "."))
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}

var idForm = regexp.MustCompile(`<([^<>\s"\\]{1,500})>`)

// id reads one message identifier; some write it without brackets.
func id(value string) string {
	if list := idList(value); len(list) > 0 {
		return list[0]
	}
	if bare := strings.TrimSpace(value); idForm.MatchString("<"+bare+">") && !strings.ContainsAny(bare, "<>") && bare == line(bare) {
		return bare
	}
	return ""
}

func idList(value string) []string {
	var out []string
	for _, found := range idForm.FindAllStringSubmatch(value, -1) {
		if found[1] == line(found[1]) && !slices.Contains(out[max(0, len(out)-maxReferences):], found[1]) {
			out = append(out, found[1])
		}
	}
	return out[max(0, len(out)-maxReferences):]
}

func digest(m Message) string {
	sum := sha256.New()
	for _, s := range []string{m.From.Address, m.Date.Format(time.RFC3339), m.Subject, m.Text} {
		fmt.Fprintf(sum, "%d:%s\n", len(s), s)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func refused(de, en string, args ...any) error {
	return &fault.Error{Code: fault.Invalid, Text: lang.Textf(de, en, args...)}
}

// reason is the sentence of a refusal.
func reason(err error) lang.Text {
	var f *fault.Error
	if errors.As(err, &f) && f != nil {
		return f.Text
	}
	return lang.T("Die Nachricht ist nicht zu lesen.", "The message cannot be read.")
}
