package restore

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Scope says what a restore point covers: everything below Root except Data, Volatile, the Store and
// what is mounted from elsewhere. A listed path stands for itself and everything below it, and for
// what it leads to if it is a symbolic link. Paths are absolute, those in System, Data and Volatile
// relative to Root.
type Scope struct {
	// Root is "/" on a host.
	Root string `json:"root"`
	// Store is where the points live. It lies on the file system of the system paths, because links
	// and renames do not reach another one, and is made root-only (0700): old set-uid binaries must
	// not stay reachable.
	Store string `json:"store"`
	// System names the top-level entries that belong to the system (FHS 3.0). Another directory or
	// file that is there when the point is saved, like /data or /swap.img, is the customer's, as if
	// it were listed in Data. One that comes later cannot be told from what a package dropped there: it
	// goes aside. Empty means that everything at the top is the system's.
	System []string `json:"system,omitempty"`
	// Data is the customer's: never saved, never rolled back, never moved.
	Data []string `json:"data,omitempty"`
	// Volatile is what changes by itself: logs, caches, spools, run-time state; and the agent's own
	// state, which must survive a rollback.
	Volatile []string `json:"volatile,omitempty"`
}

// DefaultScope covers the system paths of a Debian host. Callers add what the estate declares as the
// customer's data.
func DefaultScope() Scope {
	return Scope{
		Root:  "/",
		Store: "/var/lib/patchwart/restore",
		System: []string{
			"/bin", "/boot", "/efi", "/etc", "/lib", "/lib32", "/lib64", "/libo32", "/libx32", "/opt", "/sbin", "/usr", "/var",
			"/bin.usr-is-merged", "/lib.usr-is-merged", "/sbin.usr-is-merged",
		},
		Data: []string{
			"/srv", "/home", "/root", "/mnt", "/media",
			"/var/www", "/var/opt", "/var/mail", "/var/vmail", "/var/spool", "/var/local",
			"/var/lib/mysql", "/var/lib/mysql-files", "/var/lib/mysql-keyring", "/var/lib/galera",
			"/var/lib/postgresql", "/var/lib/mongodb", "/var/lib/redis", "/var/lib/valkey", "/var/lib/memcached",
			"/var/lib/elasticsearch", "/var/lib/opensearch", "/var/lib/influxdb", "/var/lib/clickhouse", "/var/lib/couchdb",
			"/var/lib/rabbitmq", "/var/lib/kafka", "/var/lib/zookeeper", "/var/lib/etcd", "/var/lib/consul",
			"/var/lib/ldap", "/var/lib/samba", "/var/lib/bind", "/var/lib/dovecot", "/var/lib/mailman", "/var/lib/mailman3",
			"/var/lib/grafana", "/var/lib/prometheus", "/var/lib/zabbix", "/var/lib/icinga2", "/var/lib/icingadb",
			"/var/lib/jenkins", "/var/lib/gitea", "/var/lib/gitlab", "/var/lib/nextcloud", "/var/lib/tomcat9", "/var/lib/tomcat10",
			"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/libvirt", "/var/lib/lxc", "/var/lib/lxd",
			"/var/lib/incus", "/var/lib/machines", "/var/lib/vz", "/var/lib/longhorn", "/var/lib/rancher", "/var/lib/kubelet",
			"/var/lib/ceph", "/var/lib/glusterd", "/var/lib/nfs",
		},
		Volatile: []string{
			"/run", "/proc", "/sys", "/dev", "/tmp", "/lost+found",
			"/var/run", "/var/lock", "/var/tmp", "/var/log", "/var/crash", "/var/backups", "/var/lost+found", "/boot/lost+found",
			"/var/cache/apt", "/var/cache/man", "/var/cache/fontconfig", "/var/cache/nginx", "/var/cache/apache2",
			"/var/cache/apparmor", "/var/cache/private", "/var/cache/PackageKit", "/var/cache/swcatalog", "/var/cache/app-info",
			"/var/cache/samba", "/var/cache/bind", "/var/cache/cups", "/var/cache/squid", "/var/cache/varnish",
			"/var/lib/apt/periodic", "/var/lib/apt/daily_lock", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend",
			"/var/lib/apt/lists/lock", "/var/lib/logrotate", "/var/lib/dhcp", "/var/lib/dhcpcd", "/var/lib/NetworkManager",
			"/var/lib/systemd/timers", "/var/lib/systemd/random-seed", "/var/lib/systemd/timesync", "/var/lib/systemd/coredump",
			"/var/lib/systemd/backlight", "/var/lib/systemd/rfkill", "/var/lib/systemd/linger", "/var/lib/systemd/pstore",
			"/var/lib/private", "/var/lib/chrony", "/var/lib/ntp", "/var/lib/ntpsec", "/var/lib/sudo", "/var/lib/fail2ban",
			"/var/lib/nginx", "/var/lib/haproxy", "/var/lib/php/sessions", "/var/lib/plocate", "/var/lib/mlocate",
			"/var/lib/update-notifier", "/var/lib/unattended-upgrades", "/var/lib/fwupd", "/var/lib/PackageKit", "/var/lib/upower",
			"/var/lib/udisks2", "/var/lib/AccountsService", "/var/lib/cloud", "/var/lib/exim4/retry", "/var/lib/postfix",
			"/var/lib/patchwart", "/etc/patchwart",
		},
	}
}

// Check says what is wrong with the scope as given; it does not look at the file system.
func (s Scope) Check() error {
	one := func(what, p string) error {
		if !path.IsAbs(p) || path.Clean(p) != p || strings.ContainsRune(p, 0) {
			return fmt.Errorf("restore scope: %s %q is not a clean absolute path", what, p)
		}
		return nil
	}
	if err := one("root", s.Root); err != nil {
		return err
	}
	if err := one("store", s.Store); err != nil {
		return err
	}
	if s.Store == "/" || s.Store == s.Root {
		return fmt.Errorf("restore scope: the store cannot be the root %q itself", s.Root)
	}
	for _, p := range slices.Concat(s.System, s.Data, s.Volatile) {
		if err := one("path", p); err != nil {
			return err
		}
		if p == "/" {
			return fmt.Errorf("restore scope: %q cannot be listed: it stands for the whole system", p)
		}
	}
	return nil
}
