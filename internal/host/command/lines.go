package command

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is shown to people.
const (
	MaxLine  = 500  // bytes of one line
	MaxTail  = 4000 // bytes of Result.Tail
	maxRaw   = 64 << 10
	tailKept = 40
)

// lines cuts a stream into lines, makes them printable, tells each of them and remembers the last.
// Progress that a tool writes over itself with carriage returns counts as the one line it ends as.
type lines struct {
	tell func(string)
	raw  []byte
	last []string
}

func (l *lines) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			l.add(p)
			break
		}
		l.add(p[:i])
		l.end()
		p = p[i+1:]
	}
	return n, nil
}

// add keeps the end of an overlong line: with carriage returns the end is what counts.
func (l *lines) add(p []byte) {
	l.raw = append(l.raw, p...)
	if over := len(l.raw) - maxRaw; over > 0 {
		l.raw = append(l.raw[:0], l.raw[over:]...)
	}
}

func (l *lines) end() {
	text := Printable(string(l.raw))
	l.raw = l.raw[:0]
	if text == "" {
		return
	}
	if len(l.last) == tailKept {
		l.last = append(l.last[:0], l.last[1:]...)
	}
	l.last = append(l.last, text)
	if l.tell != nil {
		l.tell(text)
	}
}

func (l *lines) flush() {
	if len(l.raw) > 0 {
		l.end()
	}
}

// String is the last lines, oldest first, at most MaxTail bytes.
func (l *lines) String() string {
	text := strings.Join(l.last, "\n")
	if over := len(text) - MaxTail; over > 0 {
		text = text[over:]
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			text = text[i+1:]
		}
	}
	return strings.ToValidUTF8(text, "")
}

func lastLines(output []byte) string {
	var l lines
	_, _ = l.Write(output)
	l.flush()
	return l.String()
}

// Printable makes one line of tool output fit to be shown and stored: what was overwritten by a
// carriage return is gone, control characters and terminal sequences are removed, the length is
// bounded.
func Printable(line string) string {
	line = strings.TrimRight(line, "\r")
	if i := strings.LastIndexByte(line, '\r'); i >= 0 {
		line = line[i+1:]
	}
	var b strings.Builder
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if r == 0x1b {
			i += escape(line[i:])
			continue
		}
		i += size
		switch {
		case r == '\t':
			r = ' '
		case r == utf8.RuneError && size == 1, !unicode.IsPrint(r):
			continue
		}
		if b.Len()+utf8.RuneLen(r) > MaxLine {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

// escape gives the length of the terminal sequence that s begins with (ECMA-48: ESC [ parameters final).
func escape(s string) int {
	if len(s) < 2 || s[1] != '[' {
		return 1
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
	}
	return len(s)
}
