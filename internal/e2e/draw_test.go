package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/lab"
)

// update is a kind of package update that a random run may have.
type update struct {
	name   string
	weight int
	good   bool // may end as a success
	make   func(p *play, d *lab.Deb)
}

const (
	theGood   = "good"
	theEdited = "good, its configuration file changed by the customer, too"
)

// updates are all kinds. A program that a script edits in place is restored on btrfs only (docs/restore.md), so that on ext4 a
// file of configuration is edited.
var updates = []update{
	{theGood, 12, true, nil},
	{theEdited, 4, true, nil},
	{"preinst exits 1", 2, false, func(_ *play, d *lab.Deb) { d.Preinst = "#!/bin/sh\nexit 1\n" }},
	{"postinst exits 1", 4, false, func(_ *play, d *lab.Deb) { d.Postinst = "#!/bin/sh\nexit 1\n" }},
	{"postinst edits a file of others in place, then exits 1", 4, false, func(p *play, d *lab.Deb) {
		edited := "/etc/nginx/mime.types"
		if p.spec.Btrfs {
			edited = "/usr/bin/deb-systemd-helper"
		}
		d.Postinst = "#!/bin/sh\necho '# edited' >> " + edited + "\nexit 1\n"
	}},
	{"holds a file of another package", 2, false, func(_ *play, d *lab.Deb) {
		d.Files["/usr/bin/deb-systemd-helper"] = lab.File{Content: "#!/bin/sh\n", Mode: 0o755}
	}},
	{"its service does not come back", 4, false, func(_ *play, d *lab.Deb) {
		d.Files["/usr/bin/patient"] = lab.File{Content: "#!/bin/sh\nexit 1\n", Mode: 0o755}
		d.Postinst = strings.Replace(d.Postinst, "restart patient.service;", "restart patient.service || true;", 1)
	}},
	{"its page answers 500", 4, false, func(_ *play, d *lab.Deb) {
		d.Files["/usr/share/patient/nginx.conf"] = lab.File{Content: "location = /portal { return 500; }\n"}
	}},
	{"postinst hangs, with a child in a session of its own", 1, false, func(_ *play, d *lab.Deb) {
		d.Postinst = "#!/bin/sh\nsetsid sleep 100000 &\nexec sleep 100000\n"
	}},
}

// blow is one fault and when it strikes: right after an event of the journal, or some time after the order was planned.
type blow struct {
	fault string
	event moment
	after time.Duration
	lasts time.Duration // of those that last: at most so long
}

func (b blow) String() string {
	if b.event.kind != "" {
		return strings.TrimSpace(fmt.Sprintf("%s after %s", b.fault, b.event))
	}
	return fmt.Sprintf("%s %s after the order", b.fault, b.after)
}

// The faults of random runs.
const (
	killAgent  = "kill -9 of the agent"
	cutPower   = "power cut"
	fillDisk   = "disk full"
	cutNetwork = "network cut"
	killServer = "kill -9 of the server"
)

// trial is what is drawn for a run. The same seed and number give the same one.
type trial struct {
	seed   uint64
	number int
	driver string
	update update
	blows  []blow
}

// Every fourth run is on btrfs. (Only ext4 can be stopped dead as by a power cut.)
func driverOf(number int) string {
	if number%4 == 3 {
		return "btrfs"
	}
	return "files"
}

// drawTrial draws a run.
func drawTrial(seed uint64, number int) trial {
	dice := rand.New(rand.NewPCG(seed, uint64(number)))
	t := trial{seed: seed, number: number, driver: driverOf(number)}
	sum := 0
	for _, u := range updates {
		sum += u.weight
	}
	at := dice.IntN(sum)
	for _, u := range updates {
		if at < u.weight {
			t.update = u
			break
		}
		at -= u.weight
	}
	faults := []string{killAgent, fillDisk, cutNetwork, killServer}
	if t.driver == "files" {
		faults = append(faults, cutPower)
	}
	blows := 1
	switch n := dice.IntN(20); {
	case n < 2:
		blows = 0
	case n >= 15:
		blows = 2
	}
	for range blows {
		b := blow{fault: faults[dice.IntN(len(faults))], lasts: time.Duration(dice.IntN(12_000)) * time.Millisecond}
		if dice.IntN(2) == 0 {
			b.event = t.update.moments()[dice.IntN(len(t.update.moments()))]
		} else {
			b.after = time.Duration(dice.IntN(6_000)) * time.Millisecond
		}
		t.blows = append(t.blows, b)
	}
	return t
}

// moments are the events that a run with that update may write.
func (u update) moments() []moment {
	var list []moment
	for _, s := range run.Steps {
		list = append(list, moment{run.Begun, s}, moment{run.Finished, s})
	}
	if !u.good {
		list = slices.DeleteFunc(list, func(m moment) bool { return m == moment{run.Finished, run.Verifying} })
		list = append(list, moment{run.Begun, run.Restoring}, moment{run.Begun, run.Restoring}, moment{run.Finished, run.Restoring})
	}
	return append(list, moment{run.Ended, ""})
}

// TestTheDiceKnowAllUpdatesAndFaults: nothing that is listed is never drawn, and the same seed draws the same.
func TestTheDiceKnowAllUpdatesAndFaults(t *testing.T) {
	seen := map[string]int{}
	for n := range 500 {
		one := drawTrial(1, n)
		seen[one.update.name]++
		seen[fmt.Sprint(len(one.blows), " faults")]++
		for _, b := range one.blows {
			seen[b.fault]++
			if b.fault == cutPower && one.driver != "files" {
				t.Errorf("run %d: a power cut on %s", n, one.driver)
			}
		}
		if again := drawTrial(1, n); fmt.Sprint(again.blows, again.update.name) != fmt.Sprint(one.blows, one.update.name) {
			t.Errorf("run %d: %v, and again %v", n, one.blows, again.blows)
		}
	}
	for _, u := range updates {
		if seen[u.name] == 0 {
			t.Errorf("never drawn: %s", u.name)
		}
	}
	for _, f := range []string{killAgent, cutPower, fillDisk, cutNetwork, killServer, "0 faults", "1 faults", "2 faults"} {
		if seen[f] < 20 {
			t.Errorf("%s drawn %d times in 500", f, seen[f])
		}
	}
}
