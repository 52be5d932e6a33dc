package host

import (
	"slices"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/service"
)

func TestFlappingIsToldFromComingLate(t *testing.T) {
	t.Parallel()
	const now = 1000 * time.Second
	up := func(restarts int, ago time.Duration) service.Unit {
		return service.Unit{Name: "shop.service", Active: "active", Sub: "running", Restarts: restarts, Since: (now - ago).Microseconds()}
	}
	coming := func(restarts int) service.Unit {
		return service.Unit{Name: "shop.service", Active: "activating", Sub: "auto-restart", Restarts: restarts}
	}
	down := service.Unit{Name: "shop.service", Active: "inactive", Sub: "dead"}
	failed := service.Unit{Name: "shop.service", Active: "failed", Sub: "failed", Restarts: 5}
	for _, c := range []struct {
		story string
		looks []service.Unit
		want  bool
		young bool
	}{
		{"it runs, as for days", []service.Unit{up(0, time.Hour), up(0, time.Hour)}, false, false},
		{"it was restarted by the update, and runs", []service.Unit{up(0, time.Second)}, false, false},
		{"it comes late", []service.Unit{coming(0), coming(0), up(0, time.Second)}, false, false},
		{"it waited for its database, three times, and is up since", []service.Unit{coming(2), coming(3), up(3, 20*time.Second)}, false, false},
		{"it restarts again and again, and was seen up", []service.Unit{up(1, time.Second), coming(2), up(3, time.Second)}, true, true},
		{"it restarts again and again, and was seen down", []service.Unit{up(0, time.Second), up(1, time.Second), coming(2)}, true, true},
		{"it restarted for long, and one look is all there is", []service.Unit{up(40, time.Second)}, true, true},
		{"it restarted often once, long ago", []service.Unit{up(40, time.Hour)}, false, false},
		{"somebody keeps stopping and starting it", []service.Unit{up(0, time.Second), down, up(0, time.Second), down, up(0, time.Second)}, true, true},
		{"it gave up", []service.Unit{coming(4), failed}, false, false},
		{"started by hand in between, restarts again and again since", []service.Unit{up(9, time.Hour), up(0, time.Second), coming(2)}, true, true},
	} {
		var p pulse
		for _, u := range c.looks {
			p.beat([]service.Unit{u})
		}
		if got := slices.Contains(p.flapping(now), "shop.service"); got != c.want {
			t.Errorf("%s: flapping %v", c.story, got)
		}
		if got := p.young(now); got != c.young {
			t.Errorf("%s: young %v", c.story, got)
		}
	}
}

func TestAServiceThatIsNotListedAnyMoreIsDown(t *testing.T) {
	t.Parallel()
	const now = 1000 * time.Second
	up := []service.Unit{{Name: "shop.service", Active: "active", Sub: "running", Since: (now - time.Second).Microseconds()}}
	var p pulse
	p.beat(up)
	p.beat(nil)
	if p.fresh(now) != 0 || p.young(now) {
		t.Error("it is watched, although it is down")
	}
	p.beat(up)
	if !p.young(now) {
		t.Error("it came up again a second ago and counts as steady")
	}
	p.beat(nil)
	p.beat(up)
	if got := p.flapping(now); !slices.Equal(got, []string{"shop.service"}) {
		t.Errorf("flapping: %v, after it went down twice", got)
	}
}

func TestAServiceThatHasJustComeUpIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	const now = 1000 * time.Second
	up := func(ago time.Duration) service.Unit {
		return service.Unit{Name: "shop.service", Active: "active", Sub: "running", Since: (now - ago).Microseconds()}
	}
	job := up(time.Second)
	job.TriggeredBy = []string{"shop.timer"}
	for _, c := range []struct {
		story    string
		unit     service.Unit
		restless []string
		want     bool
	}{
		{"it came up a second ago", up(time.Second), nil, true},
		{"it has shown that it stays", up(firstMoments), nil, false},
		{"it runs for days", up(time.Hour / 4), nil, false},
		{"it is down", service.Unit{Name: "shop.service", Active: "inactive"}, nil, false},
		{"it is a job of a timer", job, nil, false},
		{"it came and went before", up(time.Second), []string{"shop.service"}, false},
	} {
		p := pulse{restless: c.restless}
		p.beat([]service.Unit{c.unit})
		if got := p.fresh(now) > 0; got != c.want {
			t.Errorf("%s: %v", c.story, got)
		}
	}
}

func TestAServiceThatGaveUpIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	ran := verdict.Observation{Units: []fact.Unit{{Name: "shop.service", Active: "active"}, {Name: "old.service", Active: "failed"}}}
	shop := func(active string) verdict.Observation {
		return verdict.Observation{Units: []fact.Unit{
			{Name: "shop.service", Active: active}, {Name: "old.service", Active: "failed"}, {Name: "new.service", Active: "failed"},
		}}
	}
	for _, c := range []struct {
		story string
		looks []string // one each five seconds
		want  bool
	}{
		{"it runs, and others failed", []string{"active", "active", "active"}, false},
		{"it failed just now", []string{"active", "failed", "failed"}, false},
		{"it failed and stays so", []string{"failed", "failed", "failed"}, true},
		{"it failed, and somebody starts it", []string{"failed", "failed", "activating"}, false},
		{"it failed twice, and was up in between", []string{"failed", "failed", "active", "failed", "failed"}, false},
		{"it is on its way", []string{"activating", "activating", "activating"}, false},
	} {
		var p pulse
		now, got := time.Hour, false
		for _, active := range c.looks {
			now += 5 * time.Second
			got = p.hopeless(verdict.GaveUp(ran, shop(active)), now)
		}
		if got != c.want {
			t.Errorf("%s: %v", c.story, got)
		}
	}
	ran.Flapping = []string{"shop.service"}
	var p, got = pulse{}, false
	for at := range 4 {
		got = p.hopeless(verdict.GaveUp(ran, shop("failed")), time.Duration(at)*failedFor)
	}
	if got {
		t.Error("what failed again and again before is waited for as ever")
	}
}
