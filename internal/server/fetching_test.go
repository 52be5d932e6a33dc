package server

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/board"
)

// press is a publisher on this machine whose publication a test writes.
type press struct {
	*office
	source source.Source
	text   string
	status int
	asked  int
	sent   int // whole publications
}

func openPress(t *testing.T) *press {
	t.Helper()
	p := &press{office: open(t), text: dsaFeed, status: http.StatusOK}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked++
		tag := fmt.Sprintf(`"%d-%d"`, len(p.text), strings.Count(p.text, "DSA"))
		w.Header().Set("ETag", tag)
		switch {
		case p.status != http.StatusOK:
			w.Header().Set("Retry-After", "1800")
			w.WriteHeader(p.status)
		case r.Header.Get("If-None-Match") == tag:
			w.WriteHeader(http.StatusNotModified)
		default:
			p.sent++
			fmt.Fprint(w, p.text)
		}
	}))
	t.Cleanup(s.Close)
	transport := &http.Transport{DisableKeepAlives: true}
	p.source = source.Source{Name: "debian-dsa", URL: s.URL, Limit: 1 << 20, Every: time.Hour, Fresh: 3 * time.Hour, Proof: "none"}
	p.config.Sources = []source.Source{p.source}
	p.restart()
	p.server.config.Fetcher = &feed.Fetcher{Transport: transport, Now: p.now} // after the start: the stories say when it looks
	return p
}

// look looks at the source and returns how the feed stands then.
func (p *press) look() (board.Feed, error) {
	p.Helper()
	err := p.server.look(p.Context(), p.source)
	list, failed := p.server.Feeds(p.Context())
	if failed != nil || len(list) != 1 {
		p.Fatalf("%+v, %v", list, failed)
	}
	return list[0], err
}

// TestFeedsAreFetched: when due, conditionally, with what was known staying in force whatever the publisher
// does; and a feed that has been silent for too long is an alarm, not "no holes".
func TestFeedsAreFetched(t *testing.T) {
	p := openPress(t)
	f, err := p.look()
	if err != nil || f.Records != 1 || f.Stale || f.Origin != p.source.URL {
		t.Fatalf("%+v, %v", f, err)
	}
	if _, err = p.look(); err != nil || p.asked != 1 {
		t.Errorf("asked %d times within the hour, %v", p.asked, err)
	}
	p.forward(time.Hour)
	if f, err = p.look(); err != nil || p.asked != 2 || p.sent != 1 || f.Stale || !f.Succeeded.After(f.Accepted) {
		t.Errorf("asked %d, sent %d: %+v, %v", p.asked, p.sent, f, err)
	}

	p.forward(time.Hour)
	p.status = http.StatusServiceUnavailable
	if f, err = p.look(); err == nil || f.Problem.IsZero() || f.Records != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	p.forward(20 * time.Minute)
	asked := p.asked
	if _, err = p.look(); err != nil || p.asked != asked {
		t.Errorf("the publisher asked for half an hour and was asked again: %v", err)
	}
	p.forward(11 * time.Minute)
	p.status = http.StatusOK
	p.text = "<html>maintenance</html>"
	if f, err = p.look(); err == nil || f.Records != 1 || !strings.Contains(f.Problem.EN, "cannot be read") {
		t.Errorf("%+v, %v", f, err)
	}
	p.forward(4 * time.Hour)
	if f, err = p.look(); err == nil || !f.Stale {
		t.Errorf("after hours of nonsense: %+v, %v", f, err)
	}
	if today, err := p.server.Today(t.Context()); err != nil || len(today.Feeds) != 1 {
		t.Errorf("no alarm on the start page: %+v, %v", today.Feeds, err)
	}
	p.text = strings.Replace(dsaFeed, "[21 Aug 2026] DSA-7001-1", "[27 Nov 2026] DSA-7002-1", 1) + dsaFeed
	p.forward(time.Hour)
	if f, err = p.look(); err != nil || f.Records != 2 || f.Stale || !f.Problem.IsZero() {
		t.Errorf("%+v, %v", f, err)
	}
	p.verify()
}

// TestAnOlderPublicationIsNotTaken: a mirror that fell behind, or somebody who wants a hole forgotten, does
// not replace what is known; a person with a reason may.
func TestAnOlderPublicationIsNotTaken(t *testing.T) {
	o := open(t)
	newer := "[27 Nov 2026] DSA-7100-1 nginx - security update\n\t{CVE-2026-9}\n\t[bookworm] - nginx 1.22.1-9+deb12u9\n"
	old := ""
	for i := range 20 {
		old += fmt.Sprintf("[%02d Aug 2026] DSA-70%02d-1 curl - security update\n\t{CVE-2026-1%02d}\n\t[bookworm] - curl 7-2\n", 28-i, 99-i, 99-i)
	}
	o.deliver("debian-dsa", newer+old)
	d := board.Delivery{Feed: "debian-dsa", Origin: "mirror", Text: []byte(old)}
	if _, err := o.server.Deliver(t.Context(), d); err == nil || !strings.Contains(err.Error(), "älter") && !strings.Contains(err.Error(), "older") {
		t.Fatalf("%v", err)
	}
	if h, err := o.server.Hole(t.Context(), "CVE-2026-9"); err != nil || !h.Known {
		t.Errorf("the newest hole is forgotten: %v", err)
	}
	d.Reason = "DSA-7100 was a mistake"
	if out, err := o.server.Deliver(t.Context(), d); err != nil || !out.Changed {
		t.Errorf("%+v, %v", out, err)
	}
	// One wrong year in a publication does not make all later ones look old.
	o.deliver("debian-dla", "[27 Nov 2099] DLA-1-1 x - security update\n\t{CVE-2026-7}\n\t[bookworm] - x 1\n")
	o.deliver("debian-dla", "[27 Nov 2026] DLA-2-1 x - security update\n\t{CVE-2026-8}\n\t[bookworm] - x 1\n")
}

// TestPackedPublicationsAreUnpacked, within their bounds.
func TestPackedPublicationsAreUnpacked(t *testing.T) {
	o := open(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, dsaFeed)
	_ = z.Close()
	o.deliver("debian-dsa", packed.String())
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	o.deliver("osv", string(enc.EncodeAll([]byte(osvFeed), nil)))
	if _, err := o.server.Deliver(t.Context(), board.Delivery{Feed: "kev", Text: packed.Bytes()[:packed.Len()/2]}); err == nil {
		t.Error("half of a packed publication was taken")
	}
	if _, err := unpack(packed.Bytes(), 10); err == nil {
		t.Error("unpacked beyond its bound")
	}
}
