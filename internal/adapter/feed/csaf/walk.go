package csaf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Getter fetches one address. It bounds time and size and follows no redirect to elsewhere.
type Getter interface {
	Get(ctx context.Context, url string) ([]byte, error)
}

// Options say what a walk takes, and what it demands.
type Options struct {
	// Since is the oldest change that is of interest; zero: all.
	Since time.Time
	// Known has the time of the change that was read last, by address of a document. What has not changed
	// since is not fetched again. Walked.Known is the next walk's.
	Known map[string]time.Time
	// Hosts may hold distributions besides the metadata's own host: host or host:port.
	Hosts []string
	// Documents is how many are fetched at most; 0: 1000. The newest come first, and the next walk goes on.
	Documents int
	// Bytes is how much is fetched at most, of documents; 0: 512 MiB.
	Bytes int64
	// Keys demand a valid signature of each document, if there are any.
	Keys Keyring
	// Now is the time at which keys and signatures have to be valid.
	Now time.Time
	// Restricted takes documents of TLP:AMBER and TLP:RED, too.
	Restricted bool
}

const (
	defaultDocuments = 1000
	defaultBytes     = 512 << 20
)

// Found is a document and where it was.
type Found struct {
	Document
	URL     string
	Changed time.Time // as the listing says; zero: it does not
	Signer  string    // fingerprint of the key; empty: signatures were not asked for
}

// Walked is what a walk brought.
type Walked struct {
	Provider  Provider
	Documents []Found
	Skips     []advisory.Skip      // broken documents and listings; what was broken is not fetched again until it changes
	Known     map[string]time.Time // for the next walk
	Missed    int                  // documents that could not be fetched; the next walk tries again
	More      bool                 // there are more documents than this walk may fetch
}

// Walk goes from a provider's metadata over its listings to the documents that are new. A broken document
// or listing is reported and skipped. An error means that nothing may be concluded about what is new: the
// metadata or all listings were out of reach, or the context ended; what was found until then is returned.
func Walk(ctx context.Context, get Getter, metadata string, o Options) (Walked, error) {
	w := walk{get: get, o: o, out: Walked{Known: map[string]time.Time{}}}
	w.o.Documents = cmp.Or(o.Documents, defaultDocuments)
	w.o.Bytes = cmp.Or(o.Bytes, defaultBytes)
	for address, at := range o.Known {
		w.out.Known[address] = at
	}
	at, err := place(metadata)
	if err != nil {
		return w.out, unusable(err)
	}
	w.hosts = append(slices.Clone(o.Hosts), at.Host)
	text, err := get.Get(ctx, metadata)
	if err != nil {
		return w.out, unusable(err)
	}
	provider, skips, err := ParseProvider(text)
	if err != nil {
		return w.out, unusable(err)
	}
	w.out.Provider, w.out.Skips = provider, skips
	if err := w.list(ctx); err != nil {
		return w.out, err
	}
	for _, c := range Due(w.listed, o.Since) {
		if before, known := o.Known[c.Name]; known && !c.At.After(before) {
			continue
		}
		if w.fetched >= w.o.Documents || w.bytes >= w.o.Bytes {
			w.out.More = true
			break
		}
		w.document(ctx, c)
		if ctx.Err() != nil {
			return w.out, ctx.Err()
		}
	}
	return w.out, nil
}

func unusable(cause error) error {
	return &fault.Error{
		Code: fault.Unavailable, Cause: cause,
		Text: lang.T("Die Metadaten des CSAF-Anbieters sind nicht zu gebrauchen.", "The CSAF provider's metadata cannot be used."),
		Mend: lang.T("Prüfen Sie die Adresse der provider-metadata.json.", "Check the address of provider-metadata.json."),
	}
}

// walk is one walk under way.
type walk struct {
	get     Getter
	o       Options
	out     Walked
	hosts   []string
	listed  []Change // with addresses in full
	fetched int
	bytes   int64
}

func (w *walk) skip(at string, err error) { w.out.Skips = skipped(w.out.Skips, at, err) }

