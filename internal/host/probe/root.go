package probe

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/plainfile"
)

// Bounds on what is read to find out who can become root.
const (
	maxAccess  = 1 << 20 // bytes of one file
	maxHolders = 500
	maxSudoers = 200 // files
)

// mighty are the groups whose members become root: by sudo's own rules in Debian and Ubuntu (sudo, admin,
// wheel), or because what they may use gives a root shell to whoever asks (docker, lxd, libvirt, disk, shadow).
var mighty = []string{"sudo", "admin", "wheel", "root", "docker", "lxd", "libvirt", "disk", "shadow"}

// Holders lists every way to become root on the system below root that its files show: accounts with the user
// ID 0, members of mighty groups, sudo's rules, and the SSH keys of such accounts. A file that cannot be read
// whole is a way of its own: what it grants is not known.
func Holders(root string) []fact.Holder {
	l := &ledger{root: root}
	accounts := l.accounts()
	l.groups(accounts)
	l.sudoers("/etc/sudoers")
	for _, a := range accounts {
		if a.uid == "0" {
			for _, name := range []string{".ssh/authorized_keys", ".ssh/authorized_keys2"} {
				l.keys(a.name, path.Join("/", a.home, name))
			}
		}
	}
	if len(l.found) > maxHolders {
		l.found = append(l.found[:maxHolders], fact.Holder{Way: fact.Unread, Who: "more than can be listed", From: "/etc"})
	}
	return l.found
}

// ledger collects ways to become root.
type ledger struct {
	root  string
	found []fact.Holder
	files int // of sudo
}

func (l *ledger) add(way fact.Way, who, from string) {
	if len(l.found) > maxHolders {
		return
	}
	if h := (fact.Holder{Way: way, Who: clipped(who), From: from}); !slices.Contains(l.found, h) {
		l.found = append(l.found, h)
	}
}

func clipped(s string) string {
	const most = 300
	if len(s) > most {
		sum := sha256.Sum256([]byte(s)) // two long lines with the same beginning are not the same
		return strings.ToValidUTF8(s[:most], "") + "… " + base64.RawStdEncoding.EncodeToString(sum[:9])
	}
	return s
}

// lines reads a file of the host. A file that is not there grants nothing. Symbolic links are followed below
// the root only.
func (l *ledger) lines(name string) []string {
	top, err := os.OpenRoot(filepath.Clean("/" + l.root))
	if err != nil {
		l.add(fact.Unread, err.Error(), name)
		return nil
	}
	defer func() { _ = top.Close() }()
	text, _, err := plainfile.Follow(top, strings.TrimPrefix(name, "/"), maxAccess)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		l.add(fact.Unread, "not readable whole", name)
		return nil
	}
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, strings.TrimSpace(string(line)))
	}
	return lines
}

// account is a line of passwd(5).
type account struct{ name, uid, gid, home string }

func (l *ledger) accounts() []account {
	const file = "/etc/passwd"
	var list []account
	for _, line := range l.lines(file) {
		parts := strings.Split(line, ":")
		if len(parts) != 7 || strings.HasPrefix(line, "#") {
			continue
		}
		a := account{name: parts[0], uid: strings.TrimLeft(parts[2], "0"), gid: parts[3], home: parts[5]}
		if a.uid == "" && parts[2] != "" { // 0, 00, …
			a.uid = "0"
			l.add(fact.ByAccount, a.name, file)
		}
		list = append(list, a)
	}
	return list
}

// groups finds members of mighty groups, also those whose own group it is.
func (l *ledger) groups(accounts []account) {
	const file = "/etc/group"
	for _, line := range l.lines(file) {
		parts := strings.Split(line, ":")
		if len(parts) != 4 || !slices.Contains(mighty, parts[0]) {
			continue
		}
		for name := range strings.SplitSeq(parts[3], ",") {
			if name = strings.TrimSpace(name); name != "" {
				l.add(fact.ByGroup, name+" ("+parts[0]+")", file)
			}
		}
		for _, a := range accounts {
			if a.gid == parts[2] && a.uid != "0" && parts[0] != "shadow" {
				l.add(fact.ByGroup, a.name+" ("+parts[0]+")", "/etc/passwd")
			}
		}
	}
}

// sudoers reads sudo's rules with what they include. It does not judge them: each line that grants something
// is a way, as it stands. Defaults and aliases count too, because they change what other lines grant.
func (l *ledger) sudoers(name string) {
	if l.files++; l.files > maxSudoers {
		l.add(fact.Unread, "more files than can be read", name)
		return
	}
	joined := ""
	for _, line := range l.lines(name) {
		if part, more := strings.CutSuffix(line, `\`); more {
			joined += part
			continue
		}
		line, joined = strings.Join(strings.Fields(joined+line), " "), ""
		kind, target, _ := strings.Cut(line, " ")
		switch kind {
		case "#include", "@include":
			l.sudoers(below(name, target))
		case "#includedir", "@includedir":
			l.sudoersDir(below(name, target))
		case "":
		default:
			if !strings.HasPrefix(line, "#") || isID(line) {
				l.add(fact.BySudoers, line, name)
			}
		}
	}
	if joined != "" {
		l.add(fact.BySudoers, joined, name)
	}
}

// isID reports whether a line begins with a user by number (#1000 ALL=…), which is no comment.
func isID(line string) bool { return len(line) > 1 && line[1] >= '0' && line[1] <= '9' }

func below(file, target string) string {
	target = strings.Trim(target, `"`)
	if !path.IsAbs(target) {
		target = path.Join(path.Dir(file), target)
	}
	return path.Clean(target)
}

// sudoersDir reads a folder as sudo does: neither names with a dot nor those that end in a tilde.
func (l *ledger) sudoersDir(dir string) {
	top, err := os.OpenRoot(filepath.Clean("/" + l.root))
	if err != nil {
		l.add(fact.Unread, err.Error(), dir)
		return
	}
	defer func() { _ = top.Close() }()
	entries, err := fs.ReadDir(top.FS(), strings.TrimPrefix(dir, "/"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.add(fact.Unread, "not readable", dir)
	}
	for _, e := range entries {
		if name := e.Name(); !strings.Contains(name, ".") && !strings.HasSuffix(name, "~") && !e.IsDir() {
			l.sudoers(path.Join(dir, name))
		}
	}
}

// keyTypes begin the part of a line of authorized_keys(5) that follows its options.
var keyTypes = []string{"ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"}

// keys lists the SSH keys that open an account, by fingerprint as ssh-keygen -l prints it.
func (l *ledger) keys(account, name string) {
	for _, line := range l.lines(name) {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		who := ""
		words := strings.Fields(line)
		for i, w := range words[:len(words)-1] {
			if blob, err := base64.StdEncoding.DecodeString(words[i+1]); err == nil && slices.ContainsFunc(keyTypes, func(k string) bool { return strings.HasPrefix(w, k) }) {
				sum := sha256.Sum256(blob)
				who = "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:]) + " " + strings.Join(words[i+2:], " ")
				break
			}
		}
		if who == "" {
			who = line
		}
		l.add(fact.ByKey, account+": "+strings.TrimSpace(who), name)
	}
}
