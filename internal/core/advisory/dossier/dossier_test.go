package dossier_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/severity"
)

const (
	dsa = "[21 Aug 2026] DSA-7001-1 nginx - security update\n\t{CVE-2026-1 CVE-2026-2}\n\t[bookworm] - nginx 1.22.1-9+deb12u9 (high)\n"
	osv = `{"id": "CVE-2026-1", "published": "2026-08-20T10:00:00Z", "summary": "request smuggling", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "references": [{"url": "https://nginx.example/1"}], "affected": []}`
	kev = `{"catalogVersion": "2026.08.22", "dateReleased": "2026-08-22T10:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2026-1", "dateAdded": "2026-08-22", "knownRansomwareCampaignUse": "Unknown"}]}`
	day = "#model_version:v2025.03.14,score_date:2026-08-22T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1,0.9,0.99\n"
)

// Four publishers, one hole: what each says stands in its dossier, and makes it critical (IT-33).
func TestFourPublishersOneHole(t *testing.T) {
	t.Parallel()
	b := dossier.NewBuilder()
	for _, text := range []string{kev, osv, dsa, day} {
		in := bytes.NewReader([]byte(text))
		kind, err := dossier.Detect(in)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := b.Read(kind, in); err != nil || r.Records != 1 || len(r.Skipped) > 0 {
			t.Fatalf("%s: %+v %v", kind, r, err)
		}
	}
	shelf := b.Build()
	d, ok := shelf.Hole("CVE-2026-1")
	if !ok || d.Title != "request smuggling" || len(d.Advisories) != 2 || len(d.Vectors) != 1 || d.Vectors[0].Publisher != "osv" || len(d.References) != 1 {
		t.Fatalf("%+v", d)
	}
	if !d.Published.Equal(time.Date(2026, 8, 20, 10, 0, 0, 0, time.UTC)) || !d.KEV.Listed || d.EPSS.Model != "v2025.03.14" {
		t.Errorf("%+v %+v %+v", d.Published, d.KEV, d.EPSS)
	}
	e := d.Evidence("bookworm", "nginx")
	if e.Urgency != "high" {
		t.Errorf("urgency %q", e.Urgency)
	}
	rated := severity.Rate(time.Date(2026, 8, 23, 0, 0, 0, 0, time.UTC), e, severity.Default(), nil)
	if rated.Critical() != severity.Yes {
		t.Errorf("%+v", rated)
	}
	other, _ := shelf.Hole("CVE-2026-2")
	if other.KEV.Listed || other.EPSS != nil {
		t.Errorf("what is said of one hole was put to another: %+v", other)
	}
	if got := shelf.Named("DSA-7001-1"); len(got) != 2 || shelf.Holes() != 2 {
		t.Errorf("DSA-7001-1 is about %v", got)
	}
	if open := shelf.Index.Open("bookworm", "nginx", "1.22.1-9"); len(open) != 2 {
		t.Errorf("%v", open)
	}
}

// What cannot be read leaves nothing behind that could be taken for a statement.
func TestABrokenPublication(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]string{"kev": kev[:80], "epss": "#model_version:x", "osv": "{", "page": "<html>"} {
		in := bytes.NewReader([]byte(text))
		b := dossier.NewBuilder()
		k, err := dossier.Detect(in)
		if err == nil {
			_, err = b.Read(k, in)
		}
		if err == nil || b.Build().Holes() != 0 {
			t.Errorf("%s was read: %v", kind, err)
		}
	}
}
