package web

import (
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
)

// recordView is the page of the record, with the result of a check if one was made.
type recordView struct {
	page
	Check *board.RecordCheck
}

// record shows what the record is, and the button that checks it.
func (c *console) record(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, recordPage(recordView{page: c.page(w, r, "protokoll", recordWords.Title)}))
}

// verifyRecord checks the record. It changes nothing, but it is work: so it is a POST.
func (c *console) verifyRecord(w http.ResponseWriter, r *http.Request) {
	check, err := c.backend.VerifyRecord(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if !check.Good {
		c.opts.Log.Error("console: the record does not verify", "size", check.Size)
	}
	v := recordView{page: c.page(w, r, "protokoll", recordWords.Title), Check: &check}
	v.Other = "/protokoll?lang=" + string(v.otherLang())
	c.render(w, r, http.StatusOK, recordPage(v))
}

// recordMark is how the record stands. Good alone is not believed where a broken entry is named.
func recordMark(check board.RecordCheck) mark {
	if check.Good && check.Broken == nil {
		return mark{"done", recordWords.Good}
	}
	return mark{"alarm", recordWords.Bad}
}
