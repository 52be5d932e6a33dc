// Package identity is who the agent is to its server, and by what it knows the server: its key and
// client certificate, the certificate of the server's authority, and the key that signs work orders.
// The last two are pinned when the host is enrolled and never change after that but by enrolling again.
//
// All of it lies in one file, written at once, so that a key without its certificate cannot exist.
// The private key is made on the host and never leaves it.
package identity

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// Identity is what enrolment leaves on the host.
type Identity struct {
	System      string    `json:"system"`      // the name the server knows the host by
	Server      string    `json:"server"`      // base address, https
	Key         []byte    `json:"key"`         // private key, PKCS #8
	Certificate []byte    `json:"certificate"` // client certificate, DER
	Authority   []byte    `json:"authority"`   // certificate of the server's authority, DER
	OrderKey    []byte    `json:"order_key"`   // Ed25519 public key of the server's work orders
	Enrolled    time.Time `json:"enrolled"`
	Expires     time.Time `json:"expires"` // of the client certificate
}

const (
	fileName = "identity.json"
	maxFile  = 64 << 10
)

// Load reads the identity from the agent's state directory. A host that is not enrolled is a
// fault.NotFound.
func Load(dir string) (Identity, error) {
	path := filepath.Join(dir, fileName)
	doc, err := durable.Read(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Identity{}, fault.New(fault.NotFound,
			lang.T("Dieser Host ist noch nicht angemeldet.", "This host is not enrolled yet."),
			lang.T("Rufen Sie patchwart-agent enrol mit dem Token des Servers auf.", "Call patchwart-agent enrol with the server's token."))
	}
	if err == nil {
		err = durable.Secret(path)
	}
	var id Identity
	if err == nil {
		err = json.Unmarshal(doc, &id)
	}
	if err == nil {
		_, err = id.TLS()
	}
	if err != nil {
		return Identity{}, &fault.Error{
			Code:  fault.Internal,
			Text:  lang.Textf("Die Anmeldung in %[1]s ist nicht brauchbar.", "The enrolment in %[1]s cannot be used.", path),
			Mend:  lang.T("Melden Sie den Host mit --again neu an.", "Enrol the host anew with --again."),
			Cause: err,
		}
	}
	return id, nil
}

// save writes the identity durably.
func (id Identity) save(dir string) error {
	doc, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return durable.Write(filepath.Join(dir, fileName), doc)
}

// Pinned is the key that work orders must be signed with.
func (id Identity) Pinned() ed25519.PublicKey { return ed25519.PublicKey(id.OrderKey) }

// TLS is how the agent speaks to its server: TLS 1.3, its own certificate, and no authority but the
// pinned one.
func (id Identity) TLS() (*tls.Config, error) {
	key, err := x509.ParsePKCS8PrivateKey(id.Key)
	if err != nil {
		return nil, fmt.Errorf("identity: key: %w", err)
	}
	signer, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("identity: key is a %T, not an ECDSA key", key)
	}
	leaf, err := x509.ParseCertificate(id.Certificate)
	if err != nil {
		return nil, fmt.Errorf("identity: certificate: %w", err)
	}
	authority, err := x509.ParseCertificate(id.Authority)
	if err != nil {
		return nil, fmt.Errorf("identity: authority: %w", err)
	}
	if !signer.PublicKey.Equal(leaf.PublicKey) {
		return nil, errors.New("identity: the certificate is for another key")
	}
	if len(id.OrderKey) != ed25519.PublicKeySize {
		return nil, errors.New("identity: the order key is not an Ed25519 key")
	}
	if err := checkAddress(id.Server); err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		RootCAs:      roots,
		Certificates: []tls.Certificate{{Certificate: [][]byte{id.Certificate}, PrivateKey: signer, Leaf: leaf}},
	}, nil
}

// checkAddress holds the server's address to https://host[:port].
func checkAddress(server string) error {
	u, err := url.Parse(server)
	if err != nil {
		return fmt.Errorf("identity: address of the server: %w", err)
	}
	if u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return fmt.Errorf("identity: %q is not an address like https://patchwart.example:8443", server)
	}
	return nil
}
