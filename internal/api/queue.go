package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/patchwart/patchwart/internal/core/board"
)

// Queue is what waits for a mandate.
type Queue interface {
	Queue(ctx context.Context) ([]board.Queued, error)
}

// queueQuery picks from what waits.
type queueQuery struct {
	System string           `query:"system" maxLength:"63" doc:"Name of the system; empty: all systems"`
	For    board.QueuedKind `query:"for" enum:"desk,offer,appointment,consent,mandate," doc:"What it waits for: people's work, our price, an appointment, the answer to a price, an order; empty: any of them"`
	Ours   bool             `query:"ours" doc:"Only what waits for a step of ours"`
}

func (q queueQuery) leavesOut(row board.Queued) bool {
	return q.System != "" && row.System != q.System || q.For != "" && row.Kind != q.For || q.Ours && !row.Ours
}

type queueList struct {
	Queue []board.Queued `json:"queue"`
}

func (s *service) queue() {
	register(s, s.operation(http.MethodGet, "/queue", "queue", "What waits for a mandate: for what, since when, and who was asked when; first what is up to us, then what has waited longest", limitRead),
		func(ctx context.Context, in *queueQuery) (*body[queueList], error) {
			list, err := s.backend.Queue.Queue(ctx)
			return answer(queueList{filled(slices.DeleteFunc(slices.Clone(list), in.leavesOut))}, err)
		})
}
