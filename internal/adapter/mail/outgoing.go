package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"

	"github.com/patchwart/patchwart/internal/core/fault"
)

// What a mail to be sent may have.
const (
	maxRecipients = 50
	maxSubject    = 400     // characters
	maxOutText    = 1 << 20 // bytes
)

// Outgoing is a mail to be sent. It is written by a program and says so: nobody's auto-reply answers it.
type Outgoing struct {
	// MessageID tells two tries of one mail from two mails; without angle brackets. It is given by whoever keeps
	// the mail, and stays the same for each try.
	MessageID  string
	From       Address
	Envelope   string // where bounces go; empty: From
	To         []Address
	ReplyTo    Address // its zero value: From
	Subject    string
	Text       string // plain text
	Date       time.Time
	InReplyTo  string   // without angle brackets
	References []string // the thread, oldest first, without angle brackets
	Calendar   []byte   // a calendar object (RFC 5545), shown beside the text; nil: none
	Method     string   // of the calendar object: REQUEST, CANCEL, PUBLISH (RFC 5546)
}

var (
	sendableID = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,200}@[A-Za-z0-9.-]{1,200}$`)
	methodForm = regexp.MustCompile(`^[A-Z]{3,20}$`)
)

// letter is a composed mail with its envelope.
type letter struct {
	from string
	to   []string
	raw  []byte
}

// compose checks a mail and writes it. The error is a *fault.Error, code Invalid: another try does not help.
func (o Outgoing) compose(signer *dkim.SignOptions) (letter, error) {
	var l letter
	if err := o.check(); err != nil {
		return l, err
	}
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	from, err := mailbox(o.From)
	if err != nil {
		return l, err
	}
	m.FromMailAddress(from)
	l.from = from.Address
	if o.Envelope != "" {
		envelope, err := mailbox(Address{Address: o.Envelope})
		if err != nil {
			return l, err
		}
		l.from = envelope.Address
	}
	seen := map[string]bool{}
	for _, to := range o.To {
		a, err := mailbox(to)
		if err != nil {
			return l, err
		}
		if key := strings.ToLower(a.Address); !seen[key] {
			seen[key] = true
			m.AddToMailAddress(a)
			l.to = append(l.to, a.Address)
		}
	}
	if o.ReplyTo != (Address{}) {
		a, err := mailbox(o.ReplyTo)
		if err != nil {
			return l, err
		}
		m.ReplyToMailAddress(a)
	}
	m.Subject(o.Subject)
	m.SetDateWithValue(o.Date)
	m.SetMessageIDWithValue(o.MessageID)
	if o.InReplyTo != "" {
		m.SetGenHeaderPreformatted(gomail.HeaderInReplyTo, "<"+o.InReplyTo+">")
	}
	if thread := o.thread(); len(thread) > 0 {
		// One on each line: a line may have 998 characters.
		m.SetGenHeaderPreformatted(gomail.HeaderReferences, strings.Join(thread, "\r\n "))
	}
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader(gomail.HeaderPrecedence, "bulk")
	// Exchange: no absence notes. Reports of what cannot be delivered are wanted.
	m.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "OOF, AutoReply")
	text := strings.ReplaceAll(strings.ReplaceAll(o.Text, "\r\n", "\n"), "\r", "\n")
	m.SetBodyString(gomail.TypeTextPlain, strings.ReplaceAll(text, "\n", "\r\n"))
	if o.Calendar != nil {
		m.AddAlternativeString(gomail.ContentType("text/calendar; method="+o.Method), string(o.Calendar))
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return l, &fault.Error{Code: fault.Internal, Text: reasonUnwritten, Cause: err}
	}
	l.raw = raw.Bytes()
	if signer != nil {
		if l.raw, err = sign(l.raw, signer); err != nil {
			return l, &fault.Error{Code: fault.Internal, Text: reasonUnwritten, Cause: err}
		}
	}
	return l, nil
}

func (o Outgoing) check() error {
	switch {
	case !sendableID.MatchString(o.MessageID):
		return invalid("Die Nachricht braucht eine Message-ID der Form a@b.", "The mail needs a message ID of the form a@b.")
	case len(o.To) == 0 || len(o.To) > maxRecipients:
		return refused("Die Nachricht braucht einen bis %[1]d Empfänger.", "The mail needs one to %[1]d recipients.", maxRecipients)
	case o.Date.IsZero():
		return invalid("Die Nachricht braucht ein Datum.", "The mail needs a date.")
	case strings.TrimSpace(o.Subject) == "" || o.Subject != line(o.Subject) || utf8.RuneCountInString(o.Subject) > maxSubject:
		return refused("Der Betreff ist eine Zeile mit höchstens %[1]d Zeichen.", "The subject is one line of at most %[1]d characters.", maxSubject)
	case len(o.Text) > maxOutText || !utf8.ValidString(o.Text) || strings.ContainsRune(o.Text, 0):
		return refused("Der Text ist UTF-8 mit höchstens %[1]d KiB.", "The text is UTF-8 of at most %[1]d KiB.", maxOutText>>10)
	case o.InReplyTo != "" && !threadable(o.InReplyTo):
		return invalid("Die Nachricht, auf die geantwortet wird, hat keine brauchbare Message-ID.", "The message that is answered has no usable message ID.")
	case o.Calendar != nil && (!methodForm.MatchString(o.Method) || len(o.Calendar) > maxOutText || !utf8.Valid(o.Calendar)):
		return invalid("Der Kalendereintrag braucht eine Methode wie REQUEST.", "The calendar object needs a method such as REQUEST.")
	}
	return nil
}

// thread is the References field: the newest that fit, and the one that is answered last. Identifiers of
// others that cannot be written safely are left out.
func (o Outgoing) thread() []string {
	var out []string
	for _, ref := range append(append([]string{}, o.References...), o.InReplyTo) {
		if threadable(ref) && (len(out) == 0 || out[len(out)-1] != "<"+ref+">") {
			out = append(out, "<"+ref+">")
		}
	}
	return out[max(0, len(out)-maxReferences):]
}

// threadable: an identifier that a stranger wrote can be repeated in a header.
func threadable(ref string) bool {
	if ref == "" || len(ref) > 500 {
		return false
	}
	for _, c := range []byte(ref) {
		if c <= ' ' || c >= 0x7F || c == '<' || c == '>' {
			return false
		}
	}
	return true
}

// mailbox checks an address strictly: what would be read in another way by another program is refused.
func mailbox(a Address) (*netmail.Address, error) {
	address := normal(a.Address)
	parsed, err := netmail.ParseAddress("<" + address + ">")
	switch {
	case err != nil || parsed.Address != address || parsed.Name != "", len(address) > 254, strings.ContainsAny(address, "\"\\<>, \t"), !ascii(address):
		return nil, refused("„%[1]s“ ist keine E-Mail-Adresse, an die geschickt werden kann.", "%[1]q is no mail address that can be sent to.", line(a.Address))
	case a.Name != line(a.Name):
		return nil, invalid("Der Name zu einer Adresse ist eine Zeile.", "The name beside an address is one line.")
	}
	name := a.Name
	if strings.IndexFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 { // a backslash has no place in an encoded word of a name (RFC 2047, 5.3), and would stay as it is
		name = strings.ReplaceAll(name, `\`, "/")
	}
	return &netmail.Address{Name: name, Address: address}, nil
}

func ascii(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// String names the mail for logs, without its words.
func (o Outgoing) String() string {
	return fmt.Sprintf("mail <%s> to %d recipients", o.MessageID, len(o.To))
}
