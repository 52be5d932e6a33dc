package promise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Markdown is the coverage of one version for the documentation, in English with the German text beside it.
func Markdown(v *policy.Version, list []Statement) string {
	var b strings.Builder
	c := Count(list)
	fmt.Fprintf(&b, "## %s\n\n%s. Source: %s (SHA-256 `%s`). Valid from %s.\n\n", v.ID, v.Title.EN, v.Source.Title, v.Source.SHA256, v.ValidFrom)
	fmt.Fprintf(&b, "%d statements: %d rules, %d notices, %d controlled only, %d not for software. %d controls, %d of them checks by software.\n\n",
		c.Statements, c.Rules, c.Notices, c.Controls, c.NotSoftware, c.ControlCount, c.Checks)
	b.WriteString("| ID | what it promises | what it is here |\n|---|---|---|\n")
	for _, s := range list {
		fmt.Fprintf(&b, "| %s | %s<br>*%s* | %s |\n", s.ID, cell(s.Text.EN), cell(s.Text.DE), cell(s.Here(lang.EN)))
	}
	if c.Questions > 0 {
		b.WriteString("\nQuestions to the publisher; nothing is corrected until they are answered:\n\n")
		for _, s := range list {
			if !s.Question.IsZero() {
				fmt.Fprintf(&b, "- **%s**: %s\n", s.ID, s.Question.EN)
			}
		}
	}
	return b.String()
}

// cell makes a text safe for a table's cell.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s) }

// Here says what the statement is here, in one line.
func (s Statement) Here(l lang.Lang) string {
	parts := []string{KindWords(s.Kind).In(l)}
	var results []string
	for _, d := range s.Decides {
		for _, r := range d.Results {
			if text := r.Field + " = " + r.Value; !slices.Contains(results, text) {
				results = append(results, text)
			}
		}
	}
	if len(results) > 0 {
		parts[0] += ": " + strings.Join(results, ", ")
	}
	if len(s.Notices) > 0 && s.Kind == policy.KindRule {
		parts = append(parts, lang.T("mit Hinweis", "with a notice").In(l))
	}
	for _, c := range s.Controls {
		parts = append(parts, fmt.Sprintf("%s %s (%s, %s): %s", c.Kind.Text().In(l), c.ID, c.Interval.Text().In(l), c.Evidence.Text().In(l), c.What.In(l)))
	}
	for _, st := range s.Cites {
		switch {
		case st.Repealed:
			parts = append(parts, lang.Textf("nennt %[1]s, aufgehoben; heute %[2]s", "cites %[1]s, repealed; today %[2]s", st.Citation.Cite, st.Today.Cite).In(l))
		default:
			parts = append(parts, lang.Textf("nennt %[1]s", "cites %[1]s", st.Citation.Cite).In(l))
		}
	}
	if !s.Reason.IsZero() {
		parts = append(parts, s.Reason.In(l))
	}
	return strings.Join(parts, "; ")
}
