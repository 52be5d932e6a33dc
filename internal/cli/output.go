package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// print writes a line to standard output. A write that fails (a closed pipe) has nobody to tell.
func (a *app) print(line string) { _, _ = fmt.Fprintln(a.out, line) }

// say prints a text in the language of the call; warn does so on standard error.
func (a *app) say(t lang.Text)  { a.print(a.t(t)) }
func (a *app) warn(line string) { _, _ = fmt.Fprintln(a.err, line) }

// t is a text in the language of the call, safe for a terminal.
func (a *app) t(t lang.Text) string { return clean(t.In(a.lang)) }

// tf is a format in the language of the call, filled.
func (a *app) tf(format lang.Text, args ...any) string {
	return lang.Textf(format.DE, format.EN, args...).In(a.lang)
}

// result prints a value as JSON when that was asked for, else as the function shows it.
func (a *app) result(v any, show func()) error {
	if !a.json {
		show()
		return nil
	}
	return writeJSON(a.out, v)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// report says what went wrong, on standard error.
func (a *app) report(err error) {
	if errors.Is(err, ErrOutcome) || errors.Is(err, errRecord) || errors.Is(err, errFindings) || errors.Is(err, errUnread) {
		return
	}
	f := faultOf(err)
	var usage *usageError
	if errors.As(err, &usage) && usage.alone && a.json {
		line, _ := json.Marshal(f) // plain values only
		a.warn(string(line))
		return
	}
	if a.json {
		_ = writeJSON(a.err, f)
		return
	}
	a.warn("patchwart: " + a.t(f.Text))
	if f.Rule != "" {
		a.warn("  " + a.tf(lang.T("Regel: %[1]s", "Rule: %[1]s"), clean(f.Rule)))
	}
	for _, p := range f.Places {
		a.warn("  " + a.place(p))
	}
	if !f.Mend.IsZero() {
		a.warn("  " + a.t(f.Mend))
	}
}

// faultOf puts any error into the form of the others.
func faultOf(err error) *client.Error {
	var f *client.Error
	var usage *usageError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &usage) && usage.alone:
		return &client.Error{Code: client.CodeInvalid, Text: usage.text}
	case errors.As(err, &usage):
		see := strings.TrimSpace(strings.TrimPrefix(usage.path, "patchwart"))
		if see != "" {
			see = " " + see
		}
		return &client.Error{Code: client.CodeInvalid, Text: usage.text,
			Mend: lang.Textf("Hilfe: patchwart%[1]s --help", "Help: patchwart%[1]s --help", see)}
	}
	return &client.Error{Code: client.CodeInternal, Text: lang.T(err.Error(), err.Error())}
}

// place is a place in an input as compilers write it, so that editors jump there.
func (a *app) place(p client.Place) string {
	var parts []string
	if p.File != "" || p.Line > 0 {
		parts = append(parts, fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
	}
	if p.Field != "" {
		parts = append(parts, p.Field)
	}
	return clean(strings.Join(append(parts, p.Problem.In(a.lang)), ": "))
}

// clean makes a text from elsewhere safe for a terminal: one line, no control characters, nothing that
// turns the direction of writing. What tools wrote in colour loses it.
func clean(s string) string {
	var b strings.Builder
	for escape, runes := 0, []rune(s); len(runes) > 0; runes = runes[1:] {
		c := runes[0]
		switch {
		case escape == 1 && c == '[':
			escape = 2
		case escape == 1:
			escape = 0
		case escape == 2:
			if c >= '@' && c <= '~' { // ends a control sequence (ECMA-48 section 5.4)
				escape = 0
			}
		case c == '\x1b':
			escape = 1
		case c == '\n' || c == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c):
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// The colours of states. They repeat what word and shape say.
const (
	plainText = ""
	bold      = "1"
	faint     = "2"
	red       = "31"
	green     = "32"
	yellow    = "33"
	magenta   = "35"
	cyan      = "36"
)

// paint colours a text, where that is wanted.
func (a *app) paint(colour, s string) string {
	if !a.colour || colour == plainText || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// colourful reports whether colours are wanted: on a terminal that knows them, unless NO_COLOR is set.
func colourful(w io.Writer, env func(string) string) bool {
	return terminal(w) && env("NO_COLOR") == "" && env("TERM") != "dumb"
}

// terminal reports whether the writer is one.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
