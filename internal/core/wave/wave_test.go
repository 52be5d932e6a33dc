package wave_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/wave"
)

func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("web%02d", i+1)
	}
	return list
}

// TestFortySystems: one canary, one system, a tenth, the rest.
func TestFortySystems(t *testing.T) {
	r := wave.Usual()
	r.Canaries = []string{"web07", "stranger"}
	waves := wave.Assign(names(40), r)
	var sizes []int
	for _, w := range waves {
		sizes = append(sizes, len(w))
	}
	if !slices.Equal(sizes, []int{1, 1, 4, 34}) || waves[0][0] != "web07" || wave.Of(waves, "web01") != 1 || wave.Of(waves, "stranger") != -1 {
		t.Errorf("%v: %v", sizes, waves)
	}
	if got := wave.Assign(names(3), wave.Rules{}); len(got) != 2 || len(got[1]) != 3 {
		t.Errorf("without waves: %v", got)
	}
}

func TestWhoMayBegin(t *testing.T) {
	r := wave.Usual()
	r.Canaries = []string{"web07"}
	base := func() wave.Campaign {
		return wave.Campaign{Rules: r, Waves: wave.Assign(names(40), r), States: map[string]wave.State{}}
	}
	for name, c := range map[string]struct {
		system string
		given  func(c *wave.Campaign)
		want   wave.Code
	}{
		"the canary":                            {"web07", func(*wave.Campaign) {}, ""},
		"wave 1 before the canary":              {"web01", func(*wave.Campaign) {}, wave.WaveBefore},
		"wave 1 after the canary":               {"web01", func(c *wave.Campaign) { c.States["web07"] = wave.Verified }, ""},
		"wave 1, the canary has nothing due":    {"web01", func(c *wave.Campaign) { c.States["web07"] = wave.Out }, ""},
		"wave 1 while the canary is worked on":  {"web01", func(c *wave.Campaign) { c.States["web07"] = wave.UnderWay }, wave.WaveBefore},
		"a canary failed":                       {"web01", func(c *wave.Campaign) { c.States["web07"], c.Failed, c.Canary = wave.Failed, 1, "web07" }, wave.CanaryFailed},
		"a canary failed, and somebody resumed": {"web01", func(c *wave.Campaign) { c.States["web07"] = wave.Failed }, ""},
		"the budget of four is used up":         {"web07", func(c *wave.Campaign) { c.Failed = 4 }, wave.BudgetUsed},
		"three failed, one is being worked on":  {"web02", func(c *wave.Campaign) { c.Failed = 3; done(c, "web07", "web01"); c.States["web03"] = wave.UnderWay }, wave.BudgetTaken},
		"two at once, two are being worked on": {"web02", func(c *wave.Campaign) {
			c.Rules.AtOnce = 2
			done(c, "web07", "web01")
			c.States["web03"], c.States["web04"] = wave.UnderWay, wave.UnderWay
		}, wave.AtOnceFull},
		"whoever asks is not counted against itself": {"web02", func(c *wave.Campaign) {
			c.Rules.AtOnce = 1
			done(c, "web07", "web01")
			c.States["web02"] = wave.UnderWay
		}, ""},
		"a system that belongs to no wave may not":        {"other", func(*wave.Campaign) {}, wave.WaveBefore},
		"a state that nobody knows counts as not done":    {"web01", func(c *wave.Campaign) { c.States["web07"] = "rumour" }, wave.WaveBefore},
		"the rest waits for every system of the waves":    {"web40", func(c *wave.Campaign) { done(c, "web07", "web01", "web02", "web03", "web04") }, wave.WaveBefore},
		"the rest, once all of the waves before are done": {"web40", func(c *wave.Campaign) { done(c, "web07", "web01", "web02", "web03", "web04", "web05") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			campaign := base()
			c.given(&campaign)
			hold := campaign.May(c.system)
			if hold.Code != c.want || hold.Zero() != (c.want == "") || c.want != "" && (hold.Reason.DE == "" || hold.Reason.EN == "") {
				t.Errorf("%q: %s", hold.Code, hold.Reason.EN)
			}
		})
	}
}

func done(c *wave.Campaign, systems ...string) {
	for _, s := range systems {
		c.States[s] = wave.Verified
	}
}

