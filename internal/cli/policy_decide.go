package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/reply"
)

// policyDecideCmd asks a policy without a server: facts in, answer out. What is left out is unknown.
type policyDecideCmd struct {
	Policy        string   `required:"" placeholder:"${word_policy}" help:"flag_decide_policy"`
	ServiceModel  string   `placeholder:"${word_value}" help:"flag_decide_model"`
	Package       string   `placeholder:"${word_value}" help:"flag_decide_package"`
	Layer         string   `placeholder:"${word_value}" help:"flag_decide_layer"`
	Change        string   `placeholder:"${word_value}" help:"flag_decide_change"`
	Origin        string   `placeholder:"${word_value}" help:"flag_decide_origin"`
	InstalledBy   string   `placeholder:"${word_value}" help:"flag_decide_installed"`
	AdminAccess   string   `placeholder:"${word_value}" help:"flag_decide_admin"`
	Critical      string   `placeholder:"true|false" help:"flag_decide_critical"`
	OSSupported   string   `name:"os-supported" placeholder:"true|false" help:"flag_decide_supported"`
	SystemCreated string   `placeholder:"${word_day}" help:"flag_decide_created"`
	Agreement     []string `placeholder:"${word_file}" help:"flag_decide_agreement"`
	Reply         bool     `help:"flag_decide_reply"`
	Day           string   `placeholder:"${word_day}" help:"flag_decide_day"`
}

// decided is the answer that scripts depend on. Lists are never null.
type decided struct {
	Policy        string            `json:"policy"`
	Version       string            `json:"version"`
	SHA256        string            `json:"sha256"`
	Agreements    []policy.Applied  `json:"agreements"`
	Verdict       policy.Verdict    `json:"verdict"`
	Planning      policy.Party      `json:"planning"`
	Execution     policy.Party      `json:"execution"`
	Trigger       policy.Trigger    `json:"trigger"`
	Explicit      bool              `json:"explicit_request"`
	Cadence       policy.Cadence    `json:"cadence"`
	DeadlineHours *int              `json:"deadline_hours"`
	Charge        policy.Charge     `json:"charge"`
	Window        policy.Window     `json:"window"`
	Notices       []policy.Notice   `json:"notices"`
	Rules         []string          `json:"rules"`
	MissingFacts  []string          `json:"missing_facts"`
	Inactive      []policy.Inactive `json:"inactive"`
	Explanation   lang.Text         `json:"explanation"`
	Reply         *reply.Letter     `json:"reply,omitempty"`
}

// flagOf are the facets whose flag has another name than the facet.
var flagOf = map[string]string{"change_class": "change", "criticality": "critical"}

func (cmd policyDecideCmd) Run(a *app) error {
	f, err := cmd.facets()
	if err != nil {
		return err
	}
	v, err := a.loadPolicy(cmd.Policy)
	if err != nil {
		return err
	}
	day := cmd.Day
	if day == "" {
		day = time.Now().Format(time.DateOnly)
	}
	var agreements []*policy.Agreement
	for _, file := range cmd.Agreement {
		text, err := a.readInput(file, maxPolicy)
		if err != nil {
			return err
		}
		agreement, err := policy.ParseAgreement(filepath.Base(file), text)
		if err != nil {
			return err
		}
		agreements = append(agreements, agreement)
	}
	amended, inactive := policy.Amend(v, day, agreements...)
	d := policy.Decide(amended, f)
	out := newDecided(v, d, inactive)
	if cmd.Reply {
		letter := reply.Write(reply.Case{Decision: d, Title: v.Title, System: a.t(lang.T("Ihr System", "your system"))})
		out.Reply = &letter
	}
	return a.result(out, func() {
		if out.Reply != nil {
			a.print(out.Reply.Subject.In(a.lang) + "\n\n" + out.Reply.Body.In(a.lang))
			return
		}
		a.decided(amended, d, inactive)
	})
}

func newDecided(v *policy.Version, d policy.Decision, inactive []policy.Inactive) decided {
	out := decided{
		Policy: v.ID, Version: v.Label, SHA256: v.SHA256, Agreements: filled(d.Agreements), Verdict: d.Verdict,
		Planning: d.Planning, Execution: d.Execution, Trigger: d.Trigger, Explicit: d.ExplicitRequest, Cadence: d.Cadence,
		Charge: d.Charge, Window: d.Window, Notices: filled(d.Notices), Rules: filled(d.Rules()), MissingFacts: []string{},
		Inactive: filled(inactive), Explanation: d.Explanation(),
	}
	if d.DeadlineHours > 0 {
		out.DeadlineHours = &d.DeadlineHours
	}
	for _, name := range d.Missing {
		if flag, ok := flagOf[name]; ok {
			name = flag
		}
		out.MissingFacts = append(out.MissingFacts, name)
	}
	return out
}

