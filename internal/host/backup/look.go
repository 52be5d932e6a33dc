// Package backup looks at the backup of a host with the tool that makes it: restic, borg, or a file in which
// some other tool notes its last success. It changes nothing in a repository and takes no lock there, passwords
// come from a file only and stand in no argument, and no answer is waited for without a limit.
package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// Limits of one look.
const (
	listLimit  = 2 * time.Minute
	checkLimit = 10 * time.Minute
	keepOutput = 8 << 20
	maxStamp   = 4 << 10
)

// runner starts the tools of the host.
type runner interface {
	Find(tool string) (string, bool)
	Run(ctx context.Context, c command.Call) (command.Result, error)
}

// Desk looks at one host's backup.
type Desk struct {
	Tools runner
	Root  string           // where the host's files are
	Dir   string           // below Root, for what is remembered between looks
	Now   func() time.Time // the host's clock
}

// checked is what is remembered of a check by the tool: it takes minutes, and holds for days.
type checked struct {
	Tool       backup.Tool `json:"tool"`
	Repository string      `json:"repository"`
	At         time.Time   `json:"at"`
}

// Look finds out how the backup stands, as far as the demand needs it. A fault says why it cannot be told.
func (d *Desk) Look(ctx context.Context, s backup.Source, demand backup.Demand) (backup.Seen, *backup.Fault) {
	seen := backup.Seen{Tool: s.Tool}
	if s.Tool == "" {
		return seen, &backup.Fault{Code: backup.CodeUndeclared,
			Text: lang.T("Der Host gibt nicht an, wo seine Sicherung liegt.", "The host does not say where its backup is."),
			Mend: lang.T("Bitte backup in /etc/patchwart/host.yaml angeben.", "Please declare backup in /etc/patchwart/host.yaml.")}
	}
	if s.Tool != backup.File {
		if _, ok := d.Tools.Find(string(s.Tool)); !ok {
			return seen, &backup.Fault{Code: backup.CodeTool,
				Text: lang.Textf("%[1]s ist nicht installiert.", "%[1]s is not installed.", string(s.Tool)),
				Mend: lang.Textf("Bitte das Paket mit %[1]s installieren oder backup in /etc/patchwart/host.yaml berichtigen.", "Please install the package of %[1]s, or correct backup in /etc/patchwart/host.yaml.", string(s.Tool))}
		}
		if err := durable.Secret(d.path(s.PasswordFile)); err != nil {
			return seen, unreadable(err)
		}
	}
	var err error
	if seen.Latest, err = d.latest(ctx, s); err != nil {
		return seen, unreadable(err)
	}
	if demand.VerifiedMaxAgeDays == 0 || seen.Latest.IsZero() {
		return seen, nil
	}
	if s.VerifiedPath != "" {
		if seen.Verified, err = d.stamp(s.VerifiedPath); err != nil {
			return seen, unreadable(err)
		}
		return seen, nil
	}
	if s.Tool == backup.File {
		return seen, nil // nobody says that it was checked
	}
	return d.verified(ctx, s, demand, seen)
}

// latest gives the time of the newest backup.
func (d *Desk) latest(ctx context.Context, s backup.Source) (time.Time, error) {
	parse := ParseBorg
	switch s.Tool {
	case backup.File:
		return d.stamp(s.Path)
	case backup.Restic:
		parse = ParseRestic
	case backup.Borg:
	default:
		return time.Time{}, fmt.Errorf("no such tool: %q", s.Tool)
	}
	res, err := d.Tools.Run(ctx, d.list(s))
	if err != nil {
		return time.Time{}, told(err, res)
	}
	return parse(res.Output)
}

func (d *Desk) list(s backup.Source) command.Call {
	if s.Tool == backup.Restic {
		args := []string{"snapshots", "--json", "--no-lock", "--no-cache", "--latest", "1", "--repo", s.Repository, "--password-file", s.PasswordFile}
		if s.Host != "" {
			args = append(args, "--host", s.Host)
		}
		return command.Call{Tool: "restic", Args: args, Limit: listLimit, Keep: keepOutput}
	}
	return command.Call{Tool: "borg", Args: []string{"list", "--json", "--bypass-lock", "--last", "1", "--", s.Repository}, Env: d.borg(s), Limit: listLimit, Keep: keepOutput}
}

