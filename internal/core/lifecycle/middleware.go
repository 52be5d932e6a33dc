package lifecycle

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// line says how a source package of Debian is called by endoflife.date.
type line struct {
	source  *regexp.Regexp // a group, if there is one, is the cycle
	product string
	parts   int // of the version make the cycle, where the name does not tell it
}

// middleware is what hosters run between the system and the applications.
var middleware = []line{
	{regexp.MustCompile(`^php(\d+\.\d+)$`), "php", 0},
	{regexp.MustCompile(`^postgresql-(\d+)$`), "postgresql", 0},
	{regexp.MustCompile(`^mariadb(?:-(\d+\.\d+))?$`), "mariadb", 2},
	{regexp.MustCompile(`^mysql-(\d+\.\d+)$`), "mysql", 0},
	{regexp.MustCompile(`^python(\d+\.\d+)$`), "python", 0},
	{regexp.MustCompile(`^ruby(\d+\.\d+)$`), "ruby", 0},
	{regexp.MustCompile(`^tomcat(\d+)$`), "tomcat", 0},
	{regexp.MustCompile(`^nginx$`), "nginx", 2},
	{regexp.MustCompile(`^apache2$`), "apache-http-server", 2},
	{regexp.MustCompile(`^redis$`), "redis", 2},
	{regexp.MustCompile(`^nodejs$`), "nodejs", 1},
}

// Middleware is a line of versions on a system.
type Middleware struct {
	Product string    `json:"product"`
	Cycle   string    `json:"cycle"`
	Source  string    `json:"source"` // source package
	Distro  bool      `json:"distro"` // it comes from the distribution, which looks after it
	End     time.Time `json:"end"`    // what counts: the distribution's end, or its makers'
	Makers  time.Time `json:"makers"` // when its makers end; zero: not known
	Over    bool      `json:"over"`   // what counts is over
	Reason  lang.Text `json:"reason"` // in one sentence
	Known   bool      `json:"known"`  // some source says when it ends
}

// Software is a source package on a system, and whether the distribution ships it.
type Software struct {
	Source  string
	Version string
	Distro  bool
}

// Middleware lists the middleware on a system and until when it is looked after. What the distribution ships is
// looked after as long as the distribution, whatever its makers do: both days are told.
func (t *Table) Middleware(now time.Time, os Standing, list []Software) []Middleware {
	var out []Middleware
	for _, s := range list {
		product, cycle, ok := recognise(s)
		if !ok {
			continue
		}
		m := Middleware{Product: product, Cycle: cycle, Source: s.Source, Distro: s.Distro}
		p, known := t.Product(product, cycle)
		m.Makers = p.End
		over := func(end time.Time) bool { return !end.IsZero() && !now.Before(end.AddDate(0, 0, 1)) }
		day := func(at time.Time) lang.Text { return lang.Text{DE: lang.Date(at, lang.DE), EN: lang.Date(at, lang.EN)} }
		name := product + " " + cycle
		switch {
		case s.Distro && os.Phase != Unknown:
			m.End, m.Over, m.Known = os.End, os.Phase.Supported() == "ended", true
			m.Reason = lang.Textf("%[1]s kommt aus %[2]s und wird dort gepflegt, bis %[3]s.", "%[1]s comes from %[2]s and is looked after there, until %[3]s.", name, os.Name, day(os.End))
			if over(p.End) {
				m.Reason = lang.Textf("%[1]s kommt aus %[2]s und wird dort gepflegt, bis %[3]s; seine Hersteller pflegen es seit %[4]s nicht mehr.",
					"%[1]s comes from %[2]s and is looked after there, until %[3]s; its makers have not since %[4]s.", name, os.Name, day(os.End), day(p.End))
			}
		case known && (!p.End.IsZero() || p.Ended):
			m.End, m.Over, m.Known = p.End, over(p.End) || p.Ended && p.End.IsZero(), true
			m.Reason = lang.Textf("%[1]s kommt nicht aus der Distribution; seine Hersteller pflegen es bis %[2]s (%[3]s).", "%[1]s does not come from the distribution; its makers look after it until %[2]s (%[3]s).", name, day(p.End), p.Source)
			if p.End.IsZero() {
				m.Reason = lang.Textf("%[1]s wird nicht mehr gepflegt (%[2]s).", "%[1]s is no longer looked after (%[2]s).", name, p.Source)
			}
		default:
			m.Reason = lang.Textf("Keine Quelle sagt, bis wann %[1]s gepflegt wird.", "No source says until when %[1]s is looked after.", name)
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Middleware) int {
		return slices.Compare([]string{a.Product, a.Cycle, a.Source}, []string{b.Product, b.Cycle, b.Source})
	})
	return slices.CompactFunc(out, func(a, b Middleware) bool {
		return a.Product == b.Product && a.Cycle == b.Cycle && a.Distro == b.Distro
	})
}

// recognise tells which line of versions a source package is.
func recognise(s Software) (product, cycle string, ok bool) {
	for _, l := range middleware {
		hit := l.source.FindStringSubmatch(s.Source)
		if hit == nil {
			continue
		}
		if len(hit) > 1 && hit[1] != "" {
			return l.product, hit[1], true
		}
		version := s.Version
		if _, after, epoch := strings.Cut(version, ":"); epoch {
			version = after
		}
		parts := strings.SplitN(version, ".", l.parts+1)
		if len(parts) < l.parts {
			return "", "", false
		}
		cycle = strings.Join(parts[:l.parts], ".")
		cycle = strings.TrimRight(strings.FieldsFunc(cycle, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })[0], ".")
		return l.product, cycle, cycle != ""
	}
	return "", "", false
}
