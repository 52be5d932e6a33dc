package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// matchCmd tells which published holes an inventory has, without a server and without a store.
type matchCmd struct {
	Advisories     []string `required:"" sep:"none" placeholder:"${word_file}" help:"flag_match_advisories"`
	Status         string   `xor:"inventory" required:"" placeholder:"${word_file}" help:"flag_match_status"`
	StatusDir      string   `xor:"inventory" required:"" placeholder:"${word_dir}" help:"flag_match_dir"`
	Release        string   `placeholder:"${word_release}" help:"flag_match_release"`
	ReleaseFileMap string   `placeholder:"${word_file}" help:"flag_match_map"`
	RunningKernel  string   `placeholder:"${word_kernel}" help:"flag_match_kernel"`
	Summary        bool     `help:"flag_match_summary"`
	Details        bool     `help:"flag_match_details"`
	More           []string `arg:"" optional:"" name:"file" help:"arg_match_more"`
}

// matched is one hole in one installed source package. Scripts depend on it.
type matched struct {
	Source     string         `json:"source"`
	Version    string         `json:"source_version"`
	CVE        string         `json:"cve"`
	Fixed      string         `json:"fixed"`         // empty: there is no fixed version yet
	Pro        string         `json:"pro,omitempty"` // fixed version that subscribers of Ubuntu Pro get
	Binaries   []string       `json:"binaries"`      // installed ones of the source
	State      advisory.State `json:"state,omitempty"`
	Urgency    string         `json:"urgency,omitempty"`
	Advisories []string       `json:"advisories,omitempty"`
}

func (cmd matchCmd) Run(a *app) error {
	if cmd.StatusDir == "" && (cmd.ReleaseFileMap != "" || cmd.Summary && cmd.Status == "") {
		return &usageError{alone: true, text: lang.T("--release-file-map gehört zu --status-dir.", "--release-file-map belongs to --status-dir.")}
	}
	release, err := cmd.release()
	if err != nil {
		return err
	}
	if release == "" && cmd.ReleaseFileMap == "" {
		return &usageError{alone: true, text: lang.T("Es fehlt --release, zum Beispiel bookworm.", "--release is missing, bookworm for example.")}
	}
	index, err := a.readAdvisories(append(cmd.Advisories, cmd.More...))
	if err != nil {
		return err
	}
	if cmd.StatusDir != "" {
		return cmd.fleet(a, index, release)
	}
	if err := spokenOf(index, release); err != nil {
		return err
	}
	found, err := cmd.one(a, index, cmd.Status, release)
	if err != nil {
		return err
	}
	if cmd.Summary {
		s := summarise(cmd.Status, release, found)
		return a.result(s, func() { a.summaries([]summary{s}) })
	}
	list := cmd.list(found.matches)
	return a.result(list, func() { a.matches(found) })
}

func (cmd matchCmd) release() (string, error) {
	if cmd.Release == "" {
		return "", nil
	}
	codename, ok := debian.Release(cmd.Release)
	if !ok {
		return "", noRelease("--release", cmd.Release)
	}
	return codename, nil
}

func noRelease(where, value string) error {
	return &usageError{alone: true, text: lang.Textf("%[1]s: „%[2]s“ ist keine bekannte Ausgabe von Debian oder Ubuntu; bekannt sind: %[3]s",
		`%[1]s: "%[2]s" is no known release of Debian or Ubuntu; known are: %[3]s`, where, value, strings.Join(debian.Releases(), ", "))}
}

// spokenOf refuses to answer about a release that no advisory speaks of: an empty list would read as "no
// holes".
func spokenOf(index *advisory.Index, release string) error {
	if index.Knows(release) {
		return nil
	}
	return &client.Error{Code: client.CodeInvalid,
		Text: lang.Textf("Die Meldungen sagen nichts über %[1]s; daraus folgt nicht, dass nichts offen ist.",
			"The advisories say nothing about %[1]s; that does not mean that nothing is open.", release),
		Mend: lang.Textf("Sie sprechen von: %[1]s.", "They speak of: %[1]s.", strings.Join(index.Releases(), ", "))}
}

// scanned is one inventory and what was found in it.
type scanned struct {
	packages int
	matches  []advisory.Match
}

