// Package webhook tells other systems what happened, by signed HTTP requests to addresses that their owners
// have named. An address named by somebody else is not to be trusted: nothing is sent into private networks
// unless the operator allows it, redirects are not followed, and answers are bounded in size and time.
//
// It sends once and says what came of it. When to try again is a pure function, Next; keeping deliveries
// until then is the task of who sends.
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/credential"
	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Bounds of one delivery.
const (
	MaxBody     = 256 << 10        // bytes that are sent
	maxAnswer   = 8 << 10          // bytes of the answer that are read; nobody needs them
	maxHeaders  = 16 << 10         // bytes of the answer's headers
	sendTimeout = 20 * time.Second // for all of it
	dialTimeout = 5 * time.Second  // for each address
	maxPatience = 24 * time.Hour   // that a receiver may ask for
)

// The headers of a delivery.
const (
	HeaderDelivery  = "X-Patchwart-Delivery"  // the delivery's id, the same at each try
	HeaderEvent     = "X-Patchwart-Event"     // what happened, in short
	HeaderTimestamp = "X-Patchwart-Timestamp" // when this try was signed, in seconds since 1970
	HeaderSignature = "X-Patchwart-Signature" // sha256=, and the HMAC in hexadecimal digits
)

// Config says where to.
type Config struct {
	URL           string         // https; http only to this machine itself, when Allow permits that
	SecretFile    string         // holds the shared secret, alone, in a file that nobody else can read (0600)
	Allow         []netip.Prefix // private networks that may be sent to
	AuthorityFile string         // certificates in PEM that are trusted instead of the machine's own
}

// Delivery is one message. Two with one ID are the same message.
type Delivery struct {
	ID      string    // 1 to 64 letters, digits, dots, dashes and underscores
	Event   string    // as "run.finished": what the receiver may choose by
	Created time.Time // when it happened, whatever the try
	Data    json.RawMessage
}

// Envelope is the body of a delivery. The signature covers it, so the ID in it counts, not the header's.
type Envelope struct {
	ID      string          `json:"id"`
	Event   string          `json:"event"`
	Created time.Time       `json:"created"`
	Data    json.RawMessage `json:"data"`
}

// Outcome is what came of a try.
type Outcome string

// The outcomes.
const (
	Delivered Outcome = "delivered" // the receiver has it (any 2xx)
	Temporary Outcome = "temporary" // the same try may succeed later
	Permanent Outcome = "permanent" // it will not succeed before somebody changes something
)

// Result is an outcome with what is known of it.
type Result struct {
	Outcome   Outcome
	Status    int       // of the answer; 0 when there was none
	NotBefore time.Time // the receiver's wish when to try again; zero when it has none
	Reason    lang.Text // empty when delivered
}

// Sender sends to one address.
type Sender struct {
	to     *url.URL
	secret []byte
	guard  *guard
	http   *http.Client
	now    func() time.Time
}

var (
	idForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	eventForm = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)
)

// Open makes a sender. It speaks to nobody yet.
func Open(c Config) (*Sender, error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fault.New(fault.Invalid, lang.T("Die Adresse des Webhooks ist nicht zu gebrauchen.", "The webhook's address cannot be used."),
			lang.T("Geben Sie eine vollständige Adresse an, zum Beispiel https://example.net/patchwart", "Give a complete address, for example https://example.net/patchwart"))
	case u.User != nil:
		return nil, fault.New(fault.Invalid, lang.T("Die Adresse des Webhooks enthält Zugangsdaten.", "The webhook's address holds credentials."),
			lang.T("Lassen Sie sie weg: Der Empfänger erkennt Patchwart an der Signatur.", "Leave them out: the receiver knows Patchwart by the signature."))
	case u.Scheme == "http" && !rest.Loopback(u.Hostname()):
		return nil, fault.New(fault.Invalid, lang.T("Die Adresse des Webhooks ist nicht verschlüsselt.", "The webhook's address is not encrypted."),
			lang.T("Verwenden Sie https://. Ohne TLS geht es nur auf dieser Maschine selbst.", "Use https://. Without TLS only this machine itself is possible."))
	}
	secret, err := readSecret(c.SecretFile)
	if err != nil {
		return nil, err
	}
	secure, err := credential.TLS(c.AuthorityFile)
	if err != nil {
		return nil, err
	}
	s := &Sender{to: u, secret: secret, guard: &guard{allow: c.Allow, lookup: net.DefaultResolver.LookupNetIP}, now: time.Now}
	s.http = &http.Client{
		// Without a proxy, which would resolve the name anew, and with a connection for each delivery.
		Transport: &http.Transport{DialContext: s.guard.dial, TLSClientConfig: secure, DisableKeepAlives: true, DisableCompression: true,
			TLSHandshakeTimeout: dialTimeout, MaxResponseHeaderBytes: maxHeaders},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// Send tries once. An error means that the delivery itself is wrong and nothing was sent, or that ctx ended;
// everything else is a Result. No result holds the address beyond its host, or what the receiver wrote.
func (s *Sender) Send(ctx context.Context, d Delivery) (Result, error) {
	if !idForm.MatchString(d.ID) || !eventForm.MatchString(d.Event) || !json.Valid(d.Data) {
		return Result{}, fault.New(fault.Invalid, lang.T("Nummer, Ereignis oder Inhalt einer Zustellung sind nicht zu gebrauchen.", "A delivery's id, event or content cannot be used."), lang.Text{})
	}
	body, err := json.Marshal(Envelope{ID: d.ID, Event: d.Event, Created: d.Created.UTC(), Data: d.Data})
	if err != nil {
		return Result{}, err
	}
	if len(body) > MaxBody {
		return Result{}, fault.New(fault.Invalid, lang.Textf("Eine Zustellung hat mehr als %[1]d KiB.", "A delivery has more than %[1]d KiB.", MaxBody>>10), lang.Text{})
	}
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(sending, http.MethodPost, s.to.String(), bytes.NewReader(body))
	if err != nil {
		return Result{}, err
	}
	stamp := strconv.FormatInt(s.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "patchwart (webhooks)")
	req.Header.Set(HeaderDelivery, d.ID)
	req.Header.Set(HeaderEvent, d.Event)
	req.Header.Set(HeaderTimestamp, stamp)
	req.Header.Set(HeaderSignature, Sign(s.secret, stamp, body))
	res, err := s.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		return s.unanswered(err), nil
	}
	_, _ = io.CopyN(io.Discard, res.Body, maxAnswer)
	_ = res.Body.Close()
	return s.answered(res.StatusCode, res.Header.Get("Retry-After")), nil
}

