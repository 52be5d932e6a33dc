package zammad

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Zammad signs with HMAC-SHA1; nothing else is to be had
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
)

// maxHook bounds a webhook: Zammad sends the ticket, the article and the people around them.
const maxHook = 2 << 20

// sign is Zammad's signature of a body.
func sign(secret, body []byte) string {
	m := hmac.New(sha1.New, secret)
	_, _ = m.Write(body)
	return "sha1=" + hex.EncodeToString(m.Sum(nil))
}

// ServeHTTP takes Zammad's webhooks. A webhook with a good signature says that a ticket is to be looked at, and no
// more: what stands on the ticket is asked from Zammad itself, so that one that is sent again changes nothing.
func (c *Client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if len(c.hook) == 0 || !hmac.Equal([]byte(r.Header.Get("X-Hub-Signature")), []byte(sign(c.hook, body))) {
		http.Error(w, "the signature does not match", http.StatusUnauthorized)
		return
	}
	var said struct {
		Ticket struct {
			ID int64 `json:"id"`
		} `json:"ticket"`
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Ticket.ID <= 0 {
		http.Error(w, "no ticket", http.StatusBadRequest)
		return
	}
	c.hint(said.Ticket.ID)
	select {
	case c.nudge <- struct{}{}:
	default: // somebody is called already
	}
	w.WriteHeader(http.StatusNoContent)
}

// hint notes tickets to be looked at. What is beyond the bound is found by the search.
func (c *Client) hint(ids ...int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if len(c.hints) < maxHints {
			c.hints[id] = true
		}
	}
}

func (c *Client) takeHints() []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]int64, 0, len(c.hints))
	for id := range c.hints {
		out = append(out, id)
	}
	c.hints = map[int64]bool{}
	return out
}
