package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// maxPost is how many messages the page shows.
const maxPost = 100

// postView is what customers wrote.
type postView struct {
	page
	List  capped[board.Message]
	Fault *fault.Error
	Who   string
}

// post shows the messages, those that wait for somebody first.
func (c *console) post(w http.ResponseWriter, r *http.Request) {
	c.showPost(w, r, http.StatusOK, postView{})
}

func (c *console) showPost(w http.ResponseWriter, r *http.Request, status int, v postView) {
	list, err := c.backend.Messages(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	v.List = capAt(list, maxPost, "")
	v.page = c.page(w, r, "post", postWords.Title)
	c.render(w, r, status, postPage(v))
}

// settle notes who has dealt with a message.
func (c *console) settle(w http.ResponseWriter, r *http.Request) {
	who := strings.TrimSpace(r.PostFormValue("wer"))
	_, err := c.backend.SettleMessage(r.Context(), r.PathValue("id"), who)
	if err == nil {
		http.Redirect(w, r, "/post", http.StatusSeeOther)
		return
	}
	wrong := c.fault(r, err)
	if wrong.Code == fault.NotFound {
		c.fail(w, r, err)
		return
	}
	c.showPost(w, r, statusOf(wrong.Code), postView{Fault: wrong, Who: who})
}

// waits reports whether somebody has to deal with a message.
func waits(m board.Message) bool { return !m.Desk.IsZero() && m.Done.IsZero() }

// markOfMessage is what came of a message.
func markOfMessage(m board.Message) mark {
	switch {
	case waits(m):
		return mark{"wait", postWords.Waits}
	case !m.Desk.IsZero():
		return mark{"done", postWords.Settled}
	}
	return mark{"done", postWords.Answered}
}

func settleURL(id string) string { return "/post/" + url.PathEscape(id) + "/erledigt" }
