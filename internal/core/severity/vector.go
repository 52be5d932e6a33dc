package severity

import (
	"errors"
	"fmt"
	"strings"

	v2 "github.com/pandatix/go-cvss/20"
	v30 "github.com/pandatix/go-cvss/30"
	v31 "github.com/pandatix/go-cvss/31"
	v4 "github.com/pandatix/go-cvss/40"
)

// maxVector bounds a vector in bytes; the longest that CVSS 4.0 allows has under 250.
const maxVector = 300

// Attributes is what a vector says about a hole, in the words of the promise (IT-33).
type Attributes struct {
	Remote          Answer `json:"remote"`          // reachable over a network (AV:N); a neighbouring network (AV:A) is not afar
	Unauthenticated Answer `json:"unauthenticated"` // needs no account (PR:N, in CVSS 2 Au:N)
	WithoutHelp     Answer `json:"without_help"`    // needs nobody to open or click anything (UI:N; CVSS 2: AC:L says so, else nobody does)
	Takeover        Answer `json:"takeover"`        // all of confidentiality, integrity and availability is lost, on the system itself or, in CVSS 4, on those behind it
	Automatable     Answer `json:"automatable"`     // CVSS 4 only, AU:Y or AU:N
}

// unknownAttributes is what no vector says.
var unknownAttributes = Attributes{NotKnown, NotKnown, NotKnown, NotKnown, NotKnown}

// View is one publisher's vector, read.
type View struct {
	Publisher string  `json:"publisher"`
	Vector    string  `json:"vector"`  // verbatim
	Version   string  `json:"version"` // of CVSS: 2.0, 3.0, 3.1, 4.0
	Score     float64 `json:"score"`   // base score, 0.0 to 10.0
	Attributes
}

// metrics is what the library's versions have in common.
type metrics interface {
	Get(metric string) (string, error)
}

// ParseVector reads a CVSS vector of version 2.0, 3.0, 3.1 or 4.0. Vectors of version 2 may stand in
// parentheses, as the NVD wrote them, or carry the prefix CVSS:2.0/. The error says what is wrong in one
// English sentence.
func ParseVector(publisher, vector string) (view View, err error) {
	text := strings.TrimSpace(vector)
	switch {
	case text == "":
		return View{}, errors.New("the vector is empty")
	case len(text) > maxVector:
		return View{}, fmt.Errorf("the vector has more than %d bytes", maxVector)
	}
	// The parsers are foreign and read what others publish: a panic in them is a broken vector here.
	defer func() {
		if r := recover(); r != nil {
			view, err = View{}, fmt.Errorf("the vector cannot be read: %v", r)
		}
	}()
	view = View{Publisher: publisher, Vector: vector}
	switch {
	case strings.HasPrefix(text, "CVSS:4.0/"):
		err = view.read4(text)
	case strings.HasPrefix(text, "CVSS:3.1/"):
		var c *v31.CVSS31
		if c, err = v31.ParseVector(text); err == nil {
			view.Version, view.Score = "3.1", c.BaseScore()
			view.read3(c)
		}
	case strings.HasPrefix(text, "CVSS:3.0/"):
		var c *v30.CVSS30
		if c, err = v30.ParseVector(text); err == nil {
			view.Version, view.Score = "3.0", c.BaseScore()
			view.read3(c)
		}
	case strings.HasPrefix(text, "CVSS:") && !strings.HasPrefix(text, "CVSS:2.0/"):
		err = errors.New("the vector is of a version of CVSS other than 2.0, 3.0, 3.1 and 4.0")
	default:
		err = view.read2(text)
	}
	if err != nil {
		return View{}, fmt.Errorf("not a valid CVSS vector: %w", err)
	}
	return view, nil
}

func (v *View) read3(c metrics) {
	v.Attributes = Attributes{
		Remote: is(c, "AV", "N"), Unauthenticated: is(c, "PR", "N"), WithoutHelp: is(c, "UI", "N"),
		Takeover: all(is(c, "C", "H"), is(c, "I", "H"), is(c, "A", "H")), Automatable: NotKnown,
	}
}

// modified4 are the metrics of CVSS 4.0 that are not base metrics and change the score.
var modified4 = []string{"E", "CR", "IR", "AR", "MAV", "MAC", "MAT", "MPR", "MUI", "MVC", "MVI", "MVA", "MSC", "MSI", "MSA"}

func (v *View) read4(text string) error {
	const onlyBase = len("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
	c, err := v4.ParseVector(text)
	if err != nil {
		return err
	}
	if len(text) > onlyBase {
		for _, m := range modified4 {
			if err := c.Set(m, "X"); err != nil {
				return err
			}
		}
	}
	v.Version, v.Score = "4.0", c.Score()
	v.Attributes = Attributes{
		Remote: is(c, "AV", "N"), Unauthenticated: is(c, "PR", "N"), WithoutHelp: is(c, "UI", "N"),
		Takeover: either(
			all(is(c, "VC", "H"), is(c, "VI", "H"), is(c, "VA", "H")),
			all(is(c, "SC", "H"), is(c, "SI", "H"), is(c, "SA", "H"))),
		Automatable: NotKnown,
	}
	if au, err := c.Get("AU"); err == nil && au != "X" {
		v.Automatable = answer(au == "Y")
	}
	return nil
}

// read2 maps CVSS 2: complete (C) loss of all three is takeover, partial loss (P) is not. It has no metric
// for a victim's help and counts it into the access complexity, so that only low complexity rules it out.
func (v *View) read2(text string) error {
	text = strings.TrimPrefix(text, "CVSS:2.0/")
	if inner, ok := strings.CutPrefix(text, "("); ok {
		text = strings.TrimSuffix(inner, ")")
	}
	c, err := v2.ParseVector(text)
	if err != nil {
		return err
	}
	v.Version, v.Score = "2.0", c.BaseScore()
	v.Attributes = Attributes{
		Remote: is(c, "AV", "N"), Unauthenticated: is(c, "Au", "N"), WithoutHelp: NotKnown,
		Takeover: all(is(c, "C", "C"), is(c, "I", "C"), is(c, "A", "C")), Automatable: NotKnown,
	}
	if is(c, "AC", "L") == Yes {
		v.WithoutHelp = Yes
	}
	return nil
}

// coarse reports whether the vector leaves open what newer versions of CVSS say.
func (v View) coarse() bool { return v.Version == "2.0" }

func is(c metrics, metric, value string) Answer {
	got, err := c.Get(metric)
	if err != nil {
		return NotKnown
	}
	return answer(got == value)
}

// all is yes if all are, no if one is not, and not known otherwise.
func all(list ...Answer) Answer {
	out := Yes
	for _, a := range list {
		switch a {
		case No:
			return No
		case NotKnown:
			out = NotKnown
		}
	}
	return out
}

// either is yes if one is, no if none is, and not known otherwise.
func either(list ...Answer) Answer {
	out := No
	for _, a := range list {
		switch a {
		case Yes:
			return Yes
		case NotKnown:
			out = NotKnown
		}
	}
	return out
}
