package measure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/yamltext"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// fragments puts a prepared piece of configuration where a service reads it. What it says was written by the
// host's own administrator, in a folder that only root can change: the order names it and its hash, and carries
// none of it. The service's own check has to accept it, else it is taken away again.
//
//	/etc/patchwart/fragments/nginx-no-upload/
//	    fragment.yaml   target: /etc/nginx/conf.d/zz-no-upload.conf
//	                    service: nginx.service
//	                    check: nginx
//	    content         what is put there
type fragments struct{ *Desk }

// Prepared is a piece of configuration as the administrator prepared it.
type Prepared struct {
	Name    string
	Target  string `yaml:"target"`
	Service string `yaml:"service"`
	Check   string `yaml:"check"`
	Content []byte `yaml:"-"`
	SHA256  string `yaml:"-"` // of both files
}

// checks are the services' own checks of their configuration.
var checks = map[string][]string{
	"nginx":   {"nginx", "-t", "-q"},
	"apache2": {"apache2ctl", "configtest"},
	"sshd":    {"sshd", "-t"},
	"haproxy": {"haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"},
	"postfix": {"postfix", "check"},
	"named":   {"named-checkconf"},
	"dovecot": {"doveconf", "-n"},
	"squid":   {"squid", "-k", "parse"},
	"exim4":   {"exim4", "-bV"},
}

