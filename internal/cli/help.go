package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"github.com/patchwart/patchwart/internal/core/lang"
)

var helpTexts = struct{ About, Usage, Commands, Arguments, Options, Common, Examples, Exit, ExitSee, More, Command, Opts lang.Text }{
	About: lang.T(
		"Patchwart spielt Updates auf Debian-Hosts ein, die unter Vertrag stehen: nur mit Auftrag, im Wartungsfenster, mit Rückweg.",
		"Patchwart installs updates on Debian hosts under contract: only with a mandate, in the maintenance window, with a way back."),
	Usage:     lang.T("Aufruf:", "Usage:"),
	Commands:  lang.T("Befehle:", "Commands:"),
	Arguments: lang.T("Argumente:", "Arguments:"),
	Options:   lang.T("Optionen:", "Options:"),
	Common:    lang.T("Für alle Befehle:", "For all commands:"),
	Examples:  lang.T("Beispiele:", "Examples:"),
	Exit:      lang.T("Exit-Codes:", "Exit codes:"),
	ExitSee:   lang.T("Exit-Codes: patchwart --help", "Exit codes: patchwart --help"),
	More:      lang.T("Mehr zu einem Befehl: patchwart BEFEHL --help", "More on a command: patchwart COMMAND --help"),
	Command:   lang.T("BEFEHL", "COMMAND"),
	Opts:      lang.T("[Optionen]", "[options]"),
}

// help prints the help of a command, or, with none selected, of the program.
func (a *app) help(selected, root *kong.Node) {
	node := selected
	if node == nil {
		node = root
	}
	path := strings.TrimPrefix(strings.TrimPrefix(node.Path(), root.Name), " ")
	if path == "" {
		a.say(helpTexts.About)
	} else {
		a.print(node.Help)
	}
	a.print("\n" + helpTexts.Usage.In(a.lang) + " " + a.usage(node, path))
	var rows [][2]string
	for _, child := range node.Children {
		rows = append(rows, a.commands(child, path)...)
	}
	a.list(helpTexts.Commands, rows)
	rows = nil
	for _, arg := range node.Positional {
		rows = append(rows, [2]string{strings.ToUpper(arg.Name), arg.Help})
	}
	a.list(helpTexts.Arguments, rows)
	if node != root {
		a.list(helpTexts.Options, flagRows(node.Flags))
	}
	a.list(helpTexts.Common, flagRows(root.Flags))
	if lines := examples[path]; len(lines) > 0 {
		a.print("\n" + helpTexts.Examples.In(a.lang))
		for _, line := range lines {
			a.print("  " + line.In(a.lang))
		}
	}
	if node != root {
		a.print("\n" + helpTexts.ExitSee.In(a.lang))
		return
	}
	rows = nil
	for _, e := range exitWords {
		rows = append(rows, [2]string{fmt.Sprintf("%3d", e.code), e.text.In(a.lang)})
	}
	a.list(helpTexts.Exit, rows)
	a.print("\n" + helpTexts.More.In(a.lang))
}

// usage is the command as it is written, with what it needs.
func (a *app) usage(node *kong.Node, path string) string {
	parts := []string{"patchwart"}
	if path != "" {
		parts = append(parts, path)
	}
	if len(node.Children) > 0 {
		parts = append(parts, helpTexts.Command.In(a.lang))
	}
	for _, arg := range node.Positional {
		name := strings.ToUpper(arg.Name)
		if !arg.Required {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	if path != "" {
		for _, flag := range node.Flags {
			if flag.Required {
				parts = append(parts, flagName(flag))
			}
		}
	}
	return strings.Join(append(parts, helpTexts.Opts.In(a.lang)), " ")
}

// commands lists a command, or what is below it, each with its path from here.
func (a *app) commands(node *kong.Node, path string) [][2]string {
	if len(node.Children) == 0 {
		name := strings.TrimPrefix(strings.TrimPrefix(node.Path(), "patchwart "), path+" ")
		for _, arg := range node.Positional {
			word := strings.ToUpper(arg.Name)
			if !arg.Required {
				word = "[" + word + "]"
			}
			name += " " + word
		}
		// One that is nothing without its one option is listed with it.
		var needed []string
		for _, flag := range node.Flags {
			switch {
			case flag.Required && flag.Short != 0:
				needed = append(needed, fmt.Sprintf("-%c %s", flag.Short, flag.PlaceHolder))
			case flag.Required:
				needed = append(needed, fmt.Sprintf("--%s %s", flag.Name, flag.PlaceHolder))
			}
		}
		if len(needed) == 1 {
			name += " " + needed[0]
		}
		return [][2]string{{name, node.Help}}
	}
	var rows [][2]string
	for _, child := range node.Children {
		rows = append(rows, a.commands(child, path)...)
	}
	return rows
}

func flagRows(flags []*kong.Flag) [][2]string {
	var rows [][2]string
	for _, flag := range flags {
		name := "    " + flagName(flag)
		if flag.Short != 0 {
			name = "-" + string(flag.Short) + ", " + flagName(flag)
		}
		help := flag.Help
		if flag.HasDefault && flag.Default != "" {
			help += " [" + flag.Default + "]"
		}
		rows = append(rows, [2]string{name, help})
	}
	return rows
}

func flagName(flag *kong.Flag) string {
	if flag.IsBool() {
		return "--" + flag.Name
	}
	return "--" + flag.Name + "=" + flag.PlaceHolder
}

// list prints a heading with rows of two columns, the second wrapped.
func (a *app) list(head lang.Text, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	a.print("\n" + head.In(a.lang))
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row[0]))
	}
	for _, row := range rows {
		lines := wrap(row[1], 100-width-4)
		for i, line := range lines {
			left := row[0]
			if i > 0 {
				left = ""
			}
			a.print("  " + left + strings.Repeat(" ", width-utf8.RuneCountInString(left)) + "  " + line)
		}
	}
}

// wrap breaks a text between words into lines of at most so many characters; longer words stand alone.
func wrap(s string, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
