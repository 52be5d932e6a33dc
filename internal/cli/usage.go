package cli

import (
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// complaints are the parser's own sentences, and how they are said here. The groups of a pattern are
// the arguments of the text.
var complaints = []struct {
	pattern *regexp.Regexp
	text    lang.Text
}{
	{regexp.MustCompile(`^unknown flag ([^,]+)(?:, did you mean (.+)\?)?$`), lang.T("Die Option %[1]s gibt es nicht.", "There is no option %[1]s.")},
	{regexp.MustCompile(`^unexpected argument ([^,]+)(?:, did you mean (.+)\?)?$`), lang.T("„%[1]s“ steht hier an falscher Stelle.", `"%[1]s" is out of place here.`)},
	{regexp.MustCompile(`^missing flags: (.+)$`), lang.T("Es fehlt: %[1]s", "Missing: %[1]s")},
	{regexp.MustCompile(`^expected one of (.+)$`), lang.T("Es fehlt ein Befehl. Möglich sind: %[1]s", "A command is missing. Possible are: %[1]s")},
	{regexp.MustCompile(`^expected (.+)$`), lang.T("Es fehlt: %[1]s", "Missing: %[1]s")},
	{regexp.MustCompile(`^(\S+) must be one of (.+) but got "(.*)"$`), lang.T("%[1]s: „%[3]s“ ist kein Wert; möglich sind: %[2]s", `%[1]s: "%[3]s" is no value; possible are: %[2]s`)},
	{regexp.MustCompile(`^(\S+): expected (?:string|a valid|an int|int).* but got "(.*?)".*$`), lang.T("%[1]s: „%[2]s“ passt nicht.", `%[1]s: "%[2]s" does not fit.`)},
	{regexp.MustCompile(`^(--\S+?)(?:=\S*)?: missing value.*$`), lang.T("Der Option %[1]s fehlt ihr Wert.", "The option %[1]s lacks its value.")},
}

// misunderstood says in both languages what the parser did not understand.
func misunderstood(err *kong.ParseError) *usageError {
	said := err.Error()
	usage := &usageError{text: lang.Textf("Der Aufruf ist nicht zu verstehen: %[1]s", "The command line cannot be understood: %[1]s", said)}
	node := err.Context.Selected()
	if node != nil {
		usage.path = node.Path()
	} else {
		node = err.Context.Model.Node
	}
	for _, c := range complaints {
		groups := c.pattern.FindStringSubmatch(said)
		if groups == nil {
			continue
		}
		if strings.HasPrefix(said, "expected one of") { // the parser names the first few only
			groups[1] = children(node)
		}
		args := make([]any, 0, len(groups))
		for _, g := range groups[1:] {
			args = append(args, plain(g))
		}
		usage.text = lang.Textf(strip(c.text.DE, len(args)), strip(c.text.EN, len(args)), args...)
		if len(groups) > 2 && strings.Contains(c.pattern.String(), "did you mean") && groups[2] != "" {
			usage.text = lang.Textf("%[1]s Meinten Sie %[2]s?", "%[1]s Did you mean %[2]s?", usage.text, plain(strings.TrimPrefix(groups[2], "one of ")))
		}
		break
	}
	return usage
}

// children are the commands that may stand after a command.
func children(node *kong.Node) string {
	names := make([]string, len(node.Children))
	for i, child := range node.Children {
		names[i] = child.Name
	}
	return strings.Join(names, ", ")
}

// strip makes a format take all its arguments, also those that it does not show.
func strip(format string, args int) string {
	if args > 1 && !strings.Contains(format, "%[2]s") {
		return format + "%.0[2]s"
	}
	return format
}

// plain takes the parser's marks off a name: "<system>" becomes SYSTEM, --text=TEXT --text.
func plain(s string) string {
	words := strings.Split(s, ", ")
	for i, w := range words {
		w = strings.Trim(w, `"`)
		if strings.HasPrefix(w, "<") && strings.HasSuffix(w, ">") {
			w = strings.ToUpper(strings.Trim(w, "<>"))
		}
		if strings.HasPrefix(w, "--") {
			w, _, _ = strings.Cut(w, "=")
		}
		words[i] = w
	}
	return strings.Join(words, ", ")
}
