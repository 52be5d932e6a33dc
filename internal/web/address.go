package web

import (
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
)

// systemURL is the address of a system's page.
func systemURL(name string) string { return "/systeme/" + url.PathEscape(name) }

// runURL is the address of a run's page.
func runURL(id string) string { return "/laeufe/" + url.PathEscape(id) }

// explainURL asks for one package of a system; an empty package asks for the system as such.
func explainURL(system, pkg string) string {
	q := url.Values{"system": {system}}
	if pkg != "" {
		q.Set("package", pkg)
	}
	return "/zustaendigkeit?" + q.Encode()
}

// railClass is the look of one of the bars that show how far a run is.
func railClass(step run.Step, stage board.Stage, i int) string {
	at := stepsDone(step)
	switch {
	case step == run.Restoring:
		return "rail-back"
	case stage != board.Running || at < i:
		return "rail-todo"
	case at == i:
		return "rail-now"
	}
	return "rail-done"
}

// railText is the same in words.
func railText(p page, step run.Step, stage board.Stage) string {
	at := stepsDone(step)
	switch {
	case stage == board.Asked:
		return p.T(stateWords.Asked)
	case stage == board.Ordered:
		return p.T(stateWords.Ordered)
	case at < 0:
		return p.T(stepWord(step))
	}
	return p.F(stateWords.StepOf, p.Count(at+1), p.Count(len(railSteps(step))), stepWord(step))
}
