package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// software is what version upgrades are ordered for, with the name that is told; generations are what systems
// migrate to (MH1-11, C3).
var (
	software = map[string]string{
		"php": "PHP", "mysql": "MySQL", "mariadb": "MariaDB", "postgresql": "PostgreSQL", "postgres": "PostgreSQL", "nginx": "nginx",
		"apache": "Apache", "node": "Node.js", "nodejs": "Node.js", "node.js": "Node.js", "python": "Python", "ruby": "Ruby", "java": "Java",
		"openjdk": "OpenJDK", "redis": "Redis", "elasticsearch": "Elasticsearch", "tomcat": "Tomcat", "varnish": "Varnish", "mongodb": "MongoDB",
	}
	generations = map[string]string{"debian": "Debian", "ubuntu": "Ubuntu"}
)

// claim is what one sentence says about the scope.
type claim struct {
	scope    Scope
	class    policy.ChangeClass
	packages []string
	software string
	from, to string
	measures []string
	unclear  Unclear // what is not clear about it; the scope may be known all the same
	bare     bool    // "Updates", and no word which
}

// same reports whether two sentences say the same scope.
func (c claim) same(d claim) bool {
	return c.scope == d.scope && c.class == d.class && c.software == d.software && c.from == d.from && c.to == d.to &&
		slices.Equal(c.packages, d.packages) && slices.Equal(c.measures, d.measures)
}

// claims reads the scope that a sentence names, and takes the words of versions and packages. The installed
// packages are those of all systems that the sender may speak of.
func (s *sentence) claims(installed map[string]bool) claim {
	c := s.versions()
	packages := s.packages(installed)
	wide, narrow := s.found[MeansUpdates], s.found[MeansSecurity]
	kinds := 0
	for _, b := range []bool{c.scope != "", len(packages) > 0, wide, narrow && len(packages) == 0 && !wide, s.found[MeansMeasure]} {
		if b {
			kinds++
		}
	}
	switch {
	case kinds > 1 || wide && narrow:
		return claim{unclear: UnclearScope}
	case c.scope != "":
		return c
	case s.found[MeansMeasure]:
		return s.measures()
	case len(packages) > 0:
		c = claim{scope: ScopePackages, class: policy.ChangeClassUpdate, packages: packages}
		if narrow || s.found[MeansPatch] {
			c.class = policy.ChangeClassSecurityUpdate
		}
		return c
	case c.unclear != "": // a piece of software that is no package, and no versions
		return c
	case wide:
		return claim{scope: ScopeUpdates, class: policy.ChangeClassUpdate}
	case narrow, s.found[MeansPatch]:
		return claim{scope: ScopeSecurity, class: policy.ChangeClassSecurityUpdate}
	}
	return claim{bare: s.found[MeansBare]}
}

// packages are the installed packages that a sentence names. A package whose name is an ordinary word counts
// only right behind the word "Paket".
func (s *sentence) packages(installed map[string]bool) []string {
	var out []string
	for i := range s.tokens {
		t := &s.tokens[i]
		if !installed[t.word] {
			continue
		}
		announced := i > 0 && slices.Contains([]string{"paket", "pakets", "paketes", "pakete", "package", "packages"}, s.tokens[i-1].word)
		if (t.taken || ordinary(t.word)) && !announced {
			continue
		}
		if t.means == MeansPatch { // the package "patch", not the verb
			t.means = ""
			s.recount()
		}
		t.taken = true
		if !slices.Contains(out, t.word) {
			out = append(out, t.word)
		}
	}
	slices.Sort(out)
	return out
}

// ordinaryWords are names of packages that people also say without meaning the package.
var ordinaryWords = []string{"at", "bash", "base-files", "cron", "dash", "file", "files", "git", "host", "hostname", "info", "login", "mail",
	"make", "man", "mount", "passwd", "screen", "time", "tree", "which", "who", "test", "web", "shop", "kernel", "die", "der", "das", "so", "mit"}

func ordinary(word string) bool {
	_, made := software[word]
	return vocabulary()[word] || slices.Contains(ordinaryWords, word) || len(word) < 3 || made && word != "nginx" && word != "redis" || generations[word] != ""
}

