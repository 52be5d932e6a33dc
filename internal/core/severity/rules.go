package severity

import (
	_ "embed" // the default rules are part of the program
	"regexp"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity/strictyaml"
)

// The bounds of a rule document.
const (
	maxRules      = 200
	maxParts      = 32 // members of all or any
	maxNesting    = 8  // all and any within each other
	maxOverride   = 366
	ignoreUnknown = "ignore"
)

var ruleID = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9]{2}$`)

//go:embed critical.yaml
var defaultRules []byte

// Rules says which holes are how bad. It is made by Parse and not changed afterwards.
type Rules struct {
	Version      string
	OverrideDays int // for how long an operator's override may hold at most
	Rules        []Rule
}

// Rule gives a level to the holes that meet its condition.
type Rule struct {
	ID    string    `json:"id"`
	Text  lang.Text `json:"text"`
	Level Level     `json:"level"`
	Cites []string  `json:"cites,omitempty"` // the promises that it renders: IT-33
	// Lenient: what is not known about this rule's facts leaves no rating open. It is for additional signs
	// such as EPSS, which are missing for most holes.
	Lenient bool `json:"lenient,omitempty"`
	when    condition
}

// Default returns the rules that come with the program. They are valid; a test holds that.
func Default() *Rules {
	r, err := Parse("critical.yaml", defaultRules)
	if err != nil {
		panic("severity: " + err.Error()) // the document is part of the program
	}
	return r
}

// DefaultDocument is the YAML text of the default rules, to start one's own from.
func DefaultDocument() []byte { return append([]byte(nil), defaultRules...) }

// Parse reads rules from their YAML document. It is strict: unknown fields and values, missing translations,
// IDs given twice and a document by which nothing could be critical are errors. The error is a *fault.Error
// with the code Invalid that names all places with line and column.
func Parse(file string, data []byte) (*Rules, error) {
	d, root := strictyaml.Open(file, data)
	f := root.Fields("version", "override_max_days", "rules")
	r := &Rules{}
	r.Version, _ = f.Need("version").Word()
	r.OverrideDays = f.Need("override_max_days").Whole(1, maxOverride)
	list := f.Need("rules")
	first := map[string]int{}
	critical := false
	for _, n := range list.Items(maxRules) {
		rule := parseRule(n)
		if line, twice := first[rule.ID]; twice && rule.ID != "" {
			n.Wrong(lang.Textf("die Regel %[1]s steht schon in Zeile %[2]d; jede ID steht einmal",
				"the rule %[1]s is there in line %[2]d already; every ID stands once", rule.ID, line))
		} else {
			first[rule.ID] = n.Line()
		}
		critical = critical || rule.Level == Critical
		r.Rules = append(r.Rules, rule)
	}
	if d.OK() && !critical {
		list.Wrong(lang.T("keine Regel ergibt „critical“; damit liefe nie eine kurze Frist (IT-33)",
			`no rule gives "critical"; the short clock would never run (IT-33)`))
	}
	if err := d.Err(lang.T("Das Regelwerk", "The rule document")); err != nil {
		return nil, err
	}
	return r, nil
}

func parseRule(n strictyaml.Node) Rule {
	f := n.Fields("id", "text", "level", "cites", "if_unknown", "when")
	var r Rule
	id := f.Need("id")
	if text, ok := id.Word(); ok && ruleID.MatchString(text) {
		r.ID = text
	} else if ok {
		id.Wrong(lang.Textf("„%[1]s“ hat nicht die Form von CRIT-01", `"%[1]s" does not have the shape of CRIT-01`, text))
	}
	r.Text = f.Need("text").Text()
	r.Level = Level(f.Need("level").OneOf(levelWords()...))
	if c, ok := f.Get("cites"); ok {
		for _, n := range c.Items(maxParts) {
			if text, ok := n.Word(); ok {
				r.Cites = append(r.Cites, text)
			}
		}
	}
	if u, ok := f.Get("if_unknown"); ok {
		r.Lenient = u.OneOf("possible", ignoreUnknown) == ignoreUnknown
	}
	r.when = parseCondition(f.Need("when"), 0)
	return r
}

// parseCondition reads a mapping all of whose fields must hold.
func parseCondition(n strictyaml.Node, depth int) condition {
	if depth > maxNesting {
		n.Wrong(lang.Textf("mehr als %[1]d Ebenen von all und any", "more than %[1]d levels of all and any", maxNesting))
		return condition{}
	}
	f := n.Fields("all", "any", string(factRemote), string(factUnauthenticated), string(factWithoutHelp), string(factTakeover),
		string(factAutomatable), string(factKnownExploited), string(factRansomware), "score_at_least", "score_below",
		"epss_at_least", "epss_percentile_at_least", "word_at_least", string(factUrgency))
	var c condition
	for _, name := range f.Names() {
		v, _ := f.Get(name)
		c.parts = append(c.parts, parsePart(name, v, depth))
	}
	if f.Empty() {
		n.Wrong(lang.T("hier muss mindestens eine Bedingung stehen", "at least one condition must stand here"))
	}
	if len(c.parts) == 1 {
		return c.parts[0]
	}
	return c
}

func parsePart(name string, v strictyaml.Node, depth int) condition {
	switch name {
	case "all", "any":
		c := condition{any: name == "any"}
		for _, n := range v.Items(maxParts) {
			c.parts = append(c.parts, parseCondition(n, depth+1))
		}
		return c
	case "score_at_least":
		return condition{fact: factScore, least: v.Number(0, 10)}
	case "score_below":
		return condition{fact: factScore, below: v.Number(0.1, 10)}
	case "epss_at_least":
		return condition{fact: factEPSS, least: v.Number(0, 1)}
	case "epss_percentile_at_least":
		return condition{fact: factPercentile, least: v.Number(0, 1)}
	case "word_at_least":
		return condition{fact: factWord, level: Level(v.OneOf(levelWords()...))}
	case string(factUrgency):
		c := condition{fact: factUrgency}
		for _, n := range v.Items(len(urgencies)) {
			c.oneOf = append(c.oneOf, n.OneOf(urgencies...))
		}
		return c
	}
	return condition{fact: fact(name), want: answer(v.Bool())}
}

func levelWords() []string {
	out := make([]string, 0, 5)
	for _, l := range Levels() {
		out = append(out, string(l))
	}
	return out
}

// name is the rule as sentences name it: "CRIT-01 (IT-33)".
func (r *Rule) name() string {
	if len(r.Cites) == 0 {
		return r.ID
	}
	return r.ID + " (" + strings.Join(r.Cites, ", ") + ")"
}
