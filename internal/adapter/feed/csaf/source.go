package csaf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

const (
	// since is how far back a provider's documents are read: older ones are about software that is updated long ago.
	since = 2 * 366 * 24 * time.Hour
	// maxDocument bounds one document, in bytes.
	maxDocument = 8 << 20
	// perLook is how many documents one look fetches; the next look goes on.
	perLook = 400
)

// Source fetches publications of all kinds: those that are one file as they are, those of CSAF providers
// document by document. What it made of documents it keeps in a folder, so that each is fetched once; the
// publication is all of them together, as records, one a line.
type Source struct {
	Files feed.Fetcher
	Dir   string // for what was read of providers; private to the server
	Now   func() time.Time
}

// shelf is what is kept of a provider.
type shelf struct {
	Known   map[string]time.Time         `json:"known"`   // by address of a document
	Records map[string][]advisory.Record `json:"records"` // by address of a document
}

// Fetch looks whether a source has something new, and returns the whole publication then.
func (s *Source) Fetch(ctx context.Context, src source.Source, known source.Validators) (source.Fetched, error) {
	if src.Kind != source.CSAF {
		return s.Files.Fetch(ctx, src, known)
	}
	path := filepath.Join(s.Dir, src.Name+".json")
	kept := load(path)
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	walked, err := Walk(ctx, getter{&s.Files, src}, src.URL, Options{Since: now().Add(-since), Known: kept.Known, Hosts: src.Hosts, Documents: perLook, Now: now()})
	if err != nil {
		return source.Fetched{}, err
	}
	kept.Known = walked.Known
	for _, d := range walked.Documents {
		kept.Records[d.URL] = d.Records
	}
	text, err := kept.lines()
	switch {
	case err != nil:
		return source.Fetched{}, err
	case len(text) == 0 && walked.Missed > 0, walked.Missed > len(walked.Documents):
		return source.Fetched{}, &fault.Error{Code: fault.Unavailable, Text: lang.Textf(
			"Vom CSAF-Anbieter waren %[1]d Dokumente nicht zu holen.", "%[1]d documents of the CSAF provider could not be fetched.", walked.Missed)}
	case len(text) == 0:
		return source.Fetched{}, &fault.Error{Code: fault.Unavailable, Text: lang.T("Der CSAF-Anbieter hat keine lesbaren Dokumente.", "The CSAF provider has no readable documents.")}
	case int64(len(text)) > src.Limit:
		return source.Fetched{}, &fault.Error{Code: fault.Unavailable, Text: lang.Textf("Die Dokumente des CSAF-Anbieters ergeben mehr als %[1]d MiB.", "The CSAF provider's documents make more than %[1]d MiB.", src.Limit>>20)}
	}
	if err := save(path, kept); err != nil {
		return source.Fetched{}, err
	}
	sum := sha256.Sum256(text)
	out := source.Fetched{From: src.URL, Validators: source.Validators{ETag: hex.EncodeToString(sum[:])}}
	if known != out.Validators {
		out.Text = text
	}
	return out, nil
}

// lines are all records, one a line, in an order that does not depend on when they were read.
func (s *shelf) lines() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, address := range slices.Sorted(maps.Keys(s.Records)) {
		for _, r := range s.Records[address] {
			if err := e.Encode(r); err != nil {
				return nil, fmt.Errorf("write a record of %s: %w", address, err)
			}
		}
	}
	return b.Bytes(), nil
}

// getter fetches the files of a provider as the source allows it.
type getter struct {
	files  *feed.Fetcher
	source source.Source
}

// Get fetches one file.
func (g getter) Get(ctx context.Context, address string) ([]byte, error) {
	got, err := g.files.Fetch(ctx, source.Source{Name: g.source.Name, URL: address, Hosts: g.source.Hosts, Limit: maxDocument, Proof: "none"}, source.Validators{})
	return got.Text, err
}

// load reads what is kept. What is not there, or damaged, is made anew from the provider.
func load(path string) *shelf {
	s := &shelf{}
	if text, err := os.ReadFile(path); err != nil || json.Unmarshal(text, s) != nil || s.Known == nil || s.Records == nil {
		return &shelf{Known: map[string]time.Time{}, Records: map[string][]advisory.Record{}}
	}
	return s
}

// save keeps what was read: written beside, flushed, and then put in place.
func save(path string, s *shelf) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".shelf-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
