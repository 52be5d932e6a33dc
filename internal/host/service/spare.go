package service

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// spared are services that are never restarted during a run: to restart them costs more than the old
// code in them until the next reboot. Names are beginnings unless they end in ".service".
var spared = []struct {
	name   string
	reason lang.Text
}{
	{"dbus.service", bus}, {"dbus-broker.service", bus},
	{"systemd-logind.service", sessions}, {"elogind", sessions}, {"user@", sessions},
	{"getty@", sessions}, {"serial-getty@", sessions}, {"console-getty", sessions}, {"container-getty@", sessions},
	{"gdm", sessions}, {"lightdm", sessions}, {"sddm", sessions}, {"xdm", sessions}, {"lxdm", sessions},
	{"networking.service", network}, {"NetworkManager", network}, {"ifup@", network}, {"wpa_supplicant", network},
	{"openvpn", network}, {"wg-quick@", network}, {"strongswan", network}, {"ipsec", network}, {"tinc", network},
	{"bird", network}, {"frr", network}, {"keepalived", network},
	{"docker", guests}, {"containerd", guests}, {"libvirt", guests}, {"virtlogd", guests}, {"virtlockd", guests},
	{"lxc", guests}, {"incus", guests}, {"pve", guests}, {"qemu-", guests}, {"systemd-machined", guests},
	{"corosync", cluster}, {"pacemaker", cluster}, {"drbd", cluster}, {"ceph", cluster},
	{"rc-local.service", script}, {"emergency.service", script}, {"rescue.service", script},
	{"apt-daily", job}, {"unattended-upgrades", job}, {"cloud-", job},
}

var (
	bus      = lang.T("andere Dienste verlieren sonst ihre Verbindung zum Nachrichtenbus", "other services would lose their connection to the message bus")
	sessions = lang.T("angemeldete Benutzer verlieren sonst ihre Sitzung", "people who are logged in would lose their session")
	network  = lang.T("das System ist sonst womöglich nicht mehr erreichbar", "the system might no longer be reachable")
	guests   = lang.T("laufende Container oder Gäste halten sonst womöglich an", "running containers or guests might stop")
	cluster  = lang.T("der Verbund hält den Knoten sonst womöglich für ausgefallen", "the cluster might take the node for failed")
	script   = lang.T("ein Neustart führt sein Skript noch einmal aus", "a restart would run its script again")
	job      = lang.T("es ist eine Aufgabe, die von selbst endet", "it is a job that ends by itself")
	agent    = lang.T("der Agent selbst führt den Lauf aus", "the agent itself carries out the run")
)

// Spared says whether a service is left running with its old files, and why. own is the agent's unit.
func Spared(name, own string) (reason lang.Text, spare bool) {
	if name == own {
		return agent, true
	}
	for _, s := range spared {
		if name == s.name || !strings.HasSuffix(s.name, ".service") && strings.HasPrefix(name, s.name) {
			return s.reason, true
		}
	}
	return lang.Text{}, false
}
