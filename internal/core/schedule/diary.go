package schedule

import (
	"cmp"
	"slices"
	"time"
)

const hour = int64(time.Hour)

// diary lists who holds a crowded resource, by the hour: what begins in it in order of beginning, and what ends
// in it in order of ending. So one can go through a few hours without looking at the rest and without sorting.
type diary struct {
	now     int64
	hours   []hourly
	longest int64     // the longest planned one there ever was
	running []holding // what is under way; it may last long, does not count for longest and begins in no hour
}

type hourly struct{ begin, end []holding }

func newDiary(now, end int64) *diary {
	return &diary{now: now, hours: make([]hourly, (end-now)/hour+2)}
}

// at is the hour of a moment; moments outside of the plan are in the first or the last one.
func (d *diary) at(t int64) int {
	if t <= d.now {
		return 0
	}
	return int(min((t-d.now)/hour, int64(len(d.hours)-1)))
}

func (d *diary) enter(h holding) {
	end := &d.hours[d.at(h.to)].end
	k, _ := slices.BinarySearchFunc(*end, h.to, func(o holding, t int64) int { return cmp.Compare(o.to, t) })
	*end = slices.Insert(*end, k, h)
	if h.tier == underWay {
		d.running = append(d.running, h)
		return
	}
	d.longest = max(d.longest, h.to-h.from)
	begin := &d.hours[d.at(h.from)].begin
	k, _ = slices.BinarySearchFunc(*begin, h.from, func(o holding, t int64) int { return cmp.Compare(o.from, t) })
	*begin = slices.Insert(*begin, k, h)
}

func (d *diary) strike(i int32, at span) {
	for _, list := range []*[]holding{&d.hours[d.at(at.from)].begin, &d.hours[d.at(at.to)].end} {
		if k := slices.IndexFunc(*list, func(o holding) bool { return o.item == i }); k >= 0 {
			*list = slices.Delete(*list, k, k+1)
		}
	}
}

// holders appends who holds the resource at some moment of the given stretch, by beginning.
func (d *diary) holders(list []holding, from, to int64) []holding {
	for _, h := range d.running { // they have begun before everything else
		if h.overlaps(from, to) {
			list = append(list, h)
		}
	}
	for _, h := range d.hours[d.at(from-d.longest) : d.at(to-1)+1] {
		for _, o := range h.begin {
			if o.overlaps(from, to) {
				list = append(list, o)
			}
		}
	}
	return list
}

// full appends the spans, within the given stretch, in which as many as limit hold the resource that are at
// least as urgent as u.
func (d *diary) full(walls []span, limit int, u urgency, from, to int64) []span {
	first := d.at(from - d.longest)
	start := d.now + int64(first)*hour
	n := 0
	for _, h := range d.running {
		if h.to > start {
			n++
		}
	}
	since, opened := start, n >= limit
	turn := func(t int64, by int) { // the count changes at t
		switch n += by; {
		case by > 0 && n == limit:
			since, opened = t, true
		case by < 0 && n == limit-1:
			if opened = false; t > from && t > since {
				walls = append(walls, span{since, t})
			}
		}
	}
	ends := first
	k := 0                   // of the ends of that hour
	drain := func(t int64) { // all that ends by t
		for ; ends < len(d.hours); ends, k = ends+1, 0 {
			for list := d.hours[ends].end; k < len(list); k++ {
				if list[k].to > t {
					return
				}
				e := &list[k]
				if counted := e.from >= start || e.tier == underWay && e.to > start; counted && u.compare(e.urgency) >= 0 {
					turn(e.to, -1)
				}
			}
			if d.now+int64(ends+1)*hour > t {
				return
			}
		}
	}
	for h := first; h <= d.at(to-1); h++ {
		for _, o := range d.hours[h].begin {
			if o.from >= to {
				break
			}
			if u.compare(o.urgency) >= 0 {
				drain(o.from)
				turn(o.from, 1)
			}
		}
	}
	drain(to)
	if opened {
		walls = append(walls, span{since, to})
	}
	return walls
}
