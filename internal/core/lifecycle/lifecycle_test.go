package lifecycle_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/policy"
)

const debianCSV = `version,codename,series,created,release,eol,eol-lts,eol-elts
11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30
12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30,2033-06-30
13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09,2030-06-30,2035-06-30
14,Forky,forky,2025-08-09
,Sid,sid,1993-08-16
`

var today = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func table(t *testing.T) *lifecycle.Table {
	t.Helper()
	releases, skipped, err := lifecycle.ReadDistribution("debian", "distro-info", debianCSV)
	if err != nil || len(skipped) != 0 {
		t.Fatal(skipped, err)
	}
	ended, _ := lifecycle.ReadSupport("support", "dnsdist 1.7.3-2 2025-10-01 No security support upstream\nphp-horde.* 0 2025-03-22 incompatible\n", false)
	limited, _ := lifecycle.ReadSupport("support", "binutils Only suitable for trusted content\ndnsdist limited too\n", true)
	products, _, err := lifecycle.ReadProducts("endoflife.date", []byte(`{"schema_version": "1.2.0", "result": [
		{"name": "php", "releases": [{"name": "8.2", "isEol": false, "eolFrom": "2026-12-31", "latest": {"name": "8.2.33"}}, {"name": "7.4", "isEol": true, "eolFrom": "2022-11-28", "latest": null}]},
		{"name": "mariadb", "releases": [{"name": "10.11", "isEol": false, "eolFrom": "2028-02-16"}]},
		{"name": "postgresql", "releases": [{"name": "13", "isEol": true, "eolFrom": null}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return lifecycle.NewTable(releases, products, map[string][]lifecycle.Support{"bookworm": append(ended, limited...)})
}

// In November 2026 bookworm is in its long-term support, bullseye has ended but for those who pay.
func TestHowReleasesStand(t *testing.T) {
	t.Parallel()
	x := table(t)
	for name, tt := range map[string]struct {
		now       time.Time
		codename  string
		phase     lifecycle.Phase
		supported policy.OSSupported
		end       string
	}{
		"bookworm today":        {today, "bookworm", lifecycle.Long, policy.OSSupportedExtended, "2028-06-30"},
		"bookworm in spring":    {day("2026-05-01"), "bookworm", lifecycle.Full, policy.OSSupportedFull, "2028-06-30"},
		"its last day":          {day("2026-07-11").Add(23 * time.Hour), "bookworm", lifecycle.Full, policy.OSSupportedFull, "2028-06-30"},
		"the day after":         {day("2026-07-12"), "bookworm", lifecycle.Long, policy.OSSupportedExtended, "2028-06-30"},
		"bullseye today":        {today, "bullseye", lifecycle.PaidOnly, policy.OSSupportedEnded, "2026-08-31"},
		"bullseye in ten years": {day("2036-01-01"), "bullseye", lifecycle.Ended, policy.OSSupportedEnded, "2026-08-31"},
		"trixie":                {today, "trixie", lifecycle.Full, policy.OSSupportedFull, "2030-06-30"},
		"forky":                 {today, "forky", lifecycle.Unknown, policy.OSSupportedUnknown, ""},
		"something else":        {today, "plan9", lifecycle.Unknown, policy.OSSupportedUnknown, ""},
	} {
		s := x.Of(tt.now, "debian", tt.codename, "")
		if s.Phase != tt.phase || s.Phase.Supported() != tt.supported || tt.end != "" && !s.End.Equal(day(tt.end)) {
			t.Errorf("%s: %s until %s", name, s.Phase, s.End)
		}
		for _, r := range s.Reasons {
			if r.DE == "" || r.EN == "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
	if s := x.Of(today, "debian", "bullseye", ""); !strings.Contains(s.Reasons[len(s.Reasons)-1].DE, "IT-37") {
		t.Errorf("that the duty pauses is not said: %+v", s.Reasons)
	}
	var none *lifecycle.Table
	if s := none.Of(today, "debian", "bookworm", ""); s.Phase != lifecycle.Unknown || !none.Empty() {
		t.Errorf("%+v", s)
	}
}

// Where sources disagree, the earlier day counts, and both are told.
func TestSourcesThatDisagree(t *testing.T) {
	t.Parallel()
	x := lifecycle.NewTable([]lifecycle.Release{
		{Distribution: "debian", Version: "12", Codename: "bookworm", End: day("2026-07-11"), Extended: day("2028-06-30"), Source: "a"},
		{Distribution: "debian", Version: "12", Codename: "bookworm", End: day("2026-06-10"), Extended: day("2028-06-30"), Source: "b"},
	}, nil, nil)
	s := x.Of(day("2026-06-20"), "debian", "bookworm", "12")
	if s.Phase != lifecycle.Long || len(s.Sources) != 2 || !strings.Contains(s.Reasons[len(s.Reasons)-1].EN, "earlier one counts") {
		t.Errorf("%+v", s)
	}
}

func TestPackagesWithLessSupport(t *testing.T) {
	t.Parallel()
	rust, _ := lifecycle.ReadSupport("x", "rust.* limited See the notes\nrust-sqv supported fully\n", true)
	if less := lifecycle.NewTable(nil, nil, map[string][]lifecycle.Support{"trixie": rust}).Less("trixie", []string{"rust-sqv", "rust-cargo"}); len(less) != 1 || !less["rust-cargo"].Limited {
		t.Errorf("%+v", less)
	}
	less := table(t).Less("bookworm", []string{"dnsdist", "binutils", "php-horde-core", "nginx", "dnsdist-extra"})
	if len(less) != 3 || less["dnsdist"].Limited || !less["binutils"].Limited || less["php-horde-core"].Pattern != "php-horde.*" || less["dnsdist"].Why != "No security support upstream" {
		t.Errorf("%+v", less)
	}
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	x := table(t)
	os := x.Of(today, "debian", "bookworm", "12")
	list := x.Middleware(day("2027-03-01"), os, []lifecycle.Software{
		{"php8.2", "8.2.29-1", true}, {"php7.4", "7.4.33-1+sury", false}, {"mariadb", "1:10.11.14-0+deb12u2", true}, {"postgresql-13", "13.9", false},
		{"nginx", "1.22.1-9", true}, {"nodejs", "20.9.0-1nodesource1", false}, {"curl", "8", true},
	})
	got := map[string]lifecycle.Middleware{}
	for _, m := range list {
		got[m.Product+" "+m.Cycle] = m
		if m.Reason.DE == "" || m.Reason.EN == "" {
			t.Errorf("%+v", m)
		}
	}
	if m := got["php 8.2"]; m.Over || !m.End.Equal(day("2028-06-30")) || !strings.Contains(m.Reason.EN, "its makers have not since") {
		t.Errorf("%+v", m)
	}
	if m := got["php 7.4"]; !m.Over || m.Distro {
		t.Errorf("%+v", m)
	}
	if m := got["postgresql 13"]; !m.Over || !m.Known {
		t.Errorf("%+v", m)
	}
	if m := got["nodejs 20"]; m.Known || m.Over {
		t.Errorf("what nobody knows: %+v", m)
	}
	if len(got) != 6 || got["mariadb 10.11"].Source != "mariadb" || got["nginx 1.22"].Source == "" {
		t.Errorf("%+v", got)
	}
}

// Nobody is told the same twice, nobody gets four at once, and every step comes in its order.
func TestNotices(t *testing.T) {
	t.Parallel()
	end := day("2028-06-30")
	for at, want := range map[string]string{
		"2027-06-30": "", "2027-07-01": "EOL-12", "2028-01-01": "EOL-06", "2028-04-01": "EOL-03", "2028-06-01": "EOL-01", "2028-06-30": "EOL-01", "2028-07-01": "EOL-00",
	} {
		if step, _ := lifecycle.Due(day(at), end, nil); step.ID != want {
			t.Errorf("%s: %q, want %q", at, step.ID, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		now := end.AddDate(0, 0, -rapid.IntRange(0, 800).Draw(t, "begin"))
		var told []string
		for range 60 {
			if step, due := lifecycle.Due(now, end, told); due {
				if slices.Contains(told, step.ID) {
					t.Fatalf("%s is told twice", step.ID)
				}
				told = append(told, step.ID)
				if again, due := lifecycle.Due(now, end, told); due {
					t.Fatalf("%s directly after %s", again.ID, step.ID)
				}
			}
			now = now.AddDate(0, 0, rapid.IntRange(1, 90).Draw(t, "days"))
		}
		order := []string{}
		for _, s := range lifecycle.Steps() {
			if slices.Contains(told, s.ID) {
				order = append(order, s.ID)
			}
		}
		if !slices.Equal(order, told) {
			t.Fatalf("told in the order %v", told)
		}
	})
	for _, s := range lifecycle.Steps() {
		words := s.Words("web1", lifecycle.Standing{Name: "Debian 12 (bookworm)", End: end})
		if !strings.Contains(words.DE, "web1") || !strings.Contains(words.EN, "IT-3") || strings.Contains(words.DE+words.EN, "%!") {
			t.Errorf("%+v", words)
		}
	}
}

func TestMoves(t *testing.T) {
	t.Parallel()
	for _, path := range [][]lifecycle.Move{{"", lifecycle.Offered, lifecycle.Ordered, lifecycle.Planned, lifecycle.Done}, {lifecycle.Offered, lifecycle.Declined, lifecycle.Offered}} {
		for i := 1; i < len(path); i++ {
			if !slices.Contains(path[i-1].Next(), path[i]) {
				t.Errorf("%s does not lead to %s", path[i-1], path[i])
			}
		}
	}
	if slices.Contains(lifecycle.Done.Next(), lifecycle.Ordered) || len(lifecycle.Done.Next()) != 0 {
		t.Error("what is done goes on")
	}
}

// Broken lines are told with their place, and cost only themselves.
func TestBrokenLines(t *testing.T) {
	t.Parallel()
	list, skipped, err := lifecycle.ReadDistribution("debian", "x", debianCSV+"15,Duke,duke,2027-01-01,soon,never\n\"open\n")
	if len(list) < 4 || len(skipped) == 0 || !strings.Contains(skipped[0].Why, "no day") {
		t.Errorf("%d, %+v, %v", len(list), skipped, err)
	}
	if _, _, err := lifecycle.ReadDistribution("debian", "x", "<html>"); err == nil {
		t.Error("a web page is a list of releases")
	}
	if _, skipped := lifecycle.ReadSupport("x", "lonely\npkg 1.0 tomorrow why\n", false); len(skipped) != 2 {
		t.Errorf("%+v", skipped)
	}
	for _, text := range []string{"", "{}", `{"schema_version": "2.0", "result": []}`, `{"schema_version": "1.2.0", "result": []}`, `{"schema_version": "1.2.0", "result": [{"name": "x", "releases": [{"name": "1", "eolFrom": "soon"}]}]}`} {
		if _, _, err := lifecycle.ReadProducts("x", []byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// The real lists are read whole.
func TestRealLists(t *testing.T) {
	t.Parallel()
	root := "../../../../shared/data/eol"
	if _, err := os.Stat(root); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("needs the shared test data:", err)
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, distribution := range []string{"debian", "ubuntu"} {
		paths, err := filepath.Glob(root + "/distro-info-data_*/" + distribution + ".csv")
		if err != nil || len(paths) != 3 {
			t.Fatal(paths, err)
		}
		for _, path := range paths {
			list, skipped, err := lifecycle.ReadDistribution(distribution, "distro-info", read(path))
			if err != nil || len(list) < 20 || len(skipped) != 0 {
				t.Errorf("%s: %d releases, %+v, %v", path, len(list), skipped, err)
			}
		}
	}
	paths, err := filepath.Glob(root + "/debian-security-support/*/security-support*")
	if err != nil || len(paths) != 10 {
		t.Fatal(paths, err)
	}
	total := 0
	for _, path := range paths {
		list, skipped := lifecycle.ReadSupport("debian-security-support", read(path), strings.HasSuffix(path, "limited"))
		total += len(list)
		if len(skipped) != 0 {
			t.Errorf("%s: %+v", path, skipped)
		}
	}
	t.Logf("%d packages with less support", total)
	if total < 200 {
		t.Errorf("only %d packages", total)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(debianCSV)
	f.Add("dnsdist 1.7.3-2 2025-10-01 why\n")
	f.Add(`{"schema_version": "1.2.0", "result": [{"name": "x", "releases": [{"name": "1", "eolFrom": "2026-01-01"}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		releases, _, _ := lifecycle.ReadDistribution("debian", "x", text)
		support, _ := lifecycle.ReadSupport("x", text, false)
		products, _, _ := lifecycle.ReadProducts("x", []byte(text))
		x := lifecycle.NewTable(releases, products, map[string][]lifecycle.Support{"bookworm": support})
		for _, r := range releases {
			x.Of(today, "debian", r.Codename, "")
		}
		x.Less("bookworm", []string{"a"})
		x.Middleware(today, lifecycle.Standing{}, []lifecycle.Software{{text, text, true}, {"nginx", text, false}})
	})
}
