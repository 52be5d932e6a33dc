package server

import "sync"

// hub wakes those who wait for something to happen to a topic: the long poll of an agent, a page that
// follows a run. It carries no data: whoever is woken reads the store, so that a lost wake-up costs
// time and never truth. Wake-ups are sent after the commit, never within a transaction.
type hub struct {
	mu     sync.Mutex
	topics map[string]chan struct{}
}

func newHub() *hub { return &hub{topics: map[string]chan struct{}{}} }

// next returns a channel that is closed at the topic's next wake-up. Take it before reading the
// store, and what happens in between is not missed.
func (h *hub) next(topic string) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok := h.topics[topic]
	if !ok {
		c = make(chan struct{})
		h.topics[topic] = c
	}
	return c
}

// wake wakes all who wait for the topic.
func (h *hub) wake(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c, ok := h.topics[topic]; ok {
		close(c)
		delete(h.topics, topic)
	}
}

// Topics.
func topicHost(system string) string { return "host " + system }
func topicRun(id string) string      { return "run " + id }

const topicBoard = "board" // anything that a start page shows
