package hostpolicy

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/wire"
)

// Parse reads a policy from YAML. All mistakes are reported at once, each with line and column; an
// unknown key is a mistake. file is named in the report only.
func Parse(file string, doc []byte) (Policy, error) {
	r := reading{file: file, policy: Default()}
	tree, err := parser.ParseBytes(doc, 0)
	var broken yaml.Error
	switch {
	case errors.As(err, &broken):
		r.wrong(broken.GetToken(), "", "das ist kein YAML", "this is no YAML")
	case err != nil:
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	case len(tree.Docs) > 1: // the second may be empty, and have nothing but its beginning
		r.wrong(tree.Docs[1].Start, "", "es ist nur ein Dokument erlaubt", "only one document is allowed")
	case len(tree.Docs) == 1 && tree.Docs[0].Body != nil:
		r.document(tree.Docs[0].Body)
	}
	if len(r.places) > 0 {
		return Policy{}, &fault.Error{
			Code:   fault.Invalid,
			Text:   lang.Textf("Die Hostrichtlinie %[1]s hat Fehler.", "The host policy %[1]s has mistakes.", file),
			Mend:   lang.T("Bis sie behoben sind, nimmt der Host keinen Auftrag an.", "Until they are mended, the host accepts no order."),
			Places: r.places,
			Cause:  errors.New(r.summary()),
		}
	}
	return r.policy, nil
}

type reading struct {
	file   string
	policy Policy
	places []fault.Place
}

func (r *reading) wrong(at *token.Token, field, de, en string, args ...any) {
	p := fault.Place{File: r.file, Field: field, Problem: lang.Textf(de, en, args...)}
	if at != nil && at.Position != nil {
		p.Line, p.Column = at.Position.Line, at.Position.Column
	}
	r.places = append(r.places, p)
}

func (r *reading) summary() string {
	var list []string
	for _, p := range r.places {
		list = append(list, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, strings.TrimPrefix(p.Field+": "+p.Problem.EN, ": ")))
	}
	return strings.Join(list, "; ")
}

func (r *reading) document(body ast.Node) {
	values := map[string]func(key string, n ast.Node){
		"verbs":              r.verbs,
		"origins":            func(k string, n ast.Node) { r.policy.Origins = r.labels(k, n) },
		"max_run_minutes":    func(k string, n ast.Node) { r.minutes(k, n, wire.MaxRunTime, &r.policy.MaxRun) },
		"reboot":             r.reboot,
		"clock_skew_minutes": func(k string, n ast.Node) { r.minutes(k, n, time.Hour, &r.policy.ClockSkew) },
		"data":               r.data,
		"spare":              r.spare,
		"hours":              r.hours,
		"second_keys":        r.keys,
		"dumps":              r.dumps,
		"backup":             r.backup,
		"restore_driver":     r.restoreDriver,
		"restore_hold_hours": r.restoreHold,
	}
	m, ok := body.(*ast.MappingNode)
	if !ok {
		r.wrong(body.GetToken(), "", "erwartet werden Schlüssel mit Werten", "keys with values are expected")
		return
	}
	for _, pair := range m.Values {
		key := pair.Key.GetToken().Value
		read, known := values[key]
		if !known {
			r.wrong(pair.Key.GetToken(), key, "diesen Schlüssel gibt es nicht", "there is no such key")
			continue
		}
		read(key, pair.Value)
	}
}

// text returns the value of a plain or quoted scalar.
func (r *reading) text(key string, n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode:
		return n.GetToken().Value, true
	}
	r.wrong(n.GetToken(), key, "erwartet wird ein einfacher Wert", "a plain value is expected")
	return "", false
}

// list calls take for each entry of a sequence, at most 200.
func (r *reading) list(key string, n ast.Node, take func(entry ast.Node, value string)) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok || len(seq.Values) > 200 {
		r.wrong(n.GetToken(), key, "erwartet wird eine Liste (höchstens 200 Einträge)", "a list is expected (of at most 200 entries)")
		return
	}
	for _, entry := range seq.Values {
		if value, ok := r.text(key, entry); ok {
			take(entry, value)
		}
	}
}

