package intake

import (
	"slices"
	"strings"
	"sync"
)

// fillers are words that a request may hold besides phrases, names, versions and times, because they change
// nothing about what is asked. Any other word in a request is not understood, and then the request is not.
var fillers = strings.Fields(`
	der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem unser unsere unserem unseren unserer
	ich wir sie ihr ihnen uns mir mich dich euch es du man ihre ihren ihrem ihrer mein meine meinen meinem
	und sowie als auch mal einmal doch noch dann bereits schon so also da hier dort ja wie sehr ganz
	auf an am in im für von vom zu zum zur bei beim mit per über aus um des wegen aufgrund gemäß laufenden laufende
	server servern system systeme systemen host hosts vm vms maschine maschinen rechner rechnern umgebung betriebssystem os middleware
	update aktualisierung installation paket pakete paketen pakets paketes paketversion software version stand neuesten neusten aktuellen aktuelle aktuell neue neuen neuer letzten verfügbaren verfügbare
	verfügbar anstehenden anstehende ausstehenden ausstehende fälligen offenen offene alle allen aller sämtliche sämtlichen entsprechenden entsprechende dafür dazu davon hierfür
	lücke lücken sicherheitslücke sicherheitslücken schwachstelle schwachstellen kritisch kritische kritischen openssl-lücke
	werden wird sollen haben kurz freundlicherweise netterweise gern gerne nun alles alsbald ihrerseits unsererseits zeit uhr tag wartungsfenster fenster
	hallo hi moin servus guten gute morgen tag abend grüezi liebe lieber liebes sehr geehrte geehrter damen herren herr frau team support service kollegen
	kunde kundennummer ticket nummer nr betreff betrifft folgenden folgende folgender namens genannten
	a an the this that these those our we i you your us me my it its he be to of on in at for with from by and as well also
	server servers system systems machine machines host hosts vm vms box operating package packages version versions software
	everything latest current new newest available pending outstanding all both following named called critical hole holes vulnerability vulnerabilities because due
	kindly just soon update hello hi dear team support sir madam mr mrs ms good morning there day window maintenance
	via termin wunschtermin kommenden kommender diesen coming ps nachtrag auftrag wunsch bitte danke port dienst service von bis`)

var filler = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, w := range slices.Concat(fillers, around) {
		out[fold(w)] = true
	}
	return out
})

// greetings begin a salutation; until its comma it may hold anybody's name.
var greetings = []string{"hallo", "hi", "moin", "servus", "guten", "liebe", "lieber", "liebes", "sehr", "herr", "frau", "hello", "dear", "good", "hey", "gruess", "gruezi", "grueezi"}

// salutation is how many words a salutation has at most.
const salutation = 6

// unknown is the first word of a sentence that is not understood: no phrase, name, version, time or filler. The
// words of a salutation may be anything.
func (s *sentence) unknown(verbatim string) string {
	from := 0
	if len(s.tokens) > 0 && slices.Contains(greetings, s.tokens[0].word) {
		for i := range min(len(s.tokens)-1, salutation) {
			if strings.ContainsAny(verbatim[s.tokens[i].to:s.tokens[i+1].from], ",!\n") {
				from = i + 1
				break
			}
		}
	}
	for _, t := range s.tokens[from:] {
		if t.taken || filler()[t.word] || strings.HasPrefix(t.word, "cve-") || strings.HasPrefix(t.word, "dsa-") || software[t.word] != "" || generations[t.word] != "" {
			continue
		}
		return t.raw
	}
	return ""
}
