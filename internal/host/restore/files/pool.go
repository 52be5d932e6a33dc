package files

import (
	"context"
	"sync"
)

// pool runs jobs on a few goroutines, each with a buffer of its own. The first error stops it.
type pool struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	jobs   chan func(buf []byte) error
	done   sync.WaitGroup
}

const (
	bufferSize = 256 << 10
	queued     = 64 // jobs waiting; each may hold an open file
)

func newPool(ctx context.Context, workers int) *pool {
	p := &pool{jobs: make(chan func([]byte) error, queued)}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	for range max(workers, 1) {
		p.done.Go(func() {
			buf := make([]byte, bufferSize)
			for job := range p.jobs {
				if err := job(buf); err != nil {
					p.cancel(err)
				}
			}
		})
	}
	return p
}

// do queues a job. Every job that was queued is run, also after an error, so that it can close its
// files; long work inside asks p.ctx.
func (p *pool) do(job func(buf []byte) error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	p.jobs <- job
	return nil
}

// wait ends the pool and gives the first error.
func (p *pool) wait() error {
	close(p.jobs)
	p.done.Wait()
	err := context.Cause(p.ctx)
	p.cancel(nil)
	return err
}
