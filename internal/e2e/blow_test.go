package e2e

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// striker has the faults of one run strike, each at its own moment; no two act on the host at the same time.
type striker struct {
	p       *play
	planned chan struct{} // closed when the order was given
	over    context.Context
	end     context.CancelFunc // the run is over: what has not struck will not, what lasts ends
	all     sync.WaitGroup

	acting sync.Mutex // held while a fault acts
	mu     sync.Mutex
	struck []string
	missed int
	errs   []error
}

// arm makes all blows ready before the order is given.
func (p *play) arm(blows []blow) *striker {
	over, end := context.WithCancel(p.Context())
	s := &striker{p: p, planned: make(chan struct{}), over: over, end: end}
	old := map[string]bool{}
	for _, name := range p.journals() {
		old[name] = true
	}
	for _, b := range blows {
		s.all.Go(func() {
			if !s.await(b, old) {
				s.mu.Lock()
				s.missed++
				s.mu.Unlock()
				return
			}
			err := s.strike(b)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.struck = append(s.struck, b.String())
			if err != nil {
				s.errs = append(s.errs, fmt.Errorf("%s: %w", b, err))
			}
		})
	}
	return s
}

// settle says that the run is over, and waits until every fault has ended.
func (s *striker) settle() error {
	s.end()
	s.all.Wait()
	return errors.Join(s.errs...)
}

// await waits for a blow's moment; false: the run was over before.
func (s *striker) await(b blow, old map[string]bool) bool {
	if b.event.kind == "" {
		select {
		case <-s.planned:
		case <-s.over.Done():
			return false
		}
		timer := time.NewTimer(b.after)
		defer timer.Stop()
		select {
		case <-timer.C:
			return true
		case <-s.over.Done():
			return false
		}
	}
	for w := s.p.watch(old); s.over.Err() == nil; time.Sleep(time.Millisecond) {
		if w.saw(b.event) {
			return true
		}
	}
	return false
}

// act does one thing to host or server, and nothing else meanwhile.
func (s *striker) act(do func() error) error {
	s.acting.Lock()
	defer s.acting.Unlock()
	return do()
}

// last waits as long as a fault lasts, or until the run is over.
func (s *striker) last(b blow) {
	select {
	case <-time.After(b.lasts):
	case <-s.over.Done():
	}
}

func (s *striker) strike(b blow) error {
	p, ctx := s.p, s.p.Context()
	switch b.fault {
	case killAgent:
		return s.act(func() error { return p.killSoon() })
	case cutPower:
		return s.act(func() error {
			p.known.Forget() // what was read before may be lost
			if err := p.host.PowerCut(ctx); err != nil {
				return err
			}
			return p.host.Boot(ctx)
		})
	case fillDisk:
		err := s.act(p.host.FillDiskFully)
		s.last(b)
		return errors.Join(err, s.act(p.host.Unfill))
	case cutNetwork:
		err := s.act(func() error { return p.host.CutNetwork(ctx) })
		s.last(b)
		return errors.Join(err, s.act(func() error { return p.host.RestoreNetwork(ctx) }))
	case killServer:
		return s.act(func() error {
			err := p.stage.Kill()
			time.Sleep(b.lasts / 4) // nobody answers meanwhile
			return errors.Join(err, p.stage.Start(ctx))
		})
	}
	return fmt.Errorf("nobody knows how to do %q", b.fault)
}

// killSoon ends the agent with -9; between two of them it waits for the next one.
func (p *play) killSoon() error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		list, err := p.host.Processes()
		if err != nil {
			return err
		}
		for _, proc := range list {
			if isAgent(proc) {
				if err := p.host.Signal(p.Context(), proc.PID, unix.SIGKILL); err == nil {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("no agent came on %s", p.name)
}
