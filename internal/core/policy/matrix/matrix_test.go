package matrix_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/policy/matrix"
)

func of(t *testing.T, id string) matrix.Matrix {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "policies", id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := policy.Parse(id+".yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return matrix.Of(v)
}

// TestTheArticlesOwnTable: IaaS customer/customer, PaaS customer/provider, SaaS provider/provider.
func TestTheArticlesOwnTable(t *testing.T) {
	t.Parallel()
	want := map[policy.ServiceModel][2]policy.Party{
		policy.ServiceModelIaaS: {policy.PartyCustomer, policy.PartyCustomer},
		policy.ServiceModelPaaS: {policy.PartyCustomer, policy.PartyProvider},
		policy.ServiceModelSaaS: {policy.PartyProvider, policy.PartyProvider},
	}
	m := of(t, "managedhosting-2")
	for _, r := range m.Rows {
		if got := [2]policy.Party{r.Cells[0].Planning, r.Cells[0].Execution}; got != want[r.Model] {
			t.Errorf("%s: %v, the article's table says %v", r.Title.EN, got, want[r.Model])
		}
	}
	if len(m.Rows) != 5 || m.Rows[0].Package != policy.PackageUnknown || m.Rows[3].Package != policy.PackageAdvanced {
		t.Errorf("the package makes a difference on PaaS alone: %+v", m.Rows)
	}
}

func TestWhoKnowsNoModelsHasOneRow(t *testing.T) {
	t.Parallel()
	m := of(t, "managedhosting-1")
	if len(m.Rows) < 2 {
		t.Errorf("the older article tells managed from unmanaged: %+v", m.Rows)
	}
	m = of(t, "iteg-toms-1.1")
	for _, r := range m.Rows {
		if r.Model != policy.ServiceModelIaaS && r.Cells[0].Cadence != policy.CadenceNightly {
			t.Errorf("%s: %+v", r.Title.EN, r.Cells[0])
		}
	}
}

func TestEveryFormSaysTheSameInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"managedhosting-1", "managedhosting-2", "iteg-toms-1.1"} {
		m := of(t, id)
		for _, l := range lang.All() {
			text, html, svg := m.Text(l), m.HTML(l), m.SVG(l)
			for _, r := range m.Rows {
				for name, form := range map[string]string{"text": text, "HTML": html, "SVG": svg} {
					if !strings.Contains(form, r.Title.In(l)) || !strings.Contains(form, r.Cells[0].Rule) || !strings.Contains(form, r.Cells[0].Execution.Text().In(l)) {
						t.Errorf("%s, %s, %s: the row %s is not told", id, l, name, r.Title.In(l))
					}
				}
			}
			wellFormed(t, svg)
			wellFormed(t, "<div>"+html+"</div>")
			if strings.Contains(svg, "style=") || strings.Contains(html, "style=") {
				t.Error("style in line is forbidden by the console's content security policy")
			}
		}
	}
}

func wellFormed(t *testing.T, doc string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(doc)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, doc)
		}
	}
}

func TestMarkupEscapesWhatComesFromTheDocument(t *testing.T) {
	t.Parallel()
	m := of(t, "managedhosting-2")
	m.Title = lang.T("<script>&", "<script>&")
	for _, form := range []string{m.HTML(lang.DE), m.SVG(lang.DE)} {
		if strings.Contains(form, "<script>") || !strings.Contains(form, "&lt;script&gt;&amp;") {
			t.Error("a title becomes markup")
		}
	}
}
