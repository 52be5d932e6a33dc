package mail

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-msgauth/dkim"
)

const (
	maxSignatures = 5
	maxLookup     = 5 * time.Second  // for one key
	maxVerify     = 20 * time.Second // for all of them
)

// server reads what the trusted server found: the topmost of the fields with its name, because below them may
// stand what the sender wrote. A server that adds none must take out those that bear its name (RFC 8601 5).
func server(h message.Header, how Reading) Auth {
	var a Auth
	if how.Trusted == "" {
		return a
	}
	believed := max(how.Fields, 1)
	fields := h.FieldsByKey("Authentication-Results")
	for fields.Next() && believed > 0 {
		name, results, ok := results(fields.Value())
		if !ok || !strings.EqualFold(name, how.Trusted) {
			continue
		}
		believed--
		a.Server = how.Trusted
		for _, r := range results {
			a.add(h, r)
		}
	}
	return a
}

func (a *Auth) add(h message.Header, r methodResult) {
	switch r.method {
	case "dkim":
		domain := r.properties["header.d"]
		if domain == "" { // older servers give the identity only
			domain = r.properties["header.i"]
		}
		s := Signature{Domain: domainOf(domain), Result: r.result}
		signed, found := coveredBy(h, s.Domain)
		if !found && s.Result == Pass {
			// A pass of a signature that is not there was not written by whoever looked at this mail.
			s.Result, s.Reason = PermError, "the mail has no signature of this domain"
		}
		s.Loose = loose(h, signed)
		if len(a.Said) < maxSignatures && s.Domain != "" {
			a.Said = append(a.Said, s)
		}
	case "spf":
		if domain := domainOf(r.properties["smtp.mailfrom"]); a.SPF.Result == "" && domain != "" {
			a.SPF = Checked{Result: r.result, Domain: domain}
		}
	case "dmarc":
		if a.DMARC.Result == "" {
			a.DMARC = Checked{Result: r.result, Domain: domainOf(r.properties["header.from"])}
		}
	}
}

func domainOf(address string) string {
	return asciiDomain(line(address[strings.LastIndexByte(address, '@')+1:]))
}

// coveredBy lists the fields that the signatures of a domain sign: of several, what all of them do.
func coveredBy(h message.Header, domain string) (signed []string, found bool) {
	fields := h.FieldsByKey("Dkim-Signature")
	for fields.Next() {
		var d string
		var keys []string
		for tag := range strings.SplitSeq(fields.Value(), ";") {
			key, value, _ := strings.Cut(tag, "=")
			value = strings.Join(strings.Fields(value), "")
			switch strings.TrimSpace(key) {
			case "d":
				d = asciiDomain(value)
			case "h":
				keys = strings.Split(strings.ToLower(value), ":")
			}
		}
		switch {
		case d != domain:
		case !found:
			signed, found = keys, true
		default:
			signed = slices.DeleteFunc(signed, func(k string) bool { return !slices.Contains(keys, k) })
		}
	}
	return signed, found
}

// loose reports whether a field that a reader acts on is not signed.
func loose(h message.Header, signed []string) bool {
	return !slices.Contains(signed, "subject") || h.Has("Reply-To") && !slices.Contains(signed, "reply-to")
}

// verify checks the signatures itself.
func verify(ctx context.Context, raw []byte, h message.Header, lookup func(context.Context, string) ([]string, error)) []Signature {
	if !h.Has("Dkim-Signature") {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxVerify)
	defer cancel()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		MaxVerifications: maxSignatures,
		LookupTXT: func(domain string) ([]string, error) {
			ctx, cancel := context.WithTimeout(ctx, maxLookup)
			defer cancel()
			return lookup(ctx, domain)
		},
	})
	out := make([]Signature, 0, len(found))
	for _, v := range found {
		if v == nil {
			continue
		}
		s := Signature{Domain: asciiDomain(line(v.Domain)), Result: Pass}
		keys := make([]string, len(v.HeaderKeys))
		for i, k := range v.HeaderKeys {
			keys[i] = strings.ToLower(k)
		}
		s.Loose = loose(h, keys)
		switch {
		case v.Err == nil && err == nil || v.Err == nil && fmt.Sprint(err) == dkim.ErrTooManySignatures.Error():
		case v.Err == nil:
			s.Result, s.Reason = PermError, line(err.Error())
		case dkim.IsTempFail(v.Err):
			s.Result, s.Reason = TempError, line(v.Err.Error())
		case dkim.IsPermFail(v.Err):
			s.Result, s.Reason = PermError, line(v.Err.Error())
		default:
			s.Result, s.Reason = Fail, line(v.Err.Error())
		}
		if s.Domain != "" {
			out = append(out, s)
		}
	}
	return out
}
