package web

import (
	"net/http"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/reply"
)

// maxName bounds the length of a name that is asked about.
const maxName = 200

// explainView is the page that answers whose job something is.
type explainView struct {
	page
	System, Package string
	Layer, Change   string
	Critical, Day   string
	Answer          *board.Explanation
	Letter          *reply.Letter // what the service desk can write
	Fault           *fault.Error
}

// explain answers for the system and package in the address; without them it teaches.
func (c *console) explain(w http.ResponseWriter, r *http.Request) {
	v := explainView{
		page: c.page(w, r, "zustaendigkeit", explainWords.Title),
	}
	ask := func(name string) string {
		value := strings.TrimSpace(r.URL.Query().Get(name))
		if len(value) > maxName {
			return ""
		}
		return value
	}
	v.System, v.Package, v.Layer, v.Change = ask("system"), ask("package"), ask("schicht"), ask("art")
	v.Critical, v.Day = ask("kritisch"), ask("tag")
	status := http.StatusOK
	if v.System != "" {
		e, err := c.backend.Explain(r.Context(), board.Question{
			System: v.System, Package: v.Package, Layer: policy.Layer(v.Layer), Change: policy.ChangeClass(v.Change),
			Critical: policy.Criticality(v.Critical), Day: v.Day,
		})
		if err != nil {
			v.Fault = c.fault(r, err)
			status = statusOf(v.Fault.Code)
		} else {
			v.Answer = &e
			letter := reply.Write(reply.Case{Decision: e.Decision, Title: e.Policy.Titles, System: e.System, Ordered: e.Allowed})
			v.Letter = &letter
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

// valuesOf are the values of a facet to choose from, in the order of its enumeration.
func valuesOf(facet string) []option {
	words := policy.Words()[facet]
	var out []option
	for _, value := range policy.Values(facet) {
		out = append(out, option{value, words[value]})
	}
	return out
}
