package dossier

import (
	"bytes"
	"fmt"
	"io"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/epss"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/advisory/kev"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// The kinds of publications besides those of the package format.
const (
	KEV  format.Kind = "kev"  // CISA's catalogue
	EPSS format.Kind = "epss" // FIRST's estimates of a day
)

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
	return format.Detect(in)
}

// Read is what came of one publication.
type Read struct {
	Records int             // read
	Skipped []advisory.Skip // could not be read, and were left out
	Edition string          // the publisher's own version, where it gives one
}

// Builder puts publications together into a Shelf.
type Builder struct {
	index    *advisory.Builder
	dossiers map[string]*Dossier
	kev      *kev.Catalogue
	epss     *epss.Day
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
		return Read{len(c.Entries), skipped, c.Version}, nil
	case EPSS:
		d, skipped, err := epss.Parse(io.NewSectionReader(in, 0, in.Size()))
		if err != nil {
			return Read{Skipped: skipped}, err
		}
		b.epss = d
		return Read{len(d.Scores), skipped, d.Model + " " + d.Date.Format("2006-01-02")}, nil
	}
	var out Read
	var err error
	out.Skipped, err = format.Read(kind, in, func(r advisory.Record) {
		out.Records++
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
	s := &Shelf{Index: b.index.Build(), dossiers: b.dossiers}
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
