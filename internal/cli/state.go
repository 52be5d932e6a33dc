package cli

import (
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// mark is how a state is shown: a shape, a word, and a colour that repeats them. Shapes and words are
// those of the console.
type mark struct {
	shape  string
	word   lang.Text
	colour string
}

var (
	stageMarks = map[client.Stage]mark{
		client.StagePlanned: {"◇", lang.T("geplant", "planned"), plainText},
		client.StageAsked:   {"◐", lang.T("Host gefragt", "host asked"), cyan},
		client.StageOrdered: {"◐", lang.T("beauftragt", "ordered"), cyan},
		client.StageRunning: {"◐", lang.T("läuft", "running"), cyan},
	}
	outcomeMarks = map[client.Outcome]mark{
		verdict.Succeeded:     {"●", lang.T("erledigt", "done"), green},
		verdict.NotEffective:  {"▲", lang.T("noch nicht wirksam", "not yet effective"), yellow},
		verdict.Partial:       {"▲", lang.T("teilweise", "partial"), yellow},
		verdict.Blocked:       {"▲", lang.T("blockiert", "blocked"), yellow},
		verdict.Deferred:      {"◇", lang.T("aufgeschoben", "deferred"), plainText},
		verdict.Restored:      {"↩", lang.T("zurückgesetzt", "restored"), yellow},
		verdict.RestoreFailed: {"✕", lang.T("Zurücksetzen gescheitert", "restore failed"), red},
	}
	unknownMark = mark{"?", lang.T("ungeklärt", "unknown"), magenta}

	stepWords = map[client.Step]lang.Text{
		run.Prechecking: lang.T("Vorprüfung", "Precheck"),
		run.Fetching:    lang.T("Herunterladen", "Download"),
		run.Saving:      lang.T("Sichern", "Save"),
		run.Applying:    lang.T("Einspielen", "Apply"),
		run.Settling:    lang.T("Dienste neu starten", "Restart services"),
		run.Rebooting:   lang.T("Host neu starten", "Reboot the host"),
		run.Verifying:   lang.T("Nachprüfung", "Verify"),
		run.Restoring:   lang.T("Zurücksetzen", "Restore"),
	}
	classWords = map[policy.ChangeClass]lang.Text{
		policy.ChangeClassSecurityUpdate: lang.T("Sicherheitsupdate", "security update"),
		policy.ChangeClassUpdate:         lang.T("gewöhnliches Update", "ordinary update"),
		policy.ChangeClassVersionUpgrade: lang.T("Versionswechsel", "version upgrade"),
		policy.ChangeClassOSMigration:    lang.T("Wechsel der Generation", "migration"),
	}
	groundWords = map[mandate.Kind]lang.Text{
		mandate.ByOrder:         lang.T("Auftrag", "order"),
		mandate.ByStandingOrder: lang.T("Dauerauftrag", "standing order"),
		mandate.ByProviderDuty:  lang.T("Pflicht des Providers", "provider's duty"),
		mandate.ByConsent:       lang.T("Notfallfreigabe", "emergency consent"),
		mandate.ByItself:        lang.T("Rückweg der Maßnahme", "the measure's way back"),
	}
	modelNames = map[policy.ServiceModel]string{
		policy.ServiceModelIaaS: "IaaS", policy.ServiceModelPaaS: "PaaS", policy.ServiceModelSaaS: "SaaS",
	}
)

// markOf is the mark of a run.
func markOf(r client.RunRow) mark {
	if r.Stage == client.StageOver {
		return markOfOutcome(r.Outcome)
	}
	if m, ok := stageMarks[r.Stage]; ok {
		return m
	}
	return unknownMark
}

func markOfOutcome(o client.Outcome) mark {
	if m, ok := outcomeMarks[o]; ok {
		return m
	}
	return unknownMark
}

// state is a mark as a cell of a table.
func (a *app) state(m mark) cell { return painted(m.colour, m.shape+" "+m.word.In(a.lang)) }

// painted state for a line of text.
func (a *app) mark(m mark) string { return a.paint(m.colour, m.shape+" "+m.word.In(a.lang)) }

// word looks a value up in a table of words; a value without one is shown as it is.
func word[K ~string](a *app, words map[K]lang.Text, key K) string {
	if t, ok := words[key]; ok {
		return t.In(a.lang)
	}
	return clean(string(key))
}

// service is service model and package as people name them: "PaaS advanced".
func service(m policy.ServiceModel, p policy.Package) string {
	name, ok := modelNames[m]
	if !ok {
		name = "?"
	}
	if p == policy.PackageBasic || p == policy.PackageAdvanced {
		return name + " " + string(p)
	}
	return name
}

// zone is the time zone of that name; UTC, with ok false, where it is not known here.
func zone(name string) (loc *time.Location, ok bool) {
	if name == "" || name == "Local" {
		return time.UTC, false
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, false
	}
	return loc, true
}

// moment writes a time in the customer's zone, with its weekday; in UTC, and saying so, where the zone
// is not known.
func (a *app) moment(t time.Time, zoneName string) string {
	if t.IsZero() {
		return ""
	}
	loc, ok := zone(zoneName)
	s := lang.DateTime(t.In(loc), a.lang)
	if !ok {
		s += " (UTC)"
	}
	return s
}

// span writes an interval as moment writes a time.
func (a *app) span(i window.Interval, zoneName string) string {
	if i.Zero() {
		return ""
	}
	loc, ok := zone(zoneName)
	s := lang.Interval(i.From.In(loc), i.To.In(loc), a.lang)
	if !ok {
		s += " (UTC)"
	}
	return s
}

// when is the time that matters of a run: its slot while it is planned, its end when it is over.
func (a *app) when(r client.RunRow) string {
	switch {
	case r.Stage == client.StageOver && !r.EndedAt.IsZero():
		return a.moment(r.EndedAt, r.Zone)
	case !r.Began.IsZero():
		return a.moment(r.Began, r.Zone)
	}
	return a.span(r.Slot, r.Zone)
}
