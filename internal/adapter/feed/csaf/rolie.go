package csaf

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// ParseROLIE reads a ROLIE feed (RFC 8322 in JSON, section 7.1.15 of the standard). An entry that cannot be
// read is reported and left out. An error means that the feed is none.
func ParseROLIE(text []byte) ([]Change, []advisory.Skip, error) {
	if len(text) > maxListing {
		return nil, nil, fmt.Errorf("the ROLIE feed has more than %d MiB", maxListing>>20)
	}
	var feed struct {
		Feed struct {
			Entry []json.RawMessage `json:"entry"`
		} `json:"feed"`
	}
	if err := json.Unmarshal(text, &feed); err != nil {
		return nil, nil, fmt.Errorf("the ROLIE feed is no JSON of one: %w", err)
	}
	if feed.Feed.Entry == nil {
		return nil, nil, errors.New("the ROLIE feed has no list of entries (/feed/entry)")
	}
	var list []Change
	var skips []advisory.Skip
	for i, raw := range feed.Feed.Entry {
		c, err := readEntry(raw)
		if err != nil {
			skips = skipped(skips, fmt.Sprintf("ROLIE /feed/entry/%d", i), err)
			continue
		}
		if len(list) >= maxChanges {
			return list, skips, fmt.Errorf("the ROLIE feed has more than %d documents", maxChanges)
		}
		list = append(list, c)
	}
	if len(list) == 0 && len(skips) > 0 {
		return nil, skips, fmt.Errorf("the ROLIE feed has no entry that can be read: %s", skips[0].Why)
	}
	return list, skips, nil
}

// maxLinks is how many links an entry has at most: itself, two hashes and a signature are usual.
const maxLinks = 20

func readEntry(raw json.RawMessage) (Change, error) {
	var e struct {
		Updated string `json:"updated"`
		Content struct {
			Source string `json:"src"`
		} `json:"content"`
		Links []struct {
			Relation string `json:"rel"`
			Address  string `json:"href"`
		} `json:"link"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return Change{}, fmt.Errorf("it is no entry: %w", err)
	}
	at, err := moment(e.Updated)
	if err != nil {
		return Change{}, fmt.Errorf("its time %q is no date and time", shortened(e.Updated))
	}
	if len(e.Links) > maxLinks {
		return Change{}, fmt.Errorf("it has more than %d links", maxLinks)
	}
	c := Change{Name: e.Content.Source, At: at.UTC()}
	for _, link := range e.Links {
		switch link.Relation {
		case "self":
			c.Name = cmp.Or(c.Name, link.Address)
		case "hash":
			c.Hashes = append(c.Hashes, link.Address)
		case "signature":
			c.Signature = link.Address
		}
	}
	return c, document(c.Name)
}
