package schedule_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/schedule"
)

// TestThePageOfPlanningTellsEveryReason: docs/planning.md holds the table of reasons as the code says them.
func TestThePageOfPlanningTellsEveryReason(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/planning.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := reasons(t); !strings.Contains(string(page), want) {
		t.Fatalf("docs/planning.md does not hold this table:\n\n%s", want)
	}
}

// reasons is the table of all codes with their sentences, of an example.
func reasons(t *testing.T) string {
	t.Helper()
	example := schedule.Cause{Name: "X", Scope: schedule.CustomerFreeze, Note: "sale", Until: berlin(t, "2026-12-01 06:00"), Need: time.Hour}
	unplanned, late, moved := schedule.Codes()
	var b strings.Builder
	b.WriteString("| code | when | what it says |\n|---|---|---|\n")
	seen := map[schedule.Code]bool{}
	for _, part := range []struct {
		when  string
		codes []schedule.Code
	}{{"not planned", unplanned}, {"late", late}, {"moved", moved}} {
		for _, c := range part.codes {
			if seen[c] {
				continue
			}
			seen[c] = true
			when := part.when
			if part.when == "not planned" && slices.Contains(late, c) {
				when = "not planned, late"
			}
			if c == schedule.NotDue {
				when = "gone"
			}
			example.Code = c
			text := example.Text()
			if text.DE == "" || text.EN == "" {
				t.Errorf("%s says nothing", c)
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s<br>*%s* |\n", c, when, text.EN, text.DE)
		}
	}
	return b.String()
}

// TestAnUnknownCodeSaysNothing, and neither does no cause at all.
func TestAnUnknownCodeSaysNothing(t *testing.T) {
	t.Parallel()
	if text := (schedule.Cause{Code: "weather"}).Text(); !text.IsZero() {
		t.Fatal(text)
	}
	if text := (schedule.Cause{}).Text(); !text.IsZero() {
		t.Fatal(text)
	}
}
