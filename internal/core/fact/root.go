package fact

import "cmp"

// Holder is one way in which somebody can become root on the host. The provider answers for a system only
// while the customer has none (MH1-02, MH2-13).
type Holder struct {
	Way  Way    `json:"way"`
	Who  string `json:"who"`  // account, or the key's fingerprint and comment
	From string `json:"from"` // the file that says so
}

// Way is how somebody becomes root.
type Way string

// The ways that are looked at. What a password opens cannot be seen: who knows it is nobody's file.
const (
	ByAccount Way = "account" // an account with the user ID 0
	ByGroup   Way = "group"   // member of a group that the distribution lets become root, or that is as good as root
	BySudoers Way = "sudoers" // a line of sudo's rules
	ByKey     Way = "key"     // an SSH key that opens an account with the user ID 0
	Unread    Way = "unread"  // a file that could not be read whole: nobody knows what it grants
)

// NewHolders are those of now that were not there before, in order.
func NewHolders(before, now []Holder) []Holder {
	known := map[Holder]bool{}
	for _, h := range before {
		known[h] = true
	}
	var fresh []Holder
	for _, h := range now {
		if !known[h] {
			fresh = append(fresh, h)
		}
	}
	return fresh
}

func compareHolders(a, b Holder) int {
	return cmp.Or(cmp.Compare(a.Way, b.Way), cmp.Compare(a.Who, b.Who), cmp.Compare(a.From, b.From))
}

// Conffile is a file of configuration that the customer had changed, and of which a package brought a new one
// that was laid beside it: somebody has to look at both. It is open until the new one is gone.
type Conffile struct {
	Path    string `json:"path"`    // the one in use
	Offered string `json:"offered"` // the package's, beside it
	// Diff leads from the one in use to the offered one, bounded, with what looks like a secret left out. It
	// is empty where not everybody on the host may read both.
	Diff string `json:"diff,omitempty"`
}
