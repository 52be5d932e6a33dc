package web_test

import (
	"encoding/json"
	"github.com/patchwart/patchwart/internal/core/board"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/patchwart/patchwart/internal/web/webtest"
)

// inLang is an address in a language.
func inLang(path, language string) string {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "lang=" + language
}

var (
	textNode  = regexp.MustCompile(`>([^<]+)<`)
	titleAttr = regexp.MustCompile(`(?:title|aria-label|placeholder|data-label)="([^"]*)"`)
)

// said is everything a page says: its texts and the attributes that are read out or shown.
func said(body string) []string {
	var out []string
	for _, hits := range [][][]string{textNode.FindAllStringSubmatch(body, -1), titleAttr.FindAllStringSubmatch(body, -1)} {
		for _, hit := range hits {
			if text := strings.Join(strings.Fields(html.UnescapeString(hit[1])), " "); text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

func hasLetters(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0
}

// bodies are all pages in a language: the screens, and those that only a POST shows.
func (d *desk) bodies(language string) map[string]string {
	out := map[string]string{}
	for _, s := range screens {
		_, body, _ := d.get(inLang(s.path, language))
		out[s.name] = body
	}
	posts := map[string]struct {
		path string
		form url.Values
	}{
		"aufnahme":            {"/systeme/neu1/aufnahme", nil},
		"protokoll-ergebnis":  {"/protokoll", nil},
		"auftrag-fehler":      {"/systeme/db1/auftrag", url.Values{"vorgang": {strings.Repeat("n", 20)}}},
		"auftrag-veraltet":    {"/systeme/db1/auftrag", nil},
		"anmelden-verbraucht": {"/anmelden", url.Values{"token": {"spent"}}},
	}
	for name, p := range posts {
		_, body, _ := d.post(inLang(p.path, language), p.form)
		out[name] = body
	}
	return out
}

// fixtureWords are all strings of the demo, to tell what is data from what was left untranslated.
func fixtureWords(t *testing.T, d *desk) string {
	t.Helper()
	var all []any
	ctx := t.Context()
	today, err := d.Backend.Today(ctx)
	if err != nil {
		t.Fatal(err)
	}
	systems, _ := d.Backend.Systems(ctx)
	all = append(all, today, systems)
	for _, s := range systems {
		whole, _ := d.Backend.System(ctx, s.Name)
		explained, _ := d.Backend.Explain(ctx, board.Question{System: s.Name})
		all = append(all, whole, explained)
		for _, r := range whole.Runs {
			one, _ := d.Backend.Run(ctx, r.ID)
			all = append(all, one)
		}
	}
	e, _ := d.Backend.Enrolment(ctx, "neu1")
	all = append(all, e, d.Backend.Check)
	for _, name := range []string{"mail2", "db1"} {
		holes, _ := d.Backend.Holes(ctx, name)
		all = append(all, holes)
	}
	meetings, _ := d.Backend.Appointments(ctx, "")
	for _, a := range meetings {
		for _, x := range a.Steps { // what was said is data, its state is not
			all = append(all, x.By, x.Channel, x.Text, x.SHA256)
		}
	}
	hole, _ := d.Backend.Hole(ctx, webtest.Hole)
	for _, f := range hole.Feeds { // of a hole only names and publishers' words are data
		all = append(all, f.Name, f.Origin, f.Edition, f.Edition+" · "+f.Origin)
	}
	for _, name := range []string{"mail1", "web1"} { // of a life only names and publishers' words are data
		l, _ := d.Backend.LifeOf(ctx, name)
		all = append(all, l.Standing.Name, l.Receipt, l.Moves, "EOL-00 2026-08-31")
		for _, x := range l.Less {
			all = append(all, x.Source, x.Support.Why, "· "+x.Support.Why)
		}
	}
	all = append(all, hole.Overrides[0].Reason, hole.Mitigations[0].System, hole.Mitigations[0].Reason, hole.Exceptions[0].Reason)
	all = append(all, hole.Dossier, "· "+hole.Dossier.Packages[1].Note)
	orders, err := d.Backend.Orders(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		all = append(all, o.SHA256)
	}
	messages, err := d.Backend.Messages(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		all = append(all, m.Message.Subject, m.Message.Text)
	}
	cal, err := d.Backend.Calendar(ctx, time.Time{}, 14)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range cal.Freezes {
		all = append(all, f.Reason, f.ID+" · "+f.SetBy)
	}
	rounds, err := d.Backend.Campaigns(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rounds { // of a campaign only names and what people wrote are data
		all = append(all, c.Kind.Rule()+" · "+c.By)
		whole, err := d.Backend.Campaign(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range whole.Members {
			if m.Sign != nil {
				all = append(all, m.Sign.By+": "+m.Sign.Text)
			}
		}
	}
	hooks, _ := d.Backend.Webhooks(ctx)
	for _, h := range hooks {
		all = append(all, h.Name, h.Host, strings.Join(h.Events, ", "))
	}
	deliveries, _ := d.Backend.Deliveries(ctx)
	for _, x := range deliveries { // of a delivery only names are data
		all = append(all, x.Webhook, x.Event+" ·", x.About)
	}
	abos, _ := d.Backend.Subscriptions(ctx)
	for _, a := range abos {
		all = append(all, a.ID+" · Deutsch", a.CustomerName)
	}
	desk, _ := d.Backend.Helpdesk(ctx)
	customers, _ := d.Backend.CustomerNames(ctx)
	all = append(all, desk, customers, "patchwart countersign "+webtest.AwaitsSecond, "web3", "R-0821")
	for _, id := range []string{webtest.AwaitsSecond, webtest.Reboots} {
		one, _ := d.Backend.Run(ctx, id)
		all = append(all, one)
	}
	// Of the policies only names and IDs are data; their sentences have to be in both languages.
	list, err := d.Backend.Policies(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range list {
		v, err := d.Backend.PolicyVersion(ctx, info.ID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, info.ID, info.ID+" – Patchwart", info.SHA256, info.Source, info.Publisher, "· "+info.Title)
		for _, r := range v.Version.Rules {
			all = append(all, r.ID)
		}
	}
	doc, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// TestPagesSpeakOneLanguage renders all pages in both languages. What reads the same in both must be
// data or a name; what is a German wording must not be on an English page, nor the other way round.
func TestPagesSpeakOneLanguage(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	data := fixtureWords(t, d)
	german, english := d.bodies("de"), d.bodies("en")
	saidDE, saidEN := map[string][]string{}, map[string][]string{}
	for name := range german {
		saidDE[name], saidEN[name] = said(german[name]), said(english[name])
	}
	same := []string{ // words that are alike in both languages
		"Patchwart", "Deutsch", "English", "System", "Server", "Kernel", "Port", "Mandat", "Host", "PaaS", "IaaS", "SaaS",
		"UTC", "SHA-256", "Middleware", "Restart", "Version", "Patch", "Update", "Migration", "normal", "basic", "advanced",
		"TCP", "HTTP", "Webhooks", "Feed", "SBOM", "VEX", "CycloneDX", "OpenVEX", "TYPO3", "MiB", "GiB", "KiB", "min", "h", "s", "Name", "patchwart", "console", "explain",
	}
	for name, body := range german {
		if !strings.Contains(body, `<html lang="de">`) || !strings.Contains(english[name], `<html lang="en">`) {
			t.Errorf("%s does not say its language", name)
		}
		for _, text := range saidDE[name] {
			if !hasLetters(text) || !slices.Contains(saidEN[name], text) || isData(text, data, same) {
				continue
			}
			t.Errorf("%s reads the same in both languages: %q", name, text)
		}
	}
	for path, w := range allWords() {
		de, en := fixed(w.DE), fixed(w.EN)
		if de == "" || en == "" || strings.Contains(data, de) || strings.Contains(data, en) || strings.Contains(strings.ToLower(en), strings.ToLower(de)) || strings.Contains(strings.ToLower(de), strings.ToLower(en)) {
			continue
		}
		for name := range german {
			if says(saidEN[name], de) {
				t.Errorf("%s: the English page says %q (%s)", name, de, path)
			}
			if says(saidDE[name], en) {
				t.Errorf("%s: the German page says %q (%s)", name, en, path)
			}
		}
	}
}

// fixed is the longest part of a wording without places; empty when it is too short to be telling.
func fixed(wording string) string {
	longest := ""
	for _, part := range verb.Split(wording, -1) {
		if part = strings.TrimSpace(part); len(part) > len(longest) {
			longest = part
		}
	}
	if len(longest) < 9 {
		return ""
	}
	return longest
}

func says(texts []string, wording string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, wording) })
}

var word = regexp.MustCompile(`[\pL][\pL\d.+~:-]*`)

// isData reports whether all that a text says comes from the demo's data or is alike in both
// languages.
func isData(text, data string, same []string) bool {
	quoted, err := json.Marshal(text)
	if err != nil {
		return false
	}
	if strings.Contains(data, strings.Trim(string(quoted), `"`)) {
		return true
	}
	for _, w := range word.FindAllString(text, -1) {
		if w = strings.TrimRight(w, ":"); !slices.Contains(same, w) && !strings.Contains(data, w) {
			return false
		}
	}
	return true
}

func TestTheLanguageIsKept(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	if body := d.page("/"); !strings.Contains(body, `<html lang="de">`) {
		t.Error("German is not the default")
	}
	if body := d.page("/systeme?q=web&lang=en"); !strings.Contains(body, `<html lang="en">`) {
		t.Error("?lang=en does not speak English")
	}
	body := d.page("/systeme?q=web")
	if !strings.Contains(body, `<html lang="en">`) {
		t.Error("the language is forgotten on the next page")
	}
	if !strings.Contains(body, `href="/systeme?lang=de&amp;q=web"`) {
		t.Error("the switch loses what was filtered")
	}
	if body := d.page("/?lang=tlh"); !strings.Contains(body, `<html lang="en">`) {
		t.Error("a language nobody speaks changes the language")
	}
}
