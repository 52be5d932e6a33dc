package policy

import (
	_ "embed" // the house's own rules are part of the program
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Happening is what can happen to work on a system that people are told of.
type Happening string

// The happenings.
const (
	HappensPlanned       Happening = "planned"        // a downtime lies ahead
	HappensMoved         Happening = "moved"          // it lies elsewhere than was told
	HappensCancelled     Happening = "cancelled"      // it does not take place
	HappensBegun         Happening = "begun"          // the host has begun
	HappensDone          Happening = "done"           // it went well
	HappensPartial       Happening = "partial"        // a part of it is in place
	HappensNotEffective  Happening = "not_effective"  // installed, but the old code still runs
	HappensBlocked       Happening = "blocked"        // stopped before anything was touched
	HappensRestored      Happening = "restored"       // failed, and put back
	HappensRestoreFailed Happening = "restore_failed" // failed, and not put back
	HappensOverdue       Happening = "overdue"        // promised by now, and not done
)

// AllHappenings lists the happenings in the order of a run.
func AllHappenings() []Happening {
	return []Happening{HappensPlanned, HappensMoved, HappensCancelled, HappensBegun, HappensDone, HappensPartial, HappensNotEffective,
		HappensBlocked, HappensRestored, HappensRestoreFailed, HappensOverdue}
}

// Audience is who is told: the customer's contacts with an authority, or a role of the hoster's.
type Audience string

// The audiences.
const (
	ToOrder      Audience = "order"   // contacts who may order
	ToConsent    Audience = "consent" // contacts who may consent
	ToRead       Audience = "read"    // contacts who may see
	ToOperator   Audience = "operator"
	ToOnCall     Audience = "on_call"
	ToManagement Audience = "management"
)

// AllAudiences lists the audiences.
func AllAudiences() []Audience {
	return []Audience{ToOrder, ToConsent, ToRead, ToOperator, ToOnCall, ToManagement}
}

// Notices is who is told what of work on systems, and by when.
type Notices struct {
	Tell   []Telling `json:"tell"`
	Digest Digest    `json:"digest"`
}

// Telling is one rule about who is told of a happening.
type Telling struct {
	Happening Happening  `json:"happening"`
	To        []Audience `json:"to"`
	// LeadHours is how long before the work it is told at the latest; zero where nothing lies ahead.
	LeadHours int `json:"lead_hours,omitempty"`
	// Rule is the statement of the document that asks for it. Where the document is silent, House says why the
	// house does it all the same; exactly one of them is there.
	Rule  string    `json:"rule,omitempty"`
	House lang.Text `json:"house,omitzero"`
}

// Lead is how long before the work it is told at the latest.
func (t Telling) Lead() time.Duration { return time.Duration(t.LeadHours) * time.Hour }

// Digest says when several things become one letter.
type Digest struct {
	Systems     int    `json:"systems"`      // who is concerned by at least so many systems at once gets one letter
	WaitMinutes int    `json:"wait_minutes"` // how long good news waits for others of the same work
	Daily       string `json:"daily"`        // local time of the operators' daily overview, HH:MM
}

// Wait is how long good news waits for others of the same work.
func (d Digest) Wait() time.Duration { return time.Duration(d.WaitMinutes) * time.Minute }

// The bounds of a notice section.
const (
	maxTellings = 60
	maxLead     = 90 * 24 // hours
	maxWait     = 240     // minutes
	minSystems  = 2
	maxSystems  = 1000
)

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

//go:embed notices.yaml
var houseNotices []byte

// HouseNotices are the house's own rules, for versions that have none. They cite nothing.
func HouseNotices() Notices { return house() }

var house = sync.OnceValue(func() Notices {
	d := &document{file: "notices.yaml"}
	n := Notices{}
	if root := d.root(houseNotices); root != nil {
		n = d.notices(root, "", nil)
	}
	if err := d.err(); err != nil {
		panic("policy: " + err.Error()) // the document is part of the program
	}
	return n
})

// Telling is who is told what under this version: what it says itself, else the house's own rules.
func (v *Version) Telling() Notices {
	if v == nil || v.Notices == nil {
		return HouseNotices()
	}
	return *v.Notices
}

// notices reads the section; rules are those that may be cited.
func (d *document) notices(n ast.Node, path string, rules []Rule) Notices {
	var out Notices
	in := d.fields(n, path, "tell", "digest")
	if e, ok := d.need(in, n, path, "tell"); ok {
		items := d.items(e.value, join(path, "tell"))
		if len(items) > maxTellings {
			d.problem(e.key, join(path, "tell"), lang.Textf("mehr als %[1]d Einträge", "more than %[1]d entries", maxTellings))
			items = nil
		}
		before := len(d.places)
		for i, item := range items {
			out.Tell = append(out.Tell, d.telling(item, fmt.Sprintf("%s[%d]", join(path, "tell"), i), rules))
		}
		if len(d.places) == before {
			d.corrected(e.key, join(path, "tell"), out.Tell)
		}
	}
	if e, ok := d.need(in, n, path, "digest"); ok {
		out.Digest = d.digest(e.value, join(path, "digest"))
	}
	return out
}

func (d *document) telling(n ast.Node, path string, rules []Rule) Telling {
	var t Telling
	in := d.fields(n, path, "happening", "to", "lead_hours", "rule", "house")
	if e, ok := d.need(in, n, path, "happening"); ok {
		word, _ := d.oneOf(e.value, path+".happening", texts(AllHappenings()))
		t.Happening = Happening(word)
	}
	if e, ok := d.need(in, n, path, "to"); ok {
		for i, item := range d.items(e.value, path+".to") {
			word, _ := d.oneOf(item, fmt.Sprintf("%s.to[%d]", path, i), texts(AllAudiences()))
			if slices.Contains(t.To, Audience(word)) {
				d.problem(spotOf(item), path+".to", lang.Textf("%[1]s steht zweimal", "%[1]s stands twice", word))
			}
			t.To = append(t.To, Audience(word))
		}
	}
	ahead := t.Happening == HappensPlanned || t.Happening == HappensMoved
	switch e, ok := in["lead_hours"]; {
	case ok && !ahead && t.Happening != "":
		d.problem(e.key, path+".lead_hours", lang.T("eine Frist davor gibt es nur bei planned und moved", "a time ahead exists with planned and moved only"))
	case ok:
		t.LeadHours = d.whole(e.value, path+".lead_hours", 0, maxLead)
	case ahead:
		d.need(in, n, path, "lead_hours")
	}
	cite, cites := in["rule"]
	house, own := in["house"]
	switch {
	case cites == own:
		d.problem(spotOf(n), path, lang.T("genau eines muss hier stehen: rule (der Satz des Dokuments) oder house (warum wir es trotzdem tun)",
			"exactly one must stand here: rule (the document's statement) or house (why we do it all the same)"))
	case own:
		t.House = d.text(house.value, path+".house")
	default:
		t.Rule = d.shaped(cite.value, path+".rule", ruleID, "MH2-22")
		if t.Rule != "" && !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == t.Rule }) {
			d.problem(spotOf(cite.value), path+".rule", lang.Textf("diesen Satz gibt es in dieser Fassung nicht: %[1]s", "this version has no such statement: %[1]s", t.Rule))
		}
	}
	return t
}

