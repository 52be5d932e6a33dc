package web

import (
	"net/http"
	"strings"
)

// Names of the cookies. The session is the only one that matters; the language is a preference.
const (
	sessionCookie = "patchwart_session"
	langCookie    = "patchwart_lang"
)

// maxToken bounds the length of a sign-in token that is worth looking at.
const maxToken = 512

// askSignIn shows the button of a sign-in link. Following the link spends nothing: link previews and
// prefetching browsers do that, too.
func (c *console) askSignIn(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	if token == "" || len(token) > maxToken {
		c.askToSignIn(w, r, http.StatusOK)
		return
	}
	p := c.page(w, r, "", signInWords.Title)
	c.render(w, r, http.StatusOK, signInPage(p, token))
}

// signIn spends the token. A token that is not good leads back to how to get one.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimSpace(r.PostFormValue("token"))
	if token == "" || len(token) > maxToken {
		c.askToSignIn(w, r, http.StatusForbidden)
		return
	}
	session, err := c.sessions.SignIn(r.Context(), token)
	if err != nil {
		c.opts.Log.Warn("console: sign-in refused", "error", err)
		p := c.page(w, r, "", signInWords.SpentTitle)
		c.render(w, r, http.StatusForbidden, noSessionPage(p, signInWords.SpentTitle, signInWords.Spent))
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; loopback has none
		Name: sessionCookie, Value: session, Path: "/", HttpOnly: true,
		Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOut ends the session.
func (c *console) signOut(w http.ResponseWriter, r *http.Request) {
	c.sessions.SignOut(r.Context(), sessionOf(r))
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; loopback has none
		Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true,
		Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/anmelden", http.StatusSeeOther)
}

// askToSignIn says how to get a sign-in link.
func (c *console) askToSignIn(w http.ResponseWriter, r *http.Request, status int) {
	p := c.page(w, r, "", signInWords.NoneTitle)
	c.render(w, r, status, noSessionPage(p, signInWords.NoneTitle, signInWords.None))
}
