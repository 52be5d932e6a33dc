// Package format tells which publisher's format a text is in and reads it, so that whoever has a file
// need not know what it is called.
package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/osv"
	"github.com/patchwart/patchwart/internal/core/advisory/tracker"
)

// Kind is a format of advisories.
type Kind string

// The formats that Read knows.
const (
	TrackerJSON  Kind = "tracker-json"   // the Debian security tracker's JSON
	AdvisoryList Kind = "advisory-list"  // DSA/list, DLA/list
	CVEList      Kind = "cve-list"       // CVE/list
	AdvisoryJSON Kind = "advisory-lines" // advisories of the lists, one JSON object a line
	OSV          Kind = "osv"            // one OSV record
	OSVLines     Kind = "osv-lines"      // OSV records, one a line
	OSVZip       Kind = "osv-zip"        // a zip file of OSV records
	Records      Kind = "records"        // records in the form of package advisory, one a line
)

// Text is a text that can be read at any place, as a file and a byte slice's reader can.
type Text interface {
	io.ReaderAt
	Size() int64
}

// peek is how much of a text decides what it is.
const peek = 64 << 10

// maxText bounds the texts that are read whole: CVE/list, the largest, has about 40 MB.
const maxText = 512 << 20

// Detect tells the format of a text. The error says what would be right.
func Detect(in Text) (Kind, error) {
	head := make([]byte, min(peek, in.Size()))
	if _, err := in.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("PK\x03\x04")), bytes.HasPrefix(text, []byte("PK\x05\x06")):
		return OSVZip, nil
	case len(text) > 1 && text[0] == '[' && text[1] >= '0' && text[1] <= '9':
		return AdvisoryList, nil
	case bytes.HasPrefix(text, []byte("CVE-")), bytes.HasPrefix(text, []byte("TEMP-")):
		return CVEList, nil
	case len(text) > 0 && text[0] == '{':
		return object(text), nil
	}
	return "", fmt.Errorf("these are no advisories in a known format (%s): they begin with %.40q",
		strings.Join([]string{"the tracker's JSON", "DSA/list", "DLA/list", "CVE/list", "OSV", "a zip file of OSV", "advisories as JSON lines"}, ", "), text)
}

// object tells the formats apart that begin with a brace, by the keys of the outermost object.
func object(text []byte) Kind {
	keys, closed, rest := outermost(text)
	alone := len(bytes.TrimSpace(rest)) == 0
	switch {
	case keys["publisher"] && keys["id"]:
		return Records
	case keys["fixed"] && keys["id"] && !keys["affected"]:
		return AdvisoryJSON
	case keys["id"] && (keys["affected"] || keys["schema_version"] || keys["modified"] || keys["published"] || keys["severity"]):
		if closed && !alone {
			return OSVLines
		}
		return OSV
	}
	return TrackerJSON
}

// outermost lists the keys of the first object of a text, whether it ends within it, and what follows.
func outermost(text []byte) (keys map[string]bool, closed bool, rest []byte) {
	keys = map[string]bool{}
	depth, wantKey := 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
			wantKey = depth == 1 && text[i] == '{'
		case '}', ']':
			if depth--; depth == 0 {
				return keys, true, text[i+1:]
			}
		case ',':
			wantKey = depth == 1
		case '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(text) {
				return keys, false, nil
			}
			if wantKey {
				keys[string(text[i+1:end])] = true
				wantKey = false
			}
			i = end
		}
	}
	return keys, false, nil
}

// Read reads a text of a kind and gives its records one by one. What could not be read is returned; an
// error means that the text as a whole could not be, and that nothing may be concluded from it.
func Read(kind Kind, in Text, emit func(advisory.Record)) ([]advisory.Skip, error) {
	if kind == OSVZip {
		return osv.Archive(in, in.Size(), emit)
	}
	if kind == TrackerJSON {
		return tracker.JSON(io.NewSectionReader(in, 0, in.Size()), emit)
	}
	if in.Size() > maxText {
		return nil, fmt.Errorf("a text of this format has at most %d bytes, not %d", maxText, in.Size())
	}
	var whole strings.Builder
	whole.Grow(int(in.Size()))
	if _, err := io.Copy(&whole, io.NewSectionReader(in, 0, in.Size())); err != nil {
		return nil, err
	}
	var records []advisory.Record
	var skipped []advisory.Skip
	switch kind {
	case AdvisoryList:
		records, skipped = tracker.Advisories(whole.String())
	case CVEList:
		records, skipped = tracker.CVEs(whole.String())
	case AdvisoryJSON:
		records, skipped = tracker.Lines(whole.String())
	case OSV:
		r, err := osv.Parse([]byte(whole.String()))
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	case OSVLines:
		records, skipped = osv.Lines(whole.String())
	case Records:
		records, skipped = recordLines(whole.String())
	default:
		return nil, fmt.Errorf("%.40q is no format of advisories", kind)
	}
	if len(records) == 0 {
		return skipped, fmt.Errorf("the text holds no advisory that can be read")
	}
	for _, r := range records {
		emit(r)
	}
	return skipped, nil
}

// maxRecord bounds one line of records, in bytes.
const maxRecord = 8 << 20

// recordLines reads records in the form of package advisory, one a line: what adapters make of documents that
// come one by one, or of a publication that is too large to be kept. A line may also name what they could not
// read.
func recordLines(text string) (records []advisory.Record, skipped []advisory.Skip) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		var r struct {
			advisory.Record
			advisory.Skip
		}
		switch err := json.Unmarshal([]byte(line), &r); {
		case len(line) > maxRecord:
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: "the record is larger than any"})
		case err != nil:
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: err.Error()})
		case r.Place != "" && r.Why != "":
			skipped = append(skipped, r.Skip)
		case r.ID == "" || r.Publisher == "":
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: "a record needs an id and a publisher"})
		default:
			records = append(records, r.Record)
		}
	}
	return records, skipped
}
