package mail

import (
	"crypto/rsa"
	"io"
	"os"

	gomail "github.com/wneessen/go-mail"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

const (
	maxKeyFile = 32 << 10
	minRSA     = 2048 // bits
)

// load reads the key. A file that others can read is refused: whoever has the key writes as this house.
func (s *Signing) load() (*gomail.DKIMSigner, error) {
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
	signer := gomail.NewDKIMSigner(s.Domain, s.Selector, key)
	signer.SignHeaders(signedFields...)
	signer.OversignHeaders("From", "Subject", "Reply-To", "Content-Type")
	return signer, nil
}
