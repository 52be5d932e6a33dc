package mail

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// What a body may have.
const (
	maxText        = 256 << 10 // bytes of text that are kept
	maxHTML        = 1 << 20   // bytes of HTML that are looked at
	maxDepth       = 10        // parts in parts
	maxParts       = 200
	maxAttachments = 100
	maxReport      = 64 << 10 // bytes of a delivery report
)

var words = &mime.WordDecoder{CharsetReader: charset.Reader}

// walker goes through the parts of one mail.
type walker struct {
	m     *Message
	parts int
	left  int // bytes of text that may still be kept
	html  bool
	plain bool
}

// read fills in the text, the attachments and the reports.
func (m *Message) read(h message.Header, body *bufio.Reader) {
	w := &walker{m: m, left: maxText}
	e, err := message.New(h, body)
	if err != nil && !message.IsUnknownCharset(err) {
		m.Cut = true
	}
	if e == nil {
		return
	}
	m.Text = tidy(w.entity(e, 0, ""))
	m.FromHTML = w.html && !w.plain
}

// entity is the text of a part and all below it. within is the type of what it is part of.
func (w *walker) entity(e *message.Entity, depth int, within string) string {
	w.parts++
	if w.parts > maxParts || depth > maxDepth {
		w.m.Cut = true
		return ""
	}
	kind, params, err := e.Header.ContentType()
	kind = strings.ToLower(kind)
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	if multi := e.MultipartReader(); multi != nil && params["boundary"] != "" {
		return w.multipart(multi, kind, depth)
	}
	disposition, dparams, _ := e.Header.ContentDisposition()
	name := dparams["filename"]
	if name == "" {
		name = params["name"]
	}
	switch attached := strings.EqualFold(disposition, "attachment") || name != ""; {
	case within == "multipart/report" && (kind == "message/delivery-status" || kind == "message/global-delivery-status"):
		w.m.Auto.report(w.take(e.Body, maxReport))
	case within == "multipart/report" && (kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global" || kind == "message/global-headers"):
		w.m.Auto.about(e.Body)
	case kind == "text/plain" && !attached:
		text := repair(w.take(e.Body, w.left))
		w.plain = w.plain || strings.TrimSpace(text) != ""
		w.left -= min(len(text), w.left)
		return text
	case kind == "text/html" && !attached:
		text := plainHTML(repair(w.take(e.Body, maxHTML)))
		if len(text) > w.left {
			text, w.m.Cut = strings.ToValidUTF8(text[:w.left], ""), true
		}
		w.html = w.html || strings.TrimSpace(text) != ""
		w.left -= len(text)
		return text
	default:
		w.attachment(e, name, kind)
	}
	return ""
}

func (w *walker) multipart(multi message.MultipartReader, kind string, depth int) string {
	var texts []string
	chosen, chosenPlain := "", false // of alternatives
	for {
		part, err := multi.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			w.m.Cut = true
			break
		}
		if w.parts > maxParts {
			w.m.Cut = true
			break
		}
		if message.IsUnknownEncoding(err) {
			w.m.Cut = true
			continue
		}
		if kind != "multipart/alternative" {
			if text := w.entity(part, depth+1, kind); strings.TrimSpace(text) != "" {
				texts = append(texts, strings.TrimRight(text, "\r\n"))
			}
			continue
		}
		plainBefore, left := w.plain, w.left
		text := w.entity(part, depth+1, kind)
		isPlain := w.plain && !plainBefore
		if strings.TrimSpace(text) == "" || chosen != "" && (chosenPlain || !isPlain) {
			w.left = left // another wording of what is there
			continue
		}
		chosen, chosenPlain = text, isPlain
	}
	if kind == "multipart/alternative" {
		return chosen
	}
	return strings.Join(texts, "\n\n")
}

// take reads at most so many bytes. What was broken off or wrongly encoded is kept as far as it goes.
func (w *walker) take(r io.Reader, most int) string {
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		w.m.Cut = true
	}
	if len(data) > most {
		data, w.m.Cut = data[:most], true
		for range utf8.UTFMax - 1 { // the last letter may have been cut in two
			if r, size := utf8.DecodeLastRune(data); r == utf8.RuneError && size == 1 {
				data = data[:len(data)-1]
			}
		}
	}
	return string(data)
}

func (w *walker) attachment(e *message.Entity, name, kind string) {
	if len(w.m.Attachments) == maxAttachments {
		w.m.Cut = true
		return
	}
	size, err := io.Copy(io.Discard, e.Body)
	if err != nil {
		w.m.Cut = true
	}
	if decoded, err := words.DecodeHeader(name); err == nil {
		name = decoded
	}
	name = path.Base(strings.ReplaceAll(line(name), `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		name = ""
	}
	w.m.Attachments = append(w.m.Attachments, Attachment{Name: name, Type: line(kind), Size: size})
}

// repair makes UTF-8 of what is not: old mailers send Windows' letters and call them something else.
func repair(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	if decoded, err := charmap.Windows1252.NewDecoder().String(s); err == nil {
		return decoded
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// tidy unifies line ends and leaves out what no text needs: control characters, and those that turn the
// direction of what follows, which makes a reader see another text than the one that is there.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !invisible(r) {
			return r
		}
		return -1
	}, s)
	return strings.Trim(s, "\n")
}

// line is a value of one line, bounded.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > maxValue {
		s = string([]rune(s)[:maxValue])
	}
	return s
}

func invisible(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