func (cmd matchCmd) one(a *app, index *advisory.Index, file, release string) (scanned, error) {
	text, err := a.readStatus(file)
	if err != nil {
		return scanned{}, err
	}
	inventory := advisory.Inventory{Release: release, Kernel: cmd.RunningKernel}
	if err := debian.Status(text, func(p debian.Installed) { inventory.Packages = append(inventory.Packages, p) }); err != nil {
		return scanned{}, &client.Error{Code: client.CodeInvalid,
			Text: lang.Textf("%[1]s ist nicht als Statusdatei von dpkg zu lesen: %[2]s", "%[1]s cannot be read as a status file of dpkg: %[2]s", file, err.Error())}
	}
	if len(inventory.Packages) == 0 {
		return scanned{}, &client.Error{Code: client.CodeInvalid,
			Text: lang.Textf("%[1]s nennt kein installiertes Paket.", "%[1]s names no installed package.", file),
			Mend: lang.T("Eine Statusdatei liegt auf dem Host unter /var/lib/dpkg/status.", "A status file lies on the host at /var/lib/dpkg/status.")}
	}
	return scanned{len(inventory.Packages), index.Match(inventory)}, nil
}

// list lays the matches out hole by hole, sorted by source, version and CVE.
func (cmd matchCmd) list(matches []advisory.Match) []matched {
	n := 0
	for _, m := range matches {
		n += len(m.Holes)
	}
	list := make([]matched, 0, n)
	for _, m := range matches {
		for _, h := range m.Holes {
			one := matched{Source: m.Source, Version: m.Version, CVE: h.CVE, Fixed: h.Fixed, Pro: h.Pro, Binaries: m.Binaries}
			if cmd.Details {
				one.State, one.Urgency, one.Advisories = h.State, h.Urgency, h.Advisories
			}
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b matched) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Version, b.Version), cmp.Compare(a.CVE, b.CVE))
	})
	return list
}

var matchWords = struct{ Source, Installed, Secure, Holes, Binaries, None, NoFix, Pro, Sum lang.Text }{
	Source:    lang.T("Quellpaket", "source"),
	Installed: lang.T("installiert", "installed"),
	Secure:    lang.T("behoben in", "fixed in"),
	Holes:     lang.T("Lücken", "holes"),
	Binaries:  lang.T("Pakete", "packages"),
	None:      lang.T("● In %[1]d Paketen keine veröffentlichte Lücke.", "● No published hole in %[1]d packages."),
	NoFix:     lang.T("noch nicht", "not yet"),
	Pro:       lang.T("nur mit Ubuntu Pro", "Ubuntu Pro only"),
	Sum:       lang.T("▲ %[1]d Lücken in %[2]d Quellpaketen, von %[3]d Paketen.", "▲ %[1]d holes in %[2]d source packages, of %[3]d packages."),
}

// matches shows one line a source package: the version that closes all of its holes, or that none does.
func (a *app) matches(found scanned) {
	holes := 0
	var rows [][]cell
	for _, m := range found.matches {
		holes += len(m.Holes)
		rows = append(rows, []cell{text(clean(m.Source)), text(clean(m.Version)), text(clean(a.secure(m.Holes))), text(fmt.Sprint(len(m.Holes))), text(clean(strings.Join(m.Binaries, ", ")))})
	}
	if len(rows) == 0 {
		a.print(a.tf(matchWords.None, found.packages))
		return
	}
	a.table("", []lang.Text{matchWords.Source, matchWords.Installed, matchWords.Secure, matchWords.Holes, matchWords.Binaries}, rows)
	a.print("")
	a.print(a.tf(matchWords.Sum, holes, len(rows), found.packages))
}

// secure is the version that closes all of the holes, or why there is none. The holes are in the order of
// their fixed versions, those without one last.
func (a *app) secure(holes []advisory.Hole) string {
	if fixed := holes[len(holes)-1].Fixed; fixed != "" {
		return fixed
	}
	for _, h := range holes {
		if h.Fixed == "" && h.State != advisory.ProOnly {
			return a.t(matchWords.NoFix)
		}
	}
	return a.t(matchWords.Pro)
}

// errUnread ends a command that has told which files it could not read.
var errUnread = errors.New("some files could not be read")
