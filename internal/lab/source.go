package lab

import (
	"fmt"
	"strings"
	"time"
)

// archiveKeyring is Debian's own keyring, on this machine and on hosts.
const archiveKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// sourceStanza is an apt source in deb822 form. ignoreDates switches off the
// check of Valid-Until for this source alone.
func sourceStanza(uri, suite, keyring string, ignoreDates bool) string {
	text := fmt.Sprintf("Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n", uri, suite, keyring)
	if ignoreDates {
		text += "Check-Valid-Until: no\n"
	}
	return text
}

// expired says whether an InRelease file's Valid-Until lies before now. Without that field it never is.
func expired(inRelease []byte, now time.Time) bool {
	for line := range strings.Lines(string(inRelease)) {
		value, ok := strings.CutPrefix(line, "Valid-Until:")
		if !ok {
			continue
		}
		until, err := time.Parse(time.RFC1123, strings.TrimSpace(value))
		return err == nil && until.Before(now)
	}
	return false
}
