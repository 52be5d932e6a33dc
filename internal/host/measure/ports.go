package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/host/probe"
)

// ports closes a port for everybody but the host itself, by a table of its own in the kernel's packet filter.
// All closed ports of the host stand in one file, which replaces the table as a whole, so that the kernel never
// sees half of it; a small unit loads the file at boot, before the network is there, and again whenever the
// host's own packet filter is loaded anew.
//
// What is dropped is what begins from outside: the hook lies before address translation, so that a port that
// is handed on to a container is closed, too; answers to what the host itself began are let through.
type ports struct{ *Desk }

const (
	portsUnit = "patchwart-ports.service"
	portsPath = "/etc/systemd/system/" + portsUnit
	table     = "patchwart"
)

func (p ports) rules() string { return p.Dir + "/ports.nft" }

func (p ports) unit() []byte {
	nft, _ := p.Tools.Find("nft")
	return []byte("# Made by Patchwart: ports that are closed by measures against holes. Goes when the last one is taken back.\n" +
		"[Unit]\nDescription=Ports closed by Patchwart\nDefaultDependencies=no\nAfter=local-fs.target nftables.service\n" +
		"Before=network-pre.target shutdown.target\nWants=network-pre.target\nConflicts=shutdown.target\n" +
		"PartOf=nftables.service\nReloadPropagatedFrom=nftables.service\nRequiresMountsFor=" + p.Dir + "\n\n" +
		"[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=" + nft + " -f " + p.rules() + "\nExecReload=" + nft + " -f " + p.rules() + "\n\n" +
		"[Install]\nWantedBy=sysinit.target nftables.service\n")
}

// ruleset is the table with a rule for each closed port; without any, it only takes the table away.
func ruleset(closed []mitigation.Measure) []byte {
	var b bytes.Buffer
	// Naming the table first makes that it can be deleted whether it is there or not; all of it is one transaction.
	b.WriteString("table inet " + table + " {}\ndelete table inet " + table + "\n")
	if len(closed) == 0 {
		return b.Bytes()
	}
	b.WriteString("table inet " + table + " {\n\tchain closed {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n\t\tiif \"lo\" accept\n")
	for _, m := range closed {
		fmt.Fprintf(&b, "\t\tfib daddr type local ct direction original %s dport %d counter drop comment %q\n", m.Proto, m.Port, m.ID)
	}
	b.WriteString("\t}\n}\n")
	return b.Bytes()
}

// closed lists the ports that are to be closed: those in force, with m or without it.
func (p ports) closed(m mitigation.Measure, with bool) ([]mitigation.Measure, error) {
	others, err := p.inForceBut(mitigation.ClosePort, m.ID)
	list := make([]mitigation.Measure, 0, len(others)+1)
	for _, k := range others {
		list = append(list, k.Measure)
	}
	if with {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b mitigation.Measure) int { return strings.Compare(a.ID, b.ID) })
	return list, err
}

func (p ports) ready(ctx context.Context, m mitigation.Measure) error {
	if _, ok := p.Tools.Find("nft"); !ok {
		return fmt.Errorf("%w: nft (package nftables)", ErrTool)
	}
	listening, err := probe.Listening(p.proc())
	if err != nil {
		return err
	}
	for _, l := range listening {
		if l.Port == m.Port && m.Proto == "tcp" && l.Process == "sshd" {
			return fmt.Errorf("tcp/%d is the way to the host: %w", m.Port, ErrForbidden)
		}
	}
	_, err = p.Tools.Run(ctx, command.Call{Tool: "nft", Args: []string{"list", "tables"}}) // whether the kernel lets us
	return toolError(err)
}

func (p ports) before(context.Context, mitigation.Measure) (Before, error) { return Before{}, nil }

func (p ports) put(ctx context.Context, m mitigation.Measure, _ Before, line func(string)) error {
	closed, err := p.closed(m, true)
	if err != nil {
		return err
	}
	return p.load(ctx, closed, line)
}

func (p ports) back(ctx context.Context, m mitigation.Measure, _ Before, line func(string)) error {
	closed, err := p.closed(m, false)
	if err != nil {
		return err
	}
	return p.load(ctx, closed, line)
}

