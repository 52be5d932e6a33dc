package apt

import "strings"

// Kind is what apt's complaint is about.
type Kind string

// The kinds of complaints, in the order in which they outrank each other when several are uttered.
const (
	KindLock      Kind = "lock"      // another package manager works
	KindSpace     Kind = "space"     // no room
	KindSignature Kind = "signature" // not signed, wrongly signed, or not what was signed
	KindExpired   Kind = "expired"   // the release file is past its date, or not yet valid
	KindGone      Kind = "gone"      // the archive no longer has it
	KindNetwork   Kind = "network"   // could not be had
	KindOther     Kind = "other"
)

var order = []Kind{KindLock, KindSpace, KindSignature, KindExpired, KindGone, KindNetwork, KindOther}

// phrases are what apt says in the C locale, the same in releases 11 to 13.
var phrases = []struct {
	text string
	kind Kind
}{
	{"Could not get lock", KindLock},
	{"Unable to acquire the dpkg frontend lock", KindLock},
	{"Unable to lock", KindLock},
	{"is held by process", KindLock},
	{"Problem renaming the file /var/cache/apt/", KindLock}, // another apt made its caches anew at the same moment
	{"No space left on device", KindSpace},
	{"You don't have enough free space", KindSpace},
	{"Hash Sum mismatch", KindSignature},
	{"has unexpected size", KindSignature},
	{"Hashes of expected file", KindSignature},
	{"Insufficient information available to perform this download securely", KindSignature},
	{"is not signed", KindSignature},
	{"is no longer signed", KindSignature},
	{"GPG error", KindSignature},
	{"signature verification", KindSignature},
	{"signatures were invalid", KindSignature},
	{"NO_PUBKEY", KindSignature},
	{"cannot be authenticated", KindSignature},
	{"unauthenticated packages", KindSignature},
	{"is expired (invalid since", KindExpired},
	{"is not valid yet (invalid for another", KindExpired},
	{"does not have a Release file", KindGone},
	{"404  Not Found", KindGone},
	{"was not found", KindGone},
	{"Unable to find expected entry", KindGone},
	{"Failed to fetch", KindNetwork},
	{"Temporary failure", KindNetwork},
	{"Could not connect", KindNetwork},
	{"Could not resolve", KindNetwork},
	{"Some index files failed to download", KindNetwork},
}

const maxComplaints = 50

// Complaints gives what apt complained about, in its own words, and the gravest kind. Errors (E:) and
// failed downloads (Err:) count always; of the warnings (W:), those that say that something was not
// refreshed or not verified. No complaint and kind "" is the only good answer.
func Complaints(output string) (list []string, kind Kind) {
	worst := len(order)
	for line := range strings.SplitSeq(output, "\n") {
		line = strings.TrimSpace(line)
		k, counts := classify(line)
		if !counts {
			continue
		}
		for i, o := range order {
			if o == k && i < worst {
				worst = i
			}
		}
		if len(list) < maxComplaints {
			list = append(list, line)
		}
	}
	if worst == len(order) {
		return list, ""
	}
	return list, order[worst]
}

func classify(line string) (Kind, bool) {
	isError := strings.HasPrefix(line, "E: ") || strings.HasPrefix(line, "Err:") || strings.HasPrefix(line, "dpkg: error")
	if !isError && !strings.HasPrefix(line, "W: ") {
		return "", false
	}
	for _, p := range phrases {
		if strings.Contains(line, p.text) {
			return p.kind, true
		}
	}
	if isError {
		return KindOther, true
	}
	// Any other warning is about how the host is set up (a repository listed twice, an old key ring),
	// not about what was downloaded. Hosts in the field utter such for years.
	return "", false
}
