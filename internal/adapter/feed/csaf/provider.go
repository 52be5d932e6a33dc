package csaf

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gocsaf/csaf/v3/csaf"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

const (
	maxMetadata      = 1 << 20 // bytes
	maxDistributions = 100     // of a provider, folders and feeds
	maxSkips         = 1000    // of one listing that are reported
)

// Provider is who publishes documents, and where: provider-metadata.json (section 7.1.7 of the standard).
type Provider struct {
	Name    string // of the publisher
	Role    string // csaf_publisher, csaf_provider, csaf_trusted_provider
	URL     string // canonical, of the metadata
	Updated time.Time
	Folders []string // of distributions with changes.csv and index.txt; each ends in a slash
	Feeds   []Feed
	Keys    []Key
}

// Feed is a ROLIE feed with the documents of one TLP label.
type Feed struct {
	URL string
	TLP string
}

// Key is where an OpenPGP key of a provider lies.
type Key struct {
	Fingerprint string // hexadecimal; may be empty
	URL         string
}

// Hashed reports whether the provider has to give a hash of each document (requirement 18 of the standard).
func (p Provider) Hashed() bool {
	return p.Role == "csaf_provider" || p.Role == "csaf_trusted_provider"
}

// ParseProvider reads provider-metadata.json. Distributions at addresses that may not be fetched from are
// left out and named.
func ParseProvider(text []byte) (Provider, []advisory.Skip, error) {
	if len(text) > maxMetadata {
		return Provider{}, nil, fmt.Errorf("the provider's metadata has more than %d MiB", maxMetadata>>20)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return Provider{}, nil, fmt.Errorf("the provider's metadata is no JSON: %w", err)
	}
	messages, err := csaf.ValidateProviderMetadata(value)
	if err != nil {
		return Provider{}, nil, fmt.Errorf("the provider's metadata cannot be checked: %w", err)
	}
	if prune(value, messages) {
		if messages, err = csaf.ValidateProviderMetadata(value); err != nil {
			return Provider{}, nil, fmt.Errorf("the provider's metadata cannot be checked: %w", err)
		}
	}
	if len(messages) > 0 {
		return Provider{}, nil, fmt.Errorf("the provider's metadata does not fit the schema of CSAF 2.0: %s", shortened(messages[0]))
	}
	doc := node{value: value}
	p := Provider{
		Name: doc.at("publisher").at("name").text(), Role: doc.at("role").text(), URL: doc.at("canonical_url").text(),
		Updated: date(doc.at("last_updated")),
	}
	var skips []advisory.Skip
	usable := func(at node) bool {
		_, err := place(at.text())
		switch {
		case len(p.Folders)+len(p.Feeds) >= maxDistributions:
			err = fmt.Errorf("a provider has at most %d distributions", maxDistributions)
		case err == nil:
			return true
		}
		skips = skipped(skips, at.path, err)
		return false
	}
	for _, d := range doc.find("distributions[]/directory_url") {
		if usable(d) {
			p.Folders = append(p.Folders, strings.TrimSuffix(d.text(), "/")+"/")
		}
	}
	for _, f := range doc.find("distributions[]/rolie/feeds[]") {
		if usable(f.at("url")) {
			p.Feeds = append(p.Feeds, Feed{URL: f.at("url").text(), TLP: f.at("tlp_label").text()})
		}
	}
	for _, k := range doc.find("public_openpgp_keys[]") {
		if _, err := place(k.at("url").text()); err != nil {
			skips = skipped(skips, k.path, err)
			continue
		}
		p.Keys = append(p.Keys, Key{Fingerprint: k.at("fingerprint").text(), URL: k.at("url").text()})
	}
	return p, skips, nil
}

// skipped notes what is left out, as long as anybody would read it.
func skipped(list []advisory.Skip, at string, err error) []advisory.Skip {
	if len(list) >= maxSkips {
		return list
	}
	return append(list, advisory.Skip{Place: at, Why: err.Error()})
}