// versions reads "PHP von 8.1 auf 8.3", "PHP 8.1 → 8.3", "Debian 12".
func (s *sentence) versions() claim {
	var c claim
	name, system := "", false
	var loose []string
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.taken && t.means != MeansMigrate {
			continue
		}
		bare := strings.TrimRight(t.word, "0123456789.")
		made, isSoftware := software[t.word]
		gen, isSystem := generations[t.word]
		attached := ""
		if !isSoftware && !isSystem && bare != t.word {
			if made, isSoftware = software[bare]; !isSoftware {
				gen, isSystem = generations[bare]
			}
			attached = t.word[len(bare):]
		}
		switch {
		case isSoftware || isSystem:
			said := made + gen
			if name != "" && name != said {
				c.unclear = UnclearScope
			}
			name, system = said, isSystem
			t.taken = attached != ""
			if attached != "" {
				c.version(s.tokens, i, attached, &loose)
			}
		case name != "" && isVersion(t.word):
			t.taken = true
			c.version(s.tokens, i, strings.TrimPrefix(t.word, "v"), &loose)
		case name == "" && isVersion(t.word) && i > 0 && slices.Contains([]string{"von", "from"}, s.tokens[i-1].word):
			t.taken = true
			c.version(s.tokens, i, strings.TrimPrefix(t.word, "v"), &loose)
		}
	}
	if name == "" {
		return claim{}
	}
	if c.from == "" && len(loose) > 0 {
		c.from, loose = loose[0], loose[1:]
	}
	migrates := s.found[MeansMigrate]
	if c.to == "" && !migrates && s.scopedOtherwise(system) {
		return claim{}
	}
	c.software, c.scope, c.class = name, ScopeUpgrade, policy.ChangeClassVersionUpgrade
	if system {
		c.scope, c.class = ScopeMigration, policy.ChangeClassOSMigration
	}
	switch {
	case c.to == "" && c.from == "" && !migrates: // the software's name alone: it may be a package
		return claim{unclear: UnclearVersions}
	case c.unclear != "":
	case c.to == "", c.from == "" && !system, len(loose) > 0, c.from != "" && !older(c.from, c.to):
		c.unclear = UnclearVersions
	}
	return c
}

// scopedOtherwise reports whether the name of a system's generation only describes the system.
func (s *sentence) scopedOtherwise(system bool) bool {
	return system && (s.scoped() || s.found[MeansPatch])
}

// version puts a version where the word before it says.
func (c *claim) version(toks []token, i int, v string, loose *[]string) {
	before := i - 1
	for before >= 0 && (software[toks[before].word] != "" || generations[toks[before].word] != "" || toks[before].word == "version") {
		before--
	}
	word := ""
	if before >= 0 {
		word = toks[before].word
	}
	into := &c.to
	switch word {
	case "auf", "nach", "zu", "to", "->":
	case "von", "from":
		into = &c.from
	default:
		*loose = append(*loose, v)
		return
	}
	if *into != "" && *into != v {
		c.unclear = UnclearVersions
	}
	*into = v
}

func isVersion(word string) bool {
	word = strings.TrimPrefix(word, "v")
	for _, n := range strings.Split(word, ".") {
		if _, err := strconv.ParseUint(n, 10, 32); err != nil {
			return false
		}
	}
	return true
}

// older reports whether version a is older than b, part by part as far as both go.
func older(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x < y
		}
	}
	return false
}

// measures are the ports and services that a sentence names to be closed or stopped.
func (s *sentence) measures() claim {
	c := claim{scope: ScopeMitigation, class: policy.ChangeClassMitigation}
	for i := range s.tokens {
		t := &s.tokens[i]
		near := func(words ...string) bool {
			return i > 0 && slices.Contains(words, s.tokens[i-1].word) || i+1 < len(s.tokens) && slices.Contains(words, s.tokens[i+1].word)
		}
		switch {
		case t.taken && number(t.word), t.taken && t.means != "" || t.word == "" || slices.Contains(articles, t.word):
		case number(t.word) && near("port"):
			if n, _ := strconv.Atoi(t.word); n < 1 || n > 65535 {
				continue
			}
			t.taken = true
			c.measures = append(c.measures, "port "+t.word)
		case !number(t.word) && near("dienst", "service") && !s.isPortWord(i):
			t.taken = true
			c.measures = append(c.measures, "service "+t.word)
		}
	}
	if len(c.measures) != 1 { // one measure at a time, so that there is no doubt which
		c.unclear = UnclearScope
	}
	return c
}

var articles = []string{"der", "den", "die", "das", "the", "a", "auf", "on", "von", "of", "sie", "bitte"}

func (s *sentence) isPortWord(i int) bool { return s.tokens[i].word == "port" }
