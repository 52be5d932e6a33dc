package identity

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// Enrolment is what is needed to enrol a host.
type Enrolment struct {
	Server    string    // base address, https://host:port
	System    string    // the name that the token was issued for
	Authority string    // SHA-256 of the authority's certificate (DER), hex
	Token     string    // good once
	Dir       string    // the agent's state directory
	Again     bool      // replace an identity that is there
	Now       time.Time // the host's clock
}

const enrolTimeout = 45 * time.Second

// Enrol makes a key, has it certified by the server, and keeps the result. The server is believed
// only if its chain ends in the authority with the given SHA-256: then the token is shown to nobody
// else, also on the first contact.
func Enrol(ctx context.Context, e Enrolment) (Identity, error) {
	want, err := e.check()
	if err != nil {
		return Identity{}, err
	}
	if err := durable.Private(e.Dir); err != nil {
		return Identity{}, broken(err)
	}
	if _, err := os.Stat(filepath.Join(e.Dir, fileName)); !errors.Is(err, fs.ErrNotExist) && !e.Again {
		return Identity{}, fault.New(fault.Conflict,
			lang.T("Dieser Host ist schon angemeldet.", "This host is enrolled already."),
			lang.T("Mit --again wird die Anmeldung ersetzt.", "--again replaces the enrolment."))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Identity{}, broken(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: e.System}, DNSNames: nil,
	}, key)
	if err != nil {
		return Identity{}, broken(err)
	}
	ctx, cancel := context.WithTimeout(ctx, enrolTimeout)
	defer cancel()
	resp, err := e.ask(ctx, want, request)
	if err != nil {
		return Identity{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Identity{}, broken(err)
	}
	id := Identity{
		System: e.System, Server: strings.TrimSuffix(e.Server, "/"), Key: private,
		Certificate: resp.Certificate, Authority: resp.Authority, OrderKey: resp.OrderKey,
		Enrolled: e.Now.UTC(), Expires: resp.Expires.UTC(),
	}
	if err := id.accept(resp, want, e.Now); err != nil {
		return Identity{}, &fault.Error{
			Code:  fault.Internal,
			Text:  lang.T("Die Antwort des Servers auf die Anmeldung ist nicht brauchbar.", "The server's answer to the enrolment cannot be used."),
			Mend:  lang.T("Prüfen Sie, ob Server und Agent zueinander passen, und fordern Sie ein neues Token an.", "Check that server and agent fit each other, and ask for a new token."),
			Cause: err,
		}
	}
	if err := id.save(e.Dir); err != nil {
		return Identity{}, broken(err)
	}
	return id, nil
}

func broken(err error) error {
	return &fault.Error{
		Code: fault.Internal, Cause: err,
		Text: lang.T("Die Anmeldung ist nicht gelungen.", "The enrolment did not succeed."),
		Mend: lang.T("Beheben Sie die genannte Ursache und fordern Sie ein neues Token an, falls das alte verbraucht ist.", "Remove the cause that is named, and ask for a new token if the old one was used."),
	}
}

// check holds the input to its form and returns the authority's hash.
func (e Enrolment) check() ([]byte, error) {
	invalid := func(de, en string, args ...any) error {
		return fault.New(fault.Invalid, lang.Textf(de, en, args...), lang.Text{})
	}
	if err := checkAddress(e.Server); err != nil {
		return nil, invalid("--server: %[1]q ist keine Adresse wie https://patchwart.example:8443.", "--server: %[1]q is not an address like https://patchwart.example:8443.", e.Server)
	}
	if !wire.ValidSystem(e.System) {
		return nil, invalid("--name: %[1]q ist kein Systemname.", "--name: %[1]q is no name of a system.", e.System)
	}
	want, err := hex.DecodeString(strings.ReplaceAll(strings.TrimPrefix(e.Authority, "sha256:"), ":", ""))
	if err != nil || len(want) != sha256.Size {
		return nil, invalid("--authority: erwartet wird der SHA-256 des Zertifikats, 64 Hexziffern.", "--authority: the SHA-256 of the certificate is expected, 64 hex digits.")
	}
	if e.Token == "" || len(e.Token) > 1024 || strings.ContainsAny(e.Token, "\r\n\x00") {
		return nil, invalid("Das Token ist leer oder nicht eine Zeile.", "The token is empty or not one line.")
	}
	return want, nil
}

