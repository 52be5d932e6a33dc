package cli

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Bounds of what is read, unpacked. The largest publication, all of OSV's Debian, unpacks from 60 MB.
const (
	maxAdvisories = 1 << 30
	maxStatus     = 256 << 20
)

// readAdvisories reads files of advisories in any known format into one index. A record that cannot be
// read is told and left out; a file that cannot be read ends it: half of what is known would look like
// fewer holes.
func (a *app) readAdvisories(files []string) (*advisory.Index, error) {
	b := advisory.NewBuilder()
	for _, name := range files {
		text, err := a.readPacked(name, maxAdvisories)
		if err != nil {
			return nil, err
		}
		in := bytes.NewReader(text)
		kind, err := format.Detect(in)
		if err != nil {
			return nil, notAdvisories(name, err)
		}
		skipped, err := format.Read(kind, in, b.Add)
		if err != nil {
			return nil, notAdvisories(name, err)
		}
		a.skipped(name, skipped)
	}
	return b.Build(), nil
}

func notAdvisories(name string, err error) error {
	return &client.Error{Code: client.CodeInvalid,
		Text: lang.Textf("%[1]s ist nicht als Meldungen zu lesen: %[2]s", "%[1]s cannot be read as advisories: %[2]s", name, err.Error())}
}

// skipped tells the first few records that were left out, and how many there are.
func (a *app) skipped(name string, skipped []advisory.Skip) {
	const shown = 5
	for _, s := range skipped[:min(shown, len(skipped))] {
		a.warn(clean(fmt.Sprintf("%s: %s: %s", name, s.Place, s.Why)))
	}
	if len(skipped) > 0 {
		a.warn(clean(a.tf(lang.T("%[1]s: %[2]d Meldungen nicht lesbar und ausgelassen.", "%[1]s: %[2]d advisories unreadable and left out."), name, len(skipped))))
	}
}

// readStatus reads a status file.
func (a *app) readStatus(name string) (string, error) {
	text, err := a.readPacked(name, maxStatus)
	return string(text), err
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// readPacked reads a file, or standard input for -, and unpacks it if it is compressed with gzip or
// zstd, whatever it is called.
func (a *app) readPacked(name string, most int64) ([]byte, error) {
	text, err := a.readWhole(name, most)
	if err != nil {
		return nil, err
	}
	var in io.Reader
	switch {
	case bytes.HasPrefix(text, gzipMagic):
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, cannotUnpack(name, err)
		}
		in = z
	case bytes.HasPrefix(text, zstdMagic):
		z, err := zstd.NewReader(bytes.NewReader(text), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(most)))
		if err != nil {
			return nil, cannotUnpack(name, err)
		}
		defer z.Close()
		in = z
	default:
		return text, nil
	}
	unpacked, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(unpacked)) > most {
		err = fmt.Errorf("it unpacks to more than %d bytes", most)
	}
	if err != nil {
		return nil, cannotUnpack(name, err)
	}
	return unpacked, nil
}

// readWhole reads a regular file in one piece of the right size, anything else as it comes.
func (a *app) readWhole(name string, most int64) ([]byte, error) {
	if name != "-" && !strings.HasPrefix(name, "/dev/") {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Size() <= most {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, cannotRead(name, err)
			}
			return text, nil
		}
	}
	return a.readInput(name, most)
}

func cannotUnpack(name string, err error) error {
	return &client.Error{Code: client.CodeInvalid,
		Text: lang.Textf("%[1]s ist nicht auszupacken: %[2]s", "%[1]s cannot be unpacked: %[2]s", name, err.Error())}
}
