// Package severity rates how bad a hole is, from everything that is said about it: CVSS vectors of several
// publishers, the catalogue of known exploited holes (CISA KEV), the exploit prediction (FIRST EPSS), Debian's
// urgency and the publishers' own words. What makes a hole critical (IT-33: strangers can take a system over
// from afar) is a rule in data, see critical.yaml and Parse.
//
// Everything is three-valued. What nobody said is unknown, and unknown never turns into "not critical": a
// rating that could still be worse once more is known is Unknown itself, and says what is missing and between
// which levels it lies.
//
// Three decisions, so that no order of lines and no gap hides a hole:
//   - Of several rules that hold, the worst level counts, wherever it stands in the document.
//   - Every publisher's vector is judged on its own, never a mixture that nobody claimed; the worst counts,
//     all are kept. A vector of CVSS 2 cannot say whether a victim must help; this gap is not held against
//     the hole where somebody scored it in a newer version.
//   - Only the base metrics are read: what a publisher thought of exploits at the time is what KEV and EPSS
//     know better today, and an environment in a vector is somebody else's.
package severity

// Level is how bad a hole is for those who must act.
type Level string

// The levels, worst first; Unknown stands outside of their order.
const (
	Critical Level = "critical" // the critical hole of IT-33: the short clock runs
	High     Level = "high"
	Medium   Level = "medium"
	Low      Level = "low"
	None     Level = "none"    // said to be without effect
	Unknown  Level = "unknown" // too little is known to tell
)

// Levels lists the levels from the worst to none; Unknown is not among them.
func Levels() []Level { return []Level{Critical, High, Medium, Low, None} }

// Rank orders levels: 0 for None up to 4 for Critical, and -1 for Unknown and anything else.
func (l Level) Rank() int {
	switch l {
	case Critical:
		return 4
	case High:
		return 3
	case Medium:
		return 2
	case Low:
		return 1
	case None:
		return 0
	}
	return -1
}

// worse returns the worse of two levels. Any known level is worse than Unknown here: it is established.
func worse(a, b Level) Level {
	if b.Rank() > a.Rank() {
		return b
	}
	return a
}

// Answer is yes, no, or that nobody knows.
type Answer string

// The answers.
const (
	Yes      Answer = "yes"
	No       Answer = "no"
	NotKnown Answer = "unknown"
)

func answer(b bool) Answer {
	if b {
		return Yes
	}
	return No
}
