package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Directory takes publications from a directory that somebody carries in, for servers that reach nobody.
// A source's file is the first that is there of the names the source has, and <name of the source>. Where
// the directory has a SHA256SUMS, what it says has to hold. Links are not followed.
type Directory struct{ Root string }

// sumsFile has the checksums of the other files, as sha256sum writes it.
const (
	sumsFile = "SHA256SUMS"
	maxSums  = 1 << 20 // bytes
)

// Fetch returns the source's file, unless it is the one that the validators are of. A source without a
// file is an error of its own: nothing is known to be new, or old.
func (d Directory) Fetch(_ context.Context, s source.Source, known source.Validators) (source.Fetched, error) {
	var text bytes.Buffer
	out, written, err := d.carry(s, known, &text)
	if written > 0 {
		out.Text = text.Bytes()
	}
	return out, err
}

// Save writes the source's file into another, as Fetcher.Save does.
func (d Directory) Save(_ context.Context, s source.Source, known source.Validators, to io.Writer) (source.Fetched, int64, error) {
	return d.carry(s, known, to)
}

func (d Directory) carry(s source.Source, known source.Validators, to io.Writer) (out source.Fetched, written int64, err error) {
	root, err := os.OpenRoot(d.Root)
	if err != nil {
		return out, 0, problem("Das Verzeichnis der Feeds ist nicht zu öffnen: "+reason(err), "The directory of the feeds cannot be opened: "+reason(err))
	}
	defer func() { _ = root.Close() }()
	for _, name := range append(append([]string{}, s.Files...), s.Name) {
		info, err := root.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return out, 0, unreadable(name, err)
		case !info.Mode().IsRegular():
			return out, 0, problem("„"+name+"“ ist keine gewöhnliche Datei.", `"`+name+`" is no regular file.`)
		case info.Size() > s.Limit:
			return out, 0, tooLarge(s.Limit)
		}
		stamp := source.Validators{ETag: strconv.FormatInt(info.Size(), 10) + "-" + strconv.FormatInt(info.ModTime().UnixNano(), 10), LastModified: name}
		out = source.Fetched{Validators: stamp, From: filepath.Join(d.Root, name)}
		if known == stamp {
			return out, 0, nil
		}
		sum := sha256.New()
		written, err = pour(root, name, io.MultiWriter(to, sum), s.Limit)
		switch {
		case err != nil:
			return source.Fetched{}, 0, unreadable(name, err)
		case written == 0:
			return source.Fetched{}, 0, problem("„"+name+"“ ist leer.", `"`+name+`" is empty.`)
		case written > s.Limit:
			return source.Fetched{}, 0, tooLarge(s.Limit)
		}
		if err := proven(root, name, sum.Sum(nil)); err != nil {
			return source.Fetched{}, 0, err
		}
		return out, written, nil
	}
	return out, 0, &fault.Error{Code: fault.Unavailable,
		Text: lang.Textf("Im Verzeichnis der Feeds liegt keine Datei für „%[1]s“ (%[2]s).", `The directory of the feeds has no file for "%[1]s" (%[2]s).`, s.Name, strings.Join(s.Files, ", "))}
}

// pour copies a file, one byte more than the limit at most.
func pour(root *os.Root, name string, to io.Writer, limit int64) (int64, error) {
	f, err := root.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	return io.Copy(to, io.LimitReader(f, limit+1))
}

// proven holds a file against the checksums of the directory, where there are any.
func proven(root *os.Root, name string, is []byte) error {
	info, err := root.Lstat(sumsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSums {
		return problem("Die Datei "+sumsFile+" ist nicht zu gebrauchen.", "The file "+sumsFile+" cannot be used.")
	}
	sums, err := root.ReadFile(sumsFile)
	if err != nil {
		return unreadable(sumsFile, err)
	}
	for line := range strings.Lines(string(sums)) {
		sum, file, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.TrimPrefix(strings.TrimSpace(file), "*") != name {
			continue
		}
		if strings.EqualFold(sum, hex.EncodeToString(is)) {
			return nil
		}
		return problem("„"+name+"“ passt nicht zu seiner Prüfsumme in "+sumsFile+".", `"`+name+`" does not match its checksum in `+sumsFile+".")
	}
	return problem("„"+name+"“ hat keine Prüfsumme in "+sumsFile+".", `"`+name+`" has no checksum in `+sumsFile+".")
}

func unreadable(name string, err error) error {
	return problem("„"+name+"“ ist nicht zu lesen: "+reason(err), `"`+name+`" cannot be read: `+reason(err))
}

// reason is why the operating system refuses, without the path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