func (d *Desk) check(s backup.Source) command.Call {
	if s.Tool == backup.Restic {
		return command.Call{Tool: "restic", Args: []string{"check", "--no-lock", "--no-cache", "--repo", s.Repository, "--password-file", s.PasswordFile}, Limit: checkLimit, Keep: keepOutput}
	}
	return command.Call{Tool: "borg", Args: []string{"check", "--bypass-lock", "--", s.Repository}, Env: d.borg(s), Limit: checkLimit, Keep: keepOutput}
}

// borg is its environment: times in UTC, its own state beside the agent's, and no question that nobody answers.
// The password comes by a command, which borg starts without a shell; the form of the path is checked where it
// is declared.
func (d *Desk) borg(s backup.Source) []string {
	return []string{
		"TZ=UTC", "BORG_BASE_DIR=" + filepath.Join(d.Dir, "borg"), "BORG_PASSCOMMAND=cat " + s.PasswordFile,
		"BORG_RELOCATED_REPO_ACCESS_IS_OK=no", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes",
	}
}

// verified gives the time of the last good check, and lets the tool check when that is too long ago.
func (d *Desk) verified(ctx context.Context, s backup.Source, demand backup.Demand, seen backup.Seen) (backup.Seen, *backup.Fault) {
	note := d.path(filepath.Join(d.Dir, "backup-checked"))
	var last checked
	if text, err := durable.Read(note, maxStamp); err == nil && json.Unmarshal(text, &last) == nil &&
		last.Tool == s.Tool && last.Repository == s.Repository {
		seen.Verified = last.At
	}
	only := backup.Demand{VerifiedMaxAgeDays: demand.VerifiedMaxAgeDays}
	if !seen.Verified.IsZero() && backup.Judge(only, seen, d.Now()) == nil {
		return seen, nil
	}
	res, err := d.Tools.Run(ctx, d.check(s))
	var exit *command.ExitError
	switch {
	case errors.As(err, &exit):
		return seen, &backup.Fault{Code: backup.CodeDamaged,
			Text: lang.Textf("Die Prüfung der Sicherung ist nicht gelungen: %[1]s", "The check of the backup did not succeed: %[1]s", tail(res)),
			Mend: lang.T("Bitte die Sicherung instand setzen und den Lauf neu planen.", "Please mend the backup, and plan the run anew.")}
	case err != nil:
		return seen, unreadable(told(err, res))
	}
	seen.Verified = d.Now().UTC()
	text, err := json.Marshal(checked{s.Tool, s.Repository, seen.Verified})
	if err == nil {
		err = durable.Write(note, text)
	}
	if err != nil {
		return seen, unreadable(err)
	}
	return seen, nil
}

// stamp reads a file with the time of a success. That it is not there means: never.
func (d *Desk) stamp(path string) (time.Time, error) {
	where := d.path(path)
	text, err := durable.Read(where, maxStamp)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err == nil {
		err = durable.Guarded(where)
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := ParseStamp(text)
	if err != nil {
		return at, fmt.Errorf("%s: %w", path, err)
	}
	return at, nil
}

func (d *Desk) path(p string) string { return filepath.Join(cleanRoot(d.Root), p) }

func cleanRoot(root string) string {
	if root == "" {
		return string(os.PathSeparator)
	}
	return root
}

func unreadable(err error) *backup.Fault {
	return &backup.Fault{Code: backup.CodeUnreadable,
		Text: lang.Textf("Die Sicherung lässt sich nicht ansehen: %[1]s.", "The backup cannot be looked at: %[1]s.", fmt.Sprintf("%.300s", err)),
		Mend: lang.T("Bitte die Angaben unter backup in /etc/patchwart/host.yaml prüfen.", "Please check what is declared as backup in /etc/patchwart/host.yaml.")}
}

// told adds the tool's last words to an error.
func told(err error, res command.Result) error {
	if words := tail(res); words != "" {
		return fmt.Errorf("%w: %s", err, words)
	}
	return err
}

func tail(res command.Result) string {
	text := res.Tail
	if len(text) > 300 {
		text = text[len(text)-300:]
	}
	return text
}
