package dossier

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/epss"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/advisory/kev"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/application/bitnami"
	"github.com/patchwart/patchwart/internal/core/application/friendsofphp"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// The kinds of publications besides those of the package format.
const (
	KEV  format.Kind = "kev"  // CISA's catalogue
	EPSS format.Kind = "epss" // FIRST's estimates of a day

	FriendsOfPHP format.Kind = "friendsofphp-lines" // advisories about Composer packages, one JSON object a line
	Bitnami      format.Kind = "bitnami-lines"      // Bitnami's OSV records about applications, one a line
)

// lines are the kinds that are read whole, line by line.
var lines = map[format.Kind]func(string) ([]advisory.Record, []advisory.Skip){FriendsOfPHP: friendsofphp.Lines, Bitnami: bitnami.Lines}

// Detect tells the format of a publication.
func Detect(in format.Text) (format.Kind, error) {
	head := make([]byte, min(4096, in.Size()))
	if _, err := in.ReadAt(head, 0); err != nil && int64(len(head)) != in.Size() && err != io.EOF { //nolint:errorlint // ReadAt's own value
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("#model_version:")):
		return EPSS, nil
	case bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) && bytes.Contains(head, []byte(`"catalogVersion"`)):
		return KEV, nil
	}
	// Lines of JSON: what the first one is about tells.
	first, _, _ := bytes.Cut(bytes.ReplaceAll(head, []byte(" "), nil), []byte("\n"))
	switch {
	case bytes.HasPrefix(first, []byte("{")) && bytes.Contains(first, []byte(`"reference":"composer://`)):
		return FriendsOfPHP, nil
	case bytes.HasPrefix(first, []byte("{")) && bytes.Contains(first, []byte(`"ecosystem":"Bitnami"`)):
		return Bitnami, nil
	}
	return format.Detect(in)
}

// Read is what came of one publication.
type Read struct {
	Records int             // read
	Skipped []advisory.Skip // could not be read, and were left out
	Edition string          // the publisher's own version, where it gives one
	Newest  time.Time       // the latest date that a record gives; zero: none gives one
	Head    string          // the CVE with the highest number
}

// Older reports whether the publication is older than another one of the same feed, as far as they tell.
func (r Read) Older(than Read) bool {
	if !r.Newest.IsZero() && !than.Newest.IsZero() {
		return r.Newest.Before(than.Newest)
	}
	return beforeCVE(r.Head, than.Head)
}

// Sane leaves out of the age what lies in the future: one record with a wrong year must not make every later
// publication look old.
func (r Read) Sane(now time.Time) Read {
	if r.Newest.After(now.Add(48 * time.Hour)) {
		r.Newest = time.Time{}
	}
	if year, _, ok := numbered(r.Head); ok && year > now.Year()+1 {
		r.Head = ""
	}
	return r
}

// beforeCVE orders CVEs by year and number.
func beforeCVE(a, b string) bool {
	ya, na, okA := numbered(a)
	yb, nb, okB := numbered(b)
	return okA && okB && (ya < yb || ya == yb && na < nb)
}

func numbered(cve string) (year, number int, ok bool) {
	parts := strings.Split(cve, "-")
	if len(parts) != 3 || parts[0] != "CVE" {
		return 0, 0, false
	}
	year, err := strconv.Atoi(parts[1])
	number, err2 := strconv.Atoi(parts[2])
	return year, number, err == nil && err2 == nil
}

// note keeps what tells the age of a publication.
func (r *Read) note(one *advisory.Record) {
	for _, at := range []time.Time{one.Published, one.Modified} {
		if at.After(r.Newest) {
			r.Newest = at
		}
	}
	for _, cve := range one.CVEs {
		if _, _, ok := numbered(cve); ok && (r.Head == "" || beforeCVE(r.Head, cve)) {
			r.Head = cve
		}
	}
}

// Builder puts publications together into a Shelf.
type Builder struct {
	index    *advisory.Builder
	dossiers map[string]*Dossier
	kev      *kev.Catalogue
	epss     *epss.Day
	apps     []advisory.Record // of web applications and their packages
}

// NewBuilder gives an empty builder.
func NewBuilder() *Builder {
	return &Builder{index: advisory.NewBuilder(), dossiers: map[string]*Dossier{}}
}

// Read takes a publication in. An error means that nothing may be concluded from it.
func (b *Builder) Read(kind format.Kind, in format.Text) (Read, error) {
	switch kind {
	case KEV:
		text := make([]byte, in.Size())
		if _, err := io.ReadFull(io.NewSectionReader(in, 0, in.Size()), text); err != nil {
			return Read{}, err
		}
		c, skipped, err := kev.Parse(text)
		if err != nil {
			return Read{}, err
		}
		b.kev = c
		return Read{Records: len(c.Entries), Skipped: skipped, Edition: c.Version, Newest: c.Released}, nil
	case EPSS:
		d, skipped, err := epss.Parse(io.NewSectionReader(in, 0, in.Size()))
		if err != nil {
			return Read{Skipped: skipped}, err
		}
		b.epss = d
		return Read{Records: len(d.Scores), Skipped: skipped, Edition: d.Model + " " + d.Date.Format("2006-01-02"), Newest: d.Date}, nil
	}
	var out Read
	var err error
	if parse, ok := lines[kind]; ok {
		text := make([]byte, in.Size())
		if _, err := io.ReadFull(io.NewSectionReader(in, 0, in.Size()), text); err != nil {
			return out, err
		}
		records, skipped := parse(string(text))
		for i := range records {
			out.note(&records[i])
			b.Add(records[i])
		}
		out.Records, out.Skipped = len(records), skipped
		if len(records) == 0 {
			err = fmt.Errorf("the publication holds no record that can be read")
		}
		return out, err
	}
	out.Skipped, err = format.Read(kind, in, func(r advisory.Record) {
		out.Records++
		out.note(&r)
		b.Add(r)
	})
	if err == nil && out.Records == 0 {
		err = fmt.Errorf("the publication holds no record that can be read")
	}
	return out, err
}

// Add takes one record in.
func (b *Builder) Add(r advisory.Record) {
	b.index.Add(r)
	if r.Withdrawn {
		return
	}
	if slices.ContainsFunc(r.Affected, func(a advisory.Affected) bool { _, _, packaged := a.Ecosystem.Release(); return !packaged }) {
		b.apps = append(b.apps, r)
	}
	for _, cve := range r.CVEs {
		d := b.dossiers[cve]
		if d == nil {
			d = &Dossier{CVE: cve}
			b.dossiers[cve] = d
		}
		d.add(&r)
	}
}

// Build closes the builder.
func (b *Builder) Build() *Shelf {
	s := &Shelf{Index: b.index.Build(), Applications: application.NewIndex(b.apps), dossiers: b.dossiers}
	for cve, d := range s.dossiers {
		d.sorted()
		if b.kev != nil {
			e, listed := b.kev.Entries[cve]
			d.KEV = &severity.KEV{Listed: listed, Added: e.Added, Ransomware: e.Ransomware, Catalogue: b.kev.Version}
		}
		if b.epss == nil {
			continue
		}
		if score, ok := b.epss.Scores[cve]; ok {
			d.EPSS = &severity.EPSS{Score: score.Probability, Percentile: score.Percentile, Model: b.epss.Model, Date: b.epss.Date}
		}
	}
	return s
}
