package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// teller writes what happens, one line at a time, with the time since the beginning.
type teller struct {
	mu    sync.Mutex
	out   io.Writer
	lang  lang.Lang
	start time.Time
}

func newTeller(out io.Writer, l lang.Lang) *teller {
	return &teller{out: out, lang: l, start: time.Now()}
}

func (t *teller) line(mark, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	took := time.Since(t.start)
	for i, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			mark = " "
		}
		fmt.Fprintf(t.out, "%3d:%02d %s %s\n", int(took.Minutes()), int(took.Seconds())%60, mark, l)
	}
}

// step begins a part; say is something to read; detail is what goes on meanwhile.
func (t *teller) step(text lang.Text) { t.line("▸", text.In(t.lang)) }
func (t *teller) say(text lang.Text)  { t.line(" ", text.In(t.lang)) }
func (t *teller) detail(text string)  { t.line("·", text) }
