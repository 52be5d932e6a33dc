package mail

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

const maxFailures = 50

// read looks at the header for signs that no person wrote the mail.
func (a *Auto) read(h message.Header) {
	// RFC 3834 5: a keyword, perhaps with parameters and comments.
	word, _, _ := strings.Cut(h.Get("Auto-Submitted"), ";")
	word, _, _ = strings.Cut(word, "(")
	if word = strings.ToLower(line(word)); word != "no" {
		a.Submitted = word
	}
	if path, ok := first(h, "Return-Path"); ok {
		a.NullSender = strings.Join(strings.Fields(path), "") == "<>"
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Precedence"))) {
	case "bulk", "list", "junk", "auto_reply":
		a.Bulk = true
	}
	if h.Has("List-Id") || h.Has("X-Autoreply") || h.Has("X-Autorespond") {
		a.Bulk = true
	}
	// Exim before 4.87, and others still, name the recipient in a field and write the rest for people.
	if to := h.Get("X-Failed-Recipients"); to != "" && len(a.Failures) == 0 {
		for r := range strings.SplitSeq(to, ",") {
			if r = line(r); r != "" && len(a.Failures) < maxFailures {
				a.Failures = append(a.Failures, Failure{Recipient: normal(r), Action: "failed"})
			}
		}
		if ids := append(idList(h.Get("References")), idList(h.Get("In-Reply-To"))...); len(ids) > 0 {
			for i := range a.Failures {
				a.Failures[i].MessageID = ids[len(ids)-1]
			}
		}
	}
}

// first is the topmost field of a name: what the last server wrote.
func first(h message.Header, name string) (string, bool) {
	fields := h.FieldsByKey(name)
	if !fields.Next() {
		return "", false
	}
	return fields.Value(), true
}

// report reads the blocks of a delivery report (RFC 3464 2.1): one about the mail, then one for each recipient.
func (a *Auto) report(text string) {
	r := bufio.NewReader(strings.NewReader(text))
	for block := 0; block <= maxFailures; block++ {
		skipEmpty(r)
		h, err := textproto.ReadHeader(r)
		if h.Len() == 0 {
			return
		}
		to := h.Get("Final-Recipient")
		if to == "" {
			to = h.Get("Original-Recipient")
		}
		action := strings.ToLower(line(h.Get("Action")))
		if to != "" && action != "" && len(a.Failures) < maxFailures && (action == "failed" || action == "delayed") {
			status, _, _ := strings.Cut(line(h.Get("Status")), " ")
			a.Failures = append(a.Failures, Failure{
				Recipient: normal(afterType(to)), Action: action, Status: status, Diagnostic: afterType(h.Get("Diagnostic-Code")),
			})
		}
		if err != nil {
			return
		}
	}
}

// skipEmpty leaves out lines with nothing on them: writers of reports put in more than one.
func skipEmpty(r *bufio.Reader) {
	for {
		b, err := r.Peek(1)
		if err != nil || b[0] != '\r' && b[0] != '\n' {
			return
		}
		_, _ = r.Discard(1)
	}
}

// afterType leaves out "rfc822;" and "smtp;".
func afterType(s string) string {
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.ContainsAny(strings.TrimSpace(kind), " @") {
		s = rest
	}
	return line(strings.Trim(line(s), "<>"))
}

// about reads from the mail that comes back which one it was. Nothing else of it is looked at.
func (a *Auto) about(body io.Reader) {
	head, err := io.ReadAll(io.LimitReader(body, maxReport))
	if err != nil && len(head) == 0 {
		return
	}
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(head, "\r\n\r\n"...))))
	if err != nil {
		return
	}
	for i := range a.Failures {
		if a.Failures[i].MessageID == "" {
			a.Failures[i].MessageID = id(h.Get("Message-Id"))
		}
	}
}
