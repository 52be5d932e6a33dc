package measure

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/host/command"
)

// toolbox answers each tool with what was prepared for it, by the beginning of its arguments, and keeps what was
// asked. What a real host answers is the lab's part.
type toolbox struct {
	lacks string
	says  map[string]string
	fails map[string]string
	asked []string
}

func (b *toolbox) Find(tool string) (string, bool) { return "/usr/sbin/" + tool, tool != b.lacks }

func (b *toolbox) Run(_ context.Context, c command.Call) (command.Result, error) {
	call := strings.Join(append([]string{c.Tool}, c.Args...), " ")
	b.asked = append(b.asked, call)
	for begins, tail := range b.fails {
		if strings.HasPrefix(call, begins) {
			return command.Result{Tail: tail}, &command.ExitError{Tool: c.Tool, Exit: 1, Tail: tail}
		}
	}
	for begins, text := range b.says {
		if strings.HasPrefix(call, begins) {
			return command.Result{Output: []byte(text)}, nil
		}
	}
	return command.Result{}, nil
}

func desk(t *testing.T, tools *toolbox) *Desk {
	t.Helper()
	return &Desk{Root: t.TempDir(), Dir: DefaultDir, Fragments: DefaultFragments, Proc: t.TempDir(), Tools: tools}
}

const show = "systemctl show"

var (
	nginx = mitigation.Measure{ID: "g1", Verb: mitigation.StopUnit, Unit: "nginx.service"}
	mail  = mitigation.Measure{ID: "g2", Verb: mitigation.ClosePort, Proto: "tcp", Port: 25}
)

func TestWhatAStopWouldTakeWithIt(t *testing.T) {
	t.Parallel()
	unit := func(more string) string {
		return "Id=nginx.service\nLoadState=loaded\nActiveState=active\nSubState=running\n" + more
	}
	for name, c := range map[string]struct {
		says map[string]string
		want error
	}{
		"nothing":                  {map[string]string{show: unit("RequiredBy=multi-user.target\n")}, nil},
		"no such unit":             {map[string]string{show: "Id=nginx.service\nLoadState=not-found\nActiveState=inactive\n"}, ErrUnknown},
		"a unit that is masked":    {map[string]string{show: "Id=nginx.service\nLoadState=masked\nActiveState=inactive\n"}, ErrUnknown},
		"it refuses":               {map[string]string{show: unit("RefuseManualStop=yes\n")}, ErrForbidden},
		"another service needs it": {map[string]string{show: unit("RequiredBy=shop.service\n") + "\nId=shop.service\nActiveState=active\n"}, ErrMore},
		"started by sshd's socket": {map[string]string{show: unit("TriggeredBy=ssh.socket\n") + "\nId=ssh.socket\nLoadState=loaded\nActiveState=active\n"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			says := map[string]string{}
			for k, text := range c.says {
				// The first question is about the unit alone, later ones about those that depend on it.
				first, rest, more := strings.Cut(text, "\n\n")
				says[show+" --no-pager --property="+shown+" -- nginx.service"] = first
				if more {
					says[k+" --no-pager --property="+shown+" -- shop.service"] = rest
					says[k+" --no-pager --property="+shown+" -- ssh.socket"] = rest
				}
			}
			want := c.want
			if name == "started by sshd's socket" {
				want = ErrForbidden
			}
			if err := desk(t, &toolbox{says: says}).Ready(t.Context(), nginx, false); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		})
	}
}