func TestGroupsAndPools(t *testing.T) {
	e := wave.Estate{Members: []wave.Member{
		{System: "db1", Groups: []string{"galera"}, Pools: []string{"hv1"}},
		{System: "db2", Groups: []string{"galera"}, Pools: []string{"hv2"}},
		{System: "web1", Pools: []string{"hv1"}},
	}, Busy: map[string]bool{}, Down: map[string]bool{}, Pools: map[string]int{"hv1": 1}}
	check := func(system string, want wave.Code) {
		t.Helper()
		if got := e.MayIn(system); got.Code != want {
			t.Errorf("%s: %q (%s)", system, got.Code, got.Reason.EN)
		}
	}
	check("db1", "")
	e.Busy["db2"] = true
	check("db1", wave.GroupBusy)
	check("web1", "")
	e.Busy = map[string]bool{"db1": true}
	check("web1", wave.PoolFull)
	check("db1", "") // itself is not in its own way
	e.Busy = map[string]bool{}
	e.Down["db2"] = true
	check("db1", wave.GroupDown)
	check("db2", "") // it is the one to be mended
	check("elsewhere", "")
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]wave.Size{"3": {Number: 3}, " 10% ": {Percent: 10}, "rest": {Percent: 100}, "100%": {Percent: 100}} {
		got, err := wave.ParseSize(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
		if again, err := wave.ParseSize(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q", text, got.String())
		}
	}
	for _, text := range []string{"", "0", "-1", "0%", "101%", "alle", "10 von 40", "1.5", "99999999"} {
		if got, err := wave.ParseSize(text); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	bad := wave.Rules{Waves: []wave.Size{{}, {Number: 1, Percent: 5}}, AtOnce: -1, Pools: map[string]int{"hv1": 0}}
	if err := bad.Check(); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	if err := wave.Usual().Check(); err != nil {
		t.Error(err)
	}
}

// TestNoHarmBeyondTheBudget: whatever fails and in whatever order things end, no more systems fail than the
// budget says, no two of a group are down together, no wave begins before the one before it is through, and a
// campaign in which nothing failed comes to its end.
func TestNoHarmBeyondTheBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "systems")
		rules := wave.Rules{Budget: wave.Size{Number: rapid.IntRange(1, 5).Draw(t, "budget")}, AtOnce: rapid.IntRange(0, 4).Draw(t, "at once")}
		if rapid.Bool().Draw(t, "share") {
			rules.Budget = wave.Size{Percent: rapid.IntRange(1, 50).Draw(t, "percent")}
		}
		for range rapid.IntRange(0, 3).Draw(t, "waves") {
			rules.Waves = append(rules.Waves, wave.Size{Number: rapid.IntRange(1, 10).Draw(t, "size")})
		}
		e := wave.Estate{Busy: map[string]bool{}, Down: map[string]bool{}, Pools: map[string]int{"p0": 2, "p1": 1}}
		bad := map[string]bool{}
		for _, s := range names(n) {
			m := wave.Member{System: s, Pools: []string{fmt.Sprintf("p%d", rapid.IntRange(0, 2).Draw(t, "pool"))}}
			if g := rapid.IntRange(0, 4).Draw(t, "group"); g > 0 {
				m.Groups = []string{fmt.Sprintf("g%d", g)}
			}
			e.Members = append(e.Members, m)
			bad[s] = rapid.IntRange(0, 5).Draw(t, "luck") == 0
			if rapid.IntRange(0, 8).Draw(t, "canary") == 0 {
				rules.Canaries = append(rules.Canaries, s)
			}
		}
		c := wave.Campaign{Rules: rules, Waves: wave.Assign(names(n), rules), States: map[string]wave.State{}}
		budget := rules.Budget.Of(n)
		var busy []string
		for range 10 * n {
			var may []string
			for _, s := range names(n) {
				if c.States[s] == "" && c.May(s).Zero() && e.MayIn(s).Zero() {
					may = append(may, s)
				}
			}
			if len(may)+len(busy) == 0 {
				break
			}
			if len(may) > 0 && (len(busy) == 0 || rapid.Bool().Draw(t, "begin")) {
				s := rapid.SampledFrom(may).Draw(t, "next")
				c.States[s], e.Busy[s], busy = wave.UnderWay, true, append(busy, s)
				check(t, c, e, s)
				continue
			}
			i := rapid.IntRange(0, len(busy)-1).Draw(t, "ends")
			s := busy[i]
			busy = slices.Delete(busy, i, i+1)
			delete(e.Busy, s)
			c.States[s] = wave.Verified
			if bad[s] {
				c.States[s] = wave.Failed
				c.Failed++
				if wave.Of(c.Waves, s) == 0 {
					c.Canary = s
				}
			}
			if c.Failed > budget {
				t.Fatalf("%d failed, %d were allowed", c.Failed, budget)
			}
		}
		_, spent := c.Spent()
		for _, s := range names(n) {
			if st := c.States[s]; !spent && st != wave.Verified && st != wave.Failed {
				t.Fatalf("nothing goes on, and %s is %q: %+v %+v", s, st, c.May(s), e.MayIn(s))
			}
		}
	})
}

func check(t *rapid.T, c wave.Campaign, e wave.Estate, begun string) {
	groups, pools := map[string]int{}, map[string]int{}
	for _, m := range e.Members {
		if !e.Busy[m.System] {
			continue
		}
		for _, g := range m.Groups {
			groups[g]++
		}
		for _, p := range m.Pools {
			pools[p]++
		}
	}
	for g, n := range groups {
		if n > 1 {
			t.Fatalf("%d of %s are down together", n, g)
		}
	}
	for p, most := range e.Pools {
		if pools[p] > most {
			t.Fatalf("%d in %s", pools[p], p)
		}
	}
	if c.Rules.AtOnce > 0 && len(e.Busy) > c.Rules.AtOnce {
		t.Fatalf("%d at once", len(e.Busy))
	}
	for _, w := range c.Waves[:wave.Of(c.Waves, begun)] {
		for _, s := range w {
			if st := c.States[s]; st != wave.Verified && st != wave.Failed {
				t.Fatalf("%s has begun before %s, which is %q", begun, s, st)
			}
		}
	}
}

// FuzzSize: a size that is read is good and reads the same again.
func FuzzSize(f *testing.F) {
	for _, text := range []string{"1", "10%", "rest", "", "%", "-3%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := wave.ParseSize(text)
		if err != nil {
			return
		}
		if again, err := wave.ParseSize(s.String()); !s.Good() || err != nil || again != s || s.Of(40) < 1 {
			t.Errorf("%q: %+v, %+v, %v", text, s, again, err)
		}
	})
}
