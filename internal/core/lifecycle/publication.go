package lifecycle

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// Kind is a format of publications about lifecycles.
type Kind string

// The formats.
const (
	DistroInfo     Kind = "distro-info"     // debian.csv, ubuntu.csv of distro-info-data
	SupportList    Kind = "support-list"    // debian-security-support: what ends, or both, as of Debian 13
	SupportLimited Kind = "support-limited" // debian-security-support: what is limited
	Products       Kind = "endoflife"       // endoflife.date, API version 1
)

// Detect tells whether a text is a publication about lifecycles, and of which format.
func Detect(text []byte) (Kind, bool) {
	head := bytes.TrimLeft(text[:min(len(text), 2048)], " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("version,codename,series,")):
		return DistroInfo, true
	case bytes.HasPrefix(head, []byte("# List of packages where security support is limited")):
		return SupportLimited, true
	case bytes.HasPrefix(head, []byte("# List of packages whose security support")):
		return SupportList, true
	case bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"schema_version"`)) && bytes.Contains(head, []byte(`"result"`)):
		return Products, true
	}
	return "", false
}

// Builder puts publications together into a Table.
type Builder struct {
	releases []Release
	products []Product
	support  map[string][]Support
}

// Add takes a publication of a feed in that was accepted at a time: what does not say when it was made is
// as of then. The lists of debian-security-support do not say which release they are
// of: the feed's name does, by ending in the codename (debian-support-bookworm).
func (b *Builder) Add(kind Kind, feed string, at time.Time, text []byte) (records int, skipped []advisory.Skip, err error) {
	switch kind {
	case DistroInfo:
		distribution := "debian"
		if head, _, _ := bytes.Cut(text, []byte("\n")); bytes.Contains(head, []byte("eol-server")) {
			distribution = "ubuntu"
		}
		var list []Release
		if list, skipped, err = ReadDistribution(distribution, feed, string(text)); err == nil && len(list) == 0 {
			err = errors.New("the list names no release")
		}
		b.releases = append(b.releases, list...)
		return len(list), skipped, err
	case Products:
		var list []Product
		list, skipped, err = ReadProducts(feed, text)
		for i := range list {
			if list[i].AsOf.IsZero() {
				list[i].AsOf = at
			}
		}
		b.products = append(b.products, list...)
		return len(list), skipped, err
	case SupportList, SupportLimited:
		codename, ok := debian.Codename(feed[strings.LastIndex(feed, "-")+1:])
		if !ok {
			return 0, nil, fmt.Errorf("the feed %q does not say of which release the list is: its name has to end in the codename, as debian-support-bookworm", feed)
		}
		var list []Support
		if list, skipped = ReadSupport(feed, string(text), kind == SupportLimited); len(list) == 0 {
			return 0, skipped, errors.New("the list names no package")
		}
		if b.support == nil {
			b.support = map[string][]Support{}
		}
		b.support[codename] = append(b.support[codename], list...)
		return len(list), skipped, nil
	}
	return 0, nil, fmt.Errorf("%q is no format of lifecycles", kind)
}

// Build closes the builder.
func (b *Builder) Build() *Table { return NewTable(b.releases, b.products, b.support) }
