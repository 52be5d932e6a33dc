package lifecycle

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// Bounds of what is read.
const (
	maxReleases = 10_000
	maxProducts = 200_000
	maxSupport  = 20_000
	maxLine     = 4096
)

// ReadDistribution reads debian.csv or ubuntu.csv of distro-info-data. A line that cannot be read is reported
// and left out.
func ReadDistribution(distribution, source, text string) ([]Release, []advisory.Skip, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1 // dates that are not set yet are left off
	head, err := r.Read()
	if err != nil || !slices.Contains(head, "series") || !slices.Contains(head, "eol") {
		return nil, nil, errors.New("this is no list of distro-info-data: its first line must name the columns version, series and eol")
	}
	var list []Release
	var skipped []advisory.Skip
	for n := 2; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, skipped, nil
		}
		if err != nil {
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: err.Error()})
			var parse *csv.ParseError
			if !errors.As(err, &parse) || len(skipped) > maxReleases {
				return list, skipped, err
			}
			continue
		}
		one := Release{Distribution: distribution, Source: source}
		wrong := ""
		for i, value := range row[:min(len(row), len(head))] {
			if err := one.set(head[i], value); err != nil {
				wrong = head[i] + ": " + err.Error()
			}
		}
		switch {
		case wrong != "" || one.Codename == "":
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: "a release needs a series, and days as 2026-12-31 " + wrong})
		case len(list) == maxReleases:
			return list, skipped, fmt.Errorf("more than %d releases", maxReleases)
		default:
			list = append(list, one)
		}
	}
}

// set fills in a column. Of Ubuntu's the server's end counts.
func (r *Release) set(column, value string) error {
	var at *time.Time
	switch column {
	case "version":
		r.Version, _, _ = strings.Cut(value, " ")
		return nil
	case "series":
		r.Codename = value
		return nil
	case "release":
		at = &r.Released
	case "eol", "eol-server":
		at = &r.End
	case "eol-lts":
		at = &r.Extended
	case "eol-elts", "eol-esm":
		at = &r.Paid
	default:
		return nil
	}
	if value == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return fmt.Errorf("%q is no day", value)
	}
	*at = day
	return nil
}

// ReadSupport reads a list of debian-security-support: of packages whose support has ended, of those with
// limited support, or of both, as the versions for Debian 13 write it.
func ReadSupport(source, text string, limited bool) ([]Support, []advisory.Skip) {
	var list []Support
	var skipped []advisory.Skip
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s, err := supportLine(line, limited)
		if err != nil || len(list) == maxSupport {
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: fmt.Sprint(cmpErr(err, "more lines than any list has"))})
			continue
		}
		s.Source = source
		list = append(list, s)
	}
	return list, skipped
}

func cmpErr(err error, otherwise string) string {
	if err != nil {
		return err.Error()
	}
	return otherwise
}

func supportLine(line string, limited bool) (Support, error) {
	if len(line) > maxLine {
		return Support{}, errors.New("the line is longer than any")
	}
	f := strings.Fields(line)
	s := Support{Pattern: f[0], Limited: limited}
	rest := f[1:]
	if len(rest) > 0 && (rest[0] == "limited" || rest[0] == "non-supported") { // the form of Debian 13
		s.Limited, rest = rest[0] == "limited", rest[1:]
	}
	if len(rest) > 0 && rest[0] == "supported" {
		s.Limited, s.Full, s.Why = false, true, strings.Join(rest[1:], " ")
		return s, nil
	}
	if s.Limited {
		s.Why = strings.Join(rest, " ")
		return s, nil
	}
	if len(rest) < 2 {
		return s, errors.New("support that ends needs the last version and a day")
	}
	day, err := time.Parse(time.DateOnly, rest[1])
	if err != nil {
		return s, fmt.Errorf("%q is no day as 2026-12-31", rest[1])
	}
	s.Last, s.End, s.Why = rest[0], day, strings.Join(rest[2:], " ")
	return s, nil
}

// ReadProducts reads products of endoflife.date as its API gives them (version 1: one product, or all of them
// under /products/full).
func ReadProducts(source string, text []byte) ([]Product, []advisory.Skip, error) {
	var doc struct {
		SchemaVersion string          `json:"schema_version"`
		Generated     string          `json:"generated_at"`
		Result        json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, nil, fmt.Errorf("this is no answer of endoflife.date: %w", err)
	}
	if doc.SchemaVersion == "" || !strings.HasPrefix(doc.SchemaVersion, "1.") {
		return nil, nil, fmt.Errorf("this is no answer of endoflife.date in version 1 (schema_version %q)", doc.SchemaVersion)
	}
	asOf, _ := time.Parse(time.RFC3339, doc.Generated) // zero: it does not say
	var raw []json.RawMessage
	if err := json.Unmarshal(doc.Result, &raw); err != nil {
		raw = []json.RawMessage{doc.Result}
	}
	var list []Product
	var skipped []advisory.Skip
	for i, r := range raw {
		got, err := product(source, r)
		if err != nil {
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("product %d", i+1), Why: err.Error()})
			continue
		}
		for i := range got {
			got[i].AsOf = asOf
		}
		if list = append(list, got...); len(list) > maxProducts {
			return nil, skipped, fmt.Errorf("more than %d lines of versions", maxProducts)
		}
	}
	if len(list) == 0 {
		return nil, skipped, errors.New("the answer names no product with releases")
	}
	return list, skipped, nil
}

func product(source string, text []byte) ([]Product, error) {
	var p struct {
		Name     string `json:"name"`
		Releases []struct {
			Name   string  `json:"name"`
			IsEOL  *bool   `json:"isEol"`
			EOL    *string `json:"eolFrom"`
			EOES   *string `json:"eoesFrom"`
			Latest *struct {
				Name string `json:"name"`
			} `json:"latest"`
		} `json:"releases"`
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	if p.Name == "" || len(p.Releases) == 0 {
		return nil, errors.New("a product needs a name and releases")
	}
	out := make([]Product, 0, len(p.Releases))
	for _, r := range p.Releases {
		one := Product{Name: p.Name, Cycle: r.Name, Source: source, Ended: r.IsEOL != nil && *r.IsEOL, Open: r.IsEOL != nil && !*r.IsEOL}
		for _, d := range []struct {
			text *string
			to   *time.Time
		}{{r.EOL, &one.End}, {r.EOES, &one.Paid}} {
			if d.text == nil || *d.text == "" {
				continue
			}
			day, err := time.Parse(time.DateOnly, *d.text)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %q is no day", p.Name, r.Name, *d.text)
			}
			*d.to = day
		}
		if r.Latest != nil {
			one.Latest = r.Latest.Name
		}
		out = append(out, one)
	}
	return out, nil
}
