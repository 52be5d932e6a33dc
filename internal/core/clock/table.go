package clock

import (
	_ "embed" // the default steps are part of the program
	"regexp"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity/strictyaml"
)

// The bounds of a table of steps.
const (
	maxSteps = 100
	maxShare = 1000    // percent
	maxAfter = 24 * 60 // hours
)

//go:embed escalation.yaml
var defaultSteps []byte

// Table is the steps of escalation in the order in which they are said. It is made by ParseTable and not
// changed afterwards.
type Table struct {
	Version string
	Steps   []Step
}

// Step is one thing to be told.
type Step struct {
	ID     string    `json:"id"`
	Job    Job       `json:"job"`
	Anchor Anchor    `json:"anchor"`
	Amount int       `json:"amount,omitempty"` // percent or hours
	To     Role      `json:"to"`
	Text   lang.Text `json:"text"` // with placeholders
}

// Anchor is what the moment of a step is counted from.
type Anchor string

// The anchors.
const (
	AtLapse    Anchor = "lapsed"
	AtShare    Anchor = "share"       // Amount percent of the allowed time
	AfterKnown Anchor = "after_known" // Amount hours
	AfterAsked Anchor = "after_asked" // Amount hours
	AtReview   Anchor = "due"
)

// Role is who is told.
type Role string

// The roles.
const (
	Operator      Role = "operator"
	OnCall        Role = "on_call"
	Management    Role = "management"
	Customer      Role = "customer"
	SecondContact Role = "second_contact" // of the customer's
	Record        Role = "record"         // nobody: put on record
)

var (
	stepID = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9]{2}$`)
	brace  = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

	// anchorsOf says what the steps of each job may be counted from.
	anchorsOf = map[Job][]Anchor{
		Secure: {AtLapse, AtShare}, Ask: {AfterKnown, AfterAsked}, Inform: {AfterKnown}, Clarify: {AfterKnown}, Review: {AtReview},
	}
	placeholders = []string{"{level}", "{rule}", "{left}", "{over}", "{deadline}", "{known}", "{asked}", "{lapsed}", "{review}"}
)

// DefaultTable returns the steps that come with the program. They are valid; a test holds that.
func DefaultTable() *Table {
	t, err := ParseTable("escalation.yaml", defaultSteps)
	if err != nil {
		panic("clock: " + err.Error()) // the document is part of the program
	}
	return t
}

// DefaultTableDocument is the YAML text of the default steps, to start one's own from.
func DefaultTableDocument() []byte { return append([]byte(nil), defaultSteps...) }

// ParseTable reads steps from their YAML document, strictly. The error is a *fault.Error with the code
// Invalid that names all places with line and column.
func ParseTable(file string, data []byte) (*Table, error) {
	d, root := strictyaml.Open(file, data)
	f := root.Fields("version", "steps")
	t := &Table{}
	t.Version, _ = f.Need("version").Word()
	first := map[string]int{}
	last := map[Job]Step{}
	for _, n := range f.Need("steps").Items(maxSteps) {
		s := parseStep(n)
		if line, twice := first[s.ID]; twice && s.ID != "" {
			n.Wrong(lang.Textf("der Schritt %[1]s steht schon in Zeile %[2]d; jede ID steht einmal",
				"the step %[1]s is there in line %[2]d already; every ID stands once", s.ID, line))
		} else {
			first[s.ID] = n.Line()
		}
		if before, ok := last[s.Job]; ok && !before.before(s) {
			n.Wrong(lang.Textf("%[1]s käme nach %[2]s; die Schritte einer Aufgabe stehen in der Reihenfolge ihrer Zeit",
				"%[1]s would come after %[2]s; the steps of a job stand in the order of their time", before.ID, s.ID))
		}
		last[s.Job] = s
		t.Steps = append(t.Steps, s)
	}
	if err := d.Err(lang.T("Die Tabelle der Schritte", "The table of steps")); err != nil {
		return nil, err
	}
	return t, nil
}

// before reports whether s may stand before o: the end of a cover first, then by percent, or first what
// counts from the knowledge and then what counts from the question, each by hours.
func (s Step) before(o Step) bool {
	order := map[Anchor]int{AtLapse: 0, AtShare: 1, AfterKnown: 2, AfterAsked: 3, AtReview: 4}
	if s.Anchor != o.Anchor {
		return order[s.Anchor] < order[o.Anchor]
	}
	return s.Amount <= o.Amount
}

func parseStep(n strictyaml.Node) Step {
	f := n.Fields("id", "job", "when", "to", "text")
	var s Step
	id := f.Need("id")
	if text, ok := id.Word(); ok && stepID.MatchString(text) {
		s.ID = text
	} else if ok {
		id.Wrong(lang.Textf("„%[1]s“ hat nicht die Form von SEC-01", `"%[1]s" does not have the shape of SEC-01`, text))
	}
	s.Job = Job(f.Need("job").OneOf(string(Secure), string(Ask), string(Inform), string(Clarify), string(Review)))
	parseWhen(f.Need("when"), &s)
	s.To = Role(f.Need("to").OneOf(string(Operator), string(OnCall), string(Management), string(Customer), string(SecondContact), string(Record)))
	text := f.Need("text")
	s.Text = text.Text()
	for _, said := range []string{s.Text.DE, s.Text.EN} {
		for _, p := range brace.FindAllString(said, -1) {
			if !strings.Contains(strings.Join(placeholders, " "), p) || len(p) == 1 {
				text.Wrong(lang.Textf("unbekannter Platzhalter %[1]s; möglich sind: %[2]s", "unknown placeholder %[1]s; possible are: %[2]s",
					p, strings.Join(placeholders, ", ")))
			}
		}
	}
	return s
}

func parseWhen(n strictyaml.Node, s *Step) {
	w := n.Fields(string(AtLapse), string(AtShare), string(AfterKnown), string(AfterAsked), string(AtReview))
	names := w.Names()
	if len(names) > 1 || w.Empty() {
		n.Wrong(lang.T("hier muss genau ein Zeitpunkt stehen", "exactly one moment must stand here"))
		return
	}
	for _, name := range names {
		v, _ := w.Get(name)
		s.Anchor = Anchor(name)
		switch s.Anchor {
		case AtLapse, AtReview:
			v.OneOf("true")
		case AtShare:
			s.Amount = v.Whole(0, maxShare)
		default:
			s.Amount = v.Whole(0, maxAfter)
		}
		if s.Job != "" && !allowed(s.Job, s.Anchor) {
			v.Wrong(lang.Textf("ein Schritt der Aufgabe %[1]s zählt nicht ab %[2]s", "a step of the job %[1]s does not count from %[2]s", string(s.Job), name))
		}
	}
}

func allowed(j Job, a Anchor) bool {
	for _, x := range anchorsOf[j] {
		if x == a {
			return true
		}
	}
	return false
}