var (
	phpCheck    = regexp.MustCompile(`^php-fpm[0-9]{1,2}\.[0-9]{1,2}$`)
	targetName  = regexp.MustCompile(`^/etc(/[A-Za-z0-9][A-Za-z0-9._-]*){2,6}\.(conf|cnf|cf|ini|inc)$`)
	serviceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.service$`)
)

// barred are folders whose files start programs or give rights: no place for a fragment of a service.
var barred = []string{"/etc/systemd", "/etc/cron", "/etc/sudoers", "/etc/pam", "/etc/security", "/etc/init", "/etc/udev", "/etc/profile",
	"/etc/apt", "/etc/dpkg", "/etc/ld.so", "/etc/kernel", "/etc/modprobe", "/etc/modules", "/etc/network", "/etc/dhcp", "/etc/patchwart", "/etc/X11", "/etc/polkit", "/etc/dbus", "/etc/logrotate"}

// Bounds of what can be prepared.
const (
	maxPrepared = 64 << 10
	maxNumber   = 100
)

// prepared reads one piece. Folder and files must be root's, and nobody else may be able to change them.
func (d *Desk) prepared(name string) (Prepared, error) {
	folder := path.Join(d.Fragments, name)
	p := Prepared{Name: name}
	if err := guarded(d.path(d.Fragments)); err != nil {
		return p, err
	}
	if err := guarded(d.path(folder)); err != nil {
		return p, err
	}
	description, err := d.part(folder, "fragment.yaml")
	if err != nil {
		return p, err
	}
	if p.Content, err = d.part(folder, "content"); err != nil {
		return p, err
	}
	if err := yamltext.ReadStrict(description, &p); err != nil {
		return p, fmt.Errorf("%s/fragment.yaml: %w", folder, err)
	}
	p.Name = name
	_, known := checks[p.Check]
	switch {
	case !targetName.MatchString(p.Target) || path.Clean(p.Target) != p.Target:
		return p, fmt.Errorf("%s/fragment.yaml: target: %q is no configuration file of a service below /etc", folder, p.Target)
	case slices.ContainsFunc(barred, func(b string) bool { return strings.HasPrefix(p.Target, b) }):
		return p, fmt.Errorf("%s/fragment.yaml: target: %q: %w", folder, p.Target, ErrForbidden)
	case !serviceName.MatchString(p.Service):
		return p, fmt.Errorf("%s/fragment.yaml: service: %q is no service", folder, p.Service)
	case !known && !phpCheck.MatchString(p.Check):
		return p, fmt.Errorf("%s/fragment.yaml: check: %q is no check there is", folder, p.Check)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%d\n", len(description))
	sum.Write(description)
	sum.Write(p.Content)
	p.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return p, nil
}

// part reads a file of a piece, through no link.
func (d *Desk) part(folder, name string) ([]byte, error) {
	file, err := os.OpenFile(d.path(path.Join(folder, name)), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := guard(file.Stat()); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", folder, name, err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxPrepared+1))
	if err == nil && len(text) > maxPrepared {
		err = fmt.Errorf("%s/%s has more than %d bytes", folder, name, maxPrepared)
	}
	return text, err
}

func guarded(dir string) error {
	if err := guard(os.Lstat(dir)); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

// guard wants something that only root, or who runs this, can change.
func guard(info fs.FileInfo, err error) error {
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("is a link")
	case !ok || st.Uid != 0 && int(st.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0:
		return errors.New("can be changed by others than root: chown root, chmod go-w")
	}
	return nil
}

// Prepared lists what is prepared on the host, and what is wrong with the rest.
func (d *Desk) Prepared() (list []fact.Fragment, wrong []string) {
	entries, err := os.ReadDir(d.path(d.Fragments))
	if err != nil {
		return nil, nil
	}
	for _, e := range entries {
		if len(list) == maxNumber || (&mitigation.Measure{ID: "x", Verb: mitigation.PlaceFragment, Fragment: e.Name(), SHA256: strings.Repeat("0", 64)}).Check() != nil {
			continue
		}
		p, err := d.prepared(e.Name())
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		list = append(list, fact.Fragment{Name: p.Name, SHA256: p.SHA256, Target: p.Target, Service: p.Service})
	}
	return list, wrong
}

// approved is the prepared piece, if it is the one that the order names.
func (f fragments) approved(m mitigation.Measure) (Prepared, error) {
	p, err := f.prepared(m.Fragment)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, fmt.Errorf("fragment %s: %w", m.Fragment, ErrUnknown)
	case err != nil:
		return p, err
	case p.SHA256 != m.SHA256:
		return p, fmt.Errorf("fragment %s: %w", m.Fragment, ErrChanged)
	}
	return p, nil
}

func (f fragments) ready(ctx context.Context, m mitigation.Measure) error {
	p, err := f.approved(m)
	if err != nil {
		return err
	}
	there, err := f.exists(p.Target)
	if err != nil {
		return err
	}
	if there {
		return fmt.Errorf("%s is there already: %w", p.Target, ErrTaken)
	}
	if info, err := os.Stat(f.path(path.Dir(p.Target))); err != nil || !info.IsDir() {
		return fmt.Errorf("%s: %w", path.Dir(p.Target), ErrUnknown)
	}
	// What the service rejects already is not the fragment's doing, and could not be told from it later.
	return f.accepts(ctx, p)
}

func (f fragments) before(ctx context.Context, m mitigation.Measure) (Before, error) {
	p, err := f.approved(m)
	if err != nil {
		return Before{}, err
	}
	states, err := units(f).show(ctx, p.Service)
	if err != nil {
		return Before{}, err
	}
	return Before{Target: p.Target, Service: p.Service, Active: len(states) == 1 && states[0]["ActiveState"] == "active"}, nil
}

func (f fragments) put(ctx context.Context, m mitigation.Measure, b Before, line func(string)) error {
	p, err := f.approved(m)
	if err != nil {
		return err
	}
	if p.Target != b.Target || p.Service != b.Service {
		return fmt.Errorf("fragment %s: %w", m.Fragment, ErrChanged)
	}
	if err := durable.WriteMode(f.path(p.Target), p.Content, 0o644); err != nil {
		return err
	}
	if err := f.accepts(ctx, p); err != nil {
		return err
	}
	return f.reload(ctx, b, line)
}

func (f fragments) back(ctx context.Context, m mitigation.Measure, b Before, line func(string)) error {
	if err := remove(f.path(b.Target)); err != nil {
		return err
	}
	return f.reload(ctx, b, line)
}

func (f fragments) reload(ctx context.Context, b Before, line func(string)) error {
	if !b.Active {
		return nil
	}
	return f.systemctl(ctx, line, "reload-or-restart", "--", b.Service)
}

// accepts asks the service whether its configuration is in order as it lies there.
func (f fragments) accepts(ctx context.Context, p Prepared) error {
	argv, known := checks[p.Check]
	if !known {
		argv = []string{p.Check, "-t"}
	}
	res, err := f.Tools.Run(ctx, command.Call{Tool: argv[0], Args: argv[1:]})
	var exit *command.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%s: %w: %s", p.Service, ErrRejected, res.Tail)
	}
	return toolError(err)
}

func (f fragments) holds(ctx context.Context, m mitigation.Measure, b Before) (string, error) {
	p, err := f.approved(m)
	if err != nil {
		return err.Error(), nil //nolint:nilerr // what was approved is no longer there: that is the finding
	}
	text, err := os.ReadFile(f.path(b.Target))
	if err != nil || !bytes.Equal(text, p.Content) {
		return b.Target + " is not what was put there", nil //nolint:nilerr // the finding
	}
	states, err := units(f).show(ctx, b.Service)
	if err != nil {
		return "", err
	}
	if b.Active && (len(states) != 1 || states[0]["ActiveState"] != "active") {
		return b.Service + " does not run", nil
	}
	return "", nil
}

func (f fragments) differs(ctx context.Context, _ mitigation.Measure, b Before) ([]string, int, error) {
	var list []string
	there, err := f.exists(b.Target)
	if err != nil {
		return nil, 0, err
	}
	if there {
		list = append(list, b.Target+" is still there")
	}
	states, err := units(f).show(ctx, b.Service)
	if err != nil {
		return nil, 1, err
	}
	if b.Active && (len(states) != 1 || states[0]["ActiveState"] != "active") {
		list = append(list, b.Service+" does not run")
	}
	return list, 2, nil
}
