package duration_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/duration"
)

func seconds(list ...int) []duration.Sample {
	var out []duration.Sample
	for i, s := range list {
		out = append(out, duration.Sample{Took: time.Duration(s) * time.Second, At: time.Unix(int64(i), 0)})
	}
	return out
}

func TestHowLongItUsuallyTakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		past []duration.Sample
		want duration.Range
	}{
		"nothing is known":              {nil, duration.Range{}},
		"it took no time":               {seconds(0, 0), duration.Range{}},
		"once":                          {seconds(10), duration.Range{Median: 10 * time.Second, High: 15 * time.Second, Samples: 1, Few: true}},
		"twice":                         {seconds(20, 10), duration.Range{Median: 15 * time.Second, High: 25 * time.Second, Samples: 2, Few: true}},
		"nine times: the longest":       {seconds(9, 8, 7, 6, 5, 4, 3, 2, 1), duration.Range{Median: 5 * time.Second, High: 9 * time.Second, Samples: 9}},
		"nineteen times: one is longer": {seconds(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 900), duration.Range{Median: 10 * time.Second, High: 18 * time.Second, Samples: 19}},
	} {
		if got := duration.Of(c.past); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	old := append(seconds(900, 900, 900), make([]duration.Sample, 0, 60)...)
	for i := range duration.Newest {
		old = append(old, duration.Sample{Took: time.Second, At: time.Unix(int64(1000+i), 0)})
	}
	if got := duration.Of(old); got.High != time.Second || got.Samples != duration.Newest {
		t.Errorf("what is long ago counts: %+v", got)
	}
	if r := duration.Of(seconds(10)); r.Slow(15*time.Second) || !r.Slow(16*time.Second) || (duration.Range{}).Slow(time.Hour) {
		t.Error("slow")
	}
}

// TestWhateverItTook: the middle is never above the high end, both lie within reach of what was seen, and the order
// of samples does not matter.
func TestWhateverItTook(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var past []duration.Sample
		var least, most time.Duration
		for i := range rapid.IntRange(1, duration.Newest).Draw(t, "n") {
			took := time.Duration(rapid.Int64Range(1, 1<<62).Draw(t, "took"))
			if i == 0 || took < least {
				least = took
			}
			most = max(most, took)
			past = append(past, duration.Sample{Took: took, At: time.Unix(int64(i), 0)})
		}
		median, high, known := duration.Predict(past)
		if !known || median < least || median > most || high < median || float64(high) > 1.5*float64(most) {
			t.Fatalf("%v %v of %v", median, high, past)
		}
		if duration.Of(rapid.Permutation(past).Draw(t, "shuffled")) != duration.Of(past) {
			t.Fatal("the order matters")
		}
		below := 0
		for _, s := range past {
			if s.Took <= high {
				below++
			}
		}
		if float64(below) < 0.9*float64(len(past)) {
			t.Fatalf("%d of %d lie below %v", below, len(past), high)
		}
	})
}
