package quarter_test

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
)

var (
	update    = flag.Bool("update", false, "play the whole quarter, and write its table into the documentation")
	customers = flag.Int("customers", 400, "with -update")
	systems   = flag.Int("systems", 5000, "with -update")
)

func config(tb testing.TB, owners, hosts int) quarter.Config {
	tb.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		tb.Fatal(err)
	}
	c := quarter.Config{Seed: 20270201, Customers: owners, Systems: hosts, From: time.Date(2027, time.February, 1, 0, 0, 0, 0, zone), Days: 92,
		Zones: time.LoadLocation, Versions: map[string]*policy.Version{}}
	for _, id := range []string{"managedhosting-1", "managedhosting-2", "iteg-toms-1.1"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", id+".yaml"))
		if err != nil {
			tb.Fatal(err)
		}
		if c.Versions[id], err = policy.Parse(id+".yaml", data); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

func play(tb testing.TB, c quarter.Config) ([]audit.Entry, audit.Report) {
	tb.Helper()
	world, log, err := quarter.Play(c)
	if err != nil {
		tb.Fatal(err)
	}
	return log, audit.Check(world, log)
}

// sound fails the test for each promise that was broken, or never put to the test.
func sound(t *testing.T, report audit.Report) {
	t.Helper()
	for _, row := range report.Rows {
		if row.Counts[audit.Broken] > 0 {
			t.Errorf("%s %s: %d broken: %q", row.Document, row.ID, row.Counts[audit.Broken], row.Broken)
		}
		if row.Counts[audit.Kept] == 0 {
			t.Errorf("%s %s was never kept, or never put to the test", row.Document, row.ID)
		}
	}
}

func TestEveryPromiseIsKeptOrAlarmed(t *testing.T) {
	t.Parallel()
	_, report := play(t, config(t, 40, 500))
	sound(t, report)
	if t.Failed() {
		t.Log("\n" + report.Markdown())
	}
}

func TestTheSameSeedGivesTheSameQuarter(t *testing.T) {
	t.Parallel()
	c := config(t, 8, 60)
	c.Days = 30
	one, _ := play(t, c)
	two, _ := play(t, c)
	if len(one) < 500 || !reflect.DeepEqual(one, two) {
		t.Errorf("%d and %d entries, not the same", len(one), len(two))
	}
	c.Seed++
	if other, _ := play(t, c); reflect.DeepEqual(one, other) {
		t.Error("another seed gives the same quarter")
	}
}

// A hoster who breaks a rule is found out: else the audit would be worth nothing.
func TestTheAuditFindsOutABrokenRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mistake quarter.Mistake
		broken  []string // document and promise
	}{
		{quarter.IgnoresFreezes, []string{"managedhosting-1 freeze", "managedhosting-2 freeze", "iteg-toms-1.1 freeze"}},
		{quarter.IgnoresWindows, []string{"managedhosting-1 window", "managedhosting-2 window", "iteg-toms-1.1 window"}},
		{quarter.IgnoresGroups, []string{"iteg-toms-1.1 group", "iteg-toms-1.1 pool"}},
		{quarter.BelievesAnybody, []string{"managedhosting-1 MH1-04", "managedhosting-1 MH1-04 mail", "managedhosting-2 MH2-09", "managedhosting-2 MH2-09 mail"}},
		{quarter.ForgetsWithdrawn, []string{"managedhosting-1 MH1-04", "managedhosting-1 MH1-04 withdrawal", "managedhosting-2 MH2-09 withdrawal"}},
		{quarter.ForgetsDates, []string{"managedhosting-2 MH2-22"}},
		{quarter.TellsNobody, []string{"managedhosting-1 notice", "managedhosting-1 MH1-08", "managedhosting-1 ask", "managedhosting-1 MH1-04 mail", "managedhosting-2 notice",
			"managedhosting-2 MH2-16", "managedhosting-2 MH2-17", "managedhosting-2 ask", "iteg-toms-1.1 IT-30", "iteg-toms-1.1 IT-31", "iteg-toms-1.1 IT-32", "iteg-toms-1.1 IT-33"}},
		{quarter.NeverCorrects, []string{"managedhosting-1 correction", "managedhosting-2 correction"}},
		{quarter.IgnoresHoles, []string{"iteg-toms-1.1 IT-33", "managedhosting-1 ask", "managedhosting-2 ask"}},
		{quarter.SignsNothing, []string{"iteg-toms-1.1 IT-31"}},
		{quarter.NeedsNoMandate, []string{"managedhosting-1 MH1-01", "managedhosting-1 MH1-02", "managedhosting-1 MH1-03", "managedhosting-1 MH1-04", "managedhosting-2 MH2-03", "managedhosting-2 MH2-09",
			"managedhosting-2 MH2-11", "managedhosting-2 MH2-13", "managedhosting-2 MH2-21", "iteg-toms-1.1 IT-13", "iteg-toms-1.1 IT-30 scope"}},
		{quarter.PutsOff, []string{"managedhosting-1 MH1-05", "managedhosting-2 next window", "managedhosting-2 MH2-17", "iteg-toms-1.1 IT-30"}},
	} {
		t.Run(string(c.mistake), func(t *testing.T) {
			t.Parallel()
			with := config(t, 40, 250)
			if with.Mistake = c.mistake; len(c.broken) < 5 && c.mistake != quarter.ForgetsWithdrawn && c.mistake != quarter.NeverCorrects {
				with.Days = 46 // enough for it to show
			}
			_, report := play(t, with)
			for _, name := range c.broken {
				document, id, _ := strings.Cut(name, " ")
				if row := report.Row(document, id); row.Counts[audit.Broken] == 0 {
					t.Errorf("%s is not found broken: %v", name, row.Counts)
				}
			}
		})
	}
}

// The audit is a second opinion only as long as it asks none of those whom it judges.
func TestTheAuditAsksNobody(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("audit", "*.go"))
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if name, ours := strings.CutPrefix(path, "github.com/patchwart/patchwart/internal/core/"); ours && name != "estate" && name != "policy" {
				t.Errorf("%s imports %s", file, name)
			}
		}
	}
}

const (
	page  = "../../../docs/quarter.md"
	above = "<!-- table: begin -->\n"
	below = "<!-- table: end -->\n"
)

func TestTheWholeQuarter(t *testing.T) {
	if !*update {
		t.Skip("with -update")
	}
	c := config(t, *customers, *systems)
	begun := time.Now()
	log, report := play(t, c)
	took := time.Since(begun)
	sound(t, report)
	runs := 0
	for _, e := range log {
		if e.Kind == audit.Begun {
			runs++
		}
	}
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(old), above)
	_, tail, end := strings.Cut(rest, below)
	if !ok || !end {
		t.Fatal("the page has no place for the table")
	}
	said := fmt.Sprintf("Seed %d, %d customers, %d systems, %d days from %s, %d entries in the log, %d runs, played and judged in %s.\n\n", c.Seed, c.Customers, c.Systems, c.Days,
		c.From.Format(time.DateOnly), len(log), runs, took.Round(time.Second))
	if err := os.WriteFile(page, []byte(head+above+said+report.Markdown()+below+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