// load brings file, kernel and unit to the closed ports. The file is first: after a crash the next boot loads it.
func (p ports) load(ctx context.Context, closed []mitigation.Measure, line func(string)) error {
	if err := durable.Write(p.path(p.rules()), ruleset(closed)); err != nil {
		return err
	}
	if line != nil {
		line("nft -f " + p.rules())
	}
	if _, err := p.Tools.Run(ctx, command.Call{Tool: "nft", Args: []string{"-f", p.rules()}}); err != nil {
		return toolError(err)
	}
	if len(closed) == 0 {
		there, err := p.exists(portsPath)
		if err == nil && there {
			err = p.systemctl(ctx, line, "disable", "--now", "--", portsUnit)
		}
		err = errors.Join(err, remove(p.path(portsPath)), remove(p.path(p.rules())))
		if err == nil && there {
			err = p.systemctl(ctx, line, "daemon-reload")
		}
		return err
	}
	have, err := os.ReadFile(p.path(portsPath))
	if err == nil && bytes.Equal(have, p.unit()) {
		return p.systemctl(ctx, line, "start", "--", portsUnit)
	}
	if err := durable.WriteMode(p.path(portsPath), p.unit(), 0o644); err != nil {
		return err
	}
	if err := p.systemctl(ctx, line, "daemon-reload"); err != nil {
		return err
	}
	return p.systemctl(ctx, line, "enable", "--now", "--", portsUnit)
}

// holds asks the kernel, not the file: somebody may have emptied the filter since.
func (p ports) holds(ctx context.Context, m mitigation.Measure, _ Before) (string, error) {
	filter, err := p.filter(ctx)
	if err != nil {
		return "", err
	}
	if !filter.drops(m) {
		return "the packet filter does not drop what comes to the port", nil
	}
	states, err := units(p).show(ctx, portsUnit)
	if err != nil {
		return "", err
	}
	if len(states) != 1 || states[0]["ActiveState"] != "active" {
		return portsUnit + " does not run: after a reboot the port would be open", nil
	}
	return "", nil
}

func (p ports) differs(ctx context.Context, m mitigation.Measure, _ Before) ([]string, int, error) {
	filter, err := p.filter(ctx)
	if err != nil {
		return nil, 0, err
	}
	var list []string
	if filter.mentions(m.ID) {
		list = append(list, "the packet filter still has the rule")
	}
	text, err := os.ReadFile(p.path(p.rules()))
	if err == nil && bytes.Contains(text, []byte(`"`+m.ID+`"`)) {
		list = append(list, p.rules()+" still has the rule")
	}
	return list, 2, nil
}

// filter is the kernel's table, as nft shows it.
type filter struct {
	Nftables []struct {
		Rule *struct {
			Comment string            `json:"comment"`
			Chain   string            `json:"chain"`
			Expr    []json.RawMessage `json:"expr"`
		} `json:"rule"`
	} `json:"nftables"`
}

func (p ports) filter(ctx context.Context) (filter, error) {
	var f filter
	all, err := p.Tools.Run(ctx, command.Call{Tool: "nft", Args: []string{"-j", "list", "tables"}})
	if err != nil {
		return f, toolError(err)
	}
	if !hasTable(all.Output) {
		return f, nil
	}
	res, err := p.Tools.Run(ctx, command.Call{Tool: "nft", Args: []string{"-j", "list", "table", "inet", table}})
	if err != nil {
		return f, toolError(err)
	}
	return parseFilter(res.Output)
}

func parseFilter(text []byte) (f filter, err error) {
	if err = json.Unmarshal(text, &f); err != nil {
		err = fmt.Errorf("nft list table: %w", err)
	}
	return f, err
}

func hasTable(text []byte) bool {
	var all struct {
		Nftables []struct {
			Table struct{ Family, Name string } `json:"table"`
		} `json:"nftables"`
	}
	if json.Unmarshal(text, &all) != nil {
		return false
	}
	for _, one := range all.Nftables {
		if one.Table.Family == "inet" && one.Table.Name == table {
			return true
		}
	}
	return false
}

func (f filter) mentions(id string) bool {
	for _, n := range f.Nftables {
		if n.Rule != nil && n.Rule.Comment == id {
			return true
		}
	}
	return false
}

// drops reports whether a rule of the measure drops what goes to its port.
func (f filter) drops(m mitigation.Measure) bool {
	for _, n := range f.Nftables {
		if n.Rule == nil || n.Rule.Comment != m.ID {
			continue
		}
		port, drop := false, false
		for _, raw := range n.Rule.Expr {
			var e struct {
				Match *struct {
					Op   string `json:"op"`
					Left struct {
						Payload struct{ Protocol, Field string } `json:"payload"`
					} `json:"left"`
					Right json.RawMessage `json:"right"`
				} `json:"match"`
				Drop *json.RawMessage `json:"drop"`
			}
			if json.Unmarshal(raw, &e) != nil {
				continue
			}
			drop = drop || bytes.Contains(raw, []byte(`"drop"`)) && e.Match == nil
			if e.Match != nil && e.Match.Op == "==" && e.Match.Left.Payload.Protocol == m.Proto && e.Match.Left.Payload.Field == "dport" {
				port = string(e.Match.Right) == fmt.Sprint(m.Port)
			}
		}
		if port && drop {
			return true
		}
	}
	return false
}
