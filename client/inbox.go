package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
)

// What customers wrote, and what was written to them.
type (
	// Message is a customer's message, what it was read as, and what came of it.
	Message = board.Message
	// Letter is a mail that was sent, or is to be.
	Letter = board.Letter
)

// Messages lists customers' messages, those that wait for the service desk first.
func (c *Client) Messages(ctx context.Context) ([]Message, error) {
	list, err := call[struct{ Messages []Message }](ctx, c, http.MethodGet, "/messages", nil, nil)
	return list.Messages, err
}

// SettleMessage notes that somebody has dealt with a message.
func (c *Client) SettleMessage(ctx context.Context, id, by string) (Message, error) {
	return call[Message](ctx, c, http.MethodPost, "/messages/"+url.PathEscape(id)+"/settled", nil, map[string]string{"by": by})
}

// Letters lists what was sent by mail, or is to be.
func (c *Client) Letters(ctx context.Context) ([]Letter, error) {
	list, err := call[struct{ Letters []Letter }](ctx, c, http.MethodGet, "/letters", nil, nil)
	return list.Letters, err
}
