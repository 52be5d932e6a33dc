package record

import (
	"github.com/patchwart/patchwart/internal/core/lang"
)

// What is how something does not match.
type What string

// The ways in which a record can be broken.
const (
	EntryAltered      What = "entry_altered"      // the entry is not the one that was written
	EntryMissing      What = "entry_missing"      // an entry was taken out
	HashAltered       What = "hash_altered"       // a stored hash of the tree is not the one that was written
	StateAltered      What = "state_altered"      // the entry is whole; the row it speaks of says something else
	StateMissing      What = "state_missing"      // the entry is whole; the row it speaks of is gone
	StateUnrecorded   What = "state_unrecorded"   // there is a row that no entry speaks of
	Truncated         What = "truncated"          // a signed checkpoint speaks of more entries than there are
	Rewritten         What = "rewritten"          // entries and hashes agree, but contradict a signed checkpoint
	CheckpointAltered What = "checkpoint_altered" // a kept checkpoint is malformed, or not signed by a known key
)

// NoIndex stands for an entry that is not there.
const NoIndex = -1

// Broken is the first thing that does not match.
type Broken struct {
	Index   int64  // of the entry; NoIndex for StateUnrecorded
	Last    int64  // Rewritten and Truncated: the last entry that is in doubt, Index being the first
	Kind    string // of the entry, where one is there
	Subject string
	What    What
}

// Text says it to people.
func (b Broken) Text() lang.Text {
	switch b.What {
	case EntryAltered:
		return lang.Textf("Eintrag %[1]d (%[2]s %[3]s) ist nicht der, der geschrieben wurde.",
			"Entry %[1]d (%[2]s %[3]s) is not the one that was written.", b.Index, b.Kind, b.Subject)
	case EntryMissing:
		return lang.Textf("Eintrag %[1]d fehlt.", "Entry %[1]d is missing.", b.Index)
	case HashAltered:
		return lang.Textf("Eine gespeicherte Prüfsumme zu Eintrag %[1]d (%[2]s %[3]s) ist nicht die, die geschrieben wurde.",
			"A stored hash that belongs to entry %[1]d (%[2]s %[3]s) is not the one that was written.", b.Index, b.Kind, b.Subject)
	case StateAltered:
		return lang.Textf("Eintrag %[1]d ist unversehrt, aber die Zeile %[2]s %[3]s in der Datenbank sagt etwas anderes.",
			"Entry %[1]d is whole, but the row %[2]s %[3]s in the database says something else.", b.Index, b.Kind, b.Subject)
	case StateMissing:
		return lang.Textf("Eintrag %[1]d ist unversehrt, aber die Zeile %[2]s %[3]s fehlt in der Datenbank.",
			"Entry %[1]d is whole, but the row %[2]s %[3]s is missing from the database.", b.Index, b.Kind, b.Subject)
	case StateUnrecorded:
		return lang.Textf("Für die Zeile %[1]s %[2]s in der Datenbank gibt es keinen Eintrag.",
			"There is no entry for the row %[1]s %[2]s in the database.", b.Kind, b.Subject)
	case Truncated:
		return lang.Textf("Das Ende fehlt: ein signierter Prüfpunkt kennt noch die Einträge %[1]d bis %[2]d.",
			"The end is missing: a signed checkpoint knows the entries %[1]d to %[2]d as well.", b.Index, b.Last)
	case Rewritten:
		return lang.Textf("Zwischen Eintrag %[1]d und %[2]d wurde umgeschrieben: der signierte Prüfpunkt darüber passt nicht.",
			"Something between entry %[1]d and %[2]d was rewritten: the signed checkpoint above them does not match.", b.Index, b.Last)
	}
	return lang.Textf("Der Prüfpunkt nach %[1]s Einträgen ist verändert oder nicht von uns signiert.",
		"The checkpoint after %[1]s entries was altered or is not signed by us.", b.Subject)
}
