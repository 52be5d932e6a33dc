package quarter

// dice give the same throws for the same seed (splitmix64): the core rolls no dice of its own.
type dice struct{ state uint64 }

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// of says yes so many times in a hundred.
func (d *dice) of(percent int) bool { return d.below(100) < percent }

// pick takes one.
func pick[T any](d *dice, list []T) T { return list[d.below(len(list))] }
