package conversion

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/yamltext"
)

// Case is one software whose data does not survive every change of version and back.
type Case struct {
	Name     string    // MariaDB; unique, and what a dump is declared for
	Packages []string  // names, * stands for anything
	Parts    int       // the first so many numbers of the version name the format of the data; 0 = not told by them
	Every    bool      // each other upstream version converts
	Breaks   []string  // versions at which the format changed
	Each     []Span    // installed versions from which every newer one converts
	Data     []string  // absolute paths where the data lies
	Dump     lang.Text // what counts as a dump of it
	Source   string    // where its makers say so
}

// Span is a range of upstream versions, without its end.
type Span struct {
	From   string `yaml:"from"`
	Before string `yaml:"before"`
}

//go:embed cases.yaml
var known []byte

// Known gives the cases that come with the program. They are shared: nobody changes them.
func Known() []Case { return slices.Clip(parsed()) }

var parsed = sync.OnceValue(func() []Case {
	cases, err := Parse(known)
	if err != nil {
		panic(err) // a mistake in this package, which its tests find
	}
	return cases
})

// MaxDocument bounds a document of cases, in bytes.
const MaxDocument = 256 << 10

const (
	maxCases = 200
	maxList  = 50
	maxText  = 400
)

var (
	caseName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,62}$`)
	packageForm = regexp.MustCompile(`^[a-z0-9*][a-z0-9+.*-]{0,127}$`)
	versionForm = regexp.MustCompile(`^[0-9][A-Za-z0-9.+~]{0,63}$`)
	pathForm    = regexp.MustCompile(`^(/[A-Za-z0-9._@+-]+)+$`)
)

// Parse reads cases from YAML, in the form of the ones that come with the program. An unknown field, or a
// case that could never hold, is an error.
func Parse(doc []byte) ([]Case, error) {
	if len(doc) > MaxDocument {
		return nil, fmt.Errorf("conversions: more than %d bytes", MaxDocument)
	}
	var raw []struct {
		Name     string   `yaml:"name"`
		Packages []string `yaml:"packages"`
		Parts    int      `yaml:"parts"`
		Every    bool     `yaml:"every"`
		Breaks   []string `yaml:"breaks"`
		Each     []Span   `yaml:"each"`
		Data     []string `yaml:"data"`
		Dump     struct {
			DE string `yaml:"de"`
			EN string `yaml:"en"`
		} `yaml:"dump"`
		Source string `yaml:"source"`
	}
	if err := yamltext.ReadStrict(doc, &raw); err != nil {
		return nil, fmt.Errorf("conversions: %w", err)
	}
	if len(raw) > maxCases {
		return nil, fmt.Errorf("conversions: more than %d cases", maxCases)
	}
	cases := make([]Case, 0, len(raw))
	for i, r := range raw {
		c := Case{
			Name: r.Name, Packages: r.Packages, Parts: r.Parts, Every: r.Every, Breaks: r.Breaks, Each: r.Each,
			Data: r.Data, Dump: lang.T(r.Dump.DE, r.Dump.EN), Source: r.Source,
		}
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("conversions: case %d (%.60q): %w", i+1, r.Name, err)
		}
		if slices.ContainsFunc(cases, func(have Case) bool { return strings.EqualFold(have.Name, c.Name) }) {
			return nil, fmt.Errorf("conversions: %q is named twice", c.Name)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func (c Case) check() error {
	switch {
	case !caseName.MatchString(c.Name):
		return errors.New("name: a name such as MariaDB is expected")
	case len(c.Packages) == 0 || len(c.Packages) > maxList:
		return fmt.Errorf("packages: 1 to %d names are expected", maxList)
	case c.Parts < 0 || c.Parts > 4:
		return errors.New("parts: 1 to 4 are expected")
	case c.Parts == 0 && !c.Every && len(c.Breaks) == 0 && len(c.Each) == 0:
		return errors.New("one of parts, every, breaks, each is needed: which change of version converts the data")
	case len(c.Breaks) > maxList || len(c.Each) > maxList:
		return fmt.Errorf("breaks, each: at most %d are allowed", maxList)
	case len(c.Data) == 0 || len(c.Data) > maxList:
		return fmt.Errorf("data: 1 to %d paths are expected", maxList)
	case c.Dump.DE == "" || c.Dump.EN == "" || len(c.Dump.DE) > maxText || len(c.Dump.EN) > maxText:
		return errors.New("dump: what a dump is has to be said in both languages (de, en)")
	case len(c.Source) > maxText:
		return errors.New("source: too long")
	}
	for _, p := range c.Packages {
		if !packageForm.MatchString(p) || strings.Trim(p, "*") == "" {
			return fmt.Errorf("packages: %.60q is no name of packages", p)
		}
	}
	for _, p := range c.Data {
		if !pathForm.MatchString(p) || strings.Contains(p+"/", "/../") || strings.Contains(p+"/", "/./") {
			return fmt.Errorf("data: %.60q is no clean absolute path", p)
		}
	}
	for _, v := range c.Breaks {
		if !versionForm.MatchString(v) {
			return fmt.Errorf("breaks: %.60q is no version", v)
		}
	}
	for _, s := range c.Each {
		if !versionForm.MatchString(s.From) || !versionForm.MatchString(s.Before) || debian.Compare(s.From, s.Before) >= 0 {
			return fmt.Errorf("each: from %.60q before %.60q is no span of versions", s.From, s.Before)
		}
	}
	return nil
}

// matches reports whether a package belongs to the case.
func (c Case) matches(name string) bool {
	return slices.ContainsFunc(c.Packages, func(pattern string) bool { return like(name, pattern) })
}

// like reports whether a name fits a pattern in which * stands for any text.
func like(name, pattern string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return name == pattern
	}
	if !strings.HasPrefix(name, first) {
		return false
	}
	name = name[len(first):]
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, parts[len(parts)-1])
}

// converts reports whether going from one upstream version to a newer one converts the data.
func (c Case) converts(from, to string) bool {
	if debian.Compare(from, to) >= 0 {
		return false
	}
	if c.Every || c.Parts > 0 && series(from, c.Parts) != series(to, c.Parts) {
		return true
	}
	for _, b := range c.Breaks {
		if debian.Compare(from, b) < 0 && debian.Compare(to, b) >= 0 {
			return true
		}
	}
	for _, s := range c.Each {
		if debian.Compare(from, s.From) >= 0 && debian.Compare(from, s.Before) < 0 {
			return true
		}
	}
	return false
}

// upstream takes epoch and revision off a Debian version.
func upstream(version string) string {
	if _, after, found := strings.Cut(version, ":"); found {
		version = after
	}
	if i := strings.LastIndexByte(version, '-'); i > 0 {
		version = version[:i]
	}
	return version
}

// series is the first so many numbers of a version. What stands behind a plus or a tilde is packaging:
// Debian's postgresql 15+248.
func series(version string, parts int) string {
	if i := strings.IndexAny(version, "+~"); i >= 0 {
		version = version[:i]
	}
	numbers := strings.Split(version, ".")
	return strings.Join(numbers[:min(parts, len(numbers))], ".")
}
