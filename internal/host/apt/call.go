package apt

import (
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/host/command"
)

// Places below the host's root. The downloads of a run have a directory of their own, which begins
// empty: apt takes a file that is in the cache already by its size alone, and only what it downloaded
// itself has been held against the signed hashes. It lies under apt's cache, where its unprivileged
// download user may reach it, and which restore points leave out.
const (
	CacheDir   = "/var/cache/apt/patchwart"
	ArchiveDir = CacheDir + "/archives"
	EmptyDir   = CacheDir + "/none" // always empty, so that a plan lists every download
)

// environment keeps every tool that hooks into apt from asking, paging, mailing, or restarting
// services on its own: services are restarted once, afterwards.
var environment = []string{
	"DEBIAN_FRONTEND=noninteractive", "DEBIAN_PRIORITY=critical", "DEBCONF_NOWARNINGS=yes",
	"UCF_FORCE_CONFFOLD=1", "NEEDRESTART_SUSPEND=1",
	"APT_LISTCHANGES_FRONTEND=none", "APT_LISTBUGS_FRONTEND=none",
}

// strict are the settings that a host's own configuration must not soften: what is not signed or has
// expired is not installed. Exceptions that an administrator made for one repository, in its own
// source entry, stay as they are.
var strict = []string{
	"-o", "APT::Get::AllowUnauthenticated=false",
	"-o", "Acquire::AllowInsecureRepositories=false",
	"-o", "Acquire::AllowDowngradeToInsecureRepositories=false",
	"-o", "Acquire::AllowWeakRepositories=false",
	"-o", "Acquire::Check-Valid-Until=true",
}

// network bounds how long a silent mirror is waited for.
var network = []string{
	"-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30", "-o", "Acquire::https::Timeout=30",
}

// upgrade are the rules of every upgrade: nothing is removed, nothing is added but what a dependency
// demands, nothing is downgraded.
var upgrade = []string{
	"-y", "--with-new-pkgs", "--no-remove", "--no-install-recommends", "--no-install-suggests",
	"-o", "APT::Get::allow-downgrades=false", "-o", "APT::Get::AutomaticRemove=false",
	"-o", "APT::Get::Show-Upgraded=true",
}

// Update refreshes the package lists; any repository that fails makes it fail.
func Update(limit time.Duration) command.Call {
	return command.Call{
		Tool: "apt-get", Env: environment, Limit: limit, Keep: 4 << 20,
		Args: join([]string{"update", "-o", "APT::Update::Error-Mode=any"}, strict, network),
	}
}

// WouldUpgrade asks what an upgrade under the host's own preferences would do, as far as the view shows.
func WouldUpgrade(view View) command.Call {
	return command.Call{Tool: "apt-get", Env: environment, Args: join(plan(), strict, view.args())}
}

// WouldInstall asks what an upgrade under our pins would do, as far as the view shows.
func WouldInstall(pins string, view View) command.Call {
	return command.Call{Tool: "apt-get", Env: environment, Args: join(plan(), strict, under(pins), view.args())}
}

// Fetch downloads what an upgrade under our pins needs.
func Fetch(pins string, view View, limit, lockWait time.Duration) command.Call {
	return command.Call{
		Tool: "apt-get", Env: environment, Limit: limit, Keep: 4 << 20,
		Args: join([]string{"upgrade", "--download-only"}, upgrade, strict, network, under(pins), view.args(), archives(ArchiveDir), waiting(lockWait)),
	}
}

// offline forbids every way to the network. "--no-download" would do that, too, but cannot use packages
// of a repository on the host's own disk (file:), which apt reads in place and checks once more.
var offline = []string{
	"-o", "Dir::Bin::Methods::http=false", "-o", "Dir::Bin::Methods::https=false", "-o", "Dir::Bin::Methods::ftp=false",
	"-o", "Dir::Bin::Methods::ssh=false", "-o", "Dir::Bin::Methods::rsh=false", "-o", "Dir::Bin::Methods::mirror=false",
}

// Install carries out an upgrade under our pins with what Fetch downloaded. Changed configuration
// files stay as the customer has them; dpkg need not flush each file, because a restore point exists
// and the caller flushes everything once, afterwards.
func Install(pins string, view View, limit, lockWait time.Duration) command.Call {
	return command.Call{
		Tool: "apt-get", Env: environment, Limit: limit, Keep: 1 << 20,
		Args: join([]string{
			"upgrade",
			"-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold",
			"-o", "Dpkg::Options::=--force-unsafe-io",
		}, upgrade, strict, offline, under(pins), view.args(), archives(ArchiveDir), waiting(lockWait)),
	}
}

// Policies asks for the versions of packages and who offers them.
func Policies(names []string) command.Call {
	return command.Call{Tool: "apt-cache", Args: append([]string{"policy", "--"}, names...)}
}

// Repositories asks what is configured.
func Repositories() command.Call {
	return command.Call{Tool: "apt-cache", Args: []string{"policy"}}
}

func plan() []string {
	return join([]string{"upgrade", "--print-uris"}, upgrade, archives(EmptyDir))
}

func under(pins string) []string {
	return []string{"-o", "Dir::Etc::preferences=" + pins, "-o", "Dir::Etc::preferencesparts=/dev/null"}
}

func archives(dir string) []string { return []string{"-o", "Dir::Cache::archives=" + dir} }

func waiting(d time.Duration) []string {
	return []string{"-o", "DPkg::Lock::Timeout=" + strconv.Itoa(int(d.Seconds()))}
}

func join(parts ...[]string) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// ArchiveName is the name under which apt stores a download: name, version and architecture, each with
// "_" and ":" quoted like in an address.
func ArchiveName(name, version, arch string) string {
	quote := strings.NewReplacer("%", "%25", "_", "%5f", ":", "%3a")
	return quote.Replace(name) + "_" + quote.Replace(version) + "_" + quote.Replace(arch) + ".deb"
}
