package quarter_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
)

func config(tb testing.TB, customers, systems int) quarter.Config {
	tb.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		tb.Fatal(err)
	}
	c := quarter.Config{Seed: 20270201, Customers: customers, Systems: systems, From: time.Date(2027, time.February, 1, 0, 0, 0, 0, zone), Days: 92,
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

func play(tb testing.TB, c quarter.Config) (audit.World, []audit.Entry, audit.Report) {
	tb.Helper()
	world, log, err := quarter.Play(c)
	if err != nil {
		tb.Fatal(err)
	}
	return world, log, audit.Check(world, log)
}

func TestEveryPromiseIsKeptOrAlarmed(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	_, log, report := play(t, config(t, 40, 500))
	t.Logf("%d entries in %s\n%s", len(log), time.Since(begun), report.Markdown())
	for _, row := range report.Rows {
		if row.Counts[audit.Broken] > 0 {
			t.Errorf("%s %s: %d broken: %q", row.Document, row.ID, row.Counts[audit.Broken], row.Broken)
		}
		if row.Counts[audit.Kept] == 0 {
			t.Errorf("%s %s was never put to the test", row.Document, row.ID)
		}
	}
}
