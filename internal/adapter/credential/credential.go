// Package credential reads what an adapter needs to be let in and to know whom it speaks to: a secret in a file
// of its own, and authorities to be trusted.
package credential

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"os"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Problem is why a secret cannot be used, as the end of a sentence that names it.
//
//nolint:errname // a reason with words for people first, and an error besides
type Problem struct {
	Text  lang.Text
	Cause error
}

// Error gives the English words.
func (p *Problem) Error() string { return p.Text.EN }

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Secret reads at most so many bytes of a regular file that nobody but its owner can read or write.
func Secret(path string, most int64) ([]byte, *Problem) {
	problem := func(cause error, de, en string) ([]byte, *Problem) {
		return nil, &Problem{lang.T(de, en), cause}
	}
	file, err := os.Open(path)
	if err != nil {
		return problem(err, "Die Datei ist nicht zu öffnen.", "the file cannot be opened.")
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return problem(err, "Die Datei ist nicht zu lesen.", "the file cannot be read.")
	case !info.Mode().IsRegular():
		return problem(nil, "Es ist keine gewöhnliche Datei.", "it is no regular file.")
	case info.Mode().Perm()&0o077 != 0:
		mode := fmt.Sprintf("%04o", info.Mode().Perm())
		return problem(nil, "Andere können die Datei lesen oder schreiben (Modus "+mode+").", "others can read or write the file (mode "+mode+").")
	}
	text, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return problem(err, "Die Datei ist nicht zu lesen.", "the file cannot be read.")
	}
	return text, nil
}

// TLS is TLS 1.2 or newer that trusts the authorities in a PEM file instead of the machine's own; without a file,
// these.
func TLS(authorities string) (*tls.Config, error) {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if authorities == "" {
		return secure, nil
	}
	pem, err := os.ReadFile(authorities)
	secure.RootCAs = x509.NewCertPool()
	if err != nil || !secure.RootCAs.AppendCertsFromPEM(pem) {
		return nil, &fault.Error{Code: fault.Invalid, Cause: err,
			Text: lang.Textf("In %[1]s sind keine Zertifikate zu lesen.", "No certificates can be read in %[1]s.", authorities),
			Mend: lang.T("Legen Sie dort die Zertifikate der Zertifizierungsstelle im PEM-Format ab.", "Put the authority's certificates there, in PEM.")}
	}
	return secure, nil
}
