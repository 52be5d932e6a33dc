package application

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// Life is until when an application is looked after by its makers. It is a notice for its owner (IT-42): like
// everything about web applications it leads to no action (IT-43).
type Life struct {
	Found
	lifecycle.Upkeep
	Action Action `json:"action"` // always NoAction
}

// parts are the kinds that are no application of their own.
var parts = []Kind{WordPressPlugin, ComposerPackage, Image}

// ahead is how long before the end of a line its owner is asked to plan for it, in months.
const ahead = 6

// Lives tells until when the applications are looked after: first those that are not any more, then those of
// which nobody knows. Plugins, packages and images are parts of others and are left out.
func Lives(now time.Time, t *lifecycle.Table, found []Found) []Life {
	var out []Life
	for _, f := range found {
		product, ok := ProductOf(f)
		if !ok && slices.Contains(parts, f.Kind) || f.Dev {
			continue
		}
		if !ok {
			product = f.Name
		}
		l := Life{Found: f, Upkeep: t.Upkeep(now, product, f.Version), Action: NoAction}
		if !slices.ContainsFunc(out, func(have Life) bool { return have.sameAs(l) }) {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b Life) int { return a.order() - b.order() })
	return out
}

// sameAs reports whether both are the same installation: its files tell the version, and so does a list of
// Composer's in its folder.
func (l Life) sameAs(o Life) bool {
	inside := func(folder, path string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
	a, b := l.folder(), o.folder()
	return l.Product == o.Product && strings.TrimPrefix(l.Version, "v") == strings.TrimPrefix(o.Version, "v") && (inside(a, b) || inside(b, a))
}

// folder is where the installation begins.
func (l Life) folder() string {
	folder := l.Path
	for _, list := range []string{"/composer.lock", "/vendor/composer/installed.json"} {
		folder = strings.TrimSuffix(folder, list)
	}
	return strings.TrimSuffix(folder, "/")
}

func (l Life) order() int {
	return slices.Index([]lifecycle.Phase{lifecycle.Ended, lifecycle.PaidOnly, lifecycle.Unknown, lifecycle.Full}, l.Phase)
}

// Ends reports whether the owner has to plan for the end: it is past, or near.
func (l Life) Ends(now time.Time) bool {
	return l.Phase == lifecycle.Ended || l.Phase == lifecycle.PaidOnly || l.Phase == lifecycle.Full && !l.End.IsZero() && l.End.AddDate(0, -ahead, 0).Before(now)
}

// Advice says to the owner until when the application is looked after, and what to do. What no source says is
// said to be not known, and never to be fine.
func (l Life) Advice(now time.Time, t Terms) lang.Text {
	parts := []lang.Text{l.sentence()}
	switch {
	case l.Ends(now):
		parts = append(parts, l.plan())
	case l.Phase != lifecycle.Unknown:
		return parts[0]
	}
	return paragraph(append(parts, duty(l.Owner, t)))
}

// sentence says how the application stands, with the source and its date.
func (l Life) sentence() lang.Text {
	day := func(at time.Time) lang.Text { return lang.Text{DE: lang.Date(at, lang.DE), EN: lang.Date(at, lang.EN)} }
	what := label(l.Found)
	from := lang.Textf("%[1]s, Stand %[2]s", "%[1]s, as of %[2]s", strings.Join(l.Sources, ", "), day(l.AsOf))
	if l.AsOf.IsZero() {
		from = lang.T(strings.Join(l.Sources, ", "), strings.Join(l.Sources, ", "))
	}
	switch {
	case l.Phase == lifecycle.Full && l.End.IsZero():
		return lang.Textf("%[1]s unter %[2]s: Die Linie %[3]s wird gepflegt; ein letzter Tag ist nicht genannt (%[4]s).",
			"%[1]s in %[2]s: the line %[3]s is looked after; no last day is named (%[4]s).", what, l.Path, l.Cycle, from)
	case l.Phase == lifecycle.Full:
		return lang.Textf("%[1]s unter %[2]s: Die Linie %[3]s wird bis %[5]s gepflegt (%[4]s).",
			"%[1]s in %[2]s: the line %[3]s is looked after until %[5]s (%[4]s).", what, l.Path, l.Cycle, from, day(l.End))
	case l.Phase == lifecycle.PaidOnly && !l.End.IsZero():
		return lang.Textf("%[1]s unter %[2]s: Die Linie %[3]s wurde bis %[5]s gepflegt; bis %[6]s gibt es Sicherheitsupdates nur gegen Bezahlung beim Hersteller (%[4]s).",
			"%[1]s in %[2]s: the line %[3]s was looked after until %[5]s; until %[6]s its makers sell security updates (%[4]s).", what, l.Path, l.Cycle, from, day(l.End), day(l.Paid))
	case l.Phase == lifecycle.PaidOnly:
		return lang.Textf("%[1]s unter %[2]s: Für die Linie %[3]s gibt es Sicherheitsupdates nur gegen Bezahlung beim Hersteller, bis %[5]s (%[4]s).",
			"%[1]s in %[2]s: for the line %[3]s its makers sell security updates, until %[5]s (%[4]s).", what, l.Path, l.Cycle, from, day(l.Paid))
	case l.Phase == lifecycle.Ended && !l.End.IsZero():
		return lang.Textf("%[1]s unter %[2]s: Die Linie %[3]s wurde bis %[5]s gepflegt; auf Sicherheitsupdates ist kein Verlass mehr (%[4]s).",
			"%[1]s in %[2]s: the line %[3]s was looked after until %[5]s; security updates cannot be relied on any more (%[4]s).", what, l.Path, l.Cycle, from, day(l.End))
	case l.Phase == lifecycle.Ended:
		return lang.Textf("%[1]s unter %[2]s: Die Linie %[3]s wird nicht mehr gepflegt; auf Sicherheitsupdates ist kein Verlass mehr (%[4]s).",
			"%[1]s in %[2]s: the line %[3]s is no longer looked after; security updates cannot be relied on any more (%[4]s).", what, l.Path, l.Cycle, from)
	}
	return lang.Textf("%[1]s unter %[2]s: Bis wann diese Version gepflegt wird, ist nicht bekannt. Das heißt nicht, dass sie gepflegt wird.",
		"%[1]s in %[2]s: until when this version is looked after is not known. That does not mean that it is.", what, l.Path)
}

// plan says where to go.
func (l Life) plan() lang.Text {
	if l.Current == "" || l.Current == l.Cycle {
		return lang.T("Bitte planen Sie den Wechsel auf eine gepflegte Linie.", "Please plan the move to a line that is looked after.")
	}
	return lang.Textf("Bitte planen Sie den Wechsel auf eine gepflegte Linie; die neueste ist %[1]s.", "Please plan the move to a line that is looked after; the newest is %[1]s.", l.Current)
}
