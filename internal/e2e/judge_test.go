package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
)

// touched are the places where an update of the package patient may leave something.
var touched = []string{"/usr/share/patient", "/usr/bin/patient", "/usr/lib/systemd/system/patient.service", "/etc/patient.conf", "/var/lib/dpkg/",
	"/etc/systemd/system/multi-user.target.wants/patient.service", "/var/lib/systemd/deb-systemd-helper-enabled/", "/var/lib/apt/extended_states"}

// judge holds what the server says of a run against the host: what is called a success has to be one, and anything else
// has to be as before. It returns what is wrong.
func (p *play) judge(r board.Run, t trial, before lab.Tree, was, version string) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if n := count(r.Events, run.Begun, run.Applying); n > 1 {
		bad("applying was begun %d times", n)
	}
	if end, ok := p.hostSays(r.ID); ok && end != r.Outcome {
		bad("the server says %s, and the host's own journal %q", r.Outcome, end)
	}
	if _, err := p.host.Run(p.Context(), "sync"); err != nil {
		bad("sync: %v", err)
	}
	after, err := p.look()
	if err != nil {
		bad("walk: %v", err)
	}
	diff := lab.Diff(before, after)
	stands := was
	switch r.Outcome {
	case verdict.Succeeded:
		stands = version
		if !t.update.good {
			bad("an ill update is called a success")
		}
		diff = slices.DeleteFunc(diff, func(line string) bool {
			return slices.ContainsFunc(touched, func(place string) bool { return strings.HasPrefix(line, place) })
		})
		if len(diff) > 0 {
			bad("the update changed what is not its own: %s", strings.Join(diff[:min(len(diff), 20)], "; "))
		}
	case verdict.Restored, verdict.Blocked:
		if len(diff) > 0 {
			bad("%s, and the host differs from before in %d paths: %s", r.Outcome, len(diff), strings.Join(diff[:min(len(diff), 20)], "; "))
		}
	default:
		bad("outcome %q: %s", r.Outcome, r.Sentence.EN)
	}
	return append(wrong, p.works(stands)...)
}

// works holds that a version is installed whole and does its work.
func (p *play) works(version string) (wrong []string) {
	look := func(want string, argv ...string) {
		out, err := p.host.Run(p.Context(), argv...)
		if got := string(bytes.TrimSpace(out)); err != nil || got != want {
			wrong = append(wrong, fmt.Sprintf("%s: %q, %v", strings.Join(argv, " "), got, err))
		}
	}
	look(version+" install ok installed", "dpkg-query", "-W", "-f", "${Version} ${Status}", "patient")
	look("", "dpkg", "--audit")
	look("active\nactive", "systemctl", "is-active", "patient.service", "nginx.service")
	look(version, "cat", "/usr/share/patient/only-in-"+version)
	if list, err := p.host.Processes(); err != nil {
		wrong = append(wrong, err.Error())
	} else {
		for _, proc := range list {
			if strings.Join(proc.Args, " ") == "sleep 100000" {
				wrong = append(wrong, "what the script left running still runs")
			}
		}
	}
	page := ""
	for end := time.Now().Add(20 * time.Second); page != version && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		page = p.portal()
	}
	if page != version {
		wrong = append(wrong, fmt.Sprintf("the page says %q, not %q", page, version))
	}
	return wrong
}

// portal is what the host's page says to somebody outside.
func (p *play) portal() string {
	ctx, cancel := context.WithTimeout(p.Context(), 5*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.host.Addr().String()+"/portal", nil)
	if err != nil {
		return err.Error()
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Sprint(answer.Status, err)
	}
	return strings.TrimSpace(string(text))
}

// hostSays is how a run ended by the host's own journal; false: the host was never given its order.
func (p *play) hostSays(id string) (verdict.Outcome, bool) {
	text, err := p.host.ReadFile("/var/lib/patchwart-agent/journal/" + id + ".jsonl")
	if err != nil {
		return "", false
	}
	for line := range bytes.Lines(text) {
		_, doc, ok := bytes.Cut(line, []byte(" ")) // behind its checksum
		var e struct {
			Event run.Event `json:"event"`
		}
		if ok && json.Unmarshal(doc, &e) == nil && e.Event.Verdict != nil && (e.Event.Kind == run.Ended || e.Event.Kind == run.Refused) {
			return e.Event.Verdict.Outcome, true
		}
	}
	return "", true
}
