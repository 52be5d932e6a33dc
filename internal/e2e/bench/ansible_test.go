package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/lab"
)

// The play, and the exit status of ansible-playbook when tasks failed on some hosts.
const (
	hosterPlay   = "testdata/hoster.yaml"
	someHostsBad = 2
)

// makeKey makes the key with which Ansible comes to the hosts, as root over SSH, and returns its public half.
func (g *ground) makeKey() []byte {
	g.key = filepath.Join(g.dir, "id_ed25519")
	out, err := exec.CommandContext(g.ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", g.key).CombinedOutput()
	if err != nil {
		g.Fatalf("make a key for Ansible: %v: %s", err, out)
	}
	public, err := os.ReadFile(g.key + ".pub")
	must(g, err)
	return public
}

// play has Ansible update the hosts. Its settings are the fast ones: pipelining, connections that are kept (its
// default), no gathering of facts; strategy free lets no host wait for another where they go side by side.
func (g *ground) play(hosts []*lab.Host, w workload, batch, strategy string, forks int) (time.Duration, usage) {
	g.plays++
	group, err := g.lab.Beside("ansible-" + strconv.Itoa(g.plays))
	must(g, err)
	defer func() { must(g, group.Close()) }()
	home, err := os.MkdirTemp("", "pwb-") // short: the sockets of kept connections lie in it
	must(g, err)
	defer os.RemoveAll(home)

	inventory := []byte("[all]\n")
	for _, h := range hosts {
		inventory = fmt.Appendf(inventory, "%s ansible_host=%s ansible_user=root ansible_python_interpreter=/usr/bin/python3\n", h.Name(), h.Addr())
	}
	list := filepath.Join(home, "hosts")
	must(g, os.WriteFile(list, inventory, 0o600))
	play, err := filepath.Abs(hosterPlay)
	must(g, err)

	cmd := group.Command(g.ctx, "ansible-playbook", "--inventory", list, "--private-key", g.key, "--forks", strconv.Itoa(forks), "--extra-vars", "batch="+batch, play)
	cmd.Env = append(cmd.Env, "HOME="+home, "LANG=C.UTF-8", "ANSIBLE_HOME="+home, "ANSIBLE_LOCAL_TEMP="+home, "ANSIBLE_SSH_CONTROL_PATH_DIR="+home+"/cp",
		"ANSIBLE_STRATEGY="+strategy, "ANSIBLE_PIPELINING=True", "ANSIBLE_HOST_KEY_CHECKING=False", "ANSIBLE_RETRY_FILES_ENABLED=False",
		"ANSIBLE_NOCOLOR=1", "ANSIBLE_SSH_ARGS=-C -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	m, begun := measure(g, group), time.Now()
	err = cmd.Run()
	wall, used := time.Since(begun), m.stop(g)
	var exit *exec.ExitError
	if err != nil && (!w.failing || !errors.As(err, &exit) || exit.ExitCode() != someHostsBad) {
		g.Fatalf("ansible-playbook: %v\n%s", err, said.Bytes())
	}
	g.show("ansible-playbook", said.Bytes())
	return wall, used
}
