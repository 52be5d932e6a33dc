package server

import (
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/store"
)

// pastOf is what counts of a system's runs for the next one.
func pastOf(runs []store.Run) []cadence.Past {
	past := make([]cadence.Past, len(runs))
	for i, r := range runs {
		past[i] = cadence.Past{ID: r.ID, Over: r.Stage == board.Over, Outcome: r.Outcome, Ended: r.Ended, Slot: r.Slot, Ground: r.Ground}
	}
	return past
}
