package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
	root, err := os.OpenRoot(d.Root)
	if err != nil {
		return source.Fetched{}, problem("Das Verzeichnis der Feeds ist nicht zu öffnen: "+reason(err), "The directory of the feeds cannot be opened: "+reason(err))
	}
	defer func() { _ = root.Close() }()
	for _, name := range append(append([]string{}, s.Files...), s.Name) {
		info, err := root.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return source.Fetched{}, unreadable(name, err)
		case !info.Mode().IsRegular():
			return source.Fetched{}, problem("„"+name+"“ ist keine gewöhnliche Datei.", `"`+name+`" is no regular file.`)
		case info.Size() > s.Limit:
			return source.Fetched{}, tooLarge(s.Limit)
		}
		stamp := source.Validators{ETag: strconv.FormatInt(info.Size(), 10) + "-" + strconv.FormatInt(info.ModTime().UnixNano(), 10), LastModified: name}
		out := source.Fetched{Validators: stamp, From: filepath.Join(d.Root, name)}
		if known == stamp {
			return out, nil
		}
		text, err := root.ReadFile(name)
		if err != nil {
			return source.Fetched{}, unreadable(name, err)
		}
		if len(text) == 0 {
			return source.Fetched{}, problem("„"+name+"“ ist leer.", `"`+name+`" is empty.`)
		}
		if err := proven(root, name, text); err != nil {
			return source.Fetched{}, err
		}
		out.Text = text
		return out, nil
	}
	return source.Fetched{}, &fault.Error{Code: fault.Unavailable,
		Text: lang.Textf("Im Verzeichnis der Feeds liegt keine Datei für „%[1]s“ (%[2]s).", `The directory of the feeds has no file for "%[1]s" (%[2]s).`, s.Name, strings.Join(s.Files, ", "))}
}

// proven holds a file against the checksums of the directory, where there are any.
func proven(root *os.Root, name string, text []byte) error {
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
	is := sha256.Sum256(text)
	for line := range strings.Lines(string(sums)) {
		sum, file, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.TrimPrefix(strings.TrimSpace(file), "*") != name {
			continue
		}
		if strings.EqualFold(sum, hex.EncodeToString(is[:])) {
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
