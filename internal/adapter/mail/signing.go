package mail

import (
	"bytes"
	"crypto/rsa"
	"io"
	"os"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// signedFields are covered by a signature. One that is named more often than it is there cannot be added later.
var signedFields = []string{
	"From", "From", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "Reply-To", "In-Reply-To", "References",
	"Content-Type", "Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Auto-Submitted",
}

const (
	maxKeyFile = 32 << 10
	minRSA     = 2048 // bits
)

// load reads the key. A file that others can read is refused: whoever has the key writes as this house.
func (s *Signing) load() (*dkim.SignOptions, error) {
	problem := func(cause error, de, en string) error {
		return &fault.Error{Code: fault.Invalid, Text: lang.Textf(de, en, s.KeyFile), Cause: cause}
	}
	if s.Domain == "" || s.Selector == "" || !ascii(s.Domain) || !ascii(s.Selector) {
		return nil, invalid("Zum Signieren braucht es Domain und Selektor.", "Signing needs a domain and a selector.")
	}
	f, err := os.Open(s.KeyFile)
	if err != nil {
		return nil, problem(err, "Der Schlüssel %[1]s ist nicht zu öffnen.", "The key %[1]s cannot be opened.")
	}
	defer f.Close()
	is, err := f.Stat()
	if err != nil || !is.Mode().IsRegular() || is.Size() > maxKeyFile {
		return nil, problem(err, "Der Schlüssel %[1]s ist keine Datei mit einem Schlüssel.", "The key %[1]s is no file with a key.")
	}
	if is.Mode().Perm()&0o077 != 0 {
		return nil, problem(nil, "Der Schlüssel %[1]s darf nur für seinen Eigentümer lesbar sein (chmod 600).", "The key %[1]s must be readable by its owner only (chmod 600).")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, problem(err, "Der Schlüssel %[1]s ist nicht zu lesen.", "The key %[1]s cannot be read.")
	}
	key, err := gomail.PrivKeyFromPEM(text)
	if err != nil {
		return nil, problem(err, "In %[1]s steht kein Schlüssel (PEM, RSA oder Ed25519).", "There is no key in %[1]s (PEM, RSA or Ed25519).")
	}
	if r, ok := key.(*rsa.PrivateKey); ok && r.N.BitLen() < minRSA {
		return nil, problem(nil, "Der Schlüssel %[1]s ist zu kurz (RSA unter 2048 Bit).", "The key %[1]s is too short (RSA below 2048 bits).")
	}
	// The library that writes mail signs, too, but breaks lines within the names of signed fields after it has
	// signed: with more than a few fields nobody can verify that.
	return &dkim.SignOptions{
		Domain: asciiDomain(s.Domain), Selector: s.Selector, Signer: key, HeaderKeys: signedFields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	}, nil
}

// sign puts a signature before a mail.
func sign(raw []byte, how *dkim.SignOptions) ([]byte, error) {
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(raw), how)
	return out.Bytes(), err
}
