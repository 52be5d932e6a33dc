// Package statute holds the laws and references that policies cite, as data with validity: what a citation
// demands, until when it was in force, and what stands in its place on a given day.
//
// It reads its table with the parser of github.com/goccy/go-yaml, like the other documents of core; only
// the parsing of bytes is used.
package statute

import (
	"errors"
	"regexp"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/yamltext"
)

// maxDocument bounds the document, in bytes.
const maxDocument = 64 << 10

// Citation is one law or reference as it is cited.
type Citation struct {
	ID        string    `json:"id"`   // "tmg-13-7"
	Cite      string    `json:"cite"` // as lawyers write it, in German
	Text      lang.Text `json:"text"` // what it demands, in our own words
	ValidFrom string    `json:"valid_from"`
	ValidTo   string    `json:"valid_to,omitempty"`  // last day; empty: in force
	Successor string    `json:"successor,omitempty"` // ID of what took its place
}

// Standing is a citation as of a day.
type Standing struct {
	Citation Citation `json:"citation"`
	Repealed bool     `json:"repealed"`
	Today    Citation `json:"today"` // what is in force on the day: the citation itself, or the last of its successors
}

// Table is all citations by ID.
type Table map[string]Citation

// row is a citation as it stands in the document.
type row struct {
	ID   string `yaml:"id"`
	Cite string `yaml:"cite"`
	Text struct {
		DE string `yaml:"de"`
		EN string `yaml:"en"`
	} `yaml:"text"`
	ValidFrom string `yaml:"valid_from"`
	ValidTo   string `yaml:"valid_to"`
	Successor string `yaml:"successor"`
}

var shape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Parse reads a table strictly. The error is a *fault.Error with the code Invalid that names all places.
func Parse(name string, data []byte) (Table, error) {
	if len(data) > maxDocument {
		return nil, invalid(name, lang.Textf("mehr als %[1]d Bytes", "more than %[1]d bytes", maxDocument))
	}
	var doc struct {
		Citations []row `yaml:"citations"`
	}
	if err := yamltext.ReadStrict(data, &doc); err != nil {
		return nil, invalid(name, lang.Textf("kein gültiges YAML: %[1]s", "not valid YAML: %[1]s", err.Error()))
	}
	t := Table{}
	var wrong []lang.Text
	problem := func(id, de, en string) {
		wrong = append(wrong, lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s", id, lang.T(de, en)))
	}
	for _, r := range doc.Citations {
		c := Citation{r.ID, r.Cite, lang.T(r.Text.DE, r.Text.EN), r.ValidFrom, r.ValidTo, r.Successor}
		_, twice := t[r.ID]
		switch {
		case !shape.MatchString(r.ID):
			problem(r.ID, "die ID muss aussehen wie tmg-13-7", "the ID must look like tmg-13-7")
		case twice:
			problem(r.ID, "steht zweimal", "stands twice")
		case r.Cite == "" || r.Text.DE == "" || r.Text.EN == "":
			problem(r.ID, "cite, text.de und text.en werden gebraucht", "cite, text.de and text.en are needed")
		case !isDay(r.ValidFrom) || r.ValidTo != "" && (!isDay(r.ValidTo) || r.ValidTo < r.ValidFrom):
			problem(r.ID, "valid_from und valid_to sind Tage wie 2015-07-25, in dieser Folge", "valid_from and valid_to are days like 2015-07-25, in this order")
		case r.ValidTo == "" && r.Successor != "":
			problem(r.ID, "was in Kraft ist, hat keinen Nachfolger", "what is in force has no successor")
		}
		t[r.ID] = c
	}
	for id, c := range t {
		if _, known := t[c.Successor]; c.Successor != "" && !known {
			problem(id, "den Nachfolger gibt es nicht", "the successor does not exist")
		} else if t.loops(c) {
			problem(id, "die Nachfolger führen im Kreis", "the successors go in a circle")
		}
	}
	if len(wrong) > 0 {
		return nil, invalid(name, wrong...)
	}
	return t, nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func (t Table) loops(c Citation) bool {
	for range t {
		if c.Successor == "" {
			return false
		}
		c = t[c.Successor]
	}
	return c.Successor != ""
}

func invalid(name string, problems ...lang.Text) error {
	f := &fault.Error{
		Code: fault.Invalid,
		Text: lang.Textf("Die Liste der Gesetze %[1]s ist nicht gültig.", "The list of statutes %[1]s is not valid.", name),
		Mend: lang.T("Bitte berichtigen Sie die genannten Stellen.", "Please correct the places named."),
	}
	var causes []error
	for _, p := range problems {
		f.Places = append(f.Places, fault.Place{File: name, Line: 1, Column: 1, Problem: p})
		causes = append(causes, errors.New(p.EN))
	}
	f.Cause = errors.Join(causes...)
	return f
}

// At tells how a citation stands on a day (YYYY-MM-DD), and whether there is one of that ID.
func (t Table) At(id, day string) (Standing, bool) {
	c, ok := t[id]
	if !ok {
		return Standing{}, false
	}
	s := Standing{Citation: c, Today: c, Repealed: c.ValidTo != "" && c.ValidTo < day}
	for s.Today.ValidTo != "" && s.Today.ValidTo < day && s.Today.Successor != "" {
		s.Today = t[s.Today.Successor]
	}
	return s, true
}
