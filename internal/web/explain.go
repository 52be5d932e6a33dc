package web

import (
	"net/http"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// maxName bounds the length of a name that is asked about.
const maxName = 200

// explainView is the page that answers whose job something is.
type explainView struct {
	page
	System, Package string
	Answer          *board.Explanation
	Fault           *fault.Error
}

// explain answers for the system and package in the address; without them it teaches.
func (c *console) explain(w http.ResponseWriter, r *http.Request) {
	v := explainView{
		page:    c.page(w, r, "zustaendigkeit", explainWords.Title),
		System:  strings.TrimSpace(r.URL.Query().Get("system")),
		Package: strings.TrimSpace(r.URL.Query().Get("package")),
	}
	status := http.StatusOK
	if v.System != "" && len(v.System) <= maxName && len(v.Package) <= maxName {
		e, err := c.backend.Explain(r.Context(), board.Question{System: v.System, Package: v.Package})
		if err != nil {
			v.Fault = c.fault(r, err)
			status = statusOf(v.Fault.Code)
		} else {
			v.Answer = &e
		}
	}
	c.render(w, r, status, explainPage(v))
}

// answerTitle heads the answer.
func answerTitle(v explainView) string {
	if v.Answer.Package != "" {
		return v.F(explainWords.AnswerFor, v.Answer.Package, v.Answer.System)
	}
	return v.F(explainWords.Answer, v.Answer.System)
}

// answerMark is whether the provider may act now.
func answerMark(v explainView) mark {
	m := dueMark(board.DueRow{Allowed: v.Answer.Allowed, Decision: v.Answer.Decision})
	switch m.Kind {
	case "may":
		m.Word = explainWords.Allowed
	case "wait":
		m.Word = explainWords.NotAllowed
	case "idle":
		m.Word = explainWords.NotAllowedHere
	}
	return m
}
