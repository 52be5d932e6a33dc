package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// What holds where neither an option nor the environment says anything, or says nothing ("").
const (
	defaultServer = "http://127.0.0.1:7480"
	defaultData   = "/var/lib/patchwart-server"
)

// connect makes the client that a command speaks through. Nothing is sent yet.
func (a *app) connect() (*client.Client, error) {
	token, err := readToken(a.tokenPath())
	if err != nil {
		return nil, err
	}
	server := a.server
	if server == "" {
		server = defaultServer
	}
	return client.New(server, token)
}

// tokenPath is the token's file: as told, else where a server on this machine keeps it.
func (a *app) tokenPath() string {
	if a.token != "" {
		return a.token
	}
	dir := os.Getenv("PATCHWART_DATA")
	if dir == "" {
		dir = defaultData
	}
	return filepath.Join(dir, "api-token")
}

// maxToken bounds the token's file, in bytes.
const maxToken = 4096

// readToken reads the token. A file that others can read is refused: what is in it is no secret any
// more, and saying so late is better than never.
func readToken(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", noToken(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", noToken(path, err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return "", &client.Error{Code: client.CodeForbidden,
			Text: lang.Textf("Die Tokendatei %[1]s ist für andere zugänglich.", "The token file %[1]s is open to others.", path),
			Mend: lang.Textf("chmod 600 %[1]s – und ein neues Token, wenn andere es gelesen haben können.",
				"chmod 600 %[1]s – and a new token, if others may have read it.", path)}
	}
	doc, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil || len(doc) > maxToken {
		return "", noToken(path, err)
	}
	return strings.TrimSpace(string(doc)), nil
}

func noToken(path string, err error) error {
	f := &client.Error{Code: client.CodeForbidden, Cause: err,
		Text: lang.Textf("Das Zugangstoken in %[1]s ist nicht zu lesen.", "The access token in %[1]s cannot be read.", path),
		Mend: lang.T("Bitte geben Sie die Datei mit --token-file oder PATCHWART_TOKEN_FILE an; der Server legt sie in sein Datenverzeichnis.",
			"Please name the file with --token-file or PATCHWART_TOKEN_FILE; the server puts it into its data directory.")}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Text = lang.Textf("Die Tokendatei %[1]s gibt es nicht.", "There is no token file %[1]s.", path)
	case errors.Is(err, fs.ErrPermission):
		f.Text = lang.Textf("Die Tokendatei %[1]s dürfen Sie nicht lesen.", "You may not read the token file %[1]s.", path)
		f.Mend = lang.T("Sie gehört dem Server; rufen Sie den Befehl mit dessen Rechten auf.", "It is the server's; run the command with its rights.")
	}
	return f
}

// readInput reads a file of at most so many bytes, standard input when it is named "-".
func (a *app) readInput(name string, most int64) ([]byte, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, cannotRead(name, err)
		}
		defer f.Close()
		in = f
	}
	doc, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, cannotRead(name, err)
	}
	if int64(len(doc)) > most {
		return nil, &client.Error{Code: client.CodeInvalid,
			Text: lang.Textf("%[1]s ist größer als %[2]d Bytes.", "%[1]s is larger than %[2]d bytes.", name, most)}
	}
	return doc, nil
}

func cannotRead(name string, err error) error {
	f := &client.Error{Code: client.CodeInvalid, Cause: err,
		Text: lang.Textf("%[1]s ist nicht zu lesen.", "%[1]s cannot be read.", name)}
	if errors.Is(err, fs.ErrNotExist) {
		f.Code = client.CodeNotFound
		f.Text = lang.Textf("Die Datei %[1]s gibt es nicht.", "There is no file %[1]s.", name)
	}
	return f
}
