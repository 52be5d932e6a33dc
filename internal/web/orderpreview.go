package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// previewView is what an order would do, before it is recorded. It carries the form on.
type previewView struct {
	page
	S    board.System
	Form orderForm
	P    board.OrderPreview
}

// orderRequest is the order that a filled form states.
func (f orderForm) request(system string) board.OrderRequest {
	q := board.OrderRequest{System: system, Contact: f.Contact, Channel: f.Channel, Text: f.Text, Explicit: f.Explicit, Scope: f.Scope, Reboot: f.Reboot, Packages: strings.Fields(f.Packages)}
	if f.Change.Class != "" {
		q.Change = &f.Change
	}
	return q
}

// previewOrder shows what the filled form would do. Nothing is kept of it.
func (c *console) previewOrder(w http.ResponseWriter, r *http.Request, s board.System, form orderForm) {
	p, err := c.backend.PreviewOrder(r.Context(), form.request(s.Name))
	if err != nil {
		form.Fault = c.fault(r, err)
		c.showSystem(w, r, statusOf(form.Fault.Code), s, form)
		return
	}
	v := previewView{page: c.page(w, r, "systeme", previewWords.Title), S: s, Form: form, P: p}
	c.render(w, r, http.StatusOK, orderPreviewPage(v))
}

// offerPrice names the price of an order.
func (c *console) offerPrice(w http.ResponseWriter, r *http.Request) {
	q := board.PriceOffer{Order: r.PathValue("id"), Amount: strings.TrimSpace(r.PostFormValue("preis")), By: strings.TrimSpace(r.PostFormValue("wer"))}
	o, err := c.backend.OfferPrice(r.Context(), q)
	c.orderChanged(w, r, o, err)
}

// answerPrice enters what a contact said to a price.
func (c *console) answerPrice(w http.ResponseWriter, r *http.Request) {
	o, err := c.backend.AnswerPrice(r.Context(), board.PriceAnswer{
		Order: r.PathValue("id"), Contact: r.PostFormValue("person"), Channel: strings.TrimSpace(r.PostFormValue("wo")),
		Text: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("wortlaut"), "\r\n", "\n")), Yes: r.PostFormValue("antwort") == "ja",
	})
	c.orderChanged(w, r, o, err)
}

// settleOrder closes an order that no run carries out.
func (c *console) settleOrder(w http.ResponseWriter, r *http.Request) {
	o, err := c.backend.SettleOrder(r.Context(), board.OrderSettlement{
		Order: r.PathValue("id"), By: strings.TrimSpace(r.PostFormValue("wer")), Note: strings.TrimSpace(r.PostFormValue("notiz")), Done: r.PostFormValue("ausgang") == "ausgefuehrt",
	})
	c.orderChanged(w, r, o, err)
}

// orderChanged leads to the order as it is now, or shows it with what was wrong.
func (c *console) orderChanged(w http.ResponseWriter, r *http.Request, o board.OrderRow, err error) {
	if err == nil {
		http.Redirect(w, r, orderURL(o.ID), http.StatusSeeOther)
		return
	}
	wrong := c.fault(r, err)
	if o, err = c.backend.Order(r.Context(), r.PathValue("id")); err != nil {
		c.fail(w, r, err)
		return
	}
	c.showOrder(w, r, statusOf(wrong.Code), oneOrderView{O: o, Fault: wrong})
}

// needsPrice, needsAnswer and byHand say which forms an order's page offers.
func needsPrice(o board.OrderRow) bool {
	return slices.Contains(o.Awaits(), mandate.AwaitsOffer) && !o.State.Over()
}

func needsAnswer(o board.OrderRow) bool {
	return slices.Contains(o.Awaits(), mandate.AwaitsConsent) && !o.State.Over()
}

func byHand(o board.OrderRow) bool { return o.State == mandate.Accepted && o.Terms.Change != nil }

// previewWords are the words of an order's preview, and of what has to be agreed for an order.
var previewWords = struct {
	Title, Nothing, Button, Packages, PackagesHint, Would, When, LeftOut, None, Record, Back lang.Text
	Price, PriceTitle, PriceLead, PriceHint, Who, PriceButton                                lang.Text
	AnswerTitle, AnswerLead, Answer, Yes, No, AnswerText, AnswerButton, Said                 lang.Text
	SettleTitle, SettleLead, Note, Done, Refuse                                              lang.Text
}{
	Title:        lang.T("Vorschau des Auftrags", "Preview of the order"),
	Nothing:      lang.T("Noch ist nichts festgehalten.", "Nothing is recorded yet."),
	Button:       lang.T("Vorschau", "Preview"),
	Packages:     lang.T("Nur diese Pakete", "These packages only"),
	PackagesHint: lang.T("Namen mit Leerzeichen dazwischen; leer heißt: alle im Umfang", "Names with spaces between; empty means all of the scope"),
	Would:        lang.T("Was geändert würde", "What would be changed"),
	When:         lang.T("Wann", "When"),
	LeftOut:      lang.T("Was außen vor bliebe, und warum", "What would be left out, and why"),
	None:         lang.T("Im Augenblick nichts.", "Nothing at the moment."),
	Record:       lang.T("So festhalten", "Record it like this"),
	Back:         lang.T("Zurück, ohne etwas festzuhalten", "Back, without recording anything"),

	Price:       lang.T("Preis", "Price"),
	PriceTitle:  lang.T("Preis nennen", "Name the price"),
	PriceLead:   lang.T("Wer Kosten zustimmen darf, wird gefragt. Bis zu einem Ja wird nichts ausgeführt.", "Whoever may agree to costs is asked. Until there is a yes nothing is carried out."),
	PriceHint:   lang.T("180 € netto", "180 € net"),
	Who:         lang.T("Ihr Name", "Your name"),
	PriceButton: lang.T("Nennen und fragen", "Name it and ask"),

	AnswerTitle:  lang.T("Antwort des Kunden eintragen", "Enter the customer's answer"),
	AnswerLead:   lang.T("Der Wortlaut wird mit seinem Hash Teil des Nachweises.", "The wording becomes part of the evidence, with its hash."),
	Answer:       lang.T("Antwort", "Answer"),
	Yes:          lang.T("Ja, er stimmt dem Preis zu", "Yes, the price is agreed to"),
	No:           lang.T("Nein", "No"),
	AnswerText:   lang.T("Was gesagt wurde, wörtlich", "What was said, verbatim"),
	AnswerButton: lang.T("Eintragen", "Enter it"),
	Said:         lang.T("Antwort auf den Preis", "Answer to the price"),

	SettleTitle: lang.T("Von Hand abschließen", "Close by hand"),
	SettleLead:  lang.T("Einen Versionswechsel oder Umzug führt kein Lauf aus; hier halten Sie fest, wie er ausging.", "No run carries out a version upgrade or a migration; record here how it ended."),
	Note:        lang.T("Was getan wurde, oder warum nicht", "What was done, or why not"),
	Done:        lang.T("Ausgeführt", "Carried out"),
	Refuse:      lang.T("Wird nicht ausgeführt", "Is not carried out"),
}
