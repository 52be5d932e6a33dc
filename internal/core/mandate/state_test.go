package mandate_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

var update = flag.Bool("update", false, "write the diagram in docs/orders.md anew")

// An order is done when its run succeeded, and never called so otherwise; it can be taken back until its run
// has begun.
func TestHowFarAnOrderHasCome(t *testing.T) {
	t.Parallel()
	seen := map[mandate.OrderState]bool{mandate.Received: true}
	offered := mandate.Terms{Price: &mandate.Price{Rule: "MH2-11", Amount: "180 €"}}
	agreed := mandate.Terms{Price: &mandate.Price{Rule: "MH2-11", Amount: "180 €", Answer: mandate.NewAnswer(true, "eva", "Ticket 1", "ja", friday)}}
	closed := func(s mandate.OrderState) mandate.Terms { return mandate.Terms{Closed: &mandate.Closed{State: s}} }
	for name, c := range map[string]struct {
		o    mandate.Order
		p    mandate.Pursuit
		want mandate.OrderState
	}{
		"just given":              {mandate.Order{}, mandate.Pursuit{}, mandate.Accepted},
		"no price is named yet":   {mandate.Order{Terms: mandate.Terms{Price: &mandate.Price{Rule: "MH2-11"}}}, mandate.Pursuit{}, mandate.Question},
		"the price is offered":    {mandate.Order{Terms: offered}, mandate.Pursuit{Planned: true}, mandate.Question},
		"the price is agreed":     {mandate.Order{Terms: agreed}, mandate.Pursuit{}, mandate.Accepted},
		"a time is to be agreed":  {mandate.Order{Terms: mandate.Terms{Appointment: "t1"}}, mandate.Pursuit{}, mandate.Question},
		"nobody answered":         {mandate.Order{Terms: closed(mandate.Expired)}, mandate.Pursuit{}, mandate.Expired},
		"no to the price":         {mandate.Order{Terms: closed(mandate.Refused)}, mandate.Pursuit{}, mandate.Refused},
		"planned":                 {mandate.Order{}, mandate.Pursuit{Planned: true}, mandate.Scheduled},
		"with the host":           {mandate.Order{Used: "r1"}, mandate.Pursuit{With: true}, mandate.Running},
		"succeeded":               {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.Succeeded}, mandate.Done},
		"put back":                {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.Restored}, mandate.PutBack},
		"waits for a reboot":      {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.NotEffective}, mandate.Unsettled},
		"restore failed":          {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.RestoreFailed}, mandate.Unsettled},
		"nobody knows how":        {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true}, mandate.Unsettled},
		"taken back":              {mandate.Order{Withdrawn: true}, mandate.Pursuit{Planned: true}, mandate.Withdrawn},
		"taken back, run is gone": {mandate.Order{Withdrawn: true}, mandate.Pursuit{}, mandate.Withdrawn},
	} {
		got := mandate.StateOf(c.o, c.p)
		seen[got] = true
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got.MayWithdraw() != (c.o.Used == "" && !c.o.Withdrawn && c.o.Terms.Closed == nil) {
			t.Errorf("%s: may be withdrawn: %v", name, got.MayWithdraw())
		}
		if text := got.Text(); text.DE == "" || text.EN == "" {
			t.Errorf("%s has no words", got)
		}
	}
	if len(seen) != len(mandate.OrderStates) {
		t.Errorf("%d of %d states were seen", len(seen), len(mandate.OrderStates))
	}
}

