package web

import (
	"regexp"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// missing lists the facts that a decision waits for.
func missing(p page, d policy.Decision) string {
	names := make([]string, len(d.Missing))
	for i, name := range d.Missing {
		names[i] = p.T(policy.FacetTitle(name))
	}
	return lang.Join(names, p.L)
}

// policyDates says from when a policy version is valid, and when it was entered.
func policyDates(p page, info board.PolicyInfo) string {
	parts := make([]string, 0, 2)
	if from, ok := day(p, info.From); ok {
		parts = append(parts, p.F(frameWords.PolicyFrom, from))
	} else {
		parts = append(parts, p.T(frameWords.PolicyUnknown))
	}
	if entered, ok := day(p, info.Recorded); ok {
		parts = append(parts, p.F(frameWords.PolicyEntered, entered))
	}
	return strings.Join(parts, ", ")
}

// day writes a date as stored (YYYY-MM-DD) the way the language does. "unknown" is no date.
func day(p page, stored string) (string, bool) {
	t, err := time.Parse(time.DateOnly, stored)
	if err != nil {
		return "", false
	}
	return lang.Date(t, p.L), true
}

// ruleID finds the IDs of rules and documents: letters, digits, hyphen, number.
var ruleID = regexp.MustCompile(`[A-Z][A-Z0-9]*(?:-[0-9]+)+`)

// piece is a part of a sentence: a rule's ID, or what stands between.
type piece struct {
	Text string
	Rule bool
}

// pieces takes a sentence apart at the rules it names, so that an ID is never broken over two lines.
func pieces(sentence string) []piece {
	var out []piece
	at := 0
	for _, hit := range ruleID.FindAllStringIndex(sentence, -1) {
		if hit[0] > at {
			out = append(out, piece{Text: sentence[at:hit[0]]})
		}
		out = append(out, piece{Text: sentence[hit[0]:hit[1]], Rule: true})
		at = hit[1]
	}
	if at < len(sentence) {
		out = append(out, piece{Text: sentence[at:]})
	}
	return out
}

// ruled leaves a text that names its rule alone and puts the rule before any other.
func ruled(rule, text string) string {
	if rule == "" || strings.Contains(text, rule) {
		return text
	}
	return rule + ": " + text
}
