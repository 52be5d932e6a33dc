package measure

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// stage is how far a measure has come.
type stage string

const (
	saved   stage = "saved"    // what will have to be put back is kept; nothing was written
	begun   stage = "begun"    // it is being put in place, or taken back: some of it may be there
	inForce stage = "in_force" // it was put in place whole; whether it still holds is looked at
	lifted  stage = "lifted"   // it was taken back
)

// Kept is the record of a measure on the host.
type Kept struct {
	Measure mitigation.Measure `json:"measure"`
	Before  Before             `json:"before"`
	Stage   stage              `json:"stage"`
}

// Before is what a measure will have to put back.
type Before struct {
	Units  []fact.Unit     `json:"units,omitempty"`  // that it stops, in the order of stopping, with their states
	Listen []fact.Listener `json:"listen,omitempty"` // what these served
	Target string          `json:"target,omitempty"` // the file that it makes; nothing was there
	// Service is what reads the file, and Active whether it ran.
	Service string `json:"service,omitempty"`
	Active  bool   `json:"active,omitempty"`
}

// there reports whether some of the measure may be on the host.
func (k Kept) there() bool { return k.Stage == begun || k.Stage == inForce }

// Things counts what is kept.
func (k Kept) Things() int {
	return len(k.Before.Units) + len(k.Before.Listen) + 1
}

// Hash names the content of the record without its stage.
func (k Kept) hash() string {
	k.Stage = ""
	doc, err := json.Marshal(k)
	if err != nil { // no field can fail to marshal
		panic("measure: " + err.Error())
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}

// ManifestSHA256 names the content of the record.
func (k Kept) ManifestSHA256() string { return k.hash() }

// taking words the taking back of a measure.
func taking(m mitigation.Measure) lang.Text {
	return lang.Textf("Maßnahme zurücknehmen (%[1]s)", "take the measure back (%[1]s)", m.Text())
}

// Bounds of the records.
const (
	maxRecord = 256 << 10
	keepOver  = 50 // records of measures that are not in force
)

func (d *Desk) record(id string) string { return filepath.Join(d.Dir, id+".json") }

// load reads a record; ok is false when there is none.
func (d *Desk) load(id string) (k Kept, ok bool, err error) {
	text, err := os.ReadFile(d.path(d.record(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return k, false, nil
	}
	if err == nil && len(text) > maxRecord {
		err = fmt.Errorf("%d bytes are too many", len(text))
	}
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err == nil && k.Measure.ID != id {
		err = fmt.Errorf("it is of measure %.80q", k.Measure.ID)
	}
	if err != nil {
		return Kept{}, false, fmt.Errorf("record of measure %s: %w", id, err)
	}
	return k, true, nil
}

func (d *Desk) store(k Kept) error {
	if err := os.MkdirAll(d.path(d.Dir), 0o700); err != nil {
		return fmt.Errorf("record of measure %s: %w", k.Measure.ID, err)
	}
	doc, err := json.Marshal(k)
	if err == nil {
		err = durable.Write(d.path(d.record(k.Measure.ID)), doc)
	}
	if err != nil {
		return fmt.Errorf("record of measure %s: %w", k.Measure.ID, err)
	}
	return nil
}

// list reads all records, in the order of their names.
func (d *Desk) list() ([]Kept, error) {
	entries, err := os.ReadDir(d.path(d.Dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("records of measures: %w", err)
	}
	var list []Kept
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || strings.HasPrefix(id, ".") {
			continue
		}
		k, found, err := d.load(id)
		if err != nil {
			return nil, err
		}
		if found {
			list = append(list, k)
		}
	}
	return list, nil
}

// prune removes the oldest records of what is not in force, by their names, which begin with the time.
func (d *Desk) prune() error {
	list, err := d.list()
	list = slices.DeleteFunc(list, func(k Kept) bool { return k.there() })
	for i := 0; err == nil && i < len(list)-keepOver; i++ {
		err = os.Remove(d.path(d.record(list[i].Measure.ID)))
	}
	return err
}

// remove deletes a file durably. That it, or its folder, is not there is no error.
func remove(path string) error {
	if err := durable.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
