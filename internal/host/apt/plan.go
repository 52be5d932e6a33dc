package apt

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Plan is what apt would do, as "apt-get --print-uris upgrade" tells: it costs less than half of a
// simulation (-s) and names the size of every download besides.
type Plan struct {
	Changes []Change // sorted by name and architecture
	Kept    []string // would be left as they are: held, or their update would remove something
	Phased  []string // of those: the archive gives them to a part of all hosts first
	Removed []string
	Summary bool // apt printed its final count; without it the output is not complete
	counted int  // how many packages the count says are upgraded, installed or downgraded
}

// Change is one package that would be brought to a version.
type Change struct {
	Name    string
	Arch    string // of the package: amd64, all
	Version string
	Size    int64 // bytes to download
}

// Download is the number of bytes to download.
func (p Plan) Download() int64 {
	var sum int64
	for _, c := range p.Changes {
		sum += c.Size
	}
	return sum
}

// headings begin the lists of names that apt prints.
var headings = map[string]string{
	"The following packages have been kept back:":                                     "kept",
	"The following upgrades have been deferred due to phasing:":                       "phased",
	"The following packages will be REMOVED:":                                         "removed",
	"The following packages will be removed:":                                         "removed",
	"The following NEW packages will be installed:":                                   "other",
	"The following packages will be upgraded:":                                        "other",
	"The following packages will be DOWNGRADED:":                                      "other",
	"The following held packages will be changed:":                                    "other",
	"The following essential packages will be removed.":                               "removed",
	"WARNING: The following essential packages will be removed.":                      "removed",
	"The following packages were automatically installed and are no longer required:": "other",
}

// ParsePlan reads what "apt-get --print-uris -y upgrade" prints. A plan whose changes are fewer than
// apt's own count is an error: something was not listed, and would be changed unseen.
func ParsePlan(r io.Reader) (Plan, error) {
	var p Plan
	section := ""
	err := eachLine(r, func(line string) error {
		switch {
		case strings.HasPrefix(line, "'"):
			if len(p.Changes) == maxPackages {
				return fmt.Errorf("apt-get: more than %d packages", maxPackages)
			}
			c, err := parseURI(line)
			if err != nil {
				return err
			}
			p.Changes = append(p.Changes, c)
		case strings.HasPrefix(line, "  "):
			p.names(section, strings.Fields(line))
		default:
			section = headings[line]
			return p.count(line)
		}
		return nil
	})
	if err != nil {
		return Plan{}, err
	}
	if !p.Summary {
		return Plan{}, fmt.Errorf("apt-get: its summary is missing, the plan is not complete")
	}
	if p.counted != len(p.Changes) {
		return Plan{}, fmt.Errorf("apt-get: counts %d changes and lists %d", p.counted, len(p.Changes))
	}
	slices.SortFunc(p.Changes, func(a, b Change) int {
		return strings.Compare(a.Name+"\x00"+a.Arch, b.Name+"\x00"+b.Arch)
	})
	return p, nil
}

func (p *Plan) names(section string, names []string) {
	for _, n := range names {
		if name := strings.TrimSuffix(n, "*"); len(p.Kept)+len(p.Removed) < maxPackages {
			switch section {
			case "kept":
				p.Kept = append(p.Kept, name)
			case "phased":
				p.Kept, p.Phased = append(p.Kept, name), append(p.Phased, name)
			case "removed":
				p.Removed = append(p.Removed, name)
			}
		}
	}
}

// count reads the summary: "37 upgraded, 1 newly installed, 0 downgraded, 0 to remove and 2 not
// upgraded." Parts that are zero may be missing, except for the first.
func (p *Plan) count(line string) error {
	if !strings.HasSuffix(line, " not upgraded.") {
		return nil
	}
	p.Summary = true
	for part := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSuffix(line, "."), " and ", ", "), ", ") {
		number, what, _ := strings.Cut(part, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			return fmt.Errorf("apt-get: summary %.120q cannot be read", line)
		}
		switch what {
		case "upgraded", "newly installed", "downgraded", "reinstalled":
			p.counted += n
		}
	}
	return nil
}

// parseURI reads "'http://…/x_1.0_amd64.deb' x_1%3a1.0_amd64.deb 12345 SHA256:…". The file name is
// made by apt of name, version and architecture, each quoted like a part of an address.
func parseURI(line string) (Change, error) {
	bad := fmt.Errorf("apt-get: %.200q is no download", line)
	end := strings.LastIndexByte(line, '\'')
	words := strings.Fields(line[end+1:])
	if end < 1 || len(words) < 2 {
		return Change{}, bad
	}
	file, ok := strings.CutSuffix(words[0], ".deb")
	parts := strings.Split(file, "_")
	size, err := strconv.ParseInt(words[1], 10, 64)
	if !ok || len(parts) != 3 || err != nil || size < 0 {
		return Change{}, bad
	}
	for i := range parts {
		if parts[i], err = url.PathUnescape(parts[i]); err != nil || parts[i] == "" {
			return Change{}, bad
		}
	}
	return Change{Name: parts[0], Version: parts[1], Arch: parts[2], Size: size}, nil
}

// TakenInPlace says whether apt's download output names the version of the package as one of a
// repository on the host's own disk: "Get:2 file:/srv/repo ./ NAME VERSION [724 B]".
func TakenInPlace(output, name, version string) bool {
	for line := range strings.SplitSeq(output, "\n") {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Get:") || !strings.HasPrefix(words[1], "file:") {
			continue
		}
		if slices.Contains(words[2:], name) && slices.Contains(words[2:], version) {
			return true
		}
	}
	return false
}