// answered is what a status means.
func (s *Sender) answered(status int, retryAfter string) Result {
	r := Result{Status: status, Reason: lang.Textf("%[1]s antwortet mit Status %[2]d.", "%[1]s answers with status %[2]d.", s.to.Hostname(), status)}
	switch {
	case status >= 200 && status < 300:
		return Result{Outcome: Delivered, Status: status}
	case status >= 300 && status < 400:
		r.Outcome = Permanent
		r.Reason = lang.Textf("%[1]s leitet weiter (Status %[2]d); Weiterleitungen wird nicht gefolgt. Tragen Sie die endgültige Adresse ein.", "%[1]s redirects (status %[2]d); redirects are not followed. Give the final address.", s.to.Hostname(), status)
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		r.Outcome, r.NotBefore = Temporary, notBefore(retryAfter, s.now())
	case status >= 400:
		r.Outcome = Permanent
	default:
		r.Outcome = Temporary
	}
	return r
}

// unanswered is what it means that no answer came.
func (s *Sender) unanswered(err error) Result {
	host := s.to.Hostname()
	var refused *refusedError
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &refused):
		return Result{Outcome: Permanent, Reason: lang.Textf("%[1]s liegt in einem Netz, in das nicht gesendet wird (%[2]s). Der Betreiber kann es erlauben.", "%[1]s is in a network that is not sent to (%[2]s). The operator can allow it.", host, refused.to.String())}
	case errors.As(err, &unknown):
		return Result{Outcome: Temporary, Reason: lang.Textf("Der Name %[1]s ist nicht aufzulösen.", "The name %[1]s cannot be resolved.", host)}
	case errors.As(err, &certificate):
		return Result{Outcome: Temporary, Reason: lang.Textf("Das Zertifikat von %[1]s ist nicht gültig.", "The certificate of %[1]s is not valid.", host)}
	case errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err):
		return Result{Outcome: Temporary, Reason: lang.Textf("%[1]s antwortet nicht in der Zeit.", "%[1]s does not answer in time.", host)}
	}
	return Result{Outcome: Temporary, Reason: lang.Textf("%[1]s ist nicht zu erreichen.", "%[1]s cannot be reached.", host)}
}

// notBefore reads Retry-After, at most a day ahead.
func notBefore(after string, now time.Time) time.Time {
	if seconds, err := strconv.Atoi(after); err == nil && seconds > 0 {
		return now.Add(time.Duration(min(seconds, int(maxPatience/time.Second))) * time.Second)
	}
	if at, err := http.ParseTime(after); err == nil && at.After(now) {
		return now.Add(min(at.Sub(now), maxPatience))
	}
	return time.Time{}
}

// readSecret reads a shared secret. No error of it says what is in the file.
func readSecret(path string) ([]byte, error) {
	bad := func(cause error, de, en string) error {
		return &fault.Error{Code: fault.Invalid, Cause: cause,
			Text: lang.Textf("Das Geheimnis des Webhooks in %[1]s ist nicht zu gebrauchen: %[2]s", "The webhook's secret in %[1]s cannot be used: %[3]s", path, de, en),
			Mend: lang.Textf("Erzeugen Sie eines, zum Beispiel mit openssl rand -hex 32, und machen Sie die Datei mit chmod 600 nur für den Dienst lesbar.",
				"Make one, for example with openssl rand -hex 32, and make the file readable for the service only with chmod 600.")}
	}
	const least, most = 24, 1 << 10
	text, problem := credential.Secret(path, most+1)
	if problem != nil {
		return nil, bad(problem.Cause, problem.Text.DE, problem.Text.EN)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < least || len(text) > most {
		return nil, bad(nil, fmt.Sprintf("Es muss %d bis %d Zeichen haben.", least, most), fmt.Sprintf("it has to have %d to %d characters.", least, most))
	}
	return []byte(secret), nil
}
