package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// Request asks for a mandate for two updates on web1, of which one is granted.
func Request(run string) mandate.Request {
	held, _ := Hoster().Held("web1")
	permitted := policy.Decision{PolicyID: "managedhosting-2", PolicySHA256: "ab", Verdict: policy.Permitted,
		Planning: policy.PartyProvider, Execution: policy.PartyProvider, Trigger: policy.TriggerProactive, Governing: "MH2-21"}
	denied := permitted
	denied.Verdict = policy.Denied
	return mandate.Request{Held: held, Run: run, At: Noon, Items: []mandate.Item{
		{Finding: finding.Finding{Package: "nginx", Arch: "amd64", Installed: "1", Candidate: "2"}, Decision: permitted},
		{Finding: finding.Finding{Package: "php", Arch: "amd64", Installed: "8.2", Candidate: "8.4"}, Decision: denied},
	}}
}

// papers: what a run was decided on comes back so exactly that the same mandate is granted again.
func papers(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	request := Request("run-1")
	granted, refusals := mandate.Grant(request)
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.AddRun(ctx, plannedRun("run-1", "web1"))
		_, err2 := tx.SavePaper(ctx, "run-1", store.Planning, store.Paper{}, Noon)
		_, err3 := tx.SavePaper(ctx, "run-1", store.Planning, store.Paper{Request: request, Changes: granted.Changes(), LeftOut: refusals}, Noon)
		return errors.Join(err, err2, err3)
	})
	Read(t, s, func(tx *store.Tx) error {
		p, ok, err := tx.Paper(ctx, "run-1", store.Planning)
		if !ok || len(p.Changes) != 1 || len(p.LeftOut) != 1 {
			t.Errorf("paper = %+v, %t", p, ok)
		}
		again, _ := mandate.Grant(p.Request)
		if again.Digest() != granted.Digest() {
			t.Error("the mandate granted on the stored request is another one")
		}
		if _, ok, err := tx.Paper(ctx, "run-1", store.Closing); ok || err != nil {
			t.Errorf("a closing that has not been: %t, %v", ok, err)
		}
		return err
	})
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.SavePaper(ctx, "run-1", "dreaming", store.Paper{}, Noon)
		return err
	}); err == nil {
		t.Error("a paper of an unknown phase was kept")
	}
}

// documents: mandate, work order and verdict of a run are kept byte by byte and never replaced.
func documents(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	granted, _ := mandate.Grant(Request("run-1"))
	order := store.WorkOrder{Run: "run-1", Document: []byte(`{"id":"run-1"}`), Signature: []byte{0, 1, 0xff}, Key: "k", Digest: "d", At: Noon}
	judged := verdict.Verdict{Outcome: verdict.Restored, Reasons: []verdict.Reason{{Code: "unit_lost", Text: lang.T("a", "b")}}}
	for range 2 { // telling the same twice is harmless
		Write(t, s, func(tx *store.Tx) error {
			if _, ok, err := tx.Run(ctx, "run-1"); err != nil || !ok {
				if _, err := tx.AddRun(ctx, plannedRun("run-1", "web1")); err != nil {
					return err
				}
			}
			_, err := tx.AddMandate(ctx, granted, Noon)
			_, err2 := tx.SaveWorkOrder(ctx, order)
			_, err3 := tx.AddVerdict(ctx, "run-1", judged, Noon)
			return errors.Join(err, err2, err3)
		})
	}
	forged, better := order, judged
	forged.Signature, better.Outcome = []byte{2}, verdict.Succeeded
	request := Request("run-1")
	request.At = request.At.Add(time.Second)
	second, _ := mandate.Grant(request)
	for what, fn := range map[string]func(*store.Tx) (store.Statement, error){
		"mandate":    func(tx *store.Tx) (store.Statement, error) { return tx.AddMandate(ctx, second, Noon) },
		"work order": func(tx *store.Tx) (store.Statement, error) { return tx.SaveWorkOrder(ctx, forged) },
		"verdict":    func(tx *store.Tx) (store.Statement, error) { return tx.AddVerdict(ctx, "run-1", better, Noon) },
	} {
		if err := s.Write(ctx, func(tx *store.Tx) error {
			_, err := fn(tx)
			return err
		}); !errors.Is(err, store.ErrDiffers) {
			t.Errorf("a second %s: %v", what, err)
		}
	}
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddMandate(ctx, mandate.Mandate{}, Noon)
		return err
	}); err == nil {
		t.Error("a mandate for nothing was kept")
	}
	Read(t, s, func(tx *store.Tx) error {
		m, ok, err := tx.Mandate(ctx, "run-1")
		if !ok || string(m.Document) != string(granted.Document()) || m.Digest != granted.Digest() {
			t.Errorf("mandate = %+v, %t", m, ok)
		}
		w, ok, err2 := tx.WorkOrder(ctx, "run-1")
		if diff := cmp.Diff(order, w); diff != "" || !ok {
			t.Errorf("work order, %t (-want +got):\n%s", ok, diff)
		}
		v, at, ok, err3 := tx.Verdict(ctx, "run-1")
		if diff := cmp.Diff(judged, v); diff != "" || !ok || !at.Equal(Noon) {
			t.Errorf("verdict at %s, %t (-want +got):\n%s", at, ok, diff)
		}
		return errors.Join(err, err2, err3)
	})
}

