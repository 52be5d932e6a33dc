package lab

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// archives says where this machine's own apt gets Debian from, and how it goes there.
type archives struct {
	release  *url.URL // the archive with the release suites
	security *url.URL // the archive with the security suites
	proxy    *url.URL // apt's own proxy, nil if it has none
	// lenient is set when this machine's apt is told not to check Valid-Until
	// (it then uses a frozen copy of the archive, whose dates lie in the past).
	lenient bool
}

// releaseNames are the suites of the release itself, by codename or by role.
var releaseNames = map[string]bool{
	"stable": true, "oldstable": true, "oldoldstable": true, "testing": true,
	"bullseye": true, "bookworm": true, "trixie": true, "forky": true,
}

// readArchives asks this machine's apt for its Debian archives. No archive is named in the lab itself.
func readArchives(ctx context.Context, suite string) (archives, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	out, err := tool(ctx, "apt-get", "indextargets",
		"--format", "$(CREATED_BY)\t$(LABEL)\t$(RELEASE)\t$(COMPONENT)\t$(REPO_URI)")
	if err != nil {
		return archives{}, fmt.Errorf("ask apt for this machine's archives: %w", err)
	}
	releaseURI, securityURI := pickArchives(string(out), suite)
	if releaseURI == "" || securityURI == "" {
		return archives{}, fmt.Errorf("apt of this machine has no source for Debian and for its security updates: " +
			"add both (component main) under /etc/apt/sources.list.d")
	}
	var found archives
	if found.release, err = archiveURL(releaseURI); err != nil {
		return archives{}, err
	}
	if found.security, err = archiveURL(securityURI); err != nil {
		return archives{}, err
	}
	settings, err := tool(ctx, "apt-config", "dump")
	if err != nil {
		return archives{}, fmt.Errorf("ask apt for its settings: %w", err)
	}
	found.proxy, found.lenient = aptSettings(string(settings))
	return found, nil
}

// pickArchives chooses the release and the security archive from apt's index
// targets: created-by, label, release, component and URI, separated by tabs.
// The label is known only once apt has fetched an index; until then the suite's name must do.
func pickArchives(targets, suite string) (release, security string) {
	best := 0
	for line := range strings.Lines(targets) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(fields) != 5 || fields[0] != "Packages" || fields[3] != "main" {
			continue
		}
		label, name, uri := fields[1], fields[2], fields[4]
		base, isSecurity := strings.CutSuffix(strings.TrimSuffix(name, "/updates"), "-security")
		isSecurity = isSecurity || strings.HasSuffix(name, "/updates")
		switch {
		case label == "Debian-Security", label == "" && isSecurity && (releaseNames[base] || base == suite):
			if security == "" || base == suite {
				security = uri
			}
		case label == "Debian" || label == "", label == "Debian Archive":
			if !releaseNames[name] && name != suite {
				continue // updates, backports, other people's suites
			}
			rank := 1
			if name == suite {
				rank = 2
			}
			if rank > best {
				release, best = uri, rank
			}
		}
	}
	return release, security
}

// archiveURL checks that the lab can pass an archive on, and follows a local mirror list to its first entry.
func archiveURL(uri string) (*url.URL, error) {
	if list, ok := strings.CutPrefix(uri, "mirror+file:"); ok {
		first, err := firstMirror(strings.TrimRight(list, "/"))
		if err != nil {
			return nil, err
		}
		uri = first
	}
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return nil, fmt.Errorf("the lab passes on archives of http and https only, not the one in this machine's apt sources: add such a source")
	}
	parsed.Path = strings.TrimRight(parsed.Path, "/")
	return parsed, nil
}

// firstMirror reads the first address of an apt mirror list.
func firstMirror(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read apt's mirror list: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 0 && !strings.HasPrefix(fields[0], "#") {
			return fields[0], nil
		}
	}
	return "", fmt.Errorf("apt's mirror list %s is empty: name a mirror in it", path)
}

// aptSettings picks from "apt-config dump" the proxy for http and whether expired metadata is accepted.
func aptSettings(dump string) (proxy *url.URL, lenient bool) {
	for line := range strings.Lines(dump) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		value = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `";`)
		switch strings.ToLower(name) {
		case "acquire::http::proxy":
			if parsed, err := url.Parse(value); err == nil && parsed.Host != "" {
				proxy = parsed
			}
		case "acquire::check-valid-until":
			switch strings.ToLower(value) {
			case "false", "no", "0", "off", "without", "disable":
				lenient = true
			}
		}
	}
	return proxy, lenient
}

// proxyFor chooses the way to an archive: apt's own proxy first, then the environment's.
func (a archives) proxyFor(request *http.Request) (*url.URL, error) {
	if a.proxy != nil {
		return a.proxy, nil
	}
	return http.ProxyFromEnvironment(request)
}
