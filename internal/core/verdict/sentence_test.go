package verdict_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	down := []verdict.Reason{{Code: "check_failed", Text: lang.T("Der Shop antwortet nicht.", "The shop does not answer.")}}
	said := map[verdict.Outcome]bool{}
	for _, c := range []struct {
		name    string
		verdict verdict.Verdict
		de, en  string
	}{
		{"one package", verdict.Verdict{Outcome: verdict.Succeeded, Changes: make([]verdict.Ordered, 1)},
			"web1 ist aktualisiert und geprüft: 1 Paket.", "web1 is updated and verified: 1 package."},
		{"seven packages", verdict.Verdict{Outcome: verdict.Succeeded, Changes: make([]verdict.Ordered, 7)},
			"web1 ist aktualisiert und geprüft: 7 Pakete.", "web1 is updated and verified: 7 packages."},
		{"not effective", verdict.Verdict{Outcome: verdict.NotEffective, Reasons: down},
			"web1 ist aktualisiert. Der Shop antwortet nicht.", "web1 is updated. The shop does not answer."},
		{"partial", verdict.Verdict{Outcome: verdict.Partial}, "web1 ist teilweise aktualisiert.", "web1 is partly updated."},
		{"blocked", verdict.Verdict{Outcome: verdict.Blocked, Reasons: down},
			"web1 blieb unberührt. Der Shop antwortet nicht.", "web1 was not touched. The shop does not answer."},
		{"deferred", verdict.Verdict{Outcome: verdict.Deferred}, "web1 wartet.", "web1 waits."},
		{"restored, with the proof", verdict.Verdict{Outcome: verdict.Restored, Reasons: down, Proof: &verdict.Proof{Checked: 13036}},
			"web1 ist wie vorher. Der Shop antwortet nicht. 13.036 Pfade geprüft, keine Abweichung.",
			"web1 is as it was. The shop does not answer. 13,036 paths checked, no difference."},
		{"restored, the proof not at hand", verdict.Verdict{Outcome: verdict.Restored}, "web1 ist wie vorher.", "web1 is as it was."},
		{"nobody says 'no difference' of a proof that has some", verdict.Verdict{Outcome: verdict.Restored, Proof: &verdict.Proof{Checked: 2, Differences: []string{"/etc/passwd"}}},
			"web1 ist wie vorher.", "web1 is as it was."},
		{"not restored", verdict.Verdict{Outcome: verdict.RestoreFailed, Reasons: down},
			"web1 konnte nicht zurückgesetzt werden. Der Shop antwortet nicht.", "web1 could not be restored. The shop does not answer."},
		{"unknown", verdict.Verdict{Outcome: verdict.Unknown},
			"Bei web1 ist ungeklärt, was geschehen ist.", "It cannot be told yet what happened on web1."},
		{"an outcome that this build does not know is no success", verdict.Verdict{Outcome: "splendid"},
			"Bei web1 ist ungeklärt, was geschehen ist.", "It cannot be told yet what happened on web1."},
		{"nothing at all is no success", verdict.Verdict{},
			"Bei web1 ist ungeklärt, was geschehen ist.", "It cannot be told yet what happened on web1."},
	} {
		said[c.verdict.Outcome] = true
		if got := c.verdict.Sentence("web1"); got != lang.T(c.de, c.en) {
			t.Errorf("%s:\n%s\n%s", c.name, got.DE, got.EN)
		}
	}
	for _, o := range verdict.Outcomes {
		if !said[o] {
			t.Errorf("no story tells what is said of %s", o)
		}
	}
}

// TestNoSentenceIsEmptyOrLoud: every outcome, with any host name and with or without a reason, is said
// in both languages, names the host, and stays calm.
func TestNoSentenceIsEmptyOrLoud(t *testing.T) {
	t.Parallel()
	success := map[lang.Text]bool{}
	for _, host := range []string{"web1", "100%s.example", "%!d(x)"} {
		for _, o := range append(slices.Clone(verdict.Outcomes), "", "other") {
			for _, reasons := range [][]verdict.Reason{nil, {{Text: lang.T("Weil %s.", "Because %s.")}}} {
				s := verdict.Verdict{Outcome: o, Reasons: reasons, Proof: &verdict.Proof{Checked: 1}}.Sentence(host)
				for _, text := range []string{s.DE, s.EN} {
					if !strings.Contains(text, host) || text != strings.TrimSpace(text) || strings.HasSuffix(text, "!") || !strings.HasSuffix(text, ".") {
						t.Errorf("%s on %s: %q", o, host, text)
					}
				}
				if reasons != nil && o != verdict.Succeeded && !strings.Contains(s.DE, "Weil %s.") {
					t.Errorf("%s does not say why: %q", o, s.DE)
				}
				if o == verdict.Succeeded {
					success[s] = true
				} else if success[s] {
					t.Errorf("%s is told like a success: %q", o, s.DE)
				}
			}
		}
	}
}
