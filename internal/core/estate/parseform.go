package estate

import (
	"regexp"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// form is what a field of fixed shape may hold, with what people are told it is. The patterns of
// systems, units, checks and paths are those that a work order holds its fields against; none can
// begin with a hyphen, so none can be taken for an option.
type form struct {
	pattern *regexp.Regexp
	want    lang.Text
}

var (
	formName = form{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`), lang.T(
		"ein Name wie web1: höchstens 63 Buchstaben, Ziffern, Punkt, Bindestrich, Unterstrich",
		"a name such as web1: at most 63 letters, digits, dot, hyphen, underscore")}
	formPolicy = form{regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`), lang.T(
		"die Kennung eines Regelwerks wie managedhosting-2", "the ID of a policy such as managedhosting-2")}
	formUnit = form{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,127}\.(service|socket|timer)$`), lang.T(
		"der volle Name einer Unit wie nginx.service", "the full name of a unit such as nginx.service")}
	formCheck = form{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$`), lang.T(
		"ein Name wie „Startseite 1“: höchstens 64 Buchstaben ohne Umlaute, Ziffern, Leerzeichen, Punkt, Bindestrich, Unterstrich",
		`a name such as "home page 1": at most 64 letters without accents, digits, blanks, dot, hyphen, underscore`)}
	formPath = form{regexp.MustCompile(`^/[A-Za-z0-9/._~%?=&-]{0,255}$`), lang.T(
		"ein absoluter Pfad wie /status", "an absolute path such as /status")}
	formHost = form{regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,8}$`), lang.T(
		"der Name eines Servers wie www.kunde.example", "the name of a server such as www.customer.example")}
	formClock = form{regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`), lang.T(
		"eine Uhrzeit wie 05:00", "a time of day such as 05:00")}
	formZone = form{regexp.MustCompile(`^(UTC|[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){1,2})$`), lang.T(
		"der IANA-Name einer Zeitzone wie Europe/Berlin", "the IANA name of a time zone such as Europe/Berlin")}
	// formEmail is the part of RFC 5321 that providers hand out: no quotes, no address literals.
	formEmail = form{regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@` +
		`([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`), lang.T(
		"eine E-Mail-Adresse wie anna@kunde.example", "an e-mail address such as anna@customer.example")}
)

// maxEmail bounds an address (RFC 5321 section 4.5.3.1).
const maxEmail = 254

// shaped reads a field of fixed shape.
func (o object) shaped(name string, n need, f form) string {
	e, ok := o.get(name, n)
	if !ok {
		return ""
	}
	return o.r.shapedNode(e.value, e.path, f)
}

func (r *reader) shapedNode(n ast.Node, path string, f form) string {
	s, _ := scalar(n)
	if len(s) > maxEmail && f.pattern == formEmail.pattern || !f.pattern.MatchString(s) {
		want := f.want
		if f.pattern == formUnit.pattern && f.pattern.MatchString(s+".service") {
			want = lang.Textf("%[1]s, hier wohl %[2]s", "%[1]s, here probably %[2]s", want, s+".service")
		}
		r.problem(spotOf(n), path, unexpected(n, want))
		return ""
	}
	return s
}
