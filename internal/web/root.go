package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// rootForm is the form that accepts who can become root, as it was filled in.
type rootForm struct {
	By, Reason string
	Fault      *fault.Error
}

// acceptRoot has a person accept who can become root on a system.
func (c *console) acceptRoot(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	form := rootForm{By: strings.TrimSpace(r.PostFormValue("wer")), Reason: strings.TrimSpace(r.PostFormValue("warum"))}
	access, err := c.backend.AcceptRoot(r.Context(), name, form.By, form.Reason)
	if err == nil {
		http.Redirect(w, r, rootURL(access.System), http.StatusSeeOther)
		return
	}
	form.Fault = c.fault(r, err)
	if form.Fault.Code == fault.NotFound {
		c.fail(w, r, err)
		return
	}
	s, err := c.backend.System(r.Context(), name)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	order := newOrderForm(s)
	order.Fault = form.Fault
	c.showSystemWith(w, r, statusOf(form.Fault.Code), s, order, form)
}

// stopsRuns reports whether somebody has become root whom nobody accepted, where that stops runs.
func stopsRuns(a board.RootAccess) bool { return a.Watched && len(a.New) > 0 }

func rootMark(h fact.Holder, a board.RootAccess) mark {
	if slices.Contains(a.New, h) {
		return mark{"alarm", rootWords.New}
	}
	return mark{"done", rootWords.Known}
}

func wayWord(w fact.Way) lang.Text {
	switch w {
	case fact.ByAccount:
		return rootWords.Account
	case fact.ByGroup:
		return rootWords.Group
	case fact.BySudoers:
		return rootWords.Sudoers
	case fact.ByKey:
		return rootWords.Key
	case fact.Unread:
	}
	return rootWords.Unread
}

func rootURL(system string) string { return systemURL(system) + "#root" }

func acceptURL(system string) string { return "/systeme/" + url.PathEscape(system) + "/root" }