// list reads all listings. It fails only if none could be read. index.txt stands in for changes.csv; as it
// gives no times, it brings new documents, and not the changes of known ones.
func (w *walk) list(ctx context.Context) error {
	var last error
	read, named := 0, 0
	take := func(listing, folder string, parse func([]byte) ([]Change, []advisory.Skip, error)) bool {
		named++
		err := w.listing(ctx, listing, folder, parse)
		if err == nil {
			read++
			return true
		}
		w.skip(listing, err)
		last = err
		return false
	}
	for _, f := range w.out.Provider.Feeds {
		if w.o.Restricted || !(Document{TLP: f.TLP}).Restricted() {
			take(f.URL, folderOf(f.URL), ParseROLIE)
		}
	}
	for _, folder := range w.out.Provider.Folders {
		if !take(folder+"changes.csv", folder, ParseChanges) && ctx.Err() == nil {
			take(folder+"index.txt", folder, ParseIndex)
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case read > 0:
		return nil
	case named == 0:
		last = errors.New("the metadata names no distribution that may be fetched")
	}
	return &fault.Error{
		Code: fault.Unavailable, Cause: last,
		Text: lang.T("Keine Liste des CSAF-Anbieters ist zu lesen; ob es neue Meldungen gibt, ist unbekannt.", "No listing of the CSAF provider can be read; whether there are new advisories is unknown."),
		Mend: lang.T("Der nächste Abruf versucht es wieder.", "The next fetch tries again."),
	}
}

// listing reads one listing. Names that lead elsewhere are reported and left out.
func (w *walk) listing(ctx context.Context, address, folder string, parse func([]byte) ([]Change, []advisory.Skip, error)) error {
	at, err := url.Parse(address)
	if err != nil || !slices.Contains(w.hosts, at.Host) {
		return fmt.Errorf("the distribution lies on another host than the metadata; only an operator may allow that")
	}
	text, err := w.get.Get(ctx, address)
	if err != nil {
		return err
	}
	changes, skips, err := parse(text)
	if err != nil {
		return err
	}
	for _, s := range skips {
		w.skip(folder+" "+s.Place, errors.New(s.Why))
	}
	for _, c := range changes {
		full, err := below(folder, c.Name)
		if err == nil {
			c.Name = full
			c.Hashes, err = allBelow(folder, c.Hashes)
		}
		if err == nil && c.Signature != "" {
			c.Signature, err = below(folder, c.Signature)
		}
		if err != nil {
			w.skip(address, err)
			continue
		}
		w.listed = append(w.listed, c)
	}
	return nil
}

func allBelow(folder string, names []string) ([]string, error) {
	var out []string
	for _, n := range names {
		full, err := below(folder, n)
		if err != nil {
			return nil, err
		}
		out = append(out, full)
	}
	return out, nil
}

// document fetches, proves and reads one document.
func (w *walk) document(ctx context.Context, c Change) {
	w.fetched++
	text, err := w.get.Get(ctx, c.Name)
	if err != nil {
		w.out.Missed++
		w.skip(c.Name, err)
		return
	}
	w.bytes += int64(len(text))
	signer, err := w.proven(ctx, c, text)
	var absent *absentError
	if errors.As(err, &absent) { // not the document's fault, and perhaps there next time
		w.out.Missed++
		w.skip(c.Name, err)
		return
	}
	var d Document
	if err == nil {
		d, err = ReadDocument(c.Name, text)
	}
	if err == nil && d.Restricted() && !w.o.Restricted {
		err = fmt.Errorf("the document is TLP:%s, and such documents are not taken here", d.TLP)
	}
	w.out.Known[c.Name] = c.At
	if err != nil {
		w.skip(c.Name, err)
		return
	}
	w.out.Documents = append(w.out.Documents, Found{Document: d, URL: c.Name, Changed: c.At, Signer: signer})
}

// absentError is a proof that could not be fetched.
type absentError struct{ cause error }

func (e *absentError) Error() string {
	return "its hash or signature cannot be fetched: " + e.cause.Error()
}
func (e *absentError) Unwrap() error { return e.cause }

// proven checks hash and signature. A hash has to be there if the provider's role demands it, a signature if
// keys are given.
func (w *walk) proven(ctx context.Context, c Change, text []byte) (signer string, err error) {
	sums := c.Hashes
	if len(sums) == 0 {
		sums = []string{c.Name + ".sha512", c.Name + ".sha256"}
	}
	err = errors.New("the listing names no SHA-256 or SHA-512")
	for _, address := range sums {
		check := CheckSHA512
		if strings.HasSuffix(address, ".sha256") {
			check = CheckSHA256
		} else if !strings.HasSuffix(address, ".sha512") {
			continue
		}
		var sum []byte
		if sum, err = w.get.Get(ctx, address); err != nil {
			continue
		}
		if err := check(c.Name, text, sum); err != nil {
			return "", err
		}
		break
	}
	if err != nil && w.out.Provider.Hashed() {
		return "", &absentError{err}
	}
	if w.o.Keys.Empty() {
		return "", nil
	}
	signature, err := w.get.Get(ctx, cmp.Or(c.Signature, c.Name+".asc"))
	if err != nil {
		return "", &absentError{err}
	}
	return w.o.Keys.Verify(text, signature, w.o.Now)
}