// filled is the list, or an empty one: null would be no list.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// facets reads the facts of the command line.
func (cmd policyDecideCmd) facets() (policy.Facets, error) {
	yesNo := []string{"true", "false"}
	for _, c := range []struct {
		flag, value string
		allowed     []string
	}{
		{"service-model", cmd.ServiceModel, policy.Values("service_model")},
		{"package", cmd.Package, policy.Values("package")},
		{"layer", cmd.Layer, policy.Values("layer")},
		{"change", cmd.Change, policy.Values("change_class")},
		{"origin", cmd.Origin, policy.Values("origin")},
		{"installed-by", cmd.InstalledBy, policy.Values("installed_by")},
		{"admin-access", cmd.AdminAccess, policy.Values("admin_access")},
		{"critical", cmd.Critical, yesNo},
		{"os-supported", cmd.OSSupported, yesNo},
	} {
		if err := oneOf(c.flag, c.value, append(c.allowed, "unknown")); err != nil {
			return policy.Facets{}, err
		}
	}
	for _, c := range [][2]string{{"system-created", cmd.SystemCreated}, {"day", cmd.Day}} {
		if _, err := time.Parse(time.DateOnly, c[1]); c[1] != "" && err != nil && (c[0] == "day" || c[1] != "unknown") {
			return policy.Facets{}, &usageError{alone: true, text: lang.Textf(
				"--%[1]s: „%[2]s“ ist kein Tag; erwartet ist einer wie 2024-05-01", `--%[1]s: "%[2]s" is not a day; expected is one like 2024-05-01`, c[0], c[1])}
		}
	}
	return policy.Facets{
		ServiceModel: policy.ServiceModel(known(cmd.ServiceModel)), Package: policy.Package(known(cmd.Package)),
		Layer: policy.Layer(known(cmd.Layer)), ChangeClass: policy.ChangeClass(known(cmd.Change)), Origin: policy.Origin(known(cmd.Origin)),
		InstalledBy: policy.InstalledBy(known(cmd.InstalledBy)), AdminAccess: policy.AdminAccess(known(cmd.AdminAccess)),
		Criticality:   pick(cmd.Critical, policy.CriticalityRemoteTakeover, policy.CriticalityNormal, policy.CriticalityUnknown),
		OSSupported:   pick(cmd.OSSupported, policy.OSSupportedFull, policy.OSSupportedEnded, policy.OSSupportedUnknown),
		SystemCreated: policy.CreatedOn(cmd.SystemCreated),
	}, nil
}

// known is the value, or that it is not known.
func known(value string) string {
	if value == "" {
		return "unknown"
	}
	return value
}

func pick[T any](value string, yes, no, open T) T {
	switch value {
	case "true":
		return yes
	case "false":
		return no
	}
	return open
}

var decideWords = struct{ Answer, Rules, Notices, Facts, Inactive, Maybe, Policy lang.Text }{
	Answer:   lang.T("Antwort", "answer"),
	Policy:   lang.T("Fassung", "policy version"),
	Rules:    lang.T("Regeln, die dazu führten", "Rules that led to it"),
	Notices:  lang.T("Das ist dazu zu sagen", "To be said along with it"),
	Facts:    lang.T("Wovon sie ausgehen", "What they rest on"),
	Inactive: lang.T("Noch nicht wirksam", "Without effect yet"),
	Maybe:    lang.T("hängt von der fehlenden Angabe ab: ", "hangs on the missing fact: "),
}

// decided shows a decision with the sentences it rests on.
func (a *app) decided(v *policy.Version, d policy.Decision, inactive []policy.Inactive) {
	w := decideWords
	a.pairs(pair{w.Answer, a.t(d.Explanation())}, pair{w.Policy, v.ID + " – " + a.t(v.Title)})
	if len(d.Reasons) > 0 {
		a.head(w.Rules)
	}
	for _, r := range d.Reasons {
		text := a.t(r.Text)
		if r.May {
			text = w.Maybe.In(a.lang) + text
		}
		a.ruled(r.RuleID, text)
	}
	if len(d.Notices) > 0 {
		a.head(w.Notices)
	}
	for _, n := range d.Notices {
		a.ruled(n.RuleID, a.t(n.Text))
	}
	if len(inactive) > 0 {
		a.head(w.Inactive)
	}
	for _, i := range inactive {
		a.ruled(i.By, a.t(i.Text))
	}
	a.head(w.Facts)
	var facts []pair
	for _, f := range d.Facets.Facts() {
		facts = append(facts, pair{f.Title, a.t(f.Words)})
	}
	a.pairs(facts...)
}

// ruled prints a rule's ID with a text beside it.
func (a *app) ruled(id, text string) {
	for i, line := range wrap(text, 88) {
		if i > 0 {
			id = ""
		}
		a.print(strings.TrimRight(fmt.Sprintf("  %-8s  %s", clean(id), line), " "))
	}
}
