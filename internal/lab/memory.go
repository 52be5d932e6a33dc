package lab

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Memory walks one root again and again: of a file that the kernel says was not changed since it was read (same inode,
// size, times of change of content and of the inode) it takes the hash from before. Nothing that runs on a host can change a file and
// keep the inode's time; a disk that loses what was not flushed can, so Forget after a power cut. The zero value is ready.
type Memory struct{ files map[uint64]remembered }

// stamp is what the kernel says of a file's last change.
type stamp struct {
	size         int64
	mtime, ctime unix.Timespec
}

type remembered struct {
	stamp
	sum string
}

func stampOf(s *unix.Stat_t) stamp { return stamp{s.Size, s.Mtim, s.Ctim} }

// settledFor is how old a change has to be when a file is read: the kernel's clock for it is coarse, so that a later change
// may bear the same time.
const settledFor = time.Second

// Walk is [Walk] of a root that is the same each time.
func (m *Memory) Walk(root string, except []Exception) (Tree, error) {
	top, err := os.Lstat(root)
	if err != nil {
		return nil, fmt.Errorf("walk: %w", err)
	}
	if !top.IsDir() {
		return nil, fmt.Errorf("walk %s: not a directory", root)
	}
	return walk(root, except, m)
}

// Forget has the next walk read every byte.
func (m *Memory) Forget() {
	if m != nil {
		m.files = nil
	}
}

// of is the hash of a file that was not changed since; empty: it has to be read.
func (m *Memory) of(job hashJob) string {
	if m == nil {
		return ""
	}
	if known, ok := m.files[job.inode]; ok && known.stamp == job.seen {
		return known.sum
	}
	return ""
}

// keep remembers a walk that began to read then.
func (m *Memory) keep(jobs []hashJob, sums []string, begun time.Time) {
	if m == nil {
		return
	}
	m.files = make(map[uint64]remembered, len(jobs))
	for i, job := range jobs {
		if sums[i] != "" && begun.Sub(time.Unix(job.seen.ctime.Unix())) > settledFor {
			m.files[job.inode] = remembered{job.seen, sums[i]}
		}
	}
}