func TestTheRulesOfThePacketFilter(t *testing.T) {
	t.Parallel()
	dns := mitigation.Measure{ID: "g3", Verb: mitigation.ClosePort, Proto: "udp", Port: 53}
	want := `table inet patchwart {}
delete table inet patchwart
table inet patchwart {
	chain closed {
		type filter hook prerouting priority mangle; policy accept;
		iif "lo" accept
		fib daddr type local ct direction original tcp dport 25 counter drop comment "g2"
		fib daddr type local ct direction original udp dport 53 counter drop comment "g3"
	}
}
`
	if diff := cmp.Diff(want, string(ruleset([]mitigation.Measure{mail, dns}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := string(ruleset(nil)); got != "table inet patchwart {}\ndelete table inet patchwart\n" {
		t.Errorf("without a closed port: %q", got)
	}
}

// The kernel's own word counts, as nft 1.0.6 of Debian 12 shows it.
func TestWhetherTheKernelDrops(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/bookworm-nft-table.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parseFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	other := mail
	other.Port = 26
	udp := mail
	udp.Proto = "udp"
	unknown := mail
	unknown.ID = "g9"
	for name, c := range map[string]struct {
		m    mitigation.Measure
		want bool
	}{"the port": {mail, true}, "another port": {other, false}, "another protocol": {udp, false}, "another measure": {unknown, false}} {
		if got := f.drops(c.m); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	accepting, err := parseFilter([]byte(strings.ReplaceAll(string(text), `{"drop": null}`, `{"accept": null}`)))
	if err != nil || accepting.drops(mail) {
		t.Errorf("a rule that lets through counts: %v", err)
	}
	if _, err := parseFilter([]byte(`{"nftables": 7}`)); err == nil {
		t.Error("nonsense was read")
	}
}

func TestAPieceIsPreparedByRootOnly(t *testing.T) {
	t.Parallel()
	d := desk(t, &toolbox{})
	folder := filepath.Join(d.Root, DefaultFragments, "nginx-no-upload")
	good := "target: /etc/nginx/conf.d/zz.conf\nservice: nginx.service\ncheck: nginx\n"
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(folder, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write("content", "client_max_body_size 1k;\n", 0o644)
	write("fragment.yaml", good, 0o644)
	list, wrong := d.Prepared()
	if len(list) != 1 || len(wrong) != 0 || list[0] != (fact.Fragment{Name: "nginx-no-upload", SHA256: list[0].SHA256, Target: "/etc/nginx/conf.d/zz.conf", Service: "nginx.service"}) {
		t.Fatalf("%+v, %v", list, wrong)
	}
	before := list[0].SHA256
	for name, bad := range map[string]string{
		"cron":            strings.Replace(good, "/etc/nginx/conf.d/zz.conf", "/etc/cron.d/zz.conf", 1),
		"sudo":            strings.Replace(good, "/etc/nginx/conf.d/zz.conf", "/etc/sudoers.d/zz.conf", 1),
		"units":           strings.Replace(good, "/etc/nginx/conf.d/zz.conf", "/etc/systemd/system/zz.conf", 1),
		"elsewhere":       strings.Replace(good, "/etc/nginx/conf.d/zz.conf", "/var/www/zz.conf", 1),
		"up and away":     strings.Replace(good, "/etc/nginx/conf.d/zz.conf", "/etc/nginx/../cron.d/zz.conf", 1),
		"a script":        strings.Replace(good, "zz.conf", "zz.sh", 1),
		"no service":      strings.Replace(good, "nginx.service", "nginx.service; id", 1),
		"a check of ours": strings.Replace(good, "check: nginx", "check: sh", 1),
		"unknown key":     good + "run: id\n",
		"no yaml":         "\t",
	} {
		write("fragment.yaml", bad, 0o644)
		if list, wrong := d.Prepared(); len(list) != 0 || len(wrong) != 1 {
			t.Errorf("%s: %+v, %v", name, list, wrong)
		}
	}
	write("fragment.yaml", good, 0o664)
	if list, _ := d.Prepared(); len(list) != 0 {
		t.Error("a description that the group can change was taken")
	}
	write("fragment.yaml", good, 0o644)
	write("content", "client_max_body_size 2k;\n", 0o644)
	if list, _ := d.Prepared(); len(list) != 1 || list[0].SHA256 == before {
		t.Errorf("the content changed, and the hash did not: %+v", list)
	}
	if err := os.Remove(filepath.Join(folder, "content")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/shadow", filepath.Join(folder, "content")); err != nil {
		t.Fatal(err)
	}
	if list, _ := d.Prepared(); len(list) != 0 {
		t.Error("a link was followed")
	}
}

// What was begun counts as there until it was taken back whole, also when a tool failed in the middle.
func TestWhatWasBegunIsNotForgotten(t *testing.T) {
	t.Parallel()
	tools := &toolbox{fails: map[string]string{"nft -f": "no permission"}}
	d := desk(t, tools)
	if _, err := d.Save(t.Context(), mail, false); err != nil {
		t.Fatal(err)
	}
	if standing, _ := d.Standing(t.Context()); len(standing) != 0 {
		t.Errorf("saved is not in force: %+v", standing)
	}
	if err := d.Put(t.Context(), mail, nil); err == nil {
		t.Fatal("a rule that the kernel refused is in place")
	}
	if standing, err := d.Standing(t.Context()); err != nil || len(standing) != 1 || standing[0].Holds {
		t.Errorf("%+v, %v", standing, err)
	}
	if err := d.Back(t.Context(), mail, nil); err == nil {
		t.Fatal("the way back failed, and nobody said so")
	}
	tools.fails = nil
	if err := d.Back(t.Context(), mail, nil); err != nil {
		t.Fatal(err)
	}
	if standing, _ := d.Standing(t.Context()); len(standing) != 0 {
		t.Errorf("taken back: %+v", standing)
	}
	if err := d.Ready(t.Context(), mail, true); !errors.Is(err, ErrNotKept) {
		t.Errorf("taken back twice: %v", err)
	}
}

func TestADamagedRecordIsNoRecord(t *testing.T) {
	t.Parallel()
	d := desk(t, &toolbox{})
	if _, err := d.Save(t.Context(), mail, false); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Root, DefaultDir, "g2.json")
	if err := os.WriteFile(path, []byte(`{"measure":{"id":"g1"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Standing(t.Context()); err == nil {
		t.Error("the record of another measure was taken")
	}
	if err := d.Put(t.Context(), mail, nil); err == nil {
		t.Error("put in place without knowing the way back")
	}
}

func FuzzShown(f *testing.F) {
	f.Add([]byte("Id=nginx.service\nListen=[::]:80 (Stream)\nListen=0.0.0.0:53 (Datagram)\n\nId=b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := parseShown(text)
		if err != nil {
			return
		}
		for _, one := range list {
			for _, l := range listens(one["Listen"]) {
				if l.Port < 0 || l.Port > 65535 || l.Address == "" {
					t.Errorf("%+v", l)
				}
			}
		}
	})
}

func FuzzFilter(f *testing.F) {
	f.Add([]byte(`{"nftables":[{"rule":{"comment":"g2","expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":25}},{"drop":null}]}}]}`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		if got, err := parseFilter(text); err == nil {
			got.drops(mail)
			got.mentions("g2")
		}
		hasTable(text)
	})
}
