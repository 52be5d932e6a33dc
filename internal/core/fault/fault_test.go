package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var refused = &fault.Error{
	Code: fault.Refused, Rule: "MH2-13",
	Text:  lang.T("Der Kunde hat auch Administratorrechte.", "The customer has administrative rights, too."),
	Mend:  lang.T("Entziehen Sie die Rechte.", "Withdraw the rights."),
	Cause: io.ErrUnexpectedEOF,
}

// TestTheCodeThatCounts: exit codes and HTTP statuses follow from the code. What is no fault, or says
// nothing of itself, is our own fault, never something harmless.
func TestTheCodeThatCounts(t *testing.T) {
	t.Parallel()
	var none *fault.Error
	for _, c := range []struct {
		name string
		err  error
		want fault.Code
	}{
		{"a fault", refused, fault.Refused},
		{"a fault with more said around it", fmt.Errorf("plan web1: %w", fmt.Errorf("grant: %w", refused)), fault.Refused},
		{"a fault among several errors", errors.Join(io.EOF, refused), fault.Refused},
		{"the outermost of two faults", &fault.Error{Code: fault.Unavailable, Cause: refused}, fault.Unavailable},
		{"any other error", io.EOF, fault.Internal},
		{"a fault without a code", &fault.Error{Text: lang.T("Nanu.", "Huh.")}, fault.Internal},
		{"no error at all: whoever asks has lost it", nil, fault.Internal},
		{"a nil fault that became an error", none, fault.Internal},
		{"a nil fault with more said around it", fmt.Errorf("plan web1: %w", error(silent{none})), fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := fault.CodeOf(c.err); got != c.want {
				t.Fatalf("%s, want %s", got, c.want)
			}
		})
	}
}

// silent carries a fault without asking it for its words.
type silent struct{ inner *fault.Error }

func (s silent) Error() string { return "silent" }
func (s silent) Unwrap() error { return s.inner }

func TestTheCauseCanBeFound(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("plan web1: %w", refused)
	var f *fault.Error
	if !errors.As(err, &f) || f != refused {
		t.Fatalf("no fault in %v", err)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("the cause is lost in %v", err)
	}
	if errors.Unwrap(fault.New(fault.Conflict, lang.T("a", "b"), lang.Text{})) != nil {
		t.Fatal("a fault without a cause has one")
	}
}

// TestTheCauseIsForTheLog: it stands in the error's text, which goes to the log, and not in what is sent
// to the reader: it may name paths, addresses, queries.
func TestTheCauseIsForTheLog(t *testing.T) {
	t.Parallel()
	if got, want := refused.Error(), "The customer has administrative rights, too.: unexpected EOF"; got != want {
		t.Errorf("the log says %q, want %q", got, want)
	}
	doc, err := json.Marshal(refused)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(doc), "EOF") {
		t.Errorf("the reader is sent the cause: %s", doc)
	}
	var got fault.Error
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	want := *refused
	want.Cause = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the reader gets (-want +got)\n%s", diff)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	missing := fault.Missing("Ein System", "system", "web9")
	if missing.Code != fault.NotFound || missing.Text != lang.T("Ein System „web9“ gibt es nicht.", `There is no system "web9".`) {
		t.Errorf("missing: %+v", missing)
	}
	if got := missing.Error(); got != `There is no system "web9".` {
		t.Errorf("without a cause, the log says %q", got)
	}
	odd := fault.Missing("Ein Paket", "package", "%d%[9]s")
	if odd.Text != lang.T("Ein Paket „%d%[9]s“ gibt es nicht.", `There is no package "%d%[9]s".`) {
		t.Errorf("a name is taken for a format: %+v", odd.Text)
	}
	made := fault.New(fault.Conflict, lang.T("Der Lauf ist vorbei.", "The run is over."), lang.T("Planen Sie neu.", "Plan anew."))
	if diff := cmp.Diff(&fault.Error{Code: fault.Conflict, Text: lang.T("Der Lauf ist vorbei.", "The run is over."), Mend: lang.T("Planen Sie neu.", "Plan anew.")}, made); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
