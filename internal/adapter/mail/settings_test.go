package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

func settings(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mail.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettingsAreReadStrictly(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := "imap: {host: mail.example, port: 993, user: auftrag, password_file: " + secret + "}\n" +
		"smtp: {host: mail.example, port: 465, user: auftrag, password_file: " + secret + "}\n" +
		"from: {name: Hoster GmbH, address: auftrag@hoster.example}\nroles: {operator: dienst@hoster.example}\n"
	s, err := mail.ReadSettings(settings(t, whole))
	if err != nil || s.Domain() != "hoster.example" || s.Roles["operator"] != "dienst@hoster.example" {
		t.Fatalf("%+v, %v", s, err)
	}
	box, err := s.Mailbox()
	if err != nil || box == nil {
		t.Errorf("mailbox: %v", err)
	}
	if out, err := s.Outbox(); err != nil || out == nil {
		t.Errorf("outbox: %v", err)
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Mailbox(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a password that everybody can read was used: %v", err)
	}
	for text, want := range map[string]string{
		"imap: {hst: x}\n":                       "hst",
		"folder: INBOX\n":                        "neither imap nor smtp",
		"smtp: {host: mail.example, port: 25}\n": "from.address",
		"\t":                                     "neither imap nor smtp",
		"imap: [":                                "cannot be understood",
	} {
		if _, err := mail.ReadSettings(settings(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := mail.ReadSettings(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was read")
	}
}