// decisions: every answer that was given can be looked up.
func decisions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	d := store.Decision{ID: "d-1", Run: "run-1", System: "web1", At: Noon, Document: []byte(`{"verdict":"permitted"}`)}
	later := store.Decision{ID: "d-2", System: "web1", At: Noon.Add(time.Minute), Document: []byte("{}")}
	Write(t, s, func(tx *store.Tx) error {
		var errs error
		for _, d := range []store.Decision{d, later, d} {
			_, err := tx.AddDecision(ctx, d)
			errs = errors.Join(errs, err)
		}
		return errs
	})
	other := d
	other.Document = []byte(`{"verdict":"denied"}`)
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddDecision(ctx, other)
		return err
	}); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another decision of the same ID: %v", err)
	}
	Read(t, s, func(tx *store.Tx) error {
		of, err := tx.DecisionsOf(ctx, "web1", 0)
		if diff := cmp.Diff([]store.Decision{later, d}, of); diff != "" {
			t.Errorf("decisions, newest first (-want +got):\n%s", diff)
		}
		forRun, err2 := tx.Decisions(ctx, "run-1")
		if diff := cmp.Diff([]store.Decision{d}, forRun); diff != "" {
			t.Error(diff)
		}
		_, ok, err3 := tx.Decision(ctx, "d-9")
		if ok {
			t.Error("a decision that nobody made")
		}
		return errors.Join(err, err2, err3)
	})
}

// refusals: what hosts did not accept.
func refusals(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	first := store.Refusal{ID: "x-1", System: "web1", Run: "run-1", Digest: "d", Code: "replay", Detail: "seen before", At: Noon}
	second := store.Refusal{ID: "x-2", System: "db1", Digest: "d2", Code: "signature", Detail: "", At: Noon.Add(time.Second)}
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.AddRefusal(ctx, first)
		_, err2 := tx.AddRefusal(ctx, second)
		_, err3 := tx.AddRefusal(ctx, first)
		return errors.Join(err, err2, err3)
	})
	other := first
	other.Code = "time"
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddRefusal(ctx, other)
		return err
	}); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another refusal of the same ID: %v", err)
	}
	Read(t, s, func(tx *store.Tx) error {
		all, err := tx.Refusals(ctx, "", 0)
		if diff := cmp.Diff([]store.Refusal{second, first}, all); diff != "" {
			t.Errorf("refusals, newest first (-want +got):\n%s", diff)
		}
		of, err2 := tx.Refusals(ctx, "web1", 10)
		if diff := cmp.Diff([]store.Refusal{first}, of); diff != "" {
			t.Error(diff)
		}
		got, ok, err3 := tx.Refusal(ctx, "x-2")
		if !ok || got != second {
			t.Errorf("refusal = %+v, %t", got, ok)
		}
		return errors.Join(err, err2, err3)
	})
}

// statements: every row that is evidence says the same when it is written and when it is read.
func statements(t *testing.T, s *store.Store) {
	ctx := t.Context()
	newest := map[[2]string]string{}
	Write(t, s, func(tx *store.Tx) error {
		all, err := Everything(ctx, tx)
		for _, st := range all {
			newest[[2]string{st.Kind, st.Subject}] = string(st.Document)
		}
		return err
	})
	Read(t, s, func(tx *store.Tx) error {
		rows := 0
		for _, kind := range tx.Kinds() {
			before := rows
			if err := tx.Each(ctx, kind, func(subject string) error {
				rows++
				doc, ok, err := tx.Document(ctx, kind, subject)
				if want := newest[[2]string{kind, subject}]; !ok || string(doc) != want {
					t.Errorf("%s %s says %q, %t; was written as %q", kind, subject, doc, ok, want)
				}
				head, _, _ := bytes.Cut(doc, []byte("\n"))
				if !json.Valid(head) {
					t.Errorf("%s %s begins with %q, which is no JSON", kind, subject, head)
				}
				return err
			}); err != nil {
				return err
			}
			if rows == before {
				t.Errorf("the story has no row of kind %s", kind)
			}
			if _, ok, err := tx.Document(ctx, kind, "no such/subject"); ok || err != nil {
				t.Errorf("%s: a row that is not there: %t, %v", kind, ok, err)
			}
		}
		if rows != len(newest) {
			t.Errorf("%d rows, %d subjects", rows, len(newest))
		}
		if _, ok, err := tx.Document(ctx, "weather", "today"); ok || err != nil {
			t.Errorf("a kind that is not there: %t, %v", ok, err)
		}
		if err := tx.Each(ctx, "weather", nil); err == nil {
			t.Error("rows of a kind that is not there")
		}
		return nil
	})
}
