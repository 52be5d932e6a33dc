package hostpolicy

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/fault"
)

func TestDumpsAndBackupAreDeclared(t *testing.T) {
	t.Parallel()
	got, err := Parse("host.yaml", []byte(`
dumps:
  - {of: MariaDB, path: /var/backups/mysql, max_age_hours: 26}
  - {of: OpenLDAP, path: /var/backups/slapd.ldif}
backup: {tool: restic, repository: "sftp:backup@vault.example:/srv/web1", password_file: /etc/patchwart/restic.key, host: web1, max_age_hours: 26, verified_max_age_days: 8}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Dumps = []conversion.Dump{{Of: "MariaDB", Path: "/var/backups/mysql", MaxAge: 26 * time.Hour}, {Of: "OpenLDAP", Path: "/var/backups/slapd.ldif", MaxAge: 24 * time.Hour}}
	want.Backup = backup.Source{
		Tool: backup.Restic, Repository: "sftp:backup@vault.example:/srv/web1", PasswordFile: "/etc/patchwart/restic.key", Host: "web1",
		Demand: backup.Demand{MaxAgeHours: 26, VerifiedMaxAgeDays: 8},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInSafeguardsAreNamed(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"dumps: {of: MariaDB}\n":                                                          "dumps: a list is expected",
		"dumps: [{of: MariaDB}]\n":                                                        "of or path is missing",
		"dumps: [{of: MariaDB, path: mysql}]\n":                                           "no clean absolute path",
		"dumps: [{of: MariaDB, path: /a/../b}]\n":                                         "no clean absolute path",
		"dumps: [{of: MariaDB, path: /a, max_age_hours: 0}]\n":                            "1 to 744",
		"dumps: [{of: MariaDB, path: /a, command: reboot}]\n":                             "dumps.command: there is no such key",
		"backup: {tool: tar}\n":                                                           "restic, borg or file",
		"backup: {repository: /srv/b}\n":                                                  "tool is missing",
		"backup: {tool: restic, repository: /srv/b}\n":                                    "belong repository and password_file",
		"backup: {tool: restic, repository: --help, password_file: /k}\n":                 "no place of a repository",
		"backup: {tool: borg, repository: /srv/b, password_file: \"/k;reboot\"}\n":        "no clean absolute path",
		"backup: {tool: borg, repository: /srv/b, password_file: /k, password: geheim}\n": "backup.password: there is no such key",
		"backup: {tool: borg, repository: /srv/b, password_file: /k, host: web1}\n":       "host belongs to restic",
		"backup: {tool: file, path: /k, repository: /srv/b}\n":                            "to file belongs path",
	} {
		_, err := Parse("host.yaml", []byte(doc))
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(f.Cause.Error(), want) {
			t.Errorf("%q: %v; want %s", doc, err, want)
		}
	}
}