// corrected demands that whoever is told of work that lies ahead is told, too, when that is not true any more.
func (d *document) corrected(at spot, path string, list []Telling) {
	told := map[Happening][]Audience{}
	for _, t := range list {
		told[t.Happening] = append(told[t.Happening], t.To...)
	}
	for _, need := range []Happening{HappensMoved, HappensCancelled} {
		for _, a := range told[HappensPlanned] {
			if !slices.Contains(told[need], a) {
				d.problem(at, path, lang.Textf("%[1]s erfährt von geplanter Arbeit (planned), aber nicht von %[2]s: Eine Ankündigung, die nicht mehr stimmt, muss berichtigt werden",
					"%[1]s is told of planned work, but not of %[2]s: an announcement that is not true any more must be corrected", string(a), string(need)))
			}
		}
	}
}

func (d *document) digest(n ast.Node, path string) Digest {
	var g Digest
	in := d.fields(n, path, "systems", "wait_minutes", "daily")
	if e, ok := d.need(in, n, path, "systems"); ok {
		g.Systems = d.whole(e.value, path+".systems", minSystems, maxSystems)
	}
	if e, ok := d.need(in, n, path, "wait_minutes"); ok {
		g.WaitMinutes = d.whole(e.value, path+".wait_minutes", 0, maxWait)
	}
	if e, ok := d.need(in, n, path, "daily"); ok {
		g.Daily = d.shaped(e.value, path+".daily", timeOfDay, "07:00")
	}
	return g
}

// whole reads a whole number within bounds.
func (d *document) whole(n ast.Node, path string, low, high int) int {
	text, ok := d.scalar(n, path)
	if !ok {
		return low
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < low || v > high {
		d.problem(spotOf(n), path, lang.Textf("„%[1]s“ ist keine ganze Zahl von %[2]d bis %[3]d", `"%[1]s" is no whole number from %[2]d to %[3]d`, text, low, high))
		return low
	}
	return v
}

// noticesSchema is the section for editors.
func noticesSchema(text any) map[string]any {
	type object = map[string]any
	telling := object{"type": "object", "additionalProperties": false, "required": []string{"happening", "to"}, "properties": object{
		"happening":  object{"enum": texts(AllHappenings())},
		"to":         object{"type": "array", "minItems": 1, "uniqueItems": true, "items": object{"enum": texts(AllAudiences())}},
		"lead_hours": object{"type": "integer", "minimum": 0, "maximum": maxLead, "description": "How long before the work it is told at the latest; with planned and moved."},
		"rule":       object{"type": "string", "pattern": ruleID.String(), "description": "The statement that asks for it; else house."},
		"house":      text,
	}}
	return object{"type": "object", "additionalProperties": false, "required": []string{"tell", "digest"},
		"description": "Who is told what of work on systems, and by when. Left out: the house's own rules.",
		"properties": object{
			"tell": object{"type": "array", "minItems": 1, "items": telling},
			"digest": object{"type": "object", "additionalProperties": false, "required": []string{"systems", "wait_minutes", "daily"}, "properties": object{
				"systems":      object{"type": "integer", "minimum": minSystems, "maximum": maxSystems},
				"wait_minutes": object{"type": "integer", "minimum": 0, "maximum": maxWait},
				"daily":        object{"type": "string", "pattern": timeOfDay.String()},
			}},
		}}
}
