package web

import (
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

// ruled leaves a text that names its rule alone and puts the rule before any other.
func ruled(rule, text string) string {
	if rule == "" || strings.Contains(text, rule) {
		return text
	}
	return rule + ": " + text
}
