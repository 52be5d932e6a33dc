package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// record is one line of a journal: the signed order (the first line) or an event.
type record struct {
	Order *wire.Signed `json:"order,omitempty"`
	Event *run.Event   `json:"event,omitempty"`
	Boot  string       `json:"boot"` // the boot of the host during which the line was written
	// Safe is the sequence number up to which the journal was known to be on disk when this line was
	// written. It tells a torn end (nothing that was promised is lost) from damage.
	Safe int64 `json:"safe"`
}

// maxRecord bounds one line, in bytes: an order's document in base64, or a verdict with both
// observations of a large host.
const maxRecord = 3 << 20

var errLine = errors.New("checksum or form is wrong")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// line is the form on disk: CRC-32C in eight hex digits, a space, JSON, a newline.
func (r record) line() ([]byte, error) {
	doc, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("journal: marshal: %w", err)
	}
	if len(doc) > maxRecord {
		return nil, fmt.Errorf("journal: an entry of %d bytes is larger than %d", len(doc), maxRecord)
	}
	return seal(doc), nil
}

// seal puts the checksum before a document and a newline after it.
func seal(doc []byte) []byte {
	out := make([]byte, 0, len(doc)+10)
	out = fmt.Appendf(out, "%08x ", crc32.Checksum(doc, castagnoli))
	return append(append(out, doc...), '\n')
}

// unseal is the reverse of seal; the newline may have been taken off already.
func unseal(line []byte) ([]byte, error) {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	if len(line) < 10 || line[8] != ' ' {
		return nil, errLine
	}
	doc := line[9:]
	if string(fmt.Appendf(nil, "%08x", crc32.Checksum(doc, castagnoli))) != string(line[:8]) {
		return nil, errLine
	}
	return doc, nil
}

func parse(line []byte) (record, error) {
	doc, err := unseal(line)
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(doc, &r); err != nil {
		return record{}, fmt.Errorf("%w: %w", errLine, err)
	}
	if (r.Order == nil) == (r.Event == nil) {
		return record{}, errLine
	}
	return r, nil
}
