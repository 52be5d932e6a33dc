package osv

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// Bounds of an archive: Debian's has about 60,000 records and 500 MB unpacked, Ubuntu's about as many and
// 10 GB, because each lists every version and every binary package of every kernel.
const (
	maxRecords  = 1_000_000
	maxUnpacked = 40 << 30
)

// Archive reads a zip file of records, one a file. Records that cannot be read are reported; an archive
// that cannot be read to its end is an error, and what came before must then not replace what is known.
func Archive(in io.ReaderAt, size int64, emit func(advisory.Record)) (skipped []advisory.Skip, err error) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, fmt.Errorf("the zip file cannot be read: %w", err)
	}
	if len(z.File) > maxRecords {
		return nil, fmt.Errorf("the zip file holds %d files, more than %d", len(z.File), maxRecords)
	}
	buffer := make([]byte, 0, 64<<10)
	var unpacked int64
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".json") {
			continue
		}
		buffer, err = contents(f, buffer[:0])
		if err != nil {
			return skipped, fmt.Errorf("%s: %w", f.Name, err)
		}
		if unpacked += int64(len(buffer)); unpacked > maxUnpacked {
			return skipped, fmt.Errorf("the zip file unpacks to more than %d bytes", int64(maxUnpacked))
		}
		r, err := Parse(buffer)
		if err != nil {
			skipped = append(skipped, advisory.Skip{Place: f.Name, Why: err.Error()})
			continue
		}
		emit(r)
	}
	return skipped, nil
}

// contents reads a file of the archive. One that is larger than any record is cut just past the bound,
// so that Parse says so.
func contents(f *zip.File, into []byte) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	limited := io.LimitReader(in, MaxRecord+1)
	for {
		if len(into) == cap(into) {
			into = append(into, 0)[:len(into)]
		}
		n, err := limited.Read(into[len(into):cap(into)])
		into = into[:len(into)+n]
		if err == io.EOF {
			return into, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Lines reads records as JSON lines, one a line.
func Lines(text string) (records []advisory.Record, skipped []advisory.Skip) {
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, err := Parse([]byte(line))
		if err != nil {
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: err.Error()})
			continue
		}
		records = append(records, r)
	}
	return records, skipped
}