func (r *reading) verbs(key string, n ast.Node) {
	r.policy.Verbs = nil
	r.list(key, n, func(entry ast.Node, value string) {
		if v := wire.Verb(value); v != wire.UpdatePackages && v != wire.Mitigate {
			r.wrong(entry.GetToken(), key, "%[1]q ist kein Auftrag, den es gibt (update_packages, mitigate)", "%[1]q is no order there is (update_packages, mitigate)", value)
			return
		}
		r.policy.Verbs = append(r.policy.Verbs, wire.Verb(value))
	})
}

func (r *reading) labels(key string, n ast.Node) []string {
	labels := []string{}
	r.list(key, n, func(entry ast.Node, value string) {
		if value == "" || len(value) > 200 {
			r.wrong(entry.GetToken(), key, "erwartet wird das Label eines Repositorys", "the label of a repository is expected")
			return
		}
		labels = append(labels, value)
	})
	return labels
}

func (r *reading) spare(key string, n ast.Node) {
	r.list(key, n, func(entry ast.Node, value string) {
		if !wire.ValidUnit(value) {
			r.wrong(entry.GetToken(), key, "%[1]q ist kein Name einer Unit", "%[1]q is no name of a unit", value)
			return
		}
		r.policy.Spare = append(r.policy.Spare, value)
	})
}

func (r *reading) minutes(key string, n ast.Node, most time.Duration, into *time.Duration) {
	value, ok := r.text(key, n)
	if !ok {
		return
	}
	minutes, err := strconv.Atoi(value)
	if err != nil || minutes < 1 || time.Duration(minutes)*time.Minute > most {
		r.wrong(n.GetToken(), key, "erwartet werden 1 bis %[1]d Minuten", "1 to %[1]d minutes are expected", int(most.Minutes()))
		return
	}
	*into = time.Duration(minutes) * time.Minute
}

func (r *reading) reboot(key string, n ast.Node) {
	value, ok := r.text(key, n)
	if !ok {
		return
	}
	switch Reboot(value) {
	case RebootNever, RebootOrdered:
		r.policy.Reboot = Reboot(value)
	default:
		r.wrong(n.GetToken(), key, "erwartet wird never oder ordered", "never or ordered is expected")
	}
}

func (r *reading) restoreDriver(key string, n ast.Node) {
	value, ok := r.text(key, n)
	if !ok {
		return
	}
	switch value {
	case RestoreFiles, RestoreBtrfs:
		r.policy.RestoreDriver = value
	default:
		r.wrong(n.GetToken(), key, "erwartet wird files oder btrfs", "files or btrfs is expected")
	}
}

// maxHoldHours is a quarter of a year.
const maxHoldHours = 24 * 92

func (r *reading) restoreHold(key string, n ast.Node) {
	value, ok := r.text(key, n)
	if !ok {
		return
	}
	hours, err := strconv.Atoi(value)
	if err != nil || hours < 1 || hours > maxHoldHours {
		r.wrong(n.GetToken(), key, "erwartet werden 1 bis %[1]d Stunden", "1 to %[1]d hours are expected", maxHoldHours)
		return
	}
	r.policy.RestoreHold = time.Duration(hours) * time.Hour
}

// own are the paths that an update changes: declared as the customer's, they would be left out of
// the restore point, and the way back would lead somewhere else.
var own = []string{
	"/bin", "/boot", "/dev", "/efi", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr",
	"/var/lib/dpkg", "/var/lib/apt", "/var/lib/patchwart", "/var/lib/patchwart-agent", "/var/lib/systemd",
}

func (r *reading) data(key string, n ast.Node) {
	r.list(key, n, func(entry ast.Node, value string) {
		if !path.IsAbs(value) || path.Clean(value) != value || strings.ContainsRune(value, 0) {
			r.wrong(entry.GetToken(), key, "%[1]q ist kein vollständiger Pfad", "%[1]q is no clean absolute path", value)
			return
		}
		for _, o := range own {
			inside := strings.HasPrefix(value+"/", o+"/") && !strings.HasPrefix(value, "/usr/local/")
			if inside || strings.HasPrefix(o+"/", strings.TrimSuffix(value, "/")+"/") {
				r.wrong(entry.GetToken(), key, "%[1]s gehört zum System und wird mit ihm gesichert", "%[1]s belongs to the system and is saved with it", value)
				return
			}
		}
		r.policy.Data = append(r.policy.Data, value)
	})
}
