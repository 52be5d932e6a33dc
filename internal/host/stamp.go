package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// Stamps are small files that have to outlive a crash of the agent or of the host.
const (
	refreshStamp = "indices.json"  // when the package lists were last refreshed completely
	applyStamp   = "applying.json" // in which boot the package manager was let loose
	beforeStamp  = "before.json"   // what ran and listened before the change
	viewStamp    = "view.json"     // which lists the run's calls of apt read
	pinsFile     = "pins"
)

// refreshed tells of the last refreshes.
type refreshed struct {
	Complete int64    `json:"complete"`         // seconds since 1970 of the last complete one
	Errors   []string `json:"errors,omitempty"` // what the last one complained about
}

// applying tells of the last time the package manager was let loose. Boot tells whether the host was
// started anew since: what had not been flushed by then may be lost, whatever the database says.
type applying struct {
	Boot    string `json:"boot"`
	Flushed bool   `json:"flushed"`
}

// before is the observation that a run compares with.
type before struct {
	Order       string              `json:"order"`
	Observation verdict.Observation `json:"observation"`
}

const maxStamp = 4 << 20

// load reads a stamp into v; false if there is none. A stamp that cannot be read is an error.
func (m *Machine) load(name string, v any) (bool, error) {
	path := m.path(m.state(name))
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && info.Size() > maxStamp {
		err = fmt.Errorf("%d bytes are too many", info.Size())
	}
	if err != nil {
		return false, fmt.Errorf("host: read stamp %s: %w", name, err)
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return false, fmt.Errorf("host: read stamp %s: %w; remove %s if it is damaged", name, err, path)
	}
	return true, nil
}

// save writes a stamp so that it is there after a power cut.
func (m *Machine) save(name string, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		err = durable.Write(m.path(m.state(name)), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("host: keep stamp %s: %w", name, err)
	}
	return nil
}
