package policy_test

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

func TestWhichVersionIsInForce(t *testing.T) {
	t.Parallel()
	one, two := version(t, "managedhosting-1"), version(t, "managedhosting-2")
	const open = policy.DateUnknown
	both := func(from1, to1, from2, to2 string) []policy.Dated {
		return []policy.Dated{{Version: one, ValidFrom: from1, ValidTo: to1}, {Version: two, ValidFrom: from2, ValidTo: to2}}
	}
	for _, c := range []struct {
		name     string
		known    []policy.Dated
		ref, day string
		want     *policy.Version
		why      string
	}{
		{"a contract pins the version; that nobody knows its dates does not matter", both(open, open, open, open), "managedhosting-2", "2026-11-27", two, ""},
		{"a pinned version before its day", both(open, open, "2025-01-01", open), "managedhosting-2", "2024-12-31", nil, "was not in force on 2024-12-31"},
		{"a pinned version on its first day", both(open, open, "2025-01-01", open), "managedhosting-2", "2025-01-01", two, ""},
		{"a pinned version on its last day", both(open, "2024-12-31", "2025-01-01", open), "managedhosting-1", "2024-12-31", one, ""},
		{"a pinned version after its last day", both(open, "2024-12-31", "2025-01-01", open), "managedhosting-1", "2025-01-01", nil, "was not in force"},
		{"as amended: the newer one", both("2016-01-01", open, "2025-01-01", open), "managedhosting", "2026-11-27", two, ""},
		{"as amended: the older one, then", both("2016-01-01", open, "2025-01-01", open), "managedhosting", "2024-12-31", one, ""},
		{"as amended: before both", both("2016-01-01", open, "2025-01-01", open), "managedhosting", "2015-12-31", nil, "no version of managedhosting was in force"},
		{"as amended: nobody knows since when the newer one is valid: never guessed", both("2016-01-01", open, open, open), "managedhosting", "2026-11-27", nil, "not known from when managedhosting-2 is valid"},
		{"as amended: but its last day excludes it", both(open, "2024-12-31", "2025-01-01", open), "managedhosting", "2026-11-27", two, ""},
		{"as amended: only one is recorded", both(open, open, open, open)[1:], "managedhosting", "2026-11-27", two, ""},
		{"as amended: only one, and it is over", both(open, "2024-12-31", open, open)[:1], "managedhosting", "2026-11-27", nil, "no version"},
		{"nobody has published that", both(open, open, open, open), "otherhoster", "2026-11-27", nil, "is not known"},
	} {
		v, why := policy.InForce(c.known, c.ref, c.day)
		if v != c.want || !strings.Contains(why.EN, c.why) || (v == nil) != (why.DE != "") {
			t.Errorf("%s: %v, %q", c.name, v != nil, why.EN)
		}
	}
	if d := policy.Decide(nil, onAdvanced()); d.Verdict != policy.Denied {
		t.Errorf("without a version in force: %s", d.Verdict)
	}
}