// TestAnOrderLivesAsTheTableSays: whatever happens to an order, in whatever sequence, each change of its state is
// one of the table's, and what is over stays as it is.
func TestAnOrderLivesAsTheTableSays(t *testing.T) {
	t.Parallel()
	close := func(o *mandate.Order, s mandate.OrderState) {
		o.Terms.Closed = &mandate.Closed{State: s, Reason: lang.T("x", "x"), At: friday}
	}
	type life struct {
		o mandate.Order
		p mandate.Pursuit
	}
	events := []struct {
		name string
		do   func(*life, mandate.OrderState) bool // false: refused, as the server refuses it
	}{
		{"a price is offered", func(l *life, s mandate.OrderState) bool {
			if _, ok := s.May(mandate.Question); !ok && s != mandate.Question || l.o.Terms.Price != nil {
				return false
			}
			l.o.Terms.Price, l.p.Planned = &mandate.Price{Rule: "MH2-11", Amount: "180 €"}, false
			return true
		}},
		{"yes", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Question || l.o.Terms.Price == nil {
				return false
			}
			l.o.Terms.Price.Answer = mandate.NewAnswer(true, "eva", "Ticket", "ja", friday)
			return true
		}},
		{"no", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Question {
				return false
			}
			close(&l.o, mandate.Refused)
			return true
		}},
		{"silence", func(l *life, s mandate.OrderState) bool {
			if _, ok := s.May(mandate.Expired); !ok {
				return false
			}
			close(&l.o, mandate.Expired)
			return true
		}},
		{"withdrawn", func(l *life, s mandate.OrderState) bool {
			if !s.MayWithdraw() {
				return false
			}
			l.o.Withdrawn, l.p.Planned = true, false
			return true
		}},
		{"planned", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Accepted {
				return false
			}
			l.p.Planned = true
			return true
		}},
		{"the window falls away", func(l *life, _ mandate.OrderState) bool { l.p.Planned = false; return true }},
		{"the run begins", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Scheduled && s != mandate.Accepted {
				return false
			}
			l.o.Used, l.p = "r1", mandate.Pursuit{With: true}
			return true
		}},
		{"the run ends", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Running {
				return false
			}
			l.p = mandate.Pursuit{Over: true, Outcome: verdict.Outcomes[len(l.o.ID)%len(verdict.Outcomes)]}
			return true
		}},
		{"the run ends before it wrote", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Running {
				return false
			}
			l.o.Used, l.p = "", mandate.Pursuit{}
			return true
		}},
		{"done by hand", func(l *life, s mandate.OrderState) bool {
			if s != mandate.Accepted {
				return false
			}
			close(&l.o, mandate.Done)
			return true
		}},
	}
	rapid.Check(t, func(t *rapid.T) {
		l := life{o: mandate.Order{ID: strings.Repeat("o", rapid.IntRange(0, 9).Draw(t, "outcome"))}}
		at := mandate.StateOf(l.o, l.p)
		for range rapid.IntRange(0, 15).Draw(t, "steps") {
			e := events[rapid.IntRange(0, len(events)-1).Draw(t, "event")]
			happened := e.do(&l, at)
			to := mandate.StateOf(l.o, l.p)
			if by, ok := at.May(to); to != at && (!happened || !ok || by.DE == "" || by.EN == "") {
				t.Fatalf("%s: %s becomes %s", e.name, at, to)
			}
			if at.Over() && to != at {
				t.Fatalf("%s is over and becomes %s", at, to)
			}
			at = to
		}
	})
}

// TestEveryStateIsReachedAndEnds: from received to every state, and from every state to one that is over.
func TestEveryStateIsReachedAndEnds(t *testing.T) {
	t.Parallel()
	reach := func(from mandate.OrderState) map[mandate.OrderState]bool {
		reached := map[mandate.OrderState]bool{from: true}
		for range mandate.OrderStates {
			for _, tr := range mandate.Transitions() {
				reached[tr.To] = reached[tr.To] || reached[tr.From]
			}
		}
		return reached
	}
	first := reach(mandate.Received)
	for _, s := range mandate.OrderStates {
		ends := false
		for to, ok := range reach(s) {
			ends = ends || ok && to.Over()
		}
		if !first[s] || !ends {
			t.Errorf("%s: reached %v, ends %v", s, first[s], ends)
		}
	}
	if !mandate.OrderState("lost").Over() || mandate.OrderState("lost").MayWithdraw() {
		t.Error("a state that does not exist goes on")
	}
}

// TestTheDiagramIsTheStates: docs/orders.md shows the states and changes that the code has (make generate).
func TestTheDiagramIsTheStates(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "orders.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "```mermaid\n", "```\n"
	head, rest, ok := strings.Cut(string(data), begin)
	shown, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("docs/orders.md has no diagram")
	}
	if shown == mandate.Diagram() {
		return
	}
	if !*update {
		t.Fatal("the diagram in docs/orders.md is not that of the code: make generate")
	}
	if err := os.WriteFile(path, []byte(head+begin+mandate.Diagram()+end+tail), 0o600); err != nil {
		t.Fatal(err)
	}
}
