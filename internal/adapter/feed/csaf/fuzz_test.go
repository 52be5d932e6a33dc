package csaf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
)

// What is read has what a record needs; what is not, has a reason.
func FuzzRead(f *testing.F) {
	f.Add(fixture(f))
	f.Add([]byte(`{"document":{"category":"x","csaf_version":"2.0"}}`))
	f.Add([]byte(`{"document":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, violations, err := csaf.Read("fuzz", text)
		if err != nil {
			if err.Error() == "" || r.ID != "" {
				t.Fatalf("%+v with %v", r, err)
			}
			return
		}
		if len(violations) > 0 || r.ID == "" || r.Publisher != csaf.Publisher || r.Published.IsZero() {
			t.Fatalf("%+v %v", r, violations)
		}
		d, err := csaf.ReadDocument("fuzz", text)
		if err != nil || len(d.Records) == 0 {
			t.Fatalf("one record is read, and the document is not: %v", err)
		}
		for _, r := range d.Records {
			for _, a := range r.Affected {
				if a.Package == "" || a.Ecosystem == "" || a.State == "" {
					t.Fatalf("affected is %+v", a)
				}
			}
		}
	})
}

func FuzzChanges(f *testing.F) {
	f.Add("\"2026/a.json\",\"2026-03-02T11:00:00+01:00\"\n2026/b.json,2026-03-01T10:00:00Z\n")
	f.Add("\"a.json")
	f.Fuzz(func(t *testing.T, text string) {
		list, _, err := csaf.ParseChanges([]byte(text))
		check(t, list, err)
	})
}

func FuzzROLIE(f *testing.F) {
	f.Add(`{"feed":{"entry":[{"updated":"2026-03-01T10:00:00Z","content":{"src":"a.json"},"link":[{"rel":"hash","href":"a.json.sha256"}]},null]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, _, err := csaf.ParseROLIE([]byte(text))
		check(t, list, err)
	})
}

func check(t *testing.T, list []csaf.Change, err error) {
	if err != nil && err.Error() == "" {
		t.Fatal("an error without a reason")
	}
	for _, c := range list {
		if !strings.HasSuffix(c.Name, ".json") || c.At.IsZero() && c.At.Location() != time.UTC {
			t.Fatalf("%+v is a change", c)
		}
	}
	due := csaf.Due(list, time.Time{})
	for i := 1; i < len(due); i++ {
		if due[i].At.After(due[i-1].At) {
			t.Fatalf("%v is not in order", due)
		}
	}
}

// One advisory, from text to records: BSI publishes some thousand a year.
func BenchmarkReadDocument(b *testing.B) {
	text := fixture(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := csaf.ReadDocument("wid", text); err != nil {
			b.Fatal(err)
		}
	}
}
