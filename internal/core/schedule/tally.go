package schedule

import (
	"math"
	"slices"
	"sort"
)

// never is later than every moment of a plan. Moments inside of the package are nanoseconds since 1970.
const never = math.MaxInt64

// mostSteps is how many steps a block holds before it is cut in two.
const mostSteps = 128

// tally counts how many changes hold a resource at each moment. The count is a function of steps, kept in
// blocks in order of time. Each block knows enough of itself to be passed over without a look inside when
// no gap in it is long enough. A tally that was never held takes no memory.
type tally struct {
	limit  int32 // a moment with this count is full
	blocks []block
}

// step says that from at on the count is n, until the next step.
type step struct {
	at int64
	n  int32
}

type block struct {
	steps []step // never empty
	first int64  // when the first full step begins; never when none is full
	gap   int64  // the longest stretch that is not full, between two full steps of the block
	open  int64  // when the last full step ends; never when that is not in this block
}

// free is the earliest start from t to last at which the resource stays free for d, or never.
func (y *tally) free(t, d, last int64) int64 {
	switch {
	case y.limit <= 0 || t > last:
		return never
	case len(y.blocks) == 0:
		return t
	}
	b, s := y.locate(t)
	start, found := y.scan(b, s, t, d)
	for b++; !found && b < len(y.blocks) && start <= last; b++ {
		blk := &y.blocks[b]
		switch {
		case blk.steps[0].at >= start+d || blk.first != never && blk.first >= start+d:
			found = true
		case blk.first == never:
		case blk.gap >= d:
			start, found = y.scan(b, 0, start, d)
		case blk.open != never:
			start = blk.open
		default:
			start = y.end(b)
		}
	}
	if start > last {
		return never
	}
	return start
}

// scan looks for a free stretch of d from start on within one block, from its step s on. It returns where the
// stretch begins that reaches out of the block, or the one found.
func (y *tally) scan(b, s int, start, d int64) (int64, bool) {
	steps := y.blocks[b].steps
	for ; s < len(steps); s++ {
		if steps[s].at >= start+d {
			return start, true
		}
		if steps[s].n < y.limit {
			continue
		}
		if s+1 < len(steps) {
			start = steps[s+1].at
		} else {
			start = y.end(b)
		}
	}
	return start, false
}

// end is where block b ends.
func (y *tally) end(b int) int64 {
	if b+1 < len(y.blocks) {
		return y.blocks[b+1].steps[0].at
	}
	return never
}

// locate finds the last step that begins at t or before.
func (y *tally) locate(t int64) (b, s int) {
	if len(y.blocks) > 1 {
		b = sort.Search(len(y.blocks), func(i int) bool { return y.blocks[i].steps[0].at > t }) - 1
	}
	steps := y.blocks[b].steps
	lo, hi := 0, len(steps)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); steps[mid].at > t {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return b, lo - 1
}

// add changes the count by n from one moment to another.
func (y *tally) add(from, to int64, n int32) {
	if from >= to {
		return
	}
	if len(y.blocks) == 0 {
		y.blocks = []block{{steps: append(make([]step, 0, 4), step{at: math.MinInt64})}}
	}
	y.cut(from)
	y.cut(to)
	b, s := y.locate(from)
	for ; b < len(y.blocks); b, s = b+1, 0 {
		steps := y.blocks[b].steps
		for s < len(steps) && steps[s].at < to {
			steps[s].n += n
			s++
		}
		y.blocks[b].sum(y.limit)
		if s < len(steps) {
			break
		}
	}
	y.join(to)
	y.join(from)
}

// cut makes a step begin at t, with the count that is there.
func (y *tally) cut(t int64) {
	b, s := y.locate(t)
	blk := &y.blocks[b]
	if blk.steps[s].at == t {
		return
	}
	blk.steps = slices.Insert(blk.steps, s+1, step{at: t, n: blk.steps[s].n})
	if len(blk.steps) > mostSteps {
		half := len(blk.steps) / 2
		later := block{steps: slices.Clone(blk.steps[half:])}
		later.sum(y.limit)
		blk.steps = blk.steps[:half]
		blk.sum(y.limit)
		y.blocks = slices.Insert(y.blocks, b+1, later)
	}
}

// join takes away the step that begins at t when the count is the same before it.
func (y *tally) join(t int64) {
	b, s := y.locate(t)
	blk := &y.blocks[b]
	var before int32
	switch {
	case blk.steps[s].at != t || b == 0 && s == 0:
		return
	case s > 0:
		before = blk.steps[s-1].n
	default:
		steps := y.blocks[b-1].steps
		before = steps[len(steps)-1].n
	}
	if before != blk.steps[s].n {
		return
	}
	blk.steps = slices.Delete(blk.steps, s, s+1)
	if len(blk.steps) == 0 {
		y.blocks = slices.Delete(y.blocks, b, b+1)
		return
	}
	blk.sum(y.limit)
}

// sum notes what the block has to say about itself.
func (b *block) sum(limit int32) {
	b.first, b.gap, b.open = never, 0, never
	open := false // a full step of this block has ended, and none has begun since
	for _, s := range b.steps {
		switch {
		case s.n < limit:
			if b.first != never && !open {
				b.open, open = s.at, true
			}
		case b.first == never:
			b.first = s.at
		case open:
			b.gap = max(b.gap, s.at-b.open)
			b.open, open = never, false
		}
	}
}

// tight is, from one moment to another, the part of that time outside of which one more would not fill the
// resource; it is empty when one more never would.
func (y *tally) tight(from, to int64) span {
	var part span
	if len(y.blocks) == 0 {
		if y.limit <= 1 {
			part = span{from, to}
		}
		return part
	}
	b, s := y.locate(from)
	for ; b < len(y.blocks); b, s = b+1, 0 {
		steps := y.blocks[b].steps
		for ; s < len(steps); s++ {
			if steps[s].at >= to {
				return part
			}
			if steps[s].n < y.limit-1 {
				continue
			}
			next := y.end(b)
			if s+1 < len(steps) {
				next = steps[s+1].at
			}
			if part.to == 0 {
				part.from = max(from, steps[s].at)
			}
			part.to = min(to, next)
		}
	}
	return part
}
