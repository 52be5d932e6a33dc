package web

import (
	"net/http"

	"github.com/patchwart/patchwart/internal/core/fault"
)

// routes maps addresses to pages. Addresses are German, as the pages are first.
func (c *console) routes() http.Handler {
	open, closed := http.NewServeMux(), http.NewServeMux()

	open.HandleFunc("GET /static/{name}", serveAsset)
	open.HandleFunc("GET /anmelden", c.askSignIn)
	open.HandleFunc("POST /anmelden", c.signIn)
	open.Handle("/", c.signedIn(closed))

	closed.HandleFunc("POST /abmelden", c.signOut)
	closed.HandleFunc("GET /{$}", c.today)
	closed.HandleFunc("GET /systeme", c.systems)
	closed.HandleFunc("GET /systeme.csv", c.systemsCSV)
	closed.HandleFunc("GET /systeme/{name}", c.system)
	closed.HandleFunc("GET /systeme/{name}/faellig.csv", c.dueCSV)
	closed.HandleFunc("GET /systeme/{name}/auftrag", c.orderReceipt)
	closed.HandleFunc("GET /systeme/{name}/luecken", c.systemHoles)
	closed.HandleFunc("GET /systeme/{name}/luecken.csv", c.systemHolesCSV)
	closed.HandleFunc("GET /systeme/{name}/export/{form}", c.export)
	closed.HandleFunc("POST /systeme/{name}/auftrag", c.placeOrder)
	closed.HandleFunc("POST /systeme/{name}/aufnahme", c.enrol)
	closed.HandleFunc("POST /systeme/{name}/root", c.acceptRoot)
	closed.HandleFunc("GET /lebenszyklus", c.lifecycle)
	closed.HandleFunc("GET /systeme/{name}/lebenszyklus", c.life)
	closed.HandleFunc("GET /luecken", c.clocks)
	closed.HandleFunc("GET /luecken.csv", c.clocksCSV)
	closed.HandleFunc("GET /luecken/{id}", c.hole)
	closed.HandleFunc("GET /planen", c.previewPlan)
	closed.HandleFunc("POST /planen", c.makePlan)
	closed.HandleFunc("GET /kalender", c.calendar)
	closed.HandleFunc("GET /post", c.post)
	closed.HandleFunc("POST /post/{id}/erledigt", c.settle)
	closed.HandleFunc("GET /auftraege", c.orderbook)
	closed.HandleFunc("GET /auftraege.csv", c.ordersCSV)
	closed.HandleFunc("GET /auftraege/{id}", c.oneOrder)
	closed.HandleFunc("POST /auftraege/{id}/zurueckziehen", c.withdraw)
	closed.HandleFunc("POST /auftraege/{id}/preis", c.offerPrice)
	closed.HandleFunc("POST /auftraege/{id}/antwort", c.answerPrice)
	closed.HandleFunc("POST /auftraege/{id}/abschliessen", c.settleOrder)
	closed.HandleFunc("GET /wartet", c.queue)
	closed.HandleFunc("GET /wartet.csv", c.queueCSV)
	closed.HandleFunc("GET /dauerauftraege", c.standingOrders)
	closed.HandleFunc("GET /dauerauftraege.csv", c.standingCSV)
	closed.HandleFunc("GET /dauerauftraege/{contract}", c.standingOrder)
	closed.HandleFunc("POST /dauerauftraege/{contract}", c.changeStanding)
	closed.HandleFunc("GET /termine", c.appointments)
	closed.HandleFunc("GET /termine.csv", c.appointmentsCSV)
	closed.HandleFunc("POST /termine", c.propose)
	closed.HandleFunc("GET /termine/neu", c.newAppointment)
	closed.HandleFunc("GET /termine/{id}", c.oneAppointment)
	closed.HandleFunc("POST /termine/{id}", c.answerAppointment)
	closed.HandleFunc("GET /kampagnen", c.campaigns)
	closed.HandleFunc("POST /kampagnen", c.beginCampaign)
	closed.HandleFunc("POST /kampagnen/stopp", c.halt)
	closed.HandleFunc("POST /kampagnen/weiter", c.resume)
	closed.HandleFunc("GET /kampagnen/{id}", c.campaign)
	closed.HandleFunc("GET /kampagnen/{id}/systeme.csv", c.membersCSV)
	closed.HandleFunc("POST /kampagnen/{id}/abzeichnen", c.signOffSystem)
	closed.HandleFunc("POST /kampagnen/{id}/stopp", c.halt)
	closed.HandleFunc("POST /kampagnen/{id}/weiter", c.resume)
	closed.HandleFunc("GET /laeufe", c.runs)
	closed.HandleFunc("GET /laeufe.csv", c.runsCSV)
	closed.HandleFunc("GET /laeufe/{id}", c.run)
	closed.HandleFunc("GET /laeufe/{id}/strom", c.runStream)
	closed.HandleFunc("GET /zustaendigkeit", c.explain)
	closed.HandleFunc("GET /regelwerke", c.policies)
	closed.HandleFunc("GET /regelwerke/{id}", c.policyVersion)
	closed.HandleFunc("GET /regelwerke/{id}/zusagen", c.promises)
	closed.HandleFunc("GET /regelwerke/{id}/zusagen.csv", c.promisesCSV)
	closed.HandleFunc("GET /protokoll", c.record)
	closed.HandleFunc("POST /protokoll", c.verifyRecord)
	closed.HandleFunc("/", c.lost)
	return open
}

// lost answers addresses that lead nowhere.
func (c *console) lost(w http.ResponseWriter, r *http.Request) {
	c.fail(w, r, fault.New(fault.NotFound, faultWords.NoPage, faultWords.NoPageMend))
}