// ask posts the request to the server, after its chain has been found to end in the authority.
func (e Enrolment) ask(ctx context.Context, want, request []byte) (wire.EnrolResponse, error) {
	server, err := url.Parse(e.Server)
	if err != nil {
		return wire.EnrolResponse{}, broken(err)
	}
	transport := &http.Transport{
		ForceAttemptHTTP2: true,
		Proxy:             http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS13,
			// The authority is not known yet, only its hash: VerifyConnection does all that the
			// standard verification would do, with the authority found in the chain as the only root.
			InsecureSkipVerify: true, //nolint:gosec // see above: the chain is verified, by the pinned hash
			VerifyConnection: func(cs tls.ConnectionState) error {
				return trust(cs.PeerCertificates, want, server.Hostname(), e.Now)
			},
		},
	}
	defer transport.CloseIdleConnections()
	body, err := json.Marshal(wire.EnrolRequest{Version: wire.Version, System: e.System, Token: e.Token, Request: request})
	if err != nil {
		return wire.EnrolResponse{}, broken(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.JoinPath(wire.PathEnrol).String(), bytes.NewReader(body))
	if err != nil {
		return wire.EnrolResponse{}, broken(err)
	}
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return wire.EnrolResponse{}, unreachable(e.Server, err)
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(resp.Body, maxFile))
	if err != nil {
		return wire.EnrolResponse{}, unreachable(e.Server, err)
	}
	if resp.StatusCode != http.StatusOK {
		var p wire.Problem
		_ = json.Unmarshal(doc, &p) // a body of another form leaves the status to speak
		return wire.EnrolResponse{}, refused(resp.Status, p)
	}
	var answer wire.EnrolResponse
	if err := json.Unmarshal(doc, &answer); err != nil {
		return wire.EnrolResponse{}, broken(err)
	}
	return answer, nil
}

// trust verifies a server's chain by the hash of its authority and by the server's name.
func trust(chain []*x509.Certificate, want []byte, host string, now time.Time) error {
	if len(chain) == 0 {
		return errors.New("the server shows no certificate")
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	found := false
	for _, c := range chain[1:] {
		if sum := sha256.Sum256(c.Raw); bytes.Equal(sum[:], want) {
			roots.AddCert(c)
			found = true
			continue
		}
		between.AddCert(c)
	}
	if !found {
		return errAuthority
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		DNSName: host, Roots: roots, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
}

var errAuthority = errors.New("the server's chain does not hold the authority of the given SHA-256")

// accept holds the server's answer against what was asked for.
func (id Identity) accept(resp wire.EnrolResponse, want []byte, now time.Time) error {
	if resp.System != id.System {
		return fmt.Errorf("the certificate is for %q", resp.System)
	}
	if sum := sha256.Sum256(resp.Authority); !bytes.Equal(sum[:], want) {
		return errAuthority
	}
	conf, err := id.TLS()
	if err != nil {
		return err
	}
	leaf := conf.Certificates[0].Leaf
	if leaf.Subject.CommonName != id.System {
		return fmt.Errorf("the certificate is for %q", leaf.Subject.CommonName)
	}
	_, err = leaf.Verify(x509.VerifyOptions{
		Roots: conf.RootCAs, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err
}

func unreachable(server string, err error) error {
	f := &fault.Error{
		Code: fault.Unavailable, Cause: err,
		Text: lang.Textf("Der Server %[1]s ist nicht erreichbar.", "The server %[1]s cannot be reached.", server),
		Mend: lang.T("Prüfen Sie Adresse, Port und Firewall (nur ausgehend), dann wiederholen Sie den Aufruf.", "Check address, port and firewall (outbound only), then repeat the call."),
	}
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	if errors.Is(err, errAuthority) || errors.As(err, &invalid) || errors.As(err, &name) || errors.As(err, &unknown) {
		f.Code = fault.Forbidden
		f.Text = lang.Textf("Der Server %[1]s weist sich nicht als der erwartete aus.", "The server %[1]s does not prove to be the expected one.", server)
		f.Mend = lang.T("Vergleichen Sie --authority und --server mit den Angaben, die der Server zum Token ausgibt, und die Uhr des Hosts. Das Token wurde nicht übertragen.", "Compare --authority and --server with what the server prints with the token, and the host's clock. The token was not sent.")
	}
	return f
}

func refused(status string, p wire.Problem) error {
	detail := p.Detail
	if detail == "" {
		detail = status
	}
	return fault.New(fault.Forbidden,
		lang.Textf("Der Server hat die Anmeldung abgelehnt: %[1]s", "The server refused the enrolment: %[1]s", detail),
		lang.T("Fordern Sie auf dem Server ein neues Token für diesen Namen an.", "Ask the server for a new token for this name."))
}
