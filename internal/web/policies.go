package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/policy/matrix"
	"github.com/patchwart/patchwart/internal/core/promise"
	"github.com/patchwart/patchwart/internal/core/statute"
)

// policiesView is the list of published versions.
type policiesView struct {
	page
	List []board.PolicyInfo
}

// versionView is one version: its dates, its table, its rules.
type versionView struct {
	page
	V      board.PublishedVersion
	Matrix matrix.Matrix
	Count  promise.Coverage
}

// promisesView is the statements of a version with what they are here.
type promisesView struct {
	page
	V     board.PublishedVersion
	Count promise.Coverage
	Kind  string // as in the address; empty: all
	Rows  []promise.Statement
}

func (c *console) policies(w http.ResponseWriter, r *http.Request) {
	list, err := c.backend.Policies(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, policiesPage(policiesView{c.page(w, r, "regelwerke", policyWords.Title), list}))
}

func (c *console) policyVersion(w http.ResponseWriter, r *http.Request) {
	v, err := c.backend.PolicyVersion(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, versionPage(versionView{
		c.page(w, r, "regelwerke", lang.T(v.ID, v.ID)), v, matrix.Of(v.Version), promise.Count(v.Promises),
	}))
}

// The kinds of statements as the address names them, in the order of the filter.
var promiseKinds = []struct {
	name string
	kind policy.Kind
}{{"regel", policy.KindRule}, {"hinweis", policy.KindNotice}, {"kontrolle", policy.KindControl}, {"keine", policy.KindStatement}}

func (c *console) promisesOf(r *http.Request, p page) (promisesView, error) {
	v, err := c.backend.PolicyVersion(r.Context(), r.PathValue("id"))
	if err != nil {
		return promisesView{}, err
	}
	view := promisesView{page: p, V: v, Count: promise.Count(v.Promises), Rows: v.Promises}
	for _, k := range promiseKinds {
		if k.name == r.URL.Query().Get("art") {
			view.Kind = k.name
			view.Rows = slices.DeleteFunc(slices.Clone(v.Promises), func(s promise.Statement) bool { return s.Kind != k.kind })
		}
	}
	return view, nil
}

func (c *console) promises(w http.ResponseWriter, r *http.Request) {
	view, err := c.promisesOf(r, c.page(w, r, "regelwerke", policyWords.Promises))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, promisesPage(view))
}

// promisesCSV is the statements as CSV, with the same filter.
func (c *console) promisesCSV(w http.ResponseWriter, r *http.Request) {
	p := c.page(w, r, "regelwerke", policyWords.Promises)
	view, err := c.promisesOf(r, p)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	table := [][]string{p.all(policyWords.Statement, policyWords.KindCol, policyWords.Says, policyWords.Here, policyWords.Question)}
	for _, s := range view.Rows {
		table = append(table, []string{s.ID, p.T(promise.KindWords(s.Kind)), p.T(s.Text), s.Here(p.L), p.T(s.Question)})
	}
	c.writeCSV(w, p, "zusagen-"+view.V.ID, table)
}

func policyURL(id string) string { return "/regelwerke/" + url.PathEscape(id) }

// promisesURL is the list of statements, of one kind or all.
func promisesURL(id, kind string) string {
	u := policyURL(id) + "/zusagen"
	if kind != "" {
		u += "?art=" + kind
	}
	return u
}

// validity says from when to when a version is valid, and says plainly what is not known.
func validity(p page, info board.PolicyInfo) string {
	from, knownFrom := day(p, info.From)
	to, knownTo := day(p, info.To)
	switch {
	case knownFrom && knownTo:
		return p.F(policyWords.FromTo, from, to)
	case knownFrom:
		return p.F(policyWords.Since, from)
	case knownTo:
		return p.F(policyWords.Until, to)
	}
	return p.T(policyWords.Undated)
}

// coverage is the line above the statements.
func coverage(p page, c promise.Coverage) string {
	return p.F(policyWords.Coverage, p.Count(c.Statements), p.Count(c.Rules), p.Count(c.Notices), p.Count(c.Controls), p.Count(c.NotSoftware),
		p.Count(c.ControlCount), p.Count(c.Checks))
}

// settingText says what a rule decides, for people.
func settingText(p page, s policy.Setting) string {
	var value lang.Text
	switch s.Field {
	case "planning", "execution":
		value = policy.Party(s.Value).Text()
	case "trigger":
		value = policy.Trigger(s.Value).Text()
	case "charge":
		value = policy.Charge(s.Value).Text()
	case "window":
		value = policy.Window(s.Value).Text()
	case "cadence":
		value = policy.Cadence(s.Value).Text()
	case "deadline_hours":
		return p.F(policyWords.Hours, s.Value)
	case "explicit_request":
		if s.Value == "true" {
			return p.T(policyWords.ExplicitYes)
		}
		return p.T(policyWords.ExplicitNo)
	}
	switch {
	case value.IsZero():
		value = lang.T(s.Value, s.Value)
	case s.Value == string(policy.ChargeUnknown):
		return p.T(value) // says of itself what it is about
	}
	return p.T(policyWords.Fields[s.Field]) + ": " + p.T(value)
}

// settings joins what a case decides.
func settings(p page, list []policy.Setting) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = settingText(p, s)
	}
	return strings.Join(words, " · ")
}

// csvOf is the list of statements as CSV, with the same filter.
func csvOf(v promisesView) string {
	u := policyURL(v.V.ID) + "/zusagen.csv"
	if v.Kind != "" {
		u += "?art=" + v.Kind
	}
	return u
}

// cited is a citation as it stands today.
func cited(p page, s statute.Standing) string {
	if s.Repealed {
		return p.F(policyWords.Repealed, s.Citation.Cite, s.Today.Cite)
	}
	return p.F(policyWords.Cites, s.Citation.Cite)
}

// condition says when a case applies.
func condition(p page, when []policy.Condition) string {
	if len(when) == 0 {
		return p.T(policyWords.Always)
	}
	return p.F(policyWords.When, p.T(policy.Box(when).Words()))
}
