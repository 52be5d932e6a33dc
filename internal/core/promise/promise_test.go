package promise_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/promise"
	"github.com/patchwart/patchwart/internal/core/statute"
)

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", "..", ".."}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func of(t *testing.T, id string) (*policy.Version, []promise.Statement) {
	t.Helper()
	v, err := policy.Parse(id+".yaml", read(t, "policies", id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := statute.Parse("statutes.yaml", read(t, "policies", "citations", "statutes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return v, promise.Of(v, table, v.RecordedAt)
}

// TestNoneOfThe81StatementsIsMissing: every statement of the three documents is a rule, a notice, a control,
// or not for software with the reason.
func TestNoneOfThe81StatementsIsMissing(t *testing.T) {
	t.Parallel()
	total := 0
	for _, d := range []struct {
		id, prefix string
		statements int
	}{{"managedhosting-1", "MH1", 14}, {"managedhosting-2", "MH2", 22}, {"iteg-toms-1.1", "IT", 45}} {
		_, list := of(t, d.id)
		if len(list) != d.statements {
			t.Errorf("%s: %d statements, the document makes %d", d.id, len(list), d.statements)
		}
		for i, s := range list {
			total++
			if want := fmt.Sprintf("%s-%02d", d.prefix, i+1); s.ID != want {
				t.Errorf("%s stands where %s is expected", s.ID, want)
			}
			switch s.Kind {
			case policy.KindRule:
				if len(s.Decides) == 0 {
					t.Errorf("%s decides nothing", s.ID)
				}
			case policy.KindNotice:
				if len(s.Notices) == 0 {
					t.Errorf("%s says nothing", s.ID)
				}
			case policy.KindControl:
				if len(s.Controls) == 0 {
					t.Errorf("%s is controlled by nothing", s.ID)
				}
			default:
				if s.Reason.DE == "" || s.Reason.EN == "" {
					t.Errorf("%s is not for software, and nobody says why", s.ID)
				}
			}
			if s.Here(lang.DE) == "" || s.Text.DE == s.Text.EN {
				t.Errorf("%s has no words", s.ID)
			}
		}
	}
	if total != 81 {
		t.Errorf("%d statements, the three documents make 81", total)
	}
}

func TestC9TheRepealedStatuteIsShownWithItsSuccessor(t *testing.T) {
	t.Parallel()
	_, list := of(t, "managedhosting-1")
	if got := list[12].Here(lang.DE); !strings.Contains(got, "§ 13 Abs. 7 TMG, aufgehoben; heute § 19 Abs. 4 TDDDG") {
		t.Errorf("MH1-13 says %q", got)
	}
}

func TestC11ContradictionsInsideTheTOMsAreQuestions(t *testing.T) {
	t.Parallel()
	_, list := of(t, "iteg-toms-1.1")
	asked := map[string]string{}
	for _, s := range list {
		asked[s.ID] = s.Question.DE
	}
	for id, about := range map[string]string{"IT-04": "2028", "IT-08": "zwei bis drei", "IT-30": "meisten", "IT-35": "vier Jahre"} {
		if !strings.Contains(asked[id], about) {
			t.Errorf("%s asks %q, expected something about %q", id, asked[id], about)
		}
	}
}

// TestEveryCitationIsRecorded: what a policy cites must be among the statutes, else it could not be shown as
// repealed.
func TestEveryCitationIsRecorded(t *testing.T) {
	t.Parallel()
	cited := 0
	for _, id := range []string{"managedhosting-1", "managedhosting-2", "iteg-toms-1.1"} {
		v, list := of(t, id)
		for i, r := range v.Rules {
			cited += len(r.Cites)
			if len(list[i].Cites) != len(r.Cites) {
				t.Errorf("%s cites %v, not all are recorded", r.ID, r.Cites)
			}
		}
	}
	if cited == 0 {
		t.Error("nothing is cited: this test looks in the wrong place")
	}
}

// TestThePageOfPromisesIsUpToDate: docs/promises.md is generated (make generate).
func TestThePageOfPromisesIsUpToDate(t *testing.T) {
	t.Parallel()
	page := string(read(t, "docs", "promises.md"))
	for _, id := range []string{"managedhosting-1", "managedhosting-2", "iteg-toms-1.1"} {
		v, list := of(t, id)
		if !strings.Contains(page, promise.Markdown(v, list)) {
			t.Errorf("docs/promises.md does not tell %s as its file does: make generate", id)
		}
	}
}
